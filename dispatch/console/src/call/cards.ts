/** Calls that the hub could not take: each is a card with a provisional number, its own command id and
 * the time at which it came. Kept in the browser until it is entered. Pure but for `keep` and `kept`. */

import type { Duplicate } from "../api/model";

export interface Card {
  /** Spoken on the radio and written on paper until the hub gives a number: `L1`. */
  provisional: string;
  command_id: string;
  /** The body of `POST /calls`, with the time at which the call began. */
  body: Record<string, unknown>;
  what: string;
  type_label: string;
  taken_at: string;
  state: "kept" | "asks" | "entering" | "entered" | "refused";
  /** Open incidents that it may be the same as: a person decides. */
  matches: readonly Duplicate[];
  number: string | null;
  fault: string;
}

const KEPT = "dispatch.cards";
const MOST_ENTERED = 20;

export function keptCards(accountId: string): readonly Card[] {
  const kept = localStorage.getItem(`${KEPT}.${accountId}`);
  if (!kept) return [];
  // What was on its way when the page went has its command id: entering it again is safe.
  return (JSON.parse(kept) as Card[]).map((card) =>
    card.state === "entering" ? { ...card, state: "kept" } : card,
  );
}

export function keepCards(accountId: string, cards: readonly Card[]): void {
  localStorage.setItem(`${KEPT}.${accountId}`, JSON.stringify(cards));
}

/** A new card at the end, numbered after those of this outage. */
export function withCard(
  cards: readonly Card[],
  made: Pick<Card, "command_id" | "body" | "what" | "type_label" | "taken_at">,
): readonly Card[] {
  const numbers = cards.map((card) => Number(card.provisional.slice(1)));
  const provisional = `L${Math.max(0, ...numbers) + 1}`;
  const entered = cards.filter((card) => card.state === "entered").slice(-MOST_ENTERED);
  const others = cards.filter((card) => card.state !== "entered");
  return [
    ...entered,
    ...others,
    { ...made, provisional, state: "kept", matches: [], number: null, fault: "" },
  ];
}

export function changedCard(
  cards: readonly Card[],
  command_id: string,
  change: Partial<Card>,
): readonly Card[] {
  return cards.map((card) => (card.command_id === command_id ? { ...card, ...change } : card));
}

/** The call as it joins an incident instead of making one. */
export function joining(body: Record<string, unknown>, incident_id: string): Record<string, unknown> {
  const { incident_type: _type, priority: _priority, ...rest } = body;
  return { ...rest, join_incident_id: incident_id };
}
