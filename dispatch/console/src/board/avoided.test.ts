import { expect, test } from "vitest";
import type { Pick } from "../api/model";
import { avoidedBy } from "./avoided";

function pick(unit_id: string, avoids: string[] | null): Pick {
  const without = avoids && { travel_s: 60, route: [], avoids };
  return { unit_id, without } as unknown as Pick;
}

test("a closure that many picks avoid is said once in full, and then by the unit that said it", () => {
  const bridge = "Corrinfield Pike: bridge works: shut";
  const picks = [pick("E1", [bridge]), pick("E2", null), pick("E3", [bridge]), pick("L1", [bridge, "limit 12 t"])];
  expect([...avoidedBy(picks)]).toEqual([
    ["E1", bridge],
    ["E3", "what E1 avoids"],
    ["L1", `${bridge}, limit 12 t`],
  ]);
  expect(avoidedBy([pick("E2", []), pick("E4", null)]).size).toBe(0);
});
