import { expect, test } from "vitest";
import type { Discipline } from "../api/model";
import { makeAssignment, makeBoard, makeClosure, makeIncident, makeUnit, NOON, REGION } from "../made";
import { loadOf, shiftBrief, staffingOf } from "./brief";
import { coverOfDisciplines } from "./cover";
import { whenWords } from "./schedule";

const ALL = coverOfDisciplines(new Set<Discipline>(["fire", "ems", "law"]));
const LAW = coverOfDisciplines(new Set<Discipline>(["law"]));
const at = (seconds: number) => Date.parse(NOON) + seconds * 1000;
const titles = (board: ReturnType<typeof makeBoard>, cover = ALL) =>
  shiftBrief(board, cover, REGION, at(0), "UTC").map((section) => section.title);

test("the brief names what waits, what is held and what is out, and nothing that is empty", () => {
  const hold = { reason: "no medic", until: "2026-07-01T13:00:00Z", unit_ids: [], by: "d", at: NOON, over: false };
  const board = makeBoard({
    incidents: [makeIncident(), makeIncident({ id: "i2", number: "2026-001043", hold })],
    units: [makeUnit("E2", { duty: "out_of_service", duty_reason: "pump" })],
  });
  expect(titles(board)).toEqual(["Waiting for units", "Held", "Out of service"]);
  expect(shiftBrief(board, ALL, REGION, at(0), "UTC")[2]?.lines[0]?.text).toBe("E2 pump");
  expect(titles(board, LAW)).toEqual([]);
});

test("an incident stands in the brief by the part that the position answers for", () => {
  const whole = makeIncident({ priority: 3, type_label: "Vehicle accident" });
  const fire = whole.legs[0]!;
  const ems = { ...fire, discipline: "ems" as const, incident_type: "CHEST_PAIN", type_label: "Chest pain", priority: 1 };
  const board = makeBoard({ incidents: [{ ...whole, legs: [fire, ems] }] });
  const waiting = (discipline: Discipline) =>
    shiftBrief(board, coverOfDisciplines(new Set([discipline])), REGION, at(0), "UTC")[0]?.lines[0]?.text;
  expect(waiting("fire")).toMatch(/Vehicle accident, .*, priority 3$/);
  expect(waiting("ems")).toMatch(/Chest pain, .*, priority 1$/);
});

test("an agreement about to end is part of the brief", () => {
  const agreements = [
    { id: "a1", kind: "mutual" as const, lender: "fire-a", borrower: "ems-a", margin_s: 0, expires: "2026-07-20" },
    { id: "a2", kind: "mutual" as const, lender: "ems-a", borrower: "fire-a", margin_s: 0, expires: "2027-07-20" },
  ];
  const [section] = shiftBrief(makeBoard({}), ALL, { ...REGION, agreements }, at(0), "UTC");
  expect(section?.lines.map((line) => line.text)).toEqual(["Ashby Fire to Ashby Medics: 2026-07-20"]);
});

test("a closure with hours is named when its next hours begin or end soon, with that time", () => {
  const between = { state: "planned" as const, begins_at: "2026-06-01T00:00:00Z", ends_at: "2026-09-01T00:00:00Z" };
  const closures = [
    makeClosure({ ...between, id: "far", description: "far", changes_at: "2026-07-01T20:00:00Z" }),
    makeClosure({ ...between, id: "soon", description: "soon", changes_at: "2026-07-01T12:30:00Z" }),
    makeClosure({ ...between, id: "on", state: "active", description: "on", changes_at: "2026-07-01T12:10:00Z" }),
    makeClosure({ id: "once", description: "once", changes_at: null, ends_at: "2026-07-01T12:40:00Z" }),
  ];
  const [section] = shiftBrief(makeBoard({ closures }), ALL, REGION, at(0), "UTC");
  expect(section?.lines.map((line) => line.text)).toEqual([
    "on: till 12:10",
    "soon: begins 12:30",
    "once: till 12:40",
  ]);
  expect(whenWords("2026-07-01T17:00:00Z", at(0), "UTC")).toBe("17:00");
  expect(whenWords("2026-07-03T17:00:00Z", at(0), "UTC")).toBe("07-03 17:00");
  expect(whenWords("2029-07-03T17:00:00Z", at(0), "UTC")).toBe("2029-07-03 17:00");
});

test("the load of a position counts what waits, what is late and who is silent", () => {
  const board = makeBoard({
    incidents: [makeIncident({ priority: 2 })],
    assignments: [makeAssignment("E2", { incident_id: "i9", escalation: 1, acknowledged_at: null })],
  });
  expect(loadOf(board, ALL, at(10))).toEqual({ pending: 1, active: 0, late: 0, silent: 1, committed: 1 });
  expect(loadOf(board, ALL, at(1000)).late).toBeGreaterThanOrEqual(1);
  expect(loadOf(board, LAW, at(10))).toEqual({ pending: 0, active: 0, late: 0, silent: 0, committed: 0 });
});

test("the agency with the fewest free units comes first", () => {
  const board = makeBoard({
    units: [
      makeUnit("E1", { agency_id: "fire-a" }),
      makeUnit("M1", { agency_id: "ems-a", staffing: 0 }),
    ],
  });
  const rows = staffingOf(board, REGION).map((row) => [row.name, row.available, row.unstaffed]);
  expect(rows).toEqual([
    ["Ashby Medics", 0, 1],
    ["Ashby Fire", 1, 0],
  ]);
});
