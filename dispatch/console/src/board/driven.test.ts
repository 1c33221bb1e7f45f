import { expect, test } from "vitest";
import { makePick } from "../made";
import { drivenOtherwise } from "./driven";

test("says whose speed and whose turns are not as usual", () => {
  const picks = [
    makePick("E1", { speed_share: 0.85, waives_turns: true }),
    makePick("E2"),
    makePick("L3", { waives_turns: true }),
  ];
  expect(drivenOtherwise(picks)).toBe("of usual speed E1 85% · turn bans waived E1 L3");
  expect(drivenOtherwise([makePick("E2")])).toBe("");
});
