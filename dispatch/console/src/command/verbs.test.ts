/** Every verb of the help: it is read, its meaning is said before Enter, and what is ambiguous is refused
 * with what it may mean. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { showLine } from "../board/words";
import { makeAssignment, makeBoard, makeContext, makeIncident, makeUnit } from "../made";
import { read } from "./grammar";
import { VERBS } from "./meaning";
import { STATUS_VERBS } from "./statuses";

const CTX = makeContext(
  makeBoard({
    incidents: [makeIncident(), makeIncident({ id: "i2", number: "2026-002042" })],
    units: [makeUnit("E2"), makeUnit("E22"), makeUnit("M14", { discipline: "ems", agency_id: "ems-a" })],
    assignments: [makeAssignment("E2"), makeAssignment("E22")],
  }),
);
const INCIDENT_FIRST = VERBS.filter((v) => /^\S+ (\.|1042)/.test(v.form)).map((v) => v.verb);
const UNIT_FIRST = VERBS.filter((v) => /^\S+ (M14|E22|E7|P75)/.test(v.form)).map((v) => v.verb);

test("every verb that is read has its line in the help, and every line of it is read", () => {
  const source = readFileSync(new URL("./grammar.ts", import.meta.url), "utf8");
  const cases = [...source.matchAll(/^ {4}case "([^"]+)":/gm)].map((found) => found[1] as string);
  const known = new Set([...cases, ...STATUS_VERBS, "S"]);
  expect(VERBS.map((v) => v.verb).filter((verb) => !known.has(verb))).toEqual([]);
  const told = new Set(VERBS.map((v) => v.verb));
  expect([...known].filter((verb) => !told.has(verb))).toEqual([]);
});

test.each(INCIDENT_FIRST)("%s and the end of two numbers is refused with both", (verb) => {
  const meaning = read(`${verb} 042 x`, CTX);
  if (meaning.ok) throw new Error(`meant: ${meaning.echo}`);
  expect(meaning.unfinished).toBe(false);
  expect(meaning.candidates).toHaveLength(2);
  expect(meaning.candidates.join()).toMatch(/1042.*2042|2042.*1042/);
});

test.each(UNIT_FIRST)("%s and the beginning of two callsigns names both, and means neither", (verb) => {
  const meaning = read(`${verb} E x y`, CTX);
  if (meaning.ok) throw new Error(`meant: ${meaning.echo}`);
  expect(meaning.candidates).toEqual(expect.arrayContaining(["E2", "E22"]));
});

test.each(VERBS.map((v) => v.verb))("%s alone does nothing but ask, and a guess is no command", (verb) => {
  const meaning = read(verb, CTX);
  if (verb === "U") return;
  expect(meaning.ok, verb).toBe(false);
});

test("what a click on a spot prints is a command that shows it", () => {
  const meaning = read(showLine([-75.25001, 42.01]), makeContext(makeBoard({})));
  if (!meaning.ok) throw new Error(meaning.why);
  expect(meaning.action).toMatchObject({ do: "show", at: [-75.25001, 42.01] });
});
