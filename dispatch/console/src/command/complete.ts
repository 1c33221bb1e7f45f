/** What may follow in a command line, for Tab and for the hints beside it. Pure. */

import { stateWords } from "../board/hospitals";
import { bolosWith } from "../board/bolos";
import { saidBlocked, unconfirmedBlocks } from "../board/blocks";
import { outsideLabel, standingOutside } from "../board/outside";
import { askedOfLeg } from "../board/asked";
import { DISCIPLINES, naturally } from "../board/select";
import { isOwnCode } from "../board/own_statuses";
import { isLive, statusOf } from "../board/status";
import { shortNumber } from "../board/words";
import { read } from "./grammar";
import { findIncident, holderOf, liveOf, unitsStarting } from "./lookup";
import { VERBS, type Context } from "./meaning";
import { PURPOSES } from "./queries";

export interface Completion {
  value: string;
  hint: string;
}

const SHOWN = 10;
/** So many are read to find those: each key is answered at once also with 600 units. */
const TRIED = 60;
const ON_INCIDENT = new Set([
  "D", "D!", "DV", "N", "P", "P!", "T", "T!", "AL", "H", "LK", "LK-", "BM", "PAR", "PT", "TG", "TG!", "C", "C!", "CX", "CN", "CN-",
  "OU", "OUA", "OUX", "SC", "SC-", "Q",
  "PR", "PR-", "MG", "MG-",
]);
const ON_UNITS = new Set(["AV", "ER", "ST", "OS", "TR", "AH", "OOS", "ACK", "CHK", "VR", "HZ", "TS", "Z", "X", "BK", "LO", "LF", "EM", "MAYDAY", "EME", "BH"]);

/** Completions of the word under the cursor (the last one), the best first: those with which the line can
 * go on. A verb is offered also where it has nothing to do now, and so is a unit outside the recommendation. */
export function complete(line: string, ctx: Context): Completion[] {
  const found = fitting(line, ctx);
  if (!/\s/.test(line)) return found;
  const going: Completion[] = [];
  for (const option of found.slice(0, TRIED)) {
    const meaning = read(`${headOf(line)}${option.value}`, ctx);
    if (meaning.ok || meaning.unfinished || meaning.why.includes("not recommended")) going.push(option);
    if (going.length === SHOWN) break;
  }
  return going;
}

/** All that fit the letters. */
function fitting(line: string, ctx: Context): Completion[] {
  const words = line.split(/\s+/);
  const verb = (words[0] ?? "").toUpperCase();
  const last = words.at(-1) ?? "";
  if (words.length <= 1) {
    return VERBS.filter((v) => verb && v.verb.startsWith(verb)).map((v) => ({
      value: v.verb,
      hint: v.does,
    }));
  }
  if (verb === "V" && words.length === 2) {
    return last === "." ? [] : [...incidentsLike(last, ctx), ...(last ? unitsOnIt(last, ctx) : [])].slice(0, SHOWN);
  }
  if (verb === "SHOW" && words.length === 2) {
    return ctx.sight.panels.filter((p) => p.startsWith(last.toLowerCase())).map((value) => ({ value, hint: "" }));
  }
  if (verb === "SHOW" && words[1]?.toLowerCase() === "closures" && words.length === 3) {
    return Object.values(ctx.board.closures)
      .map((c) => ({ value: c.id.slice(-6), hint: c.description }))
      .filter((c) => c.value.startsWith(last))
      .slice(0, SHOWN);
  }
  if (words.length === 2 && (verb === "SQ" || verb === "SQ-" || verb === "SQ+")) {
    return (ctx.sight.zones ?? [])
      .filter((zone) => zone.zone_id.includes(last) && (verb === "SQ" || zone.muted === (verb === "SQ+")))
      .map((zone) => ({ value: zone.zone_id, hint: zone.muted ? "left out" : "" }))
      .slice(0, SHOWN);
  }
  if (verb === "SEE") {
    const more = words.length === 2 ? ["all", ...DISCIPLINES] : DISCIPLINES.filter((d) => !words.includes(d));
    return ctx.sight.seen
      ? more.filter((d) => d.startsWith(last.toLowerCase())).map((value) => ({ value, hint: "" }))
      : [];
  }
  if (ON_INCIDENT.has(verb) && words.length === 2) {
    return last === "." ? [] : incidentsLike(last, ctx);
  }
  if (verb === "FOLD" || (words.length === 2 && (verb === "POS" || verb === "LEAVE"))) {
    return Object.values(ctx.board.positions)
      .filter((p) => p.id.toUpperCase().startsWith(last.toUpperCase()))
      .sort((a, b) => naturally(a.id, b.id))
      .map((p) => ({ value: p.id, hint: p.held_by_name || (p.folded_into ? `in ${p.folded_into}` : "empty") }));
  }
  if (words.length === 2 && (verb === "CONFIRM" || verb === "REFUSE")) {
    return unconfirmedBlocks(ctx.board)
      .map((c) => ({ value: c.id.slice(-6), hint: `${saidBlocked(c, ctx.board)}: ${c.description}` }))
      .filter((c) => c.value.startsWith(last));
  }
  if ((verb === "HS" && words.length === 2) || (verb === "TR" && words.length === 3)) {
    return (ctx.region?.hospitals ?? [])
      .filter((h) => h.id.toLowerCase().startsWith(last.toLowerCase()))
      .map((h) => ({ value: h.id, hint: `${h.name} ${stateWords(ctx.board.hospitals[h.id] ?? null, ctx.zone)}` }));
  }
  if (words.length === 3 && (verb === "OUA" || verb === "OUX")) {
    const found = findIncident(ctx, words[1] ?? "");
    return ("one" in found ? standingOutside(found.one) : [])
      .map((one) => ({ value: one.ref, hint: `${outsideLabel(one)} ${one.state}` }))
      .filter((one) => one.value.startsWith(last.toUpperCase()));
  }
  if (words.length === 2 && verb === "BOLO-") {
    return bolosWith(Object.values(ctx.board.bolos), "")
      .map((bolo) => ({ value: bolo.ref, hint: bolo.text }))
      .filter((bolo) => bolo.value.startsWith(last.toUpperCase()))
      .slice(0, SHOWN);
  }
  if (verb === "STORM" && words.length === 2) {
    return (ctx.region?.agencies ?? [])
      .filter((a) => a.storm_plans && a.id.toLowerCase().startsWith(last.toLowerCase()))
      .map((a) => ({ value: a.id, hint: ctx.board.storms[a.id] ? `${a.name}, on` : a.name }));
  }
  if ((verb === "T" || verb === "T!") && (words.length === 3 || (words.length === 4 && isPart(words[2])))) {
    return [...(words.length === 3 ? partsLike(words[1] ?? "", last, ctx) : []), ...typesLike(last, ctx)];
  }
  if ((verb === "P" || verb === "P!") && words.length === 3) return partsLike(words[1] ?? "", last, ctx);
  if ((verb === "TG" || verb === "TG!") && words.length === 3) return talkgroupsLike(words[1] ?? "", last, ctx);
  if (verb === "MG-" && words.length === 3) {
    const kept = findIncident(ctx, words[1] ?? "");
    return "one" in kept
      ? kept.one.merged.map((m) => ({ value: shortNumber(m.number), hint: m.type_label }))
      : [];
  }
  if ((verb === "LK" || verb === "LK-" || verb === "MG") && words.length === 3) return incidentsLike(last, ctx);
  if (verb === "Q" && words.length === 3) {
    return ["plate", "warrant"].filter((w) => w.startsWith(last.toLowerCase())).map((value) => ({ value, hint: "" }));
  }
  if (verb === "Q" && words.length > 4) {
    return Object.entries(PURPOSES)
      .filter(([word]) => word.startsWith(last.toLowerCase()))
      .map(([value, { words: hint }]) => ({ value, hint }));
  }
  if (verb === "SC" && words.length === 3) {
    const times = ["14:00", "+1/14:00", "+2h"].map((value) => ({ value, hint: "when it is wanted" }));
    return last === "" ? times : [];
  }
  if (verb === "S" && words.length === 2) return ownCodesLike(last, ctx);
  if (verb === "S" || isOwnCode(ctx.region, verb) || verb === "D" || verb === "D!" || verb === "DV" || verb === "SC" || ON_UNITS.has(verb)) {
    if (verb === "Z" && /^\d/.test(last)) return incidentsLike(last, ctx);
    const likely = likelyFor(verb);
    return unitsStarting(ctx, last)
      .map((id) => ({ value: id, hint: codeOf(id, ctx) }))
      .filter((unit) => last !== "" || likely(unit.hint))
      .sort(
        (a, b) =>
          Number(likely(b.hint)) - Number(likely(a.hint)) || naturally(a.value, b.value),
      );
  }
  return [];
}

/** Units that have an incident to open. */
function unitsOnIt(last: string, ctx: Context): Completion[] {
  return unitsStarting(ctx, last)
    .map((id) => ({ value: id, hint: codeOf(id, ctx), live: liveOf(ctx, id) }))
    .filter((unit) => unit.live)
    .map(({ value, hint }) => ({ value, hint }));
}

/** Codes of the agencies whose units are on an incident, else of all that have their own. */
function ownCodesLike(last: string, ctx: Context): Completion[] {
  const busy = new Set(
    Object.values(ctx.board.assignments).filter(isLive).map((a) => a.agency_id),
  );
  const having = (ctx.region?.agencies ?? []).filter((agency) => agency.statuses.length > 0);
  const likely = having.filter((agency) => busy.has(agency.id));
  return (likely.length > 0 ? likely : having)
    .flatMap((agency) =>
      agency.statuses.map((one) => ({ value: one.code, hint: `${one.label}, ${agency.name}` })),
    )
    .filter((one) => one.value.toUpperCase().startsWith(last.toUpperCase()))
    .slice(0, SHOWN);
}

/** Which units a verb is likely to mean: free ones to send, those on an incident for its status. */
function likelyFor(verb: string): (code: string) => boolean {
  if (verb === "D" || verb === "D!" || verb === "SC" || verb === "TS" || verb === "OOS") return (code) => code === "AV";
  if (verb === "AV" || verb === "Z" || verb === "DV") return (code) => code !== "AV";
  return (code) => code !== "AV" && code !== "OOS";
}

function codeOf(unitId: string, ctx: Context): string {
  const unit = ctx.board.units[unitId];
  return unit ? statusOf(unit, liveOf(ctx, unitId)) : "";
}

function isPart(word: string | undefined): boolean {
  return DISCIPLINES.some((discipline) => discipline === word?.toLowerCase());
}

/** The open parts of the incident, with what each is now. */
function partsLike(word: string, last: string, ctx: Context): Completion[] {
  const found = findIncident(ctx, word);
  if (!("one" in found) || found.one.legs.length < 2) return [];
  return found.one.legs
    .filter((leg) => leg.state !== "closed" && leg.discipline.startsWith(last.toLowerCase()))
    .map((leg) => {
      const { priority, type_label } = askedOfLeg(found.one, leg);
      return { value: leg.discipline, hint: `priority ${priority}, ${type_label}` };
    });
}

function typesLike(word: string, ctx: Context): Completion[] {
  const wanted = word.toUpperCase();
  return (ctx.region?.incident_types ?? [])
    .filter((t) => t.incident_type.includes(wanted))
    .slice(0, SHOWN)
    .map((t) => ({ value: t.incident_type, hint: t.label }));
}

/** Those of the incident's agencies that nobody else works on. */
function talkgroupsLike(word: string, last: string, ctx: Context): Completion[] {
  const found = findIncident(ctx, word);
  if (!("one" in found)) return [];
  const incident = found.one;
  const pools = incident.legs.flatMap(
    (leg) => ctx.region?.agencies.find((a) => a.id === leg.agency_id) ?? [],
  );
  return pools
    .flatMap((agency) => agency.talkgroups.map((value) => ({ value, hint: agency.name })))
    .filter((t) => t.value.toUpperCase().startsWith(last.toUpperCase()))
    .filter((t) => !holderOf(ctx, t.value, incident.id))
    .slice(0, SHOWN);
}

function incidentsLike(word: string, ctx: Context): Completion[] {
  return Object.values(ctx.board.incidents)
    .filter((i) => shortNumber(i.number).includes(word) || i.number.endsWith(word))
    .sort((a, b) => b.number.localeCompare(a.number))
    .map((i) => ({ value: shortNumber(i.number), hint: i.type_label }));
}

function headOf(line: string): string {
  return line.slice(0, line.length - (line.split(/\s+/).at(-1) ?? "").length);
}

/** The line with its last word completed: by the only fit, else as far as all fits agree. */
export function completed(line: string, completions: readonly Completion[]): string {
  if (completions.length === 0) return line;
  const head = headOf(line);
  if (completions.length === 1) return `${head}${completions[0]?.value} `;
  const values = completions.map((c) => c.value);
  let shared = values[0] as string;
  for (const value of values) {
    while (!value.toUpperCase().startsWith(shared.toUpperCase())) shared = shared.slice(0, -1);
  }
  const typed = line.slice(head.length);
  return shared.length > typed.length ? head + shared : line;
}
