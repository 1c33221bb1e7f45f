/** The map as a part of a screen: it draws what it is given and says what was clicked. */

import { useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";
import type { FeatureCollection } from "geojson";
import { naturally } from "../board/select";
import { useHub } from "../shell/hub";
import { useTheme } from "../shell/theme";
import { DispatchMap, type MapPicked } from "./dispatch_map";
import type { BoardSource } from "./style";
import "../styles/map.css";

export type MapContent = Partial<Record<BoardSource, FeatureCollection>>;

/** Units that lie on each other, and where they were clicked. */
interface Several {
  ids: readonly string[];
  x: number;
  y: number;
}

/** Names every unit under a click, to choose one of. */
function UnitsHere(props: { several: Several; onUnit: (id: string) => void; onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const { several, onUnit, onClose } = props;
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    box.current?.querySelector("button")?.focus();
    const elsewhere = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) close.current();
    };
    addEventListener("pointerdown", elsewhere, true);
    return () => removeEventListener("pointerdown", elsewhere, true);
  }, [several]);
  return (
    <div
      ref={box}
      className="map-here"
      role="group"
      aria-label="Units here"
      style={{ left: `min(${several.x}px, 100% - 190px)`, top: `min(${several.y}px, 100% - 130px)` }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      {[...several.ids].sort(naturally).map((id) => (
        <button
          key={id}
          type="button"
          className="button small mono"
          onClick={() => {
            onUnit(id);
            onClose();
          }}
        >
          {id}
        </button>
      ))}
    </div>
  );
}

export function MapView(props: {
  content: MapContent;
  picked?: Partial<MapPicked>;
  ref?: Ref<DispatchMap | null>;
  /** A municipality whose area is marked. */
  own?: string | null;
  /** Called once for each map that is made, when it can be moved. */
  onReady?: (map: DispatchMap) => void;
}) {
  const { region } = useHub();
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<DispatchMap | null>(null);
  const [fault, setFault] = useState("");
  const [lag_s, setLag] = useState(0);
  const [several, setSeveral] = useState<Several | null>(null);
  useImperativeHandle<DispatchMap | null, DispatchMap | null>(props.ref, () => map, [map]);

  const bounds = region?.bounds;
  const tiles = region?.tiles_url;
  const started = useRef(theme);
  const ready = useRef(props.onReady);
  ready.current = props.onReady;
  useEffect(() => {
    if (!box.current || !bounds) return undefined;
    let made: DispatchMap;
    try {
      made = new DispatchMap(box.current, bounds, started.current, props.own ?? null);
    } catch {
      setFault("This browser cannot draw the map (no WebGL). Everything else works without it.");
      return undefined;
    }
    setMap(made);
    ready.current?.(made);
    return () => {
      setMap(null);
      made.remove();
    };
    // A new region brings new bounds, and with them a new map.
    // eslint-disable-next-line
  }, [bounds?.join()]);

  useEffect(() => {
    if (!map || !tiles) return;
    map.useTiles(tiles).then(
      () => setFault(""),
      () => setFault("The map's roads could not be read. Units and incidents are drawn without them."),
    );
  }, [map, tiles]);

  useEffect(() => {
    started.current = theme;
    map?.useTheme(theme);
  }, [map, theme]);
  const { picked } = props;
  useEffect(() => {
    const list = (ids: readonly string[], x: number, y: number) => setSeveral({ ids, x, y });
    map?.onTold({ ...picked, lag: setLag, several: picked?.unit && list });
  }, [map, picked]);

  const { coverage, shapes, closures, routes, pins, units, incidents } = props.content;
  useEffect(() => void (coverage && map?.put("coverage", coverage)), [map, coverage]);
  useEffect(() => void (shapes && map?.put("shapes", shapes)), [map, shapes]);
  useEffect(() => void (closures && map?.put("closures", closures)), [map, closures]);
  useEffect(() => void (routes && map?.put("routes", routes)), [map, routes]);
  useEffect(() => void (pins && map?.put("pins", pins)), [map, pins]);
  useEffect(() => void (units && map?.put("units", units)), [map, units]);
  useEffect(() => void (incidents && map?.put("incidents", incidents)), [map, incidents]);

  return (
    <div className="map">
      <div ref={box} className="map-canvas" data-testid="map" />
      {several && picked?.unit && (
        <UnitsHere several={several} onUnit={picked.unit} onClose={() => setSeveral(null)} />
      )}
      {lag_s > 0 && <p className="map-lag mono">units as of {lag_s} s ago</p>}
      {fault && (
        <p className="map-fault" role="status">
          {fault}
        </p>
      )}
    </div>
  );
}
