import { expect, test } from "vitest";
import { changedCard, joining, withCard, type Card } from "./cards";

const made = (n: number) => ({
  command_id: `c${n}`,
  body: { said: "mill", incident_type: "MVA", priority: 2, received_at: "2026-07-01T12:00:00Z" },
  what: "mill",
  type_label: "Crash",
  taken_at: "2026-07-01T12:00:00Z",
});

test("cards are numbered one after the other, and none of those that wait is dropped", () => {
  let cards: readonly Card[] = [];
  for (let n = 0; n < 40; n += 1) cards = withCard(cards, made(n));
  expect(cards.map((card) => card.provisional).slice(0, 3)).toEqual(["L1", "L2", "L3"]);
  expect(cards).toHaveLength(40);
});

test("of those that were entered the last twenty are kept for reference", () => {
  let cards: readonly Card[] = [];
  for (let n = 0; n < 30; n += 1) {
    cards = changedCard(withCard(cards, made(n)), `c${n}`, { state: "entered", number: `2026-${n}` });
  }
  cards = withCard(cards, made(99));
  expect(cards.filter((card) => card.state === "entered")).toHaveLength(20);
  expect(cards.at(-1)?.provisional).toBe("L31");
});

test("a card that joins keeps its time and leaves type and priority to the incident", () => {
  expect(joining(made(1).body, "i7")).toEqual({
    said: "mill",
    received_at: "2026-07-01T12:00:00Z",
    join_incident_id: "i7",
  });
});
