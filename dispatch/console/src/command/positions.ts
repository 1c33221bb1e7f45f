/** Verbs about positions: sit down, get up, fold several into one. */

import type { Position } from "../api/model";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

function withPosition(
  word: string | undefined,
  ctx: Context,
  then: (position: Position) => Meaning,
): Meaning {
  const known = Object.keys(ctx.board.positions).sort();
  if (known.length === 0) return refuse("No positions are set: New position on the supervisor's screen sets one.");
  if (!word) return unfinished("Which position?", known);
  const position = Object.values(ctx.board.positions).find(
    (p) => p.id.toUpperCase() === word.toUpperCase(),
  );
  if (position) return then(position);
  const like = known.filter((id) => id.toUpperCase().startsWith(word.toUpperCase()));
  return like.length > 0 ? unfinished("Which?", like) : refuse(`There is no position ${word}.`, known);
}

/** `POS FIRE-1`: sit down at it, also where somebody sits. */
export function readTake(words: string[], ctx: Context): Meaning {
  return withPosition(words[0], ctx, (position) => {
    if (words.length > 1) return refuse("POS and a position, no more.");
    const from = position.held_by
      ? ` over from ${position.held_by_name || "whoever sits there"}`
      : position.folded_into
        ? `, back from ${position.folded_into}`
        : "";
    return means(`Take ${position.id}${from}`, { do: "take_position", position_id: position.id });
  });
}

/** `LEAVE FIRE-1 [reason]`. */
export function readLeave(words: string[], ctx: Context): Meaning {
  return withPosition(words[0], ctx, (position) => {
    if (!position.held_by) return refuse(`Nobody sits at ${position.id}.`);
    const reason = words.slice(1).join(" ");
    return means(`Leave ${position.id}${reason && `: ${reason}`}`, {
      do: "leave_position",
      position_id: position.id,
      reason,
    });
  });
}

/** `FOLD FIRE-1 FIRE-2 LAW-1`: the first answers for the others as well. */
export function readFold(words: string[], ctx: Context): Meaning {
  return withPosition(words[0], ctx, (into) => {
    if (!into.held_by) return refuse(`Nobody sits at ${into.id}: POS ${into.id} takes it.`);
    if (words.length < 2) return unfinished(`Which positions go into ${into.id}?`, others(ctx, into.id));
    const ids: string[] = [];
    for (const word of words.slice(1)) {
      const found = withPosition(word, ctx, (position) => {
        ids.push(position.id);
        return unfinished("");
      });
      if (ids.at(-1)?.toUpperCase() !== word.toUpperCase()) return found;
    }
    if (ids.includes(into.id)) return refuse(`${into.id} is not folded into itself.`);
    return means(`${into.id} answers for ${ids.join(", ")} as well`, {
      do: "fold_positions",
      into_id: into.id,
      position_ids: ids,
    });
  });
}

function others(ctx: Context, id: string): string[] {
  return Object.keys(ctx.board.positions)
    .filter((other) => other !== id)
    .sort();
}
