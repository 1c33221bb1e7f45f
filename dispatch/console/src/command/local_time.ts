/** A time of the region's clock as people type it, for something that is wanted then. Pure.
 *
 * What the clocks skip or show twice is refused with both readings: nobody guesses an hour. */

import { dayOf, timeOfDay } from "../board/words";
import { offsetMs } from "../board/zone";
import { endOf } from "./lookup";

export type LocalTime = { at: string } | { why: string; candidates: string[] };

const FORM = /^(?:(\+\d{1,2})\/|(?:(\d{4})-)?(\d{2})-(\d{2})\/)?([01]?\d|2[0-3]):([0-5]\d)([+-]\d{2}:\d{2})?$/;
const DAY_MS = 86_400_000;

/** `14:00` today, `+1/14:00` tomorrow, `12-24/14:00`, `2026-12-24/14:00`, `+2h`; an offset behind it
 * (`01:30-04:00`) says which of two. Null: it is no time at all. */
export function localTime(word: string, now_ms: number, zone: string): LocalTime | null {
  if (/^\+\d+[mhd]$/i.test(word)) {
    const at = endOf(word, now_ms, zone);
    return at ? { at } : null;
  }
  const found = FORM.exec(word);
  if (!found) return null;
  const [, ahead, year, month, day, hour, minute, offset] = found;
  const today = dayOf(new Date(now_ms).toISOString(), zone);
  const [y, m, d] = today.split("-").map(Number) as [number, number, number];
  const clock_ms = (Number(hour) * 60 + Number(minute)) * 60_000;
  let midnight = Date.UTC(y, m - 1, d + Number(ahead ?? 0));
  if (month && day) {
    midnight = Date.UTC(Number(year ?? y), Number(month) - 1, Number(day));
    if (!year && midnight < Date.UTC(y, m - 1, d)) midnight = Date.UTC(y + 1, Number(month) - 1, Number(day));
    const named = new Date(midnight);
    if (named.getUTCMonth() !== Number(month) - 1 || named.getUTCDate() !== Number(day)) {
      return { why: `There is no day ${month}-${day}.`, candidates: [] };
    }
  }
  const wall = midnight + clock_ms;
  const offsets = [...new Set([offsetMs(wall - DAY_MS, zone), offsetMs(wall + DAY_MS, zone)])];
  let readings = offsets.map((each) => wall - each).filter((at) => at + offsetMs(at, zone) === wall);
  if (readings.length === 0) {
    const both = offsets.map((each) => wall - each).sort((a, b) => a - b);
    return {
      why: `The clocks skip ${clockOf(wall)} on ${dayOf(iso(both[0] as number), zone)}: say which is meant.`,
      candidates: both.map((at) => readingOf(at, zone)),
    };
  }
  if (offset) {
    const given = (offset[0] === "-" ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000;
    const fits = readings.filter((at) => offsetMs(at, zone) === given);
    if (fits.length === 0) {
      return { why: `${offset} is not the region's clock then.`, candidates: readings.map((at) => readingOf(at, zone)) };
    }
    readings = fits;
  }
  if (readings.length > 1) {
    return {
      why: `The clocks show ${clockOf(wall)} twice on ${dayOf(iso(readings[0] as number), zone)}: say which is meant.`,
      candidates: readings.sort((a, b) => a - b).map((at) => readingOf(at, zone)),
    };
  }
  const at = readings[0] as number;
  if (at <= now_ms) {
    return { why: `${clockOf(wall)} is past; +1/${clockOf(wall)} is tomorrow.`, candidates: [] };
  }
  return { at: iso(at) };
}

function readingOf(at_ms: number, zone: string): string {
  const minutes = Math.round(offsetMs(at_ms, zone) / 60_000);
  const two = (n: number) => String(n).padStart(2, "0");
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${dayOf(iso(at_ms), zone)}/${timeOfDay(iso(at_ms), zone, false)}${offset}`;
}

function clockOf(wall_ms: number): string {
  return new Date(wall_ms).toISOString().slice(11, 16);
}

function iso(at_ms: number): string {
  return new Date(at_ms).toISOString();
}
