/** What is loud now, read off the board, so that a page that is loaded anew or an hour behind is as
 * loud as one that saw it happen. Pure: what a person has silenced is kept by the screen. */

import { crewWords } from "./volunteers";
import { askedIn, priorityOf } from "./asked";
import type { ChannelFault, Discipline, Emergency, Incident, PlaceCorrection, Position, Storm } from "../api/model";
import type { Board } from "./apply";
import { saidBlocked, unconfirmedBlocks } from "./blocks";
import type { Cover, Gap } from "./cover";
import { FAR_M, metresWords, openCorrection } from "./corrections";
import { DEFAULT_LIMITS, type Limits } from "./limits";
import { outsideLabel, promiseLate_s, standingOutside } from "./outside";
import { determinantWords, differenceWords, runsOf } from "./protocols";
import { isScheduled, whenWords } from "./schedule";
import { waitOfIncident } from "./waiting";
import { isLoud, newsWords, unseenNews } from "./record_news";
import { isPending } from "./select";
import { passedUnwatched } from "./unwatched";
import { CODES, isLive, STATUS_WORDS } from "./status";
import { addressOf, clockSpan, coordinates, shortNumber } from "./words";

export interface Alarm {
  /** Another key is another alarm: louder, or about something else. */
  key: string;
  text: string;
  incident_id: string | null;
}

/** Seconds that a priority 1 has before it is loud again, however often it was silenced. */
const SILENCED_AGAIN_S = 60;

/** Seconds after which a promise that was not kept is loud again. */
const PROMISE_AGAIN_S = 300;

/** What is wrong with who sits where: everybody's alarm. */
export interface Floor {
  gaps: readonly Gap[];
  /** Held positions whose person has had no console connected for a while. */
  absent: readonly Position[];
  /** Storm plans of which it is to be asked whether they go on: the supervisor's alarm. */
  storms: readonly Storm[];
  nameOf: (agencyId: string) => string;
  /** Of an agency; null: the region has it no longer. */
  disciplineOf?: (agencyId: string) => Discipline | null;
  /** Nobody at the hub deals with what falls due. */
  unwatched?: boolean;
  /** It could not accept all that it was offered of late. */
  untaken?: boolean;
  /** Of the region, for times in words; UTC where it is not known. */
  zone?: string;
  /** Whose screen it is: a supervisor is called the second time, but at once where a life hangs on it. */
  tier?: "console" | "supervisor";
}

/** What is timed, the times that its limit has passed, and whether this screen covers it. */
interface Timed {
  step: number;
  covered: boolean;
}

type Found = Alarm & { since: string; rank: number; timed?: Timed };

const SUPERVISOR_STEP = 2;
const BACKUP_STEP = 3;

/** Who hears what is timed: first the console that covers it, the second time the supervisor too, the
 * third time every other console as its backup, whatever that covers. */
function reaches(alarm: Found, tier: "console" | "supervisor"): boolean {
  if (!alarm.timed) return true;
  const { step, covered } = alarm.timed;
  if (!covered) return tier === "console" && step >= BACKUP_STEP;
  return tier === "console" || step >= SUPERVISOR_STEP || alarm.rank === RANK.life;
}

const FULL_FLOOR: Floor = { gaps: [], absent: [], storms: [], nameOf: (id) => id };
const GAPS_NAMED = 3;

/** How soon somebody may die of it: the strip names the lowest rank first. */
const RANK = { life: 0, silence: 1, waiting: 2, told: 3 } as const;

/** What a channel that reaches nobody asks of the floor, by its kind; the last word is the operator's. */
const REMEDY: Record<string, string> = {
  webhook: "tell its crews by radio, have its receiver looked at",
  email: "tell its crews by radio, have the mail server looked at",
  printer: "call the station, have the printer looked at",
  push: "tell its crews by radio, have their tablets sign in",
};

/** `Pager of Ashby Fire fails for 2:10 (answered 503): tell its crews by radio …`. */
export function channelWords(fault: ChannelFault, nameOf: (id: string) => string, now_ms: number): string {
  const since = clockSpan(Math.max(0, (now_ms - Date.parse(fault.since)) / 1000));
  const named = `${fault.channel[0]?.toUpperCase() ?? ""}${fault.channel.slice(1)}`;
  const remedy = REMEDY[fault.adapter] ?? "tell its crews by radio";
  return `${named} of ${nameOf(fault.agency_id)} fails for ${since} (${fault.why}): ${remedy}`;
}

/** What is wrong with the units that are kept for a scheduled incident, until units are sent to it or
 * it is scheduled anew. */
function keptAlarms(
  board: Board,
  incident: Incident,
  now_ms: number,
  zone: string,
): (Alarm & { since: string; rank: number })[] {
  const { schedule } = incident;
  if (!schedule || !(isScheduled(incident) || isPending(incident))) return [];
  const named = `${shortNumber(incident.number)} at ${whenWords(schedule.wanted_at, now_ms, zone)}`;
  const lost = schedule.lost.map((one) => ({
    key: `lost-${incident.id}-${one.unit_id}-${one.at}`,
    text: `${named} lost ${one.unit_id} to ${shortNumber(one.number)} (${one.reason}): reserve another`,
    incident_id: incident.id,
    since: one.at,
    rank: RANK.waiting,
  }));
  const away = schedule.unit_ids.flatMap((id) => {
    const unit = board.units[id];
    const live = Object.values(board.assignments).find((a) => a.unit_id === id && isLive(a));
    const on = live && live.incident_id !== incident.id ? board.incidents[live.incident_id] : undefined;
    const out = unit !== undefined && unit.duty !== "in_service";
    if (!out && !(live && live.incident_id !== incident.id && schedule.due)) return [];
    const why = out ? "out of service" : `on ${on ? shortNumber(on.number) : "another incident"}`;
    return [
      {
        key: `kept-${incident.id}-${id}-${schedule.due}-${out}`,
        text: `${id}, reserved for ${named}, is ${why}`,
        incident_id: incident.id,
        since: schedule.pending_at,
        rank: schedule.due ? RANK.waiting : RANK.told,
      },
    ];
  });
  return [...lost, ...away];
}

/** How long an address far away is loud at least, however soon its crews have acknowledged it. */
const FAR_LOUD_MS = 60_000;

/** Incidents whose address became one far away after units were sent: once each, for all of them. */
function movedFar(board: Board, cover: Cover, now_ms: number): (Alarm & { since: string; rank: number })[] {
  const farthest = new Map<string, PlaceCorrection & { units: string[] }>();
  for (const a of Object.values(board.assignments)) {
    const correction = a.place_correction;
    const covered = cover.unit(a) || (board.incidents[a.incident_id] && cover.incident(board.incidents[a.incident_id] as Incident));
    if (!correction || !isLive(a) || !covered || correction.moved_m <= FAR_M) continue;
    if (!openCorrection(a) && now_ms - Date.parse(correction.at) > FAR_LOUD_MS) continue;
    const known = farthest.get(a.incident_id);
    const units = [...(known?.units ?? []), a.unit_id].sort();
    const most = known && known.moved_m >= correction.moved_m ? known : correction;
    farthest.set(a.incident_id, { ...most, units });
  }
  return [...farthest].map(([incident_id, moved]) => ({
    key: `moved-${incident_id}-${moved.at}`,
    text: `${shortNumber(board.incidents[incident_id]?.number ?? "")} is ${metresWords(moved.moved_m)} from where ${moved.units.join(" ")} went: ${moved.to}, was ${moved.was}; are they still the nearest?`,
    incident_id,
    since: moved.at,
    rank: RANK.silence,
  }));
}

/** The alarms of a board, the most urgent first, the oldest first among equals: somebody in danger
 * (a priority 1 without a unit, a crew that does not answer a check or a count), then silence about an
 * assignment, then what waits too long, then what is only told.
 *
 * Emergencies are not among them: they have their own strip, which nothing filters. A priority 1
 * without a unit is everybody's, whatever a position covers. */
export function alarmsOf(
  board: Board,
  cover: Cover,
  now_ms: number,
  floor: Floor = FULL_FLOOR,
  limits: Limits = DEFAULT_LIMITS,
): Alarm[] {
  const found: Found[] = [];
  for (const incident of Object.values(board.incidents)) {
    const covered = cover.incident(incident);
    const asked = askedIn(incident, covered ? cover : undefined);
    const at = `${asked.type_label}, ${addressOf(incident)}`;
    const number = shortNumber(incident.number);
    const held = incident.hold;
    if (isPending(incident) && !incident.officer_initiated && !(held && !held.over)) {
      const wait = waitOfIncident(board, incident, covered ? cover : undefined);
      const { asked_at: since, left_at } = wait;
      const waits_s = (now_ms - Date.parse(since)) / 1000;
      /** A unit that left before anybody arrived makes it loud anew, whatever was silenced before. */
      const again = left_at ? `-${left_at}` : "";
      const whose = wait.since === since ? "the last unit of a part" : "its last unit";
      const left = left_at ? `, ${whose} left ${clockSpan((now_ms - Date.parse(left_at)) / 1000)} ago` : "";
      const limit_s = limits.waiting(incident, covered ? cover : undefined).seconds;
      const step = Math.floor(waits_s / limit_s);
      if (askedIn(incident).priority === 1) {
        const times = Math.max(0, Math.floor(waits_s / SILENCED_AGAIN_S));
        found.push({
          key: `waits-${incident.id}-${times}${again}`,
          text: `${times > 0 || left ? `Waits ${clockSpan(waits_s)}` : "New"} priority 1${left}: ${at}`,
          incident_id: incident.id,
          since,
          rank: RANK.life,
        });
      } else if (waits_s > limit_s) {
        found.push({
          key: `late-${incident.id}-${step}${again}`,
          text: `${number} waits ${clockSpan(waits_s)}${left || " without a unit"}: ${at}`,
          incident_id: incident.id,
          since,
          rank: RANK.waiting,
          timed: { step, covered },
        });
      }
    }
    if (incident.par_missed > 0) {
      found.push({
        key: `par-${incident.id}-${incident.par_missed}`,
        text: `${number}: crews are not accounted for, ask command for a PAR`,
        incident_id: incident.id,
        since: incident.par_due_at ?? "",
        rank: RANK.life,
        timed: { step: incident.par_missed, covered },
      });
    }
    if (!covered) continue;
    if (held?.over) {
      found.push({
        key: `hold-${incident.id}-${held.until}`,
        text: `Hold of ${number} is over: ${held.reason}`,
        incident_id: incident.id,
        since: held.until,
        rank: RANK.waiting,
      });
    }
    for (const id of held && isPending(incident) ? held.unit_ids : []) {
      const unit = board.units[id];
      const busy = Object.values(board.assignments).some((a) => a.unit_id === id && isLive(a));
      if (!unit || busy || unit.duty !== "in_service" || Date.parse(held?.until ?? "") < now_ms) continue;
      found.push({
        key: `free-${id}-${incident.id}-${held?.at}`,
        text: `${id} is free: ${number} waits for it`,
        incident_id: incident.id,
        since: held?.at ?? "",
        rank: RANK.told,
      });
    }
    found.push(...keptAlarms(board, incident, now_ms, floor.zone ?? "UTC"));
    for (const one of standingOutside(incident)) {
      const late_s = promiseLate_s(one, now_ms);
      if (late_s === null || late_s <= 0) continue;
      found.push({
        key: `promise-${incident.id}-${one.ref}-${one.eta_at}-${Math.floor(late_s / PROMISE_AGAIN_S)}`,
        text: `${number}: ${outsideLabel(one)} was promised ${clockSpan(late_s)} ago, phone them`,
        incident_id: incident.id,
        since: one.eta_at,
        rank: RANK.waiting,
      });
    }
  }
  for (const call of Object.values(board.calls)) {
    const incident = call.incident_id ? board.incidents[call.incident_id] : undefined;
    if (!incident || !cover.incident(incident)) continue;
    for (const run of runsOf(call)) {
      if (run.state !== "proposed" && run.state !== "unknown") continue;
      const number = shortNumber(incident.number);
      const difference = differenceWords(run);
      found.push({
        key: `protocol-${run.id}-${run.state}`,
        text:
          run.state === "unknown"
            ? `${number}: determinant ${run.determinant} is in no table, look at its plan`
            : `${number}: cards say ${determinantWords(run)}${difference && `: ${difference}`}; PR ${number}`,
        incident_id: incident.id,
        since: run.determined_at ?? "",
        rank: run.state === "unknown" ? RANK.told : RANK.waiting,
      });
    }
  }
  for (const call of Object.values(board.calls)) {
    const news = unseenNews(call);
    if (!news || !isLoud(news) || call.phase === "ringing") continue;
    const incident = call.incident_id ? board.incidents[call.incident_id] : undefined;
    if (incident && !cover.incident(incident)) continue;
    found.push({
      key: `news-${news.id}-${news.at}`,
      text: `${incident ? shortNumber(incident.number) : call.said || "A call"}: ${newsWords(call, news)}`,
      incident_id: incident?.id ?? null,
      since: news.at,
      rank: RANK.told,
    });
  }
  for (const unit of Object.values(board.units)) {
    const until = unit.logon?.until;
    if (!until || !cover.unit(unit) || Date.parse(until) > now_ms) continue;
    found.push({
      key: `shift-${unit.id}-${until}`,
      text: `Shift of ${unit.id}'s crew is over: ask whether it stays on`,
      incident_id: null,
      since: until,
      rank: RANK.told,
    });
  }
  for (const a of Object.values(board.assignments)) {
    if (!isLive(a)) continue;
    const covered = cover.unit(a);
    if (a.escalation > 0 && a.acknowledged_at === null) {
      found.push({
        key: `silent-${a.id}-${a.escalation}`,
        text: `${a.unit_id} has not acknowledged for ${clockSpan((now_ms - Date.parse(a.assigned_at)) / 1000)}`,
        incident_id: a.incident_id,
        since: a.assigned_at,
        rank: RANK.silence,
        timed: { step: a.escalation, covered },
      });
    }
    const corrected = openCorrection(a);
    if (corrected && corrected.step > 0) {
      found.push({
        key: `corrected-${a.id}-${corrected.at}-${corrected.step}`,
        text: `${a.unit_id} has not acknowledged the corrected address for ${clockSpan((now_ms - Date.parse(corrected.at)) / 1000)}: ${corrected.to}, was ${corrected.was}`,
        incident_id: a.incident_id,
        since: corrected.at,
        rank: RANK.silence,
        timed: { step: corrected.step, covered },
      });
    }
    const limit = limits.inStatus(a, priorityOf(board.incidents[a.incident_id], a));
    const in_s = (now_ms - Date.parse(a.status_at)) / 1000;
    if (limit?.own && in_s > limit.seconds) {
      const times = Math.floor(in_s / limit.seconds);
      found.push({
        key: `status-${a.id}-${a.status}-${times}`,
        text: `${a.unit_id} is ${STATUS_WORDS[CODES[a.status]].toLowerCase()} for ${clockSpan(in_s)}: call it`,
        incident_id: a.incident_id,
        since: a.status_at,
        rank: RANK.waiting,
        timed: { step: times, covered },
      });
    }
    if (covered && a.unstaffed_at && !a.staffed_at && a.status === "dispatched") {
      found.push({
        key: `staffing-${a.id}`,
        text: `${a.unit_id} has no crew in time (${crewWords(a) ?? "nobody"}): send the next due, BK ${a.unit_id}`,
        incident_id: a.incident_id,
        since: a.unstaffed_at,
        rank: RANK.waiting,
      });
    }
    if (a.checks_missed > 0) {
      found.push({
        key: `check-${a.id}-${a.checks_missed}`,
        text: `${a.unit_id}: status check missed, call it now`,
        incident_id: a.incident_id,
        since: a.check_due_at ?? "",
        rank: RANK.life,
        timed: { step: a.checks_missed, covered },
      });
    }
  }
  found.push(...movedFar(board, cover, now_ms));
  for (const { weight, ...passed } of passedUnwatched(board, cover, now_ms)) {
    found.push({ ...passed, rank: RANK[weight] });
  }
  const said = { incident_id: null, since: "", rank: RANK.silence };
  if (floor.unwatched) {
    found.push({ key: "unwatched", text: "The hub watches no times: write them down, work by radio", ...said });
  }
  if (floor.untaken) {
    found.push({ key: "untaken", text: "The hub takes less than it is given: work by radio, look at NOT SENT", ...said });
  }
  for (const block of unconfirmedBlocks(board)) {
    const units = block.reported_by.flatMap((id) => board.units[id] ?? []);
    const incident = block.incident_id ? board.incidents[block.incident_id] : undefined;
    if (!units.some((unit) => cover.unit(unit)) && !(incident && cover.incident(incident))) continue;
    const by = new Set(block.reported_by);
    const on = Object.values(board.assignments).find((a) => isLive(a) && by.has(a.unit_id));
    found.push({
      key: `block-${block.id}-${by.size}`,
      text: `${saidBlocked(block, board)}: ${block.description || "road without a name"}, confirm or refuse`,
      incident_id: on?.incident_id ?? block.incident_id,
      since: block.begins_at,
      rank: RANK.waiting,
    });
  }
  if (floor.gaps.length > 0) {
    const named = floor.gaps
      .slice(0, GAPS_NAMED)
      .map((gap) => floor.nameOf(gap.agency_id) + (gap.municipality ? ` in ${gap.municipality}` : ""));
    const more = floor.gaps.length - named.length;
    found.push({
      key: `gaps-${floor.gaps.map((gap) => `${gap.agency_id}/${gap.municipality ?? ""}`).join("+")}`,
      text: `Nobody answers for ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
      incident_id: null,
      since: "",
      rank: RANK.life,
    });
  }
  for (const position of floor.absent) {
    found.push({
      key: `absent-${position.id}-${position.since}`,
      text: `${position.id}: no console of ${position.held_by_name || "its holder"} is connected`,
      incident_id: null,
      since: position.since,
      rank: RANK.silence,
    });
  }
  for (const fault of Object.values(board.channel_faults)) {
    const discipline = floor.disciplineOf?.(fault.agency_id) ?? null;
    if (discipline && !cover.unit({ discipline, agency_id: fault.agency_id })) continue;
    found.push({
      key: `channel-${fault.agency_id}-${fault.channel}-${fault.since}`,
      text: channelWords(fault, floor.nameOf, now_ms),
      incident_id: null,
      since: fault.since,
      rank: RANK.silence,
    });
  }
  for (const storm of floor.storms) {
    if (Date.parse(storm.ask_at) > now_ms) continue;
    found.push({
      key: `storm-${storm.agency_id}-${storm.ask_at}`,
      text: `Storm plans of ${floor.nameOf(storm.agency_id)}: do they go on? Nobody has said so`,
      incident_id: null,
      since: storm.ask_at,
      rank: RANK.waiting,
    });
  }
  return found
    .filter((alarm) => reaches(alarm, floor.tier ?? "console"))
    .sort((a, b) => a.rank - b.rank || a.since.localeCompare(b.since))
    .map(({ key, text, incident_id, timed }) => ({
      key,
      text: timed && !timed.covered ? `BACKUP, nobody has acted: ${text}` : text,
      incident_id,
    }));
}

/** What the strip says: the same words once with their count, the first `most` and how many more.
 * The newest, when it is not among the first, stands in front: whoever hears the tone must find what
 * it was. */
export function alarmWords(
  alarms: readonly Alarm[],
  most: number,
  newest: Alarm | null = null,
): string {
  const counts = new Map<string, number>();
  for (const { text } of alarms) counts.set(text, (counts.get(text) ?? 0) + 1);
  const named = [...counts].slice(0, most).map(([text, n]) => (n > 1 ? `${text} (${n}×)` : text));
  let more = counts.size - named.length;
  if (newest && ![...counts.keys()].slice(0, most).includes(newest.text)) {
    named.unshift(`NEW: ${newest.text}`);
    more -= 1;
  }
  return named.join(" · ") + (more > 0 ? ` · ${more} more` : "");
}

/** Where a crew that calls for help is, in words: its incident, else its last fix. */
export function emergencyPlace(board: Board, emergency: Emergency): string {
  const incident = emergency.incident_id ? board.incidents[emergency.incident_id] : undefined;
  if (incident) return `${shortNumber(incident.number)} ${addressOf(incident)}`;
  return emergency.at ? `last fix ${coordinates(emergency.at)}` : "place unknown";
}
