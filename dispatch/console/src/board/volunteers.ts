/** Crews that come from home: how many have answered the page, and what is missing. Pure. */

import type { Assignment } from "../api/model";

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
