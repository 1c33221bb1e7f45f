/** The line of an agency's procedure for what is done now: at most one for each part. Pure. */

import type { Assignment, Incident, Leg, SopLine } from "../api/model";
import { askedOfLeg } from "./asked";
import { isLive } from "./status";

export type SopStep = SopLine["step"];

/** An agency's own row goes before everybody's, and of those one for the type before one for any. */
export function sopFor(
  lines: readonly SopLine[],
  step: SopStep,
  agencyId: string | null,
  incidentType: string | null,
): string | null {
  for (const [agency, type] of [
    [agencyId, incidentType],
    [agencyId, ""],
    ["", incidentType],
    ["", ""],
  ]) {
    const found = lines.find(
      (one) => one.step === step && one.agency === agency && one.incident_type === type,
    );
    if (found) return found.line;
  }
  return null;
}

/** What is to be done for a part now: send, follow, work or close it; null when it is closed. */
export function stepOf(leg: Leg, own: readonly Assignment[]): SopStep | null {
  if (leg.state === "closed") return null;
  const live = own.filter((a) => a.discipline === leg.discipline && isLive(a));
  if (live.some((a) => a.status !== "dispatched" && a.status !== "enroute")) return "scene";
  if (live.length > 0) return "enroute";
  return leg.state === "pending" ? "dispatch" : "close";
}

export interface Sop {
  discipline: Leg["discipline"];
  agency_id: string | null;
  line: string;
}

/** At the desk: the lines of the parts of an incident, the same words once, two at most. */
export function deskSops(
  lines: readonly SopLine[],
  incident: Incident,
  live: readonly Assignment[],
): Sop[] {
  const found: Sop[] = [];
  for (const leg of incident.legs) {
    const step = stepOf(leg, live);
    const line = step && sopFor(lines, step, leg.agency_id, askedOfLeg(incident, leg).incident_type);
    if (!line || found.some((one) => one.line === line)) continue;
    found.push({ discipline: leg.discipline, agency_id: leg.agency_id, line });
  }
  return found.slice(0, 2);
}

/** While a call is taken: the lines of the authorities at the spot, the same words once, two at most. */
export function callSops(
  lines: readonly SopLine[],
  agencyIds: readonly (string | null)[],
  incidentType: string,
): string[] {
  const said = agencyIds.map((agencyId) => sopFor(lines, "call", agencyId, incidentType));
  return [...new Set(said.filter((line) => line !== null))].slice(0, 2);
}

/** On the crew's own screen. */
export function crewSop(
  lines: readonly SopLine[],
  assignment: Assignment,
  incidentType: string,
): string | null {
  const { status } = assignment;
  const step: SopStep =
    status === "dispatched" || status === "enroute"
      ? "crew_enroute"
      : status === "transporting" || status === "at_hospital"
        ? "crew_transport"
        : "crew_scene";
  return sopFor(lines, step, assignment.agency_id, incidentType);
}
