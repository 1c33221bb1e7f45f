/** The last board at this position, so that a page that is loaded while the hub is gone shows it with
 * its age. One person's at a time; gone when they sign out, and after half a day. */

import type { BoardSnapshot, Fix, Region } from "../api/model";

export interface KeptBoard {
  account_id: string;
  /** Of the page that kept it. */
  build: string | null;
  /** When the hub was last heard, by this machine's clock, milliseconds. */
  heard_ms: number;
  epoch: string;
  since: number;
  board: BoardSnapshot;
  fixes: Fix[];
  region: Region;
}

const NAME = "dispatch";
const STORE = "board";
const KEY = "last";
const OLDEST_MS = 12 * 3_600_000;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("no storage"));
  });
}

async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () =>
        reject(transaction.error ?? new Error("not kept"));
    });
  } finally {
    database.close();
  }
}

/** The board of this person, unless it is another's or too old; a browser that keeps nothing has none. */
export async function keptBoard(accountId: string, now_ms: number): Promise<KeptBoard | null> {
  try {
    const kept = await inStore<KeptBoard | undefined>("readonly", (store) => store.get(KEY));
    return kept && kept.account_id === accountId && now_ms - kept.heard_ms < OLDEST_MS ? kept : null;
  } catch {
    return null;
  }
}

export async function keepBoard(kept: KeptBoard): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.put(kept, KEY));
  } catch {
    // A browser that keeps nothing: the page works, it only cannot be loaded without the hub.
  }
}

export async function forgetBoard(): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.delete(KEY));
  } catch {
    // Nothing was kept.
  }
}
