import { expect, test } from "vitest";
import { makeAssignment } from "../made";
import { crewWords } from "./volunteers";

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
