import { describe, expect, it } from "vitest";
import type { ConsoleThen, HubEvent, LookBackReply } from "../api/model";
import { eventWords, instantOf, lackWords, positionWords } from "./past";

const iso = (day: string, time: string, zone: string) => {
  const found = instantOf(day, time, zone);
  return found === null ? null : new Date(found).toISOString();
};

describe("the instant of a wall clock", () => {
  it("is read in the centre's zone, whatever this machine's is", () => {
    expect(iso("2026-07-01", "21:04:10", "America/New_York")).toBe("2026-07-02T01:04:10.000Z");
    expect(iso("2026-01-15", "9:04", "Europe/Vaduz")).toBe("2026-01-15T08:04:00.000Z");
    expect(iso("2026-03-29", "03:30:00", "Europe/Vaduz")).toBe("2026-03-29T01:30:00.000Z");
  });
  it("is the first of the two where clocks go back", () => {
    expect(iso("2026-10-25", "02:30:00", "Europe/Vaduz")).toBe("2026-10-25T00:30:00.000Z");
  });
  it("is none of what is no time", () => {
    for (const [day, time] of [
      ["2026-07-01", "25:00"],
      ["2026-13-01", "10:00"],
      ["yesterday", "10:00"],
      ["2026-07-01", ""],
    ] as const) {
      expect(instantOf(day, time, "UTC")).toBeNull();
    }
  });
});

describe("what a console lacked", () => {
  const had = { acked: 7, counted: true, under_way: [], unsent: [], unknown: [], more: 0, known_until: null } as unknown as ConsoleThen;
  const event = { seq: 8 } as HubEvent;
  it("tells what was sent from what was not", () => {
    expect(lackWords(had, 9)).toContain("had everything");
    expect(lackWords({ ...had, under_way: [event], unsent: [event], more: 3 }, 9)).toBe(
      "1 sent, not acknowledged, 1 NOT SENT, 3 more",
    );
    expect(lackWords({ ...had, acked: 0 }, 9)).toBe("nothing acknowledged");
    expect(lackWords({ ...had, counted: false }, 9_007)).toBe("9000 events of the log behind");
  });
  it("denies nothing of the time that nobody wrote down", () => {
    const until = { ...had, known_until: "2026-07-01T21:04:05Z" };
    expect(lackWords({ ...until, under_way: [event], unknown: [event] }, 9)).toBe(
      "1 sent, no acknowledgement is known, 1 not known whether sent",
    );
    expect(lackWords({ ...until, acked: 0 }, 9)).toBe("no acknowledgement is known");
    expect(lackWords({ ...until, counted: false }, 9)).toBe("at most 2 events of the log behind");
  });
  it("names the unit, else the incident", () => {
    const said = (body: object) => eventWords({ body } as HubEvent);
    expect(said({ kind: "unit.assigned", assignment: { unit_id: "E12" } })).toBe("unit assigned E12");
    expect(said({ kind: "call.received" })).toBe("call received");
  });
});

describe("where units were", () => {
  const found = {
    asked_at: "2026-07-01T21:04:10Z",
    positions_since: "2026-06-01T08:00:00Z",
    positions_kept: true,
    fixes: [{}, {}],
  } as unknown as LookBackReply;
  it("says from when on that is kept, and of how many units", () => {
    expect(positionWords(found, 5, "UTC")).toBe(
      "Positions are kept from 2026-06-01 08:00 on; 2 of 5 units had sent one, each with its age then.",
    );
    expect(positionWords({ ...found, positions_kept: false }, 5, "UTC")).toContain("NOBODY KEPT ANY");
    expect(positionWords({ ...found, asked_at: "2026-05-01T00:00:00Z" }, 5, "UTC")).toContain(
      "not of this moment",
    );
    expect(positionWords({ ...found, positions_since: null }, 5, "UTC")).toContain("is not kept here");
  });
});
