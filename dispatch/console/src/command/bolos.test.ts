import { expect, test } from "vitest";
import type { Bolo } from "../api/model";
import { bolosWith } from "../board/bolos";
import { shiftBrief } from "../board/brief";
import { coverOfDisciplines } from "../board/cover";
import { makeBoard, makeContext, NOON, REGION } from "../made";
import { complete } from "./complete";
import { read } from "./grammar";

const bolo = (ref: string, text: string, over: Partial<Bolo> = {}): Bolo => ({
  id: `bolo-${ref}`,
  ref,
  kind: "vehicle",
  text,
  agency_id: null,
  municipality: "",
  incident_id: null,
  author: "dana",
  issued_at: NOON,
  expires_at: "2026-07-01T20:00:00Z",
  ended_at: null,
  ended: null,
  ended_by: null,
  ended_why: "",
  audience: ["law-a"],
  ...over,
});
const standing = [bolo("B1", "red pickup KLM-1234"), bolo("B2", "grey van", { issued_at: "2026-07-01T12:05:00Z" })];
const ctx = makeContext(makeBoard({ bolos: standing }));

test("a BOLO has an end, a kind, those it is for, and words", () => {
  expect(read("BOLO +8h vehicle red pickup KLM-1234", ctx)).toMatchObject({
    echo: "BOLO until 16:00 for law: red pickup KLM-1234",
    action: { body: { kind: "vehicle", text: "red pickup KLM-1234", everyone: false, expires_at: "2026-07-01T20:00:00.000Z" } },
  });
  expect(read("BOLO +2d person all ems-a Ashby tall man", ctx)).toMatchObject({
    action: { body: { kind: "person", everyone: true, agencies: ["ems-a"], municipality: "Ashby", text: "tall man" } },
  });
});

test.each([
  ["BOLO red pickup", "red is no end within 30 days: +8h, +3d or 16:30."],
  ["BOLO +40d red pickup", "+40d is no end within 30 days: +8h, +3d or 16:30."],
  ["BOLO +8h fire", "Whom or what? For fire."],
  ["BOLO- B9 found", "There is no BOLO B9."],
  ["BOLO- B1", "Why is B1 over? red pickup KLM-1234"],
])("%s is not sent", (line, why) => {
  expect(read(line, ctx)).toMatchObject({ ok: false, why });
});

test("one is ended by its reference, found by its words, and part of the brief", () => {
  expect(read("BOLO- b2 found", ctx)).toMatchObject({ action: { do: "end_bolo", bolo_id: "bolo-B2", reason: "found" } });
  expect(complete("BOLO- ", ctx).map((one) => one.value)).toEqual(["B2", "B1"]);
  expect(bolosWith(standing, "klm PICKUP").map((one) => one.ref)).toEqual(["B1"]);
  const brief = shiftBrief(ctx.board, coverOfDisciplines(new Set(["law"])), REGION, Date.parse(NOON), "UTC");
  expect(brief.map((section) => section.title)).toEqual(["Be on the lookout"]);
});
