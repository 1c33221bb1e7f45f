/** Past calls by number, name, place and time. By keyboard: fields, Enter, arrows, Enter, Esc. That
 * somebody looked stands in the log. */

import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { newId, request } from "../api/client";
import type { CallsFound, IncidentDetail, PastCall } from "../api/model";
import { instantOf } from "../board/past";
import { ownerOf } from "../board/transfers";
import { dayOf, plural, shortNumber, timeOfDay } from "../board/words";
import { useHub, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { TopBar } from "../shell/parts";
import { toggleTheme } from "../shell/theme";
import { Heard } from "./transfers";
import "../styles/history.css";

interface Wanted {
  number: string;
  name: string;
  place: string;
  since: string;
  until: string;
}

const NOTHING: Wanted = { number: "", name: "", place: "", since: "", until: "" };

/** `2026-07-01`, or with a time behind it, as an instant; a day alone is its beginning or its end. */
function momentOf(text: string, zone: string, end: boolean): string | null {
  const [day = "", time] = text.trim().split(/\s+/);
  const found = instantOf(day, time ?? (end ? "23:59:59" : "00:00"), zone);
  return found === null ? null : new Date(found).toISOString();
}

export default function CallHistory() {
  const { session } = useHub();
  const zone = useZone();
  const [wanted, setWanted] = useState<Wanted>(NOTHING);
  const [found, setFound] = useState<CallsFound | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState(0);
  const [open, setOpen] = useState<PastCall | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const latest = useRef(0);
  const personal = session.account.role !== "auditor";
  useKeys({ F2: () => first.current?.select(), F9: toggleTheme });

  const set = (field: keyof Wanted) => (event: { target: { value: string } }) =>
    setWanted((now) => ({ ...now, [field]: event.target.value }));
  const search = async (event: FormEvent) => {
    event.preventDefault();
    const since = wanted.since ? momentOf(wanted.since, zone, false) : undefined;
    const until = wanted.until ? momentOf(wanted.until, zone, true) : undefined;
    if (since === null || until === null) {
      setFault("Write a day as 2026-07-01, with a time behind it if you like.");
      return;
    }
    const mine = ++latest.current;
    setBusy(true);
    setFault("");
    try {
      const answer = await request<CallsFound>("POST", "/calls/search", {
        command_id: newId("h"),
        number: wanted.number,
        name: wanted.name,
        place: wanted.place,
        since,
        until,
      });
      if (mine !== latest.current) return;
      setFound(answer);
      setChosen(0);
      setOpen(null);
      if (answer.calls.length > 0) setTimeout(() => list.current?.focus());
    } catch (failure) {
      if (mine !== latest.current) return;
      setFound(null);
      setFault(failure instanceof Error ? failure.message : String(failure));
    } finally {
      if (mine === latest.current) setBusy(false);
    }
  };

  const calls = found?.calls ?? [];
  const press = (event: KeyboardEvent) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: calls.length - 1 }[event.key];
    if (event.key === "Enter") setOpen(calls[chosen] ?? null);
    else if (event.key === "Escape") first.current?.select();
    else if (to === undefined) return;
    else setChosen(Math.max(0, Math.min(calls.length - 1, to)));
    event.preventDefault();
  };
  useEffect(() => {
    document.getElementById(`past-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  return (
    <div className="history">
      <TopBar covers="Call history: who looked for what stands in the log" />
      <main>
        <form className="panel history-form" onSubmit={(event) => void search(event)} aria-label="Look for calls">
          {personal && (
            <>
              <label>
                Number, or its end <kbd>F2</kbd>
                <input ref={first} className="input mono" autoFocus value={wanted.number} onChange={set("number")} />
              </label>
              <label>
                Caller&apos;s name
                <input className="input" value={wanted.name} onChange={set("name")} />
              </label>
            </>
          )}
          <label>
            Place
            <input
              ref={personal ? undefined : first}
              className="input"
              placeholder="street, crossing, town"
              value={wanted.place}
              onChange={set("place")}
            />
          </label>
          <label>
            From
            <input className="input mono" placeholder="30 days ago" value={wanted.since} onChange={set("since")} />
          </label>
          <label>
            To
            <input className="input mono" placeholder="now" value={wanted.until} onChange={set("until")} />
          </label>
          <button className="button primary" disabled={busy}>
            {busy ? "Looking…" : "Look"} <kbd>Enter</kbd>
          </button>
          {fault && (
            <p className="alarm" role="alert">
              {fault}
            </p>
          )}
        </form>
        <section className="panel scroll" aria-label="Calls found" tabIndex={-1}>
          {found && (
            <h2 aria-live="polite">
              {plural(calls.length, "call")}
              {found.more && ", and more: look for less at once"}
            </h2>
          )}
          <ul
            ref={list}
            className="past-calls"
            role="listbox"
            aria-label="Past calls"
            aria-activedescendant={calls.length > 0 ? `past-${chosen}` : undefined}
            tabIndex={0}
            onKeyDown={press}
          >
            {calls.map((past, place) => (
              <li
                key={past.call.id}
                id={`past-${place}`}
                role="option"
                aria-selected={place === chosen}
                className={place === chosen ? "row selected" : "row"}
                onClick={() => {
                  setChosen(place);
                  setOpen(past);
                }}
              >
                <PastRow past={past} zone={zone} />
              </li>
            ))}
          </ul>
        </section>
        <section className="panel scroll" aria-label="Call" tabIndex={0}>
          {open ? (
            <PastFile key={open.call.id} past={open} zone={zone} />
          ) : (
            <p className="dim pad">↑ ↓ choose, Enter opens, Esc goes back to the fields.</p>
          )}
        </section>
      </main>
    </div>
  );
}

function PastRow(props: { past: PastCall; zone: string }) {
  const { past, zone } = props;
  const { call } = past;
  return (
    <>
      <span className="mono dim when-of">
        {dayOf(call.received_at, zone)} {timeOfDay(call.received_at, zone)}
      </span>
      <span className="what">
        <b>{past.type_label || (call.outcome ?? "no incident")}</b>
        <span>
          {past.address || call.said}
          {past.municipality && <span className="dim"> {past.municipality}</span>}
        </span>
        <span className="dim">
          <span className="mono">{call.callback}</span> {call.caller_name}
        </span>
      </span>
      <span className="dim">
        {past.number && <span className="mono">{shortNumber(past.number)}</span>} {past.state}
      </span>
    </>
  );
}

/** The call, and what became of it, with the narrative as this viewer may read it. */
function PastFile(props: { past: PastCall; zone: string }) {
  const { past, zone } = props;
  const { call } = past;
  const [file, setFile] = useState<IncidentDetail | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    if (!past.incident_id) return undefined;
    let current = true;
    request<IncidentDetail>("GET", `/incidents/${past.incident_id}`).then(
      (answer) => current && setFile(answer),
      (failure: unknown) => current && setFault(failure instanceof Error ? failure.message : String(failure)),
    );
    return () => {
      current = false;
    };
  }, [past.incident_id]);
  return (
    <article className="past-file">
      <h2>{past.type_label || "A call without an incident"}</h2>
      <p>
        {past.address || call.said} {past.municipality}
      </p>
      <dl>
        <dt>Received</dt>
        <dd className="mono">
          {dayOf(call.received_at, zone)} {timeOfDay(call.received_at, zone)}
        </dd>
        <dt>Caller</dt>
        <dd>
          <span className="mono">{call.callback ?? "not shown"}</span> {call.caller_name}
        </dd>
        {call.said && (
          <>
            <dt>Said</dt>
            <dd>“{call.said}”</dd>
          </>
        )}
        {call.outcome && (
          <>
            <dt>Closed as</dt>
            <dd>{call.outcome}</dd>
          </>
        )}
        {past.number && (
          <>
            <dt>Incident</dt>
            <dd>
              <span className="mono">{past.number}</span> {past.state}
            </dd>
          </>
        )}
        {past.dispositions.map(([discipline, words]) => (
          <div key={discipline}>
            <dt>{discipline.toUpperCase()}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {call.transfers.length > 0 && (
        <>
          <h3 className="label">Transfers: {ownerOf(call.transfers) || "we"} had it last</h3>
          <ul className="rows">
            {call.transfers.map((transfer) => (
              <Heard key={transfer.id} transfer={transfer} names={{}} zone={zone} />
            ))}
          </ul>
        </>
      )}
      {fault && (
        <p className="alarm" role="alert">
          {fault}
        </p>
      )}
      {file && (
        <>
          <h3 className="label">Units</h3>
          <ul className="rows">
            {file.assignments.map((a) => (
              <li key={a.id}>
                <b className="mono">{a.unit_id}</b> <span className="mono dim">{timeOfDay(a.assigned_at, zone)}</span>
                {a.arrived_at && <span className="dim"> on scene {timeOfDay(a.arrived_at, zone)}</span>}
                {a.released_at && <span className="dim"> clear {timeOfDay(a.released_at, zone)}</span>}
              </li>
            ))}
            {file.assignments.length === 0 && <li className="dim">No unit was sent.</li>}
          </ul>
          <h3 className="label">Narrative</h3>
          <ul className="rows">
            {file.incident.notes.map((note) => (
              <li key={note.id}>
                <span className="mono dim">{timeOfDay(note.at, zone)}</span> {note.text}
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}
