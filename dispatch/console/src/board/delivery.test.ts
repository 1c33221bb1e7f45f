import { describe, expect, test } from "vitest";
import { makeAssignment, makeBoard, makeDelivery, makeIncident, NOON } from "../made";
import {
  chainWords,
  changeWords,
  deliveriesByAssignment,
  failedWords,
  limitsWords,
  nearestWords,
  nextWords,
  preAlerts,
} from "./delivery";

const silent = makeAssignment("E12");

describe("how far an assignment has got", () => {
  test("without a channel it is the tablet's", () => {
    expect(nearestWords(silent, [])).toBe("tablet sent");
    expect(nearestWords({ ...silent, received_at: NOON }, [])).toBe("tablet delivered");
    expect(nearestWords({ ...silent, received_at: NOON, seen_at: NOON }, [])).toBe("tablet seen");
  });
  test("the furthest channel is named, the last tried among equals", () => {
    const pager = makeDelivery("pager", { state: "sent" });
    expect(nearestWords(silent, [pager])).toBe("pager sent");
    expect(nearestWords({ ...silent, received_at: NOON }, [pager])).toBe("tablet delivered");
    expect(nearestWords(silent, [makeDelivery("pager", { state: "failed" })])).toBe("tablet sent");
  });
  test("an answer says by what", () => {
    const answered = { ...silent, acknowledged_at: NOON };
    const pager = makeDelivery("pager", { state: "acknowledged" });
    expect(nearestWords({ ...answered, acknowledged_by: "voice" }, [pager])).toBe("voice");
    expect(nearestWords({ ...answered, acknowledged_by: "device" }, [pager])).toBe("pager ack");
    expect(chainWords({ ...answered, acknowledged_by: "device" }, [])).toBe("tablet ack");
    expect(chainWords({ ...answered, acknowledged_by: "voice" }, [])).toBe("ack by voice");
  });
  test("a channel that reached nobody is named until the crew answers", () => {
    const failed = makeDelivery("pager", { state: "failed" });
    expect(failedWords(silent, [failed, makeDelivery("mail", { state: "sent" })])).toBe("pager FAILED");
    expect(failedWords({ ...silent, acknowledged_at: NOON }, [failed])).toBe("");
    expect(failedWords(silent, [])).toBe("");
  });
  test("the whole chain names what failed and why, and leaves out what was dropped", () => {
    const tried = [
      makeDelivery("tones", { state: "dropped" }),
      makeDelivery("pager", { state: "failed", why: "answered 410" }),
      makeDelivery("mail", { state: "sent" }),
    ];
    expect(chainWords(silent, tried)).toBe("tablet sent · pager FAILED: answered 410 · mail sent");
  });
  test("what changed after the crew was told stands beside it, by the last message of each channel", () => {
    const address = [{ what: "address" as const, was: "14 Mill Rd" }];
    const pager = (id: string, over: Partial<ReturnType<typeof makeDelivery>>) =>
      makeDelivery("pager", { id, about: "update", changed: address, ...over });
    expect(changeWords([])).toBe("");
    expect(changeWords([pager("u1", { state: "dropped" })])).toBe("");
    expect(changeWords([pager("u1", { state: "sent" }), pager("u2", { state: "queued" })])).toBe(
      "address: pager queued",
    );
    expect(changeWords([pager("u1", { state: "failed", why: "answered 410" })])).toBe(
      "address: pager FAILED: answered 410",
    );
    const board = makeBoard({ deliveries: [pager("u1", {}), makeDelivery("pager", { id: "d1" })] });
    expect(deliveriesByAssignment(board.deliveries, "update").get("a-E12")?.map((d) => d.id)).toEqual(["u1"]);
  });
  test("cancels are no part of it, and pre-alerts stand with the incident", () => {
    const board = makeBoard({
      incidents: [makeIncident()],
      deliveries: [
        makeDelivery("pager", { id: "d2", about: "cancel" }),
        makeDelivery("pager", { id: "d1", state: "sent" }),
        makeDelivery("tones", {
          id: "d0",
          about: "pre_alert",
          assignment_id: null,
          unit_id: null,
          station: "ST1",
          state: "sent",
        }),
      ],
    });
    expect(deliveriesByAssignment(board.deliveries).get("a-E12")?.map((d) => d.id)).toEqual(["d1"]);
    expect(preAlerts(board, makeIncident())).toEqual(["ST1 tones sent"]);
    const anew = makeDelivery("tones", {
      id: "d3",
      about: "cancel",
      assignment_id: null,
      unit_id: null,
      station: "ST1",
      state: "queued",
    });
    const stoodDown = { ...board, deliveries: { ...board.deliveries, d3: anew } };
    expect(preAlerts(stoodDown, makeIncident())).toEqual(["ST1 tones sent, stood down: queued"]);
    const again = makeDelivery("tones", {
      id: "d4",
      about: "pre_alert",
      assignment_id: null,
      unit_id: null,
      station: "ST1",
      state: "failed",
      why: "answered 503",
      number: 1,
    });
    const alertedAgain = { ...stoodDown, deliveries: { ...stoodDown.deliveries, d4: again } };
    expect(preAlerts(alertedAgain, makeIncident())).toEqual(["ST1 tones FAILED: answered 503"]);
  });
});

describe("what follows a silence, by the agency's own limits", () => {
  const channel = (name: string, limit_s: number, adapter: "webhook" | "tablet" | "email" = "webhook") => ({
    name,
    adapter,
    limit_s,
    pre_alert: false,
  });
  const own = [channel("tones", 0), channel("pager", 20), channel("tablet", 10, "tablet"), channel("mail", 30, "email")];
  const silent = makeAssignment("E12", { acknowledged_at: null, ack_due_at: "2026-07-01T12:00:30Z" });
  const now_s = Date.parse("2026-07-01T12:00:18Z") / 1000;
  test("each channel with its limit, those that go out together as one", () => {
    expect(limitsWords(own)).toBe("tones + pager 20 s → tablet 10 s → mail 30 s");
    expect(limitsWords([])).toBe("");
  });
  test("the next channel and when; louder where none is left", () => {
    const paged = [makeDelivery("pager", { id: "d1", state: "sent" })];
    expect(nextWords({ ...silent, escalation: 1 }, paged, own, now_s)).toBe("mail in 0:12");
    expect(nextWords(silent, [], [], now_s)).toBe("repeated in 0:12");
    expect(nextWords({ ...silent, escalation: 2 }, [], [], now_s)).toBe("supervisor in 0:12");
  });
  test("nothing follows once the crew has answered, or no limit is left", () => {
    const answered = { ...silent, acknowledged_at: "2026-07-01T12:00:10Z" };
    expect(nextWords(answered, [], own, now_s)).toBe("");
    expect(nextWords({ ...silent, ack_due_at: null }, [], own, now_s)).toBe("");
  });
});
