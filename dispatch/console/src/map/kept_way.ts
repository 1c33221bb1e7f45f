/** The tiles of an assignment: the area of its incident and the way there, fetched once so that the
 * service worker has them when the link is gone. Which ones is pure; how many is bounded. */

import { FetchSource, PMTiles } from "pmtiles";
import type { LonLat } from "../api/model";
import { saveWay, type KeptWay } from "./kept_record";

export interface Tile {
  z: number;
  x: number;
  y: number;
}

/** The most tiles for one assignment; the service worker bounds what all of them take. */
export const TILES_MOST = 600;
/** Tiles around the incident, to each side, at each zoom. */
const AROUND = 2;
const AT_ONCE = 4;

/** The tile of a point, web Mercator, in whole and parts. */
function place([lon, lat]: LonLat, z: number): [number, number] {
  const n = 2 ** z;
  const rad = (lat * Math.PI) / 180;
  return [((lon + 180) / 360) * n, ((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * n];
}

/** The tiles around `at` and along `route` from `least` to `most` zoom: the incident's area first, then
 * the way from coarse to fine, as many as `limit` allows, each once. */
export function tilesOfWay(
  at: LonLat,
  route: readonly LonLat[],
  least: number,
  most: number,
  limit = TILES_MOST,
): Tile[] {
  const found = new Map<string, Tile>();
  const add = (z: number, x: number, y: number) => {
    const n = 2 ** z;
    if (x < 0 || y < 0 || x >= n || y >= n || found.size >= limit) return;
    found.set(`${z}/${x}/${y}`, { z, x, y });
  };
  const around = (point: [number, number], z: number, by: number) => {
    const [x, y] = [Math.floor(point[0]), Math.floor(point[1])];
    for (let dx = -by; dx <= by; dx++) for (let dy = -by; dy <= by; dy++) add(z, x + dx, y + dy);
  };
  for (let z = least; z <= most; z++) around(place(at, z), z, AROUND);
  for (let z = least; z <= most; z++) {
    for (const [i, point] of route.entries()) {
      const to = place(point, z);
      const from = i > 0 ? place(route[i - 1] as LonLat, z) : to;
      // A step is at most half a tile, so that no tile that the way crosses is left out.
      const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) * 2));
      for (let step = 1; step <= steps; step++) {
        const part = step / steps;
        around([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part], z, 1);
      }
    }
  }
  return [...found.values()];
}

/** Once a service worker stands between this page and the hub; never, where the browser has none. */
async function workerStands(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return;
  await new Promise((done) => serviceWorker.addEventListener("controllerchange", done, { once: true }));
}

/** Ask for all of them through the service worker, which keeps them, and say what was kept.
 *
 * Stops without a word when `goesOn` says so or the link is gone: what is kept then is less, and the
 * screen says that the map is not kept. */
export async function keepWay(
  key: string,
  tilesUrl: string,
  at: LonLat,
  route: readonly LonLat[],
  now_ms: () => number,
  goesOn: () => boolean,
): Promise<KeptWay | null> {
  if (!("serviceWorker" in navigator)) return null;
  await workerStands();
  // The service worker keeps what is asked for with this word.
  const words = new Headers({ "hub-keep": "way" });
  const file = new PMTiles(new FetchSource(new URL(tilesUrl, location.href).href, words));
  const { minZoom, maxZoom } = await file.getHeader();
  // The map reads what its file says of itself before it draws a road.
  await file.getMetadata();
  const wanted = tilesOfWay(at, route, minZoom, maxZoom);
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    if (!goesOn()) return null;
    await Promise.all(wanted.slice(i, i + AT_ONCE).map(({ z, x, y }) => file.getZxy(z, x, y)));
  }
  const made = { key, at: new Date(now_ms()).toISOString(), tiles: wanted.length };
  saveWay(made);
  return made;
}
