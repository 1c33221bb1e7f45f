/** Pages of the station's units, on a volunteer's own device: one press says "I come" or "I can't".
 * Who holds the device is asked once and stays on it. */

import { useEffect, useRef, useState, type FormEvent } from "react";
import { askedOf } from "../board/asked";
import type { Assignment, Incident, Unit } from "../api/model";
import { answerOf, crewWords, pagesOf } from "../board/volunteers";
import { addressOf, timeOfDay } from "../board/words";
import { useBoard, useHub, useUnsent, useZone } from "../shell/hub";
import { play } from "../shell/sound";

const KEPT = "dispatch.volunteer";
/** Minutes to the station that one press can say. */
const MINUTES = [0, 3, 5, 8, 12, 20] as const;

interface Volunteer {
  /** On the agency's roster; never a name. */
  number: string;
  skills: readonly string[];
}

function keptVolunteer(accountId: string): Volunteer | null {
  try {
    return JSON.parse(localStorage.getItem(`${KEPT}.${accountId}`) ?? "null") as Volunteer | null;
  } catch {
    return null;
  }
}

export function Pages(props: {
  unit: Unit;
  send: (label: string, path: string, body: Record<string, unknown>) => Promise<void>;
}) {
  const { unit, send } = props;
  const { session, connection } = useHub();
  const board = useBoard();
  const zone = useZone();
  const unsent = useUnsent();
  const accountId = session.account.id;
  const [me, setMe] = useState<Volunteer | null>(() => keptVolunteer(accountId));
  const [asking, setAsking] = useState(false);
  const pages = pagesOf(unit, board.units, Object.values(board.assignments));

  // A page of another unit of the station rings once here; one's own rings until acknowledged.
  const rung = useRef(new Set<string>());
  const others = pages.filter((a) => a.unit_id !== unit.id).map((a) => a.id).join(" ");
  useEffect(() => {
    const fresh = others.split(" ").filter((id) => id && !rung.current.has(id));
    fresh.forEach((id) => rung.current.add(id));
    if (me && fresh.length > 0) play("assignment");
  }, [others, me]);

  if (pages.length === 0) return null;
  const keep = (volunteer: Volunteer) => {
    localStorage.setItem(`${KEPT}.${accountId}`, JSON.stringify(volunteer));
    setMe(volunteer);
    setAsking(false);
  };
  const say = (a: Assignment, minutes: number | null) => {
    if (!me) return;
    void send(`${a.unit_id} ${me.number} ${minutes === null ? "NO" : "COMES"}`, `/assignments/${a.id}/responses`, {
      volunteer: me.number,
      skills: me.skills,
      answer: minutes === null ? "not_coming" : "responding",
      ...(minutes === null ? {} : { arrives_in_s: 60 * minutes }),
      device_at: new Date(connection.hubNow()).toISOString(),
    });
  };
  const known = [...new Set(pages.flatMap((a) => Object.keys(a.staff_min)))].filter((s) => s !== "any");
  return (
    <section className="pages" aria-label="Pages">
      {!me || asking ? (
        <WhoAmI me={me} skills={known} onKeep={keep} />
      ) : (
        pages.map((a) => {
          const incident: Incident | undefined = board.incidents[a.incident_id];
          const mine = answerOf(a, me.number);
          const waits = unsent.filter((s) => s.label.startsWith(`${a.unit_id} ${me.number} `)).at(-1);
          return (
            <article key={a.id} aria-label={`Page of ${a.unit_id}`} data-unit={a.unit_id}>
              <h3>
                <span className="mono">{a.unit_id}</span> waits for a crew:{" "}
                {incident && a.unit_id !== unit.id
                  ? `${askedOf(incident, a.discipline).type_label}, ${addressOf(incident)}`
                  : (crewWords(a) ?? "")}
              </h3>
              {incident && a.unit_id !== unit.id && <p>{crewWords(a)}</p>}
              <p role="status" data-testid="my-answer">
                {waits
                  ? `${waits.label.endsWith("NO") ? "I CAN'T" : "I COME"}, NOT SENT`
                  : !mine
                    ? "You have not answered."
                    : mine.answer === "not_coming"
                      ? `You can't come, said ${timeOfDay(mine.answered_at, zone, false)}.`
                      : `You come${mine.arrives_at ? `, there at ${timeOfDay(mine.arrives_at, zone, false)}` : ""}.`}
              </p>
              <div className="minutes" role="group" aria-label={`I come for ${a.unit_id}`}>
                {MINUTES.map((minutes) => (
                  <button
                    key={minutes}
                    type="button"
                    className="big-button"
                    onClick={() => say(a, minutes)}
                  >
                    <span>I come</span>
                    <span className="small">{minutes === 0 ? "I am there" : `in ${minutes} min`}</span>
                  </button>
                ))}
              </div>
              <button type="button" className="big-button" onClick={() => say(a, null)}>
                I can&apos;t
              </button>
            </article>
          );
        })
      )}
      {me && !asking && (
        <p className="dim">
          Answers as <b className="mono">{me.number}</b>
          {me.skills.length > 0 && `, ${me.skills.join(", ").replaceAll("_", " ")}`}{" "}
          <button type="button" className="button" onClick={() => setAsking(true)}>
            Not you?
          </button>
        </p>
      )}
    </section>
  );
}

/** Asked once on a device: the number on the roster, and what this person can do. */
function WhoAmI(props: {
  me: Volunteer | null;
  skills: readonly string[];
  onKeep: (volunteer: Volunteer) => void;
}) {
  const [number, setNumber] = useState(props.me?.number ?? "");
  const [has, setHas] = useState<ReadonlySet<string>>(new Set(props.me?.skills ?? []));
  const keep = (event: FormEvent) => {
    event.preventDefault();
    props.onKeep({ number: number.trim().toUpperCase(), skills: [...has].sort() });
  };
  const toggle = (skill: string) =>
    setHas((now) => {
      const next = new Set(now);
      if (!next.delete(skill)) next.add(skill);
      return next;
    });
  return (
    <form className="logon" aria-label="Who answers" onSubmit={keep}>
      <p>
        <b>A page waits for an answer.</b> Who are you?
      </p>
      <label>
        Your number on the roster
        <input
          className="input"
          required
          maxLength={20}
          pattern="\s*[A-Za-z0-9._\-]+\s*"
          title="Letters and digits, as V12"
          value={number}
          onChange={(e) => setNumber(e.target.value)}
        />
      </label>
      {props.skills.length > 0 && (
        <fieldset>
          <legend>You are</legend>
          {props.skills.map((skill) => (
            <label key={skill} className="tick">
              <input type="checkbox" checked={has.has(skill)} onChange={() => toggle(skill)} />
              {skill.replaceAll("_", " ")}
            </label>
          ))}
        </fieldset>
      )}
      <button type="submit" className="big-button">
        Answer pages as this number
      </button>
    </form>
  );
}
