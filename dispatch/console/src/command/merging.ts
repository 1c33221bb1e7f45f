/** `MG 1042 1043 [reason]`: the second incident goes into the first. `MG- 1042 1043` takes it out. */

import type { Incident } from "../api/model";
import { distanceM } from "../board/select";
import { isLive } from "../board/status";
import { plural, shortNumber } from "../board/words";
import { findIncident, named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** As the hub: farther apart than this they are seldom one, and it wants a reason. */
const FAR_M = 500;

export function readMerge(incident: Incident, words: string[], ctx: Context): Meaning {
  if (!words[0]) return unfinished(`Which incident goes into ${named(incident)}?`);
  const other = findIncident(ctx, words[0]);
  if (!("one" in other)) return refuse(other.none, other.candidates);
  if (other.one.id === incident.id) return refuse("An incident is not merged into itself.");
  const reason = words.slice(1).join(" ");
  const apart_m = Math.round(distanceM(incident.place.at, other.one.place.at));
  if (apart_m > FAR_M && !reason) {
    return unfinished(`${shortNumber(other.one.number)} is ${apart_m} m from ${named(incident)}: say why it is the same.`);
  }
  const calls = Object.values(ctx.board.calls).filter((c) => c.incident_id === other.one.id).length;
  const units = Object.values(ctx.board.assignments)
    .filter((a) => a.incident_id === other.one.id && isLive(a))
    .map((a) => a.unit_id);
  const goes = [plural(calls, "call"), ...(units.length > 0 ? [units.join(" ")] : ["no unit"])].join(", ");
  const why = reason ? ` (${reason})` : "";
  return means(
    `${named(other.one)} CLOSES and goes INTO ${named(incident)}, ${apart_m} m away: ${goes}${why}`,
    { do: "merge", incident_id: incident.id, other_id: other.one.id, reason },
  );
}

export function readUnmerge(incident: Incident, words: string[]): Meaning {
  const known = incident.merged.map((m) => `${shortNumber(m.number)} ${m.type_label}, ${m.address}`);
  if (known.length === 0) return refuse(`Nothing was merged into ${named(incident)}.`);
  const word = words[0];
  if (!word) return unfinished(`Which one is taken out of ${named(incident)}?`, known);
  const fits = incident.merged.filter((m) => m.number.endsWith(word));
  if (words.length > 1 || fits.length !== 1) return refuse(`${word} fits ${fits.length} that were merged.`, known);
  const one = fits[0] as (typeof fits)[0];
  return means(
    `${shortNumber(one.number)} ${one.type_label}, ${one.address} stands by itself again, out of ${named(incident)}`,
    { do: "unmerge", incident_id: incident.id, other_id: one.incident_id },
  );
}
