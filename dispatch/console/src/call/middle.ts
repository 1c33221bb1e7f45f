/** Words whose spot nobody knows, and the middle of the map: asked for by 0, taken by Enter alone.
 *
 * A caller's number that is typed into the list by mistake is digits, whatever its noughts: it pins nothing.
 * Nor does an Enter take what it was not pressed for: places may be found between the question and its answer. */

/** `asked`: Enter takes it. `number`: what is typed, digits that no place carries or the answer to a question
 * that stands no more, picks nothing until another key. */
export type Pin = "idle" | "asked" | "number";

/** What a key that picks no place does to it. */
export function pinAfter(pin: Pin, key: string): Pin {
  if (key === "0") return pin === "idle" ? "asked" : "number";
  if (/^[1-9]$/.test(key)) return "number";
  return "idle";
}

/** What a finished search that found so many places does to it: where there are some to choose from, the
 * question stands no more, and the Enter that is on its way answers none. */
export function pinListed(pin: Pin, found: number): Pin {
  return pin === "asked" && found > 0 ? "number" : pin;
}

/** What Enter does in the list: take the place it stands on, take the words as typed, or only end what was
 * typed. Places that came since the middle was asked for are read before one is taken. */
export function enterOn(pin: Pin, onPlace: boolean): "place" | "typed" | "ends" {
  if (pin === "number" || (pin === "asked" && onPlace)) return "ends";
  return onPlace ? "place" : "typed";
}
