import { expect, test } from "vitest";
import { makePick } from "../made";
import { originOf } from "./origin";

test("a unit that reported is never said to have no fix: an old one is told with its age", () => {
  const from = (fix_source: "fix" | "stale_fix" | "quarters" | "station", fix_age_s: number | null) =>
    originOf(makePick("E1", { fix_source, fix_age_s }))?.text ?? null;
  expect(from("fix", 3)).toBeNull();
  expect(from("station", null)).toBe("no fix");
  expect(from("station", 780)).toBe("fix 13 min old, from its station");
  expect(from("stale_fix", 780)).toBe("fix 13 min old");
  expect(from("quarters", 780)).toBe("in quarters");
});
