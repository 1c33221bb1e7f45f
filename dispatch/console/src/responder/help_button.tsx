/** The crew's own alarm: it bypasses everything, and says so when it could not be sent. */

import { useEffect, useRef, useState } from "react";
import type { Emergency } from "../api/model";
import { useUnsent } from "../shell/hub";

const HELP_HELD_MS = 1_000;

/** It is held for a second, so that a sleeve does not press it. */
export function HelpButton(props: {
  standing: Emergency | undefined;
  unitId: string;
  onPress: () => void;
}) {
  const unsent = useUnsent().some((s) => s.label === `${props.unitId} EMERGENCY`);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const [held, setHeld] = useState(false);
  const stop = () => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
    setHeld(false);
  };
  const begin = () => {
    if (timer.current) return;
    setHeld(true);
    timer.current = setTimeout(() => {
      stop();
      props.onPress();
    }, HELP_HELD_MS);
  };
  useEffect(() => stop, []);
  const words = unsent
    ? "EMERGENCY, NOT SENT: use the radio"
    : props.standing
      ? `EMERGENCY IS ON (${props.standing.presses.length})`
      : held
        ? "KEEP HOLDING …"
        : "EMERGENCY: hold";
  return (
    <button
      type="button"
      className={props.standing || unsent ? "help-button on" : "help-button"}
      aria-label="Emergency, hold for one second"
      data-testid="emergency"
      onPointerDown={begin}
      onPointerUp={stop}
      onPointerLeave={stop}
      onKeyDown={(e) => (e.key === "Enter" || e.key === " ") && begin()}
      onKeyUp={stop}
    >
      {words}
    </button>
  );
}
