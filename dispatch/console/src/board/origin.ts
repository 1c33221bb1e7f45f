/** From where a unit was ranked, where that is not a fresh fix. Pure. */

import type { Pick } from "../api/model";
import { ageWords } from "./words";

/** On whose word; `warn` where that is a guess. An old fix is told with its age also where it was left for
 * the station: a unit that reported is none without a fix. Null: a fresh fix. */
export function originOf(pick: Pick): { text: string; warn: boolean } | null {
  const old = pick.fix_age_s === null ? null : `fix ${ageWords(pick.fix_age_s)} old`;
  if (pick.fix_source === "quarters") return { text: "in quarters", warn: false };
  if (pick.fix_source === "station") return { text: old ? `${old}, from its station` : "no fix", warn: true };
  if (pick.fix_source === "stale_fix") return { text: old ?? "old fix", warn: true };
  return null;
}
