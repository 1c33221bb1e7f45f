/** The board and how one event moves it. Pure, and the mirror of `dispatch/domain/board.py`:
 * the fixtures in `tests/fixtures/reducer` hold the two together. Draws nothing, fetches nothing. */

import type {
  Assignment,
  BoardSnapshot,
  Bolo,
  Call,
  Closure,
  ChannelFault,
  Delivery,
  Emergency,
  FeedRead,
  HospitalState,
  HubEvent,
  Incident,
  LogOn,
  Position,
  Recommendation,
  Storm,
  RegionActivated,
  Shape,
  TextLine,
  Unit,
} from "../api/model";
import { NOT_ARRIVED, TRANSPORTS } from "./status";

type Keyed<T> = Readonly<Record<string, T>>;

/** Open incidents with their calls, assignments and latest recommendation; units; closures.
 * `recommendations` is keyed by incident id, `feeds` by feed id, the rest by their own id. */
export interface Board {
  readonly seq: number;
  readonly incidents: Keyed<Incident>;
  readonly calls: Keyed<Call>;
  readonly units: Keyed<Unit>;
  readonly assignments: Keyed<Assignment>;
  readonly closures: Keyed<Closure>;
  readonly recommendations: Keyed<Recommendation>;
  readonly feeds: Keyed<FeedRead>;
  /** Those that nobody has ended. */
  readonly emergencies: Keyed<Emergency>;
  /** Messages to crews and stations about open incidents. */
  readonly deliveries: Keyed<Delivery>;
  /** Channels that reach nobody, by agency and channel. */
  readonly channel_faults: Keyed<ChannelFault>;
  readonly positions: Keyed<Position>;
  /** By their id: those that do not take everybody. */
  readonly hospitals: Keyed<HospitalState>;
  /** Those that have not ended. */
  readonly bolos: Keyed<Bolo>;
  /** By agency id: those that work by their storm plans. */
  readonly storms: Keyed<Storm>;
  readonly region: RegionActivated | null;
}

export const EMPTY_BOARD: Board = {
  seq: 0,
  incidents: {},
  calls: {},
  units: {},
  assignments: {},
  closures: {},
  recommendations: {},
  feeds: {},
  emergencies: {},
  deliveries: {},
  channel_faults: {},
  positions: {},
  storms: {},
  hospitals: {},
  bolos: {},
  region: null,
};

function keyed<T>(entities: readonly T[], key: (entity: T) => string): Keyed<T> {
  return Object.fromEntries(entities.map((entity) => [key(entity), entity]));
}

function channelId(channel: { agency_id: string; channel: string }): string {
  return `${channel.agency_id}/${channel.channel}`;
}

/** The board that a snapshot at `seq` describes. */
export function boardFrom(snapshot: BoardSnapshot, seq: number): Board {
  return {
    seq,
    incidents: keyed(snapshot.incidents, (i) => i.id),
    calls: keyed(snapshot.calls, (c) => c.id),
    units: keyed(snapshot.units, (u) => u.id),
    assignments: keyed(snapshot.assignments, (a) => a.id),
    closures: keyed(snapshot.closures, (c) => c.id),
    recommendations: keyed(snapshot.recommendations, (r) => r.incident_id),
    feeds: keyed(snapshot.feeds, (f) => f.feed_id),
    emergencies: keyed(snapshot.emergencies, (e) => e.id),
    // A board that a browser kept before the hub knew of deliveries has none.
    deliveries: keyed(snapshot.deliveries ?? [], (d) => d.id),
    channel_faults: keyed(snapshot.channel_faults ?? [], channelId),
    positions: keyed(snapshot.positions, (p) => p.id),
    hospitals: keyed(snapshot.hospitals ?? [], (h) => h.hospital_id),
    bolos: keyed(snapshot.bolos ?? [], (b) => b.id),
    storms: keyed(snapshot.storms ?? [], (s) => s.agency_id),
    region: snapshot.region,
  };
}

function byId<T>(entities: Keyed<T>): T[] {
  return Object.keys(entities)
    .sort()
    .map((id) => entities[id] as T);
}

/** The whole board as a value, every list sorted by id. */
export function snapshotOf(board: Board): BoardSnapshot {
  return {
    incidents: byId(board.incidents),
    calls: byId(board.calls),
    units: byId(board.units),
    assignments: byId(board.assignments),
    closures: byId(board.closures),
    recommendations: byId(board.recommendations),
    feeds: byId(board.feeds),
    emergencies: byId(board.emergencies),
    deliveries: byId(board.deliveries),
    channel_faults: byId(board.channel_faults),
    positions: byId(board.positions),
    storms: byId(board.storms),
    hospitals: byId(board.hospitals),
    bolos: byId(board.bolos),
    region: board.region,
  };
}

function without<T>(entities: Keyed<T>, goes: (entity: T) => boolean): Keyed<T> {
  return Object.fromEntries(Object.entries(entities).filter(([, entity]) => !goes(entity)));
}

function given<T extends object>(changes: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
}

function changeIncident(board: Board, id: string, change: (i: Incident) => Incident): Board {
  const incident = board.incidents[id];
  if (!incident) return board;
  return { ...board, incidents: { ...board.incidents, [id]: change(incident) } };
}

/** The call with these personal values, as the hub names them: that of a part ends in the part's
 * place. */
function told(call: Call, values: Readonly<Record<string, string>>): Call {
  const news = [...(call.record_news ?? [])];
  const next: Call = { ...call, fixes: [...call.fixes], transcript: [...call.transcript], record_news: news };
  for (const [name, value] of Object.entries(values)) {
    const [what, index] = name.split(".");
    if (name === "callback" || name === "caller_name" || name === "location_key" || name === "record" || name === "note")
      next[name] = value || null;
    const line = next.transcript[Number(index)];
    if ((what === "text" || what === "translation") && line) {
      next.transcript[Number(index)] = { ...line, [what]: value };
    }
    const said = news[Number(index)];
    if (what === "news" && said) news[Number(index)] = { ...said, text: value };
    const fix = next.fixes[Number(index)];
    if (what === "shape" && fix) next.fixes[Number(index)] = { ...fix, shape: JSON.parse(value) as Shape };
  }
  return next;
}

function changeCall(
  board: Board,
  id: string,
  event: HubEvent,
  change: (call: Call) => Partial<Call>,
): Board {
  const call = board.calls[id];
  if (!call) return board;
  const changed = told({ ...call, ...change(call) }, event.private);
  return { ...board, calls: { ...board.calls, [id]: changed } };
}

function changeAssignment(board: Board, id: string, change: Partial<Assignment>): Board {
  const assignment = board.assignments[id];
  if (!assignment) return board;
  return {
    ...board,
    assignments: { ...board.assignments, [id]: { ...assignment, ...change } },
  };
}

/** What happened before the present status stands, which stays. */
function lateStatus(
  board: Board,
  body: Extract<HubEvent["body"], { kind: "assignment.status_changed" }>,
): Board {
  const arrived = board.assignments[body.assignment_id]?.arrived_at;
  return changeAssignment(board, body.assignment_id, {
    revision: body.revision,
    ...(body.times ? { status_times: body.times } : {}),
    ...(body.status === "on_scene" && !arrived ? { arrived_at: body.device_at ?? body.status_at } : {}),
  });
}

function closeIncident(board: Board, id: string): Board {
  if (!board.incidents[id]) return board;
  return {
    ...board,
    incidents: without(board.incidents, (i) => i.id === id),
    assignments: without(board.assignments, (a) => a.incident_id === id),
    calls: without(board.calls, (c) => c.incident_id === id),
    recommendations: without(board.recommendations, (r) => r.incident_id === id),
    deliveries: without(board.deliveries, (d) => d.incident_id === id),
  };
}

/** Messages about assignments are of the incident that those are on. */
function deliveriesFollow(board: Board, moved: readonly string[], incident_id: string): Board {
  const follow = Object.values(board.deliveries)
    .filter((d) => d.assignment_id !== null && moved.includes(d.assignment_id))
    .map((d) => ({ ...d, incident_id }));
  return { ...board, deliveries: { ...board.deliveries, ...keyed(follow, (d) => d.id) } };
}

/** The unit with another crew, or with none: then the roster counts again. */
function loggedOn(unit: Unit, logon: LogOn | null): Unit {
  const before = unit.logon;
  const capabilities = logon?.capabilities ?? before?.roster_capabilities ?? unit.capabilities;
  const staffing = logon?.staffing ?? before?.roster_staffing ?? unit.staffing;
  return { ...unit, capabilities, staffing, logon };
}

/** The board after the event. One about something that this board does not hold changes nothing
 * but the number; a kind that this console does not know likewise. */
export function apply(board: Board, event: HubEvent): Board {
  const next = moved(board, event);
  return next.seq === event.seq ? next : { ...next, seq: event.seq };
}

function moved(board: Board, event: HubEvent): Board {
  const body = event.body;
  switch (body.kind) {
    case "call.received": {
      const call = told(body.call, event.private);
      return { ...board, calls: { ...board.calls, [call.id]: call } };
    }
    case "call.linked": {
      const call = board.calls[body.call_id] ?? (body.call && told(body.call, event.private));
      if (!call) return board;
      const linked = { ...call, incident_id: body.incident_id, audience: body.audience };
      return { ...board, calls: { ...board.calls, [call.id]: linked } };
    }
    case "call.changed": {
      const { kind: _kind, call_id, ...changes } = body;
      return changeCall(board, call_id, event, () => given(changes) as Partial<Call>);
    }
    case "call.located":
      return changeCall(board, body.call_id, event, (call) => ({ fixes: [...call.fixes, body.fix] }));
    case "call.message":
      return changeCall(board, body.call_id, event, (call) => ({
        transcript: [...call.transcript, body.line],
      }));
    case "call.transfer_set":
      return changeCall(board, body.call_id, event, (call) => ({
        transfers: [...call.transfers.filter((t) => t.id !== body.transfer.id), body.transfer],
      }));
    case "call.record_updated":
      return changeCall(board, body.call_id, event, (call) => {
        const before = call.record_news ?? [];
        const news = { ...body.news, text: before[body.index]?.text ?? "" };
        return { record_at: body.record_at, record_hops: body.hops, record_news: [...before.slice(0, body.index), news] };
      });
    case "call.protocol_set":
      return changeCall(board, body.call_id, event, (call) => {
        const runs = call.protocol_runs ?? [];
        const known = runs.some((run) => run.id === body.run.id);
        return {
          protocol_runs: known
            ? runs.map((run) => (run.id === body.run.id ? body.run : run))
            : [...runs, body.run],
        };
      });
    case "call.message_changed": {
      const { kind: _kind, call_id, index, ...changes } = body;
      if (!board.calls[call_id]?.transcript[index]) return board;
      return changeCall(board, call_id, event, (call) => ({
        transcript: call.transcript.map((line, i) =>
          i === index ? { ...line, ...(given(changes) as Partial<TextLine>) } : line,
        ),
      }));
    }
    case "call.callback_set":
      return changeCall(board, body.call_id, event, () => ({ callback_task: body.task }));
    case "call.closed":
      return { ...board, calls: without(board.calls, (c) => c.id === body.call_id) };
    case "incident.created":
      return {
        ...board,
        incidents: { ...board.incidents, [body.incident.id]: body.incident },
      };
    case "incident.changed": {
      const { incident_type, type_label, priority, place, resolution } = body;
      const { plan_id, legs, alarm_level, hazards } = body;
      const changes = given({
        incident_type,
        type_label,
        priority,
        place,
        resolution,
        plan_id,
        legs,
        alarm_level,
        hazards,
      }) as Partial<Incident>;
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        ...changes,
        revision: body.revision,
      }));
    }
    case "incident.shared":
    case "incident.reopened":
      return {
        ...board,
        incidents: { ...board.incidents, [body.incident.id]: body.incident },
        assignments: { ...board.assignments, ...keyed(body.assignments, (a) => a.id) },
      };
    case "incident.merged": {
      const { incident, merged, moved } = body;
      const stays = { ...board, deliveries: without(board.deliveries, (d) => d.incident_id === merged.id && !moved.includes(d.assignment_id ?? "")) };
      return deliveriesFollow(
        {
          ...stays,
          incidents: { ...without(board.incidents, (i) => i.id === merged.id), [incident.id]: incident },
          assignments: { ...board.assignments, ...keyed(body.assignments, (a) => a.id) },
          recommendations: without(board.recommendations, (r) => r.incident_id === merged.id),
        },
        moved,
        incident.id,
      );
    }
    case "incident.unmerged": {
      const { incident, other, moved } = body;
      return deliveriesFollow(
        {
          ...board,
          incidents: { ...board.incidents, [incident.id]: incident, [other.id]: other },
          assignments: { ...board.assignments, ...keyed(body.assignments, (a) => a.id) },
        },
        moved,
        other.id,
      );
    }
    case "incident.note_added":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        notes: [...incident.notes, body.note],
      }));
    case "leg.changed":
      return changeIncident(board, body.incident_id, (incident) => {
        const known = incident.legs.some((leg) => leg.discipline === body.leg.discipline);
        const legs = known
          ? incident.legs.map((leg) =>
              leg.discipline === body.leg.discipline ? body.leg : leg,
            )
          : [...incident.legs, body.leg];
        return { ...incident, legs, revision: body.revision };
      });
    case "case_number.given":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        case_numbers: { ...incident.case_numbers, [body.agency_id]: body.number },
        revision: body.revision,
      }));
    case "case_number.voided": {
      const { voided } = body;
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        case_numbers: Object.fromEntries(
          Object.entries(incident.case_numbers).filter(([agency]) => agency !== voided.agency_id),
        ),
        voided_numbers: [...(incident.voided_numbers ?? []), voided],
        revision: body.revision,
      }));
    }
    case "incident.closed":
      return closeIncident(board, body.incident_id);
    case "incident.held":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        hold: body.hold,
        revision: body.revision,
      }));
    case "incident.hold_over":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        hold: incident.hold && { ...incident.hold, over: true },
        revision: body.revision,
      }));
    case "incident.scheduled":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        schedule: body.schedule,
        revision: body.revision,
      }));
    case "incident.schedule_due":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        schedule: incident.schedule && { ...incident.schedule, due: true },
        revision: body.revision,
      }));
    case "incident.reservation_lost":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        schedule: incident.schedule && {
          ...incident.schedule,
          unit_ids: incident.schedule.unit_ids.filter((id) => id !== body.lost.unit_id),
          lost: [...incident.schedule.lost, body.lost],
        },
        revision: body.revision,
      }));
    case "incident.linked":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        linked: body.linked,
        revision: body.revision,
      }));
    case "incident.benchmark":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        benchmarks: [...incident.benchmarks, body.benchmark],
        par_due_at: body.par_due_at,
        par_missed: 0,
        revision: body.revision,
      }));
    case "incident.outside_unit":
      return changeIncident(board, body.incident_id, (incident) => {
        const outside = incident.outside ?? [];
        const known = outside.some((one) => one.ref === body.unit.ref);
        return {
          ...incident,
          revision: body.revision,
          outside: known
            ? outside.map((one) => (one.ref === body.unit.ref ? body.unit : one))
            : [...outside, body.unit],
        };
      });
    case "incident.patients":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        patients: body.patients,
        revision: body.revision,
      }));
    case "incident.par_missed":
      return changeIncident(board, body.incident_id, (incident) => ({
        ...incident,
        par_missed: body.step,
        revision: body.revision,
      }));
    case "recommendation.made": {
      const made = body.recommendation;
      if (!board.incidents[made.incident_id]) return board;
      return {
        ...board,
        recommendations: { ...board.recommendations, [made.incident_id]: made },
      };
    }
    case "unit.assigned":
      return {
        ...board,
        assignments: { ...board.assignments, [body.assignment.id]: body.assignment },
      };
    case "assignment.received":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        received_at: board.assignments[body.assignment_id]?.received_at ?? body.received_at,
        seen_at: board.assignments[body.assignment_id]?.seen_at ?? body.seen_at,
      });
    case "assignment.acknowledged":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        acknowledged_at: body.acknowledged_at,
        acknowledged_by: body.channel,
      });
    case "assignment.status_changed":
      if (body.late) return lateStatus(board, body);
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        status: body.status,
        agency_code: body.agency_code,
        status_at: body.status_at,
        status_device_at: body.device_at,
        check_due_at: body.check_due_at,
        checks_missed: 0,
        ...(body.hospital_id ? { hospital_id: body.hospital_id } : {}),
        ...(body.times ? { status_times: body.times } : {}),
        ...(body.status === "on_scene" && !board.assignments[body.assignment_id]?.arrived_at
          ? { arrived_at: body.status_at }
          : {}),
      });
    case "assignment.place_corrected":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        place_correction: body.correction,
      });
    case "assignment.hazard_read":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        hazard_read_at: body.read_at,
      });
    case "assignment.corrected":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        status: body.status,
        agency_code: body.agency_code,
        status_at: body.status_at,
        check_due_at: body.check_due_at,
        checks_missed: 0,
        released_at: null,
        ...(body.times ? { status_times: body.times } : {}),
        ...(NOT_ARRIVED.has(body.status) ? { arrived_at: null } : {}),
        ...(TRANSPORTS.has(body.status) ? {} : { hospital_id: null }),
      });
    case "assignment.checked":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        check_due_at: body.check_due_at,
        checks_missed: 0,
      });
    case "assignment.page_answered": {
      const answered = board.assignments[body.assignment_id]?.responses ?? [];
      const others = answered.filter((one) => one.volunteer !== body.response.volunteer);
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        responses: [...others, body.response],
        staffed_at: body.staffed_at,
      });
    }
    case "assignment.crew_missing":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        unstaffed_at: body.missing_at,
      });
    case "assignment.check_missed":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        checks_missed: body.step,
      });
    case "assignment.released":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        status: "cleared",
        agency_code: body.agency_code,
        status_at: body.released_at,
        released_at: body.released_at,
      });
    case "assignment.escalated":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        escalation: body.step,
        ack_due_at: body.ack_due_at,
      });
    case "delivery.changed": {
      const { delivery } = body;
      if (!board.incidents[delivery.incident_id]) return board;
      return { ...board, deliveries: { ...board.deliveries, [delivery.id]: delivery } };
    }
    case "assignment.rerouted":
      return changeAssignment(board, body.assignment_id, {
        revision: body.revision,
        route: body.route,
        travel_s: body.travel_s,
        rerouted_at: body.rerouted_at,
        reroute_reason: body.reason,
        turns_waived: body.turns_waived ?? 0,
      });
    case "unit.duty_changed": {
      const unit = board.units[body.unit_id];
      if (!unit) return board;
      const changed = {
        ...unit,
        duty: body.duty,
        duty_reason: body.reason,
        duty_code: body.agency_code ?? "",
        duty_since: body.since,
      };
      return { ...board, units: { ...board.units, [unit.id]: changed } };
    }
    case "unit.logged_on":
    case "unit.logged_off": {
      const unit = board.units[body.unit_id];
      if (!unit) return board;
      const logon =
        body.kind === "unit.logged_on" ? { ...body.logon, ...event.private } : null;
      const crewed = loggedOn(unit, logon);
      return { ...board, units: { ...board.units, [unit.id]: crewed } };
    }
    case "emergency.raised":
      return {
        ...board,
        emergencies: { ...board.emergencies, [body.emergency.id]: body.emergency },
      };
    case "emergency.repeated": {
      const emergency = board.emergencies[body.emergency_id];
      if (!emergency) return board;
      const again = { ...emergency, presses: [...emergency.presses, body.pressed_at] };
      return { ...board, emergencies: { ...board.emergencies, [emergency.id]: again } };
    }
    case "emergency.ended":
      return { ...board, emergencies: without(board.emergencies, (e) => e.id === body.emergency_id) };
    case "closure.opened":
      return { ...board, closures: { ...board.closures, [body.closure.id]: body.closure } };
    case "closure.began":
    case "closure.paused": {
      const closure = board.closures[body.closure_id];
      if (!closure) return board;
      const begun: Closure = {
        ...closure,
        state: body.kind === "closure.began" ? "active" : "planned",
        changes_at: body.until ?? null,
        revision: closure.revision + 1,
      };
      return { ...board, closures: { ...board.closures, [closure.id]: begun } };
    }
    case "closure.ended":
      return { ...board, closures: without(board.closures, (c) => c.id === body.closure_id) };
    case "feed.read":
      return { ...board, feeds: { ...board.feeds, [body.feed_id]: body } };
    case "position.set":
      return { ...board, positions: { ...board.positions, [body.position.id]: body.position } };
    case "position.removed":
      return { ...board, positions: without(board.positions, (p) => p.id === body.position_id) };
    case "channel.set": {
      const id = channelId(body);
      return {
        ...board,
        channel_faults: body.fault
          ? { ...board.channel_faults, [id]: body.fault }
          : without(board.channel_faults, (fault) => channelId(fault) === id),
      };
    }
    case "hospital.set":
      return {
        ...board,
        hospitals: body.state
          ? { ...board.hospitals, [body.hospital_id]: body.state }
          : without(board.hospitals, (h) => h.hospital_id === body.hospital_id),
      };
    case "bolo.issued": {
      const bolo = { ...body.bolo, text: event.private["bolo"] ?? "" };
      return { ...board, bolos: { ...board.bolos, [bolo.id]: bolo } };
    }
    case "bolo.ended":
      return { ...board, bolos: without(board.bolos, (b) => b.id === body.bolo_id) };
    case "storm.set":
      return {
        ...board,
        storms: body.storm
          ? { ...board.storms, [body.agency_id]: body.storm }
          : without(board.storms, (s) => s.agency_id === body.agency_id),
      };
    case "region.activated":
      return { ...board, region: body };
    default:
      return board;
  }
}
