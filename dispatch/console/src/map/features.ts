/** Turns the board into what the map draws. Pure; time is an argument. */

import type { Feature, FeatureCollection, Point } from "geojson";
import { askedIn } from "../board/asked";
import type { Assignment, Closure, Fix, Incident, LonLat, Pick, Shape, Unit, ZoneCover } from "../api/model";
import { effectWords } from "../board/blocks";
import { parkedBy } from "../board/crews";
import { distanceM, isPending } from "../board/select";
import { CODES, statusOf } from "../board/status";
import { ageWords, timeOfDay } from "../board/words";
import { incidentIcon, STATUS_COLOUR, unitIcon } from "./icons";
import { layOut, seatPx, SEATS, TEXT_PX, type Box, type Label, type Mark, type Rank } from "./labels";

/** A fix older than this is drawn as old, with its age beside the callsign. */
export const OLD_FIX_S = 90;

export function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

function point(at: LonLat, properties: Record<string, unknown>): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties };
}

function line(coordinates: LonLat[], properties: Record<string, unknown>): Feature {
  return { type: "Feature", geometry: { type: "LineString", coordinates }, properties };
}

export function unitFeatures(
  units: readonly Unit[],
  live: ReadonlyMap<string, Assignment>,
  incidents: Readonly<Record<string, Incident>>,
  fixes: ReadonlyMap<string, Fix>,
  picks: readonly Pick[],
  now_s: number,
  /** All of the board: a crew may be out with a vehicle that is not drawn. */
  all: Readonly<Record<string, Unit>> = {},
): FeatureCollection {
  const advised = new Map(picks.map((pick) => [pick.unit_id, pick]));
  const seated = new Map<string, number>();
  const features: Feature[] = [];
  for (const unit of units) {
    const assignment = live.get(unit.id);
    const fix = fixes.get(unit.id);
    const pick = advised.get(unit.id);
    const code = statusOf(unit, assignment);
    if (code === "OOS" && !pick) continue;
    let at = fix?.at ?? unit.home;
    let seat = 0;
    const incident = assignment && incidents[assignment.incident_id];
    if (incident && (code === "OS" || code === "ST")) {
      const next = (seated.get(incident.id) ?? 0) + 1;
      seated.set(incident.id, next);
      if (next <= SEATS) {
        seat = next;
        at = incident.place.at;
      }
    }
    const age_s = fix ? now_s - Date.parse(fix.received_at) / 1000 : null;
    const old = seat === 0 && age_s !== null && age_s > OLD_FIX_S;
    const aged = old && age_s !== null ? ` ${ageWords(age_s)} old` : "";
    const crewWith = unit.crew ? parkedBy(unit, all, live) : null;
    const parked = crewWith === null ? "" : ` parked, crew with ${crewWith}`;
    const rank = pick ? 2 : assignment ? 1 : 0;
    features.push(
      point(at, {
        id: unit.id,
        icon: unitIcon(unit.discipline, code, old, Boolean(pick)),
        label: `${unit.id}${parked}${aged}`,
        rank,
        old,
        seat,
        scene: seat > 0 ? incident?.id : "",
      }),
    );
  }
  return collection(features);
}

/** From this zoom on free units are named; further out those that lie on each other are counted. */
export const NAMED_ZOOM = 12.2;
/** Further out units on scene are drawn so much smaller and nearer to each other, under one label. */
export const SCENE_SIZE = 0.6;
const INCIDENT_PX = 15;
const CHOSEN_PX = 24;
const TILE_PX = 512;

/** The units and their labels, laid out for this zoom, and the lines from labels to marks.
 *
 * @param widthOf of a line of text at so many pixels.
 * @param before the labels drawn last. */
export function withLabels(
  units: FeatureCollection,
  incidents: FeatureCollection,
  zoom: number,
  widthOf: (line: string, size_px: number) => number,
  before: readonly Label[],
): { drawn: FeatureCollection; labels: Label[] } {
  const world_px = TILE_PX * 2 ** zoom;
  const near = zoom >= NAMED_ZOOM;
  const places = new Map<string, LonLat>();
  const marks = units.features.map((feature): Mark => {
    const { id, label, rank, seat, scene } = feature.properties as {
      id: string;
      label: string;
      rank: Rank;
      seat: number;
      scene: string;
    };
    const at = placeOf(feature);
    places.set(id, at);
    const [x, y] = toPx(at, world_px);
    const [dx, dy] = seatPx(seat);
    if (scene && !near) return { id, label, rank, x: x + dx * SCENE_SIZE, y: y + dy * SCENE_SIZE, scene };
    return { id, label, rank, x: x + dx, y: y + dy };
  });
  const blocked = incidents.features.map((feature): Box => {
    const [x, y] = toPx(placeOf(feature), world_px);
    const reach = feature.properties?.selected ? CHOSEN_PX : INCIDENT_PX;
    return { west: x - reach, north: y - reach, east: x + reach, south: y + reach };
  });
  const labels = layOut(marks, blocked, widthOf, before, near);
  const drawn = [...units.features];
  for (const { ids, rank, text, box, leader } of labels) {
    const first = ids[0] as string;
    const at = places.get(first) as LonLat;
    const [x, y] = toPx(at, world_px);
    const middle: [number, number] = [(box.west + box.east) / 2, (box.north + box.south) / 2];
    const offset = [(middle[0] - x) / TEXT_PX[rank], (middle[1] - y) / TEXT_PX[rank]];
    drawn.push(point(at, { id: first, ids: ids.join(" "), text, offset, text_rank: rank }));
    if (leader) {
      const ends = [leader.from, leader.to].map((end) => toLonLat([end.x, end.y], world_px));
      drawn.push(line(ends, { leads: rank }));
    }
  }
  return { drawn: collection(drawn), labels };
}

/** Whether the labels are to be laid out anew: an incident's mark lies where none lay, or is of another size. */
export function marksDiffer(before: FeatureCollection, after: FeatureCollection): boolean {
  const marks = (all: FeatureCollection) =>
    all.features.map((one) => `${placeOf(one).join()} ${Boolean(one.properties?.selected)}`).sort();
  const [was, is] = [marks(before), marks(after)];
  return was.length !== is.length || was.some((mark, i) => mark !== is[i]);
}

function placeOf(feature: Feature): LonLat {
  return (feature.geometry as Point).coordinates as LonLat;
}

/** Where Web Mercator's square ends: a pole would lie at no pixel at all. */
const EDGE_LAT = 85.051129;

/** Web Mercator, in pixels of a world so wide. */
function toPx([lon, lat]: LonLat, world_px: number): [number, number] {
  const sin = Math.sin((Math.min(EDGE_LAT, Math.max(-EDGE_LAT, lat)) * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  return [(lon / 360 + 0.5) * world_px, y * world_px];
}

function toLonLat([x, y]: [number, number], world_px: number): LonLat {
  const lat = (2 * Math.atan(Math.exp((0.5 - y / world_px) * 2 * Math.PI)) - Math.PI / 2) * (180 / Math.PI);
  return [(x / world_px - 0.5) * 360, lat];
}

export function incidentFeatures(
  incidents: readonly Incident[],
  selectedId: string | null,
): FeatureCollection {
  return collection(
    incidents.map((incident) =>
      point(incident.place.at, {
        id: incident.id,
        icon: incidentIcon(askedIn(incident).priority, isPending(incident)),
        priority: askedIn(incident).priority,
        selected: incident.id === selectedId,
      }),
    ),
  );
}

/** Cross hairs on places that are not incidents yet, with a word beside each. */
export function pinFeatures(pins: readonly { at: LonLat; label: string }[]): FeatureCollection {
  return collection(pins.map(({ at, label }) => point(at, { icon: "pin", label })));
}

export function routeFeatures(
  picks: readonly Pick[],
  assignments: readonly Assignment[],
  /** Draw also what the picks' ways would be with every road open. */
  compared = false,
): FeatureCollection {
  const sent = assignments
    .filter((a) => a.route.length > 1 && (a.status === "dispatched" || a.status === "enroute"))
    .map((a) => line(a.route, { sent: true, open: false, colour: STATUS_COLOUR[CODES[a.status]] }));
  const advised = picks
    .filter((pick) => pick.route.length > 1)
    .map((pick) => line(pick.route, { sent: false, open: false, colour: "" }));
  const open = (compared ? picks : [])
    .flatMap((pick) => (pick.without && pick.without.route.length > 1 ? [pick.without.route] : []))
    .map((route) => line(route, { sent: false, open: true, colour: "" }));
  return collection([...open, ...sent, ...advised]);
}

export function closureFeatures(
  closures: readonly Closure[],
  zone: string,
  /** Placed in doubt only: drawn so that a person can say whether it is that road. */
  proposed: readonly Closure[] = [],
): FeatureCollection {
  const doubted = new Set(proposed);
  return collection(
    [...closures, ...proposed].map((closure) => {
      const planned = closure.state === "planned";
      const until = timeOfDay(closure.changes_at ?? closure.ends_at, zone, false);
      const from = timeOfDay(closure.changes_at ?? closure.begins_at, zone, false);
      const ways = closure.direction === "along" ? " one way" : "";
      const asked = doubted.has(closure) ? "IS IT HERE? " : "";
      const label = `${asked}${effectWords(closure)} ${planned ? `from ${from}` : `to ${until}${ways}`}`;
      const properties = { id: closure.id, label, planned: planned && !asked, doubt: !closure.confirmed || Boolean(asked), shape: closure.shape };
      return { type: "Feature", geometry: closureGeometry(closure), properties };
    }),
  );
}

/** What the feed or the person has said: a line, an area's outline, or points that lie on the road. */
function closureGeometry(closure: Closure): Feature["geometry"] {
  if (closure.shape === "area") return { type: "Polygon", coordinates: [closed(closure.line)] };
  if (closure.shape === "points") return { type: "MultiPoint", coordinates: closure.line };
  return { type: "LineString", coordinates: closure.line };
}

const EARTH_RADIUS_M = 6_371_008.8;

/** Circles and polygons as areas; a point has none. */
export function shapeFeatures(shapes: readonly Shape[]): FeatureCollection {
  const features: Feature[] = [];
  for (const shape of shapes) {
    if (shape.kind === "point") continue;
    const ring = shape.kind === "circle" ? circleRing(shape.centre, shape.radius_m) : closed(shape.ring);
    features.push({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [ring] },
      properties: {},
    });
  }
  return collection(features);
}

/** Squares that are not reached in time, that this dispatch would lose, and those left out. A square
 * that is covered now and after is not drawn: the map shows what is missing. */
export function coverageFeatures(zones: readonly ZoneCover[], chosenId: string | null): FeatureCollection {
  const features: Feature[] = [];
  for (const zone of zones) {
    const chosen = zone.zone_id === chosenId;
    const tone = zone.muted
      ? "muted"
      : zone.within && !zone.within_after
        ? "lost"
        : zone.within
          ? "within"
          : zone.seconds === null
            ? "nobody"
            : "late";
    const [west, south, east, north] = zone.box;
    const ring = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ];
    features.push({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [ring] },
      properties: { id: zone.zone_id, tone, chosen },
    });
  }
  return collection(features);
}

/** The centre of a shape and the radius around it that holds all of it; a point has none. */
export function circleOf(shape: Shape): { at: LonLat; radius_m: number } {
  if (shape.kind === "point") return { at: shape.at, radius_m: 0 };
  if (shape.kind === "circle") return { at: shape.centre, radius_m: shape.radius_m };
  const box = boundsOf(shape.ring) ?? [0, 0, 0, 0];
  const at: LonLat = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return { at, radius_m: Math.max(...shape.ring.map((corner) => distanceM(at, corner))) };
}

function closed(ring: LonLat[]): LonLat[] {
  const first = ring[0];
  const last = ring.at(-1);
  if (!first || !last || (first[0] === last[0] && first[1] === last[1])) return ring;
  return [...ring, first];
}

function circleRing(centre: LonLat, radius_m: number): LonLat[] {
  const dLat = (radius_m / EARTH_RADIUS_M) * (180 / Math.PI);
  const dLon = dLat / Math.max(Math.cos((centre[1] * Math.PI) / 180), 1e-6);
  return Array.from({ length: 49 }, (_, i) => {
    const a = (2 * Math.PI * i) / 48;
    return [centre[0] + dLon * Math.cos(a), centre[1] + dLat * Math.sin(a)] as LonLat;
  });
}

/** [west, south, east, north] around the points, or null for none. */
export function boundsOf(points: readonly LonLat[]): [number, number, number, number] | null {
  if (points.length === 0) return null;
  const lons = points.map((p) => p[0]);
  const lats = points.map((p) => p[1]);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
