/** The queue: pending above active. Address and type are never cut short. */

import { memo, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Assignment, Incident, OutsideUnit } from "../api/model";
import { isUnanswered } from "../board/corrections";
import type { Queue, QueueRow } from "../board/select";
import { outsideLabel, outsideState, promiseLate_s, standingOutside } from "../board/outside";
import { isScheduled, whenWords } from "../board/schedule";
import { CODES } from "../board/status";
import { addressOf, clockSpan, shortNumber, timeOfDay } from "../board/words";
import { useNowS, useZone } from "../shell/hub";
import { Priority, Timer } from "../shell/parts";
import { placesOf, useStill } from "./held";

const UnitChip = memo(function UnitChip(props: { unitId: string; code: string; silent: boolean }) {
  const hollow = props.code === "ST" || props.code === "AH" ? " hollow" : "";
  return (
    <span className={`chip s-${props.code}${hollow}`}>
      <i aria-hidden="true" />
      {props.unitId}
      <span className="visually-hidden"> {props.code}</span>
      {props.silent && <span className="alarm"> no ack</span>}
    </span>
  );
});

/** A unit from outside: a promise is a word, never a mark of a unit that moves. */
function OutsideChip(props: { one: OutsideUnit }) {
  const now_ms = useNowS() * 1000;
  const zone = useZone();
  const late = (promiseLate_s(props.one, now_ms) ?? 0) > 0;
  return (
    <span className={late ? "tag alarm" : "tag"}>
      {outsideLabel(props.one)} {outsideState(props.one, now_ms, zone)}
    </span>
  );
}

/** `SCHEDULED 14:00`, once it is due `wanted 14:00`, with the units that are kept for it. */
function ScheduleChip(props: { incident: Incident }) {
  const now_ms = Math.floor(useNowS() / 60) * 60_000;
  const zone = useZone();
  const { incident } = props;
  const { schedule } = incident;
  if (!schedule) return null;
  const when = whenWords(schedule.wanted_at, now_ms, zone);
  return (
    <span className={schedule.lost.length > 0 ? "tag alarm" : "tag"} data-testid="scheduled">
      {isScheduled(incident) ? `SCHEDULED ${when}` : `wanted ${when}`}
      {schedule.unit_ids.length > 0 && `: ${schedule.unit_ids.join(" ")} reserved`}
      {schedule.lost.length > 0 && `, LOST ${schedule.lost.map((one) => one.unit_id).join(" ")}`}
    </span>
  );
}

const Row = memo(function Row(props: {
  row: QueueRow;
  selected: boolean;
  live: readonly Assignment[] | undefined;
  onSelect: (id: string) => void;
}) {
  const { incident, asked, pending, since, asked_at, limit_s } = props.row;
  const zone = useZone();
  const { place } = incident;
  const outside = standingOutside(incident);
  return (
    <li
      id={`q-${incident.id}`}
      role="option"
      aria-selected={props.selected}
      className={props.selected ? "row selected" : "row"}
      data-incident={incident.number}
      data-still
      onClick={() => props.onSelect(incident.id)}
    >
      <Priority n={asked.priority} waiting={pending} />
      <span className="number mono dim">{shortNumber(incident.number)}</span>
      <span className="what">
        <b>{asked.type_label}</b>
        <span className="where">
          {addressOf(incident)}
          {place.cross_street && <span className="dim"> / {place.cross_street}</span>}
          {place.municipality && <span className="dim town"> {place.municipality}</span>}
        </span>
        {(props.live?.length || outside.length > 0 || !place.verified || incident.hold || incident.schedule || incident.alarm_level > 1) && (
          <span className="chips">
            {incident.alarm_level > 1 && <span className="tag">alarm {incident.alarm_level}</span>}
            <ScheduleChip incident={incident} />
            {incident.hold && (
              <span className={incident.hold.over ? "tag alarm" : "tag"}>
                {incident.hold.over
                  ? "HOLD OVER"
                  : `held till ${timeOfDay(incident.hold.until, zone, false)}`}
                {incident.hold.unit_ids.length > 0 && ` for ${incident.hold.unit_ids.join(" ")}`}:{" "}
                {incident.hold.reason}
              </span>
            )}
            {!place.verified && <span className="tag warn">unverified</span>}
            {props.live?.map((a) => (
              <UnitChip
                key={a.id}
                unitId={a.unit_id}
                code={CODES[a.status]}
                silent={isUnanswered(a)}
              />
            ))}
            {outside.map((one) => (
              <OutsideChip key={one.ref} one={one} />
            ))}
          </span>
        )}
      </span>
      <span className="since">
        {!isScheduled(incident) && (
          <Timer since={since} asked_at={asked_at} limit_s={pending ? limit_s : null} word />
        )}
      </span>
    </li>
  );
});

type Section = "Pending" | "Active" | "Scheduled";

export function QueuePanel(props: {
  queue: Queue;
  live: ReadonlyMap<string, readonly Assignment[]>;
  selectedId: string | null;
  onSelect: (id: string) => void;
  /** By the arrow keys; as by a click where nothing else is said. */
  onStep?: (id: string) => void;
  focusKey: number;
  /** A board of then: rows go where each moment has them, also under the pointer. */
  past?: boolean;
}) {
  const { queue, live, selectedId, onSelect } = props;
  const list = useRef<HTMLDivElement>(null);
  const pointerLow = useRef(false);
  const heights = useRef(new Map<string, number>());
  const still = useStill(list);
  const idsOf = (rows: readonly QueueRow[]) => rows.map((row) => row.incident.id);
  const now = {
    Pending: idsOf(queue.pending),
    Active: idsOf(queue.active),
    Scheduled: idsOf(queue.scheduled),
  };
  const [held, setHeld] = useState<Record<Section, readonly string[]> | null>(null);
  const { sections, fresh } = placesOf(held, now);
  const rows = new Map(
    [...queue.pending, ...queue.active, ...queue.scheduled].map((row) => [row.incident.id, row]),
  );
  /** At the end that the pointer is not at; it stays there until the pointer leaves. */
  const [edge, setEdge] = useState<"top" | "bottom">("bottom");
  const waits = fresh.length > 0;
  useLayoutEffect(() => {
    const box = list.current;
    if (waits && box) {
      setEdge(pointerLow.current && box.scrollHeight > box.clientHeight + 1 ? "top" : "bottom");
    }
  }, [waits]);

  useEffect(() => {
    if (props.focusKey > 0) list.current?.focus();
  }, [props.focusKey]);
  useEffect(() => {
    if (selectedId) document.getElementById(`q-${selectedId}`)?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);

  const press = (event: KeyboardEvent) => {
    const order = [...queue.pending, ...queue.active, ...queue.scheduled].map((row) => row.incident.id);
    const at = selectedId ? order.indexOf(selectedId) : -1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey) return;
    event.preventDefault();
    const next = order[Math.max(0, Math.min(order.length - 1, to))];
    if (next) (props.onStep ?? onSelect)(next);
  };

  const enter = () => {
    heights.current.clear();
    for (const row of list.current?.querySelectorAll<HTMLElement>("[data-still]") ?? []) {
      const height = row.getBoundingClientRect().height;
      heights.current.set(row.id, height);
      row.style.minHeight = `${height}px`;
    }
    setHeld(now);
  };
  const leave = () => {
    for (const row of list.current?.querySelectorAll<HTMLElement>("[data-still]") ?? []) {
      row.style.minHeight = "";
    }
    setHeld(null);
    still.release();
  };
  const drawn = (id: string) => {
    const row = rows.get(id);
    return row ? (
      <Row key={id} row={row} selected={id === selectedId} live={live.get(id)} onSelect={onSelect} />
    ) : (
      <li
        key={id}
        role="presentation"
        className="row gone dim"
        data-still
        style={{ minHeight: heights.current.get(`q-${id}`) }}
      >
        closed, or no longer covered
      </li>
    );
  };
  const section = (title: Section, oldest?: string) => (
    <ul role="group" aria-label={`${title} ${now[title].length}`} className="queue-group">
      <li role="presentation" className="queue-head">
        <b>
          {title} {now[title].length}
        </b>
        {oldest && (
          <span className="dim push">
            oldest <Since since={oldest} />
          </span>
        )}
      </li>
      {sections[title].length === 0 && (
        <li role="option" aria-selected="false" aria-disabled="true" className="queue-none dim">
          {now[title].length > 0
            ? "New ones are at the edge."
            : title === "Pending"
              ? "Nothing waits."
              : "Nothing is being worked."}
        </li>
      )}
      {sections[title].map(drawn)}
    </ul>
  );
  const arrived = waits && (
    <ul role="group" aria-label={`New ${fresh.length}`} className={`queue-group queue-edge ${edge}`}>
      <li role="presentation" className="queue-head">
        <b>New {fresh.length}</b>
        <span className="dim push">take their places when the pointer leaves</span>
      </li>
      {fresh.map(drawn)}
    </ul>
  );

  const oldest = queue.pending.map((row) => row.asked_at).sort()[0];
  return (
    <div
      ref={list}
      className="queue panel scroll"
      role="listbox"
      aria-label="Queue"
      aria-activedescendant={selectedId ? `q-${selectedId}` : undefined}
      tabIndex={0}
      onKeyDown={press}
      onPointerEnter={props.past ? undefined : enter}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        pointerLow.current = event.clientY > box.top + box.height / 2;
        still.onPointerMove(event);
      }}
      onPointerLeave={leave}
    >
      {edge === "top" && arrived}
      {section("Pending", oldest)}
      {section("Active")}
      {sections.Scheduled.length > 0 && section("Scheduled")}
      {edge === "bottom" && arrived}
    </div>
  );
}

function Since(props: { since: string }) {
  return <span className="mono">{clockSpan(useNowS() - Date.parse(props.since) / 1000)}</span>;
}
