/** What a position answers for, and whether anything is left over. Pure; the same rule as
 * `dispatch/domain/position.py`, held to it by `tests/fixtures/positions.json`. */

import type { Discipline, Incident, Leg, Position, Unit } from "../api/model";
import type { Board } from "./apply";

export interface Cover {
  /** The disciplines of which it answers for anything. */
  disciplines: ReadonlySet<Discipline>;
  incident: (incident: Incident) => boolean;
  /** One part of an incident. */
  leg: (incident: Incident, leg: Leg) => boolean;
  unit: (unit: Pick<Unit, "discipline" | "agency_id">) => boolean;
}

export interface Gap {
  agency_id: string;
  /** Null: nowhere. */
  municipality: string | null;
}

/** Whether the position answers for this; what has no agency or no area yet is everybody's. */
export function covers(
  position: Position,
  discipline: Discipline,
  agencyId: string | null,
  area: string | null,
): boolean {
  return (
    position.disciplines.includes(discipline) &&
    (position.agencies.length === 0 || !agencyId || position.agencies.includes(agencyId)) &&
    (position.municipalities.length === 0 || !area || position.municipalities.includes(area))
  );
}

/** By held position: itself and those folded into it. */
export function answeredBy(positions: readonly Position[]): Map<string, Position[]> {
  const held = new Map(positions.filter((p) => p.held_by).map((p) => [p.id, [p]]));
  for (const position of positions) {
    if (!position.held_by && position.folded_into) held.get(position.folded_into)?.push(position);
  }
  return held;
}

/** Every agency and area for which no held position answers; none where no position is set. */
export function uncovered(
  agencies: readonly { id: string; discipline: Discipline }[],
  municipalities: readonly string[],
  positions: readonly Position[],
): Gap[] {
  if (positions.length === 0) return [];
  const answering = [...answeredBy(positions).values()].flat();
  const byId = [...agencies].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return byId.flatMap(({ id, discipline }): Gap[] => {
    const own = answering.filter((p) => covers(p, discipline, id, null));
    if (own.some((p) => p.municipalities.length === 0)) return [];
    const left = municipalities.filter((m) => !own.some((p) => covers(p, discipline, id, m)));
    if (left.length === municipalities.length) return [{ agency_id: id, municipality: null }];
    return left.map((municipality) => ({ agency_id: id, municipality }));
  });
}

/** The positions that an account sits at, with those folded into them. */
export function answeredFor(board: Board, accountId: string): Position[] {
  const positions = Object.values(board.positions);
  const parts = answeredBy(positions);
  return positions.filter((p) => p.held_by === accountId).flatMap((p) => parts.get(p.id) ?? []);
}

/** Whether it is this person's to end or change what is this agency's alone; the same rule as
 * `answers_for` of the hub, held to it by `tests/fixtures/answering.json`. */
export function answersFor(
  positions: readonly Position[],
  account: { id: string; agencies: readonly string[] },
  part: { discipline: Discipline; agency_id: string | null; area: string | null },
): boolean {
  const { discipline, agency_id, area } = part;
  if (!agency_id) return true;
  if (!account.agencies.includes("*")) return account.agencies.includes(agency_id);
  const parts = answeredBy(positions);
  const answering = positions
    .filter((p) => parts.get(p.id)?.some((one) => covers(one, discipline, agency_id, area)))
    .map((p) => p.held_by);
  return answering.length === 0 || answering.includes(account.id);
}

/** The held positions that answer for a part of an incident; null where none is set in the centre. */
export function answeringAt(
  positions: readonly Position[],
  part: { discipline: Discipline; agency_id: string | null; area: string | null },
): string[] | null {
  if (positions.length === 0) return null;
  return [...answeredBy(positions)]
    .filter(([, parts]) => parts.some((p) => covers(p, part.discipline, part.agency_id, part.area)))
    .map(([id]) => id)
    .sort();
}

/** What positions answer for together. */
export function coverOfPositions(positions: readonly Position[]): Cover {
  const ofLeg = (incident: Incident, leg: Leg) =>
    positions.some((p) => covers(p, leg.discipline, leg.agency_id, incident.place.municipality));
  return {
    disciplines: new Set(positions.flatMap((p) => p.disciplines)),
    incident: (incident) => incident.legs.some((leg) => ofLeg(incident, leg)),
    leg: ofLeg,
    unit: (unit) => positions.some((p) => covers(p, unit.discipline, unit.agency_id, null)),
  };
}

/** Everything of these disciplines. */
export function coverOfDisciplines(disciplines: ReadonlySet<Discipline>): Cover {
  return {
    disciplines,
    incident: (incident) => incident.legs.some((leg) => disciplines.has(leg.discipline)),
    leg: (_, leg) => disciplines.has(leg.discipline),
    unit: (unit) => disciplines.has(unit.discipline),
  };
}

/** A cover, of which a person looks at some disciplines only. Alarms never go through this. */
export function seenOf(cover: Cover, shown: ReadonlySet<Discipline>): Cover {
  return {
    disciplines: new Set([...cover.disciplines].filter((d) => shown.has(d))),
    incident: (incident) =>
      cover.incident(incident) && incident.legs.some((leg) => shown.has(leg.discipline)),
    leg: (incident, leg) => shown.has(leg.discipline) && cover.leg(incident, leg),
    unit: (unit) => shown.has(unit.discipline) && cover.unit(unit),
  };
}

/** What a position answers for, in words. */
export function coverWords(position: Position, nameOf: (agencyId: string) => string): string {
  const disciplines = position.disciplines.map((d) => d.toUpperCase()).join(" ");
  const agencies = position.agencies.map(nameOf).join(", ");
  const areas = position.municipalities.join(", ");
  return [disciplines, agencies, areas && `in ${areas}`].filter(Boolean).join(" · ");
}
