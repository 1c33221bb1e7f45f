/** What the hub's heart beat tells of a full disk, as it stands on every screen: rendered, not only kept. */

import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { NOT_FOLLOWING, receive, WELL, type Ailing } from "../stream/follow";
import { AilingLine } from "./parts";

/** The line that stands on the screens after a heart beat tells this. */
function shownAfter(told: Ailing): string {
  const beat = { type: "heartbeat", seq: 0, head: 0, at: "2026-07-01T12:00:02Z", behind_s: 0, ...told } as const;
  const { effects } = receive(NOT_FOLLOWING, beat, "t");
  const ailing = effects.flatMap((effect) => (effect.do === "ailing" ? [effect.ailing] : []));
  expect(ailing).toHaveLength(1);
  const html = renderToStaticMarkup(createElement(AilingLine, ailing[0] as Ailing));
  return html.replaceAll("&#x27;", "'");
}

test("a full disk is an alert that says what to do, and goes with the first beat after there is room", () => {
  const full = shownAfter({ ...WELL, full: true });
  expect(full).toContain('role="alert"');
  expect(full).toContain("THE HUB'S DISK IS FULL: nothing new is written, no pager is told; have room made on it");
  expect(full).toContain("Work by radio and write the times down");
  expect(full).not.toContain("COULD NOT TAKE");
  expect(full).not.toContain("WATCHES NO TIMES");
  expect(shownAfter(WELL)).toBe("");
});

test("all that ails the hub at once stands there at once, a full disk first", () => {
  const all = shownAfter({ unwatched_s: 75, full: true, untaken: 3 });
  const [disk, untaken, times] = ["DISK IS FULL", "COULD NOT TAKE 3", "1:15"].map((words) => all.indexOf(words));
  expect(disk).toBeGreaterThan(0);
  expect(untaken).toBeGreaterThan(disk as number);
  expect(times).toBeGreaterThan(untaken as number);
});
