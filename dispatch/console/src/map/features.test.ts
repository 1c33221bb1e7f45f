import type { Feature } from "geojson";
import { describe, expect, it } from "vitest";
import { hoursWords } from "../board/blocks";
import { makeClosure } from "../made";
import { closureFeatures, collection, marksDiffer, withLabels } from "./features";

const RING: [number, number][] = [
  [9.5, 47.1],
  [9.51, 47.1],
  [9.51, 47.11],
];

describe("closures on the map", () => {
  it("draws what was said: a line, an area's outline, or points on the road", () => {
    const shapes = (["line", "area", "points"] as const).map((shape) =>
      makeClosure({ shape, line: RING }),
    );
    const drawn = closureFeatures(shapes, "UTC").features.map((f) => f.geometry);
    expect(drawn.map((g) => g.type)).toEqual(["LineString", "Polygon", "MultiPoint"]);
    expect(drawn[1]).toEqual({ type: "Polygon", coordinates: [[...RING, RING[0]]] });
  });

  it("says until when one with hours holds now, or from when it holds again", () => {
    const changes_at = "2026-07-02T05:00:00Z";
    const recurrence = {
      time_zone: "UTC",
      hours: [
        {
          days: [1, 2, 3, 4, 5],
          begins: "20:00",
          ends: "05:00",
          first_day: null,
          last_day: null,
          months: [],
          except_days: [],
        },
      ],
    };
    const labels = (["active", "planned"] as const).map((state) => {
      const closure = makeClosure({ state, changes_at, recurrence });
      return closureFeatures([closure], "UTC").features[0]?.properties?.label as string;
    });
    expect(labels[0]).toContain("to 05:00");
    expect(labels[1]).toContain("from 05:00");
    expect(hoursWords(makeClosure({ recurrence }))).toBe("Mon-Fri 20:00-05:00");
  });
});

describe("the labels' layout", () => {
  const at = (coordinates: unknown[], properties: object) =>
    ({ type: "Feature", geometry: { type: "Point", coordinates }, properties }) as Feature;
  const widthOf = (line: string, size_px: number) => line.length * size_px;

  it.each([[0, 90], [0, -90], [181, 47], [-540, 90], [NaN, NaN]])("ends for a unit and an incident at %s, %s", (lon, lat) => {
    for (const rank of [0, 1, 2]) {
      for (const zoom of [0, 11, 22]) {
        const units = [
          at([lon, lat], { id: "E1", label: "E1", rank, seat: 0, scene: "" }),
          at([lon, lat], { id: "E2", label: "E2", rank: 1, seat: 1, scene: "fire" }),
          at([9.5, 47.1], { id: "E3", label: "E3", rank: 2, seat: 0, scene: "" }),
        ];
        const incidents = [at([lon, lat], { selected: true })];
        const { labels } = withLabels(collection(units), collection(incidents), zoom, widthOf, []);
        expect(labels.flatMap((label) => label.ids)).toContain("E3");
        if (Number.isNaN(lat)) continue;
        for (const { box } of labels) expect(Object.values(box).every(Number.isFinite)).toBe(true);
      }
    }
  });

  it("is made anew where an incident's mark comes, goes, moves or grows, and for nothing else of it", () => {
    const mark = (lon: number, selected = false, priority = 1) => at([lon, 47], { selected, priority });
    const two = collection([mark(9), mark(10)]);
    expect(marksDiffer(two, collection([mark(10, false, 2), mark(9)]))).toBe(false);
    expect(marksDiffer(collection([]), two)).toBe(true);
    expect(marksDiffer(two, collection([mark(9)]))).toBe(true);
    expect(marksDiffer(two, collection([mark(9), mark(10.001)]))).toBe(true);
    expect(marksDiffer(two, collection([mark(9), mark(10, true)]))).toBe(true);
  });

  it("keeps a callsign off the mark of an incident that has come under it", () => {
    const units = collection([at([9.5, 47.1], { id: "E1", label: "E1", rank: 1, seat: 0, scene: "" })]);
    const alone = withLabels(units, collection([]), 14, widthOf, []).labels;
    const incident = at([9.5, 47.0995], { selected: false });
    const beside = withLabels(units, collection([incident]), 14, widthOf, alone).labels;
    expect(alone.map((label) => label.spot)).toEqual([0]);
    expect(beside[0]?.spot).not.toBe(0);
  });
});
