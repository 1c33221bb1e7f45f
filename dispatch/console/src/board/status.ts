/** Status words and what may follow what. The same tables as `dispatch/domain/assignment.py`, held
 * together by `tests/fixtures/reducer/status_table.json`. The hub decides; this only offers. */

import type { Assignment, AssignmentStatus, StatusCode, Unit } from "../api/model";

export const CODES: Record<AssignmentStatus, StatusCode> = {
  dispatched: "DP",
  enroute: "ER",
  staged: "ST",
  on_scene: "OS",
  transporting: "TR",
  at_hospital: "AH",
  cleared: "AV",
};

/** With a patient aboard, or handing one over. */
export const TRANSPORTS: ReadonlySet<AssignmentStatus> = new Set<AssignmentStatus>([
  "transporting",
  "at_hospital",
]);

/** Released from one of these, a unit leaves its part of the work undone. */
export const NOT_ARRIVED: ReadonlySet<AssignmentStatus> = new Set<AssignmentStatus>([
  "dispatched",
  "enroute",
  "staged",
]);

export const TRANSITIONS: Record<AssignmentStatus, readonly AssignmentStatus[]> = {
  dispatched: ["enroute", "staged", "on_scene", "cleared"],
  enroute: ["staged", "on_scene", "cleared"],
  staged: ["enroute", "on_scene", "cleared"],
  on_scene: ["transporting", "cleared"],
  transporting: ["at_hospital", "cleared"],
  at_hospital: ["cleared"],
  cleared: [],
};

export const STATUS_WORDS: Record<StatusCode, string> = {
  AV: "Available",
  DP: "Dispatched",
  ER: "En route",
  ST: "Staged",
  OS: "On scene",
  TR: "Transporting",
  AH: "At hospital",
  OOS: "Out of service",
};

/** Hollow marks mean holding: still committed, not moving. */
export const HOLLOW: ReadonlySet<StatusCode> = new Set<StatusCode>(["ST", "AH", "OOS"]);

export function statusNamed(code: string): AssignmentStatus | null {
  const found = Object.entries(CODES).find(([, c]) => c === code);
  return found ? (found[0] as AssignmentStatus) : null;
}

export function isLive(assignment: Assignment): boolean {
  return assignment.released_at === null;
}

/** The unit's code: that of its live assignment, else AV or OOS by its duty. */
export function statusOf(unit: Unit, live: Assignment | undefined): StatusCode {
  if (live) return CODES[live.status];
  return unit.duty === "in_service" ? "AV" : "OOS";
}
