/** Finds what a word of the command line names: an incident, a unit, an agency, a closure, a time. */

import type {
  Agency,
  Assignment,
  Closure,
  Incident,
  IncidentType,
  Leg,
  LonLat,
  Unit,
} from "../api/model";
import { answersFor } from "../board/cover";
import { naturally } from "../board/select";
import { isLive } from "../board/status";
import { addressOf, shortNumber } from "../board/words";
import type { Context } from "./meaning";

export type Found<T> = { one: T } | { none: string; candidates: string[] };

const SHOWN = 8;

/** `.` is the selected one; else a unique end of an open incident's number. */
export function findIncident(ctx: Context, word: string): Found<Incident> {
  const open = Object.values(ctx.board.incidents);
  if (word === ".") {
    const selected = ctx.selectedId ? ctx.board.incidents[ctx.selectedId] : undefined;
    return selected ? { one: selected } : { none: "No incident is selected.", candidates: [] };
  }
  const exact = open.filter((i) => i.number === word);
  const said = exact.length > 0 ? exact : open.filter((i) => shortNumber(i.number) === word);
  const fits = said.length > 0 ? said : open.filter((i) => i.number.endsWith(word));
  if (fits.length === 1) return { one: fits[0] as Incident };
  if (fits.length === 0) {
    const into = open.find((i) => (i.merged ?? []).some((m) => shortNumber(m.number) === word || m.number === word));
    return into
      ? { none: `${word} was merged into ${named(into)}.`, candidates: [shortNumber(into.number)] }
      : { none: `No open incident ends in ${word}.`, candidates: [] };
  }
  return {
    none: `${word} fits ${fits.length} incidents.`,
    candidates: fits
      .slice(0, SHOWN)
      .map((i) => `${saidApart(i, fits)} ${i.type_label}, ${addressOf(i)}`),
  };
}

/** Its number as it is said, whole where another of these is said alike. */
function saidApart(incident: Incident, among: readonly Incident[]): string {
  const said = shortNumber(incident.number);
  const alike = among.filter((i) => shortNumber(i.number) === said);
  return alike.length > 1 ? incident.number : said;
}

/** An incident as a reply names it. */
export function named(incident: Incident): string {
  return `${shortNumber(incident.number)} ${incident.type_label}, ${addressOf(incident)}`;
}

/** Leading words that are units, and the words after them. */
export function leadingUnits(words: string[], ctx: Context): { units: Unit[]; text: string[] } {
  const units: Unit[] = [];
  let at = 0;
  for (; at < words.length; at += 1) {
    const found = findUnit(ctx, words[at] as string);
    if (!("one" in found)) break;
    if (!units.includes(found.one)) units.push(found.one);
  }
  return { units, text: words.slice(at) };
}

/** By its code, else by the words of its label. */
export function findType(ctx: Context, words: string): Found<IncidentType> {
  const types = ctx.region?.incident_types ?? [];
  const wanted = words.toLowerCase();
  const code = wanted.replaceAll(" ", "_");
  const exact = types.filter((t) => t.incident_type.toLowerCase() === code);
  const fits =
    exact.length > 0
      ? exact
      : types.filter(
          (t) => t.incident_type.toLowerCase().startsWith(code) || t.label.toLowerCase().includes(wanted),
        );
  if (fits.length === 1) return { one: fits[0] as IncidentType };
  return {
    none: fits.length === 0 ? `There is no type ${words}.` : `${words} fits ${fits.length} types.`,
    candidates: fits.slice(0, SHOWN).map((t) => `${t.incident_type} ${t.label}`),
  };
}

export function findUnit(ctx: Context, word: string): Found<Unit> {
  const wanted = word.toUpperCase();
  const unit =
    ctx.board.units[wanted] ??
    Object.values(ctx.board.units).find((u) => u.id.toUpperCase() === wanted);
  if (unit) return { one: unit };
  return {
    none: `There is no unit ${word}.`,
    candidates: unitsStarting(ctx, word).slice(0, SHOWN),
  };
}

export function unitsStarting(ctx: Context, word: string): string[] {
  const start = word.toUpperCase();
  return Object.keys(ctx.board.units)
    .filter((id) => id.toUpperCase().startsWith(start))
    .sort(naturally);
}

export function liveOf(ctx: Context, unitId: string): Assignment | undefined {
  return Object.values(ctx.board.assignments).find((a) => a.unit_id === unitId && isLive(a));
}

export function findAgency(ctx: Context, words: string, among: readonly string[]): Found<Agency> {
  const agencies = ctx.region?.agencies ?? [];
  const wanted = words.toLowerCase();
  const exact = agencies.filter((a) => a.id.toLowerCase() === wanted);
  const involved = agencies.filter((a) => among.includes(a.id) || among.includes("*"));
  const starts = (a: Agency) =>
    a.id.toLowerCase().startsWith(wanted) || a.name.toLowerCase().startsWith(wanted);
  const contains = (a: Agency) => a.name.toLowerCase().includes(wanted);
  const byDiscipline = (a: Agency) => a.discipline === wanted;
  const fits =
    [exact, involved.filter(starts), involved.filter(byDiscipline), involved.filter(contains)].find(
      (list) => list.length > 0,
    ) ?? [];
  if (fits.length === 1) return { one: fits[0] as Agency };
  return {
    none:
      fits.length === 0 ? `No agency of this incident is called ${words}.` : `${words} fits several.`,
    candidates: (fits.length > 0 ? fits : involved).slice(0, SHOWN).map((a) => `${a.id} ${a.name}`),
  };
}

/** A talkgroup by its name or the end of it: of the leg's agency first, else of the whole region. */
export function findTalkgroup(ctx: Context, leg: Leg, words: string): Found<string> {
  const agencies = ctx.region?.agencies ?? [];
  const own = agencies.filter((a) => a.id === leg.agency_id).flatMap((a) => a.talkgroups);
  const all = [...new Set(agencies.flatMap((a) => a.talkgroups))];
  const wanted = words.toUpperCase();
  const exact = all.filter((name) => name.toUpperCase() === wanted);
  const ends = (name: string) => name.toUpperCase().endsWith(` ${wanted}`);
  const starts = (name: string) => name.toUpperCase().startsWith(wanted);
  const fits =
    [exact, own.filter(ends), own.filter(starts), all.filter(ends), all.filter(starts)].find(
      (list) => list.length > 0,
    ) ?? [];
  if (fits.length === 1) return { one: fits[0] as string };
  return {
    none: fits.length === 0 ? `There is no talkgroup ${words}.` : `${words} fits ${fits.length} talkgroups.`,
    candidates: (fits.length > 0 ? fits : own).slice(0, SHOWN),
  };
}

/** Another incident that works on a talkgroup. */
export function holderOf(ctx: Context, talkgroup: string, besidesId: string): Incident | undefined {
  return Object.values(ctx.board.incidents).find(
    (i) =>
      i.id !== besidesId &&
      i.legs.some((leg) => leg.talkgroup === talkgroup && leg.state !== "closed"),
  );
}

export function findClosure(ctx: Context, word: string): Found<Closure> {
  const closures = Object.values(ctx.board.closures);
  const wanted = word.toLowerCase();
  const exact = closures.filter((c) => c.id === word);
  const fits =
    exact.length > 0
      ? exact
      : closures.filter(
          (c) =>
            c.id.toLowerCase().endsWith(wanted) || c.description.toLowerCase().includes(wanted),
        );
  if (fits.length === 1) return { one: fits[0] as Closure };
  return {
    none: fits.length === 0 ? `No closure fits ${word}.` : `${word} fits ${fits.length} closures.`,
    candidates: fits.slice(0, SHOWN).map((c) => `${c.id.slice(-6)} ${c.description}`),
  };
}

/** A point as typed, latitude first as people say it; turned round when only that lies in `bounds`. */
export function pointOf(
  text: string,
  bounds: readonly [number, number, number, number] | undefined,
): LonLat | null {
  const match = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!match) return null;
  const a = Number(match[1]);
  const b = Number(match[2]);
  const inside = ([lon, lat]: LonLat) =>
    bounds !== undefined &&
    lon >= bounds[0] - 1 &&
    lon <= bounds[2] + 1 &&
    lat >= bounds[1] - 1 &&
    lat <= bounds[3] + 1;
  const latFirst: LonLat = [b, a];
  const lonFirst: LonLat = [a, b];
  if (!inside(latFirst) && inside(lonFirst)) return lonFirst;
  if (Math.abs(a) > 90) return Math.abs(b) <= 90 ? lonFirst : null;
  return Math.abs(b) <= 180 ? latFirst : null;
}

/** `+90m`, `+2h`, `16:30` (the next time that the clock says so in `zone`) as an instant. */
export function endOf(word: string, now_ms: number, zone: string): string | null {
  const span = /^\+(\d{1,3})(m|h|d)$/i.exec(word);
  if (span) {
    const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[
      (span[2] as string).toLowerCase() as "m" | "h" | "d"
    ];
    const length = Number(span[1]) * unit;
    return length > 0 ? new Date(now_ms + length).toISOString() : null;
  }
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(word);
  if (!clock) return null;
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  })
    .format(now_ms)
    .split(":")
    .map(Number) as [number, number, number];
  const now_s = (local[0] % 24) * 3600 + local[1] * 60 + local[2];
  let ahead_s = Number(clock[1]) * 3600 + Number(clock[2]) * 60 - now_s;
  if (ahead_s <= 0) ahead_s += 86_400;
  return new Date(now_ms + ahead_s * 1000).toISOString();
}

/** Whether this part of the incident is the desk's to close or change. */
export function isOwnLeg(incident: Incident, leg: Leg, ctx: Context): boolean {
  const { discipline, agency_id } = leg;
  const part = { discipline, agency_id, area: incident.place.municipality };
  return answersFor(Object.values(ctx.board.positions), ctx.account, part);
}

/** Whose parts they are, as a refusal begins. */
export function foreignWords(legs: readonly Leg[], ctx: Context): string {
  const whose = legs.map((leg) => {
    const agency = ctx.region?.agencies.find((one) => one.id === leg.agency_id);
    return `${leg.discipline.toUpperCase()} of ${agency?.name ?? leg.agency_id}`;
  });
  return `You do not answer for ${whose.join(", ")}`;
}

/** The words before the last ` / `, and after it why; without the bang all of them. */
export function withReason(words: readonly string[], bang: boolean): { text: string; reason: string } {
  const at = bang ? words.lastIndexOf("/") : -1;
  if (at < 0) return { text: words.join(" "), reason: "" };
  return { text: words.slice(0, at).join(" "), reason: words.slice(at + 1).join(" ") };
}
