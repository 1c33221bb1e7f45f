/** Rows never move under the pointer. While it rests on a list, every row keeps its place and its height,
 * what is new waits at the edge, and rows that left stay as empty places; what happens above the list
 * (a strip that appears, a row that needs another line) is scrolled away. */

import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import type { UnitGroup, UnitRow } from "../board/select";
import type { Assignment, Unit } from "../api/model";

/** Where each row is drawn, by section, and what has come since the pointer rests here. */
export interface Places<S extends string> {
  sections: Record<S, readonly string[]>;
  fresh: readonly string[];
}

/** The places to draw: as they were `held`, and what is in none of them at the edge; without a hold
 * each section as it is. Pure. */
export function placesOf<S extends string>(
  held: Record<S, readonly string[]> | null,
  now: Record<S, readonly string[]>,
): Places<S> {
  if (held === null) return { sections: now, fresh: [] };
  const known = new Set(Object.values<readonly string[]>(held).flat());
  return {
    sections: held,
    fresh: Object.values<readonly string[]>(now)
      .flat()
      .filter((id) => !known.has(id)),
  };
}

/** The unit board in the places of `held`, each unit as it is now; units that came stand at the end of
 * those that were free. Pure. */
export function heldGroups(
  held: readonly UnitGroup[],
  now: readonly UnitGroup[],
  units: Readonly<Record<string, Unit>>,
  live: ReadonlyMap<string, Assignment>,
): UnitGroup[] {
  const rowOf = (id: string): UnitRow[] => {
    const unit = units[id];
    return unit ? [{ unit, live: live.get(id) }] : [];
  };
  const known = new Set(
    held.flatMap((group) => [
      ...group.committed.map((row) => row.unit.id),
      ...group.available.map((unit) => unit.id),
      ...group.parked.map((one) => one.unit.id),
      ...group.out.map((unit) => unit.id),
    ]),
  );
  return held.map((group) => {
    const current = now.find((one) => one.discipline === group.discipline);
    const come = (current?.available ?? []).filter((unit) => !known.has(unit.id));
    return {
      ...group,
      committed: group.committed.flatMap((row) => rowOf(row.unit.id)),
      available: [...group.available.flatMap((unit) => units[unit.id] ?? []), ...come],
      parked: group.parked.map(({ unit }) => ({
        unit,
        crewWith: current?.parked.find((one) => one.unit.id === unit.id)?.crewWith ?? "",
      })),
      out: group.out.flatMap((unit) => units[unit.id] ?? []),
    };
  });
}

/** Keeps what lies under the pointer where it is, whatever changes above it: by scrolling, and where
 * there is nothing to scroll, by room at the end or at the beginning until the pointer leaves. */
export function useStill(box: RefObject<HTMLElement | null>): {
  onPointerMove: (event: PointerEvent) => void;
  release: () => void;
} {
  const anchor = useRef<{ element: Element; top: number } | null>(null);
  const topOf = (element: Element) =>
    element.getBoundingClientRect().top + (box.current?.scrollTop ?? 0);

  const keep = () => {
    const list = box.current;
    const held = anchor.current;
    if (!list || !held) return;
    if (!held.element.isConnected) {
      anchor.current = null;
      return;
    }
    const moved = topOf(held.element) - held.top;
    if (Math.abs(moved) < 1) return;
    const wanted = list.scrollTop + moved;
    const most = list.scrollHeight - list.clientHeight;
    if (wanted > most) {
      const bottom = parseFloat(getComputedStyle(list).paddingBottom) || 0;
      list.style.paddingBottom = `${bottom + wanted - most}px`;
    }
    if (wanted < 0) {
      const above = parseFloat(getComputedStyle(list).paddingTop) || 0;
      list.style.paddingTop = `${above - wanted}px`;
    }
    list.scrollTop = Math.max(0, wanted);
    held.top = topOf(held.element);
  };

  const latest = useRef(keep);
  useLayoutEffect(() => {
    latest.current = keep;
    keep();
  });
  useEffect(() => {
    const list = box.current;
    if (!list) return undefined;
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(list);
    return () => observer.disconnect();
  }, [box]);

  return {
    onPointerMove: (event) => {
      const element = (event.target as Element).closest("[data-still]");
      anchor.current = element ? { element, top: topOf(element) } : null;
    },
    release: () => {
      anchor.current = null;
      if (box.current) {
        box.current.style.paddingBottom = "";
        box.current.style.paddingTop = "";
      }
    },
  };
}

/** How wide and high the list is drawn, its scroll bar with it: what depends on this never brings or takes
 * the bar by turns. Nothing before it is drawn. */
export function useSize(box: RefObject<HTMLElement | null>): readonly [number, number] {
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return undefined;
    const read = () => {
      const { offsetWidth, offsetHeight } = list;
      setSize((was) => (was[0] === offsetWidth && was[1] === offsetHeight ? was : [offsetWidth, offsetHeight]));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(list);
    return () => observer.disconnect();
  }, [box]);
  return size;
}
