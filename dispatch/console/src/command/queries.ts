/** Questions to the centre's query service: plates and warrants, for the law, for a stated purpose. Pure. */

import type { Incident } from "../api/model";
import { isLive } from "../board/status";
import { named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** What is typed for each purpose, and how it is said. */
export const PURPOSES = {
  stop: { purpose: "traffic_stop", words: "traffic stop" },
  inv: { purpose: "investigation", words: "investigation" },
  warr: { purpose: "warrant_service", words: "warrant service" },
  safe: { purpose: "officer_safety", words: "officer safety" },
} as const;

export type PurposeWord = keyof typeof PURPOSES;

/** `Q . plate ABC123 stop`, `Q . warrant DOE, JOHN 1990-04-02 safe`: the purpose is the last word. */
export function readQuery(incident: Incident, words: string[], ctx: Context): Meaning {
  const what = words[0]?.toLowerCase();
  if (what !== "plate" && what !== "warrant") return unfinished("plate or warrant?", ["plate", "warrant"]);
  const on = Object.values(ctx.board.assignments).filter(
    (a) => a.incident_id === incident.id && a.discipline === "law" && isLive(a),
  );
  if (on.length === 0 && !incident.legs.some((leg) => leg.discipline === "law")) {
    return refuse("The incident has no part of the law.");
  }
  const last = words.at(-1)?.toLowerCase() ?? "";
  if (words.length < 2) return unfinished(`Which ${what}, and for what: ${Object.keys(PURPOSES).join(", ")}?`);
  if (words.length < 3 || !(last in PURPOSES)) {
    return unfinished("For what purpose? It is the last word.", Object.keys(PURPOSES));
  }
  const { purpose, words: said } = PURPOSES[last as PurposeWord];
  const asked = words.slice(1, -1).join(" ");
  const there = on.filter((a) => a.status === "on_scene");
  const unit_id = (there.length > 0 ? there : on)[0]?.unit_id ?? null;
  const shown = unit_id ? `, shown to ${unit_id}` : "";
  return means(`Ask about ${what} ${asked} for ${said} at ${named(incident)}${shown}`, {
    do: "query",
    incident_id: incident.id,
    what,
    words: asked,
    purpose,
    unit_id,
  });
}
