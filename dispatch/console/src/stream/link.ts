/** Whether what is on the screen is alive, said in one word. Pure. */

export type LinkWord = "LIVE" | "BEHIND" | "STALE" | "RESYNC" | "RELOAD" | "OFFLINE";

export interface LinkFacts {
  connected: boolean;
  resyncing: boolean;
  /** Milliseconds since the hub was last heard, by this machine's clock; null: never yet. */
  silent_ms: number | null;
  /** How far the newest heartbeat trails the best one seen, milliseconds. */
  late_ms: number;
  /** The hub said something that this page does not know: it cannot be called live again. */
  outdated?: boolean;
}

export interface Link {
  word: LinkWord;
  /** As shown: `LIVE`, `2 s behind`, `STALE 5 s`, `RESYNC`, `RELOAD`, `OFFLINE 14 s`. */
  label: string;
  age_s: number;
}

export const BEHIND_MS = 2_000;
export const STALE_MS = 3_500;
export const LOST_MS = 12_000;

export function linkOf(facts: LinkFacts): Link {
  const silent = facts.silent_ms;
  const age_s = Math.floor((silent ?? 0) / 1000);
  if (silent === null) {
    return facts.connected
      ? { word: "RESYNC", label: "RESYNC", age_s }
      : { word: "OFFLINE", label: "OFFLINE", age_s };
  }
  if (silent >= LOST_MS || (!facts.connected && silent >= STALE_MS)) {
    return { word: "OFFLINE", label: `OFFLINE ${age_s} s`, age_s };
  }
  if (facts.outdated) return { word: "RELOAD", label: "RELOAD", age_s };
  if (facts.resyncing) return { word: "RESYNC", label: "RESYNC", age_s };
  if (silent >= STALE_MS) return { word: "STALE", label: `STALE ${age_s} s`, age_s };
  const behind_ms = Math.max(silent, facts.late_ms);
  if (behind_ms >= BEHIND_MS) {
    return { word: "BEHIND", label: `${Math.floor(behind_ms / 1000)} s behind`, age_s };
  }
  return { word: "LIVE", label: "LIVE", age_s };
}

/** Milliseconds before attempt `n` (from 0): doubled from half a second, at most 15 s, jittered so
 * that two hundred consoles do not come back in the same instant. `chance` lies in [0, 1). */
export function backOffMs(n: number, chance: number): number {
  const ceiling = Math.min(15_000, 500 * 2 ** n);
  return Math.round(ceiling / 2 + (ceiling / 2) * chance);
}
