import { describe, expect, test } from "vitest";
import type { FeedRead, PlaceCandidate } from "../api/model";
import {
  makeAdvice,
  makeAssignment,
  makeBlock,
  makeBoard,
  makeCandidate,
  makeClosure,
  makeContext,
  makeIncident,
  makeUnit,
} from "../made";
import { complete, completed } from "./complete";
import { differenceOf, read } from "./grammar";
import { endOf, pointOf } from "./lookup";
import { closureLine } from "./closing_roads";
import type { Meaning } from "./meaning";
import { hoursOfText } from "./weekly_hours";
import { indexWords, spotOf, whereWords, type Spot } from "./where";

const UNITS = [
  makeUnit("E2"),
  makeUnit("E22"),
  makeUnit("M14", { discipline: "ems", agency_id: "ems-a" }),
  makeUnit("P75", { discipline: "law" }),
  makeUnit("L9", { duty: "out_of_service", duty_reason: "pump" }),
];
const BOARD = makeBoard({
  incidents: [
    makeIncident(),
    makeIncident({ id: "i2", number: "2026-002042", type_label: "Vehicle fire" }),
    makeIncident({ id: "i3", number: "2026-000007" }),
  ],
  units: UNITS,
  recommendations: [makeAdvice("r1", ["E22"])],
  assignments: [makeAssignment("M14", { incident_id: "i3", discipline: "ems" })],
});
const CTX = makeContext(BOARD);
const READY = { state: "ready", built_pct: 100, since_s: 9, older: false, why: "" } as const;
const FEED: FeedRead = {
  kind: "feed.read",
  feed_id: "works",
  read_at: "2026-07-01T12:00:00Z",
  ok: true,
  error: "",
  listed: 1,
  placed: 0,
  unplaced: 1,
  refused: 0,
  harmless: 0,
  interval_s: 60,
  good_at: null,
  failures: 0,
  not_before: null,
  rejects: [],
};

function refused(meaning: Meaning) {
  if (meaning.ok) throw new Error(`meant: ${meaning.echo}`);
  return meaning;
}
function action(line: string, ctx = CTX) {
  const meaning = read(line, ctx);
  if (!meaning.ok) throw new Error(`refused: ${meaning.why}`);
  return meaning.action;
}

describe("sending", () => {
  test("recommended units go under the recommendation's id", () => {
    expect(action("D . E22")).toEqual({
      do: "assign",
      incident_id: "i1",
      recommendation_id: "r1",
      unit_ids: ["E22"],
      override_reason: null,
    });
  });

  test("the star is the whole recommended set, echoed by its units", () => {
    const meaning = read("d 1042 *", CTX);
    expect(meaning.ok && meaning.echo).toContain("Send E22 to 1042 Building fire, 14 Mill Rd");
    expect(action("D . *")).toMatchObject({ recommendation_id: "r1", unit_ids: ["E22"] });
  });

  test("a star that means something else now is refused with the difference", () => {
    const star = new Map([["i1", makeAdvice("r0", ["E2"])]]);
    const meaning = refused(read("D . *", makeContext(BOARD, { star })));
    expect(meaning.why).toContain("− E2  + E22");
    expect(meaning.changed?.id).toBe("r1");
  });

  test("a newer recommendation of the same units is no change", () => {
    const star = new Map([["i1", makeAdvice("r0", ["E22"])]]);
    expect(action("D . *", makeContext(BOARD, { star }))).toMatchObject({ recommendation_id: "r1" });
  });

  test("a unit outside the recommendation needs D! and a reason", () => {
    expect(refused(read("D . E2", CTX)).why).toContain("D!");
    expect(refused(read("D! . E2", CTX)).unfinished).toBe(true);
    expect(action("D! . E2 E22 officer asked")).toEqual({
      do: "assign",
      incident_id: "i1",
      recommendation_id: "r1",
      unit_ids: ["E2", "E22"],
      override_reason: "officer asked",
    });
    expect(action("D! . E2 near by")).toMatchObject({ recommendation_id: null });
  });

  test("a taken or resting unit is refused with where it is or why", () => {
    expect(refused(read("D! . M14 need it", CTX)).why).toContain("M14 is DP on 0007");
    expect(refused(read("D! . L9 need it", CTX)).why).toContain("pump");
  });

  test("an ambiguous incident is refused with the candidates", () => {
    const meaning = refused(read("D 042 E22", CTX));
    expect(meaning.why).toBe("042 fits 2 incidents.");
    expect(meaning.candidates).toHaveLength(2);
  });

  test("an unknown unit is refused with those that begin alike", () => {
    expect(refused(read("D . E", CTX)).candidates).toEqual(["E2", "E22"]);
  });
});

describe("working", () => {
  test("a status goes to the unit's own assignment", () => {
    expect(action("ER M14")).toEqual({
      do: "status",
      steps: [
        {
          kind: "assignment",
          unit_id: "M14",
          assignment_id: "a-M14",
          revision: 1,
          status: "enroute",
        },
      ],
    });
  });

  test("what cannot follow is refused with what can", () => {
    expect(refused(read("TR M14", CTX)).why).toContain("next can be ER ST OS AV");
  });

  test("out of service asks for a reason, in service needs none", () => {
    expect(refused(read("OOS E2", CTX)).why).toContain("Why");
    expect(action("OOS E2 flat tyre")).toMatchObject({ steps: [{ reason: "flat tyre" }] });
    expect(action("AV L9")).toMatchObject({ steps: [{ duty: "in_service" }] });
  });

  test("notes, priority, closing, case number and voice acknowledgement", () => {
    expect(action("N . gas is off")).toMatchObject({ do: "note", text: "gas is off" });
    expect(action("P . 2")).toMatchObject({ do: "priority", priority: 2, revision: 3 });
    expect(refused(read("P . 0", CTX)).why).toContain("1 to 9");
    expect(action("C . false alarm")).toMatchObject({ discipline: null, disposition: "false alarm" });
    expect(refused(read("C 0007 done", CTX)).why).toContain("AV M14");
    expect(action("CN . ashby fire")).toMatchObject({ agency_id: "fire-a" });
    expect(action("ACK M14")).toMatchObject({ assignment_id: "a-M14" });
  });

  test("a part is closed by its name and a colon; a word that may be both is refused", () => {
    expect(action("C . fire: out")).toMatchObject({ discipline: "fire", disposition: "out" });
    expect(action("C . FIRE:out")).toMatchObject({ discipline: "fire", disposition: "out" });
    expect(action("C . all: fire out")).toMatchObject({ discipline: null, disposition: "fire out" });
    const meaning = refused(read("C . fire out", CTX));
    expect(meaning.unfinished).toBe(false);
    expect(meaning.candidates).toEqual([
      "C 1042 fire: out closes FIRE alone with “out”",
      "C 1042 all: fire out closes every part with “fire out”",
    ]);
    expect(refused(read("C . fire", CTX)).unfinished).toBe(true);
    const echo = read("C . fire: out", CTX);
    expect(echo.ok && echo.echo).toBe("Close FIRE of 1042 Building fire, 14 Mill Rd; disposition “out”");
  });

  test("another agency's part is closed, and given a talkgroup, with a reason alone", () => {
    const account = { id: "col", agencies: ["fire-a"] };
    const ctx = makeContext(BOARD, { account: { id: "col", agencies: ["nobody"] } });
    expect(refused(read("C . fire: out", ctx)).candidates).toEqual([
      "C! 1042 fire: out / why you close it",
    ]);
    expect(refused(read("C! . fire: out", ctx)).unfinished).toBe(true);
    expect(action("C! . fire: out / they asked us", ctx)).toMatchObject({
      discipline: "fire",
      disposition: "out",
      reason: "they asked us",
    });
    expect(refused(read("TG . fire 2", ctx)).why).toContain("You do not answer for FIRE of");
    expect(action("C . fire: out", makeContext(BOARD, { account }))).toMatchObject({ reason: "" });
  });

  test("a traffic stop takes place and plate, or the unit's own fix", () => {
    expect(action("TS P75 rt 202 and main abc123")).toMatchObject({
      unit_id: "P75",
      place: { address: "rt 202 and main" },
      incident_type: "TRAFFIC_STOP",
      note: "Traffic stop, plate ABC123",
    });
    expect(action("TS P75 . abc123")).toMatchObject({ place: null });
  });

  test("a place is read as the hub's search reads it, and echoed", () => {
    const known = (...places: PlaceCandidate[]): Spot => ({ state: "known", places, index: READY });
    const ctx = makeContext(BOARD, {
      spots: (text) =>
        ({
          "mill & oak": known(makeCandidate("Mill Rd & Oak Ave")),
          "40 26.5n 79 58.2w": known(makeCandidate("40.441667 N, 79.970000 W", { kind: "coordinates" })),
          "mill & elm": known(makeCandidate("Mill Rd & Elm St"), makeCandidate("Mill Rd & Elm St", { municipality: "Dale" })),
          "rt 202": known(makeCandidate("Rt 202", { approximate: true })),
          "umber hill rd": known(
            makeCandidate("Umber Hill Rd", { approximate: true }),
            makeCandidate("Umber Hill Rd rail crossing", { score: 92 }),
          ),
        })[text] ?? { state: "asking" },
    });
    expect(read("SHUT mill & oak; 40 26.5n 79 58.2w +1h tree down", ctx)).toMatchObject({
      ok: true,
      echo: "Shut 2 points, both ways, until 09:00 (tree down): Mill Rd & Oak Ave, Ashby; 40.441667 N, 79.970000 W, Ashby",
      action: { closure: { line: [[-75.3, 40.1], [-75.3, 40.1]], description: "tree down" } },
    });
    expect(refused(read("SHUT mill & oak; mill & elm +1h", ctx)).candidates).toEqual([
      "Mill Rd & Elm St, Ashby",
      "Mill Rd & Elm St, Dale",
    ]);
    expect(refused(read("SHUT mill & oak; rt 202 +1h", ctx)).why).toContain("only the road is known");
    expect(refused(read("SHUT mill & oak; umber hill rd +1h", ctx)).why).toContain("only the road is known");
    expect(refused(read("SHUT mill & oak; elm & oak +1h", ctx)).unfinished).toBe(true);
    expect(refused(read("SHUT mill oak +1h", ctx)).why).toContain("Along which points?");
    expect(action("TS P75 mill & oak abc123", ctx)).toMatchObject({
      place: { at: [-75.3, 40.1], address: "Mill Rd & Oak Ave" },
    });
    expect(action("TS P75 40 26.5n 79 58.2w abc123", ctx)).toMatchObject({ place: { at: [-75.3, 40.1], address: "" } });
    expect(read("TS P75 mill & elm abc123", ctx)).toMatchObject({
      ok: true,
      echo: expect.stringContaining("mill & elm, by its station, no fix is known (mill & elm fits 2 places.)"),
    });
    expect(action("Z mill & oak", ctx)).toMatchObject({ do: "show", at: [-75.3, 40.1] });
    const [incident] = Object.values(BOARD.incidents);
    const number = incident?.number.slice(-4);
    expect(read(`L ${number} mill & oak`, ctx)).toMatchObject({
      ok: true,
      echo: expect.stringContaining("MOVES to Mill Rd & Oak Ave, Ashby"),
      action: {
        do: "place",
        incident_id: incident?.id,
        revision: incident?.revision,
        place: { at: [-75.3, 40.1], address: "Mill Rd & Oak Ave", municipality: "Ashby", verified: true },
      },
    });
    expect(action(`L ${number} 40 26.5n 79 58.2w`, ctx)).toMatchObject({ place: { verified: false, address: "" } });
    expect(refused(read(`L ${number} mill & elm`, ctx)).candidates).toHaveLength(2);
    expect(refused(read(`L ${number}`, ctx)).unfinished).toBe(true);
  });

  test("roads are shut until an end that is named, or not at all", () => {
    const line = "SHUT 40.1,-75.3 40.11,-75.31";
    expect(refused(read(line, CTX)).unfinished).toBe(true);
    expect(action(`${line} +1h ALONG bridge works`)).toEqual({
      do: "open_closure",
      closure: {
        line: [
          [-75.3, 40.1],
          [-75.31, 40.11],
        ],
        direction: "along",
        speed_factor: 0,
        description: "bridge works",
        ends_at: "2026-07-01T13:00:00.000Z",
      },
    });
    expect(action(`${line} +1h H3.5 w12 low bridge`)).toMatchObject({
      closure: { max_height_m: 3.5, max_weight_t: 12, description: "low bridge" },
    });
    expect(action(`SLOW 50 40.1,-75.3 40.11,-75.31 09:30`)).toMatchObject({
      closure: { speed_factor: 0.5, ends_at: "2026-07-01T13:30:00.000Z" },
    });
    expect(action(`SLOW 30 40.1,-75.3 40.11,-75.31 +1h ALONG TRAFFIC rush hour`)).toMatchObject({
      closure: { speed_factor: 0.3, congestion: true, direction: "along", description: "rush hour" },
    });
    expect(action(`SHUT 40.1,-75.3 40.11,-75.31 +1h traffic island`)).toMatchObject({
      closure: { speed_factor: 0, description: "traffic island" },
    });
  });

  test("a closure with hours of the week is echoed with them, and what may be read twice is refused", () => {
    const line = "SHUT 40.1,-75.3 40.11,-75.31 +30d";
    expect(action(`${line} EVERY Mon-Fri 20:00-05:00, sat 08:00-12:00 ALONG night works`)).toMatchObject({
      closure: {
        hours: [
          { days: [1, 2, 3, 4, 5], begins: "20:00", ends: "05:00" },
          { days: [6], begins: "08:00", ends: "12:00" },
        ],
        direction: "along",
        description: "night works",
        ends_at: "2026-07-31T12:00:00.000Z",
      },
    });
    const echo = read(`${line} every fri-mon 7:30-9:00 EVERY daily 22:00-24:00 school`, CTX);
    expect(echo.ok && echo.echo).toBe(
      "Shut 2 points, both ways, Mon Fri Sat Sun 07:30-09:00, daily 22:00-24:00 alone, until 2026-07-31 08:00 (school)",
    );
    const night = read(`${line} EVERY Tu,Th 20:00-05:00`, CTX);
    expect(night.ok && night.echo).toContain("Tue Thu 20:00-05:00 the next day alone");
    const why = (words: string) => refused(read(`${line} EVERY ${words}`, CTX)).why;
    expect(why("T 20:00-05:00")).toBe("T is Tue or Thu?");
    expect(why("Mon 8-5")).toContain("8-5: morning or evening?");
    expect(why("Mon 08:00-08:00")).toContain("nothing, or a whole day?");
    expect(why("20:00-05:00")).toContain("On which days");
    expect(why("Mon 24:00-05:00")).toContain("begin at 00:00 to 23:59");
    expect(why("Mon 20:00-25:00")).toContain("end at 00:00 to 24:00");
    expect(why("works 20:00-05:00")).toContain("works is no day");
    expect(why("Mon night")).toContain("night is no day");
    expect(refused(read(`${line} EVERY Mon-Fri`, CTX)).unfinished).toBe(true);
  });

  test("a drawn closure prints the line that reads as it was drawn, hours and all", () => {
    const closure = {
      line: [[-75.3, 40.1], [-75.31, 40.11]] as [number, number][],
      direction: "along" as const,
      speed_factor: 0,
      description: "night works",
      ends_at: "2026-07-31T12:00:00.000Z",
      max_height_m: 3.5,
      hours: [{ days: [1, 3, 5], begins: "20:00", ends: "05:00" }],
    };
    expect(action(closureLine(closure, "+30d"))).toEqual({ do: "open_closure", closure });
    expect(hoursOfText("Mon-Fri 20:00-05:00")).toEqual([
      { days: [1, 2, 3, 4, 5], begins: "20:00", ends: "05:00" },
    ]);
    expect(hoursOfText(" ")).toEqual([]);
    expect(refused(hoursOfText("Mon 20:00-05:00 works") as Meaning).why).toContain("works is left over");
  });

  test("what a crew says is blocked is confirmed or refused by the end of its id", () => {
    const ctx = makeContext(makeBoard({ units: UNITS, closures: [makeBlock(), makeClosure()] }));
    expect(action("BH E22", ctx)).toEqual({ do: "report_block", unit_id: "E22" });
    expect(action("CONFIRM 4f2a1c", ctx)).toEqual({
      do: "confirm_closure",
      closure_id: "block-4f2a1c",
      ends_at: null,
      both_ways: false,
      description: "",
    });
    expect(action("CONFIRM 4f2a1c +2h both tree down", ctx)).toMatchObject({
      ends_at: "2026-07-01T14:00:00.000Z",
      both_ways: true,
      description: "tree down",
    });
    const echo = read("CONFIRM 4f2a1c", ctx);
    expect(echo.ok && echo.echo).toBe(
      "E22 says blocked, confirmed: Mill Rd shut in its direction until 08:30",
    );
    expect(action("REFUSE 4f2a1c", ctx)).toEqual({ do: "lift_closure", closure_id: "block-4f2a1c" });
    expect(refused(read("REFUSE c1", ctx)).why).toContain("LIFT");
    expect(complete("CONFIRM ", ctx)).toEqual([
      { value: "4f2a1c", hint: "E22 says blocked: Mill Rd" },
    ]);
  });
  test("ACCEPT closes the road that was proposed for a feed's entry", () => {
    const proposal = makeClosure({ id: "p1", description: "Mill Rd: works" });
    const rejects = [{ ref: "w 14", why: "in doubt", proposal }];
    const ctx = makeContext({
      ...BOARD,
      feeds: { works: { ...FEED, rejects } },
    });
    expect(action("ACCEPT works w 14", ctx)).toEqual({
      do: "accept_proposal",
      feed_id: "works",
      ref: "w 14",
    });
    expect(refused(read("ACCEPT works w 15", ctx)).candidates).toEqual(["works w 14"]);
  });


  test("an unknown verb is refused with the verbs", () => {
    expect(refused(read("QQ", CTX)).candidates).toContain("D");
  });
});

describe("completion", () => {
  test("verbs, incidents, then units, the free ones first when sending", () => {
    expect(complete("S", CTX).map((c) => c.value)).toEqual(["ST", "SC", "SC-", "SHUT", "SLOW", "S", "STORM", "SHOW", "SQ", "SQ-", "SQ+", "SEE", "SIL"]);
    expect(complete("D 10", CTX).map((c) => c.value)).toEqual(["1042"]);
    expect(complete("D . ", CTX).map((c) => c.value)).toEqual(["E2", "E22", "P75"]);
    expect(complete("ER ", CTX)[0]).toEqual({ value: "M14", hint: "DP" });
  });

  test("Tab takes the only fit, or as far as all agree", () => {
    expect(completed("D . P", complete("D . P", CTX))).toBe("D . P75 ");
    expect(completed("D . e", complete("D . e", CTX))).toBe("D . E2");
  });
});

test("points are read latitude first, turned round only where the region says so", () => {
  const bounds = [-75.7, 39.9, -75, 40.5] as const;
  expect(pointOf("40.1, -75.3", bounds)).toEqual([-75.3, 40.1]);
  expect(pointOf("-75.3 40.1", bounds)).toEqual([-75.3, 40.1]);
  expect(pointOf("2434 Rowan Rd", bounds)).toBeNull();
  expect(pointOf("95, 200", undefined)).toBeNull();
});

test("an end is a span or the next time that the clock shows it", () => {
  const now = Date.parse("2026-07-01T12:00:00Z");
  expect(endOf("+90m", now, "UTC")).toBe("2026-07-01T13:30:00.000Z");
  expect(endOf("11:00", now, "UTC")).toBe("2026-07-02T11:00:00.000Z");
  expect(endOf("tomorrow", now, "UTC")).toBeNull();
});

test("the difference between recommendations names who goes and who comes", () => {
  expect(differenceOf(makeAdvice("a", ["E1", "E2"]), makeAdvice("b", ["E2", "E3"]))).toBe(
    "− E1  + E3",
  );
});

test("while the index of places is built, no match means nothing, and it says so", () => {
  const building = { ...READY, state: "building", built_pct: 40, since_s: 12.4 } as const;
  expect(indexWords(READY)).toBe("");
  expect(indexWords(building)).toBe(
    "Place index being built, 40 % after 12 s: only coordinates are found; free text and pin are taken.",
  );
  expect(indexWords({ ...building, since_s: 150, older: true })).toContain("after 2 min: what is listed is of the map before");
  expect(indexWords({ ...building, state: "failed", why: "there is none" })).toContain("NOT BUILT (there is none)");
  const nothing = { state: "known", places: [] } as const;
  expect(whereWords(spotOf("mill", { ...nothing, index: building }))).toContain("being built");
  expect(whereWords(spotOf("mill", { ...nothing, index: READY }))).toBe("No place fits mill.");
});
