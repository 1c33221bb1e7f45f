/** Map faults of a municipality: places that incidents were sent to though the map did not know
 * them. The one met last comes first; whoever owns the map says what became of each. */

import { useCallback, useEffect, useState } from "react";
import { request, whyNot } from "../api/client";
import type { LonLat, MapFault } from "../api/model";
import { coordinates, dayOf, timeOfDay } from "../board/words";
import { useHub, useZone } from "../shell/hub";

const AGAIN_MS = 60_000;

export function MapFaults(props: { onShow: (at: LonLat) => void }) {
  const { outbox, session } = useHub();
  const closes = ["municipal_admin", "hub_admin"].includes(session.account.role);
  const zone = useZone();
  const [faults, setFaults] = useState<readonly MapFault[]>([]);
  const [refused, setRefused] = useState("");
  const read = useCallback(
    () =>
      request<{ faults: MapFault[] }>("GET", "/map-faults").then(
        (answer) => {
          setFaults(answer.faults);
          setRefused("");
        },
        (failure: unknown) => setRefused(whyNot(failure, "the list may be old")),
      ),
    [],
  );
  useEffect(() => {
    void read();
    const timer = setInterval(() => void read(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [read]);

  const close = async (fault: MapFault, outcome: "map_corrected" | "no_fault") => {
    const path = `/map-faults/${fault.id}/closings`;
    const answer = await outbox.send("Close map fault", "POST", path, { outcome });
    if (!answer.done) return setRefused(answer.problem.detail || answer.problem.title);
    return read();
  };

  return (
    <section className="panel scroll" aria-label="Map faults" tabIndex={0}>
      <h2>Map faults {faults.length}</h2>
      {refused && (
        <p className="alarm" role="alert">
          {refused}
        </p>
      )}
      <ul>
        {faults.map((fault) => (
          <li key={fault.id} className="premise-row">
            <button type="button" className="plain" onClick={() => props.onShow(fault.at as LonLat)}>
              <b>{fault.place || coordinates(fault.at as LonLat)}</b>{" "}
              <span className="dim">
                {fault.kind === "place" ? "not on the map" : "house number not on the map"} · {fault.times === 1 ? "once" : `${fault.times} times`}, last{" "}
                {dayOf(fault.last_at, zone)} {timeOfDay(fault.last_at, zone, false)}
              </span>
            </button>
            <button
              type="button"
              className="button small"
              hidden={!closes}
              aria-label={`Map corrected: ${fault.place || "pin"}`}
              onClick={() => void close(fault, "map_corrected")}
            >
              Corrected
            </button>
            <button
              type="button"
              className="button small"
              hidden={!closes}
              aria-label={`No fault: ${fault.place || "pin"}`}
              onClick={() => void close(fault, "no_fault")}
            >
              No fault
            </button>
          </li>
        ))}
        {faults.length === 0 && <li className="dim">None: every place was on the map.</li>}
      </ul>
    </section>
  );
}
