/** Text keeps its measured contrast: nothing makes it fainter behind `contrast.test.ts`. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("no text is made fainter by opacity, but what cannot be pressed", () => {
  const here = new URL("./", import.meta.url);
  const fainter = readdirSync(here)
    .filter((name) => name.endsWith(".css"))
    .flatMap((name) => [...readFileSync(new URL(name, here), "utf8").matchAll(/([^{}]+)\{([^{}]*)\}/g)])
    .filter(([, , body]) => /opacity:\s*0?\.\d/.test(body ?? ""))
    .map(([, selector]) => selector?.trim());
  expect(fainter).toEqual([".button:disabled"]);
});
