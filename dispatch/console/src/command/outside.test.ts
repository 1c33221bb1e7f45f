import { expect, test } from "vitest";
import type { OutsideUnit } from "../api/model";
import { alarmsOf } from "../board/alarms";
import { coverOfDisciplines } from "../board/cover";
import { outsideState } from "../board/outside";
import { makeAdvice, makeAssignment, makeBoard, makeContext, makeIncident, makeUnit, NOON } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";

const PROMISED: OutsideUnit = {
  ref: "O1",
  discipline: "fire",
  capabilities: ["engine"],
  asked_of: "Fairview",
  name: "E5",
  asked_by: "dana",
  asked_at: NOON,
  eta_at: "2026-07-01T12:12:00Z",
  slot: 0,
  state: "promised",
  arrived_at: null,
  ended_at: null,
  reason: "",
};
const contextOf = (...outside: OutsideUnit[]) =>
  makeContext(
    makeBoard({
      incidents: [makeIncident({ priority: 2, outside })],
      units: [makeUnit("E12"), makeUnit("M1", { discipline: "ems", capabilities: ["bls"] })],
      recommendations: [makeAdvice("r1", ["E12"])],
    }),
  );

test("a promise by phone names kind, time and who was asked", () => {
  expect(read("OU . engine +12m Fairview County / E5", contextOf())).toMatchObject({
    echo: "Fairview County E5: engine promised to 1042 Building fire, 14 Mill Rd for 08:12",
    action: {
      do: "ask_outside",
      body: {
        discipline: "fire",
        capabilities: ["engine"],
        asked_of: "Fairview County",
        name: "E5",
        eta_at: "2026-07-01T12:12:00.000Z",
      },
    },
  });
  expect(read("OU . ems bls 08:30 Fairview", contextOf())).toMatchObject({ ok: true });
});

test.each([
  ["OU . trebuchet +12m Fairview", "No unit or plan here knows trebuchet."],
  ["OU . engine +13h Fairview", "+13h is no time within 12 hours: +12m, +1h or 16:30."],
  ["OU . engine +12m", "Who was asked? The centre or agency, then / and the unit's name."],
  ["OUA . O2", "1042 Building fire, 14 Mill Rd has no O2 from outside."],
  ["OUX . O1", "Why does it not come?"],
])("%s is refused", (line, why) => {
  expect(read(line, contextOf(PROMISED))).toMatchObject({ ok: false, why });
});

test("it is promised anew, arrives, is cancelled or leaves", () => {
  const ctx = contextOf(PROMISED);
  expect(read("OU . o1 +30m", ctx)).toMatchObject({ action: { ref: "O1", body: { eta_at: "2026-07-01T12:30:00.000Z" } } });
  expect(read("OUA . O1", ctx)).toMatchObject({ action: { body: { state: "arrived" } } });
  expect(read("OUX . O1 own fire", ctx)).toMatchObject({ action: { body: { state: "cancelled", reason: "own fire" } } });
  const there = contextOf({ ...PROMISED, state: "arrived", arrived_at: NOON });
  expect(read("OUX . O1", there)).toMatchObject({ action: { body: { state: "left" } } });
  expect(read("OUA . O1", there)).toMatchObject({ ok: false });
  expect(complete("OUA . ", ctx)).toEqual([{ value: "O1", hint: "O1 Fairview E5 promised" }]);
});

test("a promise that was not kept is loud, and again each five minutes", () => {
  const { board } = contextOf(PROMISED);
  const cover = coverOfDisciplines(new Set(["fire"]));
  const at = (minutes: number) =>
    alarmsOf(board, cover, Date.parse(NOON) + minutes * 60_000).filter((alarm) => alarm.key.startsWith("promise"));
  expect(at(11)).toEqual([]);
  expect(at(13)[0]?.text).toBe("1042: O1 Fairview E5 was promised 1:00 ago, phone them");
  expect(at(13)[0]?.key).not.toBe(at(18)[0]?.key);
  expect(outsideState(PROMISED, Date.parse(NOON) + 13 * 60_000, "UTC")).toBe("PROMISED 12:12, 1:00 LATE");
});

test("CX sends home who is on the way, whoever's they are, and leaves who is there", () => {
  const board = makeBoard({
    incidents: [makeIncident({ outside: [PROMISED] })],
    units: [makeUnit("E12"), makeUnit("E3", { agency_id: "fire-b" }), makeUnit("E4")],
    assignments: [
      makeAssignment("E12", { status: "on_scene" }),
      makeAssignment("E3", { status: "enroute" }),
    ],
  });
  const ctx = makeContext(board);
  expect(read("CX .", ctx)).toMatchObject({ ok: false, unfinished: true });
  expect(read("CX . all is well", ctx)).toMatchObject({
    ok: true,
    echo: "1042 Building fire, 14 Mill Rd: E3 released; O1 Fairview E5 called off, tell them by phone; E12 is OS and stays (all is well)",
    action: {
      do: "cancel",
      steps: [{ unit_id: "E3", status: "cleared", reason: "all is well" }],
      refs: [{ ref: "O1", state: "cancelled" }],
    },
  });
  expect(read("CX . o1 E3 lower alarm", ctx)).toMatchObject({ ok: true });
  expect(read("CX . E4 lower alarm", ctx)).toMatchObject({ ok: false, why: expect.stringContaining("not on") });
});
