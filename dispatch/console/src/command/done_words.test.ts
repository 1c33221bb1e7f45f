import { expect, test } from "vitest";
import { doneWords, refusalWords } from "./run";

const undone = (value: Record<string, unknown>) =>
  doneWords({ do: "undo", undone_ids: ["c1"] }, "Take back: CX . all is well", [
    { ok: true, command_id: "u1", value },
  ]);

test("who is on its incident after all is not told to disregard", () => {
  expect(undone({ tell: ["E3", "E12"], going: ["E3"] })).toBe(
    "Take back: CX . all is well. Their devices are told; say it on the radio too: E12, disregard; E3, go on as before.",
  );
  expect(undone({ tell: ["E12"], going: [] })).toContain("E12, disregard.");
  expect(undone({ tell: [], going: [] })).toBe("Take back: CX . all is well");
});

test("who took a unit first is told by name", () => {
  const by = "0123456789abcdef0123456789abcdef";
  const problem = { type: "", status: 409, code: "unit_not_available", title: "", detail: "", fields: { assigned_by: by } };
  const refused = { ok: false as const, says: `E12 is on 2026-000016, sent by ${by}.`, problem };
  expect(refusalWords(refused, () => "Dana Drake")).toBe("E12 is on 2026-000016, sent by Dana Drake.");
  expect(refusalWords({ ...refused, problem: { ...problem, fields: {} } }, () => "nobody")).toBe(refused.says);
});
