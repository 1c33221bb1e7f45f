/** `CX`: who is on the way is sent home in one line, whoever's they are, the mirror of sending. */

import type { Incident, OutsideUnit, Unit } from "../api/model";
import { outsideLabel, standingOutside } from "../board/outside";
import { CODES, isLive } from "../board/status";
import { findUnit, named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning, type StatusStep } from "./meaning";
import { statusStep } from "./statuses";

/** Who may be sent home without being asked first. */
const ON_THE_WAY = new Set(["dispatched", "enroute", "staged"]);

/** `CX . caller says all is well`, `CX . E3 O1 alarm lowered`: nobody named is everybody on the way.
 * Those on scene stay and are named; a promise from outside is called off. */
export function readCancel(incident: Incident, words: string[], ctx: Context): Meaning {
  const live = Object.values(ctx.board.assignments).filter(
    (a) => a.incident_id === incident.id && isLive(a),
  );
  const on = new Map(live.map((a) => [a.unit_id, a]));
  const promised = standingOutside(incident);
  const units: Unit[] = [];
  const outside: OutsideUnit[] = [];
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] as string;
    const one = promised.find((o) => o.ref === word.toUpperCase());
    const found = one ? null : findUnit(ctx, word);
    if (one) outside.push(one);
    else if (found && "one" in found) {
      if (!on.has(found.one.id)) return refuse(`${found.one.id} is not on ${named(incident)}.`);
      units.push(found.one);
    } else break;
  }
  const reason = words.slice(at).join(" ");
  const all = units.length + outside.length === 0;
  const stays = live.filter((a) => all && !ON_THE_WAY.has(a.status));
  const there = promised.filter((one) => all && one.state === "arrived");
  if (all) {
    units.push(
      ...live.flatMap((a) => (ON_THE_WAY.has(a.status) ? (ctx.board.units[a.unit_id] ?? []) : [])),
    );
    outside.push(...promised.filter((one) => one.state === "promised"));
  }
  const staying = [
    ...stays.map((a) => `${a.unit_id} is ${CODES[a.status]} and stays`),
    ...there.map((one) => `${outsideLabel(one)} is there and stays`),
  ].join(", ");
  if (units.length + outside.length === 0) {
    return refuse(`Nobody is on the way to ${named(incident)}${staying && `: ${staying}`}.`);
  }
  if (!reason) return unfinished("Why are they sent home?");
  const steps: StatusStep[] = [];
  for (const unit of units) {
    const step = statusStep("AV", unit, reason, ctx);
    if (typeof step === "string") return refuse(step);
    steps.push(step.kind === "assignment" ? { ...step, reason } : step);
  }
  const home = units.length > 0 ? [`${units.map((unit) => unit.id).join(" ")} released`] : [];
  const off = outside.map((one) => `${outsideLabel(one)} called off, tell them by phone`);
  const said = [...home, ...off, ...(staying ? [staying] : [])].join("; ");
  return means(`${named(incident)}: ${said} (${reason})`, {
    do: "cancel",
    incident_id: incident.id,
    steps,
    refs: outside.map((one) => ({ ref: one.ref, state: one.state === "arrived" ? "left" : "cancelled" })),
    reason,
  });
}
