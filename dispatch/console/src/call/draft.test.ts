import { expect, test } from "vitest";
import { EMPTY_DRAFT, typedOn } from "./draft";

const sent = { ...EMPTY_DRAFT, said: "mill", note: "smoke", started_at: "2026-07-01T12:00:00Z" };

test("a call that the hub began while it was sent has not been typed on: the form is cleared", () => {
  expect(typedOn(sent, sent)).toBe(false);
  expect(typedOn(sent, { ...sent, call_id: "c-1" })).toBe(false);
});

test("a word typed while it was sent keeps the form", () => {
  expect(typedOn(sent, { ...sent, note: "smoke, and fire" })).toBe(true);
  expect(typedOn(sent, { ...sent, call_id: "c-1", priority: 1 })).toBe(true);
});
