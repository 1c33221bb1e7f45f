/** "Blocked here": one tap says that the road before the crew cannot be driven. It binds this crew at
 * once; the dispatcher confirms it for all others. */

import { useState } from "react";
import type { Unit } from "../api/model";
import { timeOfDay } from "../board/words";
import { useBoard, useFixes, useHub, useUnsent, useZone } from "../shell/hub";
import { deviceFix } from "../shell/device_fix";

/** A fix that the hub had longer ago says nothing of where the crew stands. */
const FRESH_MS = 60_000;

export function BlockedHere(props: {
  unit: Unit;
  send: (label: string, path: string, body: Record<string, unknown>) => Promise<void>;
  takeBack: (label: string, path: string) => Promise<void>;
}) {
  const { unit } = props;
  const { connection } = useHub();
  const board = useBoard();
  const fixes = useFixes();
  const zone = useZone();
  const [asking, setAsking] = useState(false);
  const label = `${unit.id} BLOCKED`;
  const waits = useUnsent().some((s) => s.label === label);
  const own = Object.values(board.closures).filter((c) => c.reported_by.includes(unit.id));

  const say = async () => {
    const now = connection.hubNow();
    setAsking(true);
    const fix = await deviceFix();
    setAsking(false);
    const known = fixes.get(unit.id);
    const fresh = known && now - Date.parse(known.received_at) < FRESH_MS ? known : null;
    const place = fix ?? (fresh ? { at: fresh.at, heading_deg: fresh.heading_deg } : {});
    await props.send(label, `/units/${unit.id}/blocks`, {
      device_at: new Date(now).toISOString(),
      ...place,
    });
  };
  return (
    <section className="blocked-here" aria-label="Blocked roads">
      <button
        type="button"
        className="big-button"
        aria-label="Blocked here"
        disabled={asking}
        onClick={() => void say()}
      >
        <span>{waits ? "BLOCKED HERE, NOT SENT" : "Blocked here"}</span>
        <span className="small">the road before you, for 30 minutes</span>
      </button>
      {own.map((closure) => (
        <p key={closure.id} data-testid="own-block">
          <b>{closure.description || "Road"} blocked</b>, to {timeOfDay(closure.ends_at, zone, false)}:{" "}
          {closure.confirmed ? "the dispatcher has confirmed it" : "the dispatcher is asked"}
          {!closure.confirmed && (
            <button
              type="button"
              className="button"
              onClick={() =>
                void props.takeBack(`${unit.id} OPEN`, `/units/${unit.id}/blocks/${closure.id}`)
              }
            >
              Not blocked
            </button>
          )}
        </p>
      ))}
    </section>
  );
}
