/** Where a unit that calls for help is, and who is near. Pure. */

import type { Discipline, Emergency, Fix, Incident, LonLat } from "../api/model";
import type { Board } from "./apply";
import { parkedBy } from "./crews";
import { DISCIPLINES, distanceM, liveByUnit } from "./select";

/** How many are named of its own discipline; of each other one it is one. */
const NEAREST = 3;

export interface Near {
  id: string;
  discipline: Discipline;
  /** In a straight line from the unit that calls. */
  m: number;
}

/** The open incident that units are sent to for this unit: the one that it is on, else the one on which
 * it called for help, else the last that it was put on since, though it was cleared from it. */
export function sceneOf(board: Board, unitId: string): Incident | null {
  const live = liveByUnit(board).get(unitId);
  const called = Object.values(board.emergencies).find((e) => e.unit_id === unitId);
  const id = live?.incident_id ?? called?.incident_id;
  const scene = id ? board.incidents[id] : undefined;
  if (scene || live || !called) return scene ?? null;
  const since = Date.parse(called.presses[0] ?? "");
  const own = Object.values(board.assignments)
    .filter((a) => a.unit_id === unitId && Date.parse(a.assigned_at) >= since && board.incidents[a.incident_id])
    .sort((a, b) => Date.parse(b.assigned_at) - Date.parse(a.assigned_at));
  return (own[0] && board.incidents[own[0].incident_id]) ?? null;
}

/** Where it is now, as far as anybody knows. */
export function whereCalling(emergency: Emergency, fixes: ReadonlyMap<string, Fix>): LonLat | null {
  return fixes.get(emergency.unit_id)?.at ?? emergency.at ?? null;
}

/** The nearest units that can be sent now: the first of its own discipline, then the first of each other
 * one, the nearest first. */
export function nearestTo(board: Board, emergency: Emergency, fixes: ReadonlyMap<string, Fix>): Near[] {
  const own = disciplineOf(board, emergency);
  const free = freeAround(board, emergency, fixes);
  const firstOfOthers = DISCIPLINES.filter((d) => d !== own).flatMap(
    (d) => free.find((u) => u.discipline === d) ?? [],
  );
  return [
    ...free.filter((u) => u.discipline === own).slice(0, NEAREST),
    ...firstOfOthers.sort((a, b) => a.m - b.m),
  ];
}

/** All of its own discipline that can be sent now, the nearest first. */
export function nearestOfKind(board: Board, emergency: Emergency, fixes: ReadonlyMap<string, Fix>): Near[] {
  const own = disciplineOf(board, emergency);
  return freeAround(board, emergency, fixes).filter((u) => u.discipline === own);
}

function disciplineOf(board: Board, emergency: Emergency): Discipline | undefined {
  return board.units[emergency.unit_id]?.discipline;
}

function freeAround(board: Board, emergency: Emergency, fixes: ReadonlyMap<string, Fix>): Near[] {
  const at = whereCalling(emergency, fixes);
  if (!at) return [];
  const live = liveByUnit(board);
  return Object.values(board.units)
    .filter((u) => u.id !== emergency.unit_id)
    .filter((u) => u.duty === "in_service" && !live.has(u.id) && !parkedBy(u, board.units, live))
    .map((u) => ({ id: u.id, discipline: u.discipline, m: distanceM(at, fixes.get(u.id)?.at ?? u.home) }))
    .sort((a, b) => a.m - b.m);
}
