/** Why a fault was not reported, and what to do about it where the spot is the reason. Pure. */

import type { Problem } from "../api/model";

/** A crossing is no road of its own: which of those that meet there is meant, the spot has to say. */
const ON_ONE_ROAD =
  "Zoom in, put the road that is meant into the middle of the map, clear of the crossing, and take the middle.";

export function notReported(problem: Problem): string {
  const why = problem.detail || problem.title;
  return `Not reported: ${why}${problem.code === "not_placed" ? `. ${ON_ONE_ROAD}` : ""}`;
}
