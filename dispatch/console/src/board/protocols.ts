/** Runs of card protocols, in words. Pure. */

import type { Call, ProtocolRun } from "../api/model";
import type { Board } from "./apply";

/** Of a call; one that a browser kept before the hub knew of protocols has none. */
export function runsOf(call: Call): readonly ProtocolRun[] {
  return call.protocol_runs ?? [];
}

/** What it is here: `17-D-3 Fall, priority 2`; the determinant alone where no table knows it. */
export function determinantWords(run: ProtocolRun): string {
  if (!run.incident_type) return run.determinant;
  return `${run.determinant} ${run.label || run.type_label}${run.priority ? `, priority ${run.priority}` : ""}`;
}

/** `adds als; spares L3`: what taking it over would change; empty when nothing. */
export function differenceWords(run: ProtocolRun): string {
  const adds = run.adds.length > 0 ? [`adds ${run.adds.join(", ")}`] : [];
  const spares = run.spares.length > 0 ? [`spares ${run.spares.join(" ")}`] : [];
  return [...adds, ...spares].join("; ");
}

/** What became of it. */
export function runWords(run: ProtocolRun): string {
  switch (run.state) {
    case "opened":
      return "open, no determinant yet";
    case "unknown":
      return "no row of the agency's table: nothing was changed";
    case "waiting":
      return "waits for an incident";
    case "same":
      return "as it stands";
    case "applied":
      return "the plan follows it";
    case "proposed":
      return run.downgrade ? "proposed, makes less of it: needs a reason" : "proposed";
    case "accepted":
      return `taken${run.reason && `: ${run.reason}`}`;
    case "refused":
      return `not taken${run.reason && `: ${run.reason}`}`;
    case "superseded":
      return "a later one counts";
  }
}

/** Runs of an incident's calls that a dispatcher has yet to decide, the latest last. */
export function proposalsOf(board: Board, incidentId: string): ProtocolRun[] {
  return Object.values(board.calls)
    .filter((call) => call.incident_id === incidentId)
    .flatMap(runsOf)
    .filter((run) => run.state === "proposed" || run.state === "waiting")
    .sort((a, b) => (a.determined_at ?? "").localeCompare(b.determined_at ?? ""));
}
