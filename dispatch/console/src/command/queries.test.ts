import { expect, test } from "vitest";
import { makeAssignment, makeBoard, makeContext, makeIncident, makeUnit } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";
import { queryWords } from "./run";

const law = { ...(makeIncident().legs[0] as NonNullable<ReturnType<typeof makeIncident>["legs"][0]>), discipline: "law" as const };
const CTX = makeContext(
  makeBoard({
    incidents: [makeIncident({ legs: [law] })],
    units: [makeUnit("P75", { discipline: "law" })],
    assignments: [makeAssignment("P75", { discipline: "law", status: "on_scene" })],
  }),
);

test("a plate is asked for a stated purpose and shown to the unit on the stop", () => {
  expect(read("Q . plate abc 123 stop", CTX)).toMatchObject({
    echo: expect.stringContaining("Ask about plate abc 123 for traffic stop"),
    action: { do: "query", what: "plate", words: "abc 123", purpose: "traffic_stop", unit_id: "P75" },
  });
  for (const line of ["Q .", "Q . plate", "Q . plate ABC123", "Q . plate ABC123 why"]) {
    expect(read(line, CTX)).toMatchObject({ ok: false, unfinished: true });
  }
  const fire = makeContext(makeBoard({ incidents: [makeIncident()] }));
  expect(read("Q . plate ABC123 stop", fire)).toMatchObject({ ok: false, why: expect.stringContaining("law") });
  expect(complete("Q . p", CTX).map((c) => c.value)).toEqual(["plate"]);
});

test("a caution is the first word, and no answer is said with why", () => {
  const kept = { answer: { found: true, caution: "armed", lines: ["STOLEN"] }, why: "" };
  expect(queryWords(kept as never)).toBe("CAUTION armed: FOUND: STOLEN");
  expect(queryWords({ answer: null, why: "The service did not answer within 5 s." } as never)).toBe(
    "NO ANSWER: The service did not answer within 5 s.",
  );
});
