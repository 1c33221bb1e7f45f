/** What a dispatcher asked about plates and warrants, on any incident, as long as the hub keeps it. */

import type { KeptQuery } from "../api/model";
import { shortNumber, timeOfDay } from "../board/words";
import { useBoard, useZone } from "../shell/hub";
import { AnswerLine } from "../shell/query_answers";

export function QueriesPanel(props: { queries: readonly KeptQuery[]; onClose: () => void }) {
  const { incidents } = useBoard();
  const zone = useZone();
  return (
    <section className="map-panel" aria-label="My queries">
      <header>
        <h3>My queries {props.queries.length}</h3>
        <button type="button" className="button small push" onClick={props.onClose}>
          Close
        </button>
      </header>
      <ul className="scroll" aria-label="Earlier answers" tabIndex={0}>
        {props.queries.map((kept) => {
          const incident = incidents[kept.query.incident_id];
          return (
            <li key={kept.query.id} className="feed" data-query={kept.query.id}>
              <span className={kept.answer?.caution ? "alarm" : ""}>
                <AnswerLine kept={kept} />
              </span>
              <p className="dim small">
                {incident ? shortNumber(incident.number) : "closed incident"}, kept until{" "}
                {timeOfDay(kept.kept_until, zone, false)}; for you alone
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
