/** `P` and `T`: priority and type of an incident, or of the part of one discipline alone. */

import type { Discipline, Incident, Leg } from "../api/model";
import { askedOfLeg } from "../board/asked";
import { DISCIPLINES } from "../board/select";
import { shortNumber } from "../board/words";
import { findType, foreignWords, isOwnLeg, named, withReason } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

/** `P . 2`, `P . ems 2`, `P! . ems 2 / reason` for a part that this desk does not answer for. */
export function readPriority(incident: Incident, said: string[], bang: boolean, ctx: Context): Meaning {
  const part = partOf(incident, said, bang, ctx);
  if ("ok" in part) return part;
  const { leg, words, reason } = part;
  if (words.length === 0) return unfinished("Priority 1 to 9?");
  const priority = Number(words[0]);
  if (words.length > 1 || !Number.isInteger(priority) || priority < 1 || priority > 9) {
    return refuse(`${words.join(" ")} is no priority: 1 to 9.`, leg ? [] : partForms("P", incident, words));
  }
  if (leg === null) {
    if (priority === incident.priority) return refuse(`It is priority ${priority} already.`);
    return means(`${named(incident)}: priority ${incident.priority} becomes ${priority}${apartNow(incident)}`, {
      do: "priority",
      incident_id: incident.id,
      revision: incident.revision,
      priority,
    });
  }
  const before = askedOfLeg(incident, leg);
  if (priority === before.priority) return refuse(`Its ${upper(leg)} part is priority ${priority} already.`);
  const again = priority === incident.priority ? " as the whole" : "";
  return means(`${upper(leg)} part of ${named(incident)}: priority ${priority}${again}, was ${before.priority}`, {
    do: "part",
    incident_id: incident.id,
    discipline: leg.discipline,
    revision: incident.revision,
    priority,
    reason,
  });
}

/** `T . TYPE`, `T . ems TYPE`, `T! . ems TYPE / reason` for a part that this desk does not answer for. */
export function readType(incident: Incident, said: string[], bang: boolean, ctx: Context): Meaning {
  const unclear = bang ? null : eitherReading(incident, said, ctx);
  if (unclear && "ok" in unclear) return unclear;
  const part = unclear ?? partOf(incident, said, bang, ctx);
  if ("ok" in part) return part;
  const { leg, words, reason } = part;
  const before = leg ? askedOfLeg(incident, leg) : incident;
  if (words.length === 0) return unfinished(`Which type? It is ${before.type_label}.`);
  const found = findType(ctx, words.join(" "));
  if (!("one" in found)) return refuse(found.none, found.candidates);
  const { incident_type, label, priority } = found.one;
  if (incident_type === before.incident_type) return refuse("It is of that type already.");
  if (leg === null) {
    return means(`${named(incident)} becomes ${label}, priority ${priority}${apartNow(incident)}`, {
      do: "type",
      incident_id: incident.id,
      revision: incident.revision,
      incident_type,
    });
  }
  const again = incident_type === incident.incident_type;
  const now = again ? `${label} as the whole, priority ${incident.priority}` : `${label}, priority ${priority}`;
  return means(`${upper(leg)} part of ${named(incident)}: ${now}; was ${before.type_label}, ${before.priority}`, {
    do: "part",
    incident_id: incident.id,
    discipline: leg.discipline,
    revision: incident.revision,
    incident_type,
    reason,
  });
}

/** A part's name may as well be the first word of a type, as in `T . fire alarm`: the whole where only
 * that makes a type, both readings where either does, null where the part is meant. */
function eitherReading(incident: Incident, said: string[], ctx: Context): Part | Meaning | null {
  const first = said[0]?.toLowerCase() as Discipline | undefined;
  if (first === undefined || !DISCIPLINES.includes(first)) return null;
  const whole = findType(ctx, said.join(" "));
  const codes = codesOf(whole);
  if (codes.length === 0) return null;
  const number = shortNumber(incident.number);
  const lines = (typed: string[], of: string) => typed.slice(0, 3).map((code) => `T ${number} ${of}${code}`);
  const has = incident.legs.some((leg) => leg.discipline === first && leg.state !== "closed");
  if (said.length === 1) return has ? unfinished(`Which type for the ${first} part?`, lines(codes, "")) : null;
  const part = codesOf(findType(ctx, said.slice(1).join(" ")));
  if (!has || part.length === 0) return { leg: null, words: said, reason: "" };
  return refuse(`Is ${first} the part, or a word of the type?`, [...lines(part, `${first} `), ...lines(codes, "")]);
}

function codesOf(found: ReturnType<typeof findType>): string[] {
  if ("one" in found) return [found.one.incident_type];
  return found.candidates.map((said) => said.split(" ")[0] as string);
}

interface Part {
  /** Null: the whole incident is meant. */
  leg: Leg | null;
  words: string[];
  reason: string;
}

/** Which part is meant, or why that can't be said. A bang without a part has nothing to override. */
function partOf(incident: Incident, said: string[], bang: boolean, ctx: Context): Part | Meaning {
  const { text, reason } = withReason(said, bang);
  const words = text.split(" ").filter(Boolean);
  const first = words[0]?.toLowerCase() as Discipline | undefined;
  if (first === undefined || !DISCIPLINES.includes(first)) {
    if (bang) return unfinished("Which part? law, fire or ems.", incident.legs.map((leg) => leg.discipline));
    return { leg: null, words, reason };
  }
  const leg = incident.legs.find((one) => one.discipline === first);
  if (!leg) return refuse(`${named(incident)} has no ${first} part.`);
  if (leg.state === "closed") return refuse(`Its ${first} part is closed.`);
  const rest = words.slice(1);
  if (!isOwnLeg(incident, leg, ctx)) {
    if (!bang) return refuse(`${foreignWords([leg], ctx)}: say why, with ! and after / the reason.`);
    if (rest.length > 0 && !reason) return unfinished("After it / and why another desk changes it.");
  }
  return { leg, words: rest, reason };
}

/** What a change of the whole leaves as it is, in words. */
function apartNow(incident: Incident): string {
  const apart = incident.legs.filter((leg) => leg.state !== "closed" && (leg.priority || leg.incident_type));
  const said = apart.map((leg) => {
    const { priority, type_label } = askedOfLeg(incident, leg);
    return `${upper(leg)} keeps ${leg.incident_type ? `${type_label}, ` : ""}priority ${priority}`;
  });
  return said.length > 0 ? `; ${said.join(", ")}` : "";
}

function partForms(verb: string, incident: Incident, words: readonly string[]): string[] {
  const number = words.find((word) => /^[1-9]$/.test(word));
  if (number === undefined) return [];
  return incident.legs
    .filter((leg) => leg.state !== "closed")
    .map((leg) => `${verb} ${shortNumber(incident.number)} ${leg.discipline} ${number}`);
}

function upper(leg: Leg): string {
  return leg.discipline.toUpperCase();
}
