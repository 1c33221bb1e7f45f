import { expect, test } from "vitest";
import { makeAssignment, makeUnit } from "../made";
import { answerOf, crewWords, pagesOf } from "./volunteers";

const answered = (volunteer: string, ...skills: string[]) => ({
  volunteer,
  skills,
  answer: "responding" as const,
  answered_at: "2026-06-01T12:00:00Z",
  arrives_at: null,
});

test("a crew from home is counted against what its agency asks for", () => {
  expect(crewWords(makeAssignment("E7"))).toBeNull();
  const staff_min = { any: 3, driver: 1 };
  const waits = { status: "dispatched" as const, staff_min };
  expect(crewWords(makeAssignment("E7", waits))).toBe("0 of 3 responding, no driver");
  const two = [answered("V1"), answered("V2", "driver")];
  expect(crewWords(makeAssignment("E7", { ...waits, responses: two }))).toBe("2 of 3 responding");
  const staffed = { ...waits, responses: two, staffed_at: "2026-06-01T12:01:00Z" };
  expect(crewWords(makeAssignment("E7", staffed))).toBe("crew complete, 2 responding");
  expect(crewWords(makeAssignment("E7", { ...staffed, status: "enroute" }))).toBeNull();
});

test("a device shows the pages of its station, and of no other", () => {
  const units = {
    E7: makeUnit("E7", { station: "ST7" }),
    L7: makeUnit("L7", { station: "ST7" }),
    E8: makeUnit("E8", { station: "ST8" }),
    X7: makeUnit("X7", { station: "ST7", agency_id: "other" }),
  };
  const page = { status: "dispatched" as const, staff_min: { any: 2 } };
  const paged = Object.keys(units).map((id) => makeAssignment(id, page));
  expect(pagesOf(units.E7, units, paged).map((a) => a.unit_id)).toEqual(["E7", "L7"]);
  const rolled = paged.map((a) => ({ ...a, status: "enroute" as const }));
  expect(pagesOf(units.E7, units, rolled)).toEqual([]);
  const waitsForNobody = [makeAssignment("E7", { status: "dispatched" })];
  expect(pagesOf(units.E7, units, waitsForNobody)).toEqual([]);
  const mine = makeAssignment("E7", { ...page, responses: [answered("V1"), answered("V12")] });
  expect(answerOf(mine, "V12")?.volunteer).toBe("V12");
  expect(answerOf(mine, "V2")).toBeUndefined();
});
