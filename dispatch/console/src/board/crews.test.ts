import { expect, test } from "vitest";
import { makeAssignment, makeUnit } from "../made";
import { unitFeatures } from "../map/features";
import { parkedBy } from "./crews";

const crew = { id: "ST7", units: ["E7", "L7"], min_staff: 2 };
const logon = (added: boolean) => ({
  id: "l",
  staffing: 2,
  capabilities: [],
  lacks: [],
  names: "",
  radio: "",
  vehicle: "",
  at: "2026-06-01T12:00:00Z",
  until: null,
  roster_capabilities: [],
  roster_staffing: 4,
  added,
});

test("a vehicle is parked while its crew is out with another, and freed by a further crew", () => {
  const units = { E7: makeUnit("E7", { crew }), L7: makeUnit("L7", { crew, staffing: 2 }) };
  expect(parkedBy(units.L7, units, new Set())).toBeNull();
  expect(parkedBy(units.L7, units, new Set(["E7"]))).toBe("E7");
  expect(parkedBy(units.E7, units, new Set(["E7"]))).toBeNull();
  const shared = { ...units, L7: makeUnit("L7", { crew, staffing: 2, logon: logon(false) }) };
  expect(parkedBy(shared.L7, shared, new Set(["E7"]))).toBe("E7");
  const split = { ...units, L7: makeUnit("L7", { crew, staffing: 2, logon: logon(true) }) };
  expect(parkedBy(split.L7, split, new Set(["E7"]))).toBeNull();
  const few = { ...units, L7: makeUnit("L7", { crew, staffing: 1, logon: logon(true) }) };
  expect(parkedBy(few.L7, few, new Set(["E7"]))).toBe("E7");
});

test("the map says of a parked vehicle with which one its crew is out, also where that is not drawn", () => {
  const units = { E7: makeUnit("E7", { crew }), L7: makeUnit("L7", { crew }) };
  const labels = (live: string[]) =>
    unitFeatures(
      [units.L7],
      new Map(live.map((id) => [id, makeAssignment(id)])),
      {},
      new Map(),
      [],
      0,
      units,
    ).features.map((feature) => feature.properties?.label);
  expect(labels([])).toEqual(["L7"]);
  expect(labels(["E7"])).toEqual(["L7 parked, crew with E7"]);
});
