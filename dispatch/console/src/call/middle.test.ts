import { expect, test } from "vitest";
import { enterOn, pinAfter, pinListed, type Pin } from "./middle";

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

test("places found after the question: the Enter on its way takes neither the middle nor one of them", () => {
  const asked = pinAfter("idle", "0");
  // Pressed before the list has taken note of them, and after.
  expect(enterOn(asked, true)).toBe("ends");
  expect(enterOn(pinListed(asked, 3), true)).toBe("ends");
  expect(enterOn(pinListed(asked, 3), false)).toBe("ends");
});

test("the question stands where the search finds nothing", () => {
  expect(enterOn(pinListed(pinAfter("idle", "0"), 0), false)).toBe("typed");
});

test("a number typed while the hub looks picks nothing of what it finds", () => {
  expect(enterOn(pinListed(pinAfter("idle", "6"), 3), true)).toBe("ends");
});

test("a list that nothing was asked of is picked from", () => {
  expect(enterOn(pinListed("idle", 3), true)).toBe("place");
  expect(enterOn(pinAfter("asked", "ArrowUp"), true)).toBe("place");
  expect(enterOn(pinAfter("asked", "PageDown"), true)).toBe("place");
});
