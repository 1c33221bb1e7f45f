import { describe, expect, test } from "vitest";
import { makeAssignment, makeBoard, makeContext, makeEmergency, makeIncident, makeUnit } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";
import { conflictWords, doneWords } from "./run";

const BOARD_PARTS = {
  incidents: [
    makeIncident(),
    makeIncident({ id: "i3", number: "2026-000007", priority: 3 }),
    makeIncident({ id: "i4", number: "2026-000008", priority: 1 }),
  ],
  units: [makeUnit("E2"), makeUnit("E3"), makeUnit("M14"), makeUnit("E9", { capabilities: ["engine", "als"] })],
  assignments: [
    makeAssignment("M14", { incident_id: "i3" }),
    makeAssignment("E3", { incident_id: "i4", id: "a-E3" }),
  ],
};
const BOARD = makeBoard(BOARD_PARTS);
const CTX = makeContext(BOARD);
const action = (line: string, ctx = CTX) => {
  const meaning = read(line, ctx);
  if (!meaning.ok) throw new Error(`refused: ${meaning.why}`);
  return meaning.action;
};
const why = (line: string, ctx = CTX) => {
  const meaning = read(line, ctx);
  if (meaning.ok) throw new Error(`meant: ${meaning.echo}`);
  return meaning.why;
};

describe("divert and swap", () => {
  test("from a less urgent incident it needs no reason", () => {
    expect(action("DV . M14")).toMatchObject({ do: "assign", divert: true, override_reason: null });
  });
  test("from one as urgent it does", () => {
    expect(why("DV . E3")).toContain("priority 1");
    expect(action("DV . E3 child inside")).toMatchObject({ override_reason: "child inside" });
  });
  test("a free unit is not diverted", () => expect(why("DV . E2")).toContain("D! 1042 E2"));
  test("two units change places, and the echo says where each goes", () => {
    const meaning = read("X M14 E2", CTX);
    expect(meaning.ok && meaning.echo).toBe("Swap: M14 free, E2 to 0007");
    expect(why("X E2 E9")).toContain("Neither");
  });
});

describe("talkgroup", () => {
  const busy = makeBoard({
    incidents: [
      makeIncident(),
      makeIncident({
        id: "i3",
        number: "2026-000007",
        legs: [{ ...makeIncident().legs[0]!, state: "active", talkgroup: "FIRE 2" }],
      }),
    ],
  });
  const ctx = makeContext(busy);
  test("the end of its name is enough, the agency's own first", () => {
    expect(action("TG . 1", ctx)).toEqual({
      do: "talkgroup",
      incident_id: "i1",
      discipline: "fire",
      talkgroup: "FIRE 1",
      reason: "",
    });
    expect(action("TG . fire med 2", ctx)).toMatchObject({ talkgroup: "MED 2" });
  });
  test("what another incident works on is refused with its name", () => {
    expect(why("TG . 2", ctx)).toContain("FIRE 2 is 0007");
    expect(why("TG . 9", ctx)).toContain("no talkgroup 9");
  });
  test("- takes it back where there is one, and a part must be meant", () => {
    expect(why("TG . -", ctx)).toContain("has none");
    expect(action("TG 0007 -", ctx)).toMatchObject({ talkgroup: null });
    expect(why("TG . law 1", ctx)).toContain("No law part");
  });
  test("Tab offers the free ones", () => {
    expect(complete("TG . f", ctx).map((c) => c.value)).toEqual(["FIRE 1"]);
  });
});

describe("hold, alarm, link, benchmark", () => {
  test("a hold has an end, units and a reason", () => {
    expect(action("H . +15m M14 no other medic")).toMatchObject({
      do: "hold",
      until: "2026-07-01T12:15:00.000Z",
      unit_ids: ["M14"],
      reason: "no other medic",
    });
    expect(why("H . +15m")).toContain("Why");
    expect(why("H . -")).toContain("not held");
  });
  test("an alarm is another number", () => {
    expect(action("AL . 2")).toMatchObject({ do: "alarm", alarm_level: 2, revision: 3 });
    expect(why("AL . 1")).toContain("already");
  });
  test("incidents are linked by the ends of their numbers", () => {
    expect(action("LK . 0007")).toEqual({ do: "link", incident_id: "i1", other_id: "i3", linked: true });
    expect(why("LK- . 0007")).toContain("not linked");
    expect(why("LK . 1042")).toContain("itself");
  });
  test("PAR stands alone", () => {
    expect(action("PAR .")).toEqual({ do: "benchmark", incident_id: "i1", code: "PAR" });
    expect(action("bm . under control")).toMatchObject({ code: "UNDER CONTROL" });
    expect(why("PAR . all")).toContain("no more");
  });
});

describe("crews", () => {
  test("what a crew brings is the roster with what is said added or taken", () => {
    expect(action("LO E9 3 -als +hazmat R7012 19:00 A. Example")).toMatchObject({
      do: "log_on",
      unit_id: "E9",
      body: { staffing: 3, capabilities: ["engine", "hazmat"], radio: "7012", names: "A. Example" },
    });
    expect(why("LO E2 -als")).toContain("has no als");
  });
  test("nobody is logged off who is not on", () => expect(why("LF E2")).toContain("Nobody"));
  test("an emergency ends with an outcome, and only one that stands", () => {
    expect(action("MAYDAY M14")).toEqual({ do: "emergency", unit_id: "M14", kind: "mayday" });
    expect(why("EME M14 out")).toContain("does not call");
  });
  test("backup goes to where the unit is", () => {
    expect(action("BK M14 2")).toEqual({ do: "backup", unit_id: "M14", count: 2 });
    expect(why("BK E2")).toContain("no incident");
  });
  test("units that are named go to where the unit is, by the rules of any sending", () => {
    const meaning = read("BK M14 E2 E9", CTX);
    expect(meaning.ok && meaning.echo).toContain("Send E2, E9 to 0007");
    expect(meaning.ok && meaning.echo).toContain("backup for M14");
    expect(action("BK M14 E2")).toMatchObject({
      do: "assign",
      incident_id: "i3",
      unit_ids: ["E2"],
      override_reason: "backup for M14",
    });
    expect(why("BK M14 E3")).toContain("E3 is");
    expect(why("BK M14 M14")).toContain("needs help");
    expect(why("BK M14 nobody")).not.toBe("");
    expect(why("BK E2 E9")).toContain("no incident");
  });
  test("a unit that called for help and was cleared since is helped where it called", () => {
    const board = makeBoard({ ...BOARD_PARTS, emergencies: [makeEmergency("E2", { incident_id: "i4" })] });
    expect(action("BK E2 E9", makeContext(board))).toMatchObject({ incident_id: "i4", unit_ids: ["E9"] });
    const placed = { incident_id: "i4", at: [-75, 40] as [number, number] };
    const known = makeBoard({ ...BOARD_PARTS, emergencies: [makeEmergency("E2", placed)] });
    expect(action("BK E2", makeContext(known))).toMatchObject({ do: "assign", incident_id: "i4", unit_ids: ["E9"] });
    expect(why("BK E2", makeContext(board))).toContain("and the units");
  });
  test("a unit that calls for help and is on no incident is given one with who goes there, in one line", () => {
    const calls = makeEmergency("E2", { at: [-75, 40] });
    const calling = makeContext(makeBoard({ ...BOARD_PARTS, emergencies: [calls] }));
    const help = { do: "send_help", emergency_id: calls.id };
    expect(action("BK E2", calling)).toEqual({ ...help, unit_ids: ["E9"] });
    expect(action("BK E2 E9", calling)).toEqual({ ...help, unit_ids: ["E9"] });
    const meaning = read("BK E2 2", calling);
    expect(meaning.ok && meaning.echo).toBe("Make the incident where E2 calls for help; send E9");
    expect(why("BK E2 E3", calling)).toContain("E3 is");
    expect(why("BK E2 E2", calling)).toContain("needs help");
    expect(why("BK E2 11", calling)).toContain("1 to 10");
    const nowhere = makeContext(makeBoard({ ...BOARD_PARTS, emergencies: [makeEmergency("E2")] }));
    expect(why("BK E2", nowhere)).toContain("TS E2");
  });
});

test("U takes back the last command that was done here, and nothing else", () => {
  expect(why("U")).toContain("Nothing");
  const last = { line: "D . E2", command_ids: ["c1"] };
  expect(action("U", makeContext(BOARD, { last }))).toEqual({ do: "undo", undone_ids: ["c1"] });
});

test("of two edits of one field the second is told both", () => {
  const problem = {
    type: "about:blank",
    title: "It was changed by someone else in the meantime.",
    status: 409,
    code: "revision_conflict",
    detail: "",
    fields: { current: { priority: 1 }, yours: { priority: 3, place: null } },
  };
  expect(conflictWords(problem)).toContain("priority is 1, yours was 3");
  expect(conflictWords({ ...problem, code: "not_found" })).toBeNull();
});

test("the reply to CN says the number that was given", () => {
  const given = { ok: true as const, command_id: "c1", value: { seq: 9, number: "26-00001" } };
  const wanted = { do: "case_number" as const, incident_id: "i1", agency_id: "police" };
  expect(doneWords(wanted, "Case number of Police for 1042", [given])).toBe("Case number of Police for 1042: 26-00001");
});
