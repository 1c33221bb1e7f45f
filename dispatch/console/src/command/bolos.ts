/** Verbs about BOLOs: whom or what crews are to look out for. */

import type { Bolo, Discipline } from "../api/model";
import { DISCIPLINES } from "../board/select";
import { timeOfDay } from "../board/words";
import { endOf } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

const KINDS = new Set(["person", "vehicle", "property"]);
const LONGEST_MS = 30 * 86_400_000;

/** `BOLO +8h vehicle law Ashby red pickup KLM-1234`: an end, a kind, for whom, then the words.
 *
 * For whom: `all`, a discipline, an agency's id, a municipality (`_` for a space); nothing: law. */
export function readBolo(words: string[], ctx: Context): Meaning {
  const when = words[0];
  if (!when) return unfinished("Until when, and whom or what? BOLO +8h vehicle red pickup KLM-1234");
  const expires_at = endOf(when, ctx.now_ms, ctx.zone);
  if (!expires_at || Date.parse(expires_at) - ctx.now_ms > LONGEST_MS) {
    return refuse(`${when} is no end within 30 days: +8h, +3d or 16:30.`);
  }
  const rest = words.slice(1);
  const first = rest[0]?.toLowerCase() ?? "";
  const kind = KINDS.has(first) ? first : "other";
  if (kind !== "other") rest.shift();
  const disciplines: Discipline[] = [];
  const agencies: string[] = [];
  let municipality = "";
  let everyone = false;
  for (; rest[0]; rest.shift()) {
    const word = rest[0].toLowerCase();
    const agency = ctx.region?.agencies.find((a) => a.id.toLowerCase() === word);
    const town = ctx.region?.municipalities.find((name) => name.toLowerCase() === word.replaceAll("_", " "));
    if (word === "all") everyone = true;
    else if (DISCIPLINES.includes(word as Discipline)) disciplines.push(word as Discipline);
    else if (agency) agencies.push(agency.id);
    else if (town && !municipality) municipality = town;
    else break;
  }
  const text = rest.join(" ");
  const whom = [
    ...(everyone ? ["every agency"] : []),
    ...(disciplines.length > 0 || agencies.length > 0 || everyone ? disciplines : ["law"]),
    ...agencies,
    ...(municipality ? [`of ${municipality}`] : []),
  ].join(" ");
  if (!text) return unfinished(`Whom or what? For ${whom}.`);
  const day = Date.parse(expires_at) - ctx.now_ms >= 86_400_000 ? `${expires_at.slice(0, 10)} ` : "";
  return means(`BOLO until ${day}${timeOfDay(expires_at, ctx.zone, false)} for ${whom}: ${text}`, {
    do: "issue_bolo",
    body: { kind, text, expires_at, agencies, disciplines, municipality, everyone },
  });
}

/** `BOLO- B12 reason`: nobody looks for it any more. */
export function readBoloEnd(words: string[], ctx: Context): Meaning {
  const standing = Object.values(ctx.board.bolos);
  const refs = standing.map((bolo) => `${bolo.ref} ${bolo.text}`.slice(0, 40));
  if (!words[0]) return standing.length > 0 ? unfinished("Which one?", refs) : refuse("No BOLO stands.");
  const found = findBolo(ctx, words[0]);
  if (!found) return refuse(`There is no BOLO ${words[0]}.`, refs);
  const reason = words.slice(1).join(" ");
  if (!reason) return unfinished(`Why is ${found.ref} over? ${found.text}`);
  return means(`${found.ref} is over (${reason}): ${found.text}`, {
    do: "end_bolo",
    bolo_id: found.id,
    reason,
  });
}

function findBolo(ctx: Context, word: string): Bolo | undefined {
  return Object.values(ctx.board.bolos).find((bolo) => bolo.ref === word.toUpperCase());
}
