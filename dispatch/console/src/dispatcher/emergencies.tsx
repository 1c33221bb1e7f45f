/** Crews that call for help: a strip that no filter, scrolling or silencing takes away. It goes when
 * somebody says how it ended. */

import { useState } from "react";
import type { Emergency } from "../api/model";
import { emergencyPlace } from "../board/alarms";
import { nearestTo, sceneOf, whereCalling, type Near } from "../board/emergencies";
import { clockSpan } from "../board/words";
import { selectLine } from "../command/screen";
import { useBoard, useHub, useNowS } from "../shell/hub";

export function Emergencies(props: {
  give: (line: string) => void;
  fill: (line: string) => void;
  /** Whether the screen has a map to show the crew on. */
  map: boolean;
}) {
  const board = useBoard();
  const calling = Object.values(board.emergencies).sort((a, b) =>
    (a.presses[0] ?? "").localeCompare(b.presses[0] ?? ""),
  );
  if (calling.length === 0) return null;
  return (
    <section className="emergencies" role="alert" aria-atomic="false" aria-label="Emergencies">
      {calling.map((emergency) => (
        <Calling key={emergency.id} emergency={emergency} {...props} />
      ))}
    </section>
  );
}

function Calling(props: {
  emergency: Emergency;
  give: (line: string) => void;
  fill: (line: string) => void;
  map: boolean;
}) {
  const { emergency: e, give, fill } = props;
  const { connection } = useHub();
  const board = useBoard();
  const now = useNowS();
  const fixes = connection.fixes();
  const at = whereCalling(e, fixes);
  const nearestNow = nearestTo(board, e, fixes);
  /** What stands under the pointer or has the focus stays there: a click sends what was read. */
  const [held, setHeld] = useState<readonly Near[] | null>(null);
  const nearest = held ?? nearestNow;
  const hold = () => setHeld((before) => before ?? nearestNow);
  const scene = sceneOf(board, e.unit_id);
  const own = board.units[e.unit_id]?.discipline;
  const last = e.presses.at(-1) ?? "";
  const incident = e.incident_id ? board.incidents[e.incident_id] : undefined;
  return (
    <div className="emergency" data-unit={e.unit_id}>
      <b>
        {e.kind === "mayday" ? "MAYDAY" : "EMERGENCY"} <span className="mono">{e.unit_id}</span>
      </b>
      <span>
        {emergencyPlace(board, e)} · <span role="timer" className="mono">
          {clockSpan(now - Date.parse(last) / 1000)}
        </span>{" "}
        ago{e.presses.length > 1 && `, pressed ${e.presses.length} times`}
        {e.device_at && ", sent late by its device"}
      </span>
      {nearest.length > 0 && (
        <span
          aria-live="off"
          onPointerEnter={hold}
          onFocus={hold}
          onPointerLeave={() => setHeld(null)}
          onBlur={() => setHeld(null)}
        >
          nearest{" "}
          {nearest.map((u) => (
            <button
              key={u.id}
              type="button"
              className="button small mono near"
              aria-label={`Send ${u.id} to ${e.unit_id}`}
              onClick={() => give(`BK ${e.unit_id} ${u.id}`)}
            >
              {u.discipline !== own && `${u.discipline.toUpperCase()} `}
              {u.id} {(u.m / 1000).toFixed(1)} km
            </button>
          ))}
        </span>
      )}
      <span className="push" />
      {(incident || (at && props.map)) && (
        <button
          type="button"
          className="button small"
          onClick={() => {
            if (incident) give(selectLine(incident, board));
            if (at && props.map) give(`Z ${e.unit_id}`);
          }}
        >
          Show
        </button>
      )}
      <button
        type="button"
        className="button small"
        aria-label={`Send backup to ${e.unit_id}`}
        onClick={() => (scene || at ? give(`BK ${e.unit_id}`) : fill(`TS ${e.unit_id} `))}
      >
        {scene ? "Backup" : at ? "Incident and backup" : "Make incident"}
      </button>
      <button
        type="button"
        className="button small"
        aria-label={`End emergency of ${e.unit_id}`}
        onClick={() => fill(`EME ${e.unit_id} `)}
      >
        End …
      </button>
    </div>
  );
}
