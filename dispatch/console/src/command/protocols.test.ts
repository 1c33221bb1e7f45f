import { describe, expect, test } from "vitest";
import type { Call, ProtocolRun } from "../api/model";
import { alarmsOf } from "../board/alarms";
import { differenceWords } from "../board/protocols";
import { makeBoard, makeCall, makeContext, makeIncident, makeRun } from "../made";
import { read } from "./grammar";
import { doneWords, requestOf } from "./run";

const board = (...runs: ProtocolRun[]) =>
  makeBoard({
    incidents: [makeIncident()],
    calls: [makeCall({ incident_id: "i1", protocol_runs: runs } as Partial<Call>)],
  });
const EVERYTHING = { incident: () => true, leg: () => true, unit: () => true } as never;

describe("card protocols", () => {
  test("a proposal is taken over by its latest run, and the echo says what it changes", () => {
    const meaning = read("PR .", makeContext(board(makeRun({ id: "r0", state: "superseded" }), makeRun())));
    expect(meaning).toMatchObject({
      ok: true,
      echo:
        "1042 Building fire, 14 Mill Rd becomes 17-D-3 Fall, priority 1: adds als; spares L3; no unit is cancelled",
      action: { do: "settle_determinant", run_id: "r1", accepted: true, reason: "" },
    });
    if (!meaning.ok) throw new Error();
    expect(requestOf(meaning.action as never)).toEqual({
      method: "POST",
      path: "/incidents/i1/protocol-runs/r1/answer",
      body: { accepted: true, reason: "" },
    });
    const done = [{ ok: true, command_id: "c", value: { surplus: ["L3"] } }] as const;
    expect(doneWords(meaning.action, "Done", done)).toBe(
      "Done. No longer asked for: L3; CX . L3 reason releases them.",
    );
  });
  test("one that makes less of the incident needs a reason", () => {
    const ctx = makeContext(board(makeRun({ downgrade: true })));
    expect(read("PR .", ctx)).toMatchObject({ ok: false, unfinished: true });
    expect(read("PR . caller is a nurse", ctx)).toMatchObject({
      action: { reason: "caller is a nurse" },
    });
    expect(read("PR- .", ctx)).toMatchObject({ ok: true, action: { accepted: false } });
  });
  test("nothing proposed is nothing to take", () => {
    const ctx = makeContext(board(makeRun({ state: "applied" })));
    expect(read("PR .", ctx)).toMatchObject({ ok: false, unfinished: false });
  });
  test("a proposal is loud until somebody decides", () => {
    const texts = (...runs: ProtocolRun[]) =>
      alarmsOf(board(...runs), EVERYTHING, Date.parse("2026-07-01T12:00:00Z")).map((a) => a.text);
    expect(texts(makeRun()).some((text) => text.includes("17-D-3 Fall, priority 1"))).toBe(true);
    expect(texts(makeRun({ state: "refused" })).some((text) => text.includes("17-D-3"))).toBe(false);
    expect(texts(makeRun({ state: "unknown", incident_type: null })).some((t) => t.includes("17-D-3"))).toBe(true);
  });
  test("a run that changes nothing says nothing", () =>
    expect(differenceWords(makeRun({ adds: [], spares: [] }))).toBe(""));
});
