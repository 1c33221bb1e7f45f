/** Which time it is at the hub, and how long ago it was last heard, by this machine's two clocks: the
 * one on its wall, which somebody may set, and the one that only ever runs on, which may stand still
 * while the machine sleeps. Pure: a moment is an argument. */

import { LOST_MS } from "./link";

/** One moment by both clocks, in milliseconds. `mono` null: of an earlier page, not known here. */
export interface Moment {
  wall: number;
  mono: number | null;
}

export interface HubClock {
  /** The hub's clock less the one that runs on, by the message that travelled fastest. */
  readonly offset: number | null;
  readonly hub_at: number | null;
  readonly received: Moment | null;
  /** Up to when what is shown is known to be true; null: never heard. */
  readonly true_at: Moment | null;
  /** How far the newest heartbeat trails the fastest one. */
  readonly late_ms: number;
}

export const UNHEARD: HubClock = {
  offset: null,
  hub_at: null,
  received: null,
  true_at: null,
  late_ms: 0,
};

/** Clocks of good machines part by less than this; more than it, and the link is late. */
const DRIFT = 0.0002;

const monoOf = (moment: Moment): number => moment.mono ?? moment.wall;

/** The hub said its time, and for how long it has not known the end of its log. A snapshot may be
 * one that others were sent before: it tells the time only where nothing else has. */
export function heard(
  clock: HubClock,
  at: number,
  behind_ms: number,
  now: Moment,
  snapshot: boolean,
): HubClock {
  const true_at = {
    wall: now.wall - behind_ms,
    mono: now.mono === null ? null : now.mono - behind_ms,
  };
  if (snapshot && clock.offset !== null) return { ...clock, true_at };
  const offset = at - monoOf(now);
  const passed = clock.received === null ? 0 : monoOf(now) - monoOf(clock.received);
  const kept = clock.offset === null ? offset : clock.offset - Math.max(0, passed) * DRIFT;
  const set_back = clock.hub_at !== null && at < clock.hub_at;
  const best = set_back ? offset : Math.max(offset, kept);
  return { offset: best, hub_at: at, received: now, true_at, late_ms: best - offset };
}

/** An event came: the hub speaks, and what it says is as new as its last heartbeat said. */
export function stillHeard(clock: HubClock, now: Moment): HubClock {
  if (clock.true_at === null || clock.received === null) return clock;
  const behind_ms = monoOf(clock.received) - monoOf(clock.true_at);
  return behind_ms > 0 ? clock : { ...clock, true_at: now, received: clock.received };
}

/** Of a page that was kept: what it showed was true then, by the clock on the wall. */
export function heardBefore(wall: number): HubClock {
  return { ...UNHEARD, true_at: { wall, mono: null } };
}

/** Milliseconds between two moments, by the clock that has gone farther. */
export function elapsedMs(from: Moment, to: Moment): number {
  return Math.max(0, to.wall - from.wall, monoOf(to) - monoOf(from));
}

/** Milliseconds since what is shown was known to be true. The longer of the two clocks counts; where
 * only the one on the wall knows, and it was set back since, it is too long. Null: never heard. */
export function silentMs(clock: HubClock, now: Moment): number | null {
  if (clock.true_at === null) return null;
  const wall = now.wall - clock.true_at.wall;
  if (clock.true_at.mono === null || now.mono === null) return wall < 0 ? LOST_MS : wall;
  return elapsedMs(clock.true_at, now);
}

/** The hub's time now, as near as heartbeats tell it. */
export function hubTime(clock: HubClock, now: Moment): number {
  if (clock.offset === null || clock.received === null) return now.wall;
  return monoOf(clock.received) + clock.offset + elapsedMs(clock.received, now);
}
