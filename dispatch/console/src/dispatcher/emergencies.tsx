/** Crews that call for help: a strip that no filter, scrolling or silencing takes away. It goes when
 * somebody says how it ended. */

import type { Emergency } from "../api/model";
import { emergencyPlace } from "../board/alarms";
import { distanceM, liveByUnit } from "../board/select";
import { clockSpan } from "../board/words";
import { useBoard, useHub, useNowS } from "../shell/hub";

const NEAREST = 3;

export function Emergencies(props: {
  give: (line: string) => void;
  fill: (line: string) => void;
  onSelect: (incidentId: string) => void;
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
  onSelect: (incidentId: string) => void;
}) {
  const { emergency: e, give, fill } = props;
  const { connection } = useHub();
  const board = useBoard();
  const now = useNowS();
  const fixes = connection.fixes();
  const at = fixes.get(e.unit_id)?.at ?? e.at;
  const live = liveByUnit(board);
  const on = live.get(e.unit_id);
  const self = board.units[e.unit_id];
  const nearest = at
    ? Object.values(board.units)
        .filter((u) => u.id !== e.unit_id && u.discipline === self?.discipline)
        .filter((u) => u.duty === "in_service" && !live.has(u.id))
        .map((u) => ({ id: u.id, m: distanceM(at, fixes.get(u.id)?.at ?? u.home) }))
        .sort((a, b) => a.m - b.m)
        .slice(0, NEAREST)
    : [];
  const last = e.presses.at(-1) ?? "";
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
        <span aria-live="off">
          nearest{" "}
          {nearest.map((u) => (
            <span key={u.id} className="mono near">
              {u.id} {(u.m / 1000).toFixed(1)} km{" "}
            </span>
          ))}
        </span>
      )}
      <span className="push" />
      {at && (
        <button
          type="button"
          className="button small"
          onClick={() => {
            if (e.incident_id) props.onSelect(e.incident_id);
            give(`Z ${e.unit_id}`);
          }}
        >
          Show
        </button>
      )}
      <button
        type="button"
        className="button small"
        aria-label={`Send backup to ${e.unit_id}`}
        onClick={() => (on ? give(`BK ${e.unit_id}`) : fill(`TS ${e.unit_id} . `))}
      >
        {on ? "Backup" : "Make incident"}
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
