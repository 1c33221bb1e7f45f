import { expect, test } from "vitest";
import type { LonLat } from "../api/model";
import { TILES_MOST, tilesOfWay } from "./kept_way";

const AT: LonLat = [9.5, 47.1];
const names = (tiles: ReturnType<typeof tilesOfWay>) => tiles.map(({ z, x, y }) => `${z}/${x}/${y}`);

test("the incident's area is kept at every zoom, each tile once", () => {
  const tiles = tilesOfWay(AT, [], 12, 13);
  expect(tiles).toHaveLength(50);
  expect(new Set(names(tiles)).size).toBe(50);
  // 9.5° E, 47.1° N by the formula of the tile numbering.
  expect(names(tiles)).toContain("12/2156/1440");
});

test("no tile that the way crosses is left out, however far its points are apart", () => {
  const far: LonLat = [9.8, 47.1];
  const kept = new Set(names(tilesOfWay(AT, [far, AT], 14, 14)));
  const row = Math.floor(((1 - Math.asinh(Math.tan((47.1 * Math.PI) / 180)) / Math.PI) / 2) * 2 ** 14);
  const [from, to] = [AT[0], far[0]].map((lon) => Math.floor(((lon + 180) / 360) * 2 ** 14)) as [number, number];
  for (let x = from; x <= to; x++) expect(kept).toContain(`14/${x}/${row}`);
});

test("a long way is bounded: the area stays, the fine tiles of the way go first", () => {
  const tiles = tilesOfWay(AT, [[7, 46], AT], 6, 15);
  expect(tiles).toHaveLength(TILES_MOST);
  const area = new Set(names(tilesOfWay(AT, [], 6, 15)));
  for (const tile of area) expect(names(tiles)).toContain(tile);
  expect(tilesOfWay(AT, [[7, 46], AT], 6, 15, 40)).toHaveLength(40);
});

test("the edge of the world has no tiles beyond it", () => {
  expect(tilesOfWay([-180, 85], [], 0, 1)).toHaveLength(5);
});
