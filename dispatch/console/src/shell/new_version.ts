/** Whether the hub gives another page than this one. It reloads nothing: somebody may be typing. */

import { useSyncExternalStore } from "react";
import { buildOf, isOutdated } from "../stream/version";

/** So that all consoles do not ask in the moment in which the hub comes back. */
const WITHIN_MS = 2_000;
const TIMEOUT_MS = 8_000;

let outdated = false;
let asking: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** The build of this page. */
export function ownBuild(): string | null {
  return buildOf(document.documentElement.outerHTML);
}

/** Ask the hub soon which page it gives now; to be called at each connection. Without an answer nothing
 * is said. The service worker leaves this request to the network: it is no navigation. */
export function askForNewVersion(): void {
  clearTimeout(asking);
  asking = setTimeout(() => {
    fetch("/", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((page) => {
        outdated = isOutdated(ownBuild(), buildOf(page));
        listeners.forEach((listener) => listener());
      })
      .catch(() => undefined);
  }, Math.random() * WITHIN_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useNewVersion(): boolean {
  return useSyncExternalStore(subscribe, () => outdated);
}
