/** Words and times of looking back. Pure. */

import type { ConsoleThen, HubEvent, LookBackReply } from "../api/model";
import { dayOf, shortNumber, timeOfDay } from "./words";
import { offsetMs } from "./zone";

/** The instant of a wall clock's time in a zone, in ms since 1970; null when it cannot be read. Where
 * clocks go back an hour, the first of the two. */
export function instantOf(day: string, time: string, zone: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d?):(\d\d)(?::(\d\d))?$/.exec(`${day.trim()} ${time.trim()}`);
  if (!match) return null;
  const [y, m, d, h, min, s] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number, number, number, number, number, number | undefined,
  ];
  const wall = Date.UTC(y, m - 1, d, h, min, s || 0);
  if (m > 12 || d > 31 || h > 23 || min > 59 || (s ?? 0) > 59) return null;
  const early = wall - offsetMs(wall - 12 * 3_600_000, zone);
  const late = wall - offsetMs(wall + 12 * 3_600_000, zone);
  for (const found of [Math.min(early, late), Math.max(early, late)]) {
    if (found + offsetMs(found, zone) === wall) return found;
  }
  return Math.max(early, late);
}

/** `unit assigned E12`: what an event says, in a few words. */
export function eventWords(event: HubEvent): string {
  const body = event.body as { kind: string } & Record<string, unknown>;
  const inside = (name: string) => body[name] as Record<string, unknown> | undefined;
  const about =
    inside("assignment")?.unit_id ??
    body.unit_id ??
    (typeof inside("incident")?.number === "string"
      ? shortNumber(inside("incident")?.number as string)
      : undefined) ??
    inside("position")?.id ??
    body.agency_id ??
    body.status ??
    "";
  const kind = body.kind.replace(/[._]/g, " ");
  return about ? `${kind} ${String(about)}` : kind;
}

/** What a console had, as one line: the difference to the log in words. */
export function lackWords(console: ConsoleThen, atSeq: number): string {
  // What it said after the hub last wrote that down nobody knows: then nothing here denies it.
  const unsure = console.known_until != null;
  if (console.acked === 0) return unsure ? "no acknowledgement is known" : "nothing acknowledged";
  if (!console.counted) return `${unsure ? "at most " : ""}${atSeq - console.acked} events of the log behind`;
  const way = console.under_way.length;
  const out = console.unsent.length;
  const unknown = console.unknown.length;
  if (way + out + unknown + console.more === 0) return "had everything that was its to have";
  const parts = [];
  if (way > 0) parts.push(`${way} sent, ${unsure ? "no acknowledgement is known" : "not acknowledged"}`);
  if (out > 0) parts.push(`${out} NOT SENT`);
  if (unknown > 0) parts.push(`${unknown} not known whether sent`);
  if (console.more > 0) parts.push(`${console.more} more`);
  return parts.join(", ");
}

/** What the map of a moment shows of where units were, and from when on that is kept at all. */
export function positionWords(found: LookBackReply, units: number, zone: string): string {
  const { positions_since: since, fixes } = found;
  if (since === null) return "Where units were is not kept here: the map has incidents and closures alone.";
  const from = `Positions are kept from ${dayOf(since, zone)} ${timeOfDay(since, zone, false)} on`;
  if (Date.parse(found.asked_at) < Date.parse(since)) return `${from}, not of this moment.`;
  const known = `${fixes.length} of ${units} units had sent one`;
  const gap = found.positions_kept ? "" : " NOBODY KEPT ANY AT THIS MOMENT: these are the last from before.";
  return `${from}; ${known}, each with its age then.${gap}`;
}
