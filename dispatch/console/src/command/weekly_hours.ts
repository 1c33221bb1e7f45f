/** `EVERY Mon-Fri 20:00-05:00, Sat 08:00-12:00`: hours of the week, as they are typed. What may be read in two ways
 * is refused with the word and the reason. */

import { refuse, unfinished, type Meaning, type WeekHours } from "./meaning";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SHORT = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAILY = [1, 2, 3, 4, 5, 6, 7];

/** Takes the groups from the beginning of the words; none where they do not begin with EVERY. */
export function takeHours(words: string[]): WeekHours[] | Meaning {
  const found: WeekHours[] = [];
  while (words[0]?.toUpperCase() === "EVERY" || (found.length > 0 && words[0] === ",")) {
    words.shift();
    for (let more = true; more; ) {
      const group = takeGroup(words);
      if ("ok" in group) return group;
      found.push(group.hours);
      more = group.more;
    }
  }
  return found;
}

/** The hours of a field of their own, without EVERY; none where it is empty. */
export function hoursOfText(text: string): WeekHours[] | Meaning {
  if (!text.trim()) return [];
  const words = ["EVERY", ...text.trim().split(/\s+/)];
  const found = takeHours(words);
  if ("ok" in found || words.length === 0) return found;
  return refuse(`${words.join(" ")} is left over after the hours.`);
}

function takeGroup(words: string[]): { hours: WeekHours; more: boolean } | Meaning {
  const days = new Set<number>();
  while (words.length > 0 && !/^\d/.test(words[0] as string)) {
    const read = daysOf((words.shift() as string).replace(/,$/, ""));
    if ("ok" in read) return read;
    for (const day of read.days) days.add(day);
  }
  const word = words.shift();
  if (!word) return unfinished("Every which days and hours? Mon-Fri 20:00-05:00 or daily 07:00-09:00.");
  const more = word.endsWith(",");
  const span = spanOf(more ? word.slice(0, -1) : word);
  if ("ok" in span) return span;
  if (days.size === 0) return refuse(`On which days ${word}? Name them before it: Mon-Fri, Sat or daily.`);
  return { hours: { days: [...days].sort((a, b) => a - b), ...span }, more };
}

function daysOf(word: string): { days: number[] } | Meaning {
  if (word.toLowerCase() === "daily") return { days: DAILY };
  const days: number[] = [];
  for (const part of word.split(",")) {
    const ends = part.split("-").map(dayOf);
    const wrong = ends.find((end) => typeof end !== "number");
    if (wrong !== undefined) return refuse(wrong as string);
    const [first, last] = ends as number[];
    if (first === undefined || ends.length > 2) return refuse(`${part} is no range of days: Mon-Fri.`);
    for (let day = first; ; day = (day % 7) + 1) {
      days.push(day);
      if (day === (last ?? first)) break;
    }
  }
  return { days };
}

/** 1 (Monday) to 7, or why it is none. */
function dayOf(name: string): number | string {
  const wanted = name.toLowerCase();
  const fits = wanted ? DAYS.filter((day) => day.startsWith(wanted)) : [];
  if (fits.length === 1) return DAYS.indexOf(fits[0] as string) + 1;
  if (fits.length > 1) return `${name} is ${fits.map((day) => SHORT[DAYS.indexOf(day)]).join(" or ")}?`;
  return `${name || "-"} is no day: ${SHORT.join(" ")} or daily, then 20:00-05:00.`;
}

function spanOf(word: string): { begins: string; ends: string } | Meaning {
  const found = /^(\d{1,2})(?::(\d{2}))?(?:-(\d{1,2})(?::(\d{2}))?)?$/.exec(word);
  if (!found) return refuse(`${word} is no span of hours: 20:00-05:00.`);
  const [, from_h, from_min, to_h, to_min] = found;
  if (!to_h) return refuse(`${word}: from when to when? 20:00-05:00.`);
  if (!from_min || !to_min) return refuse(`${word}: morning or evening? By the 24-hour clock: 08:00-17:00.`);
  const begins = `${from_h?.padStart(2, "0")}:${from_min}`;
  const ends = `${to_h.padStart(2, "0")}:${to_min}`;
  if (begins > "23:59" || Number(from_min) > 59) return refuse(`${word}: hours begin at 00:00 to 23:59.`);
  if (ends > "24:00" || Number(to_min) > 59) return refuse(`${word}: hours end at 00:00 to 24:00.`);
  if (begins === ends) return refuse(`${word}: nothing, or a whole day? Daily 00:00-24:00 is all day.`);
  return { begins, ends };
}
