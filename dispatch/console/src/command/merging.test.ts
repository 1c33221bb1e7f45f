import { describe, expect, test } from "vitest";
import type { Incident } from "../api/model";
import { mergedInto } from "../board/select";
import { makeAssignment, makeBoard, makeCall, makeContext, makeIncident, makeUnit } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";
import { doneWords, requestOf } from "./run";

const MERGED: Incident["merged"][number] = {
  incident_id: "i9",
  number: "2026-001009",
  type_label: "Smoke",
  address: "Mill St",
  at: "2026-07-01T12:00:00Z",
  by: "dana",
  reason: "",
  command_id: "m1",
  case_numbers: {},
  call_ids: [],
  assignment_ids: [],
};
const near = makeIncident({ id: "i3", number: "2026-000007", type_label: "Vehicle fire" });
const far = makeIncident({
  id: "i4",
  number: "2026-000008",
  place: { ...near.place, at: [near.place.at[0] + 0.02, near.place.at[1]] },
});
const BOARD = makeBoard({
  incidents: [makeIncident({ merged: [MERGED] }), near, far],
  calls: [makeCall({ incident_id: "i3" })],
  units: [makeUnit("E2")],
  assignments: [makeAssignment("E2", { incident_id: "i3" })],
});
const CTX = makeContext(BOARD);

describe("merging", () => {
  test("the echo says which one closes, which one stays, and what goes over", () => {
    const meaning = read("MG . 0007", CTX);
    expect(meaning).toMatchObject({
      ok: true,
      echo:
        "0007 Vehicle fire, 14 Mill Rd CLOSES and goes INTO 1042 Building fire, 14 Mill Rd, 0 m away: 1 call, E2",
      action: { do: "merge", incident_id: "i1", other_id: "i3", reason: "" },
    });
    if (!meaning.ok) throw new Error();
    expect(requestOf(meaning.action as never).path).toBe("/incidents/i1/merges");
    const done = [{ ok: true, command_id: "c", value: { tell: ["E2"] } }] as const;
    expect(doneWords(meaning.action, "Done", done)).toContain("say it on the radio too: E2");
  });
  test("far apart it needs a reason; itself is refused", () => {
    expect(read("MG . 0008", CTX)).toMatchObject({ ok: false, unfinished: true });
    expect(read("MG . 0008 the car drives on", CTX)).toMatchObject({ action: { reason: "the car drives on" } });
    expect(read("MG . 1042", CTX)).toMatchObject({ ok: false, unfinished: false });
    expect(read("MG .", CTX)).toMatchObject({ ok: false, unfinished: true });
  });
  test("what was merged is found by its number, and taken out by it", () => {
    expect(read("N 1009 text", CTX)).toMatchObject({
      ok: false,
      why: "1009 was merged into 1042 Building fire, 14 Mill Rd.",
      candidates: ["1042"],
    });
    expect(read("MG- . 1009", CTX)).toMatchObject({
      action: { do: "unmerge", incident_id: "i1", other_id: "i9" },
    });
    expect(read("MG- 0007 1009", CTX)).toMatchObject({ ok: false, why: expect.stringContaining("Nothing") });
    expect(complete("MG- . ", CTX)).toEqual([{ value: "1009", hint: "Smoke" }]);
    expect(mergedInto(BOARD, "i9")).toBe("i1");
    expect(mergedInto(BOARD, "i8")).toBeNull();
  });
});
