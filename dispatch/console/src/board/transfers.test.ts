import { expect, test } from "vitest";
import type { Transfer } from "../api/model";
import { makeCall } from "../made";
import { EMPTY_BOARD } from "./apply";
import { heardWords, ownerOf, stateWords, tellByVoice, transferKey, transferRows } from "./transfers";

function transfer(over: Partial<Transfer> = {}): Transfer {
  return {
    id: "t1",
    centre_id: "EAST",
    centre_name: "Eastshore",
    state: "offered",
    offered_at: "2026-07-01T21:04:00Z",
    offered_by: "cato",
    due_at: "2026-07-01T21:05:00Z",
    reason: "",
    settled_at: null,
    settled_by: null,
    answer: "",
    record: "",
    record_why: "",
    ref: "c1",
    behind: "",
    heard: [],
    heard_left_out: 0,
    ...over,
  };
}

test("a call is theirs once they accepted, and ours in every other state", () => {
  for (const state of ["offered", "refused", "taken_back", "timed_out"] as const)
    expect(ownerOf([transfer({ state })])).toBe("");
  expect(ownerOf([transfer({ state: "refused" }), transfer({ state: "accepted" })])).toBe("Eastshore");
});

test("a call of the board stands as the board has it, one that has left it as the hub tells", () => {
  const call = { ...makeCall({ id: "c1" }), said: "14 Mill Rd", transfers: [transfer({ state: "refused" })] };
  const board = { ...EMPTY_BOARD, calls: { c1: call } };
  const past = ["c1", "c2"].map((call_id) => ({
    call_id,
    received_at: call.received_at,
    said: "the quay",
    outcome: "transferred" as const,
    incident_number: "",
    type_label: "",
    owner: "EAST",
    transfers: [transfer({ state: "accepted", offered_at: "2026-07-01T21:09:00Z" })],
  }));
  const rows = transferRows(board, past);
  expect(rows.map((row) => [row.call_id, row.theirs, row.what])).toEqual([
    ["c2", "Eastshore", "the quay"],
    ["c1", "", "14 Mill Rd"],
  ]);
});

test("the list is asked for anew when a transfer is heard of, and not when something else changes", () => {
  const board = { ...EMPTY_BOARD, calls: { c1: { ...makeCall({ id: "c1" }), transfers: [transfer()] } } };
  const noted = { ...EMPTY_BOARD, calls: { c1: { ...makeCall({ id: "c1" }), note: "x", transfers: [transfer()] } } };
  expect(transferKey(noted)).toBe(transferKey(board));
  const settled = { ...EMPTY_BOARD, calls: { c1: { ...makeCall({ id: "c1" }), transfers: [transfer({ state: "refused" })] } } };
  expect(transferKey(settled)).not.toBe(transferKey(board));
});

test("what was heard is said with its version, its size and what is new", () => {
  const heard = { at: "2026-07-01T21:04:00Z", by: "EAST", version: 2, digest: "d", entries: 3, parts: ["units" as const], why: "" };
  expect(heardWords({ ...heard, how: "sent" }, {})).toBe("their system took version 2, 3 entries, new: units");
  expect(heardWords({ ...heard, how: "read", by: "cato", parts: [] }, { cato: "Cato" })).toBe("Cato read version 2, 3 entries");
  expect(heardWords({ ...heard, how: "not_taken", entries: 0, why: "it answered 503" }, {})).toBe(
    "their system did not take version 2: it answered 503",
  );
});

test("what their system did not take is to be told by voice, as long as they may have the call", () => {
  const failed = transfer({ record: "failed", record_why: "it answered 503", state: "accepted" });
  expect(tellByVoice(failed)).toContain("RECORD NOT DELIVERED");
  expect(tellByVoice({ ...failed, state: "refused" })).toBe("");
  expect(tellByVoice(transfer({ record: "sent", behind: "it answered 422" }))).toContain("BEHIND");
  expect(stateWords(transfer({ state: "accepted", answer: "Kim" }))).toBe("accepted (Kim)");
});
