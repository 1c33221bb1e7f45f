/** `PR . [reason]` takes over what a card protocol proposes, `PR- . [reason]` does not. */

import type { Incident } from "../api/model";
import { determinantWords, differenceWords, proposalsOf } from "../board/protocols";
import { named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

export function readProtocol(
  incident: Incident,
  words: string[],
  accepted: boolean,
  ctx: Context,
): Meaning {
  const run = proposalsOf(ctx.board, incident.id).at(-1);
  if (!run) return refuse(`No card protocol proposes anything for ${named(incident)}.`);
  const reason = words.join(" ");
  const less = run.downgrade || (run.priority !== null && run.priority > incident.priority);
  if (accepted && less && !reason) {
    return unfinished(`${determinantWords(run)} makes less of ${named(incident)}: say why.`);
  }
  const difference = differenceWords(run);
  const why = reason ? ` (${reason})` : "";
  const echo = accepted
    ? `${named(incident)} becomes ${determinantWords(run)}${difference && `: ${difference}`}; no unit is cancelled${why}`
    : `${named(incident)} stays as it is, not ${determinantWords(run)}${why}`;
  return means(echo, {
    do: "settle_determinant",
    incident_id: incident.id,
    run_id: run.id,
    accepted,
    reason,
  });
}
