/** Calls that speak of no incident yet, anybody's: each is linked to one, or closed with what it was.
 * None of them leaves the screen by itself. */

import { useState } from "react";
import type { Call, CallOutcome } from "../api/model";
import type { Board } from "../board/apply";
import { addressOf, ageWords, shortNumber, timeOfDay } from "../board/words";
import { useHub, useNowS } from "../shell/hub";

const OUTCOMES: Record<CallOutcome, string> = {
  administrative: "Administrative line",
  information: "Information given",
  misdial: "Misdial",
  silent: "Silent, called back",
  abandoned: "Abandoned, called back",
  alarm_company: "Alarm company",
  repossession: "Repossession",
  transferred: "Transferred to another centre",
  duplicate: "Same as another call",
  other: "Other",
};

export function OpenCalls(props: { board: Board; zone: string }) {
  const open = Object.values(props.board.calls)
    .filter((call) => call.incident_id === null)
    .sort((a, b) => a.received_at.localeCompare(b.received_at));
  if (open.length === 0) return null;
  return (
    <section aria-label="Calls without an incident">
      <h3 className="label">Calls without an incident {open.length}</h3>
      <ul className="recent">
        {open.map((call) => (
          <OpenCall key={call.id} call={call} board={props.board} zone={props.zone} />
        ))}
      </ul>
    </section>
  );
}

function OpenCall(props: { call: Call; board: Board; zone: string }) {
  const { outbox } = useHub();
  const now_s = useNowS();
  const { call, board } = props;
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const spoken = call.said || call.callback || "nothing said";
  const send = async (what: string, path: string, body: Record<string, unknown>) => {
    setBusy(true);
    const answer = await outbox.send(what, "POST", `/calls/${call.id}/${path}`, body);
    setBusy(false);
    if (!answer.done) setFault(answer.problem.detail || answer.problem.title);
  };
  return (
    <li>
      <span className="mono dim">{timeOfDay(call.received_at, props.zone)}</span>
      <b>{ageWords(now_s - Date.parse(call.received_at) / 1000)}</b>
      <span>
        {spoken} <span className="dim">{call.said && call.callback ? call.callback : ""}</span>
      </span>
      <span className="open-call">
        <select
          className="input"
          aria-label={`Link ${spoken} to an incident`}
          value=""
          disabled={busy}
          onChange={(event) =>
            void send(`Link: ${spoken}`, "links", { incident_id: event.target.value })
          }
        >
          <option value="">Link to…</option>
          {Object.values(board.incidents).map((incident) => (
            <option key={incident.id} value={incident.id}>
              {shortNumber(incident.number)} {incident.type_label}, {addressOf(incident)}
            </option>
          ))}
        </select>
        <select
          className="input"
          aria-label={`Close ${spoken} as`}
          value=""
          disabled={busy}
          onChange={(event) =>
            void send(`Close call: ${spoken}`, "closings", { outcome: event.target.value })
          }
        >
          <option value="">Close as…</option>
          {Object.entries(OUTCOMES).map(([outcome, words]) => (
            <option key={outcome} value={outcome}>
              {words}
            </option>
          ))}
        </select>
        {fault && (
          <span className="alarm" role="alert">
            {fault}
          </span>
        )}
      </span>
    </li>
  );
}
