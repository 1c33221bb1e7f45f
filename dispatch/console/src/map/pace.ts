/** When the map may draw moved units again. Where it is drawn without a graphics processor, each of
 * its frames holds up everything else that is painted: what was typed, and the row of a new call.
 * Pure; times are milliseconds of one clock. */

/** A fast machine draws moved units so often, at most. */
export const LEAST_MS = 500;
/** A slow one draws them at least so often: at 100 km/h a unit is then 110 m from where it is drawn. */
export const MOST_MS = 4_000;
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

/** From when on moved units may be drawn. */
export function nextDraw_ms(pace: Pace): number {
  const apart = Math.min(MOST_MS, Math.max(LEAST_MS, pace.cost_ms * SHARE));
  const typing = pace.key_ms + (pace.cost_ms > PLAIN_MS ? HELD_MS : 0);
  return Math.min(pace.drawn_ms + MOST_MS, Math.max(pace.drawn_ms + apart, typing));
}
