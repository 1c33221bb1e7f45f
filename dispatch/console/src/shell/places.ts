/** The hub's place search, for whoever types a place: asked once a text, kept a while. */

import { useCallback, useEffect, useRef, useState } from "react";
import { request } from "../api/client";
import type { PlaceIndex, PlacesFound } from "../api/model";
import { whereOf, type Spot, type Where } from "../command/where";
import { useHub } from "./hub";

/** As many as there are digits. */
export const MOST = 9;
/** A text that is still being typed is not asked for. */
const PAUSE_MS = 150;
const KEPT_MS = 60_000;
/** While the index is built, and while the hub does not answer, it is asked again so soon. */
const AGAIN_MS = 2_000;
const KEPT = 50;
const ASKING: Spot = { state: "asking" };

export function findPlaces(text: string): Promise<PlacesFound> {
  return request<PlacesFound>("GET", `/places?limit=${MOST}&q=${encodeURIComponent(text)}`);
}

/** What the search says of any text; each answer draws the caller anew. */
export function useSpots(): (text: string) => Spot {
  const [, redraw] = useState(0);
  const kept = useRef(new Map<string, { spot: Spot; until_ms: number }>());
  const wanted = useRef<{ texts: Set<string>; timer: ReturnType<typeof setTimeout> | undefined }>({
    texts: new Set(),
    timer: undefined,
  });
  const look = useCallback(() => {
    const texts = [...wanted.current.texts];
    wanted.current = { texts: new Set(), timer: undefined };
    for (const text of texts) {
      kept.current.set(text, { spot: ASKING, until_ms: Infinity });
      const keep = (spot: Spot, for_ms: number) => {
        kept.current.delete(text);
        kept.current.set(text, { spot, until_ms: performance.now() + for_ms });
        for (const old of [...kept.current.keys()].slice(0, -KEPT)) kept.current.delete(old);
        redraw((now) => now + 1);
        if (for_ms === AGAIN_MS) setTimeout(() => redraw((now) => now + 1), AGAIN_MS + 50);
      };
      findPlaces(text).then(
        ({ places, index }) =>
          keep({ state: "known", places, index }, index.state === "ready" ? KEPT_MS : AGAIN_MS),
        () => keep({ state: "unreached" }, AGAIN_MS),
      );
    }
  }, []);
  useEffect(() => {
    const now = wanted.current;
    return () => clearTimeout(now.timer);
  }, []);
  return useCallback(
    (text: string) => {
      const had = kept.current.get(text);
      if (had && had.until_ms > performance.now()) return had.spot;
      const now = wanted.current;
      if (!now.texts.has(text)) {
        // Only what stands in the line when the keys rest: what was typed on the way is left out.
        clearTimeout(now.timer);
        now.texts = new Set([...now.texts].filter((other) => !text.startsWith(other)));
        now.texts.add(text);
        now.timer = setTimeout(look, PAUSE_MS);
      }
      return had?.spot ?? ASKING;
    },
    [look],
  );
}

/** Where the text of a field says; null for an empty one. */
export function useWhere(text: string): Where | null {
  const { region } = useHub();
  const ask = useSpots();
  const said = text.trim();
  return said.length < 2 ? null : whereOf(said, region?.bounds, ask);
}

/** How far the hub's index of places is, asked until it is ready; null while that is unknown. */
export function usePlaceIndex(): PlaceIndex | null {
  const { region } = useHub();
  const version = region?.region_version;
  const [index, setIndex] = useState<PlaceIndex | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    const ask = () => {
      request<PlaceIndex>("GET", "/places/index").then(
        (found) => {
          if (!current) return;
          setIndex(found);
          if (found.state !== "ready") timer = setTimeout(ask, AGAIN_MS);
        },
        () => {
          if (current) timer = setTimeout(ask, AGAIN_MS);
        },
      );
    };
    ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [version]);
  return index;
}
