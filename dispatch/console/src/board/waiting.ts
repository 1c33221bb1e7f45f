/** Since when the parts of an incident wait for units, and which are past their limit. Pure.
 *
 * Two times are kept apart: how long nobody has worked a part, and how long it has been asked for. What
 * is late, loud or first in the queue goes by the second: the caller has waited all that time. */

import type { Incident, Leg } from "../api/model";
import type { Board } from "./apply";
import { askedOfLeg, partsWaiting } from "./asked";
import type { Cover } from "./cover";
import type { Limits } from "./limits";
import { isScheduled } from "./schedule";
import { isLive } from "./status";

export interface Wait {
  /** Since its last unit left; since it was asked for where none was ever there or some still is. */
  since: string;
  /** Since it was asked for: the call, or when it was due. */
  asked_at: string;
}

export interface IncidentWait extends Wait {
  /** When the last unit left that nobody followed, of any part that waits; null where none was there. */
  left_at: string | null;
}

/** Since when units are asked for: since it was made, or since it was due. */
export function askedAt(incident: Incident): string {
  const { schedule } = incident;
  if (!schedule) return incident.created_at;
  return schedule.pending_at > schedule.at ? schedule.pending_at : schedule.at;
}

/** How long a part that is pending waits. */
export function waitOf(board: Board, incident: Incident, leg: Leg): Wait {
  const asked_at = askedAt(incident);
  const wait = { since: asked_at, asked_at };
  if (leg.first_assigned_at === null) return wait;
  for (const a of Object.values(board.assignments)) {
    if (a.incident_id !== incident.id || a.discipline !== leg.discipline) continue;
    if (isLive(a)) return { since: asked_at, asked_at };
    if (a.released_at !== null && a.released_at > wait.since) wait.since = a.released_at;
  }
  for (const one of incident.outside ?? []) {
    if (one.discipline !== leg.discipline || !one.arrived_at) continue;
    if (!one.ended_at) return { since: asked_at, asked_at };
    if (one.ended_at > wait.since) wait.since = one.ended_at;
  }
  return wait;
}

/** How long an incident waits: the longest of its parts that wait, of a cover's own where it has any. */
export function waitOfIncident(board: Board, incident: Incident, cover?: Cover): IncidentWait {
  const asked_at = askedAt(incident);
  const sinces = partsWaiting(incident, cover).map((leg) => waitOf(board, incident, leg).since).sort();
  const last = sinces.at(-1) ?? asked_at;
  return { since: sinces[0] ?? asked_at, asked_at, left_at: last === asked_at ? null : last };
}

export interface LatePart {
  leg: Leg;
  /** Past the limit of its own agency and priority. */
  over_s: number;
}

/** The parts without a unit that are past their own limit, the most first; with a cover, of its own parts
 * alone. None of what is held on purpose or wanted later. */
export function lateParts(incident: Incident, now_ms: number, limits: Limits, cover?: Cover): LatePart[] {
  if (isScheduled(incident) || (incident.hold !== null && !incident.hold.over)) return [];
  const asked_s = (now_ms - Date.parse(askedAt(incident))) / 1000;
  return incident.legs
    .filter((leg) => leg.state === "pending" && (!cover || cover.leg(incident, leg)))
    .map((leg) => ({ leg, over_s: asked_s - limits.ofPart(leg, askedOfLeg(incident, leg).priority).seconds }))
    .filter((late) => late.over_s > 0)
    .sort((a, b) => b.over_s - a.over_s);
}
