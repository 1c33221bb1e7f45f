/** What the hub let pass: a time on this board that is over, and that nobody dealt with. The hub deals
 * with such times within a second; where it cannot (a full disk, a link that is gone), the console's own
 * clock goes on. Pure. */

import type { Assignment, Incident } from "../api/model";
import { askedIn } from "./asked";
import type { Board } from "./apply";
import { openCorrection } from "./corrections";
import type { Cover } from "./cover";
import { isPending } from "./select";
import { isLive } from "./status";
import { addressOf, clockSpan, shortNumber } from "./words";

/** So long the hub is given before this page speaks for it. */
export const LET_PASS_MS = 5_000;

export interface Passed {
  key: string;
  text: string;
  incident_id: string | null;
  since: string;
  /** Somebody may be in danger, or silent, or something only waits. */
  weight: "life" | "silence" | "waiting";
}

type Say = (key: string, text: string, since: string, weight: Passed["weight"]) => void;

/** Every time that passed unwatched, of what this position covers. */
export function passedUnwatched(board: Board, cover: Cover, now_ms: number): Passed[] {
  const found: Passed[] = [];
  const sayOf =
    (incident_id: string): Say =>
    (key, text, since, weight) =>
      found.push({ key: `let-pass-${key}-${since}`, text, incident_id, since, weight });
  for (const a of Object.values(board.assignments)) {
    if (isLive(a) && cover.unit(a)) lookAtAssignment(a, now_ms, sayOf(a.incident_id));
  }
  for (const incident of Object.values(board.incidents)) {
    if (cover.incident(incident)) lookAtIncident(incident, now_ms, sayOf(incident.id));
  }
  return found;
}

function passed(at: string | null | undefined, now_ms: number): at is string {
  return at != null && now_ms - Date.parse(at) > LET_PASS_MS;
}

const ago = (at: string, now_ms: number) => clockSpan((now_ms - Date.parse(at)) / 1000);

function lookAtAssignment(a: Assignment, now_ms: number, say: Say): void {
  if (a.checks_missed === 0 && passed(a.check_due_at, now_ms)) {
    const text = `${a.unit_id}: status check was due ${ago(a.check_due_at, now_ms)} ago, call it now`;
    say(`check-${a.id}`, text, a.check_due_at, "life");
  }
  if (a.escalation === 0 && a.acknowledged_at === null && passed(a.ack_due_at, now_ms)) {
    const text = `${a.unit_id} has not acknowledged for ${ago(a.assigned_at, now_ms)}: call it`;
    say(`ack-${a.id}`, text, a.ack_due_at, "silence");
  }
  const corrected = openCorrection(a);
  if (corrected && corrected.step === 0 && passed(corrected.due_at, now_ms)) {
    const text = `${a.unit_id} has not acknowledged the corrected address: ${corrected.to}, was ${corrected.was}`;
    say(`corrected-${a.id}`, text, corrected.due_at, "silence");
  }
  if (a.status === "dispatched" && !a.staffed_at && !a.unstaffed_at && passed(a.staff_due_at, now_ms)) {
    const text = `${a.unit_id} should have a crew by now: send the next due, BK ${a.unit_id}`;
    say(`staff-${a.id}`, text, a.staff_due_at, "waiting");
  }
}

function lookAtIncident(incident: Incident, now_ms: number, say: Say): void {
  const number = shortNumber(incident.number);
  const { hold, schedule } = incident;
  if (incident.par_missed === 0 && passed(incident.par_due_at, now_ms)) {
    const text = `${number}: PAR was due ${ago(incident.par_due_at, now_ms)} ago, ask command for it`;
    say(`par-${incident.id}`, text, incident.par_due_at, "life");
  }
  if (hold && !hold.over && isPending(incident) && passed(hold.until, now_ms)) {
    say(`hold-${incident.id}`, `Hold of ${number} is over: ${hold.reason}`, hold.until, "waiting");
  }
  if (schedule && !schedule.due && passed(schedule.pending_at, now_ms)) {
    const text = `${number} is to be sent now: ${incident.type_label}, ${addressOf(incident)}`;
    say(`schedule-${incident.id}`, text, schedule.pending_at, askedIn(incident).priority === 1 ? "life" : "waiting");
  }
}
