/** Crews that come from home: how many have answered the page, and what is missing. Pure. */

import type { Assignment, Unit } from "../api/model";
import { isLive } from "./status";

/** `3 of 4 responding, no driver`; null where the unit waits for nobody, or has rolled. */
export function crewWords(a: Assignment): string | null {
  const minimum = Object.entries(a.staff_min ?? {});
  if (minimum.length === 0 || a.status !== "dispatched") return null;
  const coming = (a.responses ?? []).filter((one) => one.answer === "responding");
  const heads = a.staff_min["any"] ?? minimum.reduce((sum, [, count]) => sum + count, 0);
  const lacks = minimum
    .filter(([skill]) => skill !== "any")
    .filter(([skill, count]) => coming.filter((one) => one.skills.includes(skill)).length < count)
    .map(([skill]) => `no ${skill}`);
  const said = [`${coming.length} of ${heads} responding`, ...lacks].join(", ");
  return a.staffed_at ? `crew complete, ${coming.length} responding` : said;
}

/** Units of a station that wait for people from home, the page that is longest out first. */
export function pagesOf(
  unit: Unit,
  units: Readonly<Record<string, Unit>>,
  assignments: readonly Assignment[],
): Assignment[] {
  return assignments
    .filter((a) => {
      const paged = units[a.unit_id];
      const own = paged && paged.agency_id === unit.agency_id && paged.station === unit.station;
      return own && isLive(a) && crewWords(a) !== null;
    })
    .sort((a, b) => a.assigned_at.localeCompare(b.assigned_at));
}

/** What somebody has said to a page; undefined: nothing yet. */
export function answerOf(a: Assignment, volunteer: string) {
  return (a.responses ?? []).find((one) => one.volunteer === volunteer);
}
