/** Drawing a line on the map by clicks; a double click or Enter ends it. Loaded when first used. */

import type { LonLat } from "../api/model";
import type { DispatchMap } from "./dispatch_map";

export interface Drawing {
  stop: () => void;
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
