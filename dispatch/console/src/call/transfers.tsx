/** Every call of the last day that was offered to another centre: whose it is, who heard what of it.
 * Also those that left the board with their call. */

import { useEffect, useState } from "react";
import { request } from "../api/client";
import type { Transfer, TransfersFound } from "../api/model";
import {
  heardWords,
  stateWords,
  tellByVoice,
  transferKey,
  transferRows,
  type TransferRow,
} from "../board/transfers";
import { ageWords, timeOfDay } from "../board/words";
import { useBoard, useHub, useLink, useNowS } from "../shell/hub";

const NOTHING: Pick<TransfersFound, "calls" | "names"> = { calls: [], names: {} };

export function Transfers(props: { zone: string }) {
  const board = useBoard();
  const { region } = useHub();
  const offline = useLink().word === "OFFLINE";
  const [past, setPast] = useState(NOTHING);
  const [failed, setFailed] = useState(false);
  const key = transferKey(board);
  const asked = (region?.centres ?? []).length > 0 && !offline;
  useEffect(() => {
    if (!asked) return undefined;
    let current = true;
    request<TransfersFound>("GET", "/transfers").then(
      (found) => {
        if (!current) return;
        setPast(found);
        setFailed(false);
      },
      () => current && setFailed(true),
    );
    return () => {
      current = false;
    };
  }, [key, asked]);
  const rows = transferRows(board, past.calls);
  if (rows.length === 0 && !failed) return null;
  return (
    <section aria-label="Transfers">
      <h3 className="label">Transfers {rows.length}</h3>
      {failed && <p className="late">Those that have left the board cannot be read now.</p>}
      <ul className="rows transfers">
        {rows.map((row) => (
          <Row key={row.call_id} row={row} names={past.names} zone={props.zone} />
        ))}
      </ul>
    </section>
  );
}

function Row(props: { row: TransferRow; names: Readonly<Record<string, string>>; zone: string }) {
  const { row, names, zone } = props;
  const now_s = useNowS();
  const last = row.transfers[0];
  if (!last) return null;
  const since_s = now_s - Date.parse(last.settled_at ?? last.offered_at) / 1000;
  const voice = tellByVoice(last);
  return (
    <li>
      <span>
        <b className="mono">{row.theirs ? `${row.theirs.toUpperCase()} HAS IT` : "OURS"}</b> {row.what}
      </span>
      <span className={last.state === "timed_out" ? "late" : "dim"}>
        {last.centre_name} {stateWords(last)} <span className="mono">{ageWords(since_s)}</span>
      </span>
      {voice && (
        <b className="late" role={row.call ? undefined : "alert"}>
          {voice}
        </b>
      )}
      {last.state === "offered" && (row.call === null || row.call.incident_id !== null) && (
        <Answers callId={row.call_id} last={last} />
      )}
      <details>
        <summary>Who heard what</summary>
        <ul>
          {row.transfers.map((transfer) => (
            <Heard key={transfer.id} transfer={transfer} names={names} zone={zone} />
          ))}
        </ul>
      </details>
    </li>
  );
}

/** An offer whose call is in nobody's form: any call-taker says what came of it. */
function Answers(props: { callId: string; last: Transfer }) {
  const { outbox } = useHub();
  const [fault, setFault] = useState("");
  const settle = async (result: "accepted" | "refused" | "taken_back") => {
    const path = `/calls/${props.callId}/transfers/${props.last.id}/answer`;
    const answer = await outbox.send("Transfer", "POST", path, { result });
    setFault(answer.done ? "" : answer.problem.detail || answer.problem.title);
  };
  return (
    <span className="open-call" role="group" aria-label={`Answer of ${props.last.centre_name}`}>
      <button type="button" className="button small" onClick={() => void settle("accepted")}>
        They accepted
      </button>
      <button type="button" className="button small" onClick={() => void settle("refused")}>
        They refused
      </button>
      <button type="button" className="button small" onClick={() => void settle("taken_back")}>
        Take back
      </button>
      {fault && (
        <span className="alarm" role="alert">
          {fault}
        </span>
      )}
    </span>
  );
}

/** One offer from its beginning to its end, with each version that was sent and each reading. */
export function Heard(props: { transfer: Transfer; names: Readonly<Record<string, string>>; zone: string }) {
  const { transfer, names, zone } = props;
  const name = (id: string) => (id === "hub" ? "the hub" : (names[id] ?? id));
  const time = (at: string) => <span className="mono dim">{timeOfDay(at, zone)}</span>;
  const heard = transfer.heard ?? [];
  const [first, ...later] = heard;
  const left_out = transfer.heard_left_out ?? 0;
  const takes_none = transfer.record === "" && heard.length === 0;
  return (
    <>
      <li>
        {time(transfer.offered_at)} offered to {transfer.centre_name} by {name(transfer.offered_by)}
        {transfer.reason && `: ${transfer.reason}`}
      </li>
      {takes_none && <li className="dim">No record has reached their system, as far as is known.</li>}
      {first && (
        <li>
          {time(first.at)} {heardWords(first, names)}
        </li>
      )}
      {left_out > 0 && <li className="dim">… {left_out} more are in the log</li>}
      {later.map((one, place) => (
        <li key={`${one.at} ${place}`}>
          {time(one.at)} {heardWords(one, names)}
        </li>
      ))}
      {transfer.settled_at && (
        <li>
          {time(transfer.settled_at)} {stateWords(transfer)}
          {transfer.state !== "timed_out" && transfer.settled_by && `, said by ${name(transfer.settled_by)}`}
        </li>
      )}
    </>
  );
}
