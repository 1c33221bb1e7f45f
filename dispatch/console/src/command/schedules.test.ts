import { expect, test } from "vitest";
import { makeAssignment, makeBoard, makeContext, makeIncident, makeUnit, NOON } from "../made";
import { keptByUnit } from "../board/schedule";
import { queueOf } from "../board/select";
import { coverOfDisciplines } from "../board/cover";
import { complete } from "./complete";
import { read } from "./grammar";
import { localTime } from "./local_time";

const NEW_YORK = "America/New_York";
const at = (iso: string) => Date.parse(iso);
const schedule = {
  wanted_at: "2026-07-01T18:00:00Z",
  pending_at: "2026-07-01T17:45:00Z",
  unit_ids: ["M14"],
  lost: [],
  by: "dana",
  at: NOON,
  due: false,
};
const BOARD = makeBoard({
  incidents: [makeIncident({ priority: 3 }), makeIncident({ id: "i2", number: "2026-000007", schedule })],
  units: [makeUnit("M14"), makeUnit("E2")],
});
const CTX = makeContext(BOARD);

test("a time, and the units that are kept for it, are echoed by the region's clock", () => {
  const meaning = read("SC . 14:00 E2", { ...CTX, zone: NEW_YORK });
  expect(meaning).toMatchObject({
    echo: expect.stringMatching(/^Schedule 1042.* for 14:00 EDT, E2 reserved$/),
    action: { do: "schedule", wanted_at: "2026-07-01T18:00:00.000Z", unit_ids: ["E2"] },
  });
  expect(read("SC . 14:00 M14", { ...CTX, zone: NEW_YORK })).toMatchObject({
    echo: expect.stringContaining("M14 (reserved 14:00 #0007 too)"),
  });
  expect(complete("SC ", CTX).map((c) => c.value)).toContain("1042");
  expect(complete("SC . 14:00 ", CTX).map((c) => c.value)).toEqual(["E2", "M14"]);
});

test("what is past, no time, or being worked is refused", () => {
  const why = (line: string, ctx = CTX) => {
    const meaning = read(line, ctx);
    return meaning.ok ? "" : meaning.why;
  };
  expect(why("SC . 00:01")).toContain("is past; +1/00:01 is tomorrow");
  expect(why("SC . soon")).toContain("is no time");
  expect(why("SC . 23:00 E9")).toContain("no unit E9");
  expect(why("SC . 02-30/23:00")).toContain("no day");
  expect(why("SC- .")).toBe("It is not scheduled.");
  const worked = makeBoard({ incidents: [makeIncident()], assignments: [makeAssignment("E2")] });
  expect(why("SC . 23:00", makeContext(worked))).toContain("being worked");
  expect(read("SC- 7", CTX)).toMatchObject({
    echo: expect.stringContaining("M14 kept no more"),
    action: { do: "schedule", wanted_at: null },
  });
});

test("an hour that the clocks show twice or skip is refused with both readings", () => {
  const before = at("2026-10-31T12:00:00Z");
  expect(localTime("11-01/01:30", before, NEW_YORK)).toEqual({
    why: "The clocks show 01:30 twice on 2026-11-01: say which is meant.",
    candidates: ["2026-11-01/01:30-04:00", "2026-11-01/01:30-05:00"],
  });
  expect(localTime("11-01/01:30-05:00", before, NEW_YORK)).toEqual({ at: "2026-11-01T06:30:00.000Z" });
  expect(localTime("11-01/01:30-04:00", before, NEW_YORK)).toEqual({ at: "2026-11-01T05:30:00.000Z" });
  const spring = at("2026-03-07T12:00:00Z");
  expect(localTime("+1/02:30", spring, NEW_YORK)).toEqual({
    why: "The clocks skip 02:30 on 2026-03-08: say which is meant.",
    candidates: ["2026-03-08/01:30-05:00", "2026-03-08/03:30-04:00"],
  });
  expect(localTime("+1/03:30", spring, NEW_YORK)).toEqual({ at: "2026-03-08T07:30:00.000Z" });
  expect(localTime("+1/03:30+02:00", spring, NEW_YORK)).toMatchObject({ why: expect.stringContaining("+02:00") });
  expect(localTime("2026-12-24/14:00", spring, "UTC")).toEqual({ at: "2026-12-24T14:00:00.000Z" });
  expect(localTime("01-02/14:00", at("2026-12-30T00:00:00Z"), "UTC")).toEqual({ at: "2027-01-02T14:00:00.000Z" });
});

test("the queue shows it apart, and the board what each unit is kept for", () => {
  const queue = queueOf(BOARD, coverOfDisciplines(new Set(["fire"] as const)));
  expect(queue.scheduled.map((row) => row.incident.id)).toEqual(["i2"]);
  expect(queue.pending.map((row) => row.incident.id)).toEqual(["i1"]);
  expect([...keptByUnit(BOARD, at(NOON), NEW_YORK)]).toEqual([["M14", "reserved 14:00 #0007"]]);
  expect(read("D! . M14 nearest", { ...CTX, zone: NEW_YORK })).toMatchObject({
    echo: expect.stringContaining("M14 is reserved 14:00 #0007"),
  });
});
