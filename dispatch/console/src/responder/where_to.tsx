/** Where a transport goes: the hospitals by distance, each with what it does not take. */

import type { LonLat } from "../api/model";
import { nearestHospitals, stateWords } from "../board/hospitals";
import { useBoard, useHub, useZone } from "../shell/hub";

export function WhereTo(props: {
  at: LonLat;
  onPick: (hospitalId: string | null) => void;
  onCancel: () => void;
}) {
  const { region } = useHub();
  const { hospitals } = useBoard();
  const zone = useZone();
  return (
    <section className="where-to" aria-label="Where to?">
      <h3>Where to?</h3>
      {nearestHospitals(region?.hospitals ?? [], props.at).map(({ hospital, km }) => {
        const words = stateWords(hospitals[hospital.id] ?? null, zone);
        return (
          <button
            key={hospital.id}
            type="button"
            className="big-button"
            onClick={() => props.onPick(hospital.id)}
          >
            <span>{hospital.name}</span>
            <span className="mono small">
              {km.toFixed(1)} km in a straight line {words && <b className="late">{words}</b>}
            </span>
          </button>
        );
      })}
      <button type="button" className="big-button" onClick={() => props.onPick(null)}>
        Transporting, say later
      </button>
      <button type="button" className="button" onClick={props.onCancel}>
        Back
      </button>
    </section>
  );
}
