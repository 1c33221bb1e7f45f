/** Vehicles that share a crew, by the hub's own rule: which are parked because the crew is out. Pure. */

import type { Unit } from "../api/model";

/** The vehicle that has the crew of a unit that is on no incident; null where it can go. */
export function parkedBy(
  unit: Unit,
  units: Readonly<Record<string, Unit>>,
  live: { has(unitId: string): boolean },
): string | null {
  const share = unit.crew ?? null;
  if (share === null || live.has(unit.id)) return null;
  const further = share.units.filter((id) => {
    const logon = units[id]?.logon;
    return logon?.added && (units[id]?.staffing ?? 0) >= share.min_staff;
  });
  const out = share.units.filter((id) => live.has(id));
  return out.length > further.length ? (out.at(-1) ?? null) : null;
}

export function parkedWords(unitId: string, crewWith: string): string {
  return `${unitId} is parked: its crew is out with ${crewWith}. Log on a further crew, or send another.`;
}
