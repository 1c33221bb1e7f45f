/** How old what a feed said is, against the age at which it counts as silent. Pure; the same rule as
 * `dispatch/domain/feed_age.py`. */

import type { Closure, FeedRead } from "../api/model";
import type { Board } from "./apply";

const MISSED_READINGS = 3;
const GRACE_S = 60;
const INTERVAL_S = 60;

export interface FeedAge {
  /** Seconds since it was last read well; null where it never was. */
  age_s: number | null;
  limit_s: number;
  silent: boolean;
}

export function feedAge(read: FeedRead, now_s: number): FeedAge {
  const good_at = read.good_at ?? (read.ok ? read.read_at : null);
  const limit_s = MISSED_READINGS * (read.interval_s ?? INTERVAL_S) + GRACE_S;
  if (good_at === null) return { age_s: null, limit_s, silent: true };
  const age_s = Math.max(0, now_s - Date.parse(good_at) / 1000);
  return { age_s, limit_s, silent: age_s > limit_s };
}

export interface Proposal {
  feed_id: string;
  ref: string;
  why: string;
  closure: Closure;
}

/** What feeds list and the roads placed in doubt only, but for what a person has accepted already. */
export function proposals(board: Board): Proposal[] {
  return Object.values(board.feeds).flatMap((read) =>
    read.rejects.flatMap(({ ref, why, proposal }) =>
      proposal && !board.closures[proposal.id]
        ? [{ feed_id: read.feed_id, ref, why, closure: proposal }]
        : [],
    ),
  );
}
