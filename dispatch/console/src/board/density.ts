/** How closely the unit board is set, so that all units of a position's disciplines stand in sight. Pure.
 * The lengths are those of `styles/dispatcher.css`. */

import { isUnanswered } from "./corrections";
import type { UnitGroup } from "./select";

const HEAD_PX = 23;
const COMMITTED_PX = 26;
/** Its second line, where a crew is silent. */
const SILENT_PX = 15;
const AVAILABLE_PX = 24;
const ROOM_PX = 7;
const LINE_PX = 24;
const BUTTON_PX = 46;
const SIDES_PX = 8;
/** Characters of a callsign that a button holds, and each button's width more. */
const FIRST_CHARS = 5;
const MORE_CHARS = 6;
const WIDEST = 4;

/** How many places of the free units' grid so many characters need. */
export function placesFor(chars: number): number {
  return Math.min(WIDEST, 1 + Math.ceil(Math.max(0, chars - FIRST_CHARS) / MORE_CHARS));
}

/** Whether committed units stand in three columns, without the number of their incident: where two
 * columns of all these would be higher than the board. */
export function isDense(groups: readonly UnitGroup[], width_px: number, height_px: number): boolean {
  return width_px > 0 && heightOf(groups, width_px) > height_px;
}

/** The height of these, committed ones in two columns. */
export function heightOf(groups: readonly UnitGroup[], width_px: number): number {
  const columns = Math.max(1, Math.floor((width_px - SIDES_PX) / BUTTON_PX));
  const heights = groups.map((group) => {
    const silent = group.committed.filter(({ live }) => live && isUnanswered(live)).length;
    const places = group.available.reduce((sum, unit) => sum + placesFor(unit.id.length), 0);
    return (
      HEAD_PX +
      ROOM_PX +
      Math.ceil(group.committed.length / 2) * COMMITTED_PX +
      silent * SILENT_PX +
      Math.ceil(places / columns) * AVAILABLE_PX +
      (group.parked.length + (group.out.length > 0 ? 1 : 0)) * LINE_PX
    );
  });
  return heights.reduce((sum, height) => sum + height, 0);
}
