/** What crews have reported as blocked and no dispatcher has confirmed yet. Pure. */

import type { Closure } from "../api/model";
import type { Board } from "./apply";
import { shortNumber } from "./words";

export function isUnconfirmed(closure: Closure): boolean {
  return !closure.confirmed && closure.state === "active";
}

/** The oldest first. */
export function unconfirmedBlocks(board: Board): Closure[] {
  return Object.values(board.closures)
    .filter(isUnconfirmed)
    .sort((a, b) => a.begins_at.localeCompare(b.begins_at) || a.id.localeCompare(b.id));
}

/** `E12, E14 say blocked`, or `1042 may block`, for lists and alarms. */
export function saidBlocked(closure: Closure, board: Board): string {
  const by = closure.reported_by;
  if (by.length === 0) {
    const incident = closure.incident_id ? board.incidents[closure.incident_id] : undefined;
    return incident
      ? `${shortNumber(incident.number)} ${incident.type_label} may block`
      : "An incident may block";
  }
  return `${by.join(", ")} ${by.length > 1 ? "say" : "says"} blocked`;
}

/** Whose a closure is: a municipality by its name, else the source. */
export function sourceWords(closure: Closure): string {
  return closure.source === "municipality" ? closure.source_ref : closure.source;
}

/** What a closure does, in capitals: SHUT, SLOW 50 %, TRAFFIC 50 %, or what a crew says of it. */
export function effectWords(closure: Closure): string {
  if (!closure.confirmed) return `BLOCKED? ${closure.reported_by.join(", ") || "incident"}`;
  const limits = limitWords(closure.max_height_m, closure.max_weight_t, closure.max_width_m);
  if (limits) return `ABOVE ${limits}`;
  if (closure.speed_factor === 0) return "SHUT";
  const why = closure.congestion ? "TRAFFIC" : "SLOW";
  return `${why} ${Math.round(closure.speed_factor * 100)} %`;
}

/** `3.5 m, 12 t`: what a limit lets through; empty where there is none. */
export function limitWords(
  height_m: number | null,
  weight_t: number | null,
  width_m: number | null = null,
): string {
  return [height_m && `${height_m} m`, weight_t && `${weight_t} t`, width_m && `${width_m} m wide`]
    .filter(Boolean)
    .join(", ");
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** `Mon-Fri 20:00-05:00, Sat 08:00-12:00`: when a closure comes again; empty where it holds always. */
export function hoursWords(closure: Closure): string {
  return weekWords(closure.recurrence?.hours ?? []);
}

/** As they are typed after EVERY; with `nights`, an end on the next day is said. */
export function weekWords(
  hours: readonly { days: readonly number[]; begins: string; ends: string }[],
  nights = false,
): string {
  const next = (each: { begins: string; ends: string }) =>
    nights && each.ends <= each.begins && each.ends !== "00:00" ? " the next day" : "";
  return hours
    .map((each) => `${daysWords(each.days)} ${each.begins}-${each.ends}${next(each)}`.trim())
    .join(", ");
}

function daysWords(days: readonly number[]): string {
  if (days.length === 7) return "daily";
  const named = days.map((day) => DAYS[day - 1]);
  const inRow = days.every((day, i) => i === 0 || day === (days[i - 1] as number) + 1);
  return inRow && days.length > 2 ? `${named[0]}-${named.at(-1)}` : named.join(" ");
}
