import { expect, test } from "vitest";
import { makeAssignment, makeBoard, makeContext, makeIncident, makeUnit, NOON } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";
import { hospitalRows, nearestHospitals, patientWords } from "../board/hospitals";

const medic = makeAssignment("M14", { status: "on_scene", discipline: "ems", agency_id: "ems-a" });
const parts = {
  incidents: [makeIncident()],
  units: [makeUnit("M14", { discipline: "ems", agency_id: "ems-a" })],
  assignments: [medic],
};
const ctx = makeContext(makeBoard(parts));
const diverting = makeContext(
  makeBoard({
    ...parts,
    assignments: [{ ...medic, status: "transporting", hospital_id: "MERCY" }],
    hospitals: [
      { hospital_id: "MERCY", intake: "divert", without: ["trauma"], reason: "full", until: null, by: "d", since: NOON },
    ],
  }),
);

test("patients are counted by the colour of the tag", () => {
  expect(read("PT . R2 G4", ctx)).toMatchObject({
    echo: "6 patients: 2 red, 4 green at 1042",
    action: { do: "patients", count: { red: 2, yellow: 0, green: 4, black: 0 } },
  });
  expect(read("PT . 6", ctx)).toMatchObject({ ok: false });
  expect(patientWords({ red: 1, yellow: 0, green: 0, black: 0, at: "", by: "" })).toBe("1 patient: 1 red");
});

test("a transport names its hospital, and what that does not take is said before Enter", () => {
  expect(read("TR M14 mercy", ctx)).toMatchObject({
    echo: "M14: Transporting to Mercy Hospital",
    action: { steps: [{ status: "transporting", hospital_id: "MERCY" }] },
  });
  expect(read("TR M14 nowhere", ctx)).toMatchObject({ ok: false });
  expect(read("TR M14 mercy", diverting)).toMatchObject({
    echo: "M14: Transporting to Mercy Hospital, which DIVERTS trauma: full",
  });
  expect(complete("TR M14 m", ctx).map((c) => c.value)).toEqual(["MERCY"]);
});

test("a hospital diverts for what it lacks until a time, and is open again", () => {
  expect(read("HS mercy divert trauma +2h scanner down", ctx)).toMatchObject({
    echo: "Mercy Hospital DIVERTS trauma: scanner down, until 10:00",
    action: { body: { intake: "divert", without: ["trauma"], reason: "scanner down" } },
  });
  expect(read("HS mercy divert all +2h full", ctx)).toMatchObject({
    echo: expect.stringContaining("DIVERTS all: full, until"),
    action: { body: { intake: "divert", without: [], reason: "full" } },
  });
  expect(read("HS stluke divert trauma full", ctx)).toMatchObject({ ok: false });
  expect(read("HS mercy open", ctx)).toMatchObject({ ok: false });
  expect(read("HS mercy open", diverting)).toMatchObject({ action: { body: { intake: null } } });
});

test("the board of hospitals: those that divert first, with who is on the way", () => {
  const hospitals = ctx.region!.hospitals!;
  const rows = hospitalRows(hospitals, diverting.board.hospitals, Object.values(diverting.board.assignments));
  expect(rows.map((row) => [row.hospital.id, row.coming])).toEqual([["MERCY", ["M14"]], ["STLUKE", []]]);
  expect(nearestHospitals(hospitals, [-75.2, 40.19]).map((h) => h.hospital.id)).toEqual(["STLUKE", "MERCY"]);
});
