import { describe, expect, test } from "vitest";
import { makeAssignment, makeBoard, makeEmergency, makeIncident, makeUnit, NOON } from "../made";
import { nearestOfKind, nearestTo, sceneOf } from "./emergencies";

const near = (id: string, lon: number, over = {}) => makeUnit(id, { home: [lon, 40], ...over });
const PARTS = {
  incidents: [makeIncident()],
  units: [
    near("E1", -75),
    near("E2", -75.03),
    near("E3", -75.02),
    near("E4", -75.01, { duty: "out_of_service" }),
    near("E5", -75.005),
    near("E6", -75.04),
    near("E7", -75.05),
    near("M1", -75.002, { discipline: "ems" }),
    near("M2", -75.003, { discipline: "ems" }),
    near("P1", -75.001, { discipline: "law" }),
  ],
  assignments: [makeAssignment("E5", { incident_id: "i2", id: "a5" })],
};
const CALLS = makeEmergency("E1", { at: [-75, 40] });

describe("who is near a unit that calls for help", () => {
  test("the three nearest of its discipline that can be sent, then the nearest of each other one", () => {
    const near = nearestTo(makeBoard(PARTS), CALLS, new Map());
    expect(near.map((u) => u.id)).toEqual(["E3", "E2", "E6", "P1", "M1"]);
    expect(near.map((u) => u.discipline)).toEqual(["fire", "fire", "fire", "law", "ems"]);
    const kind = nearestOfKind(makeBoard(PARTS), CALLS, new Map()).map((u) => u.id);
    expect(kind).toEqual(["E3", "E2", "E6", "E7"]);
  });
  test("nobody is named where nobody knows its place", () => {
    expect(nearestTo(makeBoard(PARTS), makeEmergency("E1"), new Map())).toEqual([]);
  });
});

describe("the scene", () => {
  test("is what the unit is on, else where it called, else none", () => {
    const { id } = makeIncident();
    const on = makeAssignment("E1", { incident_id: id, id: "a1" });
    expect(sceneOf(makeBoard({ ...PARTS, assignments: [on] }), "E1")?.id).toBe(id);
    const called = makeEmergency("E1", { incident_id: id });
    expect(sceneOf(makeBoard({ ...PARTS, emergencies: [called] }), "E1")?.id).toBe(id);
    expect(sceneOf(makeBoard({ ...PARTS, emergencies: [CALLS] }), "E1")).toBeNull();
    const cleared = { ...on, status: "cleared" as const, released_at: NOON };
    expect(sceneOf(makeBoard({ ...PARTS, assignments: [cleared], emergencies: [CALLS] }), "E1")?.id).toBe(id);
    const before = { ...cleared, assigned_at: "2026-07-01T00:00:00Z" };
    expect(sceneOf(makeBoard({ ...PARTS, assignments: [before], emergencies: [CALLS] }), "E1")).toBeNull();
    const gone = makeEmergency("E1", { incident_id: "closed" });
    expect(sceneOf(makeBoard({ ...PARTS, emergencies: [gone] }), "E1")).toBeNull();
  });
});
