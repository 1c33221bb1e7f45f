import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Discipline, Position } from "../api/model";
import { makeBoard, makeIncident, makePosition, makeUnit } from "../made";
import { answeredFor, answeringAt, answersFor, coverOfPositions, seenOf, uncovered, type Gap } from "./cover";

interface Case {
  name: string;
  agencies: Record<string, Discipline>;
  municipalities: string[];
  positions: Partial<Position>[];
  gaps: Gap[];
}

const CASES = JSON.parse(
  readFileSync(new URL("../../../../tests/fixtures/positions.json", import.meta.url), "utf8"),
) as Case[];

test.each(CASES)("$name", ({ agencies, municipalities, positions, gaps }) => {
  const known = Object.entries(agencies).map(([id, discipline]) => ({ id, discipline }));
  expect(uncovered(known, municipalities, positions.map(makePosition))).toEqual(gaps);
});

const ANSWERING = JSON.parse(
  readFileSync(new URL("../../../../tests/fixtures/answering.json", import.meta.url), "utf8"),
) as {
  name: string;
  positions: Partial<Position>[];
  account: { id: string; agencies: string[] };
  part: { discipline: Discipline; agency_id: string | null; area: string | null };
  answers: boolean;
}[];

test.each(ANSWERING)("$name", ({ positions, account, part, answers }) => {
  expect(answersFor(positions.map(makePosition), account, part)).toBe(answers);
});

test("whoever holds a position answers for what is folded into it too", () => {
  const positions = [
    makePosition({ id: "FIRE", disciplines: ["fire"], held_by: "dana" }),
    makePosition({ id: "LAW", disciplines: ["law"], held_by: null, folded_into: "FIRE" }),
  ];
  const cover = coverOfPositions(answeredFor(makeBoard({ positions }), "dana"));
  expect([...cover.disciplines].sort()).toEqual(["fire", "law"]);
  expect(cover.unit(makeUnit("P1", { discipline: "law" }))).toBe(true);
  expect(cover.unit(makeUnit("M1", { discipline: "ems" }))).toBe(false);
});

test("the position of a part is named, the one that it was folded into, or nobody", () => {
  const part = { discipline: "law" as const, agency_id: "law-a", area: "Ashby" };
  expect(answeringAt([], part)).toBeNull();
  const fire = makePosition({ id: "FIRE", disciplines: ["fire"], held_by: "dana" });
  expect(answeringAt([fire], part)).toEqual([]);
  const law = makePosition({ id: "LAW", disciplines: ["law"], held_by: null, folded_into: "FIRE" });
  expect(answeringAt([fire, law], part)).toEqual(["FIRE"]);
});

test("an incident is its position's by discipline, agency and area; a leg without agency is everybody's", () => {
  const brill = makePosition({ disciplines: ["fire"], municipalities: ["Brill"] });
  const cover = coverOfPositions([brill]);
  const ashby = makeIncident();
  expect(cover.incident(ashby)).toBe(false);
  const there = { ...ashby, place: { ...ashby.place, municipality: "Brill" } };
  expect(cover.incident(there)).toBe(true);
  const other = coverOfPositions([makePosition({ disciplines: ["fire"], agencies: ["fire-z"] })]);
  expect(other.incident(there)).toBe(false);
  const nobody = there.legs.map((leg) => ({ ...leg, agency_id: null }));
  expect(other.incident({ ...there, legs: nobody })).toBe(true);
});

test("what a person leaves out of view is still answered for", () => {
  const cover = coverOfPositions([makePosition({ disciplines: ["fire", "law"] })]);
  const seen = seenOf(cover, new Set<Discipline>(["law"]));
  expect(seen.unit(makeUnit("E1"))).toBe(false);
  expect(cover.unit(makeUnit("E1"))).toBe(true);
});
