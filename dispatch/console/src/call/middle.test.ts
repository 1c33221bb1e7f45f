import { expect, test } from "vitest";
import { pinAfter, type Pin } from "./middle";

/** Whether Enter behind these keys takes the middle of the map. */
const pins = (keys: string): boolean =>
  [...keys].reduce<Pin>((pin, key) => pinAfter(pin, key), "idle") === "asked";

test("0 asks, and Enter takes it", () => {
  expect(pins("0")).toBe(true);
});

test.each(["6105550150", "6105000042", "610 500 1200", "00", "0041794000012", "5550", "000"])(
  "the number %s asks for nothing, whatever its noughts",
  (digits) => {
    for (let typed = 2; typed <= digits.length; typed++) expect(pins(digits.replaceAll(" ", "").slice(0, typed))).toBe(false);
  },
);

test("another key ends the number", () => {
  expect(pinAfter(pinAfter("number", "ArrowDown"), "0")).toBe("asked");
});
