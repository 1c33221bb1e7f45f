/** The unit board: by discipline, committed units with their timers, available ones as small buttons. */

import { memo, useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Assignment, Delivery, Discipline, Incident, StatusCode, Unit } from "../api/model";
import { priorityOf } from "../board/asked";
import { isUnanswered, openCorrection } from "../board/corrections";
import { failedWords, nearestWords } from "../board/delivery";
import { isDense, placesFor } from "../board/density";
import { DISCIPLINES, type UnitGroup, type UnitRow } from "../board/select";
import { dutyWords, ownWords } from "../board/own_statuses";
import { STATUS_WORDS, statusOf } from "../board/status";
import { kindTag, shortNumber } from "../board/words";
import { useHub, useLimits } from "../shell/hub";
import { Status, Timer } from "../shell/parts";
import { heldGroups, useSize, useStill } from "./held";

const Committed = memo(function Committed(props: {
  row: UnitRow;
  number: string;
  /** How far its assignment has got to it: `pager sent`. */
  told: string;
  /** The channel that reached nobody; empty: none. */
  failed: string;
  limit_s: number | null;
  /** The agency's own code and label, empty where it goes by the common ones. */
  own: string;
  /** Three stand beside each other; one with a long callsign takes the room of two. */
  dense: boolean;
  onUnit: (id: string) => void;
}) {
  const { unit, live } = props.row;
  const code = statusOf(unit, live);
  const silent = live && !live.acknowledged_at;
  const corrected = live ? openCorrection(live) : null;
  const loud = live ? isUnanswered(live) : false;
  const waits = live?.status === "dispatched";
  const told = waits && props.told ? " told" : "";
  return (
    <button
      type="button"
      className={`unit-row${told}${loud ? " loud" : ""}`}
      data-still
      data-unit={unit.id}
      data-status={code}
      style={props.dense && placesFor(unit.id.length) > 1 ? { gridColumn: "span 2" } : undefined}
      aria-label={`${unit.id} ${STATUS_WORDS[code]}${props.own && `, ${props.own},`} on ${props.number}${silent ? `, not acknowledged, ${props.failed || props.told}` : ""}${corrected ? ", new address not acknowledged" : ""}`}
      title={[props.number, props.own || kindTag(unit.kind), props.told].filter(Boolean).join(" · ")}
      onClick={() => props.onUnit(unit.id)}
    >
      <b className="mono">{unit.id}</b>
      <Status code={code} />
      <span className="kind dim">
        {loud ? (
          <span className="late">{corrected?.step ? "NO ACK new address" : `NO ACK ${props.told}`}</span>
        ) : props.failed ? (
          <span className="late">{props.failed}</span>
        ) : waits ? (
          props.told
        ) : (
          props.own || kindTag(unit.kind)
        )}
      </span>
      <span className="mono dim number">{props.number}</span>
      {live && <Timer since={live.status_at} limit_s={props.limit_s} short={props.dense} />}
    </button>
  );
});

const Available = memo(function Available(props: {
  unit: Unit;
  /** Another than AV only where the place is held under the pointer. */
  code: StatusCode;
  advised: boolean;
  /** `reserved 14:00 #1042`, empty where nothing keeps it. */
  kept: string;
  onUnit: (id: string) => void;
}) {
  const { unit, kept, code } = props;
  const free = code === "AV";
  const lacks = unit.logon?.lacks ?? [];
  const without = lacks.length > 0 ? `without ${lacks.join(", ").replaceAll("_", " ")}` : "";
  const said = [unit.kind.replaceAll("_", " "), unit.capabilities.join(", "), without, kept].filter(Boolean);
  const about = `${unit.id} ${STATUS_WORDS[code]}, ${said.join(", ")}`;
  const words = [unit.id, without, kept && kept.replace("reserved ", "for ")].filter(Boolean).join(" ");
  const places = placesFor(words.length);
  return (
    <button
      type="button"
      className={`unit-free mono${props.advised && free ? " advised" : ""}${free ? "" : ` is s-${code}`}`}
      data-still
      data-unit={unit.id}
      data-status={code}
      style={places > 1 ? { gridColumn: `span ${places}` } : undefined}
      aria-label={about}
      title={`${about}${unit.phone_only ? ", answers by phone only" : ""}`}
      onClick={() => props.onUnit(unit.id)}
    >
      {free ? unit.id : `${unit.id} ${code}`}
      {without && <span className="small dim"> {without}</span>}
      {kept && (
        <span className="small dim" data-testid="reserved">
          {" "}
          {kept.replace("reserved ", "for ")}
        </span>
      )}
    </button>
  );
});

export function UnitBoard(props: {
  groups: readonly UnitGroup[];
  units: Readonly<Record<string, Unit>>;
  live: ReadonlyMap<string, Assignment>;
  incidents: Readonly<Record<string, Incident>>;
  /** The messages about each assignment. */
  deliveries: ReadonlyMap<string, readonly Delivery[]>;
  covers: ReadonlySet<Discipline>;
  /** The positions held, or that there is none; empty where none are set. */
  position: string;
  advised: ReadonlySet<string>;
  /** What each reserved unit is kept for, in words. */
  kept: ReadonlyMap<string, string>;
  onCovers: (discipline: Discipline) => void;
  onUnit: (id: string) => void;
  focusKey: number;
  /** A board of then: units go where each moment has them, also under the pointer. */
  past?: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.focusKey > 0) box.current?.querySelector<HTMLElement>("[data-unit]")?.focus();
  }, [props.focusKey]);

  const limits = useLimits();
  const { region } = useHub();
  const [held, setHeld] = useState<{ groups: readonly UnitGroup[]; dense: boolean } | null>(null);
  const still = useStill(box);
  const [width_px, height_px] = useSize(box);
  const groups = held ? heldGroups(held.groups, props.groups, props.units, props.live) : props.groups;
  const dense = held?.dense ?? isDense(props.groups, width_px, height_px);
  const countsOf = (group: UnitGroup) =>
    props.groups.find((one) => one.discipline === group.discipline) ?? group;
  const press = (event: KeyboardEvent) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLElement>("[data-unit]") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const to = {
      ArrowRight: at + 1,
      ArrowDown: below(buttons, at, 1),
      ArrowLeft: at - 1,
      ArrowUp: below(buttons, at, -1),
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (to === undefined || at < 0 || event.ctrlKey) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, to))]?.focus();
  };

  const limitOf = ({ live }: UnitRow) =>
    live ? (limits.inStatus(live, priorityOf(props.incidents[live.incident_id], live))?.seconds ?? null) : null;

  return (
    <section className="units panel" aria-label="Unit board">
      <div className="covers-bar" role="group" aria-label="Disciplines covered">
        <span className="label">Covers</span>
        {props.position && <b className="mono">{props.position}</b>}
        {DISCIPLINES.map((discipline) => (
          <button
            key={discipline}
            type="button"
            className="button small"
            aria-pressed={props.covers.has(discipline)}
            onClick={() => props.onCovers(discipline)}
          >
            {discipline.toUpperCase()}
          </button>
        ))}
      </div>
      <div
        ref={box}
        className={`units-body scroll${dense ? " dense" : ""}`}
        onKeyDown={press}
        onPointerEnter={props.past ? undefined : () => setHeld({ groups: props.groups, dense })}
        onPointerMove={still.onPointerMove}
        onPointerLeave={() => {
          setHeld(null);
          still.release();
        }}
      >
        {groups.map((group) => (
          <section key={group.discipline} aria-label={group.discipline.toUpperCase()}>
            <h2 className="units-head">
              {group.discipline.toUpperCase()}
              <span className="dim">
                {countsOf(group).available.length} avail · {countsOf(group).committed.length} committed ·{" "}
                {countsOf(group).out.length} out
              </span>
            </h2>
            <div className="committed">
              {group.committed.map((row) => (
                <Committed
                  key={row.unit.id}
                  row={row}
                  number={shortNumber(props.incidents[row.live?.incident_id ?? ""]?.number ?? "")}
                  told={row.live ? nearestWords(row.live, props.deliveries.get(row.live.id) ?? []) : ""}
                  failed={row.live ? failedWords(row.live, props.deliveries.get(row.live.id) ?? []) : ""}
                  limit_s={limitOf(row)}
                  own={row.live ? ownWords(region, row.live) : ""}
                  dense={dense}
                  onUnit={props.onUnit}
                />
              ))}
            </div>
            <div className="available">
              {group.available.map((unit) => (
                <Available
                  key={unit.id}
                  unit={unit}
                  code={statusOf(unit, props.live.get(unit.id))}
                  advised={props.advised.has(unit.id)}
                  kept={props.kept.get(unit.id) ?? ""}
                  onUnit={props.onUnit}
                />
              ))}
            </div>
            {group.parked.length > 0 && (
              <ul className="parked dim" aria-label={`${group.discipline.toUpperCase()} parked`}>
                {group.parked.map(({ unit, crewWith }) => (
                  <li key={unit.id} data-parked={unit.id}>
                    <button
                      type="button"
                      className="unit-free out mono"
                      data-unit={unit.id}
                      onClick={() => props.onUnit(unit.id)}
                    >
                      {unit.id}
                    </button>{" "}
                    {crewWith ? (
                      <>
                        PARKED, crew out with <span className="mono">{crewWith}</span>
                      </>
                    ) : (
                      "parked no more"
                    )}
                  </li>
                ))}
              </ul>
            )}
            {group.out.length > 0 && (
              <details className="out">
                <summary className="dim">{group.out.length} out of service</summary>
                <div className="available">
                  {group.out.map((unit) => (
                    <button
                      key={unit.id}
                      type="button"
                      className="unit-free out mono"
                      data-unit={unit.id}
                      data-status="OOS"
                      title={dutyWords(unit)}
                      aria-label={`${unit.id} Out of service ${dutyWords(unit)}`}
                      onClick={() => props.onUnit(unit.id)}
                    >
                      {unit.id}
                    </button>
                  ))}
                </div>
              </details>
            )}
          </section>
        ))}
        {groups.length === 0 && <p className="dim pad">This position covers no discipline.</p>}
      </div>
    </section>
  );
}

/** The button nearest in the row above or below. */
function below(buttons: readonly HTMLElement[], at: number, way: 1 | -1): number {
  const here = buttons[at]?.getBoundingClientRect();
  if (!here) return at;
  let best = at;
  let least = Number.POSITIVE_INFINITY;
  buttons.forEach((button, i) => {
    const there = button.getBoundingClientRect();
    const dy = (there.top - here.top) * way;
    if (dy < 4) return;
    const distance = dy * 4 + Math.abs(there.left - here.left);
    if (distance < least) {
      least = distance;
      best = i;
    }
  });
  return best;
}
