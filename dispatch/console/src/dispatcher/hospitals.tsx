/** What each hospital takes, who is on the way to it and who stands at its door. */

import { hospitalRows, stateWords } from "../board/hospitals";
import { ageWords } from "../board/words";
import { useBoard, useHub, useNowS, useZone } from "../shell/hub";

export function HospitalsPanel(props: {
  fill: (line: string) => void;
  give: (line: string) => void;
  onClose: () => void;
}) {
  const { region } = useHub();
  const board = useBoard();
  const zone = useZone();
  const now_s = useNowS();
  const rows = hospitalRows(region?.hospitals ?? [], board.hospitals, Object.values(board.assignments));
  return (
    <section className="map-panel" aria-label="Hospitals">
      <header>
        <h3>Hospitals {rows.length}</h3>
        <button type="button" className="button small push" onClick={props.onClose}>
          Close
        </button>
      </header>
      <ul className="scroll">
        {rows.map(({ hospital, state, coming, there }) => (
          <li key={hospital.id} className="feed" data-hospital={hospital.id}>
            <b>{hospital.name}</b> <span className="mono dim">{hospital.id}</span>{" "}
            <span className="dim">{hospital.capabilities.join(", ")}</span>
            <p className={state ? "late" : "dim"}>
              {state
                ? `${stateWords(state, zone)} (said ${ageWords(now_s - Date.parse(state.since) / 1000)} ago)`
                : "takes everybody, as far as is known here"}
            </p>
            <p className="mono">
              {coming.length > 0 && `coming: ${coming.join(" ")} `}
              {there.length > 0 && `there: ${there.join(" ")}`}
            </p>
            <button
              type="button"
              className="button small"
              onClick={() => props.fill(`HS ${hospital.id} divert `)}
            >
              Diverts
            </button>{" "}
            {state && (
              <button
                type="button"
                className="button small"
                onClick={() => props.give(`HS ${hospital.id} open`)}
              >
                Open again
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
