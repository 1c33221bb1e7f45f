/** `SHUT`, `SLOW` and `LIFT`: closures by the command line, and the line that a drawing prints.
 * `BH`, `CONFIRM` and `REFUSE`: what crews say is blocked. */

import type { Closure, LonLat } from "../api/model";
import { limitWords, saidBlocked, unconfirmedBlocks, weekWords } from "../board/blocks";
import { proposals } from "../board/feeds";
import { coordinates, dayOf, timeOfDay } from "../board/words";
import { endOf, findClosure, findUnit, pointOf } from "./lookup";
import { whereOf } from "./where";
import { means, refuse, unfinished, type Context, type Meaning, type NewClosure, type WeekHours } from "./meaning";
import { takeHours } from "./weekly_hours";

const MOST_POINTS = 2_000;

export function readClosure(verb: "SHUT" | "SLOW", rest: string[], ctx: Context): Meaning {
  const words = [...rest];
  let speed_factor = 0;
  if (verb === "SLOW") {
    const percent = Number(words.shift()?.replace("%", ""));
    if (Number.isNaN(percent)) return unfinished("Slowed to how many per cent?");
    if (percent <= 0 || percent >= 100) return refuse("Slowed to 1 to 99 per cent of its speed.");
    speed_factor = percent / 100;
  }
  const texts = takePlaces(words, ctx);
  if (texts.length > MOST_POINTS) return refuse(`At most ${MOST_POINTS} points.`);
  const line: LonLat[] = [];
  const names: string[] = [];
  for (const text of texts) {
    const spot = whereOf(text, ctx.region?.bounds, ctx.spots);
    if ("waiting" in spot) return unfinished(spot.waiting);
    if ("none" in spot) return refuse(spot.none, spot.candidates);
    line.push(spot.at);
    names.push(spot.label);
  }
  if (line.length < 2) return unfinished("Along which points? lat,lon lat,lon, or place; place, as a call-taker types it.");
  const until = words.shift();
  if (!until) return unfinished("Until when? +1h or 16:30. A closure has an end.");
  const ends_at = endOf(until, ctx.now_ms, ctx.zone);
  if (!ends_at) return refuse(`${until} is no end: +30m, +2h or 16:30.`);
  const closure: NewClosure = { line, direction: "both", speed_factor, description: "", ends_at };
  const hours: WeekHours[] = [];
  for (let left = 0; left !== words.length; ) {
    left = words.length;
    if (words[0]?.toUpperCase() === "ALONG") {
      closure.direction = "along";
      words.shift();
    }
    if (verb === "SLOW" && words[0]?.toUpperCase() === "TRAFFIC") {
      closure.congestion = true;
      words.shift();
    }
    Object.assign(closure, readLimits(words));
    const found = takeHours(words);
    if ("ok" in found) return found;
    hours.push(...found);
  }
  closure.description = words.join(" ");
  if (hours.length > 0) closure.hours = hours;
  const given = texts.every((text) => pointOf(text, ctx.region?.bounds));
  const named = given ? "" : `: ${names.join("; ")}`;
  return means(closureWords(closure, ctx.zone, ctx.now_ms) + named, { do: "open_closure", closure });
}

/** Taken from the words: the places up to the end, parted by `;`, or pairs and codes of one word each. */
function takePlaces(words: string[], ctx: Context): string[] {
  const end = words.findIndex((word, i) => i > 0 && endOf(word, ctx.now_ms, ctx.zone) !== null);
  const before = end < 0 ? words : words.slice(0, end);
  if (before.some((word) => word.includes(";"))) {
    words.splice(0, before.length);
    return before
      .join(" ")
      .split(";")
      .map((text) => text.trim())
      .filter(Boolean);
  }
  const codes = before.findIndex((word) => !pointOf(word, ctx.region?.bounds) && !isCode(word));
  return words.splice(0, codes < 0 ? before.length : codes);
}

/** A grid reference or plus code of one word. */
function isCode(word: string): boolean {
  return /^\d{1,2}[A-Z]{3}\d{4,10}$/i.test(word) || /^[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}$/i.test(word);
}

/** `H3.5` and `W12` before the description: metres and tonnes. Takes them from the words. */
function readLimits(words: string[]): Pick<NewClosure, "max_height_m" | "max_weight_t"> {
  const limits: Pick<NewClosure, "max_height_m" | "max_weight_t"> = {};
  for (;;) {
    const found = /^([HW])(\d+(?:\.\d+)?)$/i.exec(words[0] ?? "");
    if (!found || Number(found[2]) <= 0) return limits;
    limits[found[1]?.toUpperCase() === "H" ? "max_height_m" : "max_weight_t"] = Number(found[2]);
    words.shift();
  }
}

export function closureWords(closure: NewClosure, zone: string, now_ms: number): string {
  const what =
    closure.speed_factor === 0
      ? "Shut"
      : `Slow${closure.congestion ? " by traffic" : ""} to ${Math.round(closure.speed_factor * 100)} %`;
  const ways = closure.direction === "both" ? "both ways" : "in drawing order only";
  const text = closure.description ? ` (${closure.description})` : "";
  const above = limitWords(closure.max_height_m ?? null, closure.max_weight_t ?? null);
  const hours = closure.hours ? `, ${weekWords(closure.hours, true)} alone` : "";
  const day = dayOf(closure.ends_at, zone);
  const today = day === dayOf(new Date(now_ms).toISOString(), zone) ? "" : `${day} `;
  const until = `${today}${timeOfDay(closure.ends_at, zone, false)}`;
  return `${what} ${closure.line.length} points${above && `, for what is above ${above}`}, ${ways}${hours}, until ${until}${text}`;
}

/** The command line that does what was drawn. */
export function closureLine(closure: NewClosure, until: string): string {
  const verb =
    closure.speed_factor === 0 ? "SHUT" : `SLOW ${Math.round(closure.speed_factor * 100)}`;
  const points = closure.line.map((at) => coordinates(at).replace(" ", "")).join(" ");
  const along = closure.direction === "along" ? " ALONG" : "";
  const traffic = closure.congestion ? " TRAFFIC" : "";
  const high = closure.max_height_m ? ` H${closure.max_height_m}` : "";
  const heavy = closure.max_weight_t ? ` W${closure.max_weight_t}` : "";
  const every = closure.hours?.length ? ` EVERY ${weekWords(closure.hours)}` : "";
  const text = closure.description ? ` ${closure.description}` : "";
  return `${verb} ${points} ${until}${along}${traffic}${high}${heavy}${every}${text}`;
}

export function readLift(rest: string[], ctx: Context): Meaning {
  const word = rest.join(" ");
  if (!word) {
    return unfinished(
      "Which closure?",
      Object.values(ctx.board.closures)
        .slice(0, 8)
        .map((c) => `${c.id.slice(-6)} ${c.description}`),
    );
  }
  const found = findClosure(ctx, word);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const closure = found.one;
  return means(`Lift the closure ${closure.description || closure.id.slice(-6)}`, {
    do: "lift_closure",
    closure_id: closure.id,
  });
}

/** A crew says by radio that it stands before something. */
export function readBlocked(rest: string[], ctx: Context): Meaning {
  const word = rest[0];
  if (!word) return unfinished("Which unit stands before it?");
  const found = findUnit(ctx, word);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  if (rest.length > 1) return refuse("BH and a unit, no more; the dispatcher's own closure is SHUT.");
  return means(`The road before ${found.one.id} is blocked, says its crew`, {
    do: "report_block",
    unit_id: found.one.id,
  });
}

/** The closure that a crew has reported; the rest of the words are what is said of it. */
function reported(word: string | undefined, ctx: Context): Closure | Meaning {
  const waiting = unconfirmedBlocks(ctx.board).map((c) => `${c.id.slice(-6)} ${c.description}`);
  if (!word) return unfinished("Which one?", waiting);
  const found = findClosure(ctx, word);
  if (!("one" in found)) return refuse(found.none, found.candidates);
  return found.one.confirmed ? refuse("No crew's word waits there; LIFT ends a closure.", waiting) : found.one;
}

export function readConfirm(rest: string[], ctx: Context): Meaning {
  const [word, ...words] = rest;
  const closure = reported(word, ctx);
  if ("ok" in closure) return closure;
  const ends_at = words[0] ? endOf(words[0], ctx.now_ms, ctx.zone) : null;
  if (ends_at) words.shift();
  const both_ways = words[0]?.toUpperCase() === "BOTH";
  if (both_ways) words.shift();
  const until = timeOfDay(ends_at ?? closure.ends_at, ctx.zone, false);
  const ways = both_ways || closure.direction === "both" ? "both ways" : "in its direction";
  const name = words.join(" ") || closure.description || "the road";
  return means(`${saidBlocked(closure, ctx.board)}, confirmed: ${name} shut ${ways} until ${until}`, {
    do: "confirm_closure",
    closure_id: closure.id,
    ends_at,
    both_ways,
    description: words.join(" "),
  });
}

export function readRefuse(rest: string[], ctx: Context): Meaning {
  const closure = reported(rest[0], ctx);
  if ("ok" in closure) return closure;
  return means(`${saidBlocked(closure, ctx.board)}, refused: ${closure.description || "the road"} is open`, {
    do: "lift_closure",
    closure_id: closure.id,
  });
}

/** An entry of a feed that fits a road, but not surely: a person says that it is that road. */
export function readAccept(rest: string[], ctx: Context): Meaning {
  const [feed, ...words] = rest;
  const waiting = proposals(ctx.board).map((p) => `${p.feed_id} ${p.ref}`);
  if (!feed) return unfinished("Which feed, and which entry?", waiting.slice(0, 8));
  const ref = words.join(" ");
  const found = proposals(ctx.board).find((p) => p.feed_id === feed && p.ref === ref);
  if (!found) return refuse(`No road is proposed for ${rest.join(" ")}.`, waiting.slice(0, 8));
  return means(`Accept the road proposed for ${found.closure.description || ref}`, {
    do: "accept_proposal",
    feed_id: feed,
    ref,
  });
}
