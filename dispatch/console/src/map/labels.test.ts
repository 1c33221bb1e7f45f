import { describe, expect, test } from "vitest";
import { layOut, overlap, seatPx, type Box, type Label, type Mark, type Rank } from "./labels";

const widthOf = (line: string, size_px: number) => line.length * size_px * 0.58;

/** Numbers from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A county at low zoom: stations with several units each, others out on the roads. */
function county(seed: number): { marks: Mark[]; blocked: Box[] } {
  const next = numbers(seed);
  const wide = 100 + next() * 900;
  const stations = Array.from({ length: 1 + Math.floor(next() * 20) }, () => [next() * wide, next() * wide]);
  const marks = Array.from({ length: 1 + Math.floor(next() * 200) }, (_, i): Mark => {
    const home = stations[Math.floor(next() * stations.length)] as [number, number];
    const away = next() < 0.4;
    return {
      id: `U${i}`,
      label: next() < 0.1 ? `U${i} 12 min old` : `U${i}`,
      x: away ? next() * wide : home[0],
      y: away ? next() * wide : home[1],
      rank: (next() < 0.15 ? 2 : next() < 0.4 ? 1 : 0) as Rank,
    };
  });
  const blocked = Array.from({ length: Math.floor(next() * 8) }, () => {
    const [x, y] = [next() * wide, next() * wide];
    return { west: x - 15, north: y - 15, east: x + 15, south: y + 15 };
  });
  return { marks, blocked };
}

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);
const COUNTIES = SEEDS.map((seed) => {
  const { marks, blocked } = county(seed);
  return { seed, marks, blocked, labels: layOut(marks, blocked, widthOf) };
});
const said = (label: Label) => label.text.split(/,?\s*\n|, /);

describe("labels of a county at low zoom", () => {
  test("no two lie on each other, on an incident, or on a mark that counts", () => {
    for (const { seed, marks, blocked, labels } of COUNTIES) {
      const lain = labels.filter(
        ({ box }, i) =>
          labels.slice(i + 1).some((other) => overlap(box, other.box)) ||
          blocked.some((other) => overlap(box, other)) ||
          marks.some(
            ({ x, y, rank }) =>
              rank > 0 && x > box.west && x < box.east && y > box.north && y < box.south,
          ),
      );
      expect(lain, `${seed}`).toEqual([]);
    }
  });

  test("every recommended unit is named, in full, by exactly one of them", () => {
    for (const { seed, marks, labels } of COUNTIES) {
      const names = labels.filter((label) => label.rank === 2).flatMap(said);
      const wanted = marks.filter((mark) => mark.rank === 2).map((mark) => mark.label);
      expect(names.sort(), `${seed}`).toEqual(wanted.sort());
    }
  });

  test("each stands for the units that lie on each other, and no unit for two", () => {
    for (const { labels } of COUNTIES) {
      const ids = labels.flatMap((label) => label.ids);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test("drawn again, or moved as a whole, they stand where they stood", () => {
    for (const { seed, marks, blocked, labels: once } of COUNTIES) {
      expect(layOut(marks, blocked, widthOf, once), `${seed}`).toEqual(once);
    }
  });

  test("a unit that comes, goes or moves changes no label of those that count more", () => {
    for (const { seed, marks, blocked, labels: before } of COUNTIES) {
      const fewer = marks.filter((mark, i) => mark.rank > 0 || i % 2 === 0);
      const counts = (labels: Label[]) => labels.filter((label) => label.rank > 0);
      expect(counts(layOut(fewer, blocked, widthOf, before)), `${seed}`).toEqual(counts(before));
    }
  });
});

describe("a label", () => {
  const at = (id: string, x: number, y = 0, rank: Rank = 2): Mark => ({ id, label: id, x, y, rank });
  const one = (labels: Label[], id: string) => labels.find((label) => label.ids.includes(id)) as Label;

  test("keeps its side while there is room, also when its first choice is free again", () => {
    const pushed = layOut([at("E1", 0), at("E2", 0, 28)], [], widthOf);
    const aside = one(pushed, "E1");
    expect(aside.spot).not.toBe(0);
    const alone = layOut([at("E1", 0.6, 0.4), at("E2", 300)], [], widthOf, pushed);
    expect(one(alone, "E1").spot).toBe(aside.spot);
  });

  test("comes back from the end of its line as soon as there is room beside its mark", () => {
    const wall = Array.from({ length: 9 }, (_, i): Box => {
      const [x, y] = [(i % 3) - 1, Math.floor(i / 3) - 1];
      return { west: x * 30 - 16, east: x * 30 + 16, north: y * 30 - 16, south: y * 30 + 16 };
    });
    const out = layOut([at("E1", 0)], wall, widthOf);
    expect(out[0]?.leader?.from).toEqual({ x: 0, y: 0 });
    expect(layOut([at("E1", 0)], wall, widthOf, out)).toEqual(out);
    expect(layOut([at("E1", 0)], [], widthOf, out)[0]?.leader).toBeNull();
  });

  test("is shared by units at one station, in the order of their callsigns, and not torn by a step", () => {
    const shared = layOut([at("E10", 0), at("E2", 3), at("L1", 0, 4)], [], widthOf);
    expect(shared.map((label) => label.text)).toEqual(["E2, E10, L1"]);
    const stepped = [at("E10", 0), at("E2", 19), at("L1", 0, 4)];
    expect(layOut(stepped, [], widthOf, shared)).toHaveLength(1);
    expect(layOut(stepped, [], widthOf)).toHaveLength(2);
  });

  test("is one for all that are on one scene, and stands under them", () => {
    const marks = Array.from({ length: 9 }, (_, i): Mark => {
      const [x, y] = seatPx(i + 1);
      return { ...at(`E${i + 1}`, x * 0.6, y * 0.6, 1), scene: "fire" };
    });
    const labels = layOut(marks, [], widthOf);
    expect(labels.map((label) => label.text.replaceAll("\n", " "))).toEqual([
      "E1, E2, E3, E4, E5, E6, E7, E8, E9",
    ]);
    expect(labels[0]?.box.north).toBeGreaterThan(seatPx(9)[1] * 0.6);
  });

  test("stands under each unit on scene, where there is room for all of them", () => {
    const marks = Array.from({ length: 9 }, (_, i): Mark => at(`E1${i}`, ...seatPx(i + 1), 1));
    expect(layOut(marks, [], widthOf).map((label) => label.spot)).toEqual(Array(9).fill(0));
  });

  test("counts free units at low zoom where several lie on each other, and names them nearer by", () => {
    const marks = ["P101", "P102", "P103", "P104"].map((id) => at(id, 0, 0, 0));
    const alone = at("P9", 300, 0, 0);
    expect(layOut([...marks, alone], [], widthOf, [], false).map((label) => label.text)).toEqual(["×4"]);
    expect(layOut([...marks, alone], [], widthOf).map((label) => label.text)).toEqual([
      "P101, P102, P103,\nP104",
      "P9",
    ]);
  });
});

test("six hundred moving units are laid out well within one frame of a second", () => {
  const next = numbers(7);
  const marks = Array.from({ length: 600 }, (_, i): Mark => {
    const rank = (i < 8 ? 2 : i < 300 ? 1 : 0) as Rank;
    return { id: `U${i}`, label: `U${i}`, x: next() * 1600, y: next() * 900, rank };
  });
  let labels = layOut(marks, [], widthOf);
  let tries = 0;
  const counted = (line: string, size_px: number) => {
    tries += 1;
    return widthOf(line, size_px);
  };
  labels = layOut(marks.map((mark) => ({ ...mark, x: mark.x + 1 })), [], counted, labels);
  expect(labels.filter((label) => label.rank === 2).flatMap((label) => label.ids)).toHaveLength(8);
  expect(tries).toBeLessThan(4_000);
});

describe("boxes that no screen holds", () => {
  const mark = (id: string, x: number, y: number, rank: Rank): Mark => ({ id, label: id, x, y, rank });
  const whole = { west: -1e12, east: 1e12, north: -1e12, south: 1e12 };

  test.each([Infinity, -Infinity, NaN, 1e300, -1e17])("a place at %s ends the layout, and the others keep theirs", (off) => {
    for (const rank of [0, 1, 2] as const) {
      const blocked = [{ west: -15, east: 15, north: off - 15, south: off + 15 }];
      const labels = layOut([mark("E1", 0, 0, 2), mark("E2", 0, off, rank), mark("E3", off, 200, rank)], blocked, widthOf);
      const e1 = labels.find((label) => label.ids[0] === "E1");
      expect([e1?.spot, e1?.text]).toEqual([0, "E1"]);
      expect(labels.flatMap((label) => label.ids).filter((id) => id !== "E1").length).toBeLessThanOrEqual(2);
    }
  });

  test("marks of one scene on both sides of the world share a label", () => {
    const marks = [mark("E1", 0, 0, 1), mark("E2", 1e9, 1e9, 1)].map((one) => ({ ...one, scene: "fire" }));
    expect(layOut([...marks, mark("E3", 50, 0, 2)], [], widthOf).map((label) => label.ids)).toEqual([["E3"], ["E1", "E2"]]);
  });

  test("where all is taken a recommended unit is named beside its mark, and no other", () => {
    const labels = layOut([mark("E1", 0, 0, 2), mark("E2", 90, 0, 1), mark("E3", 180, 0, 0)], [whole], widthOf);
    expect(labels.map((label) => [label.text, label.spot])).toEqual([["E1", 0]]);
  });
});
