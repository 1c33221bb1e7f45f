import { expect, test } from "vitest";
import { makeCall, makeIncident, makeType } from "../made";
import { callBody, committed, draftOf, EMPTY_DRAFT, pinned, typedOn } from "./draft";
import { formBody } from "./kept_form";

const sent = { ...EMPTY_DRAFT, said: "mill", note: "smoke", started_at: "2026-07-01T12:00:00Z" };

test("a call that the hub began while it was sent has not been typed on: the form is cleared", () => {
  expect(typedOn(sent, sent)).toBe(false);
  expect(typedOn(sent, { ...sent, call_id: "c-1" })).toBe(false);
});

test("a word typed while it was sent keeps the form", () => {
  expect(typedOn(sent, { ...sent, note: "smoke, and fire" })).toBe(true);
  expect(typedOn(sent, { ...sent, call_id: "c-1", priority: 1 })).toBe(true);
});

test("what another screen had typed is all in the form that goes on with it", () => {
  const place = makeIncident().place;
  const form = { place, incident_type: "FIRE", priority: 2, type_text: "", wanted: "14:00", caller_at: "40.1 -75.3" };
  const call = makeCall({ phase: "taking", said: "mill", callback: "555-0100", note: "smoke", form });
  const draft = draftOf(call, [makeType("FIRE", "Fire")]);
  expect(draft).toMatchObject({ call_id: call.id, said: "mill", note: "smoke", type_text: "Fire", priority: 2 });
  expect(formBody(draft)).toMatchObject({
    said: "mill",
    callback: "555-0100",
    note: "smoke",
    incident_type: "FIRE",
    wanted: "14:00",
    caller_at: "40.1 -75.3",
    place: { at: place.at, address: place.address },
  });
});

test("what is longer than the hub keeps is cut, so that the rest arrives", () => {
  expect(String(formBody({ ...EMPTY_DRAFT, said: "x".repeat(300) })["said"])).toHaveLength(200);
});

test("a caller's shape that is no circle goes to the hub as it is: whose it is goes by the shape", () => {
  const ring = [[-75.3, 40.1], [-75.2, 40.1], [-75.2, 40.11], [-75.3, 40.1]] as [number, number][];
  const shape = { kind: "polygon" as const, ring };
  const place = pinned([-75.25, 40.105], "", 4_000, shape);
  expect(callBody({ ...EMPTY_DRAFT, place }, null, null)["place"]).toMatchObject({ shape });
  const circle = pinned([-75.25, 40.105], "", 80, { kind: "circle", centre: [-75.25, 40.105], radius_m: 80 });
  expect(callBody({ ...EMPTY_DRAFT, place: circle }, null, null)["place"]).toMatchObject({
    shape: { kind: "circle", radius_m: 80 },
  });
});

test("the only type that fits the words is taken with the commit; of several, and of none, it is said", () => {
  const fire = makeType("STRUCTURE_FIRE", "Building fire");
  const crash = makeType("MVA", "Vehicle accident");
  const typed = { ...EMPTY_DRAFT, place: pinned([9.5, 47.1], "Mill Rd"), type_text: "fire" };
  expect(committed(typed, [fire])).toMatchObject({ incident_type: "STRUCTURE_FIRE", type_text: "Building fire" });
  expect(committed(typed, [fire, crash])).toContain("2 types fit “fire”");
  expect(committed(typed, [])).toContain("A type is needed");
  expect(committed({ ...typed, place: null }, [fire])).toContain("A location is needed");
  const picked = { ...typed, incident_type: "MVA" };
  expect(committed(picked, [fire])).toBe(picked);
});
