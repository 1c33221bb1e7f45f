/** What the screens read off a board: queue order, live assignments, late times, units near a spot.
 * Pure; the present time is an argument (milliseconds of the hub's clock). */

import type { Assignment, Call, Discipline, Incident, LonLat, Pick, Unit } from "../api/model";
import type { Board } from "./apply";
import { askedIn, type Asked } from "./asked";
import type { Cover } from "./cover";
import { DEFAULT_LIMITS, type Limits } from "./limits";
import { isLive, statusOf } from "./status";
import { parkedBy } from "./crews";
import { isScheduled } from "./schedule";
import { waitOfIncident } from "./waiting";

/** In the order of the boards. */
export const DISCIPLINES: readonly Discipline[] = ["ems", "fire", "law"];

export interface QueueRow {
  incident: Incident;
  /** Type and priority of the parts that are covered. */
  asked: Asked;
  pending: boolean;
  /** Since nobody works it; of what is worked since its first unit. */
  since: string;
  /** Since it is asked for, by which it is late and takes its place. */
  asked_at: string;
  /** Null while it is held on purpose: then it is not late. */
  limit_s: number | null;
}

export interface Queue {
  pending: QueueRow[];
  active: QueueRow[];
  /** Those that are wanted later, the next one first. */
  scheduled: QueueRow[];
}

export function isPending(incident: Incident): boolean {
  return !isScheduled(incident) && incident.legs.some((leg) => leg.state === "pending");
}

/** Whether it waits on purpose, and its time is not up. */
export function isHeld(incident: Incident): boolean {
  return incident.hold !== null && !incident.hold.over;
}

/** Pending above active; each by priority, then the longest waiting first; what is held comes last. */
export function queueOf(board: Board, cover: Cover, limits: Limits = DEFAULT_LIMITS): Queue {
  const pending: QueueRow[] = [];
  const active: QueueRow[] = [];
  const scheduled: QueueRow[] = [];
  for (const incident of Object.values(board.incidents)) {
    if (!cover.incident(incident) && !(isPending(incident) && askedIn(incident).priority === 1)) continue;
    const waits = isPending(incident);
    const first = incident.legs
      .map((leg) => leg.first_assigned_at)
      .filter((at): at is string => at !== null)
      .sort()[0];
    const worked_at = first ?? incident.created_at;
    const row = {
      incident,
      asked: askedIn(incident, cover),
      pending: waits,
      ...(waits ? waitOfIncident(board, incident, cover) : { since: worked_at, asked_at: worked_at }),
      limit_s: isHeld(incident) ? null : limits.waiting(incident, cover).seconds,
    };
    (isScheduled(incident) ? scheduled : waits ? pending : active).push(row);
  }
  const order = (a: QueueRow, b: QueueRow) =>
    Number(isHeld(a.incident)) - Number(isHeld(b.incident)) ||
    a.asked.priority - b.asked.priority || a.asked_at.localeCompare(b.asked_at);
  const wanted = (row: QueueRow) => row.incident.schedule?.wanted_at ?? "";
  scheduled.sort((a, b) => wanted(a).localeCompare(wanted(b)));
  return { pending: pending.sort(order), active: active.sort(order), scheduled };
}

/** Live assignments by unit id. */
export function liveByUnit(board: Board): Map<string, Assignment> {
  const live = new Map<string, Assignment>();
  for (const assignment of Object.values(board.assignments)) {
    if (isLive(assignment)) live.set(assignment.unit_id, assignment);
  }
  return live;
}

/** Live assignments by incident id, in the order they were made. */
export function liveByIncident(board: Board): Map<string, Assignment[]> {
  const live = new Map<string, Assignment[]>();
  for (const assignment of Object.values(board.assignments)) {
    if (!isLive(assignment)) continue;
    const others = live.get(assignment.incident_id);
    if (others) others.push(assignment);
    else live.set(assignment.incident_id, [assignment]);
  }
  for (const list of live.values()) {
    list.sort((a, b) => a.assigned_at.localeCompare(b.assigned_at) || naturally(a.unit_id, b.unit_id));
  }
  return live;
}

export function callsOf(board: Board, incidentId: string): Call[] {
  return Object.values(board.calls)
    .filter((call) => call.incident_id === incidentId)
    .sort((a, b) => a.received_at.localeCompare(b.received_at));
}

/** The picks still to be sent: not those on the incident already, nor those that were sent by this
 * very recommendation and are done, nor those for a part that was closed. */
export function openPicks(board: Board, incidentId: string): Pick[] {
  const advice = board.recommendations[incidentId];
  if (!advice) return [];
  const sent = new Set(
    Object.values(board.assignments)
      .filter((a) => a.incident_id === incidentId)
      .filter((a) => isLive(a) || a.recommendation_id === advice.id)
      .map((a) => a.unit_id),
  );
  const legs = board.incidents[incidentId]?.legs ?? [];
  const over = new Set(legs.filter((leg) => leg.state === "closed").map((leg) => leg.discipline));
  return advice.picks.filter((pick) => !sent.has(pick.unit_id) && !over.has(pick.discipline));
}

const EARTH_RADIUS_M = 6_371_008.8;

/** Great-circle metres between two points. */
export function distanceM(a: LonLat, b: LonLat): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b[1] - a[1]) * rad) / 2) ** 2 +
    Math.cos(a[1] * rad) * Math.cos(b[1] * rad) * Math.sin(((b[0] - a[0]) * rad) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

export interface UnitRow {
  unit: Unit;
  live: Assignment | undefined;
}

export interface UnitGroup {
  discipline: Discipline;
  committed: UnitRow[];
  available: Unit[];
  /** On no incident, but their crew is: with the vehicle that it is out with. */
  parked: { unit: Unit; crewWith: string }[];
  out: Unit[];
}

const STATUS_ORDER = ["DP", "ER", "ST", "OS", "TR", "AH"];

/** The unit board: committed by status then longest in it, available and out by callsign. */
export function unitGroups(
  board: Board,
  live: Map<string, Assignment>,
  cover: Cover,
): UnitGroup[] {
  const groups = new Map<Discipline, UnitGroup>();
  for (const discipline of DISCIPLINES) {
    if (cover.disciplines.has(discipline)) {
      groups.set(discipline, { discipline, committed: [], available: [], parked: [], out: [] });
    }
  }
  for (const unit of Object.values(board.units)) {
    const group = groups.get(unit.discipline);
    if (!group || !cover.unit(unit)) continue;
    const assignment = live.get(unit.id);
    const crewWith = parkedBy(unit, board.units, live);
    if (assignment) group.committed.push({ unit, live: assignment });
    else if (unit.duty === "in_service" && crewWith) group.parked.push({ unit, crewWith });
    else if (unit.duty === "in_service") group.available.push(unit);
    else group.out.push(unit);
  }
  for (const group of groups.values()) {
    group.committed.sort(
      (a, b) =>
        STATUS_ORDER.indexOf(statusOf(a.unit, a.live)) -
          STATUS_ORDER.indexOf(statusOf(b.unit, b.live)) ||
        (a.live?.status_at ?? "").localeCompare(b.live?.status_at ?? ""),
    );
    group.available.sort((a, b) => naturally(a.id, b.id));
    group.parked.sort((a, b) => naturally(a.unit.id, b.unit.id));
    group.out.sort((a, b) => naturally(a.id, b.id));
  }
  return [...groups.values()];
}

const collator = new Intl.Collator("en", { numeric: true });

/** E2 before E10. */
export function naturally(a: string, b: string): number {
  return collator.compare(a, b);
}

/** The open incident that another one went into; null when none did. */
export function mergedInto(board: Board, incidentId: string): string | null {
  const into = Object.values(board.incidents).find((i) =>
    (i.merged ?? []).some((m) => m.incident_id === incidentId),
  );
  return into?.id ?? null;
}
