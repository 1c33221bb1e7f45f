/** What another centre says anew of a call that it handed over. Pure. */

import type { Call, RecordNews } from "../api/model";

/** The news that nobody has seen yet, or null. Only the last one of a call can be unseen. */
export function unseenNews(call: Call): RecordNews | null {
  const last = (call.record_news ?? []).at(-1);
  return last && last.seen_at === null ? last : null;
}

/** Worth a person's ear: where their units are changes all the time. */
export function isLoud(news: RecordNews): boolean {
  return news.over || news.parts.some((part) => part !== "units");
}

/** `West now says: place, narrative`. */
export function newsWords(call: Call, news: RecordNews): string {
  const over = news.over ? "OVER THERE; " : "";
  return `${call.handed_over_by} now says: ${over}${news.parts.join(", ")}`;
}
