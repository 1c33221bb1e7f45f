import { describe, expect, test } from "vitest";
import { makeAssignment } from "../made";
import { assumed, stepsOf } from "./own_statuses";

describe("what a crew may press while what it pressed before is not sent", () => {
  const a = makeAssignment("E12", { status: "dispatched" });
  const allowed = (unsent: string[]) =>
    stepsOf(null, assumed(null, a, unsent)).filter((step) => step.allowed).map((step) => step.code);
  test("the next step follows the last one pressed", () => {
    expect(allowed([])).not.toContain("TR");
    expect(allowed(["E12 ER", "E12 ACK", "E12 OS"])).toContain("TR");
  });
  test("what another unit pressed, or what cannot follow, counts for nothing", () => {
    expect(assumed(null, a, ["E13 OS", "E12 AH", "E12 received"])).toEqual(a);
  });
});
