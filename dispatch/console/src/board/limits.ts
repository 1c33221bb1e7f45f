/** When an incident has waited too long and a unit was too long in a status: the region's own limits by
 * agency, status and priority, else what holds everywhere. Pure. */

import type { Assignment, Incident, Leg, StatusLimit } from "../api/model";
import { askedOfLeg, partsWaiting } from "./asked";
import type { Cover } from "./cover";
import { CODES } from "./status";

/** Where the region sets none: for the first unit by priority, to wheels rolling, and to the scene. */
const WAITING_S = [60, 120, 300, 900];
const IN_STATUS_S: Readonly<Record<string, number>> = { DP: 120, ER: 900 };

export interface Limit {
  seconds: number;
  /** The region set it: passing it is an alarm and not only a colour. */
  own: boolean;
}

export interface Limits {
  /** Of an incident that waits for a unit: the shortest of the parts that wait, of a cover's own. */
  waiting: (incident: Incident, cover?: Cover) => Limit;
  /** Of one part that waits: its agency's for its priority. */
  ofPart: (part: Pick<Leg, "agency_id">, priority: number) => Limit;
  /** Of a unit's present status; null where no limit applies. */
  inStatus: (assignment: Assignment, priority: number) => Limit | null;
}

function waiting_s(priority: number): number {
  return WAITING_S[Math.min(priority, WAITING_S.length) - 1] ?? 900;
}

export function limitsOf(rows: readonly StatusLimit[]): Limits {
  const set = new Map(rows.map((row) => [`${row.status}/${row.agency}/${row.priority}`, row.seconds]));
  const find = (status: string, agency: string | null, priority: number): number | null => {
    for (const key of [
      `${agency ?? ""}/${priority}`,
      `${agency ?? ""}/0`,
      `/${priority}`,
      "/0",
    ]) {
      const seconds = set.get(`${status}/${key}`);
      if (seconds !== undefined) return seconds;
    }
    return null;
  };
  const ofPart = (part: Pick<Leg, "agency_id">, priority: number): Limit => {
    const seconds = find("waiting", part.agency_id, priority);
    return seconds === null ? { seconds: waiting_s(priority), own: false } : { seconds, own: true };
  };
  return {
    waiting: (incident, cover) => {
      const parts = partsWaiting(incident, cover);
      const [first, ...others] = parts.map((leg) => ofPart(leg, askedOfLeg(incident, leg).priority));
      if (!first) return { seconds: waiting_s(incident.priority), own: false };
      return others.reduce((least, one) => (one.seconds < least.seconds ? one : least), first);
    },
    ofPart,
    inStatus: (assignment, priority) => {
      const code = CODES[assignment.status];
      const own = find(code, assignment.agency_id, priority);
      if (own !== null) return { seconds: own, own: true };
      const seconds = IN_STATUS_S[code];
      return seconds === undefined ? null : { seconds, own: false };
    },
  };
}

export const DEFAULT_LIMITS = limitsOf([]);
