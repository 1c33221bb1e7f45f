/** Where a unit that calls for help is, and who is near. Pure. */

import type { Emergency, Fix, Incident, LonLat } from "../api/model";
import type { Board } from "./apply";
import { parkedBy } from "./crews";
import { distanceM, liveByUnit } from "./select";

const NEAREST = 3;

export interface Near {
  id: string;
  /** In a straight line from the unit that calls. */
  m: number;
}

/** The open incident that units are sent to for this unit: the one that it is on, else the one on which
 * it called for help. */
export function sceneOf(board: Board, unitId: string): Incident | null {
  const live = liveByUnit(board).get(unitId);
  const called = Object.values(board.emergencies).find((e) => e.unit_id === unitId);
  const id = live?.incident_id ?? called?.incident_id;
  return (id ? board.incidents[id] : undefined) ?? null;
}

/** Where it is now, as far as anybody knows. */
export function whereCalling(emergency: Emergency, fixes: ReadonlyMap<string, Fix>): LonLat | null {
  return fixes.get(emergency.unit_id)?.at ?? emergency.at ?? null;
}

/** The nearest units of its discipline that can be sent now, the nearest first. */
export function nearestTo(board: Board, emergency: Emergency, fixes: ReadonlyMap<string, Fix>): Near[] {
  const at = whereCalling(emergency, fixes);
  if (!at) return [];
  const live = liveByUnit(board);
  const self = board.units[emergency.unit_id];
  return Object.values(board.units)
    .filter((u) => u.id !== emergency.unit_id && u.discipline === self?.discipline)
    .filter((u) => u.duty === "in_service" && !live.has(u.id) && !parkedBy(u, board.units, live))
    .map((u) => ({ id: u.id, m: distanceM(at, fixes.get(u.id)?.at ?? u.home) }))
    .sort((a, b) => a.m - b.m)
    .slice(0, NEAREST);
}
