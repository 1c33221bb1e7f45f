import { expect, test } from "vitest";
import type { Leg } from "../api/model";
import { makeBoard, makeContext, makeIncident, REGION } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";
import type { Meaning } from "./meaning";
import { requestOf } from "./run";

const LEG = makeIncident().legs[0] as Leg;
const part = (over: Partial<Leg>): Leg => ({ ...LEG, ...over });
const EMS = part({ discipline: "ems", agency_id: "ems-a" });
const TYPES = REGION.incident_types;
const type = (incident_type: string, label: string) => ({ ...(TYPES[0] as (typeof TYPES)[0]), incident_type, label });
const region = {
  ...REGION,
  incident_types: [...TYPES, type("FIRE_ALARM", "Fire alarm"), type("MEDICAL_ALARM", "Medical alarm")],
};

function context(ems: Partial<Leg> = {}, over = {}) {
  const incident = makeIncident({ priority: 1, legs: [LEG, { ...EMS, ...ems }] });
  return makeContext(makeBoard({ incidents: [incident] }), { region, ...over });
}

function said(meaning: Meaning) {
  return meaning.ok ? meaning.echo : meaning.why;
}

test("a priority is the incident's, or that of the part that is named", () => {
  expect(said(read("P . 2", context()))).toBe("1042 Building fire, 14 Mill Rd: priority 1 becomes 2");
  const meaning = read("P . ems 2", context());
  expect(said(meaning)).toBe("EMS part of 1042 Building fire, 14 Mill Rd: priority 2, was 1");
  if (!meaning.ok || meaning.action.do !== "part") throw new Error("no part");
  expect(requestOf(meaning.action)).toEqual({
    method: "PATCH",
    path: "/incidents/i1/legs/ems",
    body: { revision: 3, priority: 2 },
  });
  expect(said(read("P . ems 2", context({ priority: 2 })))).toBe("Its EMS part is priority 2 already.");
  expect(said(read("P . ems 1", context({ priority: 2 })))).toContain("priority 1 as the whole, was 2");
  expect(said(read("P . 3", context({ priority: 2 })))).toContain("becomes 3; EMS keeps priority 2");
  expect(said(read("P . law 2", context()))).toContain("has no law part");
  expect(said(read("P . ems 2", context({ state: "closed" })))).toBe("Its ems part is closed.");
});

test("what is no priority is refused with the parts that may be meant", () => {
  const meaning = read("P . 2 ems", context());
  expect(meaning).toMatchObject({ ok: false, candidates: ["P 1042 fire 2", "P 1042 ems 2"] });
});

test("a type is the incident's, or that of the part; a word that may be either is refused", () => {
  expect(said(read("T . ems VEHICLE_FIRE", context()))).toBe(
    "EMS part of 1042 Building fire, 14 Mill Rd: Vehicle fire, priority 2; was Building fire, 1",
  );
  const both = read("T . fire alarm", context());
  expect(both).toMatchObject({ ok: false, unfinished: false });
  expect(both.ok || both.candidates).toEqual([
    "T 1042 fire FIRE_ALARM",
    "T 1042 fire MEDICAL_ALARM",
    "T 1042 FIRE_ALARM",
  ]);
  expect(said(read("T . FIRE_ALARM", context()))).toContain("becomes Fire alarm");
  expect(said(read("T . fire FIRE_ALARM", context()))).toContain("FIRE part of");
  const own = { incident_type: "VEHICLE_FIRE", type_label: "Vehicle fire", priority: 2 };
  expect(said(read("T . ems STRUCTURE_FIRE", context(own)))).toContain("Building fire as the whole, priority 1");
});

test("another agency's part takes a reason", () => {
  const account = { account: { id: "x", agencies: ["fire-a"] } };
  expect(said(read("P . ems 2", context({}, account)))).toContain("You do not answer for EMS of");
  expect(read("P! . ems 2", context({}, account))).toMatchObject({ ok: false, unfinished: true });
  expect(read("P! . ems 2 / they asked us", context({}, account))).toMatchObject({
    ok: true,
    action: { do: "part", priority: 2, reason: "they asked us" },
  });
});

test("the parts are offered with what each is now", () => {
  expect(complete("P . ", context({ priority: 2 }))).toEqual([
    { value: "fire", hint: "priority 1, Building fire" },
    { value: "ems", hint: "priority 2, Building fire" },
  ]);
  expect(complete("T . ems VEH", context()).map((c) => c.value)).toEqual(["VEHICLE_FIRE"]);
});
