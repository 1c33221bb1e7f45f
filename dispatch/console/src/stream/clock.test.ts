import { describe, expect, test } from "vitest";
import { heard, heardBefore, hubTime, silentMs, stillHeard, UNHEARD, type HubClock } from "./clock";

const HUB = Date.parse("2026-07-01T12:00:00Z");
const MINUTE = 60_000;

/** A machine whose wall clock is wrong by `wrong` milliseconds, `s` seconds after the first beat. */
const moment = (s: number, wrong = 0) => ({ wall: HUB + s * 1000 + wrong, mono: 5_000 + s * 1000 });

/** The hub's beats of the seconds given, each `late` milliseconds on its way. */
function beats(seconds: number[], late = 0, wrong = 0, from: HubClock = UNHEARD): HubClock {
  return seconds.reduce(
    (clock, s) => heard(clock, HUB + s * 1000 - late, 0, moment(s, wrong), false),
    from,
  );
}

describe("the hub's clock on a machine whose own is wrong", () => {
  test.each([0, -7 * MINUTE, 7 * MINUTE])("wrong by %i ms, it tells the hub's time", (wrong) => {
    const clock = beats([0, 1, 2], 0, wrong);
    expect(hubTime(clock, moment(5, wrong))).toBeCloseTo(HUB + 5_000, -1);
    expect(silentMs(clock, moment(5, wrong))).toBe(3_000);
  });

  test("set back while the link is lost, it does not call the screen live", () => {
    const clock = beats([0, 1, 2]);
    expect(silentMs(clock, moment(20, -10 * MINUTE))).toBe(18_000);
  });

  test("set forward by seconds, it is not behind for ever", () => {
    const clock = beats([3, 4], 0, 20_000, beats([0, 1, 2]));
    expect(clock.late_ms).toBeLessThan(10);
    expect(silentMs(clock, moment(4.5, 20_000))).toBe(500);
  });

  test("asleep, the clock that runs on stood still, and the one on the wall counts", () => {
    const clock = beats([0, 1, 2]);
    const woken = { wall: HUB + 10 * MINUTE, mono: moment(3).mono };
    expect(silentMs(clock, woken)).toBe(10 * MINUTE - 2_000);
  });

  test("a kept page's age is unknown, not zero, when the clock was set back since", () => {
    expect(silentMs(heardBefore(HUB), { wall: HUB + 90_000, mono: 10 })).toBe(90_000);
    expect(silentMs(heardBefore(HUB), { wall: HUB - 90_000, mono: 10 })).toBeGreaterThanOrEqual(12_000);
  });
});

describe("how late the link is", () => {
  test("beats that pile up on the way are late, however long that lasts", () => {
    const clock = beats([37, 38, 80], 35_000, 0, beats([0, 1]));
    expect(clock.late_ms).toBeGreaterThan(34_900);
  });

  test("a clock that is set back at the hub is no late link", () => {
    const clock = beats([2, 3], 5 * MINUTE, 0, beats([0, 1]));
    expect(clock.late_ms).toBeLessThan(10);
  });

  test("clocks that part by their make do not make a link late", () => {
    let clock = UNHEARD;
    for (let s = 0; s < 86_400; s += 60) {
      const now = { wall: HUB + s * 1000, mono: s * 1000 * 1.00005 };
      clock = heard(clock, HUB + s * 1000, 0, now, false);
    }
    expect(clock.late_ms).toBeLessThan(100);
  });

  test("a snapshot made for others a minute ago does not say that the hub's clock went back", () => {
    const clock = heard(beats([60, 61]), HUB, 0, moment(62), true);
    expect(clock.late_ms).toBeLessThan(10);
    expect(hubTime(clock, moment(62))).toBeCloseTo(HUB + 62_000, -2);
  });
});

describe("a hub that beats but does not follow", () => {
  test("is as silent as it is behind, and an event of the past changes nothing", () => {
    const clock = heard(beats([0, 1]), HUB + 20_000, 15_000, moment(20), false);
    expect(silentMs(clock, moment(20))).toBe(15_000);
    expect(silentMs(stillHeard(clock, moment(20)), moment(20))).toBe(15_000);
    expect(silentMs(stillHeard(beats([0, 1]), moment(20)), moment(20))).toBe(0);
  });
});
