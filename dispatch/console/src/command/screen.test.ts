/** Verbs that change what the screen shows: what a click prints does, typed, the same. */

import { expect, test } from "vitest";
import type { ZoneCover } from "../api/model";
import { makeAssignment, makeBoard, makeClosure, makeContext, makeIncident, makeUnit } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";
import { requestOf } from "./run";
import { panelLine, PANELS, seeLine, selectLine } from "./screen";

const ONE = makeIncident();
const TWO = makeIncident({ id: "i2", number: "2026-002042" });
const BOARD = makeBoard({
  incidents: [ONE, TWO],
  units: [makeUnit("E2"), makeUnit("E22"), makeUnit("M14")],
  assignments: [makeAssignment("E22", { incident_id: "i2" })],
  closures: [makeClosure({ id: "closure-4f2a9c", description: "Mill bridge" })],
});
const zone = (zone_id: string, muted = false): ZoneCover => ({
  zone_id,
  agency_id: "fire-a",
  box: [0, 0, 1, 1],
  within: false,
  within_after: false,
  unit_id: null,
  seconds: null,
  unit_after: null,
  seconds_after: null,
  muted,
});
const CTX = makeContext(BOARD);
const COVERED = makeContext(BOARD, {
  sight: { ...CTX.sight, zones: [zone("fire-a/1500/3/4"), zone("fire-b/1500/3/4"), zone("fire-a/1500/9/9", true)], zoneId: "fire-a/1500/3/4" },
});

function actOf(line: string, ctx = CTX) {
  const meaning = read(line, ctx);
  if (!meaning.ok) throw new Error(`${line}: ${meaning.why}`);
  return meaning.action;
}
function whyOf(line: string, ctx = CTX) {
  const meaning = read(line, ctx);
  if (meaning.ok) throw new Error(`${line} means ${meaning.echo}`);
  return meaning;
}

test("a row, and a unit that is on it, open the incident", () => {
  expect(selectLine(TWO, BOARD)).toBe("V 2042");
  expect(actOf(selectLine(TWO, BOARD))).toEqual({ do: "screen", act: { what: "select", incident_id: "i2" } });
  expect(actOf("v e22")).toEqual({ do: "screen", act: { what: "select", incident_id: "i2" } });
  expect(whyOf("V M14").why).toBe("M14 is on no incident: Z M14 shows it on the map.");
  expect(whyOf("V E").candidates).toEqual(["E2", "E22"]);
  expect(whyOf("V 042").candidates).toHaveLength(2);
  expect(complete("V E2", CTX).map((c) => c.value)).toEqual(["E22"]);
});

test("two numbers that are said alike are printed whole, and whole they are named apart", () => {
  const old = makeIncident({ id: "i3", number: "2025-001042" });
  const board = makeBoard({ incidents: [ONE, old] });
  const ctx = makeContext(board);
  expect(selectLine(old, board)).toBe("V 2025-001042");
  expect(actOf(selectLine(old, board), ctx)).toMatchObject({ act: { incident_id: "i3" } });
  expect(whyOf("V 1042", ctx).candidates.map((c) => c.split(" ")[0])).toEqual(["2026-001042", "2025-001042"]);
});

test.each(PANELS)("the button of %s opens it and shuts it again", (panel) => {
  expect(actOf(panelLine(panel, "none"))).toMatchObject({ act: { what: "panel", panel } });
  expect(actOf(panelLine(panel, panel))).toMatchObject({ act: { what: "panel", panel: null } });
});

test("Z shows a unit without leaving the incident that is looked at, and says what opens its own", () => {
  expect(actOf("Z E22")).toMatchObject({ do: "show", incident_id: null, unit_id: "E22" });
  expect(read("Z E22", CTX)).toMatchObject({ echo: expect.stringMatching(/V E22 opens its 2042 /) });
  expect(read("Z M14", CTX)).toMatchObject({ echo: "Show M14 on the map" });
  expect(actOf("Z 2042")).toMatchObject({ do: "show", incident_id: "i2" });
});

test("a closure on the map opens its panel; a panel that the screen lacks is refused with those it has", () => {
  expect(actOf("SHOW closures closure-4f2a9c")).toMatchObject({ act: { panel: "closures", closure_id: "closure-4f2a9c" } });
  expect(whyOf("SHOW maps").candidates).toEqual([...PANELS]);
  expect(whyOf("SHOW c").candidates).toEqual(["closures", "coverage"]);
  const supervisor = makeContext(BOARD, { sight: { ...CTX.sight, map: false, panels: [], seen: null } });
  expect(whyOf("SHOW coverage", supervisor).why).toBe("This screen has no panels to show.");
  expect(whyOf("Z E22", supervisor).why).toBe("This screen has no map; V opens an incident.");
  expect(whyOf("SEE law", supervisor).unfinished).toBe(false);
});

test("a square is chosen, left out and counted again; the hub is asked for the latter two", () => {
  expect(whyOf("SQ- fire-a/1500/3/4").why).toContain("SHOW coverage");
  expect(actOf("SQ fire-b/1500/3/4", COVERED)).toMatchObject({ act: { what: "square", zone_id: "fire-b/1500/3/4" } });
  expect(whyOf("SQ 3/4", COVERED).candidates).toEqual(["fire-a/1500/3/4", "fire-b/1500/3/4"]);
  const out = actOf("SQ- . a lake", COVERED);
  expect(out).toEqual({ do: "mute_square", zone_id: "fire-a/1500/3/4", muted: true, reason: "a lake" });
  if (out.do !== "mute_square") throw new Error(out.do);
  expect(requestOf(out)).toMatchObject({ path: "/coverage/mutes", body: { muted: true, reason: "a lake" } });
  expect(actOf("SQ+ 9/9", COVERED)).toMatchObject({ zone_id: "fire-a/1500/9/9", muted: false });
  expect(whyOf("SQ+ .", COVERED).why).toBe("Square fire-a/1500/3/4 is counted already.");
});

test("disciplines in sight are said whole, so that the line means the same whatever was in sight", () => {
  expect(seeLine("law", new Set(["law", "fire", "ems"]))).toBe("SEE ems fire");
  expect(seeLine("law", new Set(["fire", "ems"]))).toBe("SEE all");
  expect(seeLine("law", new Set(["law"]))).toBe("SEE -");
  for (const line of ["SEE all", "SEE fire ems", "SEE -"]) expect(actOf(line)).toMatchObject({ act: { what: "see" } });
  expect(whyOf("SEE all law").unfinished).toBe(false);
});

test("silencing says what it silences, and is refused where nothing is loud", () => {
  expect(whyOf("SIL").why).toBe("No alarm is loud.");
  const loud = makeContext(BOARD, { sight: { ...CTX.sight, alarms: "E22 silent" } });
  expect(actOf("SIL", loud)).toEqual({ do: "screen", act: { what: "silence" } });
});
