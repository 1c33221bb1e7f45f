/** Verbs that change what this screen shows: what a click on a row, a panel's button or a square prints. */

import type { Discipline, Incident, ZoneCover } from "../api/model";
import type { Board } from "../board/apply";
import { DISCIPLINES } from "../board/select";
import { shortNumber } from "../board/words";
import { findClosure, findIncident, findUnit, liveOf, named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** Panels of the dispatcher's map, in the order of their buttons. */
export const PANELS = ["draw", "closures", "coverage", "feeds", "hospitals", "bolos", "queries"] as const;
export type Panel = (typeof PANELS)[number];

/** What a screen is able to show, and what of it is chosen now. */
export interface Sight {
  map: boolean;
  panels: readonly Panel[];
  /** Disciplines in sight; null where the screen always shows all. */
  seen: ReadonlySet<Discipline> | null;
  /** Squares of coverage; null while they are not shown. */
  zones: readonly ZoneCover[] | null;
  zoneId: string | null;
  /** What is loud, in words; empty when nothing is. */
  alarms: string;
}

export type ScreenAct =
  | { what: "select"; incident_id: string }
  | { what: "region" }
  | { what: "panel"; panel: Panel | null; closure_id: string | null }
  | { what: "square"; zone_id: string }
  | { what: "see"; disciplines: readonly Discipline[] }
  | { what: "silence" };

/** The line that opens an incident: by the number as it is said, whole where two are said alike. */
export function selectLine(incident: Incident, board: Board): string {
  const said = shortNumber(incident.number);
  const alike = Object.values(board.incidents).filter((i) => shortNumber(i.number) === said);
  return `V ${alike.length > 1 ? incident.number : said}`;
}

/** The line of a panel's button: it shuts what is open. */
export function panelLine(panel: Panel, open: Panel | "none"): string {
  return `SHOW ${panel === open ? "-" : panel}`;
}

/** The line that adds a discipline to what is in sight, or takes it away. */
export function seeLine(discipline: Discipline, seen: ReadonlySet<Discipline>): string {
  const next = DISCIPLINES.filter((d) => seen.has(d) !== (d === discipline));
  return `SEE ${next.length === DISCIPLINES.length ? "all" : next.join(" ") || "-"}`;
}

/** `V 1042`, `V M14`: an incident, or the one that a unit is on. */
export function readSelect(words: string[], ctx: Context): Meaning {
  const word = words[0];
  if (!word) return unfinished("Which incident, or the one of which unit?");
  const found = findIncident(ctx, word);
  if (!("one" in found) && found.candidates.length > 0) return refuse(found.none, found.candidates);
  if (words.length > 1) return refuse("V and an incident or a unit, no more.");
  if ("one" in found) return select(found.one);
  const unit = findUnit(ctx, word);
  if (!("one" in unit)) {
    return refuse(/^[\d.]/.test(word) ? found.none : unit.none, unit.candidates);
  }
  const live = liveOf(ctx, unit.one.id);
  const on = live && ctx.board.incidents[live.incident_id];
  return on ? select(on) : refuse(`${unit.one.id} is on no incident: Z ${unit.one.id} shows it on the map.`);
}

function select(incident: Incident): Meaning {
  const act: ScreenAct = { what: "select", incident_id: incident.id };
  return means(`Open ${named(incident)}`, { do: "screen", act });
}

/** `Z -`: all of the region. */
export function readRegion(words: string[]): Meaning {
  if (words.length > 1) return refuse("Z - stands alone: it shows the whole region.");
  return means("Show the whole region on the map", { do: "screen", act: { what: "region" } });
}

/** `SHOW coverage`, `SHOW closures 4f2a9c`, `SHOW -`: a panel on the map, or none. */
export function readPanel(words: string[], ctx: Context): Meaning {
  const { panels } = ctx.sight;
  if (panels.length === 0) return refuse("This screen has no panels to show.");
  const word = words[0]?.toLowerCase();
  if (!word) return unfinished("Which panel? - shuts it.", [...panels]);
  const shows = (panel: Panel | null, closure_id: string | null, echo: string) =>
    means(echo, { do: "screen", act: { what: "panel", panel, closure_id } });
  if (word === "-") {
    return words.length > 1 ? refuse("SHOW - stands alone.") : shows(null, null, "Shut the panel on the map");
  }
  const fits = panels.filter((panel) => panel.startsWith(word));
  const panel = panels.find((one) => one === word) ?? fits[0];
  if (!panel) return refuse(`There is no panel ${words[0]}.`, [...panels]);
  if (panel !== word && fits.length > 1) return unfinished("Which?", fits);
  if (words.length === 1) return shows(panel, null, `Show ${panel} on the map`);
  if (panel !== "closures") return refuse(`SHOW ${panel}, no more.`);
  const closure = findClosure(ctx, words.slice(1).join(" "));
  if (!("one" in closure)) return refuse(closure.none, closure.candidates);
  const { id, description } = closure.one;
  return shows("closures", id, `Show the closure ${description || id.slice(-6)}`);
}

/** `SQ square` chooses one of coverage; `SQ- square reason` leaves it out, `SQ+ square` counts it again. */
export function readSquare(verb: "SQ" | "SQ-" | "SQ+", words: string[], ctx: Context): Meaning {
  const { zones, zoneId } = ctx.sight;
  const word = words[0];
  if (!zones) return refuse("Squares are known while coverage is shown: SHOW coverage.");
  if (!word) return unfinished("Which square? . is the chosen one.");
  if (word === "." && !zones.some((zone) => zone.zone_id === zoneId)) return refuse("No square is chosen.");
  const exact = zones.filter((zone) => zone.zone_id === (word === "." ? zoneId : word));
  const fits = exact.length > 0 ? exact : zones.filter((zone) => zone.zone_id.endsWith(`/${word}`));
  const [zone] = fits;
  if (!zone) return refuse(`There is no square ${word}.`);
  if (fits.length > 1) {
    return refuse(`${word} fits ${fits.length} squares.`, fits.slice(0, 8).map((one) => one.zone_id));
  }
  const { zone_id, muted } = zone;
  const reason = words.slice(1).join(" ");
  if (reason && verb !== "SQ-") return refuse(`${verb} and a square, no more.`);
  if (verb === "SQ") return means(`Choose square ${zone_id}`, { do: "screen", act: { what: "square", zone_id } });
  const out = verb === "SQ-";
  if (out === muted) return refuse(`Square ${zone_id} is ${out ? "left out" : "counted"} already.`);
  const echo = out ? `Leave square ${zone_id} out of coverage` : `Count square ${zone_id} again`;
  return means(`${echo}${reason && ` (${reason})`}`, { do: "mute_square", zone_id, muted: out, reason });
}

/** `SEE law fire`, `SEE all`, `SEE -`: which disciplines are in sight; what is answered for stays. */
export function readSee(words: string[], ctx: Context): Meaning {
  if (!ctx.sight.seen) return refuse("This screen shows every discipline.");
  if (words.length === 0) return unfinished("Which disciplines?", ["all", ...DISCIPLINES, "-"]);
  const said = words.map((word) => word.toLowerCase());
  const alone = said.length === 1 ? said[0] : undefined;
  const wrong = said.find((word) => !DISCIPLINES.includes(word as Discipline));
  if (wrong !== undefined && alone !== "all" && alone !== "-") {
    return refuse(`${wrong} is no discipline.`, ["all", ...DISCIPLINES, "-"]);
  }
  const disciplines = DISCIPLINES.filter((d) => alone === "all" || said.includes(d));
  const list = disciplines.map((d) => d.toUpperCase()).join(", ");
  return means(`In sight: ${list || "no discipline"}`, { do: "screen", act: { what: "see", disciplines } });
}

/** `SIL`: what is loud at this console is silent, as by F8. */
export function readSilence(words: string[], ctx: Context): Meaning {
  if (words.length > 0) return refuse("SIL stands alone.");
  if (!ctx.sight.alarms) return refuse("No alarm is loud.");
  return means(`Alarm silenced: ${ctx.sight.alarms}`, { do: "screen", act: { what: "silence" } });
}
