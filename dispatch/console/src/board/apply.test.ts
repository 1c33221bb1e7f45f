import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BoardSnapshot, HubEvent } from "../api/model";
import { KNOWN_KINDS } from "../stream/version";
import { apply, boardFrom, snapshotOf } from "./apply";
import { CODES, TRANSITIONS } from "./status";

const FOLDER = join(import.meta.dirname, "../../../../tests/fixtures/reducer");

interface Fixture {
  name: string;
  before: BoardSnapshot;
  events: HubEvent[];
  after: BoardSnapshot;
}

function fixtureNamed(file: string): Fixture {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Fixture;
}

const FILES = readdirSync(FOLDER).filter((file) => file !== "status_table.json");

describe("the console's board moves as the hub's does", () => {
  test("there is a fixture for each kind of event that this console knows, and for no other", () => {
    expect(new Set(FILES.map((file) => file.replace(/\.json$/, "")))).toEqual(new Set(KNOWN_KINDS));
  });

  test.each(FILES)("%s", (file) => {
    const fixture = fixtureNamed(file);
    const seq = (fixture.events[0] as HubEvent).seq - 1;
    const end = fixture.events.reduce(apply, boardFrom(fixture.before, seq));
    expect(snapshotOf(end)).toEqual(fixture.after);
    expect(end.seq).toBe(fixture.events.at(-1)?.seq);
  });

  test("applying leaves the board before as it was", () => {
    for (const file of FILES) {
      const fixture = fixtureNamed(file);
      const board = boardFrom(fixture.before, 0);
      fixture.events.reduce(apply, board);
      expect(snapshotOf(board)).toEqual(fixture.before);
    }
  });

  test("an event of a kind that this console does not know moves only the number", () => {
    const fixture = fixtureNamed("closure.began.json");
    const board = boardFrom(fixture.before, 1);
    const unknown = { ...fixture.events[0], seq: 2, body: { kind: "later.kind" } } as never;
    const after = apply(board, unknown);
    expect(after.seq).toBe(2);
    expect(snapshotOf(after)).toEqual(fixture.before);
  });
});

test("statuses and what may follow them are the hub's", () => {
  const table = JSON.parse(readFileSync(join(FOLDER, "status_table.json"), "utf8")) as {
    codes: Record<string, string>;
    transitions: Record<string, string[]>;
  };
  expect(CODES).toEqual(table.codes);
  const own = Object.entries(TRANSITIONS).map(([status, after]) => [status, [...after].sort()]);
  expect(Object.fromEntries(own)).toEqual(table.transitions);
});
