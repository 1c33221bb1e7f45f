/** The stream's protocol: subscribe, snapshot, follow; a gap asks again from the start. Pure: it
 * opens no socket and reads no clock, it says what to send and what the board is now. */

import type { ClientMessage, Fix, HubEvent, Presence, Problem, ServerMessage } from "../api/model";
import { apply, boardFrom, EMPTY_BOARD, type Board } from "../board/apply";
import { KNOWN_KINDS } from "./version";

export interface Follow {
  readonly epoch: string | null;
  /** The last event number of this stream that the board has; null before the first snapshot. */
  readonly since: number | null;
  readonly board: Board;
  readonly resyncing: boolean;
  /** What the hub said that this page does not know, the first of it; null: nothing. It stays until the
   * page is loaded anew: not even a whole board brings what the page has no words for. */
  readonly unknown: string | null;
}

/** What the hub cannot do although its heart beats. */
export interface Ailing {
  /** For how long nobody has dealt with what fell due; 0: somebody does. */
  readonly unwatched_s: number;
  /** The last command found no room on the database's disk. */
  readonly full: boolean;
  /** Commands of the last minute that it was offered and could not accept. */
  readonly untaken: number;
}

export const WELL: Ailing = { unwatched_s: 0, full: false, untaken: 0 };

export type Effect =
  | { do: "send"; message: ClientMessage }
  | { do: "event"; event: HubEvent }
  | { do: "snapshot" }
  | { do: "fixes"; fixes: Fix[]; replace: boolean }
  | { do: "people"; people: Presence[] }
  | { do: "heard"; at: string; behind_ms: number; snapshot: boolean }
  | { do: "ailing"; ailing: Ailing }
  | { do: "problem"; problem: Problem };

export interface Step {
  follow: Follow;
  effects: Effect[];
}

export const NOT_FOLLOWING: Follow = {
  epoch: null,
  since: null,
  board: EMPTY_BOARD,
  resyncing: false,
  unknown: null,
};

/** The first message on a new socket: it resumes where the board stands. */
export function helloFor(follow: Follow, token: string): ClientMessage {
  return { type: "hello", token, epoch: follow.epoch, since: follow.since };
}

export function ackFor(follow: Follow): ClientMessage | null {
  return follow.since === null ? null : { type: "ack", seq: follow.since };
}

function resync(follow: Follow, token: string): Step {
  if (follow.resyncing) return { follow, effects: [] };
  return {
    follow: { ...follow, resyncing: true },
    effects: [{ do: "send", message: { type: "hello", token, epoch: null, since: null } }],
  };
}

/** What the message makes of the board. An event is taken only when it joins on to the last one. */
export function receive(follow: Follow, message: ServerMessage, token: string): Step {
  const step = received(follow, message, token);
  // Past 2^53 two numbers look like one here: a lost event could not be told from none.
  if (!("seq" in message) || Number.isSafeInteger(message.seq) || step.follow.unknown !== null) return step;
  return { ...step, follow: { ...step.follow, unknown: "a number past 2^53" } };
}

function received(follow: Follow, message: ServerMessage, token: string): Step {
  switch (message.type) {
    case "snapshot":
      return {
        follow: {
          ...follow,
          epoch: message.epoch,
          since: message.seq,
          board: boardFrom(message.board, message.seq),
          resyncing: false,
        },
        effects: [
          { do: "snapshot" },
          { do: "fixes", fixes: message.fixes, replace: true },
          { do: "heard", at: message.at, behind_ms: (message.behind_s ?? 0) * 1000, snapshot: true },
        ],
      };
    case "resumed":
      if (message.epoch !== follow.epoch) return resync(follow, token);
      // Of before the gap: what was missed comes with the snapshot that is on its way.
      if (follow.resyncing) return { follow, effects: [] };
      // It comes again after what was missed, with the end of the chain that follows.
      return { follow: { ...follow, since: message.seq, resyncing: false }, effects: [] };
    case "event":
      if (follow.resyncing) return { follow, effects: [] };
      if (follow.since === null) return resync(follow, token);
      if (message.seq <= follow.since) return { follow, effects: [] };
      if (message.prev !== follow.since) return resync(follow, token);
      return {
        follow: {
          ...follow,
          since: message.seq,
          board: apply(follow.board, message.event),
          unknown: follow.unknown ?? unknownKind(message.event.body.kind),
        },
        effects: [{ do: "event", event: message.event }],
      };
    case "heartbeat": {
      const behind_ms = (message.behind_s ?? 0) * 1000;
      const heard: Effect = { do: "heard", at: message.at, behind_ms, snapshot: false };
      const { unwatched_s = 0, full = false, untaken = 0 } = message;
      const ailing: Effect = { do: "ailing", ailing: { unwatched_s, full, untaken } };
      if (!follow.resyncing && follow.since !== null && message.seq > follow.since) {
        const step = resync(follow, token);
        return { follow: step.follow, effects: [heard, ailing, ...step.effects] };
      }
      return { follow, effects: [heard, ailing] };
    }
    case "fixes":
      return {
        follow,
        effects: [{ do: "fixes", fixes: message.fixes, replace: false }],
      };
    case "people":
      return { follow, effects: [{ do: "people", people: message.people }] };
    case "problem":
      return { follow, effects: [{ do: "problem", problem: message.problem }] };
    default: // of a newer hub: TypeScript knows no such message, the network may bring it
      return { follow: { ...follow, unknown: follow.unknown ?? String((message as ServerMessage).type) }, effects: [] };
  }
}

function unknownKind(kind: string): string | null {
  return KNOWN_KINDS.has(kind) ? null : kind;
}
