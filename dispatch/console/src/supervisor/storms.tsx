/** The storm switch: which agencies work by their storm plans, since when, why, and when it is asked. */

import { clockSpan, timeOfDay } from "../board/words";
import { useBoard, useHub, useNowS, useZone } from "../shell/hub";

export function Storms(props: { fill: (line: string) => void }) {
  const { region } = useHub();
  const { storms } = useBoard();
  const now_ms = useNowS() * 1000;
  const zone = useZone();
  const able = (region?.agencies ?? []).filter((agency) => agency.storm_plans);
  const calm = able.filter((agency) => !storms[agency.id]);
  return (
    <section className="panel scroll" aria-label="Storm plans" tabIndex={0}>
      <h2>Storm plans {Object.keys(storms).length}</h2>
      {able.length === 0 && <p className="dim">No agency has storm plans in the region's files.</p>}
      <ul className="rows">
        {able.flatMap((agency) => {
          const storm = storms[agency.id];
          if (!storm) return [];
          const asked = Date.parse(storm.ask_at) <= now_ms;
          return [
            <li key={agency.id} data-agency={agency.id}>
              <b>{agency.name}</b> since {timeOfDay(storm.since, zone, false)}: {storm.reason}{" "}
              <span className={asked ? "alarm" : "dim"}>
                {asked
                  ? `DOES IT GO ON? asked for ${clockSpan((now_ms - Date.parse(storm.ask_at)) / 1000)}`
                  : `asked again at ${timeOfDay(storm.ask_at, zone, false)}`}
              </span>{" "}
              <button
                type="button"
                className="button small"
                onClick={() => props.fill(`STORM ${agency.id} +2h ${storm.reason}`)}
              >
                Goes on
              </button>{" "}
              <button
                type="button"
                className="button small"
                onClick={() => props.fill(`STORM ${agency.id} - `)}
              >
                End
              </button>
            </li>,
          ];
        })}
      </ul>
      {calm.length > 0 && (
        <p className="storm-choices">
          {calm.map((agency) => (
            <button
              key={agency.id}
              type="button"
              className="button small"
              onClick={() => props.fill(`STORM ${agency.id} +4h `)}
            >
              {agency.name}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}
