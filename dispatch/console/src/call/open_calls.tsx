/** Calls that speak of no incident yet, anybody's: each is linked to one, or closed with what it was.
 * None of them leaves the screen by itself. */

import { useEffect, useState } from "react";
import type { Call, CallOutcome } from "../api/model";
import type { Board } from "../board/apply";
import { addressOf, ageWords, clockSpan, plural, shortNumber, timeOfDay } from "../board/words";
import { useHub, useNowS } from "../shell/hub";
import { play } from "../shell/sound";
import { TransferCall } from "./transfer";

const OUTCOMES: Record<CallOutcome, string> = {
  administrative: "Administrative line",
  information: "Information given",
  misdial: "Misdial",
  silent: "Silent",
  abandoned: "Abandoned",
  alarm_company: "Alarm company",
  repossession: "Repossession",
  transferred: "Transferred to another centre",
  duplicate: "Same as another call",
  other: "Other",
};

/** Whether somebody should have called back by now. */
function isDue(call: Call, now_s: number): boolean {
  const due_at = call.callback_task?.due_at;
  return due_at != null && Date.parse(due_at) / 1000 <= now_s;
}

export function OpenCalls(props: {
  board: Board;
  zone: string;
  /** The call of the form on this screen, which stands there. */
  mine: string | null;
  onOpen: (call: Call) => void;
}) {
  const now_s = useNowS();
  const open = Object.values(props.board.calls)
    .filter((call) => call.incident_id === null && call.phase !== "ringing" && call.id !== props.mine)
    .sort((a, b) => a.received_at.localeCompare(b.received_at));
  const due = open.filter((call) => isDue(call, now_s)).length;
  useEffect(() => {
    if (due > 0) play("urgent");
  }, [due]);
  if (open.length === 0) return null;
  return (
    <section aria-label="Calls without an incident">
      <h3 className="label">
        Calls without an incident {open.length}
        {due > 0 && (
          <b className="late" role="alert">
            {" "}
            CALL BACK NOW: {due}
          </b>
        )}
      </h3>
      <ul className="recent">
        {open.map((call) => (
          <OpenCall key={call.id} call={call} board={props.board} zone={props.zone} onOpen={props.onOpen} />
        ))}
      </ul>
    </section>
  );
}

function OpenCall(props: { call: Call; board: Board; zone: string; onOpen: (call: Call) => void }) {
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
        {call.form?.place && <span> · {call.form.place.address || "a pin"}</span>}
        {call.note && <span className="dim"> · {call.note}</span>}
      </span>
      <Task call={call} now_s={now_s} busy={busy} send={send} />
      <span className="open-call">
        {call.phase === "taking" && <span className="tag">being taken</span>}
        <button
          type="button"
          className="button small"
          aria-label={`Open ${spoken} in the form`}
          onClick={() => props.onOpen(call)}
        >
          Open
        </button>
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
        <TransferCall call={call} />
        {fault && (
          <span className="alarm" role="alert">
            {fault}
          </span>
        )}
      </span>
    </li>
  );
}

/** The callback task of a silent or abandoned call: when it is due, what was tried, what came of it. */
function Task(props: {
  call: Call;
  now_s: number;
  busy: boolean;
  send: (what: string, path: string, body: Record<string, unknown>) => Promise<void>;
}) {
  const { call, now_s, busy, send } = props;
  const task = call.callback_task;
  if (!call.callback) return <span className="dim">no number to call back</span>;
  if (!task) {
    return (
      <span className="open-call">
        {(["silent", "abandoned"] as const).map((cause) => (
          <button
            key={cause}
            type="button"
            className="button small"
            disabled={busy}
            aria-label={`Call back ${call.callback}, ${cause}`}
            onClick={() => void send(`Call back ${call.callback}`, "callback", { cause })}
          >
            {cause === "silent" ? "Silent: call back" : "Hung up: call back"}
          </button>
        ))}
      </span>
    );
  }
  const tries = plural(task.tries.length, "try", "tries");
  const last = task.tries.at(-1);
  if (task.due_at === null) {
    const how = last?.result === "answered" ? "answered" : "no answer, enough tried";
    return (
      <span className="dim">
        called back: {how} after {tries}
      </span>
    );
  }
  const left_s = Date.parse(task.due_at) / 1000 - now_s;
  return (
    <span className="open-call">
      <b className={left_s <= 0 ? "late mono" : "mono"}>
        CALL BACK {call.callback} {left_s <= 0 ? `late ${clockSpan(-left_s)}` : `in ${clockSpan(left_s)}`}
      </b>
      {last && <span className="dim">{tries}</span>}
      {(["answered", "no_answer", "busy"] as const).map((result) => (
        <button
          key={result}
          type="button"
          className="button small"
          disabled={busy}
          aria-label={`${call.callback}: ${result.replace("_", " ")}`}
          onClick={() => void send(`Called back ${call.callback}`, "callback/tries", { result })}
        >
          {result.replace("_", " ")}
        </button>
      ))}
    </span>
  );
}
