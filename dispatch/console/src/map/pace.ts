/** When the map may draw moved units again. Where it is drawn without a graphics processor, each of
 * its frames holds up everything else that is painted: what was typed, and the row of a new call.
 * Pure; times are milliseconds of one clock. */

/** A fast machine draws moved units so often, at most. */
export const LEAST_MS = 500;
/** A slow one draws them at least so often: at 100 km/h a unit is then 110 m from where it is drawn. */
export const MOST_MS = 4_000;
/** While somebody types there, so often: what is drawn then says how old it is. */
export const MOST_TYPED_MS = 8_000;
/** Moved units that were drawn longer ago than this are said to be. */
const SAID_MS = 3_000;
/** The share of the painter's time that moved units may take is one in so many. */
const SHARE = 20;
/** Moved units wait so long after a key. */
export const HELD_MS = 1_000;
/** Until a frame is on the screen anyway: two turns of a display of 60 Hz. */
const PLAIN_MS = 34;
const WEIGHT = 0.3;
/** Longer than that the page was not drawn slowly, but hidden. */
const ODD_MS = 2_000;

export interface Pace {
  /** What a frame of the map costs beyond what any frame costs, smoothed. */
  cost_ms: number;
  /** When moved units were last handed to the map. */
  drawn_ms: number;
  /** When a key was last pressed. */
  key_ms: number;
}

export const AT_FIRST: Pace = { cost_ms: 0, drawn_ms: -MOST_MS, key_ms: -MOST_MS };

/** A frame was asked for and came so many milliseconds later. */
export function withFrame(pace: Pace, took_ms: number): Pace {
  if (took_ms > ODD_MS) return pace;
  const cost_ms = Math.max(0, took_ms - PLAIN_MS);
  return { ...pace, cost_ms: pace.cost_ms + WEIGHT * (cost_ms - pace.cost_ms) };
}

/** Whether a frame of the map holds up what else is painted. */
export function isSlow(pace: Pace): boolean {
  return pace.cost_ms > PLAIN_MS;
}

/** A frame that is due while somebody types waits for the next key's echo: between two keys it holds up
 * nothing. */
export function waitsForKey(pace: Pace, now_ms: number): boolean {
  return isSlow(pace) && now_ms < pace.key_ms + HELD_MS;
}

/** From when on moved units may be drawn. */
export function nextDraw_ms(pace: Pace): number {
  const apart = Math.min(MOST_MS, Math.max(LEAST_MS, pace.cost_ms * SHARE));
  if (!isSlow(pace)) return pace.drawn_ms + apart;
  const typing = pace.key_ms + HELD_MS;
  return Math.min(pace.drawn_ms + MOST_TYPED_MS, Math.max(pace.drawn_ms + apart, typing));
}

/** Whole seconds since moved units were drawn, where that is to be said; else 0. */
export function lag_s(pace: Pace, now_ms: number): number {
  const since_ms = now_ms - pace.drawn_ms;
  return since_ms > SAID_MS ? Math.floor(since_ms / 1000) : 0;
}
