import { expect, test } from "vitest";
import { makeCandidate, makeIncident } from "../made";
import { correctionBody, correctionOf, placeFrom, type Draft } from "./draft";

const incident = makeIncident({ revision: 3, priority: 2 });
const opened = correctionOf(incident, null, "2026-07-01T12:00:00Z");
const elsewhere = makeCandidate("14 Mill Ln", { at: [-75.2, 40.1] });

test("a form that was opened to correct changes nothing by itself", () => {
  expect(correctionBody(opened)).toBeNull();
});

test("only what is another now is sent, with the revision that was looked at", () => {
  const moved: Draft = { ...opened, place: placeFrom(elsewhere) };
  const body = correctionBody(moved);
  expect(body).toMatchObject({ revision: 3, place: { at: [-75.2, 40.1], address: "14 Mill Ln", verified: true } });
  expect(body).not.toHaveProperty("incident_type");
  expect(correctionBody({ ...opened, priority: 1 })).toEqual({ revision: 3, priority: 1 });
});

test("another type without a priority of its own leaves the priority to the hub", () => {
  const body = correctionBody({ ...opened, incident_type: "STRUCTURE_FIRE_2", priority: null });
  expect(body).toEqual({ revision: 3, incident_type: "STRUCTURE_FIRE_2" });
});
