/** The municipality's screen: its own area and units, what is open in it, the closures and its own to shut. */

import { useMemo, useRef, useState } from "react";
import type { Closure, Incident, LonLat } from "../api/model";
import { askedIn } from "../board/asked";
import { effectWords, hoursWords, sourceWords } from "../board/blocks";
import { liveByIncident, liveByUnit, naturally } from "../board/select";
import { isScheduled, whenWords } from "../board/schedule";
import { askedAt } from "../board/waiting";
import { CODES, statusOf } from "../board/status";
import { addressOf, shortNumber } from "../board/words";
import { ClosureForm } from "../map/closure_form";
import type { DispatchMap } from "../map/dispatch_map";
import { boundsOf, closureFeatures, incidentFeatures, unitFeatures } from "../map/features";
import { MapView } from "../map/map_view";
import { useBoard, useFixes, useHub, useNowS, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { Priority, Status, Timer, TopBar } from "../shell/parts";
import { toggleTheme } from "../shell/theme";
import { FaultForm } from "./faults";
import { MapFaults } from "./map_faults";
import { Premises } from "./premises";
import "../styles/municipality.css";

export default function Municipality() {
  const { session, region, outbox } = useHub();
  const [form, setForm] = useState<"closure" | "fault" | null>(null);
  const [reported, setReported] = useState(0);
  const [fault, setFault] = useState("");
  const board = useBoard();
  const fixes = useFixes();
  const zone = useZone();
  const now = Math.floor(useNowS() / 5) * 5;
  const map = useRef<DispatchMap | null>(null);
  useKeys({ F6: () => map.current?.focus(), F9: toggleTheme });

  const { account } = session;
  const everything = account.agencies.includes("*");
  const own = useMemo(() => {
    const agencies = (region?.agencies ?? []).filter((agency) =>
      account.municipality
        ? agency.municipality === account.municipality
        : everything || account.agencies.includes(agency.id),
    );
    return new Map(agencies.map((agency) => [agency.id, agency]));
  }, [region, account, everything]);
  const byUnit = useMemo(() => liveByUnit(board), [board]);
  const byIncident = useMemo(() => liveByIncident(board), [board]);
  const units = useMemo(
    () =>
      Object.values(board.units)
        .filter((unit) => own.has(unit.agency_id))
        .sort((a, b) => a.discipline.localeCompare(b.discipline) || naturally(a.id, b.id)),
    [board.units, own],
  );
  const incidents = useMemo(
    () =>
      Object.values(board.incidents)
        .filter((incident) => concerns(incident, account.municipality, own, byIncident))
        .sort((a, b) => askedIn(a).priority - askedIn(b).priority || a.created_at.localeCompare(b.created_at)),
    [board.incidents, account.municipality, own, byIncident],
  );
  const closures = useMemo(
    () => Object.values(board.closures).sort((a, b) => a.ends_at.localeCompare(b.ends_at)),
    [board.closures],
  );
  const content = useMemo(
    () => ({
      incidents: incidentFeatures(incidents, null),
      closures: closureFeatures(closures, zone),
      units: unitFeatures(units, byUnit, board.incidents, fixes, [], now, board.units),
    }),
    [incidents, closures, units, byUnit, board.incidents, fixes, zone, now],
  );
  const centre = (): LonLat | null => {
    const now = map.current?.gl.getCenter();
    return now ? [now.lng, now.lat] : null;
  };
  const show = (at: LonLat | undefined) => at && map.current?.showAt(at, 14);
  const may = account.role === "municipal_admin" && account.municipality !== null;
  const isOwn = (closure: Closure) =>
    may && closure.source === "municipality" && closure.source_ref === account.municipality;
  const open = async (closure: Closure) => {
    const answer = await outbox.send("Open the road", "DELETE", `/closures/${closure.id}`);
    setFault(answer.done ? "" : answer.problem.detail || answer.problem.title);
  };
  const fit = () => {
    const bounds = boundsOf(units.map((unit) => unit.home));
    if (bounds) map.current?.fit(bounds, 13);
  };

  return (
    <div className="municipality">
      <TopBar statusKey covers={account.municipality ?? account.name} />
      <main>
        <div className="town-left">
          <section className="panel scroll" aria-label="Open incidents" tabIndex={0}>
            <h2>Open incidents {incidents.length}</h2>
            <ul>
              {incidents.map((incident) => (
                <li key={incident.id} className="town-incident" data-incident={incident.number}>
                  <Priority n={askedIn(incident).priority} waiting={!byIncident.has(incident.id)} />
                  <button type="button" className="plain" onClick={() => show(incident.place.at)}>
                    <b>{askedIn(incident).type_label}</b>
                    <br />
                    {addressOf(incident)}
                    {incident.place.cross_street && ` / ${incident.place.cross_street}`}{" "}
                    <span className="dim">{incident.place.municipality}</span>
                    <br />
                    <span className="mono dim small">
                      {shortNumber(incident.number)}{" "}
                      {(byIncident.get(incident.id) ?? [])
                        .map((a) => `${a.unit_id}\u00a0${CODES[a.status]}\u00a0·`)
                        .join(" ")
                        .slice(0, -2)}
                    </span>
                  </button>
                  {isScheduled(incident) ? (
                    <span className="tag">SCHEDULED {whenWords(incident.schedule?.wanted_at ?? "", now * 1000, zone)}</span>
                  ) : (
                    <Timer since={askedAt(incident)} />
                  )}
                </li>
              ))}
              {incidents.length === 0 && <li className="dim">None that concerns you.</li>}
            </ul>
          </section>
          <section className="panel scroll" aria-label="Closures" tabIndex={0}>
            <h2>Closures {closures.length}</h2>
            {may && form === null && (
              <p className="row">
                <button type="button" className="button" onClick={() => setForm("closure")}>
                  Shut a road
                </button>
                <button type="button" className="button" onClick={() => setForm("fault")}>
                  Report a fault
                </button>
              </p>
            )}
            {form === "fault" && (
              <FaultForm
                own={own}
                centre={centre}
                onReported={() => setReported((count) => count + 1)}
                onDone={() => setForm(null)}
              />
            )}
            {form === "closure" && map.current && (
              <ClosureForm
                map={map.current}
                save={async (closure) => {
                  const answer = await outbox.send("Shut a road", "POST", "/closures", { ...closure });
                  return answer.done ? null : answer.problem.detail || answer.problem.title;
                }}
                onDone={() => setForm(null)}
              />
            )}
            {fault && (
              <p className="alarm" role="alert">
                {fault}
              </p>
            )}
            <ul>
              {closures.map((closure) => (
                <li key={closure.id}>
                  <button type="button" className="plain" onClick={() => show(closure.line[0])}>
                    <b>{effectWords(closure)}</b>{" "}
                    {closure.description || "no description"}{" "}
                    <span className="dim">
                      {closure.state === "planned" &&
                        `from ${whenWords(closure.changes_at ?? closure.begins_at, now * 1000, zone)} `}
                      to {whenWords(closure.ends_at, now * 1000, zone)}
                        {closure.recurrence ? `, ${hoursWords(closure)}` : ""} ·{" "}
                      {sourceWords(closure)}
                    </span>
                  </button>
                  {isOwn(closure) && (
                    <button
                      type="button"
                      className="button small"
                      aria-label={`Open ${closure.description || closure.id.slice(-6)}`}
                      onClick={() => void open(closure)}
                    >
                      Open again
                    </button>
                  )}
                </li>
              ))}
              {closures.length === 0 && <li className="dim">Every road is open.</li>}
            </ul>
          </section>
        </div>
        <MapView
          ref={map}
          own={account.municipality}
          content={content}
          onReady={(made) => {
            map.current = made;
            fit();
          }}
        />
        <div className="town-right">
          <section className="panel scroll" aria-label="Own units" tabIndex={0}>
            <h2>Own units {units.length}</h2>
            <table>
              <thead className="visually-hidden">
                <tr>
                  <th>Unit</th>
                  <th>Status</th>
                  <th>Kind</th>
                  <th>Agency</th>
                </tr>
              </thead>
              <tbody>
                {units.map((unit) => (
                  <tr key={unit.id}>
                    <th scope="row" className="mono">
                      {unit.id}
                    </th>
                    <td>
                      <Status code={statusOf(unit, byUnit.get(unit.id))} />
                    </td>
                    <td>{unit.kind.replaceAll("_", " ")}</td>
                    <td className="dim">{own.get(unit.agency_id)?.name}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {units.length === 0 && <p className="dim">No unit belongs to you.</p>}
          </section>
          <Premises own={own} onShow={show} centre={centre} again={reported} />
          <MapFaults onShow={show} />
        </div>
      </main>
    </div>
  );
}

/** Inside the municipality, led by one of its agencies, or worked by one of its units. Pure. */
export function concerns(
  incident: Incident,
  municipality: string | null,
  own: ReadonlyMap<string, unknown>,
  live: ReadonlyMap<string, readonly { agency_id: string }[]>,
): boolean {
  return (
    (municipality !== null && incident.place.municipality === municipality) ||
    incident.legs.some((leg) => leg.agency_id !== null && own.has(leg.agency_id)) ||
    (live.get(incident.id) ?? []).some((a) => own.has(a.agency_id))
  );
}
