import { expect, test } from "vitest";
import { shortSpan } from "./words";

test.each([
  [-3, "0:00"],
  [42, "0:42"],
  [3599.9, "59:59"],
  [3600, "1h00"],
  [3753, "1h02"],
  [86_399, "23h59"],
  [360_000, "100h"],
])("%s seconds are said in five characters: %s", (seconds, said) => {
  expect(shortSpan(seconds)).toBe(said);
  expect(said.length).toBeLessThanOrEqual(5);
});
