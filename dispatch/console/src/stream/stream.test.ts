import { describe, expect, test } from "vitest";
import type { HubEvent, ServerMessage } from "../api/model";
import { makeIncident } from "../made";
import { ackFor, helloFor, NOT_FOLLOWING, receive, type Follow } from "./follow";
import { backOffMs, linkOf } from "./link";

const SNAPSHOT: ServerMessage = {
  type: "snapshot",
  epoch: "e1",
  seq: 10,
  at: "2026-07-01T12:00:00Z",
  behind_s: 0,
  board: {
    incidents: [makeIncident()],
    calls: [],
    units: [],
    assignments: [],
    closures: [],
    recommendations: [],
    feeds: [],
    emergencies: [],
    deliveries: [],
    channel_faults: [],
    positions: [],
  storms: [],
  hospitals: [],
    bolos: [],
    region: null,
  },
  fixes: [],
};

function note(seq: number, prev: number): ServerMessage {
  const event: HubEvent = {
    seq,
    at: "2026-07-01T12:00:01Z",
    actor: "dana",
    command_id: `c${seq}`,
    audience: ["*"],
    private: {},
    body: {
      kind: "incident.note_added",
      incident_id: "i1",
      note: { id: `n${seq}`, at: "2026-07-01T12:00:01Z", author: "dana", text: `note ${seq}` },
    },
  };
  return { type: "event", seq, prev, event };
}

function after(...messages: ServerMessage[]): { follow: Follow; asked: number } {
  let follow = NOT_FOLLOWING;
  let asked = 0;
  for (const message of messages) {
    const step = receive(follow, message, "t");
    follow = step.follow;
    asked += step.effects.filter((e) => e.do === "send" && e.message.type === "hello").length;
  }
  return { follow, asked };
}

const notesOf = (follow: Follow) => follow.board.incidents.i1?.notes.map((n) => n.text);

describe("following the stream", () => {
  test("a snapshot, then events that join on", () => {
    const { follow, asked } = after(SNAPSHOT, note(12, 10), note(15, 12));
    expect(notesOf(follow)).toEqual(["note 12", "note 15"]);
    expect(follow.since).toBe(15);
    expect(asked).toBe(0);
    expect(ackFor(follow)).toEqual({ type: "ack", seq: 15 });
  });

  test("a gap is never applied: it asks for a snapshot once, and takes nothing until it comes", () => {
    const { follow, asked } = after(SNAPSHOT, note(15, 12), note(16, 15));
    expect(notesOf(follow)).toEqual([]);
    expect(asked).toBe(1);
    expect(follow.resyncing).toBe(true);
    const healed = receive(follow, { ...SNAPSHOT, seq: 16 }, "t").follow;
    expect(healed.resyncing).toBe(false);
    expect(healed.since).toBe(16);
  });

  test("a resume of before the gap does not hide the gap", () => {
    const { follow } = after(SNAPSHOT, note(15, 12), { type: "resumed", epoch: "e1", seq: 20 });
    expect(follow.resyncing).toBe(true);
    expect(notesOf(receive(follow, note(21, 20), "t").follow)).toEqual([]);
  });

  test("a heartbeat tells for how long the hub has not followed its own log", () => {
    const beat = { type: "heartbeat", seq: 10, head: 10, at: "2026-07-01T12:00:02Z", behind_s: 4.2, unwatched_s: 0, full: false, untaken: 0 } as const;
    const { effects } = receive(after(SNAPSHOT).follow, beat, "t");
    expect(effects[0]).toEqual({ do: "heard", at: beat.at, behind_ms: 4200, snapshot: false });
  });

  test("a heartbeat tells what the hub cannot do although its heart beats", () => {
    const ailing = { unwatched_s: 7.5, full: true, untaken: 3 };
    const beat: ServerMessage = { type: "heartbeat", seq: 10, head: 10, at: "2026-07-01T12:00:02Z", behind_s: 0, ...ailing };
    expect(receive(after(SNAPSHOT).follow, beat, "t").effects).toContainEqual({ do: "ailing", ailing });
  });

  test.each([2 ** 31 - 2, 2 ** 53 - 1_002])("numbers from %d on keep their order and lose nothing", (start) => {
    let { follow } = after({ ...SNAPSHOT, seq: start });
    for (let n = 1; n <= 1_000; n++) follow = receive(follow, note(start + n, start + n - 1), "t").follow;
    expect(notesOf(follow)?.length).toBe(1_000);
    expect([follow.since, follow.resyncing, follow.unknown]).toEqual([start + 1_000, false, null]);
  });

  test("a number that this page cannot tell from the next makes it say that it does not show all", () => {
    const { follow } = after({ ...SNAPSHOT, seq: 2 ** 53 - 1 });
    const past = JSON.parse(JSON.stringify(note(0, 2 ** 53 - 1)).replace('"seq":0', '"seq":9007199254740993'));
    expect(receive(follow, past, "t").follow.unknown).toBe("a number past 2^53");
    const whole = receive(follow, { ...SNAPSHOT, seq: 2 ** 53 }, "t").follow;
    expect(whole.unknown).toBe("a number past 2^53");
  });

  test("what came already is not applied twice", () => {
    const { follow } = after(SNAPSHOT, note(12, 10), note(12, 10));
    expect(notesOf(follow)).toEqual(["note 12"]);
  });

  test("a heartbeat that is ahead shows a lost event", () => {
    const at = "2026-07-01T12:00:02Z";
    const beat: ServerMessage = { type: "heartbeat", seq: 12, head: 12, at, behind_s: 0, unwatched_s: 0, full: false, untaken: 0 };
    expect(after(SNAPSHOT, beat).asked).toBe(1);
    expect(after(SNAPSHOT, note(12, 10), beat).asked).toBe(0);
  });

  test("a new socket resumes from where the board stands", () => {
    const { follow } = after(SNAPSHOT, note(12, 10));
    expect(helloFor(follow, "t")).toEqual({ type: "hello", token: "t", epoch: "e1", since: 12 });
    const resumed = receive(follow, { type: "resumed", epoch: "e1", seq: 12 }, "t").follow;
    const replayed = receive(resumed, note(14, 12), "t").follow;
    const joined = receive(replayed, { type: "resumed", epoch: "e1", seq: 20 }, "t").follow;
    expect(notesOf(receive(joined, note(21, 20), "t").follow)).toEqual(["note 12", "note 14", "note 21"]);
  });

  test("another epoch asks from the start", () => {
    const { follow } = after(SNAPSHOT);
    const step = receive(follow, { type: "resumed", epoch: "e2", seq: 10 }, "t");
    expect(step.follow.resyncing).toBe(true);
  });
});

describe("the link in one word", () => {
  const facts = { connected: true, resyncing: false, silent_ms: 500, late_ms: 0 };
  test.each([
    [facts, "LIVE"],
    [{ ...facts, silent_ms: 2_600 }, "2 s behind"],
    [{ ...facts, late_ms: 4_200 }, "4 s behind"],
    [{ ...facts, silent_ms: 3_500 }, "STALE 3 s"],
    [{ ...facts, silent_ms: 12_000 }, "OFFLINE 12 s"],
    [{ ...facts, connected: false, silent_ms: 4_000 }, "OFFLINE 4 s"],
    [{ ...facts, resyncing: true }, "RESYNC"],
    [{ ...facts, connected: false, silent_ms: null }, "OFFLINE"],
  ])("%o says %s", (given, label) => {
    expect(linkOf(given).label).toBe(label);
  });

  test("coming back waits longer each time, at most 15 s, never all at once", () => {
    expect(backOffMs(0, 0)).toBe(250);
    expect(backOffMs(0, 0.999)).toBeLessThanOrEqual(500);
    expect(backOffMs(20, 0.999)).toBeLessThanOrEqual(15_000);
    expect(backOffMs(20, 0)).toBe(7_500);
  });
});

describe("what this page does not know", () => {
  const strange = (seq: number, prev: number) => {
    const message = note(seq, prev) as ServerMessage & { type: "event" };
    return { ...message, event: { ...message.event, body: { kind: "drone.launched" } } } as unknown as ServerMessage;
  };

  test("an event of an unknown kind keeps the chain, and the page is not called live again", () => {
    const { follow, asked } = after(SNAPSHOT, strange(11, 10), note(12, 11), SNAPSHOT);
    expect(asked).toBe(0);
    expect(follow.unknown).toBe("drone.launched");
    const link = linkOf({ connected: true, resyncing: false, silent_ms: 0, late_ms: 0, outdated: true });
    expect(link.word).toBe("RELOAD");
  });

  test("a message of an unknown type likewise", () => {
    const { follow } = after(SNAPSHOT, { type: "weather" } as unknown as ServerMessage);
    expect(follow.unknown).toBe("weather");
  });

  test("known ones leave it live, and a lost link is said before everything", () => {
    expect(after(SNAPSHOT, note(11, 10)).follow.unknown).toBeNull();
    const gone = { connected: false, resyncing: false, silent_ms: 20_000, late_ms: 0, outdated: true };
    expect(linkOf(gone).word).toBe("OFFLINE");
  });
});
