import { describe, expect, test } from "vitest";
import type { Discipline } from "../api/model";
import { makeAssignment, makeBoard, makeIncident, NOON } from "../made";
import { alarmsOf } from "./alarms";
import { coverOfDisciplines } from "./cover";

const FIRE = coverOfDisciplines(new Set<Discipline>(["fire"]));
const LAW = coverOfDisciplines(new Set<Discipline>(["law"]));
const at = (seconds: number) => Date.parse(NOON) + seconds * 1000;
const due = (seconds: number) => new Date(at(seconds)).toISOString();
const WORKED = makeIncident({ priority: 2, officer_initiated: true });

function texts(parts: Parameters<typeof makeBoard>[0], seconds: number, cover = FIRE): string[] {
  return alarmsOf(makeBoard(parts), cover, at(seconds)).map((alarm) => alarm.text);
}

describe("what the hub lets pass is said by this page's own clock", () => {
  const unit = (over: object) => ({ incidents: [WORKED], assignments: [makeAssignment("E2", over)] });

  test("a status check", () => {
    const parts = unit({ status: "on_scene", acknowledged_at: NOON, ack_due_at: null, check_due_at: due(600) });
    expect(texts(parts, 604)).toEqual([]);
    expect(texts(parts, 620)).toEqual(["E2: status check was due 0:20 ago, call it now"]);
    expect(texts(parts, 620, LAW)).toEqual([]);
  });

  test("a crew that is silent, until it acknowledges or the hub speaks", () => {
    const silent = { acknowledged_at: null, ack_due_at: due(30), assigned_at: NOON };
    expect(texts(unit(silent), 34)).toEqual([]);
    expect(texts(unit(silent), 40)).toEqual(["E2 has not acknowledged for 0:40: call it"]);
    expect(texts(unit({ ...silent, acknowledged_at: due(20) }), 40)).toEqual([]);
    expect(texts(unit({ ...silent, escalation: 1 }), 40)).toEqual(["E2 has not acknowledged for 0:40"]);
    expect(texts(unit({ ...silent, released_at: due(20) }), 40)).toEqual([]);
  });

  test("a count of crews, the end of a hold, the time of what was scheduled", () => {
    const par = makeIncident({ ...WORKED, par_due_at: due(900), par_missed: 0 });
    expect(texts({ incidents: [par] }, 930)).toEqual(["1042: PAR was due 0:30 ago, ask command for it"]);
    const hold = { reason: "no medic", until: due(60), unit_ids: [], by: "dana", at: NOON, over: false };
    expect(texts({ incidents: [makeIncident({ priority: 2, hold })] }, 70)).toEqual(["Hold of 1042 is over: no medic"]);
    const schedule = { wanted_at: due(120), pending_at: due(60), unit_ids: [], lost: [], by: "dana", at: NOON, due: false };
    expect(texts({ incidents: [makeIncident({ priority: 2, schedule })] }, 70)).toEqual([
      "1042 is to be sent now: Building fire, 14 Mill Rd",
    ]);
  });
});

test("a hub that watches no times, or takes less than it is given, is an alarm by itself", () => {
  const floor = { gaps: [], absent: [], storms: [], nameOf: (id: string) => id };
  for (const key of ["unwatched", "untaken"]) {
    const found = alarmsOf(makeBoard({}), FIRE, at(0), { ...floor, [key]: true });
    expect(found.map((alarm) => alarm.key)).toEqual([key]);
  }
});
