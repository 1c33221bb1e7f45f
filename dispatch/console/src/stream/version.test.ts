import { describe, expect, test } from "vitest";
import { buildOf, isOutdated, KNOWN_KINDS } from "./version";

const page = (hash: string) =>
  `<html><head><link rel="icon" href="/favicon.svg" />` +
  `<script type="module" crossorigin src="/assets/index-${hash}.js"></script></head></html>`;

describe("the build of a page", () => {
  test("is its first script", () => {
    expect(buildOf(page("abc"))).toBe("/assets/index-abc.js");
    expect(buildOf('<script type="module" src="/src/main.tsx"></script>')).toBeNull();
    expect(buildOf("the hub is away")).toBeNull();
  });
  test("is another only where both are known", () => {
    expect(isOutdated(buildOf(page("a")), buildOf(page("b")))).toBe(true);
    expect(isOutdated(buildOf(page("a")), buildOf(page("a")))).toBe(false);
    expect(isOutdated(buildOf(page("a")), null)).toBe(false);
    expect(isOutdated(null, buildOf(page("b")))).toBe(false);
  });
});

test("the kinds of events come from the hub's own description", () => {
  for (const kind of ["incident.created", "unit.assigned", "record.read"]) {
    expect(KNOWN_KINDS.has(kind), kind).toBe(true);
  }
  expect(KNOWN_KINDS.size).toBeGreaterThan(60);
});
