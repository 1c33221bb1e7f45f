/** The hub's values as the API and the stream write them. One name each, so that screens import
 * from here and only this file knows how they come out of the OpenAPI file. */

export type Discipline = "law" | "fire" | "ems";
export type Role =
  | "call_taker"
  | "dispatcher"
  | "supervisor"
  | "responder"
  | "municipal_admin"
  | "auditor"
  | "hub_admin";
export type StatusCode = "AV" | "DP" | "ER" | "ST" | "OS" | "TR" | "AH" | "OOS";
export type AssignmentStatus =
  | "dispatched"
  | "enroute"
  | "staged"
  | "on_scene"
  | "transporting"
  | "at_hospital"
  | "cleared";
/** [lon, lat] in WGS 84 degrees. */
export type LonLat = [number, number];
export type Shape =
  | { kind: "point"; at: LonLat }
  | { kind: "circle"; centre: LonLat; radius_m: number }
  | { kind: "polygon"; ring: LonLat[] };

export interface Place {
  at: LonLat;
  shape: Shape;
  address: string;
  cross_street: string;
  municipality: string | null;
  verified: boolean;
}
export interface Authority {
  agency_id: string;
  name: string;
  zone: string | null;
  nguid: string;
  area_share: number;
  /** 0 where the shape meets the area, else the metres to it. */
  away_m: number;
}
export interface DisciplineResolution {
  discipline: Discipline;
  /** Null where no area meets the shape; the first candidate is then the nearest, proposed. */
  authority: Authority | null;
  candidates: Authority[];
  border: boolean;
  line_m: number | null;
}
export interface Resolution {
  disciplines: DisciplineResolution[];
  municipality: string | null;
  border: boolean;
  outside: boolean;
  boundary_version: string;
}
export interface Leg {
  discipline: Discipline;
  agency_id: string | null;
  zone: string | null;
  state: "pending" | "active" | "closed";
  talkgroup: string | null;
  disposition: string | null;
  first_assigned_at: string | null;
  closed_at: string | null;
}
export interface Note {
  id: string;
  at: string;
  author: string;
  text: string;
}
export interface Incident {
  id: string;
  number: string;
  revision: number;
  state: "open" | "closed";
  created_at: string;
  closed_at: string | null;
  incident_type: string;
  type_label: string;
  priority: number;
  place: Place;
  resolution: Resolution;
  plan_id: string | null;
  legs: Leg[];
  notes: Note[];
  case_numbers: Record<string, string>;
  officer_initiated: boolean;
  region_version: string;
  audience: string[];
}
export interface Call {
  id: string;
  channel: "voice" | "text" | "alarm";
  received_at: string;
  answered_at: string | null;
  callback: string | null;
  caller_name: string | null;
  caller_location: Shape | null;
  said: string;
  incident_id: string | null;
  taken_by: string;
  audience: string[];
}
export interface Unit {
  id: string;
  agency_id: string;
  discipline: Discipline;
  kind: string;
  station: string;
  home: LonLat;
  capabilities: string[];
  staffing: number;
  vehicle_class: "car" | "truck" | "heavy";
  phone_only: boolean;
  duty: "in_service" | "out_of_service";
  duty_reason: string;
  duty_since: string | null;
}
export interface Fix {
  unit_id: string;
  at: LonLat;
  accuracy_m: number | null;
  heading_deg: number | null;
  speed_mps: number | null;
  device_at: string | null;
  received_at: string;
}
export interface Assignment {
  id: string;
  incident_id: string;
  unit_id: string;
  agency_id: string;
  discipline: Discipline;
  revision: number;
  status: AssignmentStatus;
  status_at: string;
  status_device_at: string | null;
  assigned_at: string;
  assigned_by: string;
  recommendation_id: string | null;
  override_reason: string | null;
  travel_s: number | null;
  route: LonLat[];
  received_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: "device" | "voice" | null;
  escalation: number;
  released_at: string | null;
  audience: string[];
}
export interface Closure {
  id: string;
  source: string;
  source_ref: string;
  description: string;
  line: LonLat[];
  direction: "both" | "along";
  speed_factor: number;
  vehicle_classes: string[];
  begins_at: string;
  ends_at: string;
  state: "planned" | "active" | "ended";
  network_id: string;
  arcs: number[];
  confidence: number | null;
  opened_by: string;
  revision: number;
}
export interface Reason {
  code: string;
  text: string;
}
export interface Pick {
  slot: number;
  discipline: Discipline;
  capability: string;
  unit_id: string;
  agency_id: string;
  aid: boolean;
  agreement_id: string | null;
  travel_s: number | null;
  turnout_s: number;
  eta_low_s: number | null;
  eta_high_s: number | null;
  cost_s: number;
  estimated: boolean;
  fix_source: "fix" | "stale_fix" | "station";
  fix_age_s: number | null;
  reasons: Reason[];
  route: LonLat[];
}
export interface PassedOver {
  unit_id: string;
  agency_id: string;
  discipline: Discipline;
  travel_s: number | null;
  nearer_than: string;
  reasons: Reason[];
}
export interface Slot {
  index: number;
  discipline: Discipline;
  capability: string;
}
export interface Recommendation {
  id: string;
  incident_id: string;
  incident_revision: number;
  made_at: string;
  board_seq: number;
  roads_seq: number | null;
  network_id: string | null;
  region_version: string;
  plan_id: string | null;
  slots: Slot[];
  picks: Pick[];
  unfilled: number[];
  passed_over: PassedOver[];
  degraded: string[];
  audience: string[];
}
export interface FeedRead {
  kind: "feed.read";
  feed_id: string;
  read_at: string;
  ok: boolean;
  error: string;
  listed: number;
  placed: number;
  unplaced: number;
  refused: number;
  rejects: { ref: string; why: string }[];
}
export interface RegionActivated {
  kind: "region.activated";
  region_version: string;
  name: string;
  time_zone: string;
  border_m: number;
  network_id: string;
  counts: Record<string, number>;
}
export interface BoardSnapshot {
  incidents: Incident[];
  calls: Call[];
  units: Unit[];
  assignments: Assignment[];
  closures: Closure[];
  recommendations: Recommendation[];
  feeds: FeedRead[];
  region: RegionActivated | null;
}

export type EventBody =
  | { kind: "call.received"; call: Call }
  | { kind: "call.linked"; call_id: string; incident_id: string | null; audience: string[] }
  | { kind: "incident.created"; incident: Incident }
  | {
      kind: "incident.changed";
      incident_id: string;
      revision: number;
      incident_type: string | null;
      type_label: string | null;
      priority: number | null;
      place: Place | null;
      resolution: Resolution | null;
      plan_id: string | null;
      legs: Leg[] | null;
    }
  | { kind: "incident.shared"; incident: Incident; assignments: Assignment[] }
  | { kind: "incident.note_added"; incident_id: string; note: Note }
  | { kind: "leg.changed"; incident_id: string; revision: number; leg: Leg }
  | {
      kind: "case_number.given";
      incident_id: string;
      revision: number;
      agency_id: string;
      number: string;
    }
  | { kind: "incident.closed"; incident_id: string; revision: number; closed_at: string }
  | { kind: "recommendation.made"; recommendation: Recommendation }
  | { kind: "unit.assigned"; assignment: Assignment }
  | {
      kind: "assignment.received";
      assignment_id: string;
      revision: number;
      received_at: string;
    }
  | {
      kind: "assignment.acknowledged";
      assignment_id: string;
      revision: number;
      acknowledged_at: string;
      channel: "device" | "voice";
      by: string;
    }
  | {
      kind: "assignment.status_changed";
      assignment_id: string;
      revision: number;
      status: AssignmentStatus;
      status_at: string;
      device_at: string | null;
    }
  | {
      kind: "assignment.released";
      assignment_id: string;
      revision: number;
      released_at: string;
      reason: string;
    }
  | {
      kind: "assignment.escalated";
      assignment_id: string;
      revision: number;
      step: number;
      silent_s: number;
    }
  | {
      kind: "unit.duty_changed";
      unit_id: string;
      duty: "in_service" | "out_of_service";
      reason: string;
      since: string;
    }
  | { kind: "closure.opened"; closure: Closure }
  | { kind: "closure.began"; closure_id: string }
  | { kind: "closure.ended"; closure_id: string; reason: "expired" | "lifted" | "feed" }
  | FeedRead
  | RegionActivated
  | { kind: "session.opened" }
  | { kind: "session.refused" }
  | { kind: "session.closed" };

/** One numbered fact of the log. */
export interface HubEvent {
  seq: number;
  at: string;
  actor: string;
  command_id: string;
  audience: string[];
  body: EventBody;
  private: Record<string, string>;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  fields: Record<string, unknown>;
}

export type ServerMessage =
  | {
      type: "snapshot";
      epoch: string;
      seq: number;
      at: string;
      board: BoardSnapshot;
      fixes: Fix[];
    }
  | { type: "resumed"; epoch: string; seq: number }
  | { type: "event"; seq: number; prev: number; event: HubEvent }
  | { type: "heartbeat"; seq: number; head: number; at: string }
  | { type: "fixes"; at: string; fixes: Fix[] }
  | { type: "problem"; problem: Problem };

export type ClientMessage =
  | { type: "hello"; token: string; epoch: string | null; since: number | null }
  | { type: "ack"; seq: number };

export interface Account {
  id: string;
  name: string;
  role: Role;
  agencies: string[];
  unit_id: string | null;
  position: string | null;
  municipality: string | null;
}
export interface SessionReply {
  token: string;
  expires_at: string;
  account: Account;
}
export interface Agency {
  id: string;
  name: string;
  discipline: Discipline;
  municipality: string | null;
}
export interface IncidentType {
  incident_type: string;
  label: string;
  lead: Discipline;
  priority: number;
}
export interface Region {
  region_version: string;
  name: string;
  time_zone: string;
  border_m: number;
  bounds: [number, number, number, number];
  tiles_url: string | null;
  agencies: Agency[];
  stations: { id: string; name: string; agency_id: string; at: LonLat }[];
  incident_types: IncidentType[];
  municipalities: string[];
}
export interface PlaceCandidate {
  label: string;
  municipality: string | null;
  at: LonLat;
  kind: string;
  cross_street: string;
  approximate: boolean;
  score: number;
}
