/** Verbs about units asked for by phone from outside the region. */

import type { Discipline, Incident, OutsideUnit } from "../api/model";
import { outsideLabel, standingOutside } from "../board/outside";
import { DISCIPLINES } from "../board/select";
import { timeOfDay } from "../board/words";
import { endOf, named } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

const LATEST_MS = 12 * 3_600_000;

/** `OU . engine +12m Fairview / E5`, `OU . O1 +20m`: a promise by phone, or another one. */
export function readOutside(incident: Incident, words: string[], ctx: Context): Meaning {
  const first = words[0];
  if (!first) return unfinished(`Which kind was promised to ${named(incident)}? OU . engine +12m who`);
  if (/^o\d+$/i.test(first)) return readPromise(incident, first, words.slice(1), ctx);
  const rest = [...words];
  const asked = rest[0]?.toLowerCase() as Discipline;
  const discipline = DISCIPLINES.includes(asked) ? asked : null;
  if (discipline) rest.shift();
  const known = disciplinesByCapability(incident, ctx);
  const capabilities: string[] = [];
  while (rest[0] && known.has(rest[0].toLowerCase())) capabilities.push((rest.shift() as string).toLowerCase());
  if (capabilities.length === 0) {
    return rest[0]
      ? refuse(`No unit or plan here knows ${rest[0]}.`, [...known.keys()].sort().slice(0, 12))
      : unfinished("Of which kind?", [...known.keys()].sort().slice(0, 12));
  }
  const fits = [...(known.get(capabilities[0] as string) ?? [])];
  const of = discipline ?? (fits.length === 1 ? (fits[0] as Discipline) : null);
  if (of === null) return unfinished(`${capabilities[0]} of which? OU . fire ${capabilities[0]} …`, fits);
  const when = rest.shift();
  if (!when) return unfinished("Promised for when? +12m or 16:30.");
  const eta_at = endOf(when, ctx.now_ms, ctx.zone);
  if (!eta_at || Date.parse(eta_at) - ctx.now_ms > LATEST_MS) {
    return refuse(`${when} is no time within 12 hours: +12m, +1h or 16:30.`);
  }
  const [asked_of = "", name = ""] = rest.join(" ").split("/").map((part) => part.trim());
  if (!asked_of) return unfinished("Who was asked? The centre or agency, then / and the unit's name.");
  const called = name ? `${asked_of} ${name}` : asked_of;
  return means(
    `${called}: ${capabilities.join(", ")} promised to ${named(incident)} for ${timeOfDay(eta_at, ctx.zone, false)}`,
    {
      do: "ask_outside",
      incident_id: incident.id,
      body: { discipline: of, capabilities, asked_of, name, eta_at },
    },
  );
}

/** Which disciplines know a capability: by the slots of the plan, else by the units of the region. */
function disciplinesByCapability(incident: Incident, ctx: Context): Map<string, Set<Discipline>> {
  const planned = new Map<string, Set<Discipline>>();
  const known = new Map<string, Set<Discipline>>();
  const add = (to: typeof known, capability: string, discipline: Discipline) =>
    to.set(capability, (to.get(capability) ?? new Set()).add(discipline));
  for (const slot of ctx.board.recommendations[incident.id]?.slots ?? []) {
    add(planned, slot.capability, slot.discipline);
  }
  for (const unit of Object.values(ctx.board.units)) {
    for (const capability of unit.capabilities) add(known, capability, unit.discipline);
  }
  return new Map([...known, ...planned]);
}

function readPromise(incident: Incident, ref: string, words: string[], ctx: Context): Meaning {
  const found = findOutside(incident, ref);
  if (typeof found === "string") return refuse(found, refsOf(incident));
  if (found.state !== "promised") return refuse(`${outsideLabel(found)} is ${found.state}.`);
  if (!words[0]) return unfinished("Promised for when now? +12m or 16:30.");
  const eta_at = words.length === 1 ? endOf(words[0], ctx.now_ms, ctx.zone) : null;
  if (!eta_at || Date.parse(eta_at) - ctx.now_ms > LATEST_MS) {
    return refuse(`${words.join(" ")} is no time within 12 hours: +12m, +1h or 16:30.`);
  }
  return means(`${outsideLabel(found)} promised for ${timeOfDay(eta_at, ctx.zone, false)} now`, {
    do: "change_outside",
    incident_id: incident.id,
    ref: found.ref,
    body: { eta_at },
  });
}

/** `OUA . O1`: it is there. */
export function readOutsideArrived(incident: Incident, words: string[]): Meaning {
  if (!words[0]) return unfinished("Which one is there?", refsOf(incident));
  const found = findOutside(incident, words[0]);
  if (typeof found === "string") return refuse(found, refsOf(incident));
  if (words.length > 1) return refuse("OUA, an incident and one of its units from outside, no more.");
  if (found.state !== "promised") return refuse(`${outsideLabel(found)} is ${found.state}.`);
  return means(`${outsideLabel(found)} is at ${named(incident)}`, {
    do: "change_outside",
    incident_id: incident.id,
    ref: found.ref,
    body: { state: "arrived" },
  });
}

/** `OUX . O1 reason`: cancelled by phone, or, once it was there, gone. */
export function readOutsideOver(incident: Incident, words: string[]): Meaning {
  if (!words[0]) return unfinished("Which one comes no more, or left?", refsOf(incident));
  const found = findOutside(incident, words[0]);
  if (typeof found === "string") return refuse(found, refsOf(incident));
  const reason = words.slice(1).join(" ");
  if (found.state === "promised" && !reason) return unfinished("Why does it not come?");
  if (found.state !== "promised" && found.state !== "arrived") {
    return refuse(`${outsideLabel(found)} is ${found.state}.`);
  }
  const left = found.state === "arrived";
  return means(
    left
      ? `${outsideLabel(found)} left ${named(incident)}`
      : `${outsideLabel(found)} cancelled (${reason}): tell them by phone`,
    {
      do: "change_outside",
      incident_id: incident.id,
      ref: found.ref,
      body: { state: left ? "left" : "cancelled", reason },
    },
  );
}

function findOutside(incident: Incident, word: string): OutsideUnit | string {
  const found = (incident.outside ?? []).find((one) => one.ref === word.toUpperCase());
  return found ?? `${named(incident)} has no ${word} from outside.`;
}

function refsOf(incident: Incident): string[] {
  return standingOutside(incident).map(outsideLabel);
}
