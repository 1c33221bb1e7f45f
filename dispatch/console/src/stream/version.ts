/** Whether this page is the one that the hub gives now. Pure. A build is known by its first script, whose
 * name changes with whatever is in it. */

declare const __EVENT_KINDS__: readonly string[];

/** The kinds of events that the hub had when this page was built. */
export const KNOWN_KINDS: ReadonlySet<string> = new Set(__EVENT_KINDS__);

/** The build of a page, from its text; null: none is named there, as while the console is developed. */
export function buildOf(page: string): string | null {
  return /<script\b[^>]*\bsrc="(\/assets\/[^"]+)"/.exec(page)?.[1] ?? null;
}

/** Whether the hub gives another page than this one; what is not known is not another. */
export function isOutdated(mine: string | null, theirs: string | null): boolean {
  return mine !== null && theirs !== null && mine !== theirs;
}
