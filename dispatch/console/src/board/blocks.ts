/** What crews have reported as blocked and no dispatcher has confirmed yet. Pure. */

import type { Closure } from "../api/model";
import type { Board } from "./apply";

export function isUnconfirmed(closure: Closure): boolean {
  return !closure.confirmed && closure.state === "active";
}

/** The oldest first. */
export function unconfirmedBlocks(board: Board): Closure[] {
  return Object.values(board.closures)
    .filter(isUnconfirmed)
    .sort((a, b) => a.begins_at.localeCompare(b.begins_at) || a.id.localeCompare(b.id));
}

/** `E12, E14 say blocked`, for lists and alarms. */
export function saidBlocked(closure: Closure): string {
  const by = closure.reported_by;
  return `${by.join(", ")} ${by.length > 1 ? "say" : "says"} blocked`;
}

/** What a closure does, in capitals: SHUT, SLOW 50 %, or what a crew says of it. */
export function effectWords(closure: Closure): string {
  if (!closure.confirmed) return `BLOCKED? ${closure.reported_by.join(", ")}`;
  return closure.speed_factor === 0 ? "SHUT" : `SLOW ${Math.round(closure.speed_factor * 100)} %`;
}
