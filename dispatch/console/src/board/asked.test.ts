import { expect, test } from "vitest";
import type { Leg } from "../api/model";
import { makeAssignment, makeBoard, makeIncident, NOON } from "../made";
import { alarmsOf } from "./alarms";
import { apartWords, askedIn, askedOf, priorityOf } from "./asked";
import { coverOfDisciplines, coverOfPositions } from "./cover";
import { limitsOf } from "./limits";
import { queueOf } from "./select";

const LEG = makeIncident().legs[0] as Leg;
const EMS: Leg = { ...LEG, discipline: "ems", agency_id: "ems-a" };
const OWN = { incident_type: "BREATHING", type_label: "Breathing problem", priority: 1 };
const incident = makeIncident({ priority: 3, legs: [LEG, { ...EMS, ...OWN }] });
const quiet = makeIncident({ id: "i2", number: "2026-001043", priority: 2 });
const only = (discipline: Leg["discipline"]) => coverOfDisciplines(new Set([discipline]));

test("a part is by itself where it has a type or priority, else as the whole", () => {
  expect(askedOf(incident, "ems")).toEqual(OWN);
  expect(askedOf(incident, "fire")).toEqual(askedOf(incident, "law"));
  expect(askedOf(incident, "fire").priority).toBe(3);
  expect(apartWords(incident, incident.legs[1] as Leg)).toBe("priority 1, Breathing problem");
  expect(apartWords(incident, LEG)).toBe("");
  expect(priorityOf(incident, makeAssignment("M1", { discipline: "ems" }))).toBe(1);
});

test("a position sees the incident by the parts that it covers, and what waits before what is worked", () => {
  expect(askedIn(incident, only("ems"))).toEqual(OWN);
  expect(askedIn(incident, only("fire"))).toMatchObject({ priority: 3, type_label: "Building fire" });
  expect(askedIn(incident)).toMatchObject({ priority: 1, type_label: "Building fire" });
  const worked = { ...incident, legs: [LEG, { ...EMS, ...OWN, state: "active" as const }] };
  expect(askedIn(worked).priority).toBe(3);
});

test("queue, limits and alarms of a position follow its part", () => {
  const board = makeBoard({ incidents: [quiet, incident] });
  const order = (discipline: Leg["discipline"]) =>
    queueOf(board, only(discipline)).pending.map((row) => [row.incident.id, row.asked.priority, row.limit_s]);
  expect(order("fire")).toEqual([["i2", 2, 120], ["i1", 3, 300]]);
  expect(order("ems")).toEqual([["i1", 1, 60]]);
  const row = { status: "waiting" as const, agency: "ems-a" };
  const limits = limitsOf([{ ...row, seconds: 30, priority: 1 }, { ...row, seconds: 400, priority: 3 }]);
  expect(limits.waiting(incident, only("ems")).seconds).toBe(30);
  expect(limits.waiting(incident, only("fire")).seconds).toBe(300);
  expect(limits.waiting(incident, only("law")).seconds).toBe(30);
  const alarms = alarmsOf(board, only("ems"), Date.parse(NOON) + 1000);
  expect(alarms.map((alarm) => alarm.text)).toEqual(["New priority 1: Breathing problem, 14 Mill Rd"]);
});

test("a position of one agency covers the parts of that agency alone", () => {
  const at = { id: "EMS-1", disciplines: ["ems"], agencies: ["ems-b"], municipalities: [] };
  const cover = coverOfPositions([at as unknown as Parameters<typeof coverOfPositions>[0][number]]);
  expect(cover.leg(incident, incident.legs[1] as Leg)).toBe(false);
});
