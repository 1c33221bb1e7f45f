/** The call-taker's own calls of this shift, with what became of each; a note can still be added. */

import { useState, type FormEvent } from "react";
import type { Call, Incident } from "../api/model";
import type { Board } from "../board/apply";
import { isPending, liveByIncident } from "../board/select";
import { CODES } from "../board/status";
import { addressOf, shortNumber, timeOfDay } from "../board/words";
import { useHub } from "../shell/hub";
import { CprAfter } from "./cpr";
import { ProtocolKeys, useLaunch } from "./protocols";
import { TransferCall } from "./transfer";

export interface RecentCall {
  call_id: string;
  incident_id: string | null;
  number: string | null;
  what: string;
  at: string;
}

const MOST = 30;

export function useRecentCalls(accountId: string) {
  const kept = `dispatch.recent.${accountId}`;
  const [recent, setRecent] = useState<readonly RecentCall[]>(() => {
    const found = sessionStorage.getItem(kept);
    return found ? (JSON.parse(found) as RecentCall[]) : [];
  });
  const remember = (call: RecentCall) => {
    const next = [call, ...recent.filter((one) => one.call_id !== call.call_id)].slice(0, MOST);
    sessionStorage.setItem(kept, JSON.stringify(next));
    setRecent(next);
  };
  return [recent, remember] as const;
}

export function RecentCalls(props: {
  recent: readonly RecentCall[];
  board: Board;
  zone: string;
  /** Correct where or what it is, in the form. */
  onCorrect: (incident: Incident, callId: string) => void;
}) {
  const live = liveByIncident(props.board);
  const [noting, setNoting] = useState<string | null>(null);
  const launched = useLaunch();
  return (
    <section aria-label="My calls">
      <h3 className="label">My calls</h3>
      {props.recent.length === 0 && <p className="dim small">None yet on this screen.</p>}
      <ul className="recent">
        {props.recent.map((call) => {
          const incident = call.incident_id ? props.board.incidents[call.incident_id] : undefined;
          const units = call.incident_id ? (live.get(call.incident_id) ?? []) : [];
          const state = !call.incident_id
            ? "call only"
            : !incident
              ? "closed, or not shown to you"
              : units.length > 0
                ? units.map((a) => `${a.unit_id} ${CODES[a.status]}`).join(", ")
                : isPending(incident)
                  ? "waiting for units"
                  : "no unit now";
          return (
            <li key={call.call_id}>
              <span className="mono dim">{timeOfDay(call.at, props.zone)}</span>
              <b className="mono">{call.number ? shortNumber(call.number) : "–"}</b>
              <span>
                {incident?.type_label ?? call.what}{" "}
                <span className="dim">
                  {incident ? `${addressOf(incident)} · ` : ""}
                  {state}
                </span>
              </span>
              {incident && (
                <button
                  type="button"
                  className="button small"
                  aria-label={`Correct ${shortNumber(incident.number)}`}
                  onClick={() => props.onCorrect(incident, call.call_id)}
                >
                  Correct
                </button>
              )}
              {incident && (
                <button
                  type="button"
                  className="button small"
                  aria-label={`Add note to ${shortNumber(incident.number)}`}
                  onClick={() => setNoting(noting === call.call_id ? null : call.call_id)}
                >
                  Note
                </button>
              )}
              {incident && props.board.calls[call.call_id] && (
                <ProtocolKeys
                  call={props.board.calls[call.call_id] as Call}
                  lead={incident.legs[0]?.discipline ?? null}
                  launched={launched}
                />
              )}
              {incident && props.board.calls[call.call_id] && (
                <CprAfter call={props.board.calls[call.call_id] as Call} />
              )}
              {incident && props.board.calls[call.call_id] && (
                <TransferCall call={props.board.calls[call.call_id] as Call} />
              )}
              {incident && noting === call.call_id && (
                <NoteForm incidentId={incident.id} onDone={() => setNoting(null)} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function NoteForm(props: { incidentId: string; onDone: () => void }) {
  const { outbox } = useHub();
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    const answer = await outbox.send(
      `Note: ${text.trim().slice(0, 40)}`,
      "POST",
      `/incidents/${props.incidentId}/notes`,
      { text: text.trim() },
    );
    if (answer.done) props.onDone();
    else setFault(answer.problem.detail || answer.problem.title);
  };
  return (
    <form className="note-form" onSubmit={(event) => void submit(event)}>
      <input
        className="input"
        aria-label="Note text"
        autoFocus
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(event) => event.key === "Escape" && props.onDone()}
      />
      <button className="button">Add</button>
      {fault && (
        <span className="alarm" role="alert">
          {fault}
        </span>
      )}
    </form>
  );
}
