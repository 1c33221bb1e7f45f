/** The map itself, held outside React: made once, told what to draw, never asked what it thinks. */

import {
  addProtocol,
  AttributionControl,
  Map as GlMap,
  setWorkerUrl,
  type GeoJSONSource,
  type MapMouseEvent,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { FeatureCollection } from "geojson";
import { PMTiles, Protocol } from "pmtiles";
import type { LonLat } from "../api/model";
import type { Theme } from "../shell/theme";
import { marksDiffer, withLabels } from "./features";
import { drawIcon } from "./icons";
import type { Label } from "./labels";
import { AT_FIRST, HELD_MS, isSlow, lag_s, nextDraw_ms, waitsForKey, withFrame } from "./pace";
import { BOARD_SOURCES, styleFor, type BoardSource, type TileLayers } from "./style";

setWorkerUrl(workerUrl);
const protocol = new Protocol();
addProtocol("pmtiles", protocol.tile);

export interface MapPicked {
  incident: (id: string) => void;
  unit: (id: string) => void;
  /** Where several lie on each other under the click, `x` and `y` pixels from the map's corner. */
  several: (ids: readonly string[], x: number, y: number) => void;
  closure: (id: string) => void;
  /** A square of coverage, where nothing else lies under the click. */
  zone: (id: string) => void;
  /** A click on nothing. */
  spot: (at: LonLat) => void;
}

/** What is told of the map: what was picked on it, and for how many seconds moved units wait, else 0. */
export interface MapTold extends MapPicked {
  lag: (seconds: number) => void;
}

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const HIT_PX = 6;
const LAID_OUT_WITHIN_MS = 400;
/** Callsigns keep off an incident's new mark after this at the latest; units that move take them along before. */
const LABELS_WITHIN_MS = 1_500;
/** From a key until its echo is not only handed to the painter, but on the screen. */
const SEEN_MS = 40;
const PADDING_PX = 70;
const WIDTHS_KEPT = 5_000;

export class DispatchMap {
  readonly gl: GlMap;
  private readonly content = new Map<BoardSource, FeatureCollection>();
  private layers: TileLayers = new Set();
  private tiles: string | null = null;
  private told: Partial<MapTold> = {};
  private drawing = false;
  private readonly waiting = new Set<BoardSource>();
  private pace = AT_FIRST;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private laying: ReturnType<typeof setTimeout> | undefined;
  private timed = false;
  /** A frame is due once the next key's echo is on the screen. */
  private frameDue = false;
  /** Sources whose new content is being laid out: frames wait for the whole of it. */
  private readonly laidOut = new Set<BoardSource>();
  private askFrame: () => void = () => undefined;
  private labels: readonly Label[] = [];
  private labelled_zoom = 0;
  private readonly widths = new Map<string, number>();
  private readonly pen = document.createElement("canvas").getContext("2d");

  constructor(
    container: HTMLElement,
    bounds: [number, number, number, number],
    private theme: Theme,
    /** A municipality whose area is marked. */
    private readonly own: string | null = null,
  ) {
    this.gl = new GlMap({
      container,
      style: styleFor(theme, null, this.layers),
      bounds,
      fitBoundsOptions: { padding: 24 },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
    });
    this.gl.addControl(new AttributionControl({ compact: true }), "bottom-right");
    this.gl.touchZoomRotate.disableRotation();
    this.gl.keyboard.disableRotation();
    this.gl.getCanvas().setAttribute("aria-label", "Map");
    this.gl.setMissingStyleImageResolver((name) => {
      const icon = drawIcon(name, this.theme);
      if (icon && !this.gl.hasImage(name)) {
        this.gl.addImage(name, icon.image, { pixelRatio: icon.ratio });
      }
    });
    // A tile that cannot be fetched is asked for again by itself; the link's state is said elsewhere.
    this.gl.on("error", () => undefined);
    this.gl.on("style.load", () => this.refill());
    // Said where tests and other programs can read it: drawn or not, and what is in view.
    this.gl.on("idle", () => {
      const { lng, lat } = this.gl.getCenter();
      container.dataset.state = "idle";
      container.dataset.view = `${lng},${lat},${this.gl.getZoom()}`;
    });
    this.gl.on("render", () => this.timeFrame());
    this.gl.on("sourcedata", (event) => {
      const source = event.sourceId as BoardSource;
      const whole = event.sourceDataType !== "metadata" && this.gl.isSourceLoaded(source);
      if (whole && this.laidOut.has(source)) this.release(source);
    });
    this.holdFrames();
    addEventListener("keydown", this.noteKey, true);
    this.gl.on("zoomend", () => {
      if (this.gl.getZoom() !== this.labelled_zoom) this.handAgain("units");
    });
    this.gl.on("movestart", () => {
      container.dataset.state = "moving";
    });
    this.gl.on("click", (event) => this.click(event));
    this.gl.on("mousemove", (event) => {
      if (!this.drawing) this.gl.getCanvas().style.cursor = this.hits(event).length > 0 ? "pointer" : "";
    });
  }

  /** Put our own tiles beneath. Which layers it has, the file itself says. */
  async useTiles(url: string): Promise<void> {
    const address = new URL(url, location.href).href;
    const file = new PMTiles(address);
    protocol.add(file);
    const about = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
    this.layers = new Set((about.vector_layers ?? []).map((layer) => layer.id));
    this.tiles = address;
    await fontsReady();
    this.restyle();
  }

  useTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    this.restyle();
  }

  onTold(told: Partial<MapTold>): void {
    this.told = told;
  }

  /** While something is drawn, clicks belong to the drawing. */
  setDrawing(drawing: boolean): void {
    this.drawing = drawing;
    this.gl.getCanvas().style.cursor = drawing ? "crosshair" : "";
  }

  /** Draw this from now on. The page's own words are painted first; moved units keep to a pace. */
  put(source: BoardSource, content: FeatureCollection): void {
    const before = this.content.get(source);
    this.content.set(source, content);
    if (before === content || (before && JSON.stringify(before) === JSON.stringify(content))) return;
    this.waiting.add(source);
    if (source === "units") {
      this.sayLag();
      this.handUnits();
      return;
    }
    afterPaint(() => this.hand(source));
    if (source === "incidents" && marksDiffer(before ?? EMPTY, content)) {
      this.laying ??= setTimeout(() => this.layLabels(), LABELS_WITHIN_MS);
    }
  }

  /** Labels go with the units that move next; where none does, by themselves. */
  private layLabels(): void {
    this.laying = undefined;
    this.waiting.add("units");
    this.handUnits();
  }

  showAt(at: LonLat, zoom = 14.5): void {
    this.gl.easeTo({ center: at, zoom: Math.max(this.gl.getZoom(), zoom), duration: 300 });
  }

  fit(bounds: [number, number, number, number], maxZoom = 15): void {
    this.gl.fitBounds(bounds, { padding: PADDING_PX, maxZoom, duration: 300 });
  }

  focus(): void {
    this.gl.getCanvas().focus();
  }

  remove(): void {
    clearTimeout(this.timer);
    clearTimeout(this.laying);
    removeEventListener("keydown", this.noteKey, true);
    this.waiting.clear();
    this.gl.remove();
  }

  /** How long ago the units were drawn, while newer places of theirs wait. */
  private sayLag(): void {
    this.told.lag?.(this.waiting.has("units") ? lag_s(this.pace, performance.now()) : 0);
  }

  private readonly noteKey = (): void => {
    this.pace = { ...this.pace, key_ms: performance.now() };
    if (this.frameDue) afterPaint(() => setTimeout(() => this.drawDue(), SEEN_MS));
  };

  /** Moved units, as soon as their pace allows. */
  private handUnits(): void {
    if (this.timer !== undefined) return;
    const look = (): void => {
      const left_ms = nextDraw_ms(this.pace) - performance.now();
      if (left_ms > 0) {
        this.timer = setTimeout(look, left_ms);
        return;
      }
      this.timer = undefined;
      this.pace = { ...this.pace, drawn_ms: performance.now() };
      this.hand("units");
    };
    this.timer = setTimeout(look, 0);
  }

  private hand(source: BoardSource): void {
    if (!this.waiting.delete(source)) return;
    if (source === "units") {
      clearTimeout(this.laying);
      this.laying = undefined;
      this.sayLag();
    }
    const found = this.gl.getSource(source) as GeoJSONSource | undefined;
    if (!found) return;
    if (isSlow(this.pace)) {
      this.laidOut.add(source);
      setTimeout(() => this.release(source), LAID_OUT_WITHIN_MS);
    }
    const content = this.content.get(source) ?? EMPTY;
    void found.setData(source === "units" ? this.withLabels(content) : content);
  }

  private withLabels(units: FeatureCollection): FeatureCollection {
    this.labelled_zoom = this.gl.getZoom();
    const incidents = this.content.get("incidents") ?? EMPTY;
    const laid = withLabels(units, incidents, this.labelled_zoom, this.widthOf, this.labels);
    this.labels = laid.labels;
    return laid.drawn;
  }

  private readonly widthOf = (line: string, size_px: number): number => {
    const key = `${size_px} ${line}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      if (this.pen) this.pen.font = `${size_px}px "Plex Map Semibold"`;
      width = this.pen?.measureText(line).width ?? line.length * size_px * 0.6;
      if (this.widths.size > WIDTHS_KEPT) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  };

  private handAgain(source: BoardSource): void {
    this.waiting.add(source);
    this.hand(source);
  }

  /** Where a frame is slow, draw new content once and whole, not tile by tile as it is laid out; and
   * between two keys while somebody types. */
  private holdFrames(): void {
    this.askFrame = this.gl.triggerRepaint.bind(this.gl);
    this.gl.triggerRepaint = () => {
      if (this.gl.isMoving()) this.askFrame();
      else if (this.laidOut.size > 0) return;
      else if (!waitsForKey(this.pace, performance.now())) this.askFrame();
      else if (!this.frameDue) {
        this.frameDue = true;
        setTimeout(() => this.drawDue(), HELD_MS);
      }
    };
  }

  private drawDue(): void {
    if (!this.frameDue || this.laidOut.size > 0) return;
    this.frameDue = false;
    this.askFrame();
  }

  private release(source: BoardSource): void {
    if (this.laidOut.delete(source)) this.gl.triggerRepaint();
  }

  /** How long the painter takes for a frame of the map: until the page may draw the one after it. */
  private timeFrame(): void {
    if (this.timed || document.visibilityState === "hidden") return;
    this.timed = true;
    const began_ms = performance.now();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        this.timed = false;
        this.pace = withFrame(this.pace, performance.now() - began_ms);
      }),
    );
  }

  private restyle(): void {
    this.gl.setStyle(styleFor(this.theme, this.tiles, this.layers, this.own), { diff: false });
  }

  private refill(): void {
    this.widths.clear();
    for (const name of BOARD_SOURCES) this.handAgain(name);
  }

  private hits(event: MapMouseEvent) {
    const { x, y } = event.point;
    const layers = [
      "incident-marks",
      "unit-labels",
      "units-advised",
      "units-committed",
      "units-free",
      "closure-casing",
      "closure-points",
      "coverage-fill",
    ];
    const present = layers.filter((id) => this.gl.getLayer(id));
    if (present.length === 0) return [];
    return this.gl.queryRenderedFeatures(
      [
        [x - HIT_PX, y - HIT_PX],
        [x + HIT_PX, y + HIT_PX],
      ],
      { layers: present },
    );
  }

  private click(event: MapMouseEvent): void {
    if (this.drawing) return;
    const all = this.hits(event);
    const found = all[0];
    const id = String(found?.properties.id ?? "");
    if (found && id) {
      const source = found.source;
      const units = all.filter((hit) => hit.source === "units").map(({ properties }) => properties);
      const ids = [...new Set(units.flatMap((unit) => String(unit.ids ?? unit.id).split(" ")))];
      if (source === "incidents") this.told.incident?.(id);
      else if (source === "units" && ids.length > 1) this.told.several?.(ids, event.point.x, event.point.y);
      else if (source === "units") this.told.unit?.(id);
      else if (source === "closures") this.told.closure?.(id);
      else if (source === "coverage") this.told.zone?.(id);
      return;
    }
    this.told.spot?.([event.lngLat.lng, event.lngLat.lat]);
  }
}

/** Once what the page says now is on the screen, or is hidden anyway. */
function afterPaint(then: () => void): void {
  if (document.visibilityState === "hidden") {
    then();
    return;
  }
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(0);
  });
}

/** Labels are drawn from the page's fonts, which must be there before the first label. */
async function fontsReady(): Promise<void> {
  await Promise.all([
    document.fonts.load('400 12px "Plex Map"'),
    document.fonts.load('400 12px "Plex Map Semibold"'),
    document.fonts.load('600 12px "IBM Plex Sans"'),
  ]);
}
