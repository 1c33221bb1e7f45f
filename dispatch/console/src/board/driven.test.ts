import { expect, test } from "vitest";
import { makePick } from "../made";
import { drivenOtherwise, turnsWaived } from "./driven";

test("says whose speed and whose turns are not as usual", () => {
  const picks = [
    makePick("E1", { speed_share: 0.85, waives_turns: true }),
    makePick("E2"),
    makePick("L3", { waives_turns: true }),
  ];
  expect(drivenOtherwise(picks)).toBe("of usual speed E1 85% · turn bans waived E1 L3");
  expect(drivenOtherwise([makePick("E2")])).toBe("");
  expect(drivenOtherwise([makePick("E2", { congestion: 0.3 })])).toBe("of traffic felt E2 30%");
});

test("tells a crew that its way turns where a sign forbids it to others", () => {
  expect([{}, { turns_waived: 1 }, { turns_waived: 2 }].map(turnsWaived)).toEqual([
    "",
    "NO-TURN WAIVED at 1 place",
    "NO-TURN WAIVED at 2 places",
  ]);
});
