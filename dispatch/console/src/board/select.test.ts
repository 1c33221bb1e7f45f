import { coverOfDisciplines } from "./cover";
import { expect, test } from "vitest";
import { typesLike } from "../call/type_field";
import { callBody, commits, EMPTY_DRAFT, pagesOf, pageOf, pinned, placeFrom } from "../call/draft";
import { heldGroups, placesOf } from "../dispatcher/held";
import { makeAdvice, makeAssignment, makeBoard, makeIncident, makeUnit, REGION } from "../made";
import { unitFeatures } from "../map/features";
import { liveByUnit, openPicks, queueOf, unitGroups } from "./select";
import { clockSpan, shortNumber, travelTime } from "./words";

const ALL = coverOfDisciplines(new Set(["law", "fire", "ems"] as const));
const worked = makeIncident().legs.map((leg) => ({ ...leg, state: "active" as const }));

test("pending stands above active, by priority and then the longest waiting", () => {
  const board = makeBoard({
    incidents: [
      makeIncident({ id: "a", priority: 2, created_at: "2026-07-01T11:00:00Z" }),
      makeIncident({ id: "b", priority: 1 }),
      makeIncident({ id: "c", priority: 1, created_at: "2026-07-01T11:59:00Z" }),
      makeIncident({ id: "d", legs: worked }),
    ],
  });
  const queue = queueOf(board, ALL);
  expect(queue.pending.map((row) => row.incident.id)).toEqual(["c", "b", "a"]);
  expect(queue.active.map((row) => row.incident.id)).toEqual(["d"]);
});

test("a position sees its disciplines, and every priority 1 that waits", () => {
  const board = makeBoard({
    incidents: [makeIncident({ id: "a", priority: 1 }), makeIncident({ id: "b", priority: 2 })],
  });
  const queue = queueOf(board, coverOfDisciplines(new Set(["law"] as const)));
  expect(queue.pending.map((row) => row.incident.id)).toEqual(["a"]);
});

test("what is left to send is what is recommended and not on it yet", () => {
  const board = makeBoard({
    incidents: [makeIncident()],
    recommendations: [makeAdvice("r1", ["E1", "E2"])],
    assignments: [makeAssignment("E1")],
  });
  expect(openPicks(board, "i1").map((pick) => pick.unit_id)).toEqual(["E2"]);
});

test("of a part that was closed nothing is left to send", () => {
  const board = makeBoard({
    incidents: [makeIncident({ legs: makeIncident().legs.map((leg) => ({ ...leg, state: "closed" as const })) })],
    recommendations: [makeAdvice("r1", ["E1", "E2"])],
  });
  expect(openPicks(board, "i1")).toEqual([]);
});

test("a released assignment frees its unit on the board", () => {
  const board = makeBoard({
    units: [makeUnit("E2"), makeUnit("E10"), makeUnit("E1")],
    assignments: [
      makeAssignment("E1"),
      makeAssignment("E2", { released_at: "2026-07-01T12:10:00Z", status: "cleared" }),
    ],
  });
  const [fire] = unitGroups(board, liveByUnit(board), coverOfDisciplines(new Set(["fire"] as const)));
  expect(fire?.committed.map((row) => row.unit.id)).toEqual(["E1"]);
  expect(fire?.available.map((unit) => unit.id)).toEqual(["E2", "E10"]);
});

test("rows keep their places while the pointer rests, whatever they become: new ones wait at the edge", () => {
  const now = { pending: ["x", "b"], active: ["a", "c"] };
  expect(placesOf({ pending: ["a", "b"], active: ["c"] }, now)).toEqual({
    sections: { pending: ["a", "b"], active: ["c"] },
    fresh: ["x"],
  });
  expect(placesOf(null, now)).toEqual({ sections: now, fresh: [] });
});

test("units keep their places on the board while the pointer rests, each as it is now", () => {
  const units = [makeUnit("E1"), makeUnit("E2")];
  const before = makeBoard({ units, assignments: [makeAssignment("E1")] });
  const after = makeBoard({
    units: [...units, makeUnit("E3")],
    assignments: [makeAssignment("E2")],
  });
  const held = unitGroups(before, liveByUnit(before), ALL);
  const live = liveByUnit(after);
  const fire = heldGroups(held, unitGroups(after, live, ALL), after.units, live).find(
    (group) => group.discipline === "fire",
  );
  expect(fire?.committed.map((row) => [row.unit.id, row.live?.unit_id])).toEqual([["E1", undefined]]);
  expect(fire?.available.map((unit) => unit.id)).toEqual(["E2", "E3"]);
});

test("an unknown travel time is a word, never 0", () => {
  expect(travelTime(null)).toBe("unknown");
  expect(clockSpan(5107)).toBe("1:25:07");
  expect(shortNumber("2026-000444")).toBe("0444");
  expect(shortNumber("2026-012444")).toBe("012444");
});

test("types are found by words and by code", () => {
  const found = (text: string) => typesLike(REGION.incident_types, text).map((t) => t.incident_type);
  expect(found("fire")).toEqual(["STRUCTURE_FIRE", "VEHICLE_FIRE"]);
  expect(found("STRUCTURE_FIRE")).toEqual(["STRUCTURE_FIRE"]);
  expect(found("veh fi")).toEqual(["VEHICLE_FIRE"]);
  expect(found("")).toEqual([]);
});

test("a call commits with a location and a type; the caller's own location stays apart", () => {
  const draft = { ...EMPTY_DRAFT, said: "the mill", place: pinned([-75.3, 40.1], "the mill", 50) };
  expect(commits(draft)).toBe(false);
  const whole = { ...draft, incident_type: "STRUCTURE_FIRE" };
  expect(commits(whole)).toBe(true);
  const body = callBody(whole, { at: [-75.4, 40.2], radius_m: 0 }, null);
  expect(body.place).toMatchObject({ at: [-75.3, 40.1], verified: false, shape: { kind: "circle" } });
  expect(body.caller_location).toEqual({ kind: "point", at: [-75.4, 40.2] });
  expect(body).not.toHaveProperty("callback");
});

test("every candidate has its digit on a page, and none is left out", () => {
  const towns = Array.from({ length: 13 }, (_, i) => `town ${i}`);
  expect(pagesOf(towns, 9)).toBe(2);
  expect([...pageOf(towns, 0, 9), ...pageOf(towns, 1, 9)]).toEqual(towns);
  expect(pagesOf([], 9)).toBe(1);
});

test("a house on the map is verified; a spot that was read out, or a street alone, is not", () => {
  const found = { label: "14 Mill Rd", municipality: "Ashby", at: [-75.3, 40.1] as [number, number] };
  const candidate = { ...found, cross_street: "", score: 100, kind: "address", approximate: false };
  expect(placeFrom(candidate).verified).toBe(true);
  expect(placeFrom({ ...candidate, approximate: true }).verified).toBe(false);
  expect(placeFrom({ ...candidate, kind: "coordinates" }).verified).toBe(false);
});

test("an old fix is drawn as old, with its age", () => {
  const fix = {
    unit_id: "E1",
    at: [-75.3, 40.1] as [number, number],
    accuracy_m: null,
    heading_deg: null,
    speed_mps: null,
    device_at: null,
    received_at: "2026-07-01T12:00:00Z",
    source: "vehicle" as const,
  };
  const at = (seconds: number) =>
    unitFeatures(
      [makeUnit("E1")],
      new Map(),
      {},
      new Map([["E1", fix]]),
      [],
      Date.parse(fix.received_at) / 1000 + seconds,
    ).features[0]?.properties;
  expect(at(30)).toMatchObject({ old: false, label: "E1" });
  expect(at(540)).toMatchObject({ old: true, label: "E1 9 min old" });
});
