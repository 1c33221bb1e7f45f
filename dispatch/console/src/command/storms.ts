/** The supervisor's storm switch. */

import { timeOfDay } from "../board/words";
import { endOf, findAgency } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** `STORM kestrow-fire +4h wind, trees down` · `STORM kestrow-fire - wind is over`. */
export function readStorm(words: string[], ctx: Context): Meaning {
  const able = (ctx.region?.agencies ?? []).filter((a) => a.storm_plans);
  if (able.length === 0) return refuse("No agency has storm plans: the region's files name none.");
  if (!words[0]) return unfinished("Which agency?", able.map((a) => a.id));
  const found = findAgency(ctx, words[0], able.map((a) => a.id));
  if (!("one" in found)) return refuse(`No agency with storm plans is called ${words[0]}.`, found.candidates);
  const { id, name } = found.one;
  if (!found.one.storm_plans) return refuse(`${name} has no storm plans.`, able.map((a) => a.id));
  const standing = ctx.board.storms[id];
  const until = words[1];
  if (!until) return unfinished("Until when, to be asked again? +4h or 16:30; - ends it.");
  const reason = words.slice(2).join(" ");
  if (until === "-") {
    if (!standing) return refuse(`${name} works by its own plans.`);
    if (!reason) return unfinished("Why does it end?");
    return means(`End the storm plans of ${name}: ${reason}`, {
      do: "storm",
      agency_id: id,
      ask_at: null,
      reason,
    });
  }
  const ask_at = endOf(until, ctx.now_ms, ctx.zone);
  if (!ask_at) return refuse(`${until} is no time: +4h or 16:30.`);
  if (!reason) return unfinished("Why?");
  const what = standing ? `Storm plans of ${name} go on` : `Storm plans for ${name}`;
  return means(`${what}, asked again at ${timeOfDay(ask_at, ctx.zone, false)}: ${reason}`, {
    do: "storm",
    agency_id: id,
    ask_at,
    reason,
  });
}
