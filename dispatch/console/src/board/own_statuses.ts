/** Agencies' own status codes over the common core: which may follow, and how they are shown. The hub
 * decides (`dispatch/domain/agency_statuses.py`); this only offers. Pure. */

import type { AgencyStatus, Assignment, AssignmentStatus, Region, StatusCode, Unit } from "../api/model";
import { CODES, STATUS_WORDS, statusNamed, TRANSITIONS } from "./status";

/** What may be said of a unit next. */
export interface NextStep {
  /** The agency's own code, else the core's: what is shown and sent. */
  code: string;
  label: string;
  core: StatusCode;
  status: AssignmentStatus;
  own: boolean;
}

/** The agency's own codes in its order; empty where it goes by the common core. */
export function ownStatuses(region: Region | null, agencyId: string): readonly AgencyStatus[] {
  return region?.agencies.find((agency) => agency.id === agencyId)?.statuses ?? [];
}

/** The own code in which an assignment stands; one of before the agency had codes: the first that fits. */
export function presentOwn(own: readonly AgencyStatus[], a: Assignment): AgencyStatus | undefined {
  return own.find((one) => one.code === a.agency_code) ?? own.find((one) => one.core === CODES[a.status]);
}

/** `10-23 Arrived`, empty where the agency has no codes of its own. */
export function ownWords(region: Region | null, a: Assignment): string {
  const found = presentOwn(ownStatuses(region, a.agency_id), a);
  return found ? `${found.code} ${found.label}` : "";
}

/** `10-7 Meal`: why a unit is out, with the agency's own code where one was said; may be empty. */
export function dutyWords(unit: Unit): string {
  return [unit.duty_code, unit.duty_reason].filter(Boolean).join(" ");
}

/** Whether one of the agency's own codes may follow the present one. */
export function mayFollow(own: readonly AgencyStatus[], a: Assignment, next: AgencyStatus): boolean {
  const present = presentOwn(own, a);
  if (present) return next.allowed_from.includes(present.code);
  const status = statusNamed(next.core);
  return status !== null && TRANSITIONS[a.status].includes(status);
}

/** What may follow the present status of an assignment, in the agency's words where it has its own. */
export function nextSteps(region: Region | null, a: Assignment): NextStep[] {
  return stepsOf(region, a).filter((step) => step.allowed).map(({ allowed: _, ...step }) => step);
}

/** Every step of a crew's way, each with whether it may follow now. Sending is none of them. */
export function stepsOf(region: Region | null, a: Assignment): (NextStep & { allowed: boolean })[] {
  const own = ownStatuses(region, a.agency_id);
  if (own.length === 0) {
    return (Object.keys(TRANSITIONS) as AssignmentStatus[])
      .filter((status) => status !== "dispatched")
      .map((status) => ({
        code: CODES[status],
        label: status === "cleared" ? "Clear" : STATUS_WORDS[CODES[status]],
        core: CODES[status],
        status,
        own: false,
        allowed: TRANSITIONS[a.status].includes(status),
      }));
  }
  return own.flatMap((one) => {
    const status = statusNamed(one.core);
    if (status === null || status === "dispatched") return [];
    const { code, label, core } = one;
    return [{ code, label, core, status, own: true, allowed: mayFollow(own, a, one) }];
  });
}

/** The assignment as it will stand once what its crew pressed without a link has been sent.
 *
 * @param unsent labels of what waits, in the order of pressing: `E12 ER`, `E12 ACK`.
 */
export function assumed(region: Region | null, a: Assignment, unsent: readonly string[]): Assignment {
  const head = `${a.unit_id} `;
  return unsent.reduce((stands, label) => {
    const code = label.startsWith(head) ? label.slice(head.length) : "";
    const step = stepsOf(region, stands).find((one) => one.allowed && one.code === code);
    return step ? { ...stands, status: step.status, agency_code: step.own ? step.code : "" } : stands;
  }, a);
}

/** A word of the command line as a code or shortcut of some agency. */
export function isOwnCode(region: Region | null, word: string): boolean {
  const wanted = word.toUpperCase();
  return (region?.agencies ?? []).some((agency) => agency.statuses.some((one) => means(one, wanted)));
}

export function findOwn(own: readonly AgencyStatus[], word: string): AgencyStatus | undefined {
  const wanted = word.toUpperCase();
  return own.find((one) => means(one, wanted));
}

function means(one: AgencyStatus, wanted: string): boolean {
  return one.code.toUpperCase() === wanted || one.shortcut.toUpperCase() === wanted;
}
