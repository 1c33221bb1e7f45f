import { expect, test } from "vitest";
import type { Discipline } from "../api/model";
import { makeAssignment, makeBlock, makeBoard, makeChannelFault, makeIncident, makePosition, makeUnit, NOON } from "../made";
import { alarmsOf, alarmWords } from "./alarms";
import { coverOfDisciplines } from "./cover";
import { limitsOf } from "./limits";

const FIRE = coverOfDisciplines(new Set<Discipline>(["fire"]));
const EMS = coverOfDisciplines(new Set<Discipline>(["ems"]));
const at = (seconds: number) => Date.parse(NOON) + seconds * 1000;
const texts = (board: Parameters<typeof alarmsOf>[0], covers = FIRE, seconds = 10) =>
  alarmsOf(board, covers, at(seconds)).map((alarm) => alarm.text);

test("a priority 1 without a unit is loud at every position, and again each minute", () => {
  const board = makeBoard({ incidents: [makeIncident()] });
  expect(texts(board, EMS)).toEqual(["New priority 1: Building fire, 14 Mill Rd"]);
  const keys = [10, 70].map((s) => alarmsOf(board, EMS, at(s))[0]?.key);
  expect(new Set(keys).size).toBe(2);
});

test("what is held is not late until its time is up", () => {
  const hold = { reason: "no medic", until: NOON, unit_ids: [], by: "dana", at: NOON, over: false };
  const later = { ...hold, until: "2026-07-01T15:00:00Z" };
  const held = makeIncident({ priority: 2, hold: later });
  expect(texts(makeBoard({ incidents: [held] }), FIRE, 9_000)).toEqual([]);
  const over = makeIncident({ priority: 2, hold: { ...hold, over: true } });
  expect(texts(makeBoard({ incidents: [over] }), FIRE, 60)).toEqual(["Hold of 1042 is over: no medic"]);
});

const schedule = {
  wanted_at: "2026-07-01T14:00:00Z",
  pending_at: "2026-07-01T13:45:00Z",
  unit_ids: ["E2"],
  lost: [],
  by: "dana",
  at: NOON,
  due: false,
};

test("what is wanted later is not late before it is due, and then from when it was due", () => {
  const later = makeIncident({ priority: 2, schedule });
  expect(texts(makeBoard({ incidents: [later], units: [makeUnit("E2")] }), FIRE, 4_000)).toEqual([]);
  const due = makeIncident({ priority: 2, schedule: { ...schedule, due: true } });
  const board = makeBoard({ incidents: [due], units: [makeUnit("E2")] });
  const due_s = (Date.parse(schedule.pending_at) - Date.parse(NOON)) / 1000;
  expect(texts(board, FIRE, due_s + 60)).toEqual([]);
  expect(texts(board, FIRE, due_s + 180)).toEqual(["1042 waits 3:00 without a unit: Building fire, 14 Mill Rd"]);
});

test("a reservation that was lost is loud, and so is a kept unit that cannot go", () => {
  const one = { unit_id: "M14", number: "2026-000007", reason: "nearest by far", by: "dana", at: NOON };
  const incidents = [makeIncident({ priority: 2, schedule: { ...schedule, lost: [one] } })];
  expect(texts(makeBoard({ incidents, units: [makeUnit("E2", { duty: "out_of_service" })] }))).toEqual([
    "1042 at 14:00 lost M14 to 0007 (nearest by far): reserve another",
    "E2, reserved for 1042 at 14:00, is out of service",
  ]);
});

test("a unit that an incident waits for is named when it is free", () => {
  const hold = {
    reason: "its own medic",
    until: "2026-07-01T13:00:00Z",
    unit_ids: ["E2"],
    by: "dana",
    at: NOON,
    over: false,
  };
  const incidents = [makeIncident({ priority: 3, hold })];
  const free = makeBoard({ incidents, units: [makeUnit("E2")] });
  expect(texts(free)).toEqual(["E2 is free: 1042 waits for it"]);
  const busy = makeBoard({
    incidents,
    units: [makeUnit("E2")],
    assignments: [makeAssignment("E2", { incident_id: "i9" })],
  });
  expect(texts(busy)).toEqual([]);
});

test("silence of a crew and a missed count are alarms of who covers them", () => {
  const worked = makeIncident({
    legs: [{ ...makeIncident().legs[0]!, state: "active" }],
    par_missed: 1,
    par_due_at: NOON,
  });
  const board = makeBoard({
    incidents: [worked],
    assignments: [makeAssignment("E2", { escalation: 2, acknowledged_at: null })],
  });
  expect(texts(board)).toHaveLength(2);
  expect(texts(board, EMS)).toEqual([]);
});

test("a corrected address is loud while a crew has not acknowledged it, and at once when it is far", () => {
  const place_correction = {
    at: NOON,
    was: "14 Mill Rd",
    was_at: [9.5, 47.1] as [number, number],
    to: "16 Mill Rd",
    to_at: [9.5, 47.101] as [number, number],
    moved_m: 111,
    revision: 3,
    due_at: null,
    step: 0,
    acknowledged_at: null,
    acknowledged_by: null,
  };
  const worked = makeIncident({ legs: [{ ...makeIncident().legs[0]!, state: "active" }] });
  const corrected = (over: object, unit: object = {}) =>
    makeBoard({
      incidents: [worked],
      assignments: [
        makeAssignment("E2", {
          acknowledged_at: NOON,
          place_correction: { ...place_correction, ...over },
          ...unit,
        }),
      ],
    });
  const said = (over: object, after_s: number, unit: object = {}) =>
    alarmsOf(corrected(over, unit), FIRE, at(after_s)).map((alarm) => alarm.text);
  expect(said({}, 10)).toEqual([]);
  expect(said({ step: 1 }, 20)).toEqual([
    "E2 has not acknowledged the corrected address for 0:20: 16 Mill Rd, was 14 Mill Rd",
  ]);
  const far = "1042 is 1.4 km from where E2 went: 16 Mill Rd, was 14 Mill Rd; are they still the nearest?";
  expect(said({ moved_m: 1404 }, 0)).toEqual([far]);
  expect(said({ moved_m: 1404, acknowledged_at: NOON }, 10)).toEqual([far]);
  expect(said({ moved_m: 1404, acknowledged_at: NOON }, 61)).toEqual([]);
  expect(said({ step: 1, moved_m: 1404 }, 20, { released_at: NOON })).toEqual([]);
  expect(said({ step: 1 }, 20, { status: "transporting" })).toEqual([]);
});

test("the same alarm many times is said once, with its count", () => {
  const alarm = (key: string, text: string) => ({ key, text, incident_id: null });
  const alarms = [alarm("a", "fire"), alarm("b", "E2 is free"), alarm("c", "fire")];
  expect(alarmWords(alarms, 3)).toBe("fire (2×) · E2 is free");
  expect(alarmWords(alarms, 1)).toBe("fire (2×) · 1 more");
});

test("the alarm that the last tone was about is named, wherever it stands", () => {
  const alarm = (key: string, text: string) => ({ key, text, incident_id: null });
  const free = alarm("b", "E2 is free");
  const alarms = [alarm("a", "fire"), alarm("d", "R7 is late"), free, alarm("c", "fire")];
  expect(alarmWords(alarms, 1, free)).toBe("NEW: E2 is free · fire (2×) · 1 more");
  expect(alarmWords(alarms, 2, free)).toBe("NEW: E2 is free · fire (2×) · R7 is late");
  expect(alarmWords(alarms, 3, free)).toBe("fire (2×) · R7 is late · E2 is free");
});

test("who may die of it is named first, however late it was said", () => {
  const late = makeIncident({ id: "i7", number: "26-000007", priority: 2 });
  const board = makeBoard({
    incidents: [late, makeIncident({ created_at: "2026-07-01T12:59:00Z" })],
    assignments: [makeAssignment("E2", { incident_id: "i7", escalation: 1, acknowledged_at: null })],
  });
  const found = alarmsOf(board, FIRE, at(3_600));
  expect(found.map((alarm) => alarm.key.split("-")[0])).toEqual(["waits", "silent", "late"]);
});

test("a crew whose shift is over is named until it logs off or on again", () => {
  const logon = {
    id: "l1",
    staffing: 3,
    capabilities: ["engine"],
    lacks: [],
    names: "",
    radio: "",
    vehicle: "",
    at: "2026-07-01T00:00:00Z",
    until: NOON,
    roster_capabilities: ["engine"],
    roster_staffing: 4, added: false,
  };
  const board = makeBoard({ units: [makeUnit("E2", { logon })] });
  expect(texts(board, FIRE, -60)).toEqual([]);
  expect(texts(board, FIRE, 60)).toEqual(["Shift of E2's crew is over: ask whether it stays on"]);
  expect(texts(board, EMS, 60)).toEqual([]);
});

test("what nobody answers for, and a position without a console, are everybody's alarms", () => {
  const floor = {
    gaps: [{ agency_id: "fire-a", municipality: null }],
    absent: [makePosition({ id: "LAW-1" })],
    storms: [
      { agency_id: "fire-a", since: NOON, by: "sue", reason: "wind", ask_at: NOON },
      { agency_id: "fire-b", since: NOON, by: "sue", reason: "wind", ask_at: "2026-07-02T00:00:00Z" },
    ],
    nameOf: () => "Ashby Fire",
  };
  expect(alarmsOf(makeBoard({}), EMS, at(0), floor).map((alarm) => alarm.text)).toEqual([
    "Nobody answers for Ashby Fire",
    "LAW-1: no console of Dana is connected",
    "Storm plans of Ashby Fire: do they go on? Nobody has said so",
  ]);
});

test("what a crew says is blocked waits for a word of who covers it, again when another joins", () => {
  const units = [makeUnit("E22"), makeUnit("E2")];
  const board = (by: string[], confirmed = false) =>
    makeBoard({ units, closures: [makeBlock({ reported_by: by, confirmed })] });
  expect(texts(board(["E22"]))).toEqual(["E22 says blocked: Mill Rd, confirm or refuse"]);
  expect(texts(board(["E22"]), EMS)).toEqual([]);
  expect(texts(board(["E22"], true))).toEqual([]);
  const blocks = makeBoard({
    incidents: [makeIncident({ priority: 3 })],
    closures: [makeBlock({ reported_by: [], incident_id: "i1" })],
  });
  expect(texts(blocks)).toEqual(["1042 Building fire may block: Mill Rd, confirm or refuse"]);
  const keys = [["E22"], ["E22", "E2"]].map((by) => alarmsOf(board(by), FIRE, at(10))[0]?.key);
  expect(new Set(keys).size).toBe(2);
});

test("a channel that reaches nobody stands for those who answer for its agency, with what to do", () => {
  const board = makeBoard({ channel_faults: [makeChannelFault("pager")] });
  const floor = {
    gaps: [],
    absent: [],
    storms: [],
    nameOf: () => "Ashby Fire",
    disciplineOf: () => "fire" as const,
  };
  const said = (covers: typeof FIRE) => alarmsOf(board, covers, at(130), floor).map((alarm) => alarm.text);
  expect(said(FIRE)).toEqual([
    "Pager of Ashby Fire fails for 2:10 (answered 503): tell its crews by radio, have its receiver looked at",
  ]);
  expect(said(EMS)).toEqual([]);
  const printer = makeChannelFault("watch", { adapter: "printer", why: "pages lie untaken: ST1" });
  expect(texts(makeBoard({ channel_faults: [printer] }), EMS)).toEqual([
    "Watch of fire-a fails for 0:10 (pages lie untaken: ST1): call the station, have the printer looked at",
  ]);
});

test("what is timed calls its console, then the supervisor, then every other console as its backup", () => {
  const limits = limitsOf([
    { status: "waiting", seconds: 100, agency: "fire-a", priority: 0 },
    { status: "ER", seconds: 100, agency: "", priority: 0 },
  ]);
  const waiting = makeIncident({ priority: 3 });
  const enroute = makeAssignment("E2", { status: "enroute", acknowledged_at: NOON });
  const heard = (seconds: number, board: ReturnType<typeof makeBoard>) => {
    const hears = (cover: typeof FIRE, tier: "console" | "supervisor") =>
      alarmsOf(board, cover, at(seconds), { gaps: [], absent: [], storms: [], nameOf: (id) => id, tier }, limits)
        .map((alarm) => alarm.text);
    const everything = coverOfDisciplines(new Set<Discipline>(["fire", "ems", "law"]));
    return [hears(FIRE, "console"), hears(everything, "supervisor"), hears(EMS, "console")];
  };
  const counts = (seconds: number, board: ReturnType<typeof makeBoard>) =>
    heard(seconds, board).map((texts) => texts.length);
  const alone = { ...waiting, legs: waiting.legs.filter((leg) => leg.discipline === "fire") };
  for (const board of [
    makeBoard({ incidents: [alone] }),
    makeBoard({ units: [makeUnit("E2")], assignments: [enroute] }),
  ]) {
    expect(counts(90, board)).toEqual([0, 0, 0]);
    expect(counts(110, board)).toEqual([1, 0, 0]);
    expect(counts(210, board)).toEqual([1, 1, 0]);
    expect(counts(310, board)).toEqual([1, 1, 1]);
    expect(heard(310, board)[2]?.[0]).toContain("BACKUP, nobody has acted: ");
  }
});

test("a missed status check calls the supervisor at once", () => {
  const missed = makeAssignment("E2", { status: "on_scene", acknowledged_at: NOON, checks_missed: 1 });
  const board = makeBoard({ units: [makeUnit("E2")], assignments: [missed] });
  const floor = { gaps: [], absent: [], storms: [], nameOf: (id: string) => id, tier: "supervisor" as const };
  expect(alarmsOf(board, FIRE, at(10), floor).map((alarm) => alarm.text)).toEqual([
    "E2: status check missed, call it now",
  ]);
});
