/** The shift brief: what whoever sits down must know, made from the board alone. Pure. */

import type { Closure, Discipline, Incident, Region } from "../api/model";
import { askedIn, priorityOf } from "./asked";
import type { Board } from "./apply";
import { isUnanswered } from "./corrections";
import type { Cover } from "./cover";
import { isScheduled, whenWords } from "./schedule";
import { lateParts } from "./waiting";
import { feedAge } from "./feeds";
import { DEFAULT_LIMITS, type Limits } from "./limits";
import { bolosWith } from "./bolos";
import { outsideLabel, outsideState, standingOutside } from "./outside";
import { isHeld, isPending, liveByUnit, naturally } from "./select";
import { dutyWords } from "./own_statuses";
import { addressOf, dayOf, shortNumber, timeOfDay } from "./words";

export interface BriefLine {
  text: string;
  incident_id: string | null;
}

export interface BriefSection {
  title: string;
  lines: BriefLine[];
}

const ENDING_SOON_MS = 60 * 60_000;
const EXPIRING_MS = 60 * 86_400_000;
const URGENT = 2;

/** When a closure begins or ends next; one with hours does so each day, within its whole time. */
function nextChange(closure: Closure): string {
  return closure.changes_at ?? (closure.state === "planned" ? closure.begins_at : closure.ends_at);
}

/** What stands open, held, shut, out of service, about to end. Sections without a line are left out. */
export function shiftBrief(
  board: Board,
  cover: Cover,
  region: Region | null,
  now_ms: number,
  zone: string,
): BriefSection[] {
  const asked = (incident: Incident) => askedIn(incident, cover);
  const urgency = (incident: Incident) => asked(incident).priority;
  const open = Object.values(board.incidents)
    .filter((incident) => cover.incident(incident))
    .sort((a, b) => urgency(a) - urgency(b) || a.created_at.localeCompare(b.created_at));
  const units = Object.values(board.units)
    .filter((unit) => cover.unit(unit))
    .sort((a, b) => naturally(a.id, b.id));
  const live = liveByUnit(board);
  const of = (incidents: typeof open, words: (i: (typeof open)[number]) => string) =>
    incidents.map((i) => ({
      text: `${shortNumber(i.number)} ${asked(i).type_label}, ${addressOf(i)}${words(i)}`,
      incident_id: i.id,
    }));
  const plain = (texts: string[]) => texts.map((text) => ({ text, incident_id: null }));
  const nameOf = (id: string) => region?.agencies.find((a) => a.id === id)?.name ?? id;
  const ending = Object.values(board.closures)
    .map((closure) => ({ closure, at: nextChange(closure) }))
    .filter(({ at }) => Date.parse(at) - now_ms < ENDING_SOON_MS)
    .sort((a, b) => a.at.localeCompare(b.at));
  const sections: BriefSection[] = [
    {
      title: "Calls for help",
      lines: plain(
        Object.values(board.emergencies).map(
          (e) => `${e.unit_id}: ${e.kind === "mayday" ? "MAYDAY" : "emergency"}`,
        ),
      ),
    },
    {
      title: "Waiting for units",
      lines: of(open.filter((i) => isPending(i) && !isHeld(i)), (i) => `, priority ${urgency(i)}`),
    },
    {
      title: "Held",
      lines: of(open.filter(isHeld), (i) =>
        i.hold ? `: ${i.hold.reason}, till ${timeOfDay(i.hold.until, zone, false)}` : "",
      ),
    },
    {
      title: "Scheduled",
      lines: of(
        open
          .filter(isScheduled)
          .sort((a, b) => (a.schedule?.wanted_at ?? "").localeCompare(b.schedule?.wanted_at ?? "")),
        (i) => {
          const kept = i.schedule?.unit_ids ?? [];
          const units = kept.length > 0 ? `, ${kept.join(" ")} reserved` : "";
          return `: ${whenWords(i.schedule?.wanted_at ?? "", now_ms, zone)}${units}`;
        },
      ),
    },
    {
      title: "From outside, promised or there",
      lines: open.flatMap((i) =>
        standingOutside(i).map((one) => ({
          text: `${shortNumber(i.number)} ${outsideLabel(one)}: ${outsideState(one, now_ms, zone)}`,
          incident_id: i.id,
        })),
      ),
    },
    {
      title: "Being worked, priority 1 and 2",
      lines: of(open.filter((i) => !isPending(i) && !isScheduled(i) && urgency(i) <= URGENT), (i) => {
        const on = [...live.values()].filter((a) => a.incident_id === i.id).map((a) => a.unit_id);
        return on.length > 0 ? `: ${on.sort(naturally).join(" ")}` : "";
      }),
    },
    {
      title: "Be on the lookout",
      lines: plain(
        bolosWith(Object.values(board.bolos), "").map(
          (bolo) => `${bolo.ref} ${bolo.text}, till ${dayOf(bolo.expires_at, zone)} ${timeOfDay(bolo.expires_at, zone, false)}`,
        ),
      ),
    },
    {
      title: "Out of service",
      lines: plain(
        units.filter((u) => u.duty !== "in_service").map((u) => `${u.id} ${dutyWords(u)}`.trim()),
      ),
    },
    {
      title: "Crews that lack something, or whose shift ends",
      lines: plain(
        units.flatMap((u) => {
          const lacks = u.logon && u.logon.lacks.length > 0 ? ` without ${u.logon.lacks.join(", ")}` : "";
          const until = u.logon?.until;
          const soon = until && Date.parse(until) - now_ms < ENDING_SOON_MS;
          const ends = until && soon ? ` till ${timeOfDay(until, zone, false)}` : "";
          return lacks || ends ? [`${u.id}${lacks}${ends}`] : [];
        }),
      ),
    },
    {
      title: "Closures that begin or end within the hour",
      lines: plain(
        ending.map(
          ({ closure, at }) =>
            `${closure.description || `closure ${closure.id.slice(-6)}`}: ${closure.state === "planned" ? "begins" : "till"} ${timeOfDay(at, zone, false)}`,
        ),
      ),
    },
    {
      title: "Feeds that are silent",
      lines: plain(
        Object.values(board.feeds)
          .filter((read) => feedAge(read, now_ms / 1000).silent)
          .map((read) => read.feed_id),
      ),
    },
    {
      title: "Agreements that end within 60 days, or have ended",
      lines: plain(
        (region?.agreements ?? [])
          .filter((a) => a.expires && Date.parse(a.expires) - now_ms < EXPIRING_MS)
          .sort((a, b) => (a.expires ?? "").localeCompare(b.expires ?? ""))
          .map((a) => `${nameOf(a.lender)} to ${nameOf(a.borrower)}: ${a.expires}`),
      ),
    },
  ];
  return sections.filter((section) => section.lines.length > 0);
}

export interface Load {
  pending: number;
  active: number;
  late: number;
  silent: number;
  committed: number;
}

/** How much a cover has on its hands now. */
export function loadOf(
  board: Board,
  cover: Cover,
  now_ms: number,
  limits: Limits = DEFAULT_LIMITS,
): Load {
  const load: Load = { pending: 0, active: 0, late: 0, silent: 0, committed: 0 };
  for (const incident of Object.values(board.incidents)) {
    if (!cover.incident(incident)) continue;
    if (isScheduled(incident)) continue;
    if (!isPending(incident)) load.active += 1;
    else {
      load.pending += 1;
      if (lateParts(incident, now_ms, limits, cover).length > 0) load.late += 1;
    }
  }
  for (const a of liveByUnit(board).values()) {
    if (!cover.unit(a)) continue;
    load.committed += 1;
    const limit = limits.inStatus(a, priorityOf(board.incidents[a.incident_id], a));
    if (limit && (now_ms - Date.parse(a.status_at)) / 1000 > limit.seconds) load.late += 1;
    if (isUnanswered(a)) load.silent += 1;
  }
  return load;
}

export interface Staffing {
  agency_id: string;
  name: string;
  discipline: Discipline;
  available: number;
  committed: number;
  out: number;
  /** Units in service with nobody to man them, by what is known. */
  unstaffed: number;
}

/** Units of each agency by what they can do now, those with the fewest free first. */
export function staffingOf(board: Board, region: Region | null): Staffing[] {
  const live = liveByUnit(board);
  const rows = new Map<string, Staffing>();
  for (const agency of region?.agencies ?? []) {
    rows.set(agency.id, {
      agency_id: agency.id,
      name: agency.name,
      discipline: agency.discipline,
      available: 0,
      committed: 0,
      out: 0,
      unstaffed: 0,
    });
  }
  for (const unit of Object.values(board.units)) {
    const row = rows.get(unit.agency_id);
    if (!row) continue;
    if (live.has(unit.id)) row.committed += 1;
    else if (unit.duty !== "in_service") row.out += 1;
    else if (unit.staffing === 0) row.unstaffed += 1;
    else row.available += 1;
  }
  const has = (row: Staffing) => row.available + row.committed + row.out + row.unstaffed > 0;
  return [...rows.values()]
    .filter(has)
    .sort((a, b) => a.available - b.available || a.name.localeCompare(b.name));
}
