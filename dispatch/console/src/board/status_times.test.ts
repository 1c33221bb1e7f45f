import { describe, expect, test } from "vitest";
import { makeAssignment } from "../made";
import { lateWords, timesWords } from "./status_times";

const late = {
  status: "enroute" as const,
  agency_code: "10-76",
  at: "2026-07-01T12:01:00Z",
  heard_at: "2026-07-01T12:10:00Z",
  late: true,
};
const spoken = {
  status: "on_scene" as const,
  agency_code: "",
  at: "2026-07-01T12:06:00Z",
  heard_at: "2026-07-01T12:06:00Z",
  late: false,
};

describe("when each status happened", () => {
  test("in its order, each by the agency's own code, and what was heard late by itself", () => {
    const a = makeAssignment("E12", { assigned_at: "2026-07-01T12:00:00Z", status_times: [late, spoken] });
    expect(timesWords(a, "UTC")).toBe("DP 12:00:00 · 10-76 12:01:00 · OS 12:06:00");
    expect(lateWords(a, "UTC")).toBe("10-76 12:01:00");
  });
  test("an assignment of an older hub has none", () => {
    const { status_times: _, ...old } = makeAssignment("E12");
    expect(lateWords(old as never, "UTC")).toBe("");
  });
});
