import { expect, test } from "vitest";
import type { AgencyStatus } from "../api/model";
import { nextSteps, ownWords, stepsOf } from "../board/own_statuses";
import { makeAssignment, makeBoard, makeContext, makeIncident, makeUnit, REGION } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";

const own = (code: string, label: string, core: AgencyStatus["core"], allowed_from: string[], shortcut = "") => ({
  code,
  label,
  core,
  allowed_from,
  shortcut,
});
const TEN_CODES = [
  own("10-50", "Assigned", "DP", []),
  own("10-76", "Responding", "ER", ["10-50"]),
  own("10-23", "Arrived", "OS", ["10-50", "10-76"]),
  own("10-6", "With the party", "OS", ["10-23"], "BUSY"),
  own("10-8", "In service", "AV", ["10-50", "10-76", "10-23", "10-6"]),
  own("10-7", "Meal", "OOS", []),
];
const region = {
  ...REGION,
  agencies: [
    ...REGION.agencies,
    { ...REGION.agencies[0]!, id: "law-b", name: "Brill Police", discipline: "law" as const, statuses: TEN_CODES },
  ],
};
const police = (agency_code: string, status: "dispatched" | "on_scene" = "dispatched") => {
  const live = makeAssignment("P7", { agency_id: "law-b", discipline: "law", agency_code, status });
  const units = [
    makeUnit("P7", { agency_id: "law-b", discipline: "law" }),
    makeUnit("P8", { agency_id: "law-b", discipline: "law" }),
    makeUnit("E12"),
  ];
  const assignments = [live, makeAssignment("E12")];
  return { live, ctx: makeContext(makeBoard({ incidents: [makeIncident()], units, assignments }), { region }) };
};

test("an agency's own code is a verb, and so is its shortcut", () => {
  const { ctx } = police("10-50");
  expect(read("10-76 P7", ctx)).toMatchObject({
    echo: "P7: 10-76 Responding (en route)",
    action: { steps: [{ unit_id: "P7", status: "enroute", code: "10-76" }] },
  });
  expect(read("S 10-76 p7", ctx)).toMatchObject({ ok: true });
  expect(read("busy P7", police("10-23", "on_scene").ctx)).toMatchObject({
    action: { steps: [{ status: "on_scene", code: "10-6" }] },
  });
});

test("what cannot follow is refused with what can, in the agency's words", () => {
  const { ctx } = police("10-50");
  const why = "P7 is 10-50 Assigned; next can be 10-76 Responding, 10-23 Arrived, 10-8 In service.";
  expect(read("10-6 P7", ctx)).toMatchObject({ ok: false, why });
  expect(read("TR P7", ctx)).toMatchObject({ ok: false, why });
  expect(read("10-23 E12", ctx)).toMatchObject({ ok: false, why: "E12's agency goes by the common codes." });
  expect(read("S 10-99 P7", ctx)).toMatchObject({ ok: false, why: "P7's agency has no code 10-99." });
});

test("a core status says which of the agency's codes it will be", () => {
  expect(read("OS P7", police("10-50").ctx)).toMatchObject({
    echo: "P7: On scene (10-23 Arrived)",
    action: { steps: [{ status: "on_scene" }] },
  });
});

test("a free unit goes out of service in its agency's word", () => {
  const { ctx } = police("10-50");
  expect(read("10-7 P8", ctx)).toMatchObject({
    action: { steps: [{ kind: "duty", unit_id: "P8", duty: "out_of_service", reason: "Meal", code: "10-7" }] },
  });
  expect(read("10-7 P7", ctx)).toMatchObject({ ok: false });
});

test("the tablet has the agency's buttons, others have the common ones", () => {
  const { live } = police("10-23", "on_scene");
  expect(ownWords(region, live)).toBe("10-23 Arrived");
  expect(stepsOf(region, live).map((step) => [step.code, step.allowed])).toEqual([
    ["10-76", false],
    ["10-23", false],
    ["10-6", true],
    ["10-8", true],
  ]);
  expect(nextSteps(region, makeAssignment("E12")).map((step) => step.code)).toEqual(["ER", "ST", "OS", "AV"]);
});

test("Tab offers the codes of the agencies that are at work", () => {
  const { ctx } = police("10-50");
  expect(complete("S 10-7", ctx)).toEqual([
    { value: "10-76", hint: "Responding, Brill Police" },
    { value: "10-7", hint: "Meal, Brill Police" },
  ]);
  expect(complete("10-76 P", ctx).map((one) => one.value)).toContain("P7");
});
