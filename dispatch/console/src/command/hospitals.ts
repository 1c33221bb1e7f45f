/** Verbs about patients and hospitals. */

import type { Hospital, Incident } from "../api/model";
import { patientWords, stateWords } from "../board/hospitals";
import { shortNumber } from "../board/words";
import { endOf } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

const COLOURS = { R: "red", Y: "yellow", G: "green", B: "black" } as const;

/** `PT . R2 Y1 G4 B0`: patients by the colour of the triage tag. */
export function readPatients(incident: Incident, words: string[]): Meaning {
  if (words.length === 0) return unfinished("How many? R2 Y1 G4 B0, by the colour of the tag.");
  const count = { red: 0, yellow: 0, green: 0, black: 0 };
  for (const word of words) {
    const found = /^([RYGB])(\d{1,4})$/i.exec(word);
    if (!found) return refuse(`${word} is no count: R2 Y1 G4 B0.`);
    count[COLOURS[(found[1] as string).toUpperCase() as keyof typeof COLOURS]] = Number(found[2]);
  }
  const said = patientWords({ ...count, at: "", by: "" });
  return means(`${said} at ${shortNumber(incident.number)}`, {
    do: "patients",
    incident_id: incident.id,
    count,
  });
}

export function findHospital(ctx: Context, word: string): Hospital | { none: string; candidates: string[] } {
  const all = ctx.region?.hospitals ?? [];
  const wanted = word.toLowerCase();
  const exact = all.find((h) => h.id.toLowerCase() === wanted);
  if (exact) return exact;
  const like = all.filter(
    (h) => h.id.toLowerCase().startsWith(wanted) || h.name.toLowerCase().startsWith(wanted),
  );
  if (like.length === 1) return like[0] as Hospital;
  return {
    none: like.length > 1 ? `${word} fits several hospitals.` : `There is no hospital ${word}.`,
    candidates: (like.length > 1 ? like : all).map((h) => `${h.id} ${h.name}`).slice(0, 9),
  };
}

/** `HS MERCY divert trauma +2h scanner down` · `HS MERCY closed power` · `HS MERCY open`. */
export function readHospital(words: string[], ctx: Context): Meaning {
  const known = (ctx.region?.hospitals ?? []).map((h) => h.id);
  if (known.length === 0) return refuse("The region's files name no hospital.");
  if (!words[0]) return unfinished("Which hospital?", known);
  const found = findHospital(ctx, words[0]);
  if ("none" in found) return refuse(found.none, found.candidates);
  const how = words[1]?.toLowerCase();
  if (!how) return unfinished("divert, closed or open?");
  const standing = ctx.board.hospitals[found.id] ?? null;
  if (how === "open") {
    if (!standing) return refuse(`${found.name} takes everybody.`);
    return means(`${found.name} takes everybody again`, {
      do: "hospital",
      hospital_id: found.id,
      body: { intake: null },
    });
  }
  if (how !== "divert" && how !== "closed") return refuse(`${words[1]} is none of divert, closed, open.`);
  const able = new Set(found.capabilities);
  const others = new Set((ctx.region?.hospitals ?? []).flatMap((h) => h.capabilities));
  const lacks: string[] = [];
  const rest = words.slice(2);
  if (how === "divert" && rest[0]?.toLowerCase() === "all") rest.shift();
  while (rest[0] && able.has(rest[0].toLowerCase())) lacks.push((rest.shift() as string).toLowerCase());
  const lacking = rest[0]?.toLowerCase() ?? "";
  if (others.has(lacking)) return refuse(`${found.name} does no ${lacking} in any case.`);
  const until = rest[0] ? endOf(rest[0], ctx.now_ms, ctx.zone) : null;
  if (until) rest.shift();
  const body = { intake: how, without: how === "divert" ? lacks : [], until, reason: rest.join(" ") };
  const said = stateWords({ ...body, intake: how, hospital_id: found.id, by: "", since: "" }, ctx.zone);
  return means(`${found.name} ${said}`, { do: "hospital", hospital_id: found.id, body });
}
