/** How times, numbers and places are written. Pure. */

import type { Incident, LonLat } from "../api/model";

/** `0:42`, `12:07`, `1:25:05`; negative is shown as 0:00. */
export function clockSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** As a clock, `59:07`, and past an hour without its seconds, `1h02`: where there is room for five characters. */
export function shortSpan(seconds: number): string {
  if (seconds < 3600) return clockSpan(seconds);
  const h = Math.floor(seconds / 3600);
  return h > 99 ? `${h}h` : `${h}h${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;
}

/** `4:39`; an unknown time is a word, never 0. */
export function travelTime(seconds: number | null): string {
  return seconds === null ? "unknown" : clockSpan(Math.max(1, seconds));
}

/** `35 s`, `4 min`, `2 h`: how old something is, coarsely. */
export function ageWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** The part of the number that a dispatcher says: `2026-000444` is `0444`. */
export function shortNumber(number: string): string {
  const digits = number.split("-").at(-1) ?? number;
  return digits.length > 4 && /^0+$/.test(digits.slice(0, -4)) ? digits.slice(-4) : digits;
}

/** 2 is `2nd`, as an alarm's level is said. */
export function ordinal(n: number): string {
  const tens = Math.floor(n / 10) % 10 === 1;
  return `${n}${(!tens && { 1: "st", 2: "nd", 3: "rd" }[n % 10]) || "th"}`;
}

export function timeOfDay(iso: string, zone: string, seconds = true): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hour12: false,
  }).format(new Date(iso));
}

/** `2026-07-01`, by the region's calendar. */
export function dayOf(iso: string, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(iso));
}

export function coordinates(at: LonLat): string {
  return `${at[1].toFixed(5)}, ${at[0].toFixed(5)}`;
}

/** The command that shows a spot on the map. */
export function showLine(at: LonLat): string {
  return `Z ${coordinates(at)}`;
}

/** Never empty: the address, or the spot itself. */
export function addressOf(incident: Incident): string {
  return incident.place.address || coordinates(incident.place.at);
}

/** An agency or unit kind as a short tag, `Basic life support` as given when it is short already. */
export function kindTag(kind: string): string {
  const words = kind.replaceAll("_", " ").trim();
  const known: Record<string, string> = {
    engine: "ENG",
    ladder: "LAD",
    truck: "TRK",
    rescue: "RESC",
    squad: "SQD",
    tanker: "TNK",
    brush: "BRSH",
    quint: "QNT",
    chief: "CHF",
    command: "CMD",
    als: "ALS",
    bls: "BLS",
    medic: "ALS",
    ambulance: "AMB",
    patrol: "PTRL",
    supervisor: "SUPV",
    sergeant: "SGT",
    k9: "K9",
    hazmat: "HAZ",
    boat: "BOAT",
  };
  return known[words.toLowerCase()] ?? words.toUpperCase().slice(0, 5);
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `found_as` of a place whose words no list knew, pinned where the call-taker's map happened to stand. */
export const MAP_MIDDLE = "map_middle";
export const MIDDLE_WORDS = "pinned at the middle of the call-taker's map: ask where it is";

/** How a crew is to drive, in the field's words; empty: no plan says. */
export function modeWords(mode: "lights" | "normal" | null): string {
  if (mode === null) return "";
  return mode === "lights" ? "EMERGENCY, lights and siren" : "ROUTINE, no lights or siren";
}
