/** Rows never move under the pointer: while it rests on a list, the order stands still, new rows come
 * at the end, and rows that left stay as empty places. */

import { useState } from "react";

/** The order to draw: `held` first as it was, then what is new. Pure. */
export function heldOrder(held: readonly string[] | null, now: readonly string[]): string[] {
  if (held === null) return [...now];
  const known = new Set(held);
  return [...held, ...now.filter((id) => !known.has(id))];
}

export interface Held {
  ids: string[];
  onPointerEnter: () => void;
  onPointerLeave: () => void;
}

export function useHeld(now: readonly string[]): Held {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  return {
    ids: heldOrder(held, now),
    onPointerEnter: () => setHeld(now),
    onPointerLeave: () => setHeld(null),
  };
}
