/** Reads a command line: `VERB [incident] [units…] [text]`. Pure: it says what Enter would do, and
 * refuses what is ambiguous with the candidates. It sends nothing. */

import { parkedBy, parkedWords } from "../board/crews";
import type { Discipline, Emergency, Incident, Leg, LonLat, Recommendation, Unit } from "../api/model";
import { openCorrection } from "../board/corrections";
import { DISCIPLINES, openPicks } from "../board/select";
import { dutyWords, isOwnCode } from "../board/own_statuses";
import { nearestOfKind, sceneOf, whereCalling } from "../board/emergencies";
import { reservations, reservedWords } from "../board/schedule";
import { CODES, isLive } from "../board/status";
import { addressOf, shortNumber } from "../board/words";
import { readAccept, readBlocked, readClosure, readConfirm, readLift, readRefuse } from "./closing_roads";
import { readEmergency, readEmergencyEnd, readLogOff, readLogOn } from "./crews";
import {
  findAgency,
  findIncident,
  findUnit,
  foreignWords,
  isOwnLeg,
  leadingUnits,
  liveOf,
  named,
  withReason,
} from "./lookup";
import { readPriority, readType } from "./parts";
import { means, refuse, unfinished, VERBS, type Context, type Meaning } from "./meaning";
import { readHospital, readPatients } from "./hospitals";
import { readCancel } from "./cancel";
import { readOutside, readOutsideArrived, readOutsideOver } from "./outside";
import { readMerge, readUnmerge } from "./merging";
import { readPanel, readRegion, readSee, readSelect, readSilence, readSquare } from "./screen";
import { readProtocol } from "./protocols";
import { readBolo, readBoloEnd } from "./bolos";
import { readQuery } from "./queries";
import { readSchedule, readScheduleEnd } from "./schedules";
import { readStorm } from "./storms";
import { whereOf } from "./where";
import { readOwn, readStatus, STATUS_VERBS } from "./statuses";
import { readFold, readLeave, readTake } from "./positions";
import {
  readAlarm,
  readBackup,
  readBenchmark,
  readDivert,
  readHold,
  readLink,
  readSwap,
  readTalkgroup,
  readUndo,
} from "./working";

/** What Enter would do with this line. */
export function read(line: string, ctx: Context): Meaning {
  const words = line.trim().split(/\s+/).filter(Boolean);
  const verb = (words[0] ?? "").toUpperCase();
  const rest = words.slice(1);
  if (!verb) return unfinished("");
  if (STATUS_VERBS.has(verb)) return readStatus(verb, rest, ctx);
  if (verb === "S") return readOwn(rest[0] ?? "", rest.slice(1), ctx);
  switch (verb) {
    case "D":
    case "D!":
      return readAssign(rest, verb === "D!", ctx);
    case "DV":
      return withIncident(rest, ctx, (incident, words) => readDivert(incident, words, ctx));
    case "X":
      return readSwap(rest, ctx);
    case "BK":
      return readBackupFor(rest, ctx);
    case "U":
      return readUndo(rest, ctx);
    case "LO":
      return readLogOn(rest, ctx);
    case "LF":
      return readLogOff(rest, ctx);
    case "EM":
      return readEmergency(rest, "button", ctx);
    case "MAYDAY":
      return readEmergency(rest, "mayday", ctx);
    case "EME":
      return readEmergencyEnd(rest, ctx);
    case "T":
    case "T!":
      return withIncident(rest, ctx, (incident, words) => readType(incident, words, verb === "T!", ctx));
    case "PR":
    case "PR-":
      return withIncident(rest, ctx, (incident, words) => readProtocol(incident, words, verb === "PR", ctx));
    case "AL":
      return withIncident(rest, ctx, (incident, words) => readAlarm(incident, words));
    case "CX":
      return withIncident(rest, ctx, (incident, words) => readCancel(incident, words, ctx));
    case "H":
      return withIncident(rest, ctx, (incident, words) => readHold(incident, words, ctx));
    case "SC":
      return withIncident(rest, ctx, (incident, words) => readSchedule(incident, words, ctx));
    case "Q":
      return withIncident(rest, ctx, (incident, words) => readQuery(incident, words, ctx));
    case "SC-":
      return withIncident(rest, ctx, readScheduleEnd);
    case "LK":
    case "LK-":
      return withIncident(rest, ctx, (incident, words) => readLink(incident, words, verb === "LK", ctx));
    case "MG":
      return withIncident(rest, ctx, (incident, words) => readMerge(incident, words, ctx));
    case "MG-":
      return withIncident(rest, ctx, readUnmerge);
    case "BM":
      return withIncident(rest, ctx, (incident, words) => readBenchmark(incident, words.join(" ")));
    case "PAR":
      return withIncident(rest, ctx, (incident, words) =>
        words.length > 0 ? refuse("PAR and an incident, no more.") : readBenchmark(incident, "PAR"),
      );
    case "TG":
    case "TG!":
      return withIncident(rest, ctx, (incident, words) =>
        readTalkgroup(incident, words, verb === "TG!", ctx),
      );
    case "N":
      return readNote(rest, ctx);
    case "P":
    case "P!":
      return withIncident(rest, ctx, (incident, words) => readPriority(incident, words, verb === "P!", ctx));
    case "L":
      return readPlace(rest, ctx);
    case "V":
      return readSelect(rest, ctx);
    case "SHOW":
      return readPanel(rest, ctx);
    case "SQ":
    case "SQ-":
    case "SQ+":
      return readSquare(verb, rest, ctx);
    case "SEE":
      return readSee(rest, ctx);
    case "SIL":
      return readSilence(rest, ctx);
    case "Z":
      return readShow(rest, ctx);
    case "C":
    case "C!":
      return readClose(rest, verb === "C!", ctx);
    case "CN-":
      return readVoid(rest, ctx);
    case "CN":
      return readCaseNumber(rest, ctx);
    case "ACK":
      return readAcknowledge(rest, ctx);
    case "VR":
      return readPageAnswer(rest, ctx);
    case "CHK":
      return readCheck(rest, ctx);
    case "HZ":
      return readHazard(rest, ctx);
    case "TS":
      return readTrafficStop(rest, ctx);
    case "SHUT":
    case "SLOW":
      return readClosure(verb, rest, ctx);
    case "POS":
      return readTake(rest, ctx);
    case "LEAVE":
      return readLeave(rest, ctx);
    case "FOLD":
      return readFold(rest, ctx);
    case "BOLO":
      return readBolo(rest, ctx);
    case "BOLO-":
      return readBoloEnd(rest, ctx);
    case "OU":
      return withIncident(rest, ctx, (incident, words) => readOutside(incident, words, ctx));
    case "OUA":
      return withIncident(rest, ctx, readOutsideArrived);
    case "OUX":
      return withIncident(rest, ctx, readOutsideOver);
    case "PT":
      return withIncident(rest, ctx, readPatients);
    case "HS":
      return readHospital(rest, ctx);
    case "STORM":
      return readStorm(rest, ctx);
    case "LIFT":
      return readLift(rest, ctx);
    case "BH":
      return readBlocked(rest, ctx);
    case "CONFIRM":
      return readConfirm(rest, ctx);
    case "REFUSE":
      return readRefuse(rest, ctx);
    case "ACCEPT":
      return readAccept(rest, ctx);
  }
  if (isOwnCode(ctx.region, verb)) return readOwn(verb, rest, ctx);
  const starting = VERBS.filter((v) => v.verb.startsWith(verb)).map((v) => v.verb);
  return starting.length > 0
    ? unfinished("Which?", starting)
    : refuse(`There is no verb ${verb}.`, VERBS.map((v) => v.verb));
}

function withIncident(
  rest: string[],
  ctx: Context,
  then: (incident: Incident, words: string[]) => Meaning,
): Meaning {
  const word = rest[0];
  if (!word) return unfinished("Which incident? . is the selected one.");
  const found = findIncident(ctx, word);
  return "one" in found ? then(found.one, rest.slice(1)) : refuse(found.none, found.candidates);
}

function readAssign(rest: string[], override: boolean, ctx: Context): Meaning {
  return withIncident(rest, ctx, (incident, words) => {
    if (words.length === 0) return unfinished(`Which units for ${named(incident)}? * is the recommended set.`);
    const starred = words[0] === "*";
    const advice = ctx.board.recommendations[incident.id];
    if (starred) {
      const fault = starFault(incident, advice, words.length > 1, ctx);
      if (fault) return fault;
    }
    const picks = openPicks(ctx.board, incident.id).map((pick) => pick.unit_id);
    const { units, text } = starred
      ? { units: picks.flatMap((id) => ctx.board.units[id] ?? []), text: words.slice(1) }
      : leadingUnits(words, ctx);
    if (!override && text.length > 0 && !starred) {
      const found = findUnit(ctx, text[0] as string);
      return "one" in found ? refuse("Name units only.") : refuse(found.none, found.candidates);
    }
    if (units.length === 0) {
      const found = findUnit(ctx, words[0] as string);
      return "one" in found ? refuse("No unit left to send.") : refuse(found.none, found.candidates);
    }
    const taken = units.map((unit) => takenWords(unit, ctx)).find((why) => why !== null);
    if (taken) return refuse(taken);
    const outside = units.filter((unit) => !picks.includes(unit.id)).map((unit) => unit.id);
    const reason = text.join(" ");
    if (outside.length > 0 && !override) {
      return refuse(`${outside.join(", ")} not recommended: D! ${rest.join(" ")} and a reason.`);
    }
    if (override && outside.length > 0 && !reason) return unfinished("Why outside the recommendation?");
    const unit_ids = units.map((unit) => unit.id);
    const why = outside.length > 0 ? ` (${outside.join(", ")}: ${reason})` : "";
    const kept = keptWords(unit_ids, incident, ctx);
    return means(`Send ${unit_ids.join(", ")} to ${named(incident)}${why}${kept}`, {
      do: "assign",
      incident_id: incident.id,
      recommendation_id: advice && outside.length < units.length ? advice.id : null,
      unit_ids,
      override_reason: outside.length > 0 || override ? reason || null : null,
    });
  });
}

/** `BK P75 [2 | P76 P77]`: the nearest, or these, go to where it is, or to where it called for help. */
function readBackupFor(rest: string[], ctx: Context): Meaning {
  const [word, ...words] = rest;
  const found = word ? findUnit(ctx, word) : null;
  if (!found) return readBackup(rest, ctx);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const unit = found.one;
  const counted = words.every((one) => /^\d+$/.test(one));
  if (counted && liveOf(ctx, unit.id)) return readBackup(rest, ctx);
  const calls = Object.values(ctx.board.emergencies).find((e) => e.unit_id === unit.id);
  const scene = sceneOf(ctx.board, unit.id);
  if (!scene && !calls) return refuse(`${unit.id} is on no incident: make one where it is.`);
  const count = Number(words[0] ?? "1");
  if (counted && (words.length > 1 || count < 1 || count > 10)) return refuse("How many: 1 to 10.");
  const { units, text } = counted ? { units: [], text: [] } : leadingUnits(words, ctx);
  if (text[0]) {
    const other = findUnit(ctx, text[0]);
    return "one" in other ? refuse("Name units only.") : refuse(other.none, other.candidates);
  }
  if (units.includes(unit)) return refuse(`${unit.id} is the unit that needs help.`);
  const ids = units.map((one) => one.id);
  if (counted && calls) ids.push(...nearestOfKind(ctx.board, calls, ctx.fixes).slice(0, count).map((u) => u.id));
  if (!scene) return calls ? readHelp(calls, unit, ids, ctx) : refuse(`${unit.id} is on no incident.`);
  if (ids.length === 0) return refuse(`No unit of its kind is free: BK ${unit.id} and the units.`);
  return readAssign([scene.number, ...ids, "backup", "for", unit.id], true, ctx);
}

/** For a unit that calls for help and is on no incident one is made where it is, with these units; its words
 * name them before anything is sent. */
function readHelp(calls: Emergency, unit: Unit, unit_ids: string[], ctx: Context): Meaning {
  if (!whereCalling(calls, ctx.fixes)) {
    return refuse(`Nobody knows where ${unit.id} is: TS ${unit.id} and the place it says.`);
  }
  for (const id of [unit.id, ...unit_ids]) {
    const one = ctx.board.units[id];
    const taken = one ? takenWords(one, ctx) : null;
    if (taken) return refuse(taken);
  }
  const others = reservations(ctx.board);
  const kept = unit_ids.flatMap((id) =>
    (others.get(id) ?? []).map((i) => `. ${id} is ${reservedWords(i, ctx.now_ms, ctx.zone)}`),
  );
  const sent = unit_ids.length > 0 ? `send ${unit_ids.join(", ")}` : "no unit of its kind is free, divert one with DV";
  return means(`Make the incident where ${unit.id} calls for help; ${sent}${kept.join("")}`, {
    do: "send_help",
    emergency_id: calls.id,
    unit_ids,
  });
}

/** `. M14 is reserved 14:00 #1042`: whoever sends a kept unit elsewhere reads so before Enter. */
function keptWords(unitIds: string[], incident: Incident, ctx: Context): string {
  const others = reservations(ctx.board);
  return unitIds
    .flatMap((id) =>
      (others.get(id) ?? [])
        .filter((i) => i.id !== incident.id)
        .map((i) => `. ${id} is ${reservedWords(i, ctx.now_ms, ctx.zone)}`),
    )
    .join("");
}

function starFault(
  incident: Incident,
  advice: Recommendation | undefined,
  more: boolean,
  ctx: Context,
): Meaning | null {
  if (more) return refuse("* stands alone: it is the whole recommended set.");
  if (!advice) return refuse("There is no recommendation yet.");
  const before = ctx.star.get(incident.id);
  if (before && before.id !== advice.id) {
    const difference = differenceOf(before, advice);
    if (difference) {
      return {
        ok: false,
        why: `The recommendation has changed: ${difference}. Enter again sends what it says now.`,
        candidates: [],
        unfinished: false,
        changed: advice,
      };
    }
  }
  if (openPicks(ctx.board, incident.id).length === 0) {
    return refuse("Nothing is left to send of the recommendation.");
  }
  return null;
}

/** `− E22  + E27`: what another recommendation sends differently; empty when it sends the same. */
export function differenceOf(before: Recommendation, now: Recommendation): string {
  const was = new Set(before.picks.map((pick) => pick.unit_id));
  const is = new Set(now.picks.map((pick) => pick.unit_id));
  const gone = [...was].filter((id) => !is.has(id)).map((id) => `− ${id}`);
  const come = [...is].filter((id) => !was.has(id)).map((id) => `+ ${id}`);
  return [...gone, ...come].join("  ");
}

function takenWords(unit: Unit, ctx: Context): string | null {
  const live = liveOf(ctx, unit.id);
  if (live) {
    const incident = ctx.board.incidents[live.incident_id];
    const where = incident ? named(incident) : "another incident";
    return `${unit.id} is ${CODES[live.status]} on ${where}.`;
  }
  const crewWith = parkedBy(unit, ctx.board.units, { has: (id) => liveOf(ctx, id) !== undefined });
  if (crewWith) return parkedWords(unit.id, crewWith);
  if (unit.duty !== "in_service") {
    return `${unit.id} is out of service${dutyWords(unit) ? `: ${dutyWords(unit)}` : ""}.`;
  }
  return null;
}

function readNote(rest: string[], ctx: Context): Meaning {
  return withIncident(rest, ctx, (incident, words) => {
    const text = words.join(" ");
    if (!text) return unfinished(`Note on ${named(incident)}`);
    return means(`Note on ${named(incident)}: ${text}`, {
      do: "note",
      incident_id: incident.id,
      text,
    });
  });
}

/** Another place, named so that one spot fits; the crews that were sent are named with it. */
function readPlace(rest: string[], ctx: Context): Meaning {
  return withIncident(rest, ctx, (incident, words) => {
    const text = words.join(" ");
    if (!text) return unfinished(`Where is it? Now at ${addressOf(incident)}.`);
    const spot = whereOf(text, ctx.region?.bounds, ctx.spots);
    if ("waiting" in spot) return unfinished(spot.waiting);
    if (!("at" in spot)) return refuse(spot.none, spot.candidates);
    const { at, address, found } = spot;
    const crews = Object.values(ctx.board.assignments).filter((a) => a.incident_id === incident.id && isLive(a));
    const told = crews.length > 0 ? `; told anew: ${crews.map((a) => a.unit_id).join(" ")}` : "";
    return means(`${named(incident)} MOVES to ${spot.label}${told}`, {
      do: "place",
      incident_id: incident.id,
      revision: incident.revision,
      place: {
        at,
        address,
        cross_street: found?.cross_street ?? "",
        municipality: found?.municipality ?? null,
        verified: found !== null && found.kind !== "coordinates",
        found_as: found?.kind ?? null,
      },
    });
  });
}

function readShow(rest: string[], ctx: Context): Meaning {
  const word = rest[0];
  if (!ctx.sight.map) return refuse("This screen has no map; V opens an incident.");
  if (!word) return unfinished("Which unit, incident or place?");
  if (word === "-") return readRegion(rest);
  const unit = findUnit(ctx, word);
  if ("one" in unit) {
    // What is looked at stays: who asks where a unit is may be in the middle of another incident.
    const live = liveOf(ctx, unit.one.id);
    const on = live && ctx.board.incidents[live.incident_id];
    const opens = on ? `; V ${unit.one.id} opens its ${named(on)}` : "";
    return means(`Show ${unit.one.id} on the map${opens}`, {
      do: "show",
      at: placeOf(unit.one, ctx),
      incident_id: null,
      unit_id: unit.one.id,
    });
  }
  const incident = findIncident(ctx, word);
  if ("one" in incident) {
    return means(`Show ${named(incident.one)} on the map`, {
      do: "show",
      at: incident.one.place.at,
      incident_id: incident.one.id,
      unit_id: null,
    });
  }
  const meant = [...unit.candidates, ...incident.candidates];
  const none = /^\d+$/.test(word) ? incident.none : unit.none;
  if (meant.length > 0) return refuse(none, meant);
  const text = rest.join(" ");
  const spot = whereOf(text, ctx.region?.bounds, ctx.spots);
  if ("at" in spot)
    return means(`Show ${spot.label} on the map`, { do: "show", at: spot.at, incident_id: null, unit_id: null });
  if ("waiting" in spot) return unfinished(spot.waiting);
  return refuse(rest.length > 1 || spot.candidates.length > 0 ? spot.none : none, spot.candidates);
}

/** `C . false alarm` closes the open legs that this desk answers for, `C . fire: out` one. Without the
 * colon a part's name may as well be the first word of the disposition, so it is refused with both
 * readings. `C! . fire: out / reason` closes another agency's too. */
function readClose(rest: string[], bang: boolean, ctx: Context): Meaning {
  return withIncident(rest, ctx, (incident, words) => {
    const { text, reason } = withReason(words, bang);
    const part = /^(law|fire|ems|all)\s*:\s*(.*)$/i.exec(text);
    const first = words[0]?.toLowerCase() ?? "";
    if (!part && DISCIPLINES.includes(first as Discipline)) {
      const other = words.slice(1).join(" ");
      const number = shortNumber(incident.number);
      if (!other) return unfinished(`${first}: and a disposition closes the ${first} part alone.`);
      return refuse(`Is ${first} the part, or a word of the disposition?`, [
        `C ${number} ${first}: ${other} closes ${first.toUpperCase()} alone with “${other}”`,
        `C ${number} all: ${text} closes every part with “${text}”`,
      ]);
    }
    const named_part = part?.[1]?.toLowerCase();
    const discipline = named_part && named_part !== "all" ? (named_part as Discipline) : null;
    const disposition = (part?.[2] ?? text).trim();
    if (!disposition) return unfinished("With which disposition?");
    const open = incident.legs.filter((leg) => leg.state !== "closed");
    const meant = open.filter((leg) => discipline === null || leg.discipline === discipline);
    if (meant.length === 0) return refuse("No such leg is open.");
    const own = meant.filter((leg) => isOwnLeg(incident, leg, ctx));
    if (own.length === 0 && !bang) {
      const line = `C! ${shortNumber(incident.number)} ${text} / why you close it`;
      return refuse(`${foreignWords(meant, ctx)}: say why.`, [line]);
    }
    if (bang && !reason) return unfinished("After the disposition / and why another desk closes it.");
    const closing = bang ? meant : own;
    const busy = Object.values(ctx.board.assignments)
      .filter((a) => a.incident_id === incident.id && a.released_at === null)
      .filter((a) => closing.length === open.length || closing.some((leg) => leg.discipline === a.discipline))
      .map((a) => a.unit_id);
    if (busy.length > 0) return refuse(`${busy.join(", ")} still on it: AV ${busy.join(" ")} first.`);
    const list = (legs: Leg[]) => legs.map((leg) => leg.discipline.toUpperCase()).join(", ");
    const staying = open.filter((leg) => !closing.includes(leg));
    const stays = staying.length > 0 ? `, ${list(staying)} stays open` : "";
    const why = reason ? ` (${reason})` : "";
    return means(`Close ${list(closing)} of ${named(incident)}${stays}; disposition “${disposition}”${why}`, {
      do: "close",
      incident_id: incident.id,
      discipline,
      disposition,
      reason,
    });
  });
}

function readCaseNumber(rest: string[], ctx: Context): Meaning {
  return withIncident(rest, ctx, (incident, words) => {
    if (words.length === 0) return unfinished("For which agency?");
    const found = findAgency(ctx, words.join(" "), incident.audience);
    if (!("one" in found)) return refuse(found.none, found.candidates);
    const has = incident.case_numbers[found.one.id];
    if (has) return refuse(`${found.one.name} has ${has} already.`);
    return means(`Case number of ${found.one.name} for ${named(incident)}`, {
      do: "case_number",
      incident_id: incident.id,
      agency_id: found.one.id,
    });
  });
}

/** `CN- . agency reason`: the number counts no more, and is never given again. */
function readVoid(rest: string[], ctx: Context): Meaning {
  return withIncident(rest, ctx, (incident, words) => {
    const having = Object.keys(incident.case_numbers);
    if (having.length === 0) return refuse("It has no case number.");
    if (!words[0]) return unfinished("Whose number? CN- . agency reason", having);
    const found = findAgency(ctx, words[0], having);
    if (!("one" in found)) return refuse(found.none, found.candidates);
    const has = incident.case_numbers[found.one.id];
    if (!has) return refuse(`${found.one.name} has no number for it.`, having);
    const reason = words.slice(1).join(" ");
    if (!reason) return unfinished(`Why is ${has} void? It is never given again.`);
    return means(`Void ${has} of ${found.one.name} for ${named(incident)} (${reason})`, {
      do: "void_case_number",
      incident_id: incident.id,
      agency_id: found.one.id,
      reason,
    });
  });
}

function readCheck(rest: string[], ctx: Context): Meaning {
  if (!rest[0]) return unfinished("Which unit?");
  const found = findUnit(ctx, rest[0]);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const live = liveOf(ctx, found.one.id);
  if (!live) return refuse(`${found.one.id} is on no incident.`);
  if (!live.check_due_at) return refuse(`No status check runs for ${found.one.id}.`);
  return means(`${found.one.id} is well, said by voice`, {
    do: "check",
    assignment_id: live.id,
    unit_id: found.one.id,
  });
}

/** `VR E7 V12 +driver 6`: comes, with what and in how many minutes; `VR E7 V12 no`: does not. */
function readPageAnswer(words: string[], ctx: Context): Meaning {
  const [unit, volunteer, ...rest] = words;
  if (!unit) return unfinished("Which unit?");
  const found = findUnit(ctx, unit);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const live = liveOf(ctx, found.one.id);
  if (!live) return refuse(`${found.one.id} is on no incident.`);
  if (Object.keys(live.staff_min ?? {}).length === 0) {
    return refuse(`${found.one.id} waits for nobody to come.`);
  }
  if (!volunteer) return unfinished("Who? Their number on the roster.");
  const skills: string[] = [];
  let answer: "responding" | "not_coming" = "responding";
  let arrives_in_s: number | null = null;
  for (const word of rest) {
    if (/^\+[a-z_]+$/i.test(word)) skills.push(word.slice(1).toLowerCase());
    else if (/^\d{1,2}$/.test(word)) arrives_in_s = 60 * Number(word);
    else if (/^no$/i.test(word)) answer = "not_coming";
    else return refuse(`What is ${word}? Write VR ${found.one.id} ${volunteer} +driver 6, or no.`);
  }
  const comes = answer === "responding" ? "comes" : "does not come";
  return means(`${volunteer.toUpperCase()} ${comes} for ${found.one.id}`, {
    do: "page_answer",
    assignment_id: live.id,
    volunteer: volunteer.toUpperCase(),
    skills,
    answer,
    arrives_in_s,
  });
}

function readHazard(rest: string[], ctx: Context): Meaning {
  if (!rest[0]) return unfinished("Which unit?");
  const found = findUnit(ctx, rest[0]);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const live = liveOf(ctx, found.one.id);
  if (!live) return refuse(`${found.one.id} is on no incident.`);
  if (live.hazard_read_at) return refuse(`${found.one.id} has read it already.`);
  if (!ctx.board.incidents[live.incident_id]?.hazards.length) return refuse("There is no hazard to read.");
  return means(`${found.one.id} has read the hazard, said by voice`, {
    do: "hazard",
    assignment_id: live.id,
    unit_id: found.one.id,
  });
}

function readAcknowledge(rest: string[], ctx: Context): Meaning {
  if (!rest[0]) return unfinished("Which unit?");
  const found = findUnit(ctx, rest[0]);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const live = liveOf(ctx, found.one.id);
  if (!live) return refuse(`${found.one.id} is on no incident.`);
  const corrected = openCorrection(live);
  if (live.acknowledged_at && !corrected) return refuse(`${found.one.id} has acknowledged already.`);
  const what = corrected ? ` the new address by voice: ${corrected.to}` : " by voice";
  return means(`${found.one.id} acknowledged${what}`, {
    do: "acknowledge",
    assignment_id: live.id,
    revision: live.revision,
    unit_id: found.one.id,
  });
}

function readTrafficStop(rest: string[], ctx: Context): Meaning {
  if (!rest[0]) return unfinished("Which unit?");
  const found = findUnit(ctx, rest[0]);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const taken = takenWords(found.one, ctx);
  if (taken) return refuse(taken);
  if (rest.length < 2) return unfinished("Where? . is the unit's own fix. Then the plate.");
  const plate = rest.length > 2 ? (rest.at(-1) as string).toUpperCase() : "";
  const where = rest.slice(1, plate ? -1 : undefined).join(" ");
  const type = stopType(ctx);
  if (!type) return refuse("The region's plans have no type for a traffic stop.");
  const spot = where === "." ? null : whereOf(where, ctx.region?.bounds, ctx.spots);
  const named = spot && "at" in spot ? spot : null;
  const own = ctx.fixes.has(found.one.id) ? "its own fix" : "its station, no fix is known";
  const several = spot && "none" in spot && spot.candidates.length > 0 ? ` (${spot.none})` : "";
  const place = where === "." ? "its own fix" : (named?.label ?? `${where}, by ${own}${several}`);
  return means(
    `Traffic stop: ${found.one.id} at ${place}${plate ? `, plate ${plate}` : ", no plate"}, on scene now`,
    {
      do: "officer_work",
      unit_id: found.one.id,
      place:
        where === "."
          ? null
          : { at: named?.at ?? placeOf(found.one, ctx), address: named ? named.address : where },
      incident_type: type,
      note: plate ? `Traffic stop, plate ${plate}` : "Traffic stop",
    },
  );
}

/** Its last fix, else its station. */
function placeOf(unit: Unit, ctx: Context): LonLat {
  return ctx.fixes.get(unit.id)?.at ?? unit.home;
}

/** The type that the region's plans have for a stop: by its name, else the least urgent of the law. */
function stopType(ctx: Context): string | null {
  const types = ctx.region?.incident_types ?? [];
  const law = types.filter((t) => t.lead === "law");
  const stop =
    types.find((t) => /traffic[ _]?stop/i.test(`${t.incident_type} ${t.label}`)) ??
    law.find((t) => /traffic|vehicle/i.test(t.label) && t.priority >= 3) ??
    [...law].sort((a, b) => b.priority - a.priority)[0];
  return stop?.incident_type ?? null;
}
