/** Incidents that are wanted at a later time, and the units that are kept for them. Pure. */

import type { Incident } from "../api/model";
import type { Board } from "./apply";
import { dayOf, shortNumber, timeOfDay } from "./words";

/** Whether it is wanted later and waits for nobody yet. */
export function isScheduled(incident: Incident): boolean {
  return Boolean(incident.schedule && !incident.schedule.due);
}

/** `14:00`, with month and day where that is not today. */
export function whenWords(iso: string, now_ms: number, zone: string): string {
  const clock = timeOfDay(iso, zone, false);
  const day = dayOf(iso, zone);
  const today = dayOf(new Date(now_ms).toISOString(), zone);
  if (day === today) return clock;
  return `${day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day} ${clock}`;
}

/** The incidents that each unit is kept for, the first one first. */
export function reservations(board: Board): ReadonlyMap<string, readonly Incident[]> {
  const found = new Map<string, Incident[]>();
  const wanted = Object.values(board.incidents).filter((i) => (i.schedule?.unit_ids.length ?? 0) > 0);
  wanted.sort((a, b) => (a.schedule?.pending_at ?? "").localeCompare(b.schedule?.pending_at ?? ""));
  for (const incident of wanted) {
    for (const id of incident.schedule?.unit_ids ?? []) found.set(id, [...(found.get(id) ?? []), incident]);
  }
  return found;
}

/** `reserved 14:00 #1042`. */
export function reservedWords(incident: Incident, now_ms: number, zone: string): string {
  const when = whenWords(incident.schedule?.wanted_at ?? incident.created_at, now_ms, zone);
  return `reserved ${when} #${shortNumber(incident.number)}`;
}

/** What each reserved unit is kept for, in words: `reserved 14:00 #1042`. */
export function keptByUnit(board: Board, now_ms: number, zone: string): ReadonlyMap<string, string> {
  return new Map(
    [...reservations(board)].map(([id, incidents]) => [
      id,
      incidents.map((incident) => reservedWords(incident, now_ms, zone)).join(", "),
    ]),
  );
}
