/** What is known of the spot and of the number, without a click: premise notes, earlier incidents. */

import { useEffect, useState } from "react";
import { request, whyNot } from "../api/client";
import type { EarlierIncident, PremiseNote } from "../api/model";
import { dayOf, shortNumber, timeOfDay } from "../board/words";
import { useZone } from "../shell/hub";
import type { Draft } from "./draft";

const WAIT_MS = 150;

interface KnownOf {
  notes: readonly PremiseNote[];
  /** Who wrote them, by id. */
  authors: Readonly<Record<string, string>>;
  earlier: readonly EarlierIncident[];
  /** Why what is known is not known, empty: it is. */
  failed: string;
}

const NOTHING: KnownOf = { notes: [], authors: {}, earlier: [], failed: "" };

/** Asked as soon as a location or a number stands, and again when either changes. */
export function useKnown(draft: Draft): KnownOf {
  const [known, setKnown] = useState<KnownOf>(NOTHING);
  const at = draft.place?.at;
  const callback = draft.callback.length >= 7 ? draft.callback : null;
  useEffect(() => {
    setKnown(NOTHING);
    if (!at && !callback) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      const notes = at
        ? request<Pick<KnownOf, "notes" | "authors">>("GET", `/premises?lon=${at[0]}&lat=${at[1]}`)
        : Promise.resolve({ notes: [], authors: {} });
      const earlier = request<{ earlier: EarlierIncident[] }>("POST", "/calls/history", { at, callback });
      Promise.all([notes, earlier]).then(
        ([place, before]) =>
          current && setKnown({ notes: place.notes, authors: place.authors, earlier: before.earlier, failed: "" }),
        (failure: unknown) =>
          current && setKnown({ ...NOTHING, failed: whyNot(failure, "hazards here are not known") }),
      );
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [at?.[0], at?.[1], callback]);
  return known;
}

/** `EMS Chest pain, priority 1`: a part that was something else than the whole. */
function partWords(part: EarlierIncident["parts_apart"][number]): string {
  return `${part.discipline.toUpperCase()} ${part.type_label}, priority ${part.priority}`;
}

export function Known(props: { draft: Draft }) {
  const { notes, authors, earlier, failed } = useKnown(props.draft);
  const zone = useZone();
  if (!failed && notes.length === 0 && earlier.length === 0) return null;
  return (
    <section aria-label="Known here">
      <h3 className="label">Known here</h3>
      {failed && <p className="alarm small">{failed}</p>}
      {notes.map((note) => (
        <p key={note.id} className={note.level === 3 ? "hazard" : "premise"} data-level={note.level}>
          <b>{note.level === 3 ? "HAZARD " : "Premise "}</b>
          {note.text} <span className="dim small">
            {authors[note.author] ?? note.author}, {note.until ? `until ${timeOfDay(note.until, zone, false)} ${dayOf(note.until, zone)}` : `review ${note.review_on}`}
          </span>
        </p>
      ))}
      <ul className="recent earlier">
        {earlier.map((incident) => (
          <li key={incident.incident_id}>
            <span className="mono dim">{incident.created_at.slice(0, 10)}</span>
            <b>{[incident.type_label, ...incident.parts_apart.map(partWords)].join("; ")}</b>
            <span className="dim">
              {shortNumber(incident.number)} {incident.address} · {incident.why}
              {incident.dispositions.length > 0 && ` · ${incident.dispositions.join(", ")}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
