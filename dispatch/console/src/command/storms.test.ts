import { expect, test } from "vitest";
import { makeBoard, makeContext, NOON } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";

const calm = makeContext(makeBoard({}));
const blown = makeContext(
  makeBoard({
    storms: [{ agency_id: "fire-a", since: NOON, by: "sue", reason: "wind", ask_at: NOON }],
  }),
);

test("the storm switch names the agency, the time at which it is asked, and why", () => {
  expect(read("STORM fire-a +4h wind, trees down", calm)).toMatchObject({
    echo: "Storm plans for Ashby Fire, asked again at 12:00: wind, trees down",
    action: { do: "storm", agency_id: "fire-a", ask_at: "2026-07-01T16:00:00.000Z" },
  });
  expect(read("STORM ashby fire +4h wind", calm)).toMatchObject({
    action: { do: "storm", agency_id: "fire-a", reason: "wind" },
  });
  expect(read("STORM fire-a +2h wind", blown)).toMatchObject({
    echo: "Storm plans of Ashby Fire go on, asked again at 10:00: wind",
  });
  expect(read("STORM fire-a - wind is over", blown)).toMatchObject({
    action: { do: "storm", ask_at: null, reason: "wind is over" },
  });
});

test("what would switch nothing is refused, and what is missing is asked for", () => {
  expect(read("STORM fire-a - over", calm)).toMatchObject({ why: expect.stringContaining("own plans") });
  expect(read("STORM ems-a +4h wind", calm)).toMatchObject({ why: expect.stringContaining("storm plans") });
  expect(read("STORM fire-a +4h", calm)).toMatchObject({ why: "Why?" });
  expect(complete("STORM f", calm).map((c) => c.value)).toEqual(["fire-a"]);
});
