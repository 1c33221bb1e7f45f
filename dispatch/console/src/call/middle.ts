/** Words whose spot nobody knows, and the middle of the map: asked for by 0, taken by Enter alone.
 *
 * A caller's number that is typed into the list by mistake is digits, whatever its noughts: it pins nothing. */

/** `asked`: Enter takes it. `number`: digits are being typed that no place carries; nothing is asked until
 * another key. */
export type Pin = "idle" | "asked" | "number";

/** What a key that picks no place does to it. */
export function pinAfter(pin: Pin, key: string): Pin {
  if (key === "0") return pin === "idle" ? "asked" : "number";
  if (/^[1-9]$/.test(key)) return "number";
  return "idle";
}
