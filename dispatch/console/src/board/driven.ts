/** How the picks of a recommendation are driven, where it is not as usual. */

import type { Pick } from "../api/model";

/** `of usual speed E1 85% · turn bans waived E1 L3`: what the seconds rest on besides the roads; empty for nothing. */
export function drivenOtherwise(picks: readonly Pick[]): string {
  const slower = picks
    .filter((pick) => (pick.speed_share ?? 1) !== 1)
    .map((pick) => `${pick.unit_id} ${Math.round(pick.speed_share * 100)}%`);
  const waiving = picks.filter((pick) => pick.waives_turns).map((pick) => pick.unit_id);
  const eased = picks
    .filter((pick) => (pick.congestion ?? 1) !== 1)
    .map((pick) => `${pick.unit_id} ${Math.round(pick.congestion * 100)}%`);
  const parts = [
    slower.length > 0 ? `of usual speed ${slower.join(" ")}` : "",
    waiving.length > 0 ? `turn bans waived ${waiving.join(" ")}` : "",
    eased.length > 0 ? `of traffic felt ${eased.join(" ")}` : "",
  ];
  return parts.filter((part) => part).join(" · ");
}

/** What a crew must know of its way: `NO-TURN WAIVED at 2 places`; empty where no sign forbids it a turn. */
export function turnsWaived(assignment: { turns_waived?: number }): string {
  const count = assignment.turns_waived ?? 0;
  if (count === 0) return "";
  return count === 1 ? "NO-TURN WAIVED at 1 place" : `NO-TURN WAIVED at ${count} places`;
}
