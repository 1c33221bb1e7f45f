import { expect, test } from "vitest";
import { coverOfDisciplines } from "./cover";
import { alarmsOf } from "./alarms";
import { DEFAULT_LIMITS, limitsOf } from "./limits";
import { makeAssignment, makeBoard, makeIncident, NOON } from "../made";

const ROWS = [
  { status: "waiting" as const, seconds: 300, agency: "", priority: 0 },
  { status: "waiting" as const, seconds: 90, agency: "fire-a", priority: 2 },
  { status: "DP" as const, seconds: 100, agency: "", priority: 0 },
  { status: "DP" as const, seconds: 60, agency: "fire-a", priority: 0 },
  { status: "DP" as const, seconds: 200, agency: "", priority: 1 },
];
const LIMITS = limitsOf(ROWS);
const at = (seconds: number) => Date.parse(NOON) + seconds * 1000;

test("an agency's own limit goes before everybody's, one for the priority before one for any", () => {
  const one = makeAssignment("E2", { status: "dispatched", agency_id: "fire-a" });
  expect(LIMITS.inStatus(one, 1)).toEqual({ seconds: 60, own: true });
  expect(LIMITS.inStatus({ ...one, agency_id: "fire-b" }, 1)).toEqual({ seconds: 200, own: true });
  expect(LIMITS.inStatus({ ...one, agency_id: "fire-b" }, 3)).toEqual({ seconds: 100, own: true });
  expect(LIMITS.inStatus({ ...one, status: "on_scene" }, 1)).toBeNull();
});

test("what waits is late by the shortest limit of its parts, else by what holds everywhere", () => {
  const incident = makeIncident({ priority: 2 });
  expect(LIMITS.waiting(incident)).toEqual({ seconds: 90, own: true });
  expect(DEFAULT_LIMITS.waiting(incident)).toEqual({ seconds: 120, own: false });
});

test("a limit that the region sets is an alarm, again each time it has passed once more", () => {
  const a = makeAssignment("E2", { status: "dispatched", status_at: NOON, agency_id: "fire-a" });
  const board = makeBoard({
    incidents: [makeIncident({ legs: [{ ...makeIncident().legs[0]!, state: "active" }] })],
    assignments: [{ ...a, acknowledged_at: NOON }],
  });
  const fire = coverOfDisciplines(new Set(["fire"] as const));
  const keys = (seconds: number) => alarmsOf(board, fire, at(seconds), undefined, LIMITS);
  expect(keys(50)).toEqual([]);
  expect(keys(70).map((alarm) => alarm.text)).toEqual(["E2 is dispatched for 1:10: call it"]);
  expect(keys(130)[0]?.key).not.toBe(keys(70)[0]?.key);
  expect(alarmsOf(board, fire, at(800))).toEqual([]);
});
