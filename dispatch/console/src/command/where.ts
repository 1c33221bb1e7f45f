/** Where a text says: coordinates at once, anything else as the hub's place search reads it. Pure.
 *
 * Never picked among several: what fits more than one spot is refused with what it fits. */

import type { LonLat, PlaceCandidate, PlaceIndex, Region } from "../api/model";
import { coordinates } from "../board/words";
import { pointOf } from "./lookup";

/** What the hub's search has said of a text so far. */
export type Spot =
  | { state: "asking" }
  | { state: "unreached" }
  | { state: "known"; places: readonly PlaceCandidate[]; index: PlaceIndex };

export type Where =
  /** `address` is empty where coordinates were given; `found`: what the search found, null for decimals. */
  | { at: LonLat; label: string; address: string; found: PlaceCandidate | null }
  | { waiting: string }
  | { none: string; candidates: string[] };

const SHOWN = 5;
/** Score of a name that was typed to its end. */
const WHOLE = 100;

/** What keeps the search from having looked through every place; empty when nothing does. */
export function indexWords(index: PlaceIndex | null): string {
  if (!index || index.state === "ready") return "";
  const found = index.older
    ? "what is listed is of the map before"
    : "only coordinates are found; free text and pin are taken";
  if (index.state === "failed") return `Place index NOT BUILT (${index.why}): ${found}.`;
  return `Place index being built, ${index.built_pct} % after ${spanWords(index.since_s)}: ${found}.`;
}

function spanWords(since_s: number): string {
  return since_s < 120 ? `${Math.floor(since_s)} s` : `${Math.floor(since_s / 60)} min`;
}

export function nameOf(place: PlaceCandidate): string {
  return place.municipality ? `${place.label}, ${place.municipality}` : place.label;
}

/** What a field says below itself of the text in it. */
export function whereWords(where: Where): string {
  if ("at" in where) return where.label;
  if ("waiting" in where) return where.waiting;
  return [where.none, ...where.candidates].join(" · ");
}

/** The one spot of what the search found, or why there is none. */
export function spotOf(text: string, spot: Spot): Where {
  if (spot.state === "asking") return { waiting: `Looking up ${text}` };
  if (spot.state === "unreached")
    return { none: `The hub does not answer where ${text} is: give it as lat,lon.`, candidates: [] };
  const { places, index } = spot;
  const best = places.filter((place) => !place.approximate);
  const named = places.filter((place) => place.score >= WHOLE);
  // A road that was named whole is never taken for a crossing or a bridge that is only spelt like it.
  const fits = named.length > 0 ? named.filter((place) => !place.approximate) : best;
  const [one] = fits;
  if (one && fits.length === 1)
    return { at: one.at, label: nameOf(one), address: one.kind === "coordinates" ? "" : one.label, found: one };
  if (one) return { none: `${text} fits ${fits.length} places.`, candidates: fits.slice(0, SHOWN).map(nameOf) };
  if (places.length > 0) {
    return {
      none: `Of ${text} only the road is known, not the spot: name the crossing, house or milepost.`,
      candidates: places.slice(0, SHOWN).map(nameOf),
    };
  }
  return { none: indexWords(index) || `No place fits ${text}.`, candidates: [] };
}

/** The one spot that a text names. `ask` is the hub's search, for what is no pair of decimals. */
export function whereOf(text: string, bounds: Region["bounds"] | undefined, ask: (text: string) => Spot): Where {
  const at = pointOf(text, bounds);
  return at ? { at, label: coordinates(at), address: "", found: null } : spotOf(text, ask(text));
}
