/** What the dispatcher's map draws, remade only where something in it changed. */

import { useMemo } from "react";
import type { Assignment, Pick, ZoneCover } from "../api/model";
import type { Board } from "../board/apply";
import type { Cover } from "../board/cover";
import { proposals } from "../board/feeds";
import {
  closureFeatures,
  coverageFeatures,
  incidentFeatures,
  routeFeatures,
  shapeFeatures,
  unitFeatures,
} from "../map/features";
import type { MapContent } from "../map/map_view";
import { useFixes, useNowS, useZone } from "../shell/hub";

const NONE: readonly never[] = [];
/** Ages of fixes are drawn in minutes: this is often enough beside each new fix. */
const AGE_STEP_S = 5;

export function useMapContent(shown: {
  board: Board;
  cover: Cover;
  byUnit: ReadonlyMap<string, Assignment>;
  byIncident: ReadonlyMap<string, readonly Assignment[]>;
  selectedId: string | null;
  picks: readonly Pick[];
  /** With a pick under the pointer, only its route is drawn. */
  hovered: string | null;
  /** Squares of coverage, while they are shown, and the chosen one. */
  zones: readonly ZoneCover[];
  zoneId: string | null;
  /** Whether roads that are proposed for entries of feeds are drawn as well. */
  proposing: boolean;
}): MapContent {
  const { board, cover, byUnit, byIncident, selectedId, picks, hovered, zones, zoneId } = shown;
  const { proposing } = shown;
  const fixes = useFixes();
  const zone = useZone();
  const now_s = Math.floor(useNowS() / AGE_STEP_S) * AGE_STEP_S;
  const units = useMemo(() => {
    const covered = Object.values(board.units).filter((unit) => cover.unit(unit));
    return unitFeatures(covered, byUnit, board.incidents, fixes, picks, now_s, board.units);
  }, [board.units, board.incidents, byUnit, fixes, picks, cover, now_s]);
  const incidents = useMemo(
    () => incidentFeatures(Object.values(board.incidents), selectedId),
    [board.incidents, selectedId],
  );
  const routes = useMemo(() => {
    const drawn = hovered ? picks.filter((pick) => pick.unit_id === hovered) : picks;
    return routeFeatures(drawn, (selectedId && byIncident.get(selectedId)) || NONE, hovered !== null);
  }, [picks, hovered, selectedId, byIncident]);
  const place = selectedId ? board.incidents[selectedId]?.place : undefined;
  const shapes = useMemo(() => shapeFeatures(place ? [place.shape] : []), [place]);
  const closures = useMemo(
    () => {
      const asked = proposing ? proposals(board).map((each) => each.closure) : [];
      return closureFeatures(Object.values(board.closures), zone, asked);
    },
    [board.closures, board.feeds, proposing, zone], // of the board, these two alone
  );
  const coverage = useMemo(() => coverageFeatures(zones, zoneId), [zones, zoneId]);
  return useMemo(
    () => ({ coverage, units, incidents, routes, shapes, closures }),
    [coverage, units, incidents, routes, shapes, closures],
  );
}
