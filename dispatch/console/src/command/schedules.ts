/** Verbs about calls that are wanted at a later time. Pure. */

import type { Incident } from "../api/model";
import { isLive } from "../board/status";
import { reservations, reservedWords, whenWords } from "../board/schedule";
import { localTime } from "./local_time";
import { findUnit, leadingUnits, named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** `SC . 14:00 [units]`: wanted then, with these units kept for it. */
export function readSchedule(incident: Incident, words: string[], ctx: Context): Meaning {
  const when = words[0];
  if (!when) {
    return unfinished(`When is ${named(incident)} wanted? 14:00, +1/14:00, 12-24/14:00 or +2h.`);
  }
  const busy = Object.values(ctx.board.assignments).some((a) => a.incident_id === incident.id && isLive(a));
  if (busy) return refuse("Units are on it: it is being worked.");
  const wanted = localTime(when, ctx.now_ms, ctx.zone);
  if (!wanted) return refuse(`${when} is no time: 14:00, +1/14:00, 12-24/14:00 or +2h.`);
  if ("why" in wanted) return refuse(wanted.why, wanted.candidates);
  const { units, text } = leadingUnits(words.slice(1), ctx);
  if (text[0]) {
    const found = findUnit(ctx, text[0]);
    return "one" in found ? refuse(`${text[0]} is named twice.`) : refuse(found.none, found.candidates);
  }
  const others = reservations(ctx.board);
  const kept = units.map((unit) => {
    const also = (others.get(unit.id) ?? []).find((i) => i.id !== incident.id);
    return also ? `${unit.id} (${reservedWords(also, ctx.now_ms, ctx.zone)} too)` : unit.id;
  });
  const whom = kept.length > 0 ? `, ${kept.join(", ")} reserved` : "";
  const at = `${whenWords(wanted.at, ctx.now_ms, ctx.zone)} ${zoneWords(wanted.at, ctx.zone)}`;
  return means(`Schedule ${named(incident)} for ${at}${whom}`, {
    do: "schedule",
    incident_id: incident.id,
    wanted_at: wanted.at,
    unit_ids: units.map((unit) => unit.id),
  });
}

/** `SC- .`: it is wanted as soon as can be, and nothing is kept for it. */
export function readScheduleEnd(incident: Incident, words: string[]): Meaning {
  if (words.length > 0) return refuse("SC- and an incident, no more.");
  if (!incident.schedule) return refuse("It is not scheduled.");
  const now = incident.schedule.due ? "" : ", pending from now on";
  const freed = incident.schedule.unit_ids.length > 0 ? `; ${incident.schedule.unit_ids.join(", ")} kept no more` : "";
  return means(`Scheduled no longer: ${named(incident)}${now}${freed}`, {
    do: "schedule",
    incident_id: incident.id,
    wanted_at: null,
    unit_ids: [],
  });
}

/** `EST`: which clock is meant. */
function zoneWords(iso: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "short" }).formatToParts(new Date(iso));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}
