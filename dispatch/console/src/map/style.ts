/** The map's style: our own tiles beneath, the board's own layers above, in night or day colours.
 * Pure. `glyphs` is left out on purpose: the labels are drawn from the page's own fonts. */

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Theme } from "../shell/theme";
import { NAMED_ZOOM, SCENE_SIZE } from "./features";
import { seatPx, SEATS, TEXT_PX } from "./labels";

export const BOARD_SOURCES = [
  "coverage",
  "shapes",
  "closures",
  "routes",
  "pins",
  "units",
  "incidents",
] as const;
export type BoardSource = (typeof BOARD_SOURCES)[number];

/** The layers that the tiles have, of those that `geodata/tiles.py` can write. */
export type TileLayers = ReadonlySet<string>;

interface Colours {
  ground: string;
  water: string;
  line: string;
  minor: string;
  middle: string;
  major: string;
  label: string;
  areaLabel: string;
  halo: string;
  text: string;
  focus: string;
  closure: string;
  alarm: string;
  late: string;
}

const COLOURS: Record<Theme, Colours> = {
  night: {
    ground: "#0d141b",
    water: "#12304d",
    line: "#71869a",
    minor: "#243342",
    middle: "#33475a",
    major: "#4a6176",
    label: "#8da1b4",
    areaLabel: "#7f93a6",
    halo: "#0d141b",
    text: "#e8eef4",
    focus: "#ffd84d",
    closure: "#ff7a86",
    alarm: "#e01d34",
    late: "#ff9052",
  },
  day: {
    ground: "#f1f0ea",
    water: "#bcd8ee",
    line: "#5d5680",
    minor: "#cfcfcb",
    middle: "#b3b8bd",
    major: "#8e9aa6",
    label: "#47535f",
    areaLabel: "#4b4670",
    halo: "#f7f6f1",
    text: "#10181f",
    focus: "#0b57d0",
    closure: "#b00018",
    alarm: "#c4001a",
    late: "#c65a00",
  },
};

const REGULAR = ["Plex Map"];
const SEMIBOLD = ["Plex Map Semibold"];
const EMPTY = { type: "FeatureCollection" as const, features: [] };

function isClass(...names: string[]): ExpressionSpecification {
  return ["in", ["get", "class"], ["literal", names]];
}

const MAJOR = isClass("motorway", "motorway_link", "trunk", "trunk_link");
const MIDDLE = isClass("primary", "primary_link", "secondary", "secondary_link");

function width(base: number): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.6], ["zoom"], 8, base * 0.4, 12, base, 17, base * 9];
}

function tileLayers(layers: TileLayers, c: Colours, own: string | null): LayerSpecification[] {
  const out: LayerSpecification[] = [];
  if (layers.has("water")) {
    const water = { source: "tiles", "source-layer": "water" };
    out.push(
      {
        ...water,
        id: "water",
        type: "fill",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": c.water },
      },
      {
        ...water,
        id: "streams",
        type: "line",
        filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": c.water, "line-width": 1.5 },
      },
    );
  }
  if (layers.has("roads")) {
    const road = { source: "tiles", "source-layer": "roads", type: "line" as const };
    const layout = { "line-cap": "round" as const, "line-join": "round" as const };
    out.push(
      {
        ...road,
        id: "roads-minor",
        layout,
        filter: ["!", ["any", MAJOR, MIDDLE]],
        paint: { "line-color": c.minor, "line-width": width(0.9) },
      },
      {
        ...road,
        id: "roads-middle",
        layout,
        filter: MIDDLE,
        paint: { "line-color": c.middle, "line-width": width(1.6) },
      },
      {
        ...road,
        id: "roads-major",
        layout,
        filter: MAJOR,
        paint: { "line-color": c.major, "line-width": width(2.4) },
      },
    );
  }
  if (layers.has("municipalities") && own) {
    const area = {
      source: "tiles",
      "source-layer": "municipalities",
      filter: ["==", ["get", "name"], own] as ExpressionSpecification,
    };
    out.push(
      { ...area, id: "own-area", type: "fill", paint: { "fill-color": c.focus, "fill-opacity": 0.08 } },
      {
        ...area,
        id: "own-line",
        type: "line",
        paint: { "line-color": c.focus, "line-width": 2, "line-opacity": 0.9 },
      },
    );
  }
  if (layers.has("municipalities")) {
    out.push({
      id: "area-lines",
      type: "line",
      source: "tiles",
      "source-layer": "municipalities",
      paint: {
        "line-color": c.line,
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 13, 1.2],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.55, 12, 1],
        "line-dasharray": [5, 4],
      },
    });
  }
  if (layers.has("stations")) {
    out.push({
      id: "stations",
      type: "circle",
      source: "tiles",
      "source-layer": "stations",
      minzoom: 11.5,
      paint: {
        "circle-radius": 2.5,
        "circle-color": c.ground,
        "circle-stroke-color": c.label,
        "circle-stroke-width": 1.2,
      },
    });
  }
  if (layers.has("roads")) {
    out.push({
      id: "road-names",
      type: "symbol",
      source: "tiles",
      "source-layer": "roads",
      minzoom: 13,
      filter: ["has", "name"],
      layout: {
        "symbol-placement": "line",
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": 11,
        "symbol-spacing": 320,
      },
      paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.4 },
    });
  }
  if (layers.has("places")) {
    out.push({
      id: "place-names",
      type: "symbol",
      source: "tiles",
      "source-layer": "places",
      maxzoom: 15,
      layout: {
        "text-field": ["upcase", ["get", "name"]],
        "text-font": SEMIBOLD,
        "text-size": 11,
        "text-letter-spacing": 0.16,
        "text-max-width": 12,
        "text-padding": 12,
      },
      paint: { "text-color": c.areaLabel, "text-halo-color": c.halo, "text-halo-width": 1.6 },
    });
  }
  return out;
}

function boardLayers(c: Colours): LayerSpecification[] {
  const halo = { "text-halo-color": c.halo, "text-halo-width": 1.6 };
  return [
    {
      id: "coverage-fill",
      type: "fill",
      source: "coverage",
      paint: {
        "fill-color": ["match", ["get", "tone"], "lost", c.focus, "nobody", c.alarm, c.late],
        "fill-opacity": ["match", ["get", "tone"], "within", 0, "muted", 0, "late", 0.22, 0.34],
      },
    },
    {
      id: "coverage-line",
      type: "line",
      source: "coverage",
      filter: ["any", ["get", "chosen"], ["==", ["get", "tone"], "lost"]],
      paint: { "line-color": c.focus, "line-width": ["case", ["get", "chosen"], 3, 1] },
    },
    {
      id: "shape-fill",
      type: "fill",
      source: "shapes",
      paint: { "fill-color": c.focus, "fill-opacity": 0.1 },
    },
    {
      id: "shape-line",
      type: "line",
      source: "shapes",
      paint: { "line-color": c.focus, "line-width": 1.5, "line-dasharray": [3, 2] },
    },
    {
      id: "closure-area",
      type: "fill",
      source: "closures",
      filter: ["==", ["get", "shape"], "area"],
      paint: { "fill-color": c.closure, "fill-opacity": 0.12 },
    },
    {
      id: "closure-casing",
      type: "line",
      source: "closures",
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: { "line-color": c.halo, "line-width": 9, "line-opacity": 0.85 },
    },
    {
      id: "closure-line",
      type: "line",
      source: "closures",
      filter: ["!", ["any", ["get", "planned"], ["get", "doubt"]]],
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: {
        "line-color": c.closure,
        "line-width": 5,
        "line-dasharray": [1.2, 0.6],
      },
    },
    {
      id: "closure-doubt",
      type: "line",
      source: "closures",
      filter: ["get", "doubt"],
      paint: { "line-color": c.closure, "line-width": 5, "line-dasharray": [0.4, 0.8] },
    },
    {
      id: "closure-planned",
      type: "line",
      source: "closures",
      filter: ["get", "planned"],
      paint: { "line-color": c.closure, "line-width": 2, "line-dasharray": [1, 2] },
    },
    {
      id: "closure-points",
      type: "circle",
      source: "closures",
      filter: ["==", ["get", "shape"], "points"],
      paint: {
        "circle-radius": 6,
        "circle-color": ["case", ["any", ["get", "planned"], ["get", "doubt"]], c.halo, c.closure],
        "circle-stroke-color": c.closure,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "route-casing",
      type: "line",
      source: "routes",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": c.halo, "line-width": 6, "line-opacity": 0.8 },
    },
    {
      id: "route-sent",
      type: "line",
      source: "routes",
      filter: ["get", "sent"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ["get", "colour"], "line-width": 3 },
    },
    {
      id: "route-open",
      type: "line",
      source: "routes",
      filter: ["get", "open"],
      paint: { "line-color": c.focus, "line-width": 2, "line-dasharray": [0.5, 1.5] },
    },
    {
      id: "route-advised",
      type: "line",
      source: "routes",
      filter: ["!", ["any", ["get", "sent"], ["get", "open"]]],
      layout: { "line-join": "round" },
      paint: { "line-color": c.focus, "line-width": 3, "line-dasharray": [2, 1.2] },
    },
    {
      id: "closure-names",
      type: "symbol",
      source: "closures",
      layout: {
        "symbol-placement": "line-center",
        "text-field": ["get", "label"],
        "text-font": SEMIBOLD,
        "text-size": 11,
        "text-offset": [0, 1.2],
        "text-allow-overlap": false,
        "text-rotation-alignment": "viewport",
      },
      paint: { "text-color": c.closure, ...halo },
    },
    {
      id: "closure-point-names",
      type: "symbol",
      source: "closures",
      filter: ["==", ["get", "shape"], "points"],
      layout: {
        "text-field": ["get", "label"],
        "text-font": SEMIBOLD,
        "text-size": 11,
        "text-offset": [0, 1.2],
        "text-allow-overlap": false,
      },
      paint: { "text-color": c.closure, ...halo },
    },
    {
      id: "units-free",
      type: "symbol",
      source: "units",
      filter: ["==", ["get", "rank"], 0],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.55, 13, 0.9],
        "icon-allow-overlap": true,
        "symbol-sort-key": 3,
      },
      paint: { "icon-opacity": ["case", ["get", "old"], 0.55, 1] },
    },
    {
      id: "label-leads",
      type: "line",
      source: "units",
      filter: ["has", "leads"],
      paint: { "line-color": byRank("leads", c.label, c.label, c.focus), "line-width": 1.2 },
    },
    {
      id: "incident-marks",
      type: "symbol",
      source: "incidents",
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "icon-ignore-placement": false,
        "icon-anchor": "center",
        "symbol-sort-key": ["get", "priority"],
      },
      paint: {},
    },
    {
      id: "incident-ring",
      type: "circle",
      source: "incidents",
      filter: ["get", "selected"],
      paint: {
        "circle-radius": 23,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": c.focus,
        "circle-stroke-width": 2.5,
      },
    },
    {
      id: "units-committed",
      type: "symbol",
      source: "units",
      filter: ["==", ["get", "rank"], 1],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "icon-size": ["step", ["zoom"], seated(SCENE_SIZE), NAMED_ZOOM, 1],
        "icon-offset": seatOffset(),
        "symbol-sort-key": 1,
      },
      paint: { "icon-opacity": ["case", ["get", "old"], 0.55, 1] },
    },
    {
      id: "units-advised",
      type: "symbol",
      source: "units",
      filter: ["==", ["get", "rank"], 2],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "icon-size": ["step", ["zoom"], seated(SCENE_SIZE), NAMED_ZOOM, 1],
        "icon-offset": seatOffset(),
        "symbol-sort-key": 0,
      },
      paint: {},
    },
    {
      // Their places are chosen before: what is drawn here lies on no other of them.
      id: "unit-labels",
      type: "symbol",
      source: "units",
      filter: ["has", "text"],
      layout: {
        "text-field": ["get", "text"],
        "text-font": SEMIBOLD,
        "text-size": byRank("text_rank", TEXT_PX[0], TEXT_PX[1], TEXT_PX[2]),
        "text-anchor": "center",
        "text-offset": ["array", "number", 2, ["get", "offset"]],
        "text-max-width": 60,
        "text-allow-overlap": true,
        "symbol-sort-key": ["-", 2, ["get", "text_rank"]],
      },
      paint: { "text-color": byRank("text_rank", c.text, c.text, c.focus), ...halo },
    },
    {
      id: "pin-marks",
      type: "symbol",
      source: "pins",
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "text-field": ["get", "label"],
        "text-font": SEMIBOLD,
        "text-size": 13,
        "text-anchor": "left",
        "text-offset": [1.1, 0],
        "text-allow-overlap": true,
      },
      paint: { "text-color": c.focus, ...halo },
    },
  ];
}

/** Where units on scene are drawn, from their incident. */
function seatOffset(): ExpressionSpecification {
  const seats: (number | ExpressionSpecification)[] = [];
  for (let seat = 1; seat <= SEATS; seat += 1) seats.push(seat, ["literal", seatPx(seat)] as never);
  return ["match", ["get", "seat"], ...seats, ["literal", [0, 0]]] as unknown as ExpressionSpecification;
}

function seated(size: number): ExpressionSpecification {
  return ["case", [">", ["get", "seat"], 0], size, 1];
}

function byRank<T extends number | string>(property: string, free: T, committed: T, advised: T) {
  return ["match", ["get", property], 2, advised, 1, committed, free] as unknown as ExpressionSpecification;
}

/** The whole style.
 *
 * `tiles` is the address of the PMTiles file, null while a region has none; `own` a municipality whose
 * area is marked, or null. */
export function styleFor(
  theme: Theme,
  tiles: string | null,
  layers: TileLayers,
  own: string | null = null,
): StyleSpecification {
  const c = COLOURS[theme];
  const sources: StyleSpecification["sources"] = Object.fromEntries(
    BOARD_SOURCES.map((name) => [name, { type: "geojson" as const, data: EMPTY }]),
  );
  if (tiles) sources.tiles = { type: "vector", url: `pmtiles://${tiles}` };
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      ...(tiles ? tileLayers(layers, c, own) : []),
      ...boardLayers(c),
    ],
  };
}
