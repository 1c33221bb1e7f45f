import { expect, test } from "vitest";
import { nameIn } from "./names";

test("a person is named; a made id that nobody can read is never shown", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(nameIn(id, new Map([[id, "Dana Reyes"]]))).toBe("Dana Reyes");
  expect(nameIn(id, new Map())).toBe("somebody");
  expect(nameIn("hub", new Map())).toBe("hub");
});
