/** Enters the cards of an outage when the hub is back, with their own times. One that may be about an
 * incident that is known by now asks first; the others enter by themselves. */

import { useCallback, useEffect, useRef, useState } from "react";
import { newId, Refused, request } from "../api/client";
import type { Duplicate } from "../api/model";
import { timeOfDay } from "../board/words";
import { useHub, useLink } from "../shell/hub";
import { changedCard, joining, keepCards, keptCards, withCard, type Card } from "./cards";

export interface CallTaken {
  call_id: string;
  incident_id: string | null;
  incident_number: string | null;
}

const AGAIN_MS = 3_000;
/** A card asks from this score on, also where two incidents are as likely as each other. */
const ASKS_FROM = 0.5;

export interface Cards {
  list: readonly Card[];
  add: (command_id: string, body: Record<string, unknown>, what: string, type_label: string) => string;
  join: (card: Card, incident_id: string) => void;
  enter: (card: Card) => void;
}

export function useCards(): Cards {
  const { session, connection } = useHub();
  const account = session.account.id;
  const [list, setList] = useState<readonly Card[]>(() => keptCards(account));
  const latest = useRef(list);
  const busy = useRef(false);
  const live = useLink().word === "LIVE";

  const set = useCallback(
    (next: readonly Card[]) => {
      latest.current = next;
      keepCards(account, next);
      setList(next);
    },
    [account],
  );
  const change = useCallback(
    (card: Card, changes: Partial<Card>) => set(changedCard(latest.current, card.command_id, changes)),
    [set],
  );

  const enter = useCallback(
    async (card: Card, body: Record<string, unknown>) => {
      change(card, { state: "entering", matches: [] });
      try {
        const taken = await request<CallTaken>("POST", "/calls", { command_id: card.command_id, ...body });
        change(card, { state: "entered", number: taken.incident_number, fault: "", body: {} });
      } catch (error) {
        if (error instanceof Refused) {
          change(card, { state: "refused", fault: error.problem.detail || error.problem.title });
        } else {
          change(card, { state: "kept" });
        }
      }
    },
    [change],
  );

  const next = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      for (const card of latest.current.filter((c) => c.state === "kept")) {
        const matches = await likely(card);
        if (matches.length > 0) change(card, { state: "asks", matches });
        else await enter(card, card.body);
      }
    } catch {
      // The hub is not ready yet: the cards stand, and are tried again.
    } finally {
      busy.current = false;
    }
  }, [change, enter]);

  useEffect(() => {
    if (!live) return undefined;
    void next();
    const timer = setInterval(() => void next(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [live, next]);

  return {
    list,
    add: (command_id, body, what, type_label) => {
      const taken_at = new Date(connection.hubNow()).toISOString();
      set(withCard(latest.current, { command_id: command_id || newId("c"), body, what, type_label, taken_at }));
      return latest.current.at(-1)?.provisional ?? "";
    },
    join: (card, incident_id) => void enter(card, joining(card.body, incident_id)),
    enter: (card) => void enter(card, card.body),
  };
}

/** Incidents that it may well be the same as; none where the card made no incident anyway. */
async function likely(card: Card): Promise<readonly Duplicate[]> {
  const place = card.body["place"] as { at: [number, number] } | undefined;
  if (!place || card.body["join_incident_id"]) return [];
  const answer = await request<{ duplicates: Duplicate[] }>("POST", "/calls/duplicates", {
    at: place.at,
    incident_type: card.body["incident_type"] ?? null,
    callback: card.body["callback"] ?? null,
  });
  return answer.duplicates.filter((duplicate) => duplicate.score >= ASKS_FROM);
}

const WORDS: Record<Card["state"], string> = {
  kept: "KEPT HERE: enters when the hub is back",
  asks: "may be the same as",
  entering: "entering",
  entered: "entered as",
  refused: "REFUSED",
};

export function CardsPanel(props: { cards: Cards; zone: string }) {
  const { list, join, enter } = props.cards;
  if (list.length === 0) return null;
  const waiting = list.filter((card) => card.state !== "entered").length;
  return (
    <section aria-label="Cards of an outage">
      <h3 className="label">
        Cards {list.length}
        {waiting > 0 && <b className="late"> {waiting} not entered</b>}
      </h3>
      <ul className="recent">
        {[...list].reverse().map((card) => (
          <li key={card.command_id} data-card={card.provisional} data-state={card.state}>
            <b className="mono">{card.provisional}</b>
            <span className="mono dim">{timeOfDay(card.taken_at, props.zone)}</span>
            <span>
              {card.what} <span className="dim">{card.type_label}</span>{" "}
              <span className={card.state === "entered" ? "dim" : "late"}>
                {WORDS[card.state]} {card.state === "entered" && (card.number ?? "a call")}
                {card.state === "refused" && `: ${card.fault}`}
              </span>
              {card.state === "asks" && (
                <>
                  {card.matches.map((match) => (
                    <button
                      key={match.incident_id}
                      type="button"
                      className="button small"
                      aria-label={`${card.provisional} joins ${match.number}`}
                      onClick={() => join(card, match.incident_id)}
                    >
                      Join {match.number} ({match.reasons.join(", ")})
                    </button>
                  ))}
                  <button
                    type="button"
                    className="button small"
                    aria-label={`${card.provisional} is another incident`}
                    onClick={() => enter(card)}
                  >
                    Another incident
                  </button>
                </>
              )}
              {card.state === "refused" && (
                <button type="button" className="button small" onClick={() => enter(card)}>
                  Try again
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
