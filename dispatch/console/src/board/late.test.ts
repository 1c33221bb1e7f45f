import { describe, expect, test } from "vitest";
import type { Leg } from "../api/model";
import { makeAssignment, makeBoard, makeIncident, NOON } from "../made";
import { alarmsOf } from "./alarms";
import { loadOf } from "./brief";
import { coverOfDisciplines } from "./cover";
import { lateOf } from "./late";
import { DEFAULT_LIMITS, limitsOf } from "./limits";
import { queueOf } from "./select";
import { lateParts, waitOf, waitOfIncident } from "./waiting";

const FIRE = makeIncident().legs[0] as Leg;
const EMS: Leg = { ...FIRE, discipline: "ems", agency_id: "ems-a", priority: 1, incident_type: "CHEST", type_label: "Chest pain" };
const at = (seconds: number) => Date.parse(NOON) + seconds * 1000;
const clock = (seconds: number) => new Date(at(seconds)).toISOString();
const both = makeIncident({ priority: 3, legs: [FIRE, EMS] });
const only = (discipline: Leg["discipline"]) => coverOfDisciplines(new Set([discipline]));
const row = { status: "waiting" as const };
const OWN = limitsOf([
  { ...row, agency: "fire-a", priority: 3, seconds: 200 },
  { ...row, agency: "ems-a", priority: 1, seconds: 30 },
  { ...row, agency: "ems-a", priority: 3, seconds: 900 },
]);

describe("what the supervisor chases", () => {
  test("each part is late by its own agency's limit for its own priority, the most first", () => {
    expect(lateOf(makeBoard({ incidents: [both] }), at(20), OWN)).toEqual([]);
    const [one] = lateOf(makeBoard({ incidents: [both] }), at(90), OWN);
    expect([one?.what, one?.over_s]).toEqual(["1042 Chest pain, 14 Mill Rd", 60]);
    expect(one?.why).toBe("no unit for EMS, priority 1, 1:00 over");
    const [later] = lateOf(makeBoard({ incidents: [both] }), at(230), OWN);
    expect(later?.what).toBe("1042 Building fire, 14 Mill Rd");
    expect(later?.why).toBe(
      "no unit for EMS, priority 1, 3:20 over; no unit for FIRE, priority 3, 0:30 over",
    );
  });

  test("a part without a limit of its own goes by what holds everywhere, however long its neighbour's is", () => {
    const slow = limitsOf([{ ...row, agency: "fire-a", priority: 0, seconds: 900 }]);
    expect(slow.waiting(both).seconds).toBe(60);
    expect(lateParts(both, at(70), slow).map((late) => late.leg.discipline)).toEqual(["ems"]);
  });

  test("a unit's status is timed by the priority of its part", () => {
    const limits = limitsOf([{ status: "ER", agency: "ems-a", priority: 1, seconds: 60 }]);
    const medic = makeAssignment("M1", { discipline: "ems", agency_id: "ems-a", status: "enroute", status_at: NOON, acknowledged_at: NOON });
    const worked = { ...both, legs: both.legs.map((leg) => ({ ...leg, state: "active" as const })) };
    const rows = lateOf(makeBoard({ incidents: [worked], assignments: [medic] }), at(70), limits);
    expect(rows.map((one) => [one.what, one.why, one.over_s])).toEqual([["M1 on 1042", "ER too long", 10]]);
  });

  test("a position is late with its own parts alone, and nobody with what is held", () => {
    const board = makeBoard({ incidents: [both] });
    expect(loadOf(board, only("ems"), at(90), OWN).late).toBe(1);
    expect(loadOf(board, only("fire"), at(90), OWN).late).toBe(0);
    const hold = { reason: "no medic", until: clock(999), unit_ids: [], by: "d", at: NOON, over: false };
    expect(lateOf(makeBoard({ incidents: [{ ...both, hold }] }), at(300), OWN)).toEqual([]);
  });
});

describe("since when a part waits", () => {
  const sent = { ...FIRE, first_assigned_at: clock(60) };
  const again = makeIncident({ priority: 3, legs: [sent] });
  const left = (id: string, seconds: number | null) =>
    makeAssignment(id, { id: `a-${id}`, released_at: seconds === null ? null : clock(seconds) });

  test("never had a unit: since the call; of what was scheduled since it was due", () => {
    const board = makeBoard({ incidents: [both] });
    expect(waitOf(board, both, FIRE)).toEqual({ since: NOON, asked_at: NOON });
    const schedule = { wanted_at: clock(900), pending_at: clock(600), unit_ids: [], lost: [], by: "d", at: NOON, due: true };
    expect(waitOf(board, { ...both, schedule }, FIRE).since).toBe(clock(600));
  });

  test("since the last of its units left; since the call while one is still there and more are asked", () => {
    const board = makeBoard({ incidents: [again], assignments: [left("E1", 300), left("E2", 500)] });
    expect(waitOf(board, again, sent)).toEqual({ since: clock(500), asked_at: NOON });
    const there = makeBoard({ incidents: [again], assignments: [left("E1", 300), left("E2", null)] });
    expect(waitOf(there, again, sent).since).toBe(NOON);
    const other = makeBoard({ incidents: [again], assignments: [{ ...left("M1", 300), discipline: "ems" }] });
    expect(waitOf(other, again, sent).since).toBe(NOON);
  });

  test("of several parts the longest is the incident's", () => {
    const two = { ...again, legs: [sent, EMS] };
    const board = makeBoard({ incidents: [two], assignments: [left("E1", 300)] });
    expect(waitOfIncident(board, two).since).toBe(NOON);
    expect(waitOfIncident(board, two, only("fire")).since).toBe(clock(300));
  });

  test("shown since the unit left, late and in its place since the call, and loud anew", () => {
    const before = makeBoard({ incidents: [again], assignments: [left("E1", null)] });
    const board = makeBoard({ incidents: [again], assignments: [left("E1", 400)] });
    const [first] = queueOf(board, only("fire")).pending;
    expect([first?.since, first?.asked_at]).toEqual([clock(400), NOON]);
    const [loud] = alarmsOf(board, only("fire"), at(410), undefined, DEFAULT_LIMITS);
    expect(loud?.text).toBe("1042 waits 6:50, its last unit left 0:10 ago: Building fire, 14 Mill Rd");
    const [silenced] = alarmsOf(before, only("fire"), at(399), undefined, DEFAULT_LIMITS);
    expect(silenced?.key).not.toBe(loud?.key);
    expect(lateOf(board, at(410), DEFAULT_LIMITS)[0]?.why).toBe("no unit, priority 3, the last left 0:10 ago");
  });

  test("a part of a crew's call for help whose helper turned back is loud at every position", () => {
    const law = { ...FIRE, discipline: "law" as const, state: "active" as const, first_assigned_at: NOON };
    const ems = { ...FIRE, discipline: "ems" as const, state: "pending" as const, first_assigned_at: NOON };
    const help = makeIncident({ legs: [law, ems], type_label: "Crew calls for help", officer_initiated: false });
    const back = { ...left("M9", 20), discipline: "ems" as const };
    const on = makeAssignment("P75", { discipline: "law", status: "on_scene" });
    const [loud] = alarmsOf(makeBoard({ incidents: [help], assignments: [on, back] }), only("fire"), at(30));
    expect(loud?.key.startsWith("waits-")).toBe(true);
    expect(loud?.text).toContain("its last unit left 0:10 ago: Crew calls for help");
    const found = { ...help, officer_initiated: true };
    expect(alarmsOf(makeBoard({ incidents: [found], assignments: [on, back] }), only("fire"), at(30))).toEqual([]);
  });

  test("a priority 1 that was silenced sounds again when its only unit turns away", () => {
    const one = makeIncident({ legs: [sent] });
    const key = (seconds: number | null) =>
      alarmsOf(makeBoard({ incidents: [one], assignments: seconds === null ? [] : [left("E1", seconds)] }), only("fire"), at(30))[0];
    expect(key(20)?.key).not.toBe(key(null)?.key);
    expect(key(20)?.text).toBe("Waits 0:30 priority 1, its last unit left 0:10 ago: Building fire, 14 Mill Rd");
  });

  test("it sounds again also where another part has waited all along, and says that it is one part's", () => {
    const two = makeIncident({ legs: [{ ...EMS, first_assigned_at: clock(10) }, FIRE] });
    const medic = (seconds: number) => ({ ...left("M1", seconds), discipline: "ems" as const });
    const loud = (assignments: ReturnType<typeof medic>[]) =>
      alarmsOf(makeBoard({ incidents: [two], assignments }), coverOfDisciplines(new Set<Leg["discipline"]>(["ems", "fire"])), at(30))[0];
    expect(loud([medic(20)])?.key).not.toBe(loud([])?.key);
    expect(loud([medic(20)])?.text).toContain("Waits 0:30 priority 1, the last unit of a part left 0:10 ago: ");
  });
});
