/** Contrast of every pair of colours that carries meaning, by WCAG 2.2 (1.4.3 and 1.4.11), printed. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./base.css", import.meta.url), "utf8");
const block = (selector: string): Record<string, string> => {
  const from = css.indexOf(`${selector} {`);
  const body = css.slice(from, css.indexOf("}", from));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
};
const THEMES = {
  night: { ...block(":root"), ...block(':root[data-theme="night"]') },
  day: { ...block(":root"), ...block(':root[data-theme="day"]') },
};

/** Relative luminance of sRGB, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const part = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ["background", "panel", "raised", "raised-2", "selected"];
const STATES = ["av", "dp", "er", "os", "tr", "oos"];
/** Colour, what it stands on, and the least contrast: 4.5 for text, 3 for what is only drawn. */
const PAIRS: [string, string, number][] = [
  ...["text", "secondary", "alarm"].flatMap((ink) =>
    SURFACES.map((on): [string, string, number] => [ink, on, 4.5]),
  ),
  ...STATES.map((state): [string, string, number] => ["on-fill", state, 4.5]),
  ["on-focus", "focus", 4.5],
  ["focus", "background", 3],
  ["focus", "panel", 3],
  ["control", "background", 3],
  ["control", "panel", 3],
];

test.each(Object.entries(THEMES))("%s: text has 4.5 to 1 at least, controls 3 to 1", (name, colours) => {
  const of = (token: string) => colours[token] ?? "";
  const found = [
    ...PAIRS.map(([ink, on, least]) => ({ pair: `${ink} on ${on}`, least, is: contrast(of(ink), of(on)) })),
    { pair: "white on act-now", least: 4.5, is: contrast("#ffffff", of("act-now")) },
  ];
  console.log(found.map((f) => `${name.padEnd(6)}${f.pair.padEnd(26)}${f.is.toFixed(2)}`).join("\n"));
  expect(found.filter((f) => !(f.is >= f.least))).toEqual([]);
});
