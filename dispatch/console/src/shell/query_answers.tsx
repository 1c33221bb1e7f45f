/** Answers of the query service that this person or this unit may read: kept in memory alone. */

import { useCallback, useEffect, useState } from "react";
import { request } from "../api/client";
import type { KeptQuery } from "../api/model";
import { queryWords } from "../command/run";
import { useHub, useZone } from "./hub";
import { timeOfDay } from "../board/words";

export function QueryAnswers(props: { incidentId: string }) {
  const { onEvent, session } = useHub();
  const zone = useZone();
  const { incidentId } = props;
  const [kept, setKept] = useState<{ of: string; list: readonly KeptQuery[] }>({ of: "", list: [] });
  const { id, unit_id } = session.account;
  const read = useCallback(() => {
    request<{ queries: KeptQuery[] }>("GET", `/incidents/${incidentId}/queries`).then(
      ({ queries }) => setKept({ of: incidentId, list: queries }),
      () => setKept({ of: incidentId, list: [] }),
    );
  }, [incidentId]);
  useEffect(read, [read]);
  useEffect(
    () =>
      onEvent(({ body }) => {
        if (body.kind !== "query.ended" || body.incident_id !== incidentId) return;
        if (body.asked_by === id || (unit_id && body.unit_id === unit_id)) read();
      }),
    [onEvent, read, incidentId, id, unit_id],
  );
  if (kept.of !== incidentId || kept.list.length === 0) return null;
  return (
    <section aria-label="Query answers" data-testid="query-answers">
      <h3 className="label">Plates and warrants: for you alone</h3>
      <ul className="notes lines">
        {kept.list.map((one) => (
          <li key={one.query.id} className={one.answer?.caution ? "alarm" : ""}>
            <b className="mono">{timeOfDay(one.query.asked_at, zone, false)}</b> {one.query.what} {one.words}:{" "}
            {queryWords(one)}
          </li>
        ))}
      </ul>
    </section>
  );
}
