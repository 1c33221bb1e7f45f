/** Function keys and chords of a screen. The browser's own meaning of them is blocked. */

import { useEffect, useLayoutEffect, useRef } from "react";

export type KeyMap = Record<string, () => void>;

const BLOCKED = new Set(["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"]);

/** `Ctrl+ArrowUp`, `Alt+3`, `F5`, `?`. */
export function chordOf(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  const digit = /^Digit(\d)$/.exec(event.code);
  parts.push(event.altKey && digit ? (digit[1] as string) : event.key);
  return parts.join("+");
}

export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  // With the drawing itself: a key does what the screen says at that moment.
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      const act = latest.current[chord];
      if (act) {
        event.preventDefault();
        event.stopPropagation();
        act();
      } else if (BLOCKED.has(chord)) {
        event.preventDefault();
      }
    };
    addEventListener("keydown", press, { capture: true });
    return () => removeEventListener("keydown", press, { capture: true });
  }, []);
}
