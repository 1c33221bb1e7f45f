/** What the call-taker has typed so far, kept per tab so that nothing typed is ever lost, and how it
 * becomes a call. Pure but for `keep` and `kept`. */

import type { Call, Incident, IncidentType, LonLat, Place, PlaceCandidate, Shape } from "../api/model";
import { coordinates } from "../board/words";

export interface DraftPlace {
  at: LonLat;
  address: string;
  cross_street: string;
  municipality: string | null;
  verified: boolean;
  /** The caller was asked for it again and said the same. */
  repeated: boolean;
  /** Kind of the candidate that it was; null: a pin, or as typed. */
  found_as: string | null;
  /** Metres of uncertainty; 0 is a point. */
  radius_m: number;
  /** Where it may be, when that is no circle: whose it is goes by this, and not by its middle. */
  area?: Shape;
}

/** What a form corrects: an incident, as it stood when the form was opened or last refused. */
export interface Corrects {
  incident_id: string;
  number: string;
  revision: number;
  place: DraftPlace;
  incident_type: string;
  priority: number;
}

export interface Draft {
  /** The call that the hub knows: one that rang, or that it was told of with the first key. */
  call_id: string | null;
  channel: "voice" | "text" | "alarm";
  said: string;
  place: DraftPlace | null;
  caller_at: string;
  caller_radius_m: string;
  callback: string;
  caller_name: string;
  type_text: string;
  incident_type: string | null;
  priority: number | null;
  note: string;
  /** The later time for which it is wanted, as typed; empty: now. */
  wanted: string;
  started_at: string | null;
  /** The incident that is corrected; null: the form takes a call. */
  corrects: Corrects | null;
}

export const EMPTY_DRAFT: Draft = {
  call_id: null,
  channel: "voice",
  said: "",
  place: null,
  caller_at: "",
  caller_radius_m: "",
  callback: "",
  caller_name: "",
  type_text: "",
  incident_type: null,
  priority: null,
  note: "",
  wanted: "",
  started_at: null,
  corrects: null,
};

const KEPT = "dispatch.call";

export function keptDraft(): Draft {
  const kept = sessionStorage.getItem(KEPT);
  return kept ? { ...EMPTY_DRAFT, ...(JSON.parse(kept) as Partial<Draft>) } : EMPTY_DRAFT;
}

export function keepDraft(draft: Draft): void {
  sessionStorage.setItem(KEPT, JSON.stringify(draft));
}

export function placeFrom(candidate: PlaceCandidate): DraftPlace {
  return {
    at: candidate.at,
    address: candidate.label,
    cross_street: candidate.cross_street,
    municipality: candidate.municipality,
    // A spot that was read out is exact, and nothing on the map has confirmed it.
    verified: !candidate.approximate && candidate.kind !== "coordinates",
    repeated: false,
    found_as: candidate.kind,
    radius_m: 0,
  };
}

/** One page of candidates: what the digits 1 to `size` pick. */
export function pageOf<T>(found: readonly T[], page: number, size: number): readonly T[] {
  return found.slice(page * size, (page + 1) * size);
}

export function pagesOf(found: readonly unknown[], size: number): number {
  return Math.max(1, Math.ceil(found.length / size));
}

/** A pin, or typed coordinates: accepted as it is and flagged unverified. */
export function pinned(at: LonLat, address: string, radius_m = 0, shape: Shape | null = null): DraftPlace {
  const pin = { at, address, cross_street: "", municipality: null, verified: false, repeated: false, found_as: null };
  return { ...pin, radius_m, ...areaOf(shape) };
}

function areaOf(shape: Shape | null): { area?: Shape } {
  return shape?.kind === "polygon" ? { area: shape } : {};
}

/** Where it may be, as the hub is told. */
export function placeShape(place: DraftPlace): Shape {
  return place.area ?? shapeOf(place.at, place.radius_m);
}

export function shapeOf(at: LonLat, radius_m: number): Shape {
  return radius_m > 0 ? { kind: "circle", centre: at, radius_m } : { kind: "point", at };
}

/** The form goes on with a call that rang, that was saved without an incident, or that another screen
 * had, with all that was typed there. */
export function draftOf(call: Call, types: readonly IncidentType[]): Draft {
  const { form } = call;
  const incident_type = form?.incident_type ?? null;
  return {
    ...EMPTY_DRAFT,
    call_id: call.id,
    channel: call.channel,
    said: call.said,
    callback: call.callback ?? "",
    caller_name: call.caller_name ?? "",
    place: form?.place ? placeOf(form.place) : null,
    incident_type,
    type_text: types.find((t) => t.incident_type === incident_type)?.label ?? form?.type_text ?? "",
    caller_at: form?.caller_at ?? "",
    priority: form?.priority ?? null,
    note: call.note ?? "",
    wanted: form?.wanted ?? "",
    started_at: call.received_at,
  };
}

function placeOf(place: Place): DraftPlace {
  const { at, shape, address, cross_street, municipality, verified, repeated, found_as } = place;
  const radius_m = shape.kind === "circle" ? shape.radius_m : 0;
  return { at, address, cross_street, municipality, verified, repeated, found_as: found_as ?? null, radius_m, ...areaOf(shape) };
}

/** What the form may change of an incident, as it stands. */
export function correctsOf(incident: Incident): Corrects {
  return {
    incident_id: incident.id,
    number: incident.number,
    revision: incident.revision,
    place: placeOf(incident.place),
    incident_type: incident.incident_type,
    priority: incident.priority,
  };
}

/** The form with an incident that was committed, to correct where or what it is. `call` is the one
 * that told of it, whose device may be located anew; null: it is not on this board. */
export function correctionOf(incident: Incident, call: Call | null, started_at: string): Draft {
  const corrects = correctsOf(incident);
  return {
    ...EMPTY_DRAFT,
    corrects,
    started_at,
    call_id: call?.id ?? null,
    channel: call?.channel ?? "voice",
    callback: call?.callback ?? "",
    caller_name: call?.caller_name ?? "",
    said: incident.place.address || coordinates(incident.place.at),
    place: corrects.place,
    incident_type: incident.incident_type,
    type_text: incident.type_label,
    priority: incident.priority,
  };
}

/** What the form says that the incident does not: the body of `PATCH /incidents/ID`; null: nothing. */
export function correctionBody(draft: Draft): Record<string, unknown> | null {
  const { corrects, place } = draft;
  if (!corrects || !place) return null;
  const moved = JSON.stringify(place) !== JSON.stringify(corrects.place);
  const retyped = draft.incident_type !== null && draft.incident_type !== corrects.incident_type;
  const ranked = draft.priority !== null && draft.priority !== corrects.priority;
  if (!moved && !retyped && !ranked) return null;
  return {
    revision: corrects.revision,
    ...(moved ? { place: placeBody(place) } : {}),
    ...(retyped ? { incident_type: draft.incident_type } : {}),
    ...(ranked ? { priority: draft.priority } : {}),
  };
}

export function placeBody(place: DraftPlace): Record<string, unknown> {
  return {
    at: place.at,
    shape: placeShape(place),
    address: place.address,
    cross_street: place.cross_street,
    municipality: place.municipality,
    verified: place.verified,
    repeated: place.repeated,
    found_as: place.found_as,
  };
}

/** Somebody typed on after this was sent. That the hub has begun the call since is nobody's typing. */
export function typedOn(sent: Draft, now: Draft): boolean {
  return JSON.stringify({ ...now, call_id: sent.call_id }) !== JSON.stringify(sent);
}

/** Location and type stand: it may be committed. */
export function commits(draft: Draft): boolean {
  return draft.place !== null && draft.incident_type !== null;
}

/** What a chosen type puts into the form; the priority follows from the type. */
export function fieldsOf(type: IncidentType): Pick<Draft, "incident_type" | "type_text" | "priority"> {
  return { incident_type: type.incident_type, type_text: type.label, priority: null };
}

/** What `Ctrl+Enter` commits: the form, with the only type that fits the words where none was picked;
 * or what is still needed.
 *
 * @param fitting types that fit what is typed as the type, the closest first
 */
export function committed(draft: Draft, fitting: readonly IncidentType[]): Draft | string {
  if (commits(draft)) return draft;
  if (!draft.place) return "A location is needed: pick a candidate, click the map, or pin it as typed with 0.";
  const only = fitting[0];
  if (only && fitting.length === 1) return { ...draft, ...fieldsOf(only) };
  return only
    ? `Not saved: ${fitting.length} types fit “${draft.type_text.trim()}”. Enter takes the first, ↓ the next.`
    : "A type is needed: type a word of it and press Enter.";
}

/** The body of `POST /calls`, without empty fields. */
export function callBody(
  draft: Draft,
  caller: { at: LonLat; radius_m: number } | null,
  joins: string | null,
  call_id: string | null = draft.call_id,
  wanted_at: string | null = null,
): Record<string, unknown> {
  const { place } = draft;
  const unread = !caller && draft.caller_at.trim() ? `Caller's own location, as given: ${draft.caller_at.trim()}` : "";
  const body: Record<string, unknown> = {
    call_id,
    channel: draft.channel,
    said: draft.said,
    callback: draft.callback || null,
    caller_name: draft.caller_name || null,
    caller_location: caller ? shapeOf(caller.at, caller.radius_m) : null,
    place: place && placeBody(place),
    incident_type: joins ? null : draft.incident_type,
    priority: joins ? null : draft.priority,
    // What no search has made a point of yet is not lost with the form.
    note: [draft.note, unread].filter(Boolean).join("\n") || null,
    join_incident_id: joins,
    wanted_at: joins ? null : wanted_at,
    wanted: joins ? null : draft.wanted || null,
    received_at: draft.started_at,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
