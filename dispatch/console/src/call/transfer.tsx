/** Handing a call to another centre: it stays ours until they say yes; one line says who has it. */

import { useState } from "react";
import type { Call } from "../api/model";
import { clockSpan } from "../board/words";
import { useHub, useNowS } from "../shell/hub";

const SETTLED = {
  accepted: "has the call",
  refused: "refused it: it is ours",
  taken_back: "taken back: it is ours",
  timed_out: "did not answer: it is ours",
} as const;

export function TransferCall(props: { call: Call; onAccepted?: (centre: string) => void }) {
  const { call } = props;
  const { outbox, region } = useHub();
  const [fault, setFault] = useState("");
  const last = call.transfers.at(-1);
  const send = async (path: string, body: Record<string, unknown>) => {
    const answer = await outbox.send("Transfer", "POST", `/calls/${call.id}/transfers${path}`, body);
    setFault(answer.done ? "" : answer.problem.detail || answer.problem.title);
    return answer.done;
  };
  const settle = async (result: "accepted" | "refused" | "taken_back") => {
    if (!last || !(await send(`/${last.id}/answer`, { result }))) return;
    if (result === "accepted" && call.incident_id === null) props.onAccepted?.(last.centre_name);
  };
  const centres = region?.centres ?? [];
  if (centres.length === 0) return null;
  return (
    <span className="open-call transfer" role="group" aria-label="Transfer">
      {last?.state === "offered" ? (
        <>
          <b>
            Offered to {last.centre_name} <Left due_at={last.due_at} />
          </b>
          {(["accepted", "refused", "taken_back"] as const).map((result) => (
            <button key={result} type="button" className="button small" onClick={() => void settle(result)}>
              {result === "taken_back" ? "Take back" : result === "accepted" ? "They accepted" : "They refused"}
            </button>
          ))}
        </>
      ) : (
        last?.state !== "accepted" && (
          <select
            className="input"
            aria-label={`Transfer ${call.callback || call.said || "the call"} to a centre`}
            value=""
            onChange={(event) => void send("", { centre_id: event.target.value })}
          >
            <option value="">Transfer to…</option>
            {centres.map((centre) => (
              <option key={centre.id} value={centre.id}>
                {centre.name} {centre.phone}
              </option>
            ))}
          </select>
        )
      )}
      {last?.record === "sent" && <span className="dim">their system has the record</span>}
      {last?.behind && (
        <b className="late" role="alert">
          THEIR RECORD IS BEHIND ({last.behind}): tell what changed by voice
        </b>
      )}
      {last?.record === "failed" && (
        <b className="late" role="alert">
          RECORD NOT DELIVERED ({last.record_why}): tell it by voice
        </b>
      )}
      {last && last.state !== "offered" && (
        <span className={last.state === "timed_out" ? "late" : "dim"}>
          {last.centre_name} {SETTLED[last.state]}
        </span>
      )}
      {fault && (
        <span className="alarm" role="alert">
          {fault}
        </span>
      )}
    </span>
  );
}

/** Until silence counts as no. */
function Left(props: { due_at: string }) {
  const left_s = Date.parse(props.due_at) / 1000 - useNowS();
  return <span className="mono">{left_s > 0 ? clockSpan(left_s) : "no answer"}</span>;
}
