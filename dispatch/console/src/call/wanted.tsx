/** The later time that a call is for, as a transport at 14:00; empty: now. */

import { whenWords } from "../board/schedule";
import { localTime } from "../command/local_time";
import { useNowS, useZone } from "../shell/hub";

export type Wanted = { at: string | null } | { why: string };

const FORM = "Write 14:00, +1/14:00 for tomorrow, or 12-24/14:00.";

/** What the field says; nothing typed is now. Pure. */
export function wantedOf(text: string, now_ms: number, zone: string): Wanted {
  const word = text.trim();
  if (!word) return { at: null };
  const found = localTime(word, now_ms, zone);
  if (!found) return { why: `${word} is no time. ${FORM}` };
  if ("at" in found) return found;
  return { why: [found.why, found.candidates.join(" or ")].filter(Boolean).join(" ") };
}

export function WantedField(props: { text: string; onText: (text: string) => void }) {
  const zone = useZone();
  const now_ms = useNowS() * 1000;
  const wanted = wantedOf(props.text, now_ms, zone);
  return (
    <div className="field wanted">
      <label htmlFor="wanted">Wanted at a later time</label>
      <input
        id="wanted"
        className="input"
        autoComplete="off"
        placeholder="now"
        aria-describedby="wanted-echo"
        aria-invalid={"why" in wanted}
        value={props.text}
        onChange={(e) => props.onText(e.target.value)}
      />
      <p id="wanted-echo" className={"why" in wanted ? "small alarm" : "small dim"}>
        {"why" in wanted ? wanted.why : wanted.at ? `Scheduled for ${whenWords(wanted.at, now_ms, zone)}` : ""}
      </p>
    </div>
  );
}
