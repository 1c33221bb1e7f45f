/** The board as it was, and what each console had of it. Nothing on this screen is live, and it says
 * so in red on all sides; nothing here can be sent. */

import { keptByUnit } from "../board/schedule";
import { useCallback, useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import { Refused, request } from "../api/client";
import type { ConsoleThen, Fix, LookBackReply } from "../api/model";
import { boardFrom } from "../board/apply";
import { coverOfDisciplines } from "../board/cover";
import { deliveriesByAssignment } from "../board/delivery";
import { eventWords, instantOf, lackWords, positionWords } from "../board/past";
import {
  callsOf,
  DISCIPLINES,
  liveByIncident,
  liveByUnit,
  openPicks,
  queueOf,
  unitGroups,
} from "../board/select";
import { dayOf, plural, timeOfDay } from "../board/words";
import { Advice } from "../dispatcher/advice";
import { Detail } from "../dispatcher/detail";
import { useMapContent } from "../dispatcher/map_content";
import { QueuePanel } from "../dispatcher/queue";
import { UnitBoard } from "../dispatcher/unit_board";
import { MapView } from "../map/map_view";
import { PastHub, useBoard, useHub, useLimits, useNowS, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { screensOf } from "../shell/session";
import { toggleTheme } from "../shell/theme";
import "../styles/dispatcher.css";
import "../styles/look_back.css";

const EVERYTHING = new Set(DISCIPLINES);
const COVER = coverOfDisciplines(EVERYTHING);
const NONE: readonly never[] = [];
const NOTHING = () => undefined;

type Asked = { seq: number } | { at: string };

export default function LookBack() {
  const { session, connection } = useHub();
  const zone = useZone();
  const [found, setFound] = useState<LookBackReply | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [whose, setWhose] = useState("");
  const [fault, setFault] = useState("");
  const [waiting, setWaiting] = useState(false);
  const latest = useRef(0);
  const time = useRef<HTMLInputElement>(null);

  const look = useCallback((next: Asked, console: string) => {
    const mine = ++latest.current;
    setAsked(next);
    setWhose(console);
    setWaiting(true);
    const query = new URLSearchParams("seq" in next ? { seq: String(next.seq) } : { at: next.at });
    if (console) query.set("console", console);
    request<LookBackReply>("GET", `/look-back?${query.toString()}`).then(
      (reply) => {
        if (mine !== latest.current) return;
        setFound(reply);
        setFault("");
        setWaiting(false);
      },
      (failure: unknown) => {
        if (mine !== latest.current) return;
        setWaiting(false);
        if (console && failure instanceof Refused && failure.problem.status === 404) {
          look(next, "");
          setFault("That console was not there at this moment: this is the whole board.");
          return;
        }
        setFault(failure instanceof Error ? failure.message : String(failure));
      },
    );
  }, []);

  useEffect(() => {
    const given = new URLSearchParams(location.search).get("at");
    look({ at: given ?? new Date(connection.hubNow() - 1_000).toISOString() }, "");
  }, [look, connection]);

  const steps = found?.steps ?? NONE;
  const index = found ? indexOf(found) : 0;
  const step = (to: number) => {
    const event = steps[Math.max(0, Math.min(steps.length - 1, to))];
    if (event) look({ seq: event.seq }, whose);
  };
  useKeys({
    F2: () => time.current?.select(),
    F9: toggleTheme,
    "Ctrl+ArrowLeft": () => step(index - 1),
    "Ctrl+ArrowRight": () => step(index + 1),
  });

  const at = found ? found.asked_at : null;
  const chosen = found?.consoles.find((console) => console.link.session_id === whose);
  const back = screensOf(session.account.role)[0] as string;
  return (
    <div className="look-back" data-waiting={waiting}>
      <header className="as-of">
        <div role="status">
          <h1>{at ? `AS OF ${timeOfDay(at, zone)}` : "LOOKING"} – NOT LIVE</h1>
        </div>
        {at && found && (
          <p>
            {dayOf(at, zone)} · event <span className="mono">{found.as_of_seq}</span>
            {chosen && ` as ${chosen.link.name} had it; the log was at ${found.at_seq}`}
          </p>
        )}
        <a className="button push" href={back}>
          Back to the live board
        </a>
      </header>
      <When key={at ?? ""} at={at} zone={zone} box={time} onLook={(iso) => look({ at: iso }, whose)} onFault={setFault}>
        <button type="button" className="button" disabled={index <= 0} onClick={() => step(index - 1)}>
          ◀ Event <kbd>Ctrl+←</kbd>
        </button>
        <input
          type="range"
          className="steps"
          aria-label="Step by event"
          min={0}
          max={Math.max(0, steps.length - 1)}
          value={index}
          aria-valuetext={steps[index] ? `${timeOfDay(steps[index].at, zone)} ${eventWords(steps[index])}` : "no events"}
          onChange={(event) => step(Number(event.target.value))}
        />
        <button
          type="button"
          className="button"
          disabled={index >= steps.length - 1}
          onClick={() => step(index + 1)}
        >
          Event ▶ <kbd>Ctrl+→</kbd>
        </button>
        <span className="step-words" data-testid="step">
          {steps[index] && (
            <>
              <span className="mono">{timeOfDay(steps[index].at, zone)}</span> {eventWords(steps[index])}
            </>
          )}
        </span>
      </When>
      {fault && (
        <p className="alarm pad" role="alert">
          {fault}
        </p>
      )}
      {found && (
        <PastHub board={boardOf(found)} fixes={fixesOf(found)} at_ms={Date.parse(found.asked_at)}>
          <PastBoard found={found}>
            <Consoles
              found={found}
              whose={whose}
              zone={zone}
              onChoose={(session_id) => asked && look(asked, session_id)}
            />
          </PastBoard>
        </PastHub>
      )}
    </div>
  );
}

const boards = new WeakMap<LookBackReply, ReturnType<typeof boardFrom>>();

function boardOf(found: LookBackReply) {
  let board = boards.get(found);
  if (!board) boards.set(found, (board = boardFrom(found.board, found.as_of_seq)));
  return board;
}

const fixes = new WeakMap<LookBackReply, ReadonlyMap<string, Fix>>();

function fixesOf(found: LookBackReply): ReadonlyMap<string, Fix> {
  let made = fixes.get(found);
  if (!made) fixes.set(found, (made = new Map(found.fixes.map((fix) => [fix.unit_id, fix]))));
  return made;
}

/** The last step at or before the event that is shown. */
function indexOf(found: LookBackReply): number {
  let index = 0;
  found.steps.forEach((event, place) => {
    if (event.seq <= found.at_seq) index = place;
  });
  return index;
}

function When(props: {
  at: string | null;
  zone: string;
  box: React.RefObject<HTMLInputElement | null>;
  onLook: (iso: string) => void;
  onFault: (fault: string) => void;
  children: React.ReactNode;
}) {
  const { at, zone } = props;
  const [day, setDay] = useState(at ? dayOf(at, zone) : "");
  const [time, setTime] = useState(at ? timeOfDay(at, zone) : "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = instantOf(day, time, zone);
    if (found === null) props.onFault("Write the day as 2026-07-01 and the time as 21:04:10.");
    else props.onLook(new Date(found).toISOString());
  };
  return (
    <form className="when" onSubmit={submit} aria-label="Moment">
      <label>
        Day <input className="input mono" size={10} value={day} onChange={(e) => setDay(e.target.value)} />
      </label>
      <label>
        Time <kbd>F2</kbd>{" "}
        <input ref={props.box} className="input mono" size={8} value={time} onChange={(e) => setTime(e.target.value)} />
      </label>
      <button className="button primary">Look</button>
      {props.children}
    </form>
  );
}

function PastBoard(props: { found: LookBackReply; children: React.ReactNode }) {
  const { region } = useHub();
  const board = useBoard();
  const limits = useLimits();
  const [chosenId, choose] = useState<string | null>(null);
  const queue = useMemo(() => queueOf(board, COVER, limits), [board, limits]);
  const byUnit = useMemo(() => liveByUnit(board), [board]);
  const byIncident = useMemo(() => liveByIncident(board), [board]);
  const groups = useMemo(() => unitGroups(board, byUnit, COVER), [board, byUnit]);
  const told = useMemo(() => deliveriesByAssignment(board.deliveries), [board.deliveries]);
  const zone = useZone();
  const hour_ms = Math.floor(useNowS() / 3600) * 3_600_000;
  const kept = useMemo(() => keptByUnit(board, hour_ms, zone), [board, hour_ms, zone]);
  const first = [...queue.pending, ...queue.active][0]?.incident.id ?? null;
  const selectedId = chosenId && board.incidents[chosenId] ? chosenId : first;
  const incident = selectedId ? board.incidents[selectedId] : undefined;
  const content = useMapContent({
    board,
    cover: COVER,
    byUnit,
    byIncident,
    selectedId,
    picks: NONE,
    hovered: null,
    zones: NONE,
    zoneId: null,
    proposing: false,
  });
  return (
    <main className="dispatcher-body">
      <QueuePanel
        past
        queue={queue}
        live={byIncident}
        selectedId={selectedId}
        onSelect={choose}
        focusKey={0}
      />
      <div className="centre">
        <Scrolled label="Read on">
          <fieldset disabled className="chosen-incident panel past" aria-label="Incident as it was">
            {incident ? (
              <>
                <Detail
                  incident={incident}
                  live={byIncident.get(incident.id) ?? NONE}
                  calls={callsOf(board, incident.id)}
                  region={region}
                  give={NOTHING}
                  fill={NOTHING}
                />
                <Advice
                  incident={incident}
                  advice={board.recommendations[incident.id]}
                  open={openPicks(board, incident.id)}
                  region={region}
                  give={NOTHING}
                  fill={NOTHING}
                  onHover={NOTHING}
                />
              </>
            ) : (
              <p className="dim pad">No incident was open, or none that you may see.</p>
            )}
          </fieldset>
        </Scrolled>
        <section className="past-map" aria-label="Map as it was">
          <p className="small pad">{positionWords(props.found, Object.keys(board.units).length, zone)}</p>
          <MapView content={content} />
        </section>
        {props.children}
      </div>
      <Scrolled label="Further units">
        <fieldset disabled className="past" aria-label="Units as they were">
          <UnitBoard
            past
            groups={groups}
            units={board.units}
            live={byUnit}
            incidents={board.incidents}
            deliveries={told}
            covers={EVERYTHING}
            position=""
            advised={new Set()}
            kept={kept}
            onCovers={NOTHING}
            onUnit={NOTHING}
            focusKey={0}
          />
        </fieldset>
      </Scrolled>
    </main>
  );
}

/** Nothing in what was can be pressed, so that the keys scroll what holds it. */
function Scrolled(props: { label: string; children: React.ReactNode }) {
  return (
    <div className="scroll as-it-was" role="group" aria-label={props.label} tabIndex={0}>
      {props.children}
    </div>
  );
}

function Consoles(props: {
  found: LookBackReply;
  whose: string;
  zone: string;
  onChoose: (session_id: string) => void;
}) {
  const { found, whose, zone } = props;
  const chosen = found.consoles.find((console) => console.link.session_id === whose);
  return (
    <section className="panel scroll consoles" aria-label="Consoles" tabIndex={0}>
      <h2>{plural(found.consoles.length, "console")} at that moment</h2>
      <p className="dim small">A console has an event when it says so, each two seconds.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Console</th>
            <th scope="col">Link</th>
            <th scope="col">Sent</th>
            <th scope="col">Acknowledged</th>
            <th scope="col">Lacked of {found.at_seq}</th>
            <th scope="col">Board</th>
          </tr>
        </thead>
        <tbody>
          <tr aria-current={whose === ""}>
            <th scope="row">The hub itself</th>
            <td />
            <td className="mono">{found.at_seq}</td>
            <td />
            <td />
            <td>
              <button type="button" className="button small" aria-pressed={whose === ""} onClick={() => props.onChoose("")}>
                Whole board
              </button>
            </td>
          </tr>
          {found.consoles.map((console) => (
            <ConsoleRow
              key={console.link.session_id}
              console={console}
              atSeq={found.at_seq}
              zone={zone}
              chosen={console.link.session_id === whose}
              onChoose={() => props.onChoose(console.link.session_id)}
            />
          ))}
        </tbody>
      </table>
      {chosen && <Lacked console={chosen} zone={zone} />}
    </section>
  );
}

function ConsoleRow(props: {
  console: ConsoleThen;
  atSeq: number;
  zone: string;
  chosen: boolean;
  onChoose: () => void;
}) {
  const { console, zone } = props;
  const { link } = console;
  const held = link.position ? ` · ${link.position}` : "";
  const late = console.unsent.length > 0 || !console.connected;
  return (
    <tr aria-current={props.chosen} data-session={link.session_id}>
      <th scope="row">
        {link.name}
        <span className="dim">
          {" "}
          {link.role.replace("_", "-")}
          {held}
        </span>
      </th>
      <td className={console.connected ? "dim" : "late"}>
        {console.connected
          ? `since ${timeOfDay(link.began_at, zone)}`
          : goneWords(link, zone)}
      </td>
      <td className="mono">
        {console.sent}
        {console.known_until && <span className="dim"> or more</span>}
      </td>
      <td className="mono">
        {console.acked || "–"}
        {console.acked_at && <span className="dim"> {timeOfDay(console.acked_at, zone)}</span>}
      </td>
      <td className={late ? "late" : "dim"}>
        {lackWords(console, props.atSeq)}
        {console.known_until && (
          <span className="dim"> · known until {timeOfDay(console.known_until, zone)}</span>
        )}
      </td>
      <td>
        <button
          type="button"
          className="button small"
          aria-pressed={props.chosen}
          aria-label={`As ${link.name} had it`}
          onClick={props.onChoose}
        >
          As it had it
        </button>
      </td>
    </tr>
  );
}

/** How a connection ended; a hub process that was killed could not say. */
function goneWords(link: ConsoleThen["link"], zone: string): string {
  const at = link.ended_at ? timeOfDay(link.ended_at, zone) : "";
  if (link.ended === "unseen") return `LAST SEEN ${at}`;
  return `GONE ${at}${link.ended === "left" || !link.ended ? "" : `, cut: ${link.ended}`}`;
}

function Lacked(props: { console: ConsoleThen; zone: string }) {
  const { console, zone } = props;
  const rows = [
    ...console.under_way.map((event) => ({ event, word: "sent" })),
    ...console.unknown.map((event) => ({ event, word: "not known whether sent" })),
    ...console.unsent.map((event) => ({ event, word: "NOT SENT" })),
  ];
  if (rows.length === 0) return null;
  return (
    <ul className="rows" aria-label={`What ${console.link.name} lacked`}>
      {rows.map(({ event, word }) => (
        <li key={event.seq}>
          <span className="mono">{event.seq}</span>{" "}
          <span className="mono dim">{timeOfDay(event.at, zone)}</span> {eventWords(event)}{" "}
          <span className={word === "NOT SENT" ? "late" : "dim"}>{word}</span>
        </li>
      ))}
      {console.more > 0 && <li className="late">and {console.more} more</li>}
    </ul>
  );
}
