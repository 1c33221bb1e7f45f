/** A municipality's premise notes: what crews must know of a place. Written, reviewed, withdrawn. */

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { isForbidden, request, whyNot } from "../api/client";
import type { Agency, LonLat, PremiseNote } from "../api/model";
import { coordinates, dayOf, timeOfDay } from "../board/words";
import { whereWords } from "../command/where";
import { useHub, useZone } from "../shell/hub";
import { useWhere } from "../shell/places";
import { OwnAgency } from "./own_agency";

const LEVELS = { 1: "1 to know", 2: "2 caution", 3: "3 hazard: first line for every crew" } as const;
const REVIEW_MS = 365 * 86_400_000;

export function Premises(props: {
  own: ReadonlyMap<string, Agency>;
  onShow: (at: LonLat) => void;
  centre: () => LonLat | null;
  /** Counted up where the notes are to be read again. */
  again: number;
}) {
  const { outbox, connection } = useHub();
  const [notes, setNotes] = useState<readonly PremiseNote[]>([]);
  const [authors, setAuthors] = useState<Readonly<Record<string, string>>>({});
  const [fault, setFault] = useState("");
  const [forbidden, setForbidden] = useState(false);
  const [text, setText] = useState("");
  const [level, setLevel] = useState("3");
  const [at, setAt] = useState("");
  const where = useWhere(at);
  const [agency, setAgency] = useState("");
  const [review, setReview] = useState(() =>
    new Date(connection.hubNow() + REVIEW_MS).toISOString().slice(0, 10),
  );
  const read = useCallback(
    () =>
      request<{ notes: PremiseNote[]; authors: Record<string, string> }>("GET", "/premises").then(
        (answer) => {
          setNotes(answer.notes);
          setAuthors(answer.authors);
        },
        (failure: unknown) => {
          setForbidden(isForbidden(failure));
          setFault(whyNot(failure, "the notes are not shown"));
        },
      ),
    [],
  );
  useEffect(() => void read(), [read, props.again]);

  const zone = useZone();
  const today = new Date(connection.hubNow()).toISOString().slice(0, 10);
  const write = async (event: FormEvent) => {
    event.preventDefault();
    if (!where || !("at" in where))
      return setFault(where ? whereWords(where) : "Where? A place, coordinates, or take the middle of the map.");
    setFault("");
    const answer = await outbox.send("Premise note", "POST", "/premises", {
      agency_id: agency || [...props.own.keys()][0],
      at: where.at,
      level: Number(level),
      text,
      review_on: review,
    });
    if (!answer.done) return setFault(answer.problem.detail || answer.problem.title);
    setText("");
    return read();
  };
  const withdraw = async (note: PremiseNote) => {
    const answer = await outbox.send("Withdraw note", "DELETE", `/premises/${note.id}`);
    if (!answer.done) return setFault(answer.problem.detail || answer.problem.title);
    return read();
  };
  const middle = () => {
    const centre = props.centre();
    if (centre) setAt(coordinates(centre));
  };

  if (forbidden) {
    return (
      <section className="panel scroll" aria-label="Premise notes" tabIndex={0}>
        <h2>Premise notes</h2>
        <p className="dim">Your role does not read them: they are for those who take calls and own the notes.</p>
      </section>
    );
  }
  return (
    <section className="panel scroll" aria-label="Premise notes" tabIndex={0}>
      <h2>Premise notes {notes.length}</h2>
      <form className="premise-form" aria-label="New premise note" onSubmit={(e) => void write(e)}>
        <label>
          What is there, never who
          <input
            className="input"
            required
            maxLength={200}
            value={text}
            onChange={(e) => setText(e.target.value)}
          />
        </label>
        <label className="wide">
          Level
          <select className="input" value={level} onChange={(e) => setLevel(e.target.value)}>
            {Object.entries(LEVELS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Where (place or coordinates)
          <input className="input mono" required value={at} onChange={(e) => setAt(e.target.value)} />
        </label>
        <button type="button" className="button" onClick={middle}>
          Middle of the map
        </button>
        <p className="dim small" role="status" data-testid="premise-where">
          {where ? whereWords(where) : ""}
        </p>
        <OwnAgency label="Agency" own={props.own} value={agency} onChange={setAgency} />
        <label>
          Review on
          <input
            className="input"
            type="date"
            required
            min={today}
            value={review}
            onChange={(e) => setReview(e.target.value)}
          />
        </label>
        <button className="button primary">Save note</button>
        {fault && (
          <p className="alarm" role="alert">
            {fault}
          </p>
        )}
      </form>
      <ul>
        {notes.map((note) => (
          <li key={note.id} className="premise-row">
            <button type="button" className="plain" onClick={() => props.onShow(note.at as LonLat)}>
              <b>{note.level === 3 ? "HAZARD" : `Level ${note.level}`}</b> {note.text}{" "}
              {note.until ? (
                <span className="dim">
                  until {dayOf(note.until, zone)} {timeOfDay(note.until, zone, false)} · {authors[note.author] ?? note.author}
                </span>
              ) : (
                <span className={note.review_on < today ? "late" : "dim"}>
                  {note.review_on < today ? "review overdue since" : "review"} {note.review_on} · {authors[note.author] ?? note.author}
                </span>
              )}
            </button>
            <button
              type="button"
              className="button small"
              aria-label={`Withdraw ${note.text}`}
              onClick={() => void withdraw(note)}
            >
              Withdraw
            </button>
          </li>
        ))}
        {notes.length === 0 && <li className="dim">None yet.</li>}
      </ul>
    </section>
  );
}
