import { describe, expect, test } from "vitest";
import { makeAssignment, makeBoard, makeDelivery, makeIncident, NOON } from "../made";
import { chainWords, changeWords, deliveriesByAssignment, failedWords, nearestWords, preAlerts } from "./delivery";

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
  });
});
