import { expect, test } from "vitest";
import { makeAssignment, makeUnit } from "../made";
import { heightOf, isDense, placesFor } from "./density";
import type { UnitGroup } from "./select";

function group(committed: number, available: number): UnitGroup {
  const named = (count: number, from: string) => Array.from({ length: count }, (_, i) => makeUnit(`${from}${i}`));
  return {
    discipline: "law",
    committed: named(committed, "C").map((unit) => ({ unit, live: makeAssignment(unit.id) })),
    available: named(available, "P"),
    parked: [],
    out: [],
  };
}

test("a county of a hundred and forty units at rest is set with room at 1600 by 900", () => {
  expect(isDense([group(2, 33), group(4, 48), group(6, 47)], 378, 727)).toBe(false);
});

test("with forty of them out it is set closely, and with few again not", () => {
  expect(isDense([group(12, 23), group(14, 38), group(14, 39)], 378, 727)).toBe(true);
  expect(isDense([group(0, 35), group(0, 52), group(0, 53)], 378, 727)).toBe(false);
});

test("a board that is not drawn yet is not set closely", () => {
  expect(isDense([group(20, 20)], 0, 0)).toBe(false);
});

test("every unit and every line adds to the height, none is forgotten", () => {
  const alone = heightOf([group(1, 1)], 378);
  expect(heightOf([group(3, 1)], 378)).toBeGreaterThan(alone);
  expect(heightOf([group(1, 20)], 378)).toBeGreaterThan(alone);
  expect(heightOf([{ ...group(1, 1), out: [makeUnit("X1")] }], 378)).toBeGreaterThan(alone);
  expect(heightOf([{ ...group(1, 1), parked: [{ unit: makeUnit("X1"), crewWith: "E1" }] }], 378)).toBeGreaterThan(
    alone,
  );
});

test("a long callsign has the places that it needs", () => {
  expect(["E1", "E30-2", "MEDIC12", "BATTALION-CHIEF-1"].map((id) => placesFor(id.length))).toEqual([1, 1, 2, 3]);
});
