/** The supervisor's storm switch. */

import { timeOfDay } from "../board/words";
import { endOf, findAgency } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** `STORM kestrow-fire +4h wind, trees down` · `STORM kestrow-fire - wind is over`. */
export function readStorm(words: string[], ctx: Context): Meaning {
  const able = (ctx.region?.agencies ?? []).filter((a) => a.storm_plans);
  if (able.length === 0) return refuse("No agency has storm plans: the region's files name none.");
  if (!words[0]) return unfinished("Which agency?", able.map((a) => a.id));
  const at = words.findIndex((word, i) => i > 0 && (word === "-" || endOf(word, ctx.now_ms, ctx.zone) !== null));
  /** The agency is said in as many words as it has, up to the time. */
  const named = words.slice(0, Math.max(1, at)).join(" ");
  const found = findAgency(ctx, named, able.map((a) => a.id));
  if (!("one" in found)) return refuse(`No agency with storm plans is called ${named}.`, found.candidates);
  const { id, name } = found.one;
  if (!found.one.storm_plans) return refuse(`${name} has no storm plans.`, able.map((a) => a.id));
  const standing = ctx.board.storms[id];
  const until = words[Math.max(1, at)];
  if (!until) return unfinished("Until when, to be asked again? +4h or 16:30; - ends it.");
  const reason = words.slice(Math.max(1, at) + 1).join(" ");
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
