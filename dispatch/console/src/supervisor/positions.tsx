/** Positions: what each answers for, who sits there, how much it has; set, taken over, folded. */

import { useState, type FormEvent } from "react";
import type { Discipline, Position } from "../api/model";
import { loadOf } from "../board/brief";
import { answeredBy, coverOfPositions, coverWords } from "../board/cover";
import { DISCIPLINES, naturally } from "../board/select";
import { ageWords } from "../board/words";
import { useBoard, useHub, useLimits, useNowS, usePeople } from "../shell/hub";

const NEW = {
  position_id: "",
  name: "",
  disciplines: new Set<Discipline>(["fire"]),
  agencies: new Set<string>(),
  municipalities: new Set<string>(),
  talkgroups: "",
};
type Draft = typeof NEW;

export function Positions(props: { give: (line: string) => void; fill: (line: string) => void }) {
  const { give, fill } = props;
  const { region } = useHub();
  const board = useBoard();
  const people = usePeople();
  const now_s = useNowS();
  const [draft, setDraft] = useState<Draft | null>(null);
  const positions = Object.values(board.positions).sort((a, b) => naturally(a.id, b.id));
  const parts = answeredBy(positions);
  const here = new Set((people ?? []).map((person) => person.account_id));
  const nameOf = (id: string) => region?.agencies.find((a) => a.id === id)?.name ?? id;
  return (
    <>
      <table className="positions">
        <thead>
          <tr>
            <th scope="col">Position</th>
            <th scope="col">Answers for</th>
            <th scope="col">At it</th>
            <th scope="col">Load</th>
            <th scope="col">
              <span className="visually-hidden">Do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <tr key={position.id} data-position={position.id}>
              <th scope="row">
                <span className="mono">{position.id}</span>
                {position.name && <span className="dim small"> {position.name}</span>}
              </th>
              <td>
                {coverWords(position, nameOf)}
                {position.talkgroups.length > 0 && (
                  <span className="dim mono small"> {position.talkgroups.join(", ")}</span>
                )}
              </td>
              <td>
                <Holder
                  position={position}
                  connected={people === null || here.has(position.held_by ?? "")}
                  for_s={now_s - Date.parse(position.since) / 1000}
                />
              </td>
              <td className="mono">
                <LoadWords parts={parts.get(position.id)} />
              </td>
              <td className="verbs">
                <button
                  type="button"
                  className="button small"
                  aria-label={`Take ${position.id}${position.held_by ? " over" : ""}`}
                  onClick={() => give(`POS ${position.id}`)}
                >
                  {position.held_by ? "Take over" : "Take"}
                </button>
                {position.held_by && (
                  <>
                    <button
                      type="button"
                      className="button small"
                      aria-label={`Fold into ${position.id}`}
                      onClick={() => fill(`FOLD ${position.id} `)}
                    >
                      Fold in
                    </button>
                    <button
                      type="button"
                      className="button small"
                      aria-label={`Leave ${position.id}`}
                      onClick={() => give(`LEAVE ${position.id}`)}
                    >
                      Leave
                    </button>
                  </>
                )}
                <button
                  type="button"
                  className="button small"
                  aria-label={`Change ${position.id}`}
                  onClick={() => setDraft(draftOf(position))}
                >
                  Change
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {draft ? (
        <PositionForm key={draft.position_id} draft={draft} onDone={() => setDraft(null)} />
      ) : (
        <button type="button" className="button" onClick={() => setDraft(NEW)}>
          New position
        </button>
      )}
    </>
  );
}

function draftOf(position: Position): Draft {
  return {
    position_id: position.id,
    name: position.name,
    disciplines: new Set(position.disciplines),
    agencies: new Set(position.agencies),
    municipalities: new Set(position.municipalities),
    talkgroups: position.talkgroups.join(", "),
  };
}

function Holder(props: { position: Position; connected: boolean; for_s: number }) {
  const { position } = props;
  const since = <span className="dim mono small"> {ageWords(Math.max(0, props.for_s))}</span>;
  if (position.held_by) {
    return (
      <>
        {position.held_by_name || "somebody"}
        {since}
        {!props.connected && <b className="late"> NO CONSOLE</b>}
      </>
    );
  }
  if (position.folded_into) {
    return (
      <span className="dim">
        folded into <span className="mono">{position.folded_into}</span>
        {since}
      </span>
    );
  }
  return (
    <span className="late">
      empty
      {since}
    </span>
  );
}

function LoadWords(props: { parts: Position[] | undefined }) {
  const board = useBoard();
  const now_ms = Math.floor(useNowS() / 5) * 5_000;
  const limits = useLimits();
  if (!props.parts) return null;
  const load = loadOf(board, coverOfPositions(props.parts), now_ms, limits);
  return (
    <>
      {load.pending} waiting · {load.active} worked
      {load.late > 0 && <span className="late"> · {load.late} late</span>}
      {load.silent > 0 && <span className="late"> · {load.silent} silent</span>}
    </>
  );
}

function PositionForm(props: { draft: Draft; onDone: () => void }) {
  const { outbox, region } = useHub();
  const [draft, setDraft] = useState(props.draft);
  const [fault, setFault] = useState("");
  const [reason, setReason] = useState("");
  const known = props.draft.position_id !== "";
  const agencies = (region?.agencies ?? []).filter((a) => draft.disciplines.has(a.discipline));

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const chosen = agencies.filter((a) => draft.agencies.has(a.id)).map((a) => a.id);
    const answer = await outbox.send(`Position ${draft.position_id}`, "POST", "/positions", {
      position_id: draft.position_id.trim(),
      name: draft.name,
      disciplines: [...draft.disciplines],
      agencies: chosen,
      municipalities: [...draft.municipalities],
      talkgroups: draft.talkgroups
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
      reason,
    });
    if (answer.done) props.onDone();
    else setFault(answer.problem.detail || answer.problem.title);
  };
  const remove = async () => {
    const path = `/positions/${draft.position_id}?reason=${encodeURIComponent(reason)}`;
    const answer = await outbox.send(`Remove ${draft.position_id}`, "DELETE", path);
    if (answer.done) props.onDone();
    else setFault(answer.problem.detail || answer.problem.title);
  };
  const toggled = <T,>(set: Set<T>, one: T) => {
    const next = new Set(set);
    if (!next.delete(one)) next.add(one);
    return next;
  };
  return (
    <form className="position-form" aria-label="Position" onSubmit={(e) => void save(e)}>
      <label>
        Position
        <input
          className="input mono"
          required
          autoFocus={!known}
          placeholder="FIRE-1"
          pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
          maxLength={40}
          readOnly={known}
          value={draft.position_id}
          onChange={(e) => setDraft({ ...draft, position_id: e.target.value.toUpperCase() })}
        />
      </label>
      <label>
        In words
        <input
          className="input"
          maxLength={200}
          value={draft.name}
          onChange={(e) => setDraft({ ...draft, name: e.target.value })}
        />
      </label>
      <fieldset>
        <legend>Disciplines</legend>
        {DISCIPLINES.map((d) => (
          <label key={d} className="check">
            <input
              type="checkbox"
              checked={draft.disciplines.has(d)}
              onChange={() => setDraft({ ...draft, disciplines: toggled(draft.disciplines, d) })}
            />
            {d.toUpperCase()}
          </label>
        ))}
      </fieldset>
      <fieldset className="many">
        <legend>Agencies; none ticked is all of these disciplines</legend>
        {agencies.map((a) => (
          <label key={a.id} className="check">
            <input
              type="checkbox"
              checked={draft.agencies.has(a.id)}
              onChange={() => setDraft({ ...draft, agencies: toggled(draft.agencies, a.id) })}
            />
            {a.name}
          </label>
        ))}
      </fieldset>
      <fieldset className="many">
        <legend>Areas; none ticked is the whole region</legend>
        {(region?.municipalities ?? []).map((m) => (
          <label key={m} className="check">
            <input
              type="checkbox"
              checked={draft.municipalities.has(m)}
              onChange={() => setDraft({ ...draft, municipalities: toggled(draft.municipalities, m) })}
            />
            {m}
          </label>
        ))}
      </fieldset>
      <label>
        Talkgroups that it listens to, with commas
        <input
          className="input"
          value={draft.talkgroups}
          onChange={(e) => setDraft({ ...draft, talkgroups: e.target.value })}
        />
      </label>
      {fault && (
        <>
          <p className="alarm" role="alert">
            {fault}
          </p>
          <label>
            Why it must be so all the same
            <input className="input" value={reason} onChange={(e) => setReason(e.target.value)} />
          </label>
        </>
      )}
      <p className="verbs">
        <button className="button primary" disabled={draft.disciplines.size === 0}>
          Save position
        </button>
        {known && (
          <button type="button" className="button" onClick={() => void remove()}>
            Remove
          </button>
        )}
        <button type="button" className="button" onClick={props.onDone}>
          Cancel
        </button>
      </p>
    </form>
  );
}
