/** What the callers of the crew's incident write, and what they are answered: to read only. A caller who
 * hides cannot be heard; whoever goes in reads it as it comes. */

import { useEffect, useRef } from "react";
import type { Call } from "../api/model";
import { Line } from "../call/conversation";
import { play } from "../shell/sound";

export function CallerTexts(props: { calls: readonly Call[]; zone: string }) {
  const written = props.calls.filter((call) => call.transcript.length > 0);
  const heard = written.flatMap((call) => call.transcript.filter((line) => line.direction === "in")).length;
  const known = useRef(heard);
  useEffect(() => {
    if (heard > known.current) play("notice");
    known.current = heard;
  }, [heard]);
  return written.map((call) => (
    <section key={call.id} aria-label="Texts with the caller">
      <h3 className="label">
        Texts with the caller {call.language && <span className="tag">{call.language}</span>}
      </h3>
      <ul className="notes lines" tabIndex={0}>
        {call.transcript.map((line) => (
          <Line key={line.id} line={line} zone={props.zone} />
        ))}
      </ul>
    </section>
  ));
}
