/** Where the callsigns on the map stand, so that none lies on another. Units that lie on each other
 * share one label, a list. What is recommended is placed first and always: where there is no room beside
 * its mark, further out with a line to it. Committed units come next, free ones last; a list that has no
 * room is shortened to a number, and a click on it names every one.
 *
 * Pure. All lengths are pixels of the map at the present zoom, x to the east and y to the south, so
 * that a label stands still while the map is moved. */

import { naturally } from "../board/select";

export type Rank = 0 | 1 | 2;

export interface Mark {
  id: string;
  label: string;
  x: number;
  y: number;
  /** Free, committed, recommended. */
  rank: Rank;
  /** Marks of one rank that belong together share a label, however far apart they are. */
  scene?: string;
}

export interface Box {
  west: number;
  north: number;
  east: number;
  south: number;
}

interface Point {
  x: number;
  y: number;
}

export interface Label {
  /** The units that it stands for; the first one's mark is where it belongs. */
  ids: string[];
  rank: Rank;
  text: string;
  box: Box;
  /** The line from its marks to its edge; null where it stands beside them. */
  leader: { from: Point; to: Point } | null;
  /** Where it stood among the places that were tried, and under which of its texts. */
  spot: number;
  wording: number;
}

export const TEXT_PX: Record<Rank, number> = { 0: 11, 1: 12, 2: 13 };
const REACH_PX: Record<Rank, number> = { 0: 6, 1: 7, 2: 12 };
/** Marks nearer than this lie on each other: they share a label. */
const SHARED_PX: Record<Rank, number> = { 0: 16, 1: 12, 2: 16 };
/** Those that share one keep to it until they are this many times as far apart. */
const KEEPS = 1.4;
const LINE_EM = 1.2;
const PAD_PX = 1;
const GAP_PX = 1;
const WIDEST_PX = 118;
/** A longer list of units that are not recommended is named in part. */
const NAMED = 3;
const RING_PX = 22;
const RING_SPOTS = 16;
/** So far out a committed unit's label may stand. */
const RINGS = 3;
/** So far out a recommended one's: beyond it stands beside its mark whatever it covers. */
const FURTHEST_RING = 100;
const CELL_PX = 64;
/** A box that touches more cells than this is compared with all, and kept apart. */
const MOST_CELLS = 1024;
/** Units on scene sit in rows of three under their incident, so that they do not cover it. */
export const SEATS = 9;
/** Beside the marks: under, right of, left of and above them, then the corners. */
const NEAR: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 0],
  [-1, 0],
  [0, -1],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/** How far from its incident a unit on scene sits, where it is drawn at full size; no seat, none. */
export function seatPx(seat: number): [number, number] {
  if (seat < 1 || seat > SEATS) return [0, 0];
  return [(((seat - 1) % 3) - 1) * 38, 30 + Math.floor((seat - 1) / 3) * 32];
}

/** The labels of these marks, those placed first come first.
 *
 * @param blocked what no label may cover: the marks of incidents.
 * @param widthOf of a line of text at so many pixels.
 * @param before the labels drawn last: a label stays where it stood while there is room.
 * @param named whether free units are named; else they are counted, where several lie on each other. */
export function layOut(
  marks: readonly Mark[],
  blocked: readonly Box[],
  widthOf: (line: string, size_px: number) => number,
  before: readonly Label[] = [],
  named = true,
): Label[] {
  const taken = new Taken();
  for (const box of blocked) taken.add(box);
  for (const mark of marks) if (mark.rank > 0) taken.add(around([mark]));
  const stood = new Map(before.flatMap((label) => label.ids.map((id) => [id, label] as const)));
  const labels: Label[] = [];
  for (const group of grouped(marks, stood)) {
    const rank = group[0]!.rank;
    const texts = textsOf(group, rank, widthOf, named);
    const label = placed(group, rank, texts, taken, widthOf, stood.get(group[0]!.id));
    if (!label) continue;
    taken.add(label.box);
    labels.push(label);
  }
  return labels;
}

/** Marks that lie on each other, recommended ones first. */
function grouped(marks: readonly Mark[], stood: ReadonlyMap<string, Label>): Mark[][] {
  const ordered = [...marks].sort((a, b) => b.rank - a.rank);
  const groups: Mark[][] = [];
  const cells = new Map<string, Mark[][]>();
  const scenes = new Map<string, Mark[]>();
  for (const mark of ordered) {
    if (mark.scene !== undefined) {
      const key = `${mark.rank} ${mark.scene}`;
      const scene = scenes.get(key);
      if (scene) scene.push(mark);
      else {
        const group = [mark];
        scenes.set(key, group);
        groups.push(group);
      }
      continue;
    }
    const reach = SHARED_PX[mark.rank] * KEEPS;
    const [column, row] = [Math.floor(mark.x / reach), Math.floor(mark.y / reach)];
    let joined: Mark[] | undefined;
    for (let dx = -1; dx <= 1 && !joined; dx += 1) {
      for (let dy = -1; dy <= 1 && !joined; dy += 1) {
        joined = cells.get(`${mark.rank} ${column + dx} ${row + dy}`)?.find((group) => {
          const first = group[0]!;
          const shared = stood.get(mark.id)?.ids.includes(first.id) ?? false;
          const within = SHARED_PX[mark.rank] * (shared ? KEEPS : 1);
          return Math.hypot(first.x - mark.x, first.y - mark.y) < within;
        });
      }
    }
    if (joined) {
      joined.push(mark);
      continue;
    }
    const group = [mark];
    groups.push(group);
    const key = `${mark.rank} ${column} ${row}`;
    const cell = cells.get(key);
    if (cell) cell.push(group);
    else cells.set(key, [group]);
  }
  return groups;
}

/** What the label may say, the fullest first. */
function textsOf(
  group: readonly Mark[],
  rank: Rank,
  widthOf: (line: string, size_px: number) => number,
  named: boolean,
): string[] {
  const names = group.map((mark) => mark.label).sort(naturally);
  const all = list(names, rank, widthOf);
  if (rank === 2) return [all];
  const number = `×${names.length}`;
  if (rank === 0 && !named) return group.length > 1 ? [number] : [];
  if (group.length === 1) return [all];
  const part = list([...names.slice(0, NAMED), `+${names.length - NAMED}`], rank, widthOf);
  return group.length > NAMED + 1 ? [all, part, number] : [all, number];
}

/** Callsigns in lines that are not wider than need be. */
function list(
  names: readonly string[],
  rank: Rank,
  widthOf: (line: string, size_px: number) => number,
): string {
  const lines: string[] = [];
  for (const name of names) {
    const longer = lines.length > 0 ? `${lines.at(-1)}, ${name}` : name;
    if (lines.length > 0 && widthOf(longer, TEXT_PX[rank]) <= WIDEST_PX) lines[lines.length - 1] = longer;
    else if (lines.length > 0) {
      lines[lines.length - 1] += ",";
      lines.push(name);
    } else lines.push(name);
  }
  return lines.join("\n");
}

function placed(
  group: readonly Mark[],
  rank: Rank,
  texts: readonly string[],
  taken: Taken,
  widthOf: (line: string, size_px: number) => number,
  stood: Label | undefined,
): Label | null {
  const marks = around(group);
  const middle = { x: (marks.west + marks.east) / 2, y: (marks.north + marks.south) / 2 };
  const ids = group.map((mark) => mark.id);
  const sizes = texts.map((text) => sizeOf(text, TEXT_PX[rank], widthOf));
  const at = (wording: number, spot: number): Label => {
    const size = sizes[wording]!;
    const near = spot < NEAR.length;
    const { x, y } = near ? beside(marks, middle, size, NEAR[spot]!) : onRing(marks, middle, size, spot - NEAR.length);
    const box = {
      west: x - size.wide / 2,
      north: y - size.high / 2,
      east: x + size.wide / 2,
      south: y + size.high / 2,
    };
    return { ids, rank, text: texts[wording]!, box, leader: near ? null : { from: middle, to: edgeOf(box, middle) }, spot, wording };
  };
  const tried = (wording: number, spot: number): Label | null => {
    const label = at(wording, spot);
    return taken.isFree(label.box) ? label : null;
  };
  for (const wording of texts.keys()) {
    const last = stood?.wording === wording ? stood.spot : undefined;
    const spots = NEAR.map((_, spot) => spot);
    if (last !== undefined) {
      if (last < NEAR.length) spots.unshift(last);
      else spots.push(last);
    }
    for (const spot of spots) {
      const label = tried(wording, spot);
      if (label) return label;
    }
  }
  const shortest = texts.length - 1;
  if (rank === 0 || shortest < 0) return null;
  const wording = rank === 2 ? 0 : shortest;
  const rings = rank === 2 ? FURTHEST_RING : RINGS;
  for (let spot = NEAR.length; spot < NEAR.length + rings * RING_SPOTS; spot += 1) {
    const label = tried(wording, spot);
    if (label) return label;
  }
  return rank === 2 ? at(wording, 0) : null;
}

interface Size {
  wide: number;
  high: number;
}

function sizeOf(text: string, size_px: number, widthOf: (line: string, size_px: number) => number): Size {
  const lines = text.split("\n");
  return {
    wide: Math.max(...lines.map((line) => widthOf(line, size_px))) + 2 * PAD_PX,
    high: lines.length * size_px * LINE_EM + 2 * PAD_PX,
  };
}

function beside(marks: Box, middle: Point, size: Size, [x, y]: readonly [number, number]) {
  return {
    x: middle.x + x * ((marks.east - marks.west + size.wide) / 2 + GAP_PX),
    y: middle.y + y * ((marks.south - marks.north + size.high) / 2 + GAP_PX),
  };
}

/** On rings around the marks, each further out, first to the right. */
function onRing(marks: Box, middle: Point, size: Size, index: number) {
  const ring = Math.floor(index / RING_SPOTS) + 1;
  const turn = ((index % RING_SPOTS) / RING_SPOTS) * 2 * Math.PI;
  const wide = (marks.east - marks.west + size.wide) / 2 + ring * RING_PX;
  const high = (marks.south - marks.north + size.high) / 2 + ring * RING_PX;
  return { x: middle.x + Math.cos(turn) * wide, y: middle.y + Math.sin(turn) * high };
}

/** Where a line from outside to the middle of the box meets it. */
function edgeOf(box: Box, from: Point): Point {
  const middle = { x: (box.west + box.east) / 2, y: (box.north + box.south) / 2 };
  const [dx, dy] = [from.x - middle.x, from.y - middle.y];
  const share = Math.min(
    1,
    (box.east - box.west) / 2 / Math.max(Math.abs(dx), 1e-9),
    (box.south - box.north) / 2 / Math.max(Math.abs(dy), 1e-9),
  );
  return { x: middle.x + dx * share, y: middle.y + dy * share };
}

/** All that the marks of a group cover. */
function around(group: readonly Mark[]): Box {
  const box = { west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
  for (const { x, y, rank } of group) {
    const reach = REACH_PX[rank];
    box.west = Math.min(box.west, x - reach);
    box.north = Math.min(box.north, y - reach);
    box.east = Math.max(box.east, x + reach);
    box.south = Math.max(box.south, y + reach);
  }
  return box;
}

export function overlap(a: Box, b: Box): boolean {
  return a.west < b.east && b.west < a.east && a.north < b.south && b.north < a.south;
}

/** Boxes by the cells that they touch. */
class Taken {
  private readonly all: Box[] = [];
  private readonly huge: Box[] = [];
  private readonly cells = new Map<string, Box[]>();

  add(box: Box): void {
    this.all.push(box);
    const touched = cellsOf(box);
    if (touched === null) this.huge.push(box);
    for (const cell of touched ?? []) {
      const boxes = this.cells.get(cell);
      if (boxes) boxes.push(box);
      else this.cells.set(cell, [box]);
    }
  }

  isFree(box: Box): boolean {
    const lies = (other: Box) => overlap(box, other);
    const touched = cellsOf(box);
    if (touched === null) return !this.all.some(lies);
    return !this.huge.some(lies) && touched.every((cell) => !this.cells.get(cell)?.some(lies));
  }
}

/** Null where they are too many: one that has no end, or none that a number can say, included. */
function cellsOf(box: Box): string[] | null {
  const [west, north] = [Math.floor(box.west / CELL_PX), Math.floor(box.north / CELL_PX)];
  const wide = Math.floor(box.east / CELL_PX) - west + 1;
  const high = Math.floor(box.south / CELL_PX) - north + 1;
  if (!(wide * high <= MOST_CELLS)) return null;
  const cells: string[] = [];
  for (let i = 0; i < wide; i += 1) {
    for (let k = 0; k < high; k += 1) cells.push(`${west + i} ${north + k}`);
  }
  return cells;
}
