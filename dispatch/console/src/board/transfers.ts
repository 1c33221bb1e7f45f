/** Calls that were offered to another centre: whose each is now, and who heard what of its record. */

import type { Call, Hearing, Transfer, TransferredCall } from "../api/model";
import type { Board } from "./apply";
import { plural, shortNumber } from "./words";

export interface TransferRow {
  call_id: string;
  /** As the board has it; null once it has left the board. */
  call: Call | null;
  what: string;
  /** Last first. */
  transfers: readonly Transfer[];
  /** The centre that has it; empty: it is ours. */
  theirs: string;
}

/** The centre that has the call; empty while it is ours, which it is in every other state. */
export function ownerOf(transfers: readonly Transfer[]): string {
  const last = transfers.at(-1);
  return last?.state === "accepted" ? last.centre_name : "";
}

/** What a row of the list hangs on, so that it is asked anew when one changed. */
export function transferKey(board: Board): string {
  return Object.values(board.calls)
    .filter((call) => call.transfers.length > 0)
    .map((call) => `${call.id} ${call.transfers.map((t) => `${t.state}${t.record}${(t.heard ?? []).length}`).join()}`)
    .sort()
    .join(";");
}

/** The board's calls as they stand, and those that have left it; what was offered last comes first. */
export function transferRows(board: Board, past: readonly TransferredCall[]): TransferRow[] {
  const live = Object.values(board.calls)
    .filter((call) => call.transfers.length > 0)
    .map((call): TransferRow => {
      const incident = call.incident_id ? board.incidents[call.incident_id] : undefined;
      return row(call.id, call, call.said, incident?.number ?? "", incident?.type_label ?? "", call.transfers);
    });
  const held = new Set(live.map((one) => one.call_id));
  const gone = past
    .filter((one) => !held.has(one.call_id))
    .map((one) => row(one.call_id, null, one.said, one.incident_number, one.type_label, one.transfers));
  const since = (one: TransferRow) => one.transfers[0]?.offered_at ?? "";
  return [...live, ...gone].sort((a, b) => since(b).localeCompare(since(a)));
}

function row(
  call_id: string,
  call: Call | null,
  said: string,
  number: string,
  label: string,
  transfers: readonly Transfer[],
): TransferRow {
  const what = [number && shortNumber(number), label, said || call?.callback].filter(Boolean).join(" ");
  return { call_id, call, what: what || "a call", transfers: [...transfers].reverse(), theirs: ownerOf(transfers) };
}

const STATES: Record<Transfer["state"], string> = {
  offered: "offered, no answer yet",
  accepted: "accepted",
  refused: "refused",
  taken_back: "taken back",
  timed_out: "did not answer",
};

/** What became of one offer, in words. */
export function stateWords(transfer: Transfer): string {
  return STATES[transfer.state] + (transfer.answer ? ` (${transfer.answer})` : "");
}

/** Whether somebody must tell the other centre by voice what its system did not take. */
export function tellByVoice(transfer: Transfer): string {
  if (transfer.state !== "offered" && transfer.state !== "accepted") return "";
  if (transfer.record === "failed") return `RECORD NOT DELIVERED (${transfer.record_why}): tell it by voice`;
  if (transfer.behind) return `THEIR RECORD IS BEHIND (${transfer.behind}): tell what changed by voice`;
  return "";
}

/** One hearing in words: which version, what of it is new. */
export function heardWords(heard: Hearing, names: Readonly<Record<string, string>>): string {
  const version = `version ${heard.version}`;
  const size = heard.entries > 0 ? `, ${plural(heard.entries, "entry", "entries")}` : "";
  const parts = (heard.parts ?? []).length > 0 ? `, new: ${(heard.parts ?? []).join(", ")}` : "";
  if (heard.how === "read") return `${names[heard.by] ?? heard.by} read ${version}${size}`;
  if (heard.how === "sent") return `their system took ${version}${size}${parts}`;
  return `their system did not take ${version}${size}: ${heard.why}`;
}
