/** How often the paper board is fetched, so that the one that is held is two minutes old at most while the hub
 * answers, also where one answer does not come. Pure. */

/** A paper board may be so old; beyond it the hub has not given one. */
export const OLDEST_MS = 120_000;
/** The hub gives one that is so old at most. */
export const GIVEN_MS = 30_000;
/** For so long an answer is waited for. */
export const WAIT_MS = 10_000;
const EVERY_MS = 45_000;
const AGAIN_MS = 15_000;

/** How the board stood that is printed: the hub says how old it is, and it was on its way since it was asked for. */
export function asOfMs(asked_ms: number, age_header: string | null): number {
  return asked_ms - Number(age_header ?? 0) * 1000;
}

/** When to ask the next time. */
export function nextInMs(answered: boolean): number {
  return answered ? EVERY_MS : AGAIN_MS;
}

export function isTooOld(as_of_ms: number, now_ms: number): boolean {
  return now_ms - as_of_ms > OLDEST_MS;
}
