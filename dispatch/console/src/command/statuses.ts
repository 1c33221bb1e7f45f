/** Verbs that set a unit's status: by the common core's codes, or by its agency's own. */

import type { AgencyStatus, Assignment, StatusCode, Unit } from "../api/model";
import { stateWords } from "../board/hospitals";
import { findOwn, mayFollow, nextSteps, ownStatuses, ownWords, presentOwn } from "../board/own_statuses";
import { CODES, STATUS_WORDS, statusNamed, TRANSITIONS } from "../board/status";
import { findHospital } from "./hospitals";
import { findUnit, leadingUnits, liveOf } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning, type StatusStep } from "./meaning";

export const STATUS_VERBS = new Set(["AV", "DP", "ER", "ST", "OS", "TR", "AH", "OOS"]);

/** `OS M14 …`: a status of the common core, in the agency's own code where it has its own. */
export function readStatus(verb: string, rest: string[], ctx: Context): Meaning {
  if (rest.length === 0) return unfinished("Which unit?");
  const { units, text } = leadingUnits(rest, ctx);
  if (units.length === 0) {
    const found = findUnit(ctx, rest[0] as string);
    return "one" in found ? refuse("Which unit?") : refuse(found.none, found.candidates);
  }
  const mayExplain = verb === "OOS" || verb === "AV";
  if (verb === "TR" && text.length === 1) return readTransport(units, text[0] as string, ctx);
  if (text.length > 0 && !mayExplain) {
    const found = findUnit(ctx, text[0] as string);
    return "one" in found ? refuse("Which unit?") : refuse(found.none, found.candidates);
  }
  if (verb === "OOS" && text.length === 0 && units.every((unit) => !liveOf(ctx, unit.id))) {
    const ids = units.map((unit) => unit.id);
    return unfinished(`Why ${ids.length > 1 ? "are" : "is"} ${ids.join(", ")} out of service?`);
  }
  const steps: StatusStep[] = [];
  for (const unit of units) {
    const step = statusStep(verb, unit, text.join(" "), ctx);
    if (typeof step === "string") return refuse(step);
    steps.push(step);
  }
  const words = STATUS_WORDS[verb as keyof typeof STATUS_WORDS];
  const own = units.flatMap((unit) => ownWord(verb, unit, ctx));
  const said = own.length > 0 ? `${words} (${[...new Set(own)].join(", ")})` : words;
  const ids = units.map((unit) => unit.id).join(", ");
  return means(`${ids}: ${said}${text.length > 0 ? ` (${text.join(" ")})` : ""}`, { do: "status", steps });
}

/** `TR M14 MERCY`: a transport and where it goes; a hospital that diverts is said, never refused. */
function readTransport(units: Unit[], word: string, ctx: Context): Meaning {
  const hospital = findHospital(ctx, word);
  if ("none" in hospital) return refuse(hospital.none, hospital.candidates);
  const steps: StatusStep[] = [];
  for (const unit of units) {
    const step = statusStep("TR", unit, "", ctx);
    if (typeof step === "string") return refuse(step);
    steps.push({ ...step, hospital_id: hospital.id } as StatusStep);
  }
  const state = stateWords(ctx.board.hospitals[hospital.id] ?? null, ctx.zone);
  const ids = units.map((unit) => unit.id).join(", ");
  return means(`${ids}: Transporting to ${hospital.name}${state && `, which ${state}`}`, {
    do: "status",
    steps,
  });
}

export function statusStep(verb: string, unit: Unit, reason: string, ctx: Context): StatusStep | string {
  const live = liveOf(ctx, unit.id);
  if (verb === "OOS") {
    if (live) return `${unit.id} is ${CODES[live.status]}; clear it first with AV ${unit.id}.`;
    if (!reason) return `Why is ${unit.id} out of service? OOS ${unit.id} reason`;
    return { kind: "duty", unit_id: unit.id, duty: "out_of_service", reason };
  }
  if (!live) {
    if (verb === "AV" && unit.duty === "out_of_service") {
      return { kind: "duty", unit_id: unit.id, duty: "in_service", reason };
    }
    return verb === "AV" ? `${unit.id} is available already.` : `${unit.id} is on no incident.`;
  }
  const status = statusNamed(verb);
  if (verb === "DP" || status === null) return `DP is given by sending: D . ${unit.id}`;
  const own = ownStatuses(ctx.region, unit.agency_id);
  const may =
    own.length > 0
      ? own.some((one) => one.core === verb && mayFollow(own, live, one))
      : TRANSITIONS[live.status].includes(status);
  if (live.status !== status && !may) return cannotFollow(unit, live, ctx);
  return {
    kind: "assignment",
    unit_id: unit.id,
    assignment_id: live.id,
    revision: live.revision,
    status,
  };
}

/** The own code that the hub will take for a core status, as the echo names it. */
function ownWord(verb: string, unit: Unit, ctx: Context): string[] {
  const live = liveOf(ctx, unit.id);
  const own = ownStatuses(ctx.region, unit.agency_id);
  const next = live && own.find((one) => one.core === verb && mayFollow(own, live, one));
  return next ? [`${next.code} ${next.label}`] : [];
}

function cannotFollow(unit: Unit, live: Assignment, ctx: Context): string {
  const next = nextSteps(ctx.region, live);
  const can = next.map((step) => (step.own ? `${step.code} ${step.label}` : step.code));
  const present = ownWords(ctx.region, live) || CODES[live.status];
  return `${unit.id} is ${present}; next can be ${can.join(next.some((step) => step.own) ? ", " : " ")}.`;
}

/** `10-23 P75 …`, `S 10-23 P75`: a code or shortcut of the agency's own. */
export function readOwn(word: string, rest: string[], ctx: Context): Meaning {
  if (!word) return unfinished("Which code? S 10-23 P75");
  if (rest.length === 0) return unfinished(`${word} of which unit?`, ownersOf(word, ctx));
  const { units, text } = leadingUnits(rest, ctx);
  if (units.length === 0) {
    const found = findUnit(ctx, rest[0] as string);
    return "one" in found ? refuse("Which unit?") : refuse(found.none, found.candidates);
  }
  const reason = text.join(" ");
  const steps: StatusStep[] = [];
  const said: string[] = [];
  let mayExplain = true;
  for (const unit of units) {
    const own = ownStatuses(ctx.region, unit.agency_id);
    const one = findOwn(own, word);
    if (!one) {
      return refuse(
        own.length > 0
          ? `${unit.id}'s agency has no code ${word}.`
          : `${unit.id}'s agency goes by the common codes.`,
        own.length > 0 ? own.map((s) => `${s.code} ${s.label}`) : [...STATUS_VERBS],
      );
    }
    mayExplain &&= one.core === "OOS" || one.core === "AV";
    const step = ownStep(one, own, unit, reason, ctx);
    if (typeof step === "string") return refuse(step);
    steps.push(step);
    said.push(`${one.code} ${one.label} (${STATUS_WORDS[one.core as StatusCode].toLowerCase()})`);
  }
  if (reason && !mayExplain) {
    const found = findUnit(ctx, text[0] as string);
    return "one" in found ? refuse("Which unit?") : refuse(found.none, found.candidates);
  }
  const ids = units.map((unit) => unit.id).join(", ");
  return means(`${ids}: ${[...new Set(said)].join(", ")}${reason && ` (${reason})`}`, { do: "status", steps });
}

function ownStep(
  one: AgencyStatus,
  own: readonly AgencyStatus[],
  unit: Unit,
  reason: string,
  ctx: Context,
): StatusStep | string {
  const live = liveOf(ctx, unit.id);
  const status = statusNamed(one.core);
  if (one.core === "OOS") {
    if (live) return `${unit.id} is ${ownWords(ctx.region, live)}; clear it first with AV ${unit.id}.`;
    const why = reason || one.label;
    return { kind: "duty", unit_id: unit.id, duty: "out_of_service", reason: why, code: one.code };
  }
  if (!live && one.core === "AV" && unit.duty === "out_of_service") {
    return { kind: "duty", unit_id: unit.id, duty: "in_service", reason, code: one.code };
  }
  if (!live) return one.core === "AV" ? `${unit.id} is available already.` : `${unit.id} is on no incident.`;
  if (status === null || one.core === "DP") return `${one.code} is given by sending: D . ${unit.id}`;
  if (presentOwn(own, live)?.code !== one.code && !mayFollow(own, live, one)) {
    return cannotFollow(unit, live, ctx);
  }
  return {
    kind: "assignment",
    unit_id: unit.id,
    assignment_id: live.id,
    revision: live.revision,
    status,
    code: one.code,
  };
}

/** Units on an incident whose agency knows the word. */
function ownersOf(word: string, ctx: Context): string[] {
  return Object.values(ctx.board.units)
    .filter((unit) => liveOf(ctx, unit.id) && findOwn(ownStatuses(ctx.region, unit.agency_id), word))
    .map((unit) => unit.id)
    .slice(0, 8);
}
