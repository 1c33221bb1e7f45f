import { expect, test } from "vitest";
import { asOfMs, GIVEN_MS, isTooOld, nextInMs, OLDEST_MS, WAIT_MS } from "./paper_age";

/** Eight hours at a position whose hub gives boards of any age it may, each after any time it may take; never are
 * two answers in a row lost. How old the oldest was that was held, in milliseconds. */
function oldestHeld(chance: () => number): number {
  let oldest_ms = 0;
  let held: number | null = null;
  let lost = false;
  for (let asks_ms = 0; asks_ms < 8 * 3_600_000; ) {
    lost = !lost && held !== null && chance() > 0.7;
    const given_ms = asks_ms + (lost ? WAIT_MS : chance() * WAIT_MS);
    if (held !== null) oldest_ms = Math.max(oldest_ms, given_ms - held);
    if (!lost) held = asOfMs(asks_ms, String(Math.ceil((chance() * GIVEN_MS) / 1000)));
    asks_ms = given_ms + nextInMs(!lost);
  }
  return oldest_ms;
}

test("the paper board that is held is two minutes old at most, however slow the hub, and though it misses one", () => {
  let seed = 7;
  const chance = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const held = oldestHeld(chance);
  expect(held).toBeGreaterThan(90_000);
  expect(held).toBeLessThanOrEqual(OLDEST_MS);
  expect(oldestHeld(() => 1)).toBe(OLDEST_MS);
});

test("after an answer that did not come it is asked for again soon, and one past two minutes is said to be", () => {
  expect(nextInMs(false)).toBeLessThan(nextInMs(true));
  expect(isTooOld(asOfMs(200_000, "30"), 290_000)).toBe(false);
  expect(isTooOld(asOfMs(200_000, "30"), 290_001)).toBe(true);
});
