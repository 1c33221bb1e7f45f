/** Whatever is typed: nothing throws, what is refused says why, what is offered can be read on, and a line
 * means the same in other letters and spaces. Lines are made from a fixed seed, so that a failure repeats. */

import { expect, test, vi } from "vitest";
import {
  makeAdvice,
  makeAssignment,
  makeBlock,
  makeBoard,
  makeClosure,
  makeContext,
  makeIncident,
  makePosition,
  makeUnit,
  REGION,
} from "../made";
import type { Bolo, HospitalState, ZoneCover } from "../api/model";
import { complete, completed } from "./complete";
import { read } from "./grammar";
import { VERBS } from "./meaning";
import { requestOf } from "./run";

const LEGS = makeIncident().legs;
const leg = (discipline: "law" | "fire" | "ems", agency_id: string) => ({ ...LEGS[0]!, discipline, agency_id });
const ZONE: ZoneCover = {
  zone_id: "fire-a/1500/3/4",
  agency_id: "fire-a",
  box: [0, 0, 1, 1],
  muted: false,
  seconds: 300,
  seconds_after: 300,
  unit_after: "E2",
  unit_id: "E2",
  within: true,
  within_after: true,
};
const BOARD = makeBoard({
  incidents: [
    makeIncident({ legs: [leg("fire", "fire-a"), leg("ems", "ems-a")], audience: ["fire-a", "ems-a"] }),
    makeIncident({ id: "i2", number: "2026-002042", type_label: "Vehicle fire", incident_type: "VEHICLE_FIRE" }),
    makeIncident({ id: "i3", number: "2026-000007", legs: [leg("law", "law-a")], case_numbers: { "fire-a": "F-1" } }),
  ],
  units: [
    makeUnit("E2"),
    makeUnit("E22"),
    makeUnit("E7"),
    makeUnit("M14", { discipline: "ems", agency_id: "ems-a" }),
    makeUnit("P75", { discipline: "law", agency_id: "law-a" }),
    makeUnit("L9", { duty: "out_of_service", duty_reason: "pump" }),
    makeUnit("10", { discipline: "law", agency_id: "law-a" }),
  ],
  recommendations: [makeAdvice("r1", ["E22"])],
  assignments: [
    makeAssignment("M14", { incident_id: "i3", discipline: "ems", agency_id: "ems-a" }),
    makeAssignment("P75", { incident_id: "i3", discipline: "law", status: "on_scene", check_due_at: "2026-07-01T12:10:00Z" }),
    makeAssignment("E7", { incident_id: "i2", staff_min: { driver: 1 } }),
  ],
  closures: [makeClosure({ id: "closure-4f2a9c", description: "Mill bridge" }), makeBlock()],
  positions: [makePosition(), makePosition({ id: "LAW-1", disciplines: ["law"], held_by: null, held_by_name: "" })],
  hospitals: [{ hospital_id: "MERCY", intake: "divert", without: [], until: null, reason: "", by: "", since: "" } as unknown as HospitalState],
  bolos: [{ id: "b12", ref: "B12", text: "red pickup", kind: "vehicle" } as unknown as Bolo],
});
const PLAIN = makeContext(BOARD);
const CTX = makeContext(BOARD, {
  sight: { ...PLAIN.sight, zones: [ZONE], zoneId: ZONE.zone_id, alarms: "M14 has not acknowledged" },
  last: { line: "D 1042 E22", command_ids: ["x"] },
  region: REGION,
});

vi.setConfig({ testTimeout: 60_000 });

/** A small generator of its own: the same numbers on every machine. */
function seeded(seed: number): () => number {
  let at = seed;
  return () => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return at / 2 ** 32;
  };
}

const WORDS = [
  ".", "*", "-", "/", ":", "1042", "042", "42", "7", "0007", "2026-001042", "9999", "E22", "e2", "E", "M14", "P75", "L9", "10",
  "fire", "ems", "law", "fire:", "all:", "STRUCTURE_FIRE", "VEHICLE", "vehicle fire", "+15m", "+2h", "+0m", "25:00", "16:30",
  "1", "2", "0", "-1", "1e3", "NaN", "R2", "Y1", "B0", "MERCY", "divert", "closed", "open", "trauma", "plate", "warrant",
  "ABC123", "stop", "safe", "MED", "FIRE 2", "FIRE-1", "LAW-1", "4f2a9c", "4f2a1c", "O1", "B12", "coverage", "closures", "c",
  "40.1,-75.3", "40.1,-75.31;", "ALONG", "TRAFFIC", "H3.5", "EVERY", "Mon-Fri", "20:00-05:00", "reason", "false alarm",
  "fire-a", "ems-a", "+driver", "no", "constructor", "__proto__", "toString", "ünïcode", "\"", "\\", "(", "[", "%", "$&", "\u0000", "😀",
];
const LINES: string[] = (() => {
  const next = seeded(20_261_126);
  const pick = <T,>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T;
  const made: string[] = [];
  for (let n = 0; n < 3_000; n += 1) {
    const verb = next() < 0.95 ? pick(VERBS).verb : pick(WORDS);
    const rest = Array.from({ length: Math.floor(next() * 6) }, () => pick(WORDS));
    made.push([verb, ...rest].join(next() < 0.1 ? "  " : " ") + (next() < 0.3 ? " " : ""));
  }
  return made;
})();

/** Without what was typed itself. */
const own = (said: string, line: string) =>
  line.split(/\s+/).filter(Boolean).reduce((left, word) => left.replaceAll(word, "").replaceAll(word.toUpperCase(), ""), said);

test("no line throws; what is meant is echoed and becomes one request; what is not says why", () => {
  for (const line of LINES) {
    const meaning = read(line, CTX);
    if (meaning.ok) {
      expect(own(meaning.echo, line), line).not.toMatch(/undefined|\[object|NaN|null/);
      expect(meaning.echo.trim(), line).not.toBe("");
      const { action } = meaning;
      if (!["status", "cancel", "show", "screen", "undo", "query"].includes(action.do)) {
        expect(requestOf(action as Parameters<typeof requestOf>[0]).path, line).toMatch(/^\/[^\s]*$/);
      }
    } else {
      expect(own(meaning.why, line), line).not.toMatch(/undefined|\[object|NaN|null/);
      expect(meaning.why.trim(), line).not.toBe("");
      expect(own(meaning.candidates.join(), line), line).not.toMatch(/undefined|\[object/);
    }
  }
});

test("a line means the same with other spaces, and its verb in small letters", () => {
  for (const line of LINES) {
    const [verb = "", ...rest] = line.trim().split(/\s+/);
    expect(read(`  ${verb.toLowerCase()}   ${rest.join("   ")}  `, CTX), line).toEqual(read(line, CTX));
  }
});

test("what is refused names the word that was typed, or is about the whole", () => {
  const unnamed = VERBS.flatMap(({ verb }) => {
    const line = `${verb} ${/^\S+ (\.|1042)/.test(VERBS.find((v) => v.verb === verb)!.form) ? "1042 " : ""}QQQQ`;
    const meaning = read(line, CTX);
    return meaning.ok || meaning.unfinished || /QQQQ|alone|no more|^(Nobody|Nothing|No card protocol|It has no)/i.test(meaning.why) ? [] : [`${line} → ${meaning.why}`];
  });
  expect(unnamed).toEqual([]);
});

test("every completion that is offered can be read on: the word it adds is never what is refused", () => {
  const refused = new Set<string>();
  for (const line of LINES) {
    const before = line.slice(0, line.length - (line.split(/\s+/).at(-1) ?? "").length);
    const head = read(before, CTX);
    if (!head.ok && !head.unfinished) continue;
    for (const option of complete(line, CTX)) {
      const next = completed(line, [option]);
      const meaning = read(next, CTX);
      if (!/\s/.test(line) || (!meaning.ok && / not recommended: D!/.test(meaning.why))) continue;
      if (!meaning.ok && !meaning.unfinished) refused.add(`${next.trim()} → ${meaning.why}`);
    }
  }
  expect([...refused]).toEqual([]);
});

test("candidates that begin with a word to type are read in its place", () => {
  for (const line of LINES) {
    const meaning = read(line, CTX);
    if (meaning.ok) continue;
    for (const candidate of meaning.candidates.slice(0, 3)) {
      expect(() => read(candidate, CTX), candidate).not.toThrow();
      expect(candidate.trim(), line).not.toBe("");
    }
  }
});
