/** Verbs that work an incident beyond sending: divert, swap, hold, alarm, link, benchmark, backup. */

import type { Discipline, Incident, Leg } from "../api/model";
import { askedOf, priorityOf } from "../board/asked";
import { DISCIPLINES } from "../board/select";
import { CODES } from "../board/status";
import { shortNumber, timeOfDay } from "../board/words";
import {
  endOf,
  findIncident,
  findTalkgroup,
  findUnit,
  foreignWords,
  holderOf,
  isOwnLeg,
  leadingUnits,
  liveOf,
  named,
  withReason,
} from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** `DV . M14 [M15] [reason]`: units leave what they are on for this incident. */
export function readDivert(incident: Incident, words: string[], ctx: Context): Meaning {
  if (words.length === 0) return unfinished(`Which units leave their incident for ${named(incident)}?`);
  const { units, text } = leadingUnits(words, ctx);
  if (units.length === 0) {
    const found = findUnit(ctx, words[0] as string);
    return "one" in found ? refuse("Which units?") : refuse(found.none, found.candidates);
  }
  const reason = text.join(" ");
  const from: string[] = [];
  for (const unit of units) {
    const live = liveOf(ctx, unit.id);
    if (!live) return refuse(`${unit.id} is on no incident: D! ${shortNumber(incident.number)} ${unit.id}`);
    if (live.incident_id === incident.id) return refuse(`${unit.id} is on it already.`);
    if (live.status === "transporting" || live.status === "at_hospital") {
      return refuse(`${unit.id} is ${CODES[live.status]}: it has a patient. Send another.`);
    }
    const held = ctx.board.incidents[live.incident_id];
    const { discipline } = unit;
    const heldPriority = priorityOf(held, unit);
    const asUrgent = held !== undefined && heldPriority <= askedOf(incident, discipline).priority;
    if ((asUrgent || live.status === "on_scene") && !reason) {
      const why =
        live.status === "on_scene"
          ? `${unit.id} is on scene`
          : `${unit.id} is on priority ${heldPriority}`;
      return unfinished(`${why}: say why it leaves.`);
    }
    from.push(`${unit.id} from ${held ? shortNumber(held.number) : "its incident"}`);
  }
  return means(`Divert ${from.join(", ")} to ${named(incident)}${reason ? ` (${reason})` : ""}`, {
    do: "assign",
    incident_id: incident.id,
    recommendation_id: null,
    unit_ids: units.map((unit) => unit.id),
    override_reason: reason || null,
    divert: true,
  });
}

/** `X M14 M9 [reason]`: each takes the other's incident; a free one takes over. */
export function readSwap(words: string[], ctx: Context): Meaning {
  const { units, text } = leadingUnits(words.slice(0, 2), ctx);
  if (words.length < 2) return unfinished("Which two units?");
  if (units.length < 2) {
    const wrong = words.slice(0, 2).find((word) => !("one" in findUnit(ctx, word)));
    if (wrong === undefined || text.length === 0) return refuse("Name two different units.");
    const found = findUnit(ctx, wrong);
    return "one" in found ? refuse("Name two units.") : refuse(found.none, found.candidates);
  }
  const [first, second] = units as [(typeof units)[0], (typeof units)[0]];
  const one = liveOf(ctx, first.id);
  const two = liveOf(ctx, second.id);
  if (!one && !two) return refuse("Neither is on an incident.");
  if (one && two && one.incident_id === two.incident_id) return refuse("Both are on the same incident.");
  const goes = (unit: string, live: typeof one) => {
    const incident = live ? ctx.board.incidents[live.incident_id] : undefined;
    return incident ? `${unit} to ${shortNumber(incident.number)}` : `${unit} free`;
  };
  const reason = words.slice(2).join(" ");
  return means(
    `Swap: ${goes(first.id, two)}, ${goes(second.id, one)}${reason ? ` (${reason})` : ""}`,
    { do: "swap", first: first.id, second: second.id, reason },
  );
}

/** `H . +15m [units] reason`, `H . 16:30 P75 court run`, `H . -`. */
export function readHold(incident: Incident, words: string[], ctx: Context): Meaning {
  const until = words[0];
  if (!until) return unfinished(`Until when does ${named(incident)} wait? +15m or 16:30, - lets it go.`);
  if (until === "-") {
    if (!incident.hold) return refuse("It is not held.");
    return means(`Hold no longer: ${named(incident)}`, {
      do: "hold",
      incident_id: incident.id,
      until: null,
      reason: "",
      unit_ids: [],
    });
  }
  const ends = endOf(until, ctx.now_ms, ctx.zone);
  if (!ends) return refuse(`${until} is no end: +15m, +2h or 16:30.`);
  const { units, text } = leadingUnits(words.slice(1), ctx);
  const reason = text.join(" ");
  if (!reason) return unfinished("Why does it wait?");
  const unit_ids = units.map((unit) => unit.id);
  const whom = unit_ids.length > 0 ? ` for ${unit_ids.join(", ")}` : "";
  return means(
    `Hold ${named(incident)} until ${timeOfDay(ends, ctx.zone, false)}${whom}: ${reason}`,
    { do: "hold", incident_id: incident.id, until: ends, reason, unit_ids },
  );
}

/** `AL . 2`: another alarm; the plan's difference is recommended, or named as no longer asked for. */
export function readAlarm(incident: Incident, words: string[]): Meaning {
  if (words.length === 0) return unfinished(`Which alarm for ${named(incident)}? It is at ${incident.alarm_level}.`);
  const level = Number(words[0]);
  if (words.length > 1 || !Number.isInteger(level) || level < 1 || level > 9) {
    return refuse(`${words.join(" ")} is no alarm: 1 to 9.`);
  }
  if (level === incident.alarm_level) return refuse(`It is at alarm ${level} already.`);
  return means(`${named(incident)}: alarm ${incident.alarm_level} becomes ${level}`, {
    do: "alarm",
    incident_id: incident.id,
    revision: incident.revision,
    alarm_level: level,
  });
}

/** `LK 1042 1043`, `LK- 1042 1043`: two incidents belong together, or no longer. */
export function readLink(
  incident: Incident,
  words: string[],
  linked: boolean,
  ctx: Context,
): Meaning {
  if (!words[0]) return unfinished(`Which incident ${linked ? "belongs" : "no longer belongs"} to ${named(incident)}?`);
  const other = findIncident(ctx, words[0]);
  if (!("one" in other)) return refuse(other.none, other.candidates);
  if (other.one.id === incident.id) return refuse("An incident is not linked to itself.");
  if (incident.linked.includes(other.one.id) === linked) {
    return refuse(linked ? "They are linked already." : "They are not linked.");
  }
  return means(`${linked ? "Link" : "Unlink"} ${named(incident)} and ${named(other.one)}`, {
    do: "link",
    incident_id: incident.id,
    other_id: other.one.id,
    linked,
  });
}

/** `BM . word` and `PAR .`: what command on scene reported. */
export function readBenchmark(incident: Incident, code: string): Meaning {
  if (!code) return unfinished("What was reported? WATER ON, UNDER CONTROL, OUT, ALL CLEAR …");
  if (code.length > 40) return refuse("A benchmark is a word or two; a story is a note: N .");
  const word = code.toUpperCase();
  return means(
    word === "PAR" ? `All accounted for at ${named(incident)}` : `${word} at ${named(incident)}`,
    { do: "benchmark", incident_id: incident.id, code: word },
  );
}

/** `TG . 4`, `TG . ems ASHBY 2`, `TG . -`: a part of the incident speaks on another talkgroup;
 * `TG! . ems 2 / reason` for a part that this desk does not answer for. */
export function readTalkgroup(incident: Incident, said: string[], bang: boolean, ctx: Context): Meaning {
  const { text, reason } = withReason(said, bang);
  const words = text.split(" ").filter(Boolean);
  const first = words[0]?.toLowerCase() as Discipline | undefined;
  const discipline = first && DISCIPLINES.includes(first) ? first : null;
  const name = words.slice(discipline ? 1 : 0).join(" ");
  const open = incident.legs.filter((leg) => leg.state !== "closed");
  const fits = open.filter((leg) => discipline === null || leg.discipline === discipline);
  if (fits.length === 0) return refuse(discipline ? `No ${discipline} part is open.` : "No part is open.");
  if (fits.length > 1) return unfinished("Which part?", fits.map((leg) => leg.discipline));
  const leg = fits[0] as Leg;
  const part = `${leg.discipline.toUpperCase()} of ${named(incident)}`;
  if (!bang && !isOwnLeg(incident, leg, ctx)) {
    const line = `TG! ${shortNumber(incident.number)} ${text} / why you change it`;
    return refuse(`${foreignWords([leg], ctx)}: say why.`, [line]);
  }
  if (!name) return unfinished(`Which talkgroup for ${part}? ${leg.talkgroup ? `It has ${leg.talkgroup}.` : ""}`);
  if (bang && !reason) return unfinished("After the talkgroup / and why another desk changes it.");
  if (name === "-") {
    if (leg.talkgroup === null) return refuse("It has none.");
    return means(`${part} speaks on no talkgroup`, {
      do: "talkgroup",
      incident_id: incident.id,
      discipline: leg.discipline,
      talkgroup: null,
      reason,
    });
  }
  const found = findTalkgroup(ctx, leg, name);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  if (found.one === leg.talkgroup) return refuse(`It speaks on ${found.one} already.`);
  const holder = holderOf(ctx, found.one, incident.id);
  if (holder) return refuse(`${found.one} is ${named(holder)}'s.`);
  return means(`${part} speaks on ${found.one}`, {
    do: "talkgroup",
    incident_id: incident.id,
    discipline: leg.discipline,
    talkgroup: found.one,
    reason,
  });
}

/** `BK P75 [n]`: the nearest free units of its kind go there. */
export function readBackup(words: string[], ctx: Context): Meaning {
  if (!words[0]) return unfinished("Which unit needs help?");
  const found = findUnit(ctx, words[0]);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const live = liveOf(ctx, found.one.id);
  if (!live) return refuse(`${found.one.id} is on no incident.`);
  const count = Number(words[1] ?? "1");
  if (words.length > 2 || !Number.isInteger(count) || count < 1 || count > 10) {
    return refuse("How many: 1 to 10.");
  }
  const incident = ctx.board.incidents[live.incident_id];
  const where = incident ? ` at ${named(incident)}` : "";
  return means(`Backup for ${found.one.id}${where}: the nearest ${count === 1 ? "unit" : `${count} units`}`, {
    do: "backup",
    unit_id: found.one.id,
    count,
  });
}

/** `U`: take back the last command of this console, while the hub still lets it. */
export function readUndo(words: string[], ctx: Context): Meaning {
  if (words.length > 0) return refuse("U stands alone: it takes back the last command.");
  const last = ctx.last;
  if (!last) return refuse("Nothing was done here that can be taken back.");
  return means(`Take back: ${last.line}`, { do: "undo", undone_ids: last.command_ids });
}
