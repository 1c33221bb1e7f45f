/** The recommendation as it is displayed: picks with reasons, nearer units not picked, what is missing.
 * Fill puts it on the command line, Send gives it. */

import { useEffect, useRef, useState } from "react";
import type { Incident, OutsideUnit, Pick, Recommendation, Region } from "../api/model";
import { avoidedBy } from "../board/avoided";
import { drivenOtherwise } from "../board/driven";
import { originOf } from "../board/origin";
import { outsideLabel, outsideState, promiseLate_s, standingOutside } from "../board/outside";
import { clockSpan, modeWords, shortNumber, timeOfDay, travelTime } from "../board/words";
import { useNowS, useZone } from "../shell/hub";
import { agencyName } from "./detail";

function interval(pick: Pick): string | null {
  if (pick.eta_low_s === null || pick.eta_high_s === null) return null;
  return `${clockSpan(pick.eta_low_s)}–${clockSpan(pick.eta_high_s)}`;
}

/** A reason without the callsign that the row already says. */
function spoken(unitId: string, text: string): string {
  return text.startsWith(unitId) ? text.slice(unitId.length).replace(/^[:\s]+/, "") : text;
}

/** A slot that a unit from outside fills: promised, not on the way. */
function Promised(props: { one: OutsideUnit }) {
  const now_ms = useNowS() * 1000;
  const zone = useZone();
  const late = (promiseLate_s(props.one, now_ms) ?? 0) > 0;
  return (
    <p className="pad small" data-testid="promised">
      <b className="mono">{props.one.ref}</b> {props.one.capabilities.join(", ").replaceAll("_", " ")} by{" "}
      {outsideLabel(props.one).slice(props.one.ref.length + 1)}{" "}
      <b className={late ? "late" : ""}>{outsideState(props.one, now_ms, zone)}</b>
      {props.one.state === "promised" && <span className="dim">, nobody here sees it move</span>}
    </p>
  );
}

export function Advice(props: {
  incident: Incident;
  advice: Recommendation | undefined;
  open: readonly Pick[];
  region: Region | null;
  give: (line: string, shown?: Recommendation) => void;
  fill: (line: string) => void;
  onHover: (unitId: string | null) => void;
}) {
  const { incident, advice, open, region, give, fill } = props;
  const zone = useZone();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setLeft(new Set()), [advice?.id]);
  /** What stood there when the hand came to Send: another that slipped under it is refused once. */
  const aimed = useRef<Recommendation | undefined>(undefined);
  const number = shortNumber(incident.number);
  const driven = drivenOtherwise(advice?.picks ?? []);
  const openIds = new Set(open.map((pick) => pick.unit_id));
  const chosen = open.filter((pick) => !left.has(pick.unit_id));
  const line =
    left.size === 0 ? `D ${number} *` : `D ${number} ${chosen.map((p) => p.unit_id).join(" ")}`;
  const filled = advice !== undefined && advice.plan_id !== null && advice.slots.length === 0;
  const allSent = open.length === 0 && (filled || (advice?.picks.length ?? 0) > 0);
  const avoided = avoidedBy(open);
  const missing = (advice?.slots ?? []).filter((slot) => advice?.unfilled.includes(slot.index));

  const toggle = (id: string) =>
    setLeft((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });

  return (
    <section className="advice" aria-label="Recommendation">
      <header>
        <h3>Recommended</h3>
        {advice && advice.degraded.length > 0 && (
          <span className="tag warn degraded" role="status">
            DEGRADED: {advice.degraded.join("; ")}
          </span>
        )}
        {advice && advice.picks.length > 0 && (
          <span className="tag" data-testid="mode" title={modeWords(advice.mode)}>
            {modeWords(advice.mode).split(",")[0]}
            {Object.entries(advice.part_modes ?? {}).map(
              ([part, mode]) => `; ${part.toUpperCase()} ${modeWords(mode).split(",")[0]?.toLowerCase()}`,
            )}
          </span>
        )}
        <span className="push" />
        <button
          type="button"
          className="button"
          aria-label="Fill recommended"
          disabled={chosen.length === 0}
          onClick={() => fill(line)}
        >
          Fill <kbd>F5</kbd>
        </button>
        <button
          type="button"
          className={chosen.length > 0 ? "button primary" : "button"}
          disabled={chosen.length === 0}
          onPointerEnter={() => (aimed.current = advice)}
          onPointerLeave={() => (aimed.current = undefined)}
          onClick={() => {
            const seen = aimed.current?.incident_id === incident.id ? aimed.current : advice;
            aimed.current = undefined;
            give(line, seen);
          }}
        >
          {allSent ? "All sent" : `Send ${chosen.length}`}
        </button>
      </header>
      <div className="advice-body scroll" role="group" aria-label="What is recommended" tabIndex={0}>
        {!advice && <p className="dim pad">Computing, or no plan asks for units here.</p>}
        {advice && (
          <ul className="picks" aria-label="Picks">
            {advice.picks.map((pick) => {
              const sent = !openIds.has(pick.unit_id);
              const from = originOf(pick);
              return (
                <li
                  key={`${pick.slot}-${pick.unit_id}`}
                  className={sent || left.has(pick.unit_id) ? "pick off" : "pick"}
                  data-unit={pick.unit_id}
                  onPointerEnter={() => props.onHover(pick.unit_id)}
                  onPointerLeave={() => props.onHover(null)}
                >
                  <label>
                    <input
                      type="checkbox"
                      checked={!sent && !left.has(pick.unit_id)}
                      disabled={sent}
                      aria-label={`Send ${pick.unit_id}`}
                      onChange={() => toggle(pick.unit_id)}
                    />
                    <b className="mono unit">{pick.unit_id}</b>
                  </label>
                  <span className="capability dim">{pick.capability.replaceAll("_", " ")}</span>
                  <span className="mono travel">
                    {pick.estimated && pick.travel_s !== null ? "~" : ""}
                    {travelTime(pick.travel_s)}
                  </span>
                  <span className="facts-of">
                    {sent && <b>sent</b>}
                    {!sent && interval(pick) && (
                      <span className="dim mono" title="Turnout and travel, from to">
                        {interval(pick)}
                      </span>
                    )}
                    {pick.aid && (
                      <span className="tag" title={pick.agreement_id ?? ""}>
                        aid {agencyName(region, pick.agency_id)}
                      </span>
                    )}
                    {!sent && from && (
                      <span className={from.warn ? "tag warn" : "tag"}>{from.text}</span>
                    )}
                    {!sent && pick.estimated && <span className="tag warn">estimated</span>}
                  </span>
                  {!sent && (
                    <span className="reasons dim">
                      {pick.reasons.map((reason) => reason.text).join("; ")}
                      {pick.without && (
                        <span data-testid="without">
                          {" "}
                          · without closures {travelTime(pick.without.travel_s)}
                          {avoided.has(pick.unit_id) && `, avoids ${avoided.get(pick.unit_id)}`}
                        </span>
                      )}
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        )}
        {standingOutside(incident).map((one) => (
          <Promised key={one.ref} one={one} />
        ))}
        {missing.map((slot) => (
          <p key={slot.index} className="missing alarm">
            No unit for {slot.discipline.toUpperCase()} {slot.capability.replaceAll("_", " ")}
          </p>
        ))}
        {advice && advice.passed_over.length > 0 && (
          <>
            <h4 className="label">The unit you did not get</h4>
            <ul className="passed" aria-label="Nearer units not picked">
              {advice.passed_over.map((unit) => (
                <li key={`${unit.unit_id}-${unit.nearer_than}`}>
                  <span className="mono">{unit.unit_id}</span>
                  <span className="mono dim">{travelTime(unit.travel_s)}</span>
                  <span>
                    <span className="dim">
                      for <span className="mono">{unit.nearer_than}</span>:
                    </span>{" "}
                    {unit.reasons.map((reason) => spoken(unit.unit_id, reason.text)).join("; ")}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {advice && (
          <p className="dim small made">
            Made {timeOfDay(advice.made_at, zone)} · board {advice.board_seq} · roads{" "}
            {advice.roads_seq ?? "none"} · plan {advice.plan_id ?? "none"}
            {driven && ` · ${driven}`}
          </p>
        )}
      </div>
    </section>
  );
}
