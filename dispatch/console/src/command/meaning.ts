/** What a command line can mean: the action, the sentence echoed before Enter, or why not. */

import type { AssignmentStatus, Discipline, Fix, LonLat, Recommendation, Region } from "../api/model";
import type { Board } from "../board/apply";
import type { ScreenAct, Sight } from "./screen";
import type { Spot } from "./where";

export interface Context {
  board: Board;
  region: Region | null;
  fixes: ReadonlyMap<string, Fix>;
  /** Who types: what is another agency's alone needs a reason of them. */
  account: { id: string; agencies: readonly string[] };
  selectedId: string | null;
  /** The recommendation that `*` stood for when it was first seen, by incident id. */
  star: ReadonlyMap<string, Recommendation>;
  now_ms: number;
  zone: string;
  /** What the screen can show, and what of it is chosen. */
  sight: Sight;
  /** What the hub's place search says of a text. */
  spots: (text: string) => Spot;
  /** The last command of this console that the hub has done, for `U`. */
  last: { line: string; command_ids: readonly string[] } | null;
}

export type StatusStep =
  | { kind: "assignment"; unit_id: string; assignment_id: string; revision: number; status: AssignmentStatus; code?: string; hospital_id?: string; reason?: string }
  | { kind: "duty"; unit_id: string; duty: "in_service" | "out_of_service"; reason: string; code?: string };

/** Hours of some days, 1 (Monday) to 7, on which they begin; `ends` not later than `begins` is on the next day. */
export interface WeekHours {
  days: number[];
  begins: string;
  ends: string;
}

/** Where an incident is to be: a point, with what the search knows of it. */
export interface PlaceGiven {
  at: LonLat;
  address: string;
  cross_street: string;
  municipality: string | null;
  verified: boolean;
  found_as: string | null;
}

export interface NewClosure {
  line: LonLat[];
  direction: "both" | "along";
  speed_factor: number;
  /** Slow because of traffic, which crews with lights may get past in part. */
  congestion?: boolean;
  description: string;
  ends_at: string;
  /** Only vehicles above it are bound. */
  max_height_m?: number;
  max_weight_t?: number;
  /** It holds in these alone, by the region's clock; without them always. */
  hours?: WeekHours[];
}

export type Action =
  | {
      do: "assign";
      incident_id: string;
      recommendation_id: string | null;
      unit_ids: string[];
      override_reason: string | null;
      divert?: boolean;
    }
  | { do: "swap"; first: string; second: string; reason: string }
  | {
      do: "hold";
      incident_id: string;
      until: string | null;
      reason: string;
      unit_ids: string[];
    }
  | { do: "schedule"; incident_id: string; wanted_at: string | null; unit_ids: string[] }
  | { do: "query"; incident_id: string; what: "plate" | "warrant"; words: string; purpose: string; unit_id: string | null }
  | { do: "alarm"; incident_id: string; revision: number; alarm_level: number }
  | { do: "type"; incident_id: string; revision: number; incident_type: string }
  | {
      do: "part";
      incident_id: string;
      discipline: Discipline;
      revision: number;
      incident_type?: string;
      priority?: number;
      reason: string;
    }
  | { do: "place"; incident_id: string; revision: number; place: PlaceGiven }
  | { do: "link"; incident_id: string; other_id: string; linked: boolean }
  | { do: "merge"; incident_id: string; other_id: string; reason: string }
  | { do: "unmerge"; incident_id: string; other_id: string }
  | { do: "talkgroup"; incident_id: string; discipline: Discipline; talkgroup: string | null; reason: string }
  | { do: "benchmark"; incident_id: string; code: string }
  | { do: "backup"; unit_id: string; count: number }
  | { do: "send_help"; emergency_id: string; unit_ids: string[] }
  | { do: "log_on"; unit_id: string; body: Record<string, unknown> }
  | { do: "log_off"; unit_id: string }
  | { do: "emergency"; unit_id: string; kind: "button" | "mayday" }
  | { do: "end_emergency"; emergency_id: string; outcome: string }
  | { do: "take_position"; position_id: string }
  | { do: "leave_position"; position_id: string; reason: string }
  | { do: "fold_positions"; into_id: string; position_ids: string[] }
  | { do: "patients"; incident_id: string; count: Record<"red" | "yellow" | "green" | "black", number> }
  | { do: "void_case_number"; incident_id: string; agency_id: string; reason: string }
  | { do: "issue_bolo"; body: Record<string, unknown> }
  | { do: "end_bolo"; bolo_id: string; reason: string }
  | { do: "ask_outside"; incident_id: string; body: Record<string, unknown> }
  | { do: "change_outside"; incident_id: string; ref: string; body: Record<string, unknown> }
  | { do: "hospital"; hospital_id: string; body: Record<string, unknown> }
  | { do: "storm"; agency_id: string; ask_at: string | null; reason: string }
  | { do: "settle_determinant"; incident_id: string; run_id: string; accepted: boolean; reason: string }
  | { do: "undo"; undone_ids: readonly string[] }
  | { do: "status"; steps: StatusStep[] }
  | {
      do: "cancel";
      incident_id: string;
      steps: StatusStep[];
      refs: { ref: string; state: "cancelled" | "left" }[];
      reason: string;
    }
  | { do: "note"; incident_id: string; text: string }
  | { do: "priority"; incident_id: string; revision: number; priority: number }
  | { do: "screen"; act: ScreenAct }
  | { do: "mute_square"; zone_id: string; muted: boolean; reason: string }
  | { do: "show"; at: LonLat; incident_id: string | null; unit_id: string | null }
  | { do: "close"; incident_id: string; discipline: string | null; disposition: string; reason: string }
  | { do: "case_number"; incident_id: string; agency_id: string }
  | { do: "acknowledge"; assignment_id: string; revision: number; unit_id: string }
  | { do: "hazard"; assignment_id: string; unit_id: string }
  | { do: "check"; assignment_id: string; unit_id: string }
  | {
      do: "page_answer";
      assignment_id: string;
      volunteer: string;
      skills: string[];
      answer: "responding" | "not_coming";
      arrives_in_s: number | null;
    }
  | {
      do: "officer_work";
      unit_id: string;
      /** Null: the hub takes the unit's last fix. */
      place: { at: LonLat; address: string } | null;
      incident_type: string;
      note: string;
    }
  | { do: "open_closure"; closure: NewClosure }
  | { do: "lift_closure"; closure_id: string }
  | { do: "accept_proposal"; feed_id: string; ref: string }
  | {
      do: "confirm_closure";
      closure_id: string;
      ends_at: string | null;
      both_ways: boolean;
      description: string;
    }
  | { do: "report_block"; unit_id: string };

export type Meaning =
  | { ok: true; echo: string; action: Action }
  | {
      ok: false;
      why: string;
      candidates: string[];
      /** Only not finished yet: shown as a hint, not as a fault. */
      unfinished: boolean;
      /** `*` is no longer what was displayed: the recommendation that stands now. */
      changed?: Recommendation;
    };

export function means(echo: string, action: Action): Meaning {
  return { ok: true, echo, action };
}

export function refuse(why: string, candidates: string[] = []): Meaning {
  return { ok: false, why, candidates, unfinished: false };
}

export function unfinished(why: string, candidates: string[] = []): Meaning {
  return { ok: false, why, candidates, unfinished: true };
}

export interface VerbHelp {
  verb: string;
  form: string;
  does: string;
}

export const VERBS: readonly VerbHelp[] = [
  { verb: "D", form: "D 1042 M14 E22 | D . *", does: "Send units; * is the recommended set" },
  { verb: "D!", form: "D! . E22 reason", does: "Send a unit outside the recommendation" },
  { verb: "DV", form: "DV . M14 [reason]", does: "Divert a unit from what it is on" },
  { verb: "X", form: "X M14 M9 [reason]", does: "Swap two units; a free one takes over" },
  { verb: "BK", form: "BK P75 [2 | P76…]", does: "Backup: the nearest free units of its kind, or these" },
  { verb: "U", form: "U", does: "Take back the last command, within 10 s" },
  { verb: "ER", form: "ER M14 …", does: "En route" },
  { verb: "ST", form: "ST M14 …", does: "Staged" },
  { verb: "OS", form: "OS M14 …", does: "On scene" },
  { verb: "TR", form: "TR M14 …", does: "Transporting" },
  { verb: "AH", form: "AH M14 …", does: "At hospital" },
  { verb: "AV", form: "AV M14 …", does: "Clear, or back in service" },
  { verb: "OOS", form: "OOS M14 reason", does: "Out of service" },
  { verb: "DP", form: "DP …", does: "Dispatched: given by D alone" },
  { verb: "ACK", form: "ACK E22", does: "Acknowledged by voice" },
  { verb: "VR", form: "VR E7 V12 +driver 6 · VR E7 V12 no", does: "A volunteer answers the page: skills, minutes" },
  { verb: "CHK", form: "CHK P75", does: "Status check answered by voice" },
  { verb: "HZ", form: "HZ E22", does: "Hazard read, said by voice" },
  { verb: "N", form: "N . text", does: "Add a note" },
  { verb: "P", form: "P . 2 | P . ems 1", does: "Priority, or that of one part alone" },
  { verb: "P!", form: "P! . ems 1 / reason", does: "The same for another agency's part, and why" },
  { verb: "L", form: "L . place", does: "Correct where it is; its crews must acknowledge it" },
  { verb: "T", form: "T . TYPE | T . ems TYPE", does: "Another incident type, or one part's alone" },
  { verb: "T!", form: "T! . ems TYPE / reason", does: "The same for another agency's part, and why" },
  { verb: "PR", form: "PR . [reason]", does: "Take over what a card protocol proposes; cancels no unit" },
  { verb: "PR-", form: "PR- . [reason]", does: "Leave it as it is, whatever the card protocol proposes" },
  { verb: "AL", form: "AL . 2", does: "Alarm: up adds the plan's difference, down names what it spares" },
  { verb: "CX", form: "CX . reason | CX . E3 O1 reason", does: "Cancel: everybody on the way goes home, or these" },
  { verb: "H", form: "H . +15m [units] reason | H . -", does: "Hold on purpose, loud at its end; - lets it go" },
  { verb: "SC", form: "SC . 14:00 [units] | SC . +1/14:00 M14", does: "Wanted at that time; units are kept for it" },
  { verb: "SC-", form: "SC- .", does: "Wanted now, and nothing is kept for it" },
  { verb: "LK", form: "LK 1042 1043", does: "Link two incidents" },
  { verb: "LK-", form: "LK- 1042 1043", does: "Unlink two incidents" },
  { verb: "MG", form: "MG 1042 1043 [reason]", does: "Merge: 1043 goes into 1042 with calls, words and units" },
  { verb: "MG-", form: "MG- 1042 1043", does: "Take 1043 out of 1042 again; nothing is lost" },
  { verb: "BM", form: "BM . UNDER CONTROL", does: "Benchmark from command on scene" },
  { verb: "PAR", form: "PAR .", does: "All crews are accounted for" },
  { verb: "TG", form: "TG . [law|fire|ems] 4 | TG . -", does: "Another talkgroup for a part; - takes it back" },
  { verb: "TG!", form: "TG! . fire 4 / reason", does: "The same for another agency's part, and why" },
  { verb: "C", form: "C . disposition | C . fire: disposition", does: "Close your open legs, or one: its name and a colon" },
  { verb: "C!", form: "C! . fire: disposition / reason", does: "Close another agency's leg too, and why" },
  { verb: "CN", form: "CN . agency", does: "Case number for an agency" },
  { verb: "CN-", form: "CN- . agency reason", does: "Void a case number; it is never given again" },
  { verb: "Z", form: "Z M14 | Z 1042 | Z place | Z -", does: "Show on the map; - is the whole region" },
  { verb: "TS", form: "TS P75 place plate", does: "Traffic stop; place . is the unit's fix" },
  { verb: "EM", form: "EM P75", does: "Emergency of a unit, said by radio" },
  { verb: "MAYDAY", form: "MAYDAY E22", does: "Mayday of a crew" },
  { verb: "EME", form: "EME P75 outcome", does: "End an emergency, and how it ended" },
  { verb: "LO", form: "LO E22 3 +als -ladder R7012 V214 19:00 names", does: "Log a crew on" },
  { verb: "LF", form: "LF E22", does: "Log a crew off" },
  { verb: "SHUT", form: "SHUT place; place +1h [ALONG] [H3.5] [W12] [EVERY Mon-Fri 20:00-05:00] text", does: "Shut a road; H, W: above 3.5 m, 12 t only" },
  { verb: "SLOW", form: "SLOW 50 place; place 16:30 [ALONG] [TRAFFIC] text", does: "Slow a road to n %" },
  { verb: "POS", form: "POS FIRE-1", does: "Take a position, over from whoever sits there" },
  { verb: "LEAVE", form: "LEAVE FIRE-1 [reason]", does: "Leave a position" },
  { verb: "FOLD", form: "FOLD FIRE-1 FIRE-2 LAW-1", does: "Fold positions into the first, as for the night" },
  { verb: "OU", form: "OU . engine +12m Fairview / E5 | OU . O1 +20m", does: "Promised by phone from outside; or promised anew" },
  { verb: "OUA", form: "OUA . O1", does: "The unit from outside is there" },
  { verb: "OUX", form: "OUX . O1 reason", does: "The unit from outside is cancelled, or left" },
  { verb: "PT", form: "PT . R2 Y1 G4 B0", does: "Patients by triage colour" },
  { verb: "HS", form: "HS MERCY divert|closed|open [trauma] [+2h] reason", does: "What a hospital takes" },
  { verb: "S", form: "S 10-23 P75 … | 10-23 P75", does: "A code of the unit's own agency" },
  { verb: "STORM", form: "STORM agency +4h reason | STORM agency - reason", does: "Storm plans until asked again; - ends them" },
  { verb: "BOLO", form: "BOLO +8h [vehicle] [all|law|agency|town] text", does: "Be on the lookout, until then, for those" },
  { verb: "BOLO-", form: "BOLO- B12 reason", does: "End a BOLO" },
  { verb: "Q", form: "Q . plate ABC123 stop|inv|warr|safe", does: "Ask the query service, for a stated purpose" },
  { verb: "LIFT", form: "LIFT closure", does: "Lift a closure" },
  { verb: "BH", form: "BH E12", does: "Blocked here, said by radio: the road before the unit" },
  {
    verb: "CONFIRM",
    form: "CONFIRM closure [+2h] [BOTH] [text]",
    does: "Take a crew's word: the road is blocked for everybody",
  },
  { verb: "REFUSE", form: "REFUSE closure", does: "Refuse what a crew says is blocked" },
  { verb: "ACCEPT", form: "ACCEPT feed entry", does: "Close the road that was proposed for a feed's entry" },
  { verb: "V", form: "V 1042 | V M14", does: "Open an incident, or the one that a unit is on" },
  { verb: "SHOW", form: "SHOW coverage | SHOW closures [closure] | SHOW -", does: "A panel on the map; - shuts it" },
  { verb: "SQ", form: "SQ square", does: "Choose a square of coverage" },
  { verb: "SQ-", form: "SQ- square [reason]", does: "Leave a square out of coverage; . is the chosen one" },
  { verb: "SQ+", form: "SQ+ square", does: "Count a square of coverage again" },
  { verb: "SEE", form: "SEE law fire | SEE all", does: "Which disciplines are in sight" },
  { verb: "SIL", form: "SIL", does: "Silence the alarm at this console, as F8" },
];
