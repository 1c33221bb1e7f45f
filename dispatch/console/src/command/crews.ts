/** Verbs about crews: log on and off, and calls for help. */

import type { Unit } from "../api/model";
import { timeOfDay } from "../board/words";
import { endOf, findUnit, liveOf } from "./lookup";
import { means, refuse, unfinished, type Context, type Meaning } from "./meaning";

function withUnit(words: string[], ctx: Context, then: (unit: Unit, rest: string[]) => Meaning): Meaning {
  if (!words[0]) return unfinished("Which unit?");
  const found = findUnit(ctx, words[0]);
  return "one" in found ? then(found.one, words.slice(1)) : refuse(found.none, found.candidates);
}

/** `LO E22 3 +als -ladder R7012 V214 19:00 names`: what is not said is as the roster has it. */
export function readLogOn(words: string[], ctx: Context): Meaning {
  return withUnit(words, ctx, (unit, rest) => {
    const roster = unit.logon?.roster_capabilities ?? unit.capabilities;
    let staffing: number | null = null;
    let until: string | null = null;
    let radio = "";
    let vehicle = "";
    const has = new Set(roster);
    const names: string[] = [];
    for (const word of rest) {
      if (/^\d{1,2}$/.test(word)) staffing = Number(word);
      else if (/^\+[a-z_]+$/i.test(word)) has.add(word.slice(1).toLowerCase());
      else if (/^-[a-z_]+$/i.test(word)) {
        const gone = word.slice(1).toLowerCase();
        if (!has.delete(gone)) return refuse(`${unit.id} has no ${gone}: ${[...has].join(", ")}.`);
      } else if (/^R\d+$/i.test(word)) radio = word.slice(1);
      else if (/^V\d+$/i.test(word)) vehicle = word.slice(1);
      else if (/^([01]?\d|2[0-3]):[0-5]\d$/.test(word)) until = endOf(word, ctx.now_ms, ctx.zone);
      else names.push(word);
    }
    if (staffing !== null && staffing > 30) return refuse("A crew of more than 30?");
    const said = [
      staffing === null ? null : `crew of ${staffing}`,
      `brings ${[...has].join(", ") || "nothing of the roster"}`,
      radio && `radio ${radio}`,
      vehicle && `vehicle ${vehicle}`,
      until && `until ${timeOfDay(until, ctx.zone, false)}`,
      names.length > 0 && names.join(" "),
    ].filter(Boolean);
    return means(`Log on ${unit.id}: ${said.join(", ")}`, {
      do: "log_on",
      unit_id: unit.id,
      body: {
        ...(staffing === null ? {} : { staffing }),
        capabilities: [...has],
        names: names.join(" "),
        radio,
        vehicle,
        until,
      },
    });
  });
}

export function readLogOff(words: string[], ctx: Context): Meaning {
  return withUnit(words, ctx, (unit, rest) => {
    if (rest.length > 0) return refuse("LF and a unit, no more.");
    if (!unit.logon) return refuse(`Nobody is logged on to ${unit.id}.`);
    if (liveOf(ctx, unit.id)) return refuse(`${unit.id} is on an incident; clear it first.`);
    return means(`Log off ${unit.id}`, { do: "log_off", unit_id: unit.id });
  });
}

/** `EM P75`, `MAYDAY E22`: said by radio, raised by the dispatcher. */
export function readEmergency(words: string[], kind: "button" | "mayday", ctx: Context): Meaning {
  return withUnit(words, ctx, (unit, rest) => {
    if (rest.length > 0) return refuse("The unit alone; what is said is a note: N .");
    return means(`${kind === "mayday" ? "MAYDAY" : "EMERGENCY"} of ${unit.id}`, {
      do: "emergency",
      unit_id: unit.id,
      kind,
    });
  });
}

/** `EME P75 how it ended`. */
export function readEmergencyEnd(words: string[], ctx: Context): Meaning {
  return withUnit(words, ctx, (unit, rest) => {
    const standing = Object.values(ctx.board.emergencies).find((e) => e.unit_id === unit.id);
    if (!standing) return refuse(`${unit.id} does not call for help.`);
    const outcome = rest.join(" ");
    if (!outcome) return unfinished(`How did the emergency of ${unit.id} end?`);
    return means(`End the emergency of ${unit.id}: ${outcome}`, {
      do: "end_emergency",
      emergency_id: standing.id,
      outcome,
    });
  });
}
