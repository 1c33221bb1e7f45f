/** Open incidents that the call being typed may speak of, as the hub scores them. Proposals: a person
 * joins with one key, and the link can be taken off again. */

import { useEffect, useState } from "react";
import { request } from "../api/client";
import type { Duplicate } from "../api/model";
import { liveByIncident } from "../board/select";
import { CODES } from "../board/status";
import { addressOf, shortNumber } from "../board/words";
import { useBoard } from "../shell/hub";
import { Priority } from "../shell/parts";
import type { Draft } from "./draft";

const ASKED_AFTER_MS = 120;
const ASKED_AGAIN_MS = 5_000;

/** What the hub proposes for the draft; asked anew when it changes, and while it stands. */
export function useDuplicates(draft: Draft): readonly Duplicate[] {
  const [found, setFound] = useState<readonly Duplicate[]>([]);
  const { place, incident_type, callback } = draft;
  const at = place?.at;
  useEffect(() => {
    if (!at) {
      setFound([]);
      return undefined;
    }
    let current = true;
    const ask = () =>
      request<{ duplicates: Duplicate[] }>("POST", "/calls/duplicates", {
        at,
        incident_type,
        callback: callback || null,
      }).then(
        (answer) => current && setFound(answer.duplicates),
        () => undefined, // the link's state says that the hub is silent
      );
    const soon = setTimeout(() => void ask(), ASKED_AFTER_MS);
    const again = setInterval(() => void ask(), ASKED_AGAIN_MS);
    return () => {
      current = false;
      clearTimeout(soon);
      clearInterval(again);
    };
  }, [at?.[0], at?.[1], incident_type, callback]);
  return found;
}

export function DuplicatesPanel(props: {
  found: readonly Duplicate[];
  /** Whether the location stands, so that it was looked for. */
  placed: boolean;
  onJoin: (n: number) => void;
  disabled: boolean;
}) {
  const board = useBoard();
  const live = liveByIncident(board);
  const shown = props.found.flatMap((duplicate, index) => {
    const incident = board.incidents[duplicate.incident_id];
    return incident ? [{ duplicate, incident, index }] : [];
  });
  return (
    <section aria-label="Possible same incident">
      <h3 className="label">May be the same as</h3>
      {shown.length === 0 && (
        <p className="dim small">
          {props.placed ? "Nothing open is near." : "Looked for as soon as the location stands."}
        </p>
      )}
      <ul className="near">
        {shown.map(({ duplicate, incident, index }) => (
          <li key={incident.id} data-incident={incident.number} data-likely={duplicate.likely}>
            <Priority n={incident.priority} waiting={!live.has(incident.id)} />
            <span>
              <b>{incident.type_label}</b>
              {duplicate.likely && <span className="tag warn">likely the same</span>}
              <br />
              <span className="dim">
                {shortNumber(incident.number)} · {addressOf(incident)} · {duplicate.reasons.join(" · ")}
                {(live.get(incident.id) ?? []).map((a) => ` · ${a.unit_id} ${CODES[a.status]}`).join("")}
              </span>
            </span>
            <button
              type="button"
              className="button small"
              aria-label={`Join ${shortNumber(incident.number)}`}
              disabled={props.disabled}
              onClick={() => props.onJoin(index)}
            >
              Join {index === 0 && <kbd>Alt+J</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
