import { expect, test } from "vitest";
import { AT_FIRST, HELD_MS, lag_s, LEAST_MS, MOST_MS, MOST_TYPED_MS, nextDraw_ms, waitsForKey, withFrame, type Pace } from "./pace";

function after(took_ms: number, frames = 20): Pace {
  let pace: Pace = { ...AT_FIRST, drawn_ms: 0 };
  for (let i = 0; i < frames; i += 1) pace = withFrame(pace, took_ms);
  return pace;
}

test("a machine that draws at once draws moved units twice a second, typed on or not", () => {
  const pace = after(33);
  expect(nextDraw_ms(pace)).toBe(LEAST_MS);
  expect(nextDraw_ms({ ...pace, key_ms: 400 })).toBe(LEAST_MS);
});

test("one that draws slowly gives moved units one part in twenty of its time, within limits", () => {
  expect(nextDraw_ms(after(134))).toBeCloseTo(2_000, -2);
  expect(nextDraw_ms(after(900))).toBe(MOST_MS);
});

test("moved units wait for a pause in typing there, and not longer than the limit", () => {
  const pace = after(84);
  expect(nextDraw_ms({ ...pace, key_ms: 900 })).toBe(900 + HELD_MS);
  expect(nextDraw_ms({ ...pace, key_ms: 7_900 })).toBe(MOST_TYPED_MS);
});

test("units whose time has come while somebody types wait for the next echo, and not after a pause", () => {
  const typing = { ...after(84), key_ms: 3_900 };
  expect(waitsForKey(typing, MOST_MS)).toBe(true);
  expect(waitsForKey(typing, 3_900 + HELD_MS)).toBe(false);
  expect(waitsForKey({ ...after(33), key_ms: 3_900 }, MOST_MS)).toBe(false);
});

test("what was drawn a while ago says so", () => {
  expect(lag_s(after(84), 3_000)).toBe(0);
  expect(lag_s(after(84), 5_400)).toBe(5);
});

test("what is handed over first is drawn at once", () => {
  expect(nextDraw_ms(AT_FIRST)).toBeLessThanOrEqual(0);
});
