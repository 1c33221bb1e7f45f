/** Calls that ring, the longest first: one key answers, and the form goes on with that call. */

import { useEffect } from "react";
import type { Call } from "../api/model";
import type { Board } from "../board/apply";
import { ageWords } from "../board/words";
import { useNowS } from "../shell/hub";
import { play } from "../shell/sound";

export function ringingOf(board: Board): Call[] {
  return Object.values(board.calls)
    .filter((call) => call.phase === "ringing")
    .sort((a, b) => a.received_at.localeCompare(b.received_at));
}

export function Ringing(props: { ringing: readonly Call[]; onAnswer: (call: Call) => void }) {
  const now_s = useNowS();
  const { ringing } = props;
  const ids = ringing.map((call) => call.id).join();
  useEffect(() => {
    if (ids) play("urgent");
  }, [ids]);
  if (ringing.length === 0) return null;
  return (
    <section aria-label="Ringing">
      <h3 className="label">
        Ringing <b className="late">{ringing.length}</b>
      </h3>
      <ul className="recent">
        {ringing.map((call, index) => (
          <li key={call.id}>
            <b className="mono">{ageWords(now_s - Date.parse(call.received_at) / 1000)}</b>
            <span className="tag">{call.channel}</span>
            {call.handed_over_by && <span className="tag warn">from {call.handed_over_by}</span>}
            <span>
              <span className="mono">{call.callback ?? "no number"}</span>{" "}
              <span className="dim">
                {call.caller_name} {call.fixes.at(-1)?.class_of_service}
              </span>
            </span>
            <button
              type="button"
              className="button small"
              aria-label={`Answer ${call.callback ?? "the call without a number"}`}
              onClick={() => props.onAnswer(call)}
            >
              Answer {index === 0 && <kbd>Alt+A</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
