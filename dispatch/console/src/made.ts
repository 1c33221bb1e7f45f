/** Values for tests: a small board, each part overridable. Imported by tests alone. */

import type {
  Agency,
  Assignment,
  Call,
  Closure,
  ChannelFault,
  Delivery,
  Emergency,
  Fix,
  Bolo,
  HospitalState,
  Incident,
  IncidentType,
  Pick,
  PlaceCandidate,
  Position,
  ProtocolRun,
  Recommendation,
  Region,
  Storm,
  Unit,
} from "./api/model";
import { boardFrom, type Board } from "./board/apply";
import { DISCIPLINES } from "./board/select";
import type { Context } from "./command/meaning";
import { PANELS } from "./command/screen";

export const NOON = "2026-07-01T12:00:00Z";

export function makeIncident(over: Partial<Incident> = {}): Incident {
  return {
    id: "i1",
    number: "2026-001042",
    revision: 3,
    state: "open",
    created_at: NOON,
    closed_at: null,
    incident_type: "STRUCTURE_FIRE",
    type_label: "Building fire",
    priority: 1,
    place: {
      at: [-75.3, 40.1],
      shape: { kind: "point", at: [-75.3, 40.1] },
      address: "14 Mill Rd",
      cross_street: "High St",
      municipality: "Ashby",
      verified: true,
      repeated: false,
      found_as: "address",
    },
    resolution: {
      disciplines: [],
      municipality: "Ashby",
      border: false,
      outside: false,
      boundary_version: "v1",
    },
    alarm_level: 1,
    hold: null,
    schedule: null,
    linked: [],
    merged: [],
    merged_into: null,
    benchmarks: [],
    patients: null,
    outside: [],
    par_due_at: null,
    par_missed: 0,
    plan_id: "STRUCTURE_FIRE",
    legs: [
      {
        discipline: "fire",
        agency_id: "fire-a",
        zone: null,
        state: "pending",
        talkgroup: null,
        disposition: null,
        first_assigned_at: null,
        closed_at: null,
        incident_type: null,
        type_label: null,
        priority: null,
      },
    ],
    hazards: [],
    notes: [],
    case_numbers: {},
    voided_numbers: [],
    officer_initiated: false,
    region_version: "v1",
    audience: ["fire-a"],
    ...over,
  };
}

export function makeUnit(id: string, over: Partial<Unit> = {}): Unit {
  return {
    id,
    agency_id: "fire-a",
    discipline: "fire",
    kind: "engine",
    station: "ST1",
    home: [-75.31, 40.11],
    capabilities: ["engine"],
    staffing: 4,
    vehicle_class: "truck",
    height_m: null,
    weight_t: null,
    width_m: null,
    phone_only: false,
    beats: [],
    crew: null,
    duty: "in_service",
    duty_reason: "",
    duty_code: "",
    duty_since: null,
    logon: null,
    ...over,
  };
}

export function makePick(unit_id: string, over: Partial<Pick> = {}): Pick {
  return {
    slot: 0,
    discipline: "fire",
    capability: "engine",
    unit_id,
    agency_id: "fire-a",
    aid: false,
    agreement_id: null,
    travel_s: 200,
    turnout_s: 60,
    eta_low_s: 200,
    eta_high_s: 320,
    cost_s: 260,
    estimated: false,
    fix_source: "fix",
    fix_age_s: 2,
    reasons: [{ code: "nearest", text: "nearest by road" }],
    route: [],
    also_slot: null,
    without: null,
    speed_share: 1,
    waives_turns: false,
    congestion: 1,
    turns_waived: 0,
    ...over,
  };
}

export function makeCandidate(label: string, over: Partial<PlaceCandidate> = {}): PlaceCandidate {
  return {
    label,
    municipality: "Ashby",
    at: [-75.3, 40.1],
    kind: "crossing",
    cross_street: "",
    approximate: false,
    score: 100,
    ...over,
  };
}

export function makeClosure(over: Partial<Closure> = {}): Closure {
  return {
    id: "c1",
    source: "dispatcher",
    source_ref: "",
    description: "Mill Rd",
    line: [
      [-75.3, 40.1],
      [-75.31, 40.1],
    ],
    direction: "both",
    speed_factor: 0,
    congestion: false,
    vehicle_classes: ["car", "truck", "heavy"],
    max_height_m: null,
    max_weight_t: null,
    max_width_m: null,
    shape: "line",
    recurrence: null,
    changes_at: null,
    ended_why: null,
    begins_at: NOON,
    ends_at: "2026-07-01T12:30:00Z",
    state: "active",
    network_id: "n1",
    arcs: [1],
    confidence: null,
    opened_by: "dana",
    confirmed: true,
    confirmed_by: null,
    penalty_s: 0,
    reported_by: [],
    incident_id: null,
    revision: 1,
    ...over,
  };
}

/** What a crew has reported and nobody has confirmed. */
export function makeBlock(over: Partial<Closure> = {}): Closure {
  return makeClosure({
    id: "block-4f2a1c",
    source: "responder",
    direction: "along",
    confirmed: false,
    penalty_s: 120,
    reported_by: ["E22"],
    ...over,
  });
}

export function makeAdvice(id: string, units: string[], incident_id = "i1"): Recommendation {
  return {
    id,
    incident_id,
    incident_revision: 3,
    made_at: NOON,
    board_seq: 1,
    roads_seq: 1,
    network_id: "n1",
    region_version: "v1",
    plan_id: "STRUCTURE_FIRE",
    slots: units.map((_, index) => ({
      index,
      discipline: "fire",
      capability: "engine",
      second_of: null,
      stand_ins: [],
    })),
    picks: units.map((unit, slot) => makePick(unit, { slot })),
    unfilled: [],
    passed_over: [],
    mode: "lights",
    part_modes: {},
    degraded: [],
    audience: ["fire-a"],
  };
}

export function makeAssignment(unit_id: string, over: Partial<Assignment> = {}): Assignment {
  return {
    id: `a-${unit_id}`,
    incident_id: "i1",
    unit_id,
    agency_id: "fire-a",
    discipline: "fire",
    revision: 1,
    status: "dispatched",
    agency_code: "",
    status_at: NOON,
    status_device_at: null,
    status_times: [],
    assigned_at: NOON,
    assigned_by: "dana",
    recommendation_id: null,
    override_reason: null,
    travel_s: null,
    route: [],
    rerouted_at: null,
    reroute_reason: "",
    turns_waived: 0,
    check_due_at: null,
    mode: null,
    staff_min: {},
    staff_due_at: null,
    responses: [],
    staffed_at: null,
    unstaffed_at: null,
    checks_missed: 0,
    received_at: null,
    seen_at: null,
    ack_due_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    escalation: 0,
    place_correction: null,
    hazard_read_at: null,
    hospital_id: null,
    arrived_at: null,
    released_at: null,
    audience: ["fire-a"],
    ...over,
  };
}

export function makeDelivery(channel: string, over: Partial<Delivery> = {}): Delivery {
  return {
    id: `d-${channel}`,
    incident_id: "i1",
    assignment_id: "a-E12",
    unit_id: "E12",
    station: "",
    agency_id: "fire-a",
    channel,
    about: "assignment",
    number: 0,
    said: null,
    changed: [],
    state: "queued",
    state_at: NOON,
    queued_at: NOON,
    attempts: 0,
    next_at: null,
    why: "",
    audience: ["fire-a"],
    ...over,
  };
}

export function makeChannelFault(channel: string, over: Partial<ChannelFault> = {}): ChannelFault {
  return {
    agency_id: "fire-a",
    channel,
    adapter: "webhook",
    since: NOON,
    why: "answered 503",
    standing: false,
    audience: ["fire-a"],
    ...over,
  };
}

export function makeType(incident_type: string, label: string, over: Partial<IncidentType> = {}) {
  return { incident_type, label, lead: "fire" as const, priority: 1, highest_alarm: 2, ...over };
}

const AGENCIES: Agency[] = [
  { id: "fire-a", name: "Ashby Fire", discipline: "fire", municipality: "Ashby", talkgroups: ["FIRE 1", "FIRE 2"], storm_plans: true, statuses: [], channels: [] },
  { id: "ems-a", name: "Ashby Medics", discipline: "ems", municipality: "Ashby", talkgroups: ["MED 1", "MED 2"], storm_plans: false, statuses: [], channels: [] },
];

export const REGION: Region = {
  region_version: "v1",
  name: "Two Rivers",
  time_zone: "America/New_York",
  border_m: 100,
  bounds: [-75.7, 39.9, -75, 40.5],
  tiles_url: null,
  agencies: AGENCIES,
  stations: [],
  incident_types: [
    makeType("STRUCTURE_FIRE", "Building fire"),
    makeType("VEHICLE_FIRE", "Vehicle fire", { priority: 2 }),
    makeType("TRAFFIC_STOP", "Traffic stop", { lead: "law", priority: 4 }),
  ],
  agreements: [],
  limits: [],
  sops: [],
  hospitals: [
    { id: "MERCY", name: "Mercy Hospital", at: [-75.31, 40.12], capabilities: ["trauma", "stroke"] },
    { id: "STLUKE", name: "St Luke", at: [-75.2, 40.2], capabilities: [] },
  ],
  municipalities: ["Ashby"],
  centres: [],
  protocols: [],
};

export function makeRun(over: Partial<ProtocolRun> = {}): ProtocolRun {
  return {
    id: "r1",
    program_id: "EMD",
    program_name: "Medical cards",
    discipline: "ems",
    agency_id: null,
    opened_at: NOON,
    opened_by: "cato",
    determinant: "17-D-3",
    label: "",
    determined_at: NOON,
    determined_by: "cards",
    state: "proposed",
    incident_id: "i1",
    incident_type: "FALL",
    type_label: "Fall",
    priority: 1,
    downgrade: false,
    adds: ["als"],
    spares: ["L3"],
    reason: "",
    settled_at: null,
    settled_by: null,
    ...over,
  };
}

export function makeCall(over: Partial<Call> = {}): Call {
  return {
    id: "call-1",
    channel: "voice",
    received_at: NOON,
    answered_at: NOON,
    callback: null,
    caller_name: null,
    location_key: null,
    record: null,
    note: null,
    form: null,
    handed_over_by: "",
    caller_location: null,
    fixes: [],
    said: "",
    phase: "saved",
    located_at: null,
    typed_at: null,
    ready_at: null,
    cpr_recognised_at: null,
    compressions_at: null,
    language: "",
    interpreter_at: null,
    transcript: [],
    record_ref: "",
    record_at: null,
    record_hops: [],
    record_news: [],
    transfers: [],
    protocol_runs: [],
    incident_id: null,
    taken_by: "cato",
    callback_task: null,
    outcome: null,
    closed_at: null,
    audience: ["fire-a"],
    ...over,
  };
}

export function makePosition(over: Partial<Position> = {}): Position {
  return {
    id: "FIRE-1",
    name: "",
    disciplines: ["fire"],
    agencies: [],
    municipalities: [],
    talkgroups: [],
    held_by: "dana",
    held_by_name: "Dana",
    folded_into: null,
    since: NOON,
    ...over,
  };
}

/** A unit that calls for help. */
export function makeEmergency(unitId: string, over: Partial<Emergency> = {}): Emergency {
  return {
    id: `em-${unitId}`,
    unit_id: unitId,
    agency_id: "fire-a",
    kind: "button",
    presses: [NOON],
    device_at: null,
    at: null,
    incident_id: null,
    raised_by: "crew",
    audience: ["fire-a"],
    ended_at: null,
    outcome: "",
    ...over,
  };
}

export function makeBoard(parts: {
  incidents?: Incident[];
  calls?: Call[];
  units?: Unit[];
  assignments?: Assignment[];
  recommendations?: Recommendation[];
  closures?: Closure[];
  positions?: Position[];
  storms?: Storm[];
  hospitals?: HospitalState[];
  bolos?: Bolo[];
  deliveries?: Delivery[];
  channel_faults?: ChannelFault[];
  emergencies?: Emergency[];
}): Board {
  return boardFrom(
    {
      incidents: [],
      calls: [],
      units: [],
      assignments: [],
      closures: [],
      recommendations: [],
      feeds: [],
      emergencies: [],
      deliveries: [],
      channel_faults: [],
      positions: [],
      storms: [],
      hospitals: [],
      bolos: [],
      region: null,
      ...parts,
    },
    1,
  );
}

export function makeContext(board: Board, over: Partial<Context> = {}): Context {
  return {
    board,
    region: REGION,
    fixes: new Map<string, Fix>(),
    account: { id: "dana", agencies: ["*"] },
    selectedId: "i1",
    star: new Map(),
    spots: () => ({ state: "unreached" }),
    now_ms: Date.parse(NOON),
    zone: "America/New_York",
    sight: { map: true, panels: PANELS, seen: new Set(DISCIPLINES), zones: null, zoneId: null, alarms: "" },
    last: null,
    ...over,
  };
}
