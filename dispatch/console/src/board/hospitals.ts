/** Where transports go and what each hospital takes. Pure. */

import type { Assignment, Hospital, HospitalState, LonLat, Patients } from "../api/model";
import { distanceM } from "./select";
import { isLive } from "./status";
import { timeOfDay } from "./words";

export interface HospitalRow {
  hospital: Hospital;
  state: HospitalState | null;
  /** Units on the way to it and at its door. */
  coming: string[];
  there: string[];
}

/** Each hospital with what it takes and who is on the way, those that divert first, then by name. */
export function hospitalRows(
  hospitals: readonly Hospital[],
  states: Readonly<Record<string, HospitalState>>,
  assignments: Iterable<Assignment>,
): HospitalRow[] {
  const rows = new Map(
    hospitals.map((hospital): [string, HospitalRow] => [
      hospital.id,
      { hospital, state: states[hospital.id] ?? null, coming: [], there: [] },
    ]),
  );
  for (const a of assignments) {
    const row = a.hospital_id && isLive(a) ? rows.get(a.hospital_id) : undefined;
    if (a.status === "transporting") row?.coming.push(a.unit_id);
    if (a.status === "at_hospital") row?.there.push(a.unit_id);
  }
  return [...rows.values()].sort(
    (a, b) =>
      Number(b.state !== null) - Number(a.state !== null) ||
      a.hospital.name.localeCompare(b.hospital.name),
  );
}

/** `DIVERTS trauma: scanner down, until 16:00`; empty for one that takes everybody. */
export function stateWords(state: HospitalState | null, zone: string): string {
  if (!state) return "";
  const what = state.intake === "closed" ? "CLOSED" : `DIVERTS ${state.without.join(", ") || "all"}`;
  const until = state.until ? `, until ${timeOfDay(state.until, zone, false)}` : "";
  return `${what}${state.reason && `: ${state.reason}`}${until}`;
}

/** `7 patients: 2 red, 1 yellow, 4 green`. */
export function patientWords(patients: Patients): string {
  const parts = (["red", "yellow", "green", "black"] as const)
    .filter((colour) => patients[colour] > 0)
    .map((colour) => `${patients[colour]} ${colour}`);
  const sum = patients.red + patients.yellow + patients.green + patients.black;
  return `${sum} ${sum === 1 ? "patient" : "patients"}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

/** Hospitals by how far they are in a straight line, in kilometres, the nearest first. */
export function nearestHospitals(
  hospitals: readonly Hospital[],
  at: LonLat,
): { hospital: Hospital; km: number }[] {
  return hospitals
    .map((hospital) => ({ hospital, km: distanceM(hospital.at, at) / 1000 }))
    .sort((a, b) => a.km - b.km);
}
