/** Coverage on the map: asks the hub for it while it is shown, says its age, and lists move-ups. */

import { useCallback, useEffect, useState } from "react";
import { request, whyNot } from "../api/client";
import type { Coverage, LonLat, ZoneCover } from "../api/model";
import { ageWords, clockSpan, showLine } from "../board/words";
import { useHub, useNowS } from "../shell/hub";

const ASK_EVERY_MS = 2_000;
/** Older than this it is said in the colour of a warning: units have moved since. */
const OLD_S = 20;

export interface Shown {
  coverage: Coverage | null;
  /** Why there is none, for the dispatcher to read. */
  why: string;
  again: () => void;
}

/** The coverage, asked again every two seconds while `on`; with an incident, also after its dispatch. */
export function useCoverage(on: boolean, incidentId: string | null): Shown {
  const [coverage, setCoverage] = useState<Coverage | null>(null);
  const [why, setWhy] = useState("");
  const [asked, setAsked] = useState(0);
  const again = useCallback(() => setAsked((n) => n + 1), []);
  useEffect(() => {
    if (!on) {
      setCoverage(null);
      return undefined;
    }
    let over = false;
    const ask = async () => {
      const query = incidentId ? `?incident_id=${encodeURIComponent(incidentId)}` : "";
      try {
        const found = await request<Coverage>("GET", `/coverage${query}`);
        if (over) return;
        setCoverage(found);
        setWhy("");
      } catch (failure) {
        if (over) return;
        setWhy(whyNot(failure));
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [on, incidentId, asked]);
  return { coverage, why, again };
}

export function CoveragePanel(props: {
  shown: Shown;
  zone: ZoneCover | null;
  give: (line: string) => void;
  /** The same, and told when it is done. */
  ask: (line: string) => Promise<string | null>;
  onClose: () => void;
}) {
  const { region } = useHub();
  const now_s = useNowS();
  const { coverage, why, again } = props.shown;
  const names = new Map(region?.agencies.map((agency) => [agency.id, agency.name]));
  const stations = new Map(region?.stations.map((station) => [station.id, station.at as LonLat]));
  const age_s = coverage ? Math.max(0, now_s - Date.parse(coverage.at) / 1000) : 0;
  const gone = coverage && coverage.without.length > 0;
  return (
    <section className="map-panel" aria-label="Coverage">
      <header>
        <h3>Coverage</h3>
        {coverage && (
          <span className={age_s > OLD_S ? "stale" : "dim"}>{ageWords(age_s)} old</span>
        )}
        <button type="button" className="button small push" onClick={props.onClose}>
          Close
        </button>
      </header>
      {!coverage && <p className="dim">{why || "Asking…"}</p>}
      {coverage && why && (
        <p className="stale" role="status">
          {why} What is drawn is the last that was known.
        </p>
      )}
      {coverage?.agencies.map((agency) => (
        <p key={agency.agency_id}>
          <b>{names.get(agency.agency_id) ?? agency.agency_id}</b>: {agency.within} of {agency.zones}{" "}
          squares within {clockSpan(agency.target_s)}
          {gone && agency.within_after < agency.within && (
            <b className="stale"> · {agency.within_after} after this dispatch</b>
          )}
        </p>
      ))}
      {coverage && (
        <p className="coverage-key dim">
          <i className="tone-late" /> later <i className="tone-nobody" /> nobody{" "}
          <i className="tone-lost" /> lost by this dispatch
        </p>
      )}
      {coverage && coverage.move_ups.length > 0 && (
        <>
          <h4>Move-ups</h4>
          <ul className="scroll">
            {coverage.move_ups.map((move) => (
              <li key={move.unit_id}>
                <button
                  type="button"
                  className="closure-name"
                  onClick={() => {
                    const at = stations.get(move.to_station);
                    if (at) props.give(showLine(at));
                  }}
                >
                  <b>{move.unit_id}</b> {move.from_station} to <b>{move.to_station}</b>{" "}
                  <span className="dim">
                    wins {move.zones_won} squares, {clockSpan(move.drive_s)} drive
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {props.zone && (
        <p>
          Chosen square: {zoneWords(props.zone)}{" "}
          <button
            type="button"
            className="button small"
            onClick={() => props.zone && void props.ask(muteLine(props.zone)).then(again)}
          >
            {props.zone.muted ? "Count it again" : "Leave it out"}
          </button>
        </p>
      )}
    </section>
  );
}

function muteLine(zone: ZoneCover): string {
  return `${zone.muted ? "SQ+" : "SQ-"} ${zone.zone_id}`;
}

function zoneWords(zone: ZoneCover): string {
  if (zone.seconds === null) return "nobody gets there.";
  const first = `${zone.unit_id} in ${clockSpan(zone.seconds)}`;
  if (zone.unit_after === zone.unit_id) return `${first}.`;
  return zone.seconds_after === null
    ? `${first}; after this dispatch nobody.`
    : `${first}; after this dispatch ${zone.unit_after} in ${clockSpan(zone.seconds_after)}.`;
}
