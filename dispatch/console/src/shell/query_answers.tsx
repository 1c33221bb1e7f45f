/** Answers of the query service that this person or this unit may read: kept in memory alone. */

import { useCallback, useEffect, useState } from "react";
import { Refused, request } from "../api/client";
import type { KeptQuery } from "../api/model";
import { queryWords } from "../command/run";
import { useHub, useZone } from "./hub";
import { timeOfDay } from "../board/words";

/** A hub that does not answer is asked again. */
const AGAIN_MS = 5_000;

export type QueryKind = KeptQuery["query"]["what"];

interface Mine {
  kinds: readonly QueryKind[];
  queries: readonly KeptQuery[];
}

/** What this person asked and the hub still keeps, and what can be asked at all. Null: not known yet. */
export function useMyQueries(): Mine | null {
  const { onEvent, session } = useHub();
  const [mine, setMine] = useState<Mine | null>(null);
  const { id } = session.account;
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let again: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    request<Mine>("GET", "/queries").then(
      (answer) => current && setMine(answer),
      (failure: unknown) => {
        if (current && !(failure instanceof Refused)) again = setTimeout(() => setTurn((n) => n + 1), AGAIN_MS);
      },
    );
    return () => {
      current = false;
      clearTimeout(again);
    };
  }, [turn]);
  useEffect(
    () =>
      onEvent(({ body }) => {
        if (body.kind === "query.ended" && body.asked_by === id) setTurn((n) => n + 1);
      }),
    [onEvent, id],
  );
  return mine;
}

/** One answer: when, what was asked for, what came. */
export function AnswerLine(props: { kept: KeptQuery }) {
  const zone = useZone();
  const { kept } = props;
  return (
    <>
      <b className="mono">{timeOfDay(kept.query.asked_at, zone, false)}</b> {kept.query.what} {kept.words}:{" "}
      {queryWords(kept)}
    </>
  );
}

export function QueryAnswers(props: { incidentId: string }) {
  const { onEvent, session } = useHub();
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
      <p className="label">Plates and warrants: for you alone</p>
      <ul className="notes lines" tabIndex={0}>
        {kept.list.map((one) => (
          <li key={one.query.id} className={one.answer?.caution ? "alarm" : ""}>
            <AnswerLine kept={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}
