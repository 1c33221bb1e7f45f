/** Drawing a line on the map by clicks; a double click or Enter ends it. Loaded when first used. */

import type { LonLat } from "../api/model";
import { distanceM } from "../board/select";
import type { DispatchMap } from "./dispatch_map";

export interface Drawing {
  stop: () => void;
}

const ROADS = ["roads-major", "roads-middle", "roads-minor"];
const REACH_PX = 14;

/** The nearest point of a drawn line to `at`, on an equal-distance plane there; null without lines. */
export function nearestOn(lines: readonly LonLat[][], at: LonLat): LonLat | null {
  const shrink = Math.cos((at[1] * Math.PI) / 180);
  let best: LonLat | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    for (let i = 1; i < line.length; i += 1) {
      const a = line[i - 1] as LonLat;
      const b = line[i] as LonLat;
      const dx = (b[0] - a[0]) * shrink;
      const dy = b[1] - a[1];
      const along = ((at[0] - a[0]) * shrink * dx + (at[1] - a[1]) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.max(0, Math.min(1, along));
      const point: LonLat = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
      const away = distanceM(point, at);
      if (away < least) {
        least = away;
        best = point;
      }
    }
  }
  return best && [Number(best[0].toFixed(7)), Number(best[1].toFixed(7))];
}

/** The spot on the road under the pointer, if one is drawn within reach. */
function roadAt(map: DispatchMap, x: number, y: number, at: LonLat): LonLat | undefined {
  const layers = ROADS.filter((id) => map.gl.getLayer(id));
  if (layers.length === 0) return undefined;
  const found = map.gl.queryRenderedFeatures(
    [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ],
    { layers },
  );
  const lines = found.flatMap(({ geometry }) => {
    if (geometry.type === "LineString") return [geometry.coordinates as LonLat[]];
    if (geometry.type === "MultiLineString") return geometry.coordinates as LonLat[][];
    return [];
  });
  return nearestOn(lines, at) ?? undefined;
}

/** Start drawing; `onLine` is told of the line so far at each change, with whether it is finished. */
export async function drawLine(
  map: DispatchMap,
  colour: string,
  onLine: (line: LonLat[], finished: boolean) => void,
): Promise<Drawing> {
  const [{ TerraDraw, TerraDrawLineStringMode, TerraDrawSelectMode }, { TerraDrawMapLibreGLAdapter }] =
    await Promise.all([import("terra-draw"), import("terra-draw-maplibre-gl-adapter")]);
  const hex = colour as `#${string}`;
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map: map.gl }),
    modes: [
      new TerraDrawLineStringMode({
        snapping: {
          toCustom: (event) =>
            roadAt(map, event.containerX, event.containerY, [event.lng, event.lat]),
        },
        styles: { lineStringColor: hex, lineStringWidth: 5, closingPointColor: hex },
      }),
      new TerraDrawSelectMode({
        flags: {
          linestring: {
            feature: {
              draggable: false,
              coordinates: { draggable: true, midpoints: true, deletable: true },
            },
          },
        },
        styles: { selectedLineStringColor: hex, selectedLineStringWidth: 5 },
      }),
    ],
  });
  const report = (finished: boolean) => {
    const feature = draw
      .getSnapshot()
      .find((f) => f.geometry.type === "LineString" && f.properties.mode === "linestring");
    if (feature) onLine(feature.geometry.coordinates as LonLat[], finished);
  };
  draw.start();
  draw.setMode("linestring");
  map.setDrawing(true);
  let finished = false;
  draw.on("change", () => finished && report(true));
  draw.on("finish", (id) => {
    if (finished) {
      report(true);
      return;
    }
    finished = true;
    report(true);
    draw.setMode("select");
    draw.selectFeature(id);
  });
  return {
    stop: () => {
      map.setDrawing(false);
      if (draw.enabled) draw.stop();
    },
  };
}
