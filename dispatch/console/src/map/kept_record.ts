/** What of the map this tablet has kept for its assignment, and since when. */

/** The map on the screen of a tablet without a link is as old as this. */
export interface KeptWay {
  key: string;
  at: string;
  tiles: number;
}

const KEPT = "dispatch.kept_way";

/** What is kept of this assignment's way; null: nothing, or of another. */
export function keptWay(key: string): KeptWay | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null") as KeptWay | null;
    return kept?.key === key ? kept : null;
  } catch {
    return null;
  }
}

export function saveWay(way: KeptWay): void {
  localStorage.setItem(KEPT, JSON.stringify(way));
}

export function forgetWay(): void {
  localStorage.removeItem(KEPT);
}
