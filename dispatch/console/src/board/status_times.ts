/** When each status of a crew happened, and what was heard late. Pure. */

import type { Assignment } from "../api/model";
import { CODES } from "./status";
import { timeOfDay } from "./words";

type Time = Assignment["status_times"][number];

function words(one: Time, zone: string): string {
  return `${one.agency_code || CODES[one.status]} ${timeOfDay(one.at, zone)}`;
}

/** `DP 12:00:00 · ER 12:01:10 · OS 12:05:02`, as its crew pressed or said it. */
export function timesWords(a: Assignment, zone: string): string {
  const sent = `DP ${timeOfDay(a.assigned_at, zone)}`;
  return [sent, ...(a.status_times ?? []).map((one) => words(one, zone))].join(" · ");
}

/** `ER 12:01:10, OS 12:05:02`: what its device brought after a later status stood; empty: nothing. */
export function lateWords(a: Assignment, zone: string): string {
  return (a.status_times ?? [])
    .filter((one) => one.late)
    .map((one) => words(one, zone))
    .join(", ");
}
