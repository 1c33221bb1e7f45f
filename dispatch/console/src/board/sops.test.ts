import { expect, test } from "vitest";
import type { SopLine } from "../api/model";
import { makeAssignment, makeIncident } from "../made";
import { callSops, crewSop, deskSops, sopFor, stepOf } from "./sops";

const line = (step: SopLine["step"], words: string, agency = "", incident_type = ""): SopLine => ({
  step,
  line: words,
  agency,
  incident_type,
});
const FIRE = makeIncident();
const LEG = FIRE.legs[0]!;
const TYPE = FIRE.incident_type;

test("the agency's own line for the type goes first, then its own, then everybody's for the type", () => {
  const rows = [line("scene", "d"), line("scene", "c", "", TYPE), line("scene", "b", "fire-a")];
  const all = [...rows, line("scene", "a", "fire-a", TYPE)];
  expect(sopFor(all, "scene", "fire-a", TYPE)).toBe("a");
  expect(sopFor(rows, "scene", "fire-a", TYPE)).toBe("b");
  expect(sopFor(rows, "scene", "fire-b", TYPE)).toBe("c");
  expect(sopFor(rows, "scene", null, "OTHER")).toBe("d");
  expect(sopFor(rows, "close", "fire-a", TYPE)).toBeNull();
});

test("a part waits for units, has them on the way, has them there, or is left to be closed", () => {
  const pending = { ...LEG, state: "pending" as const };
  const active = { ...LEG, state: "active" as const };
  const unit = (status: "dispatched" | "on_scene") =>
    makeAssignment("E2", { discipline: LEG.discipline, status });
  expect(stepOf(pending, [])).toBe("dispatch");
  expect(stepOf(active, [unit("dispatched")])).toBe("enroute");
  expect(stepOf(active, [unit("dispatched"), unit("on_scene")])).toBe("scene");
  expect(stepOf(active, [])).toBe("close");
  expect(stepOf({ ...LEG, state: "closed" }, [])).toBeNull();
});

test("at the desk each part has the line of its own step, the same words once, two at most", () => {
  const leg = (discipline: "law" | "fire" | "ems", agency_id: string) => ({
    ...LEG,
    discipline,
    agency_id,
    state: "pending" as const,
  });
  const incident = { ...FIRE, legs: [leg("fire", "f"), leg("ems", "e"), leg("law", "l")] };
  expect(deskSops([line("dispatch", "send")], incident, [])).toHaveLength(1);
  const own = [line("dispatch", "a", "f"), line("dispatch", "b", "e"), line("dispatch", "c", "l")];
  expect(deskSops(own, incident, []).map((one) => one.line)).toEqual(["a", "b"]);
  expect(callSops([line("call", "ask", "", TYPE)], ["f", "e"], TYPE)).toEqual(["ask"]);
});

test("the crew reads its own agency's line for what it does", () => {
  const rows = [line("crew_enroute", "go", "fire-a"), line("crew_scene", "work")];
  const at = (status: "dispatched" | "on_scene" | "transporting") =>
    crewSop(rows, makeAssignment("E2", { status }), TYPE);
  expect([at("dispatched"), at("on_scene"), at("transporting")]).toEqual(["go", "work", null]);
});
