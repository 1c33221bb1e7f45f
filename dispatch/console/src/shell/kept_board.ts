/** The last board and paper board at this position, so that a page that is loaded while the hub is gone has
 * them with their age. One person's at a time; gone when they sign out, and after half a day. */

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
const PAPER = "paper";
const OLDEST_MS = 12 * 3_600_000;

export interface KeptPaper {
  account_id: string;
  pdf: ArrayBuffer;
  /** How the board stood that is printed, by this machine's clock, milliseconds. */
  as_of_ms: number;
}

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

/** What lies under a key, unless it is another person's or too old. */
async function read<T extends { account_id: string }>(
  key: string,
  accountId: string,
  oldest_ms: number,
  at_ms: (kept: T) => number,
): Promise<T | null> {
  try {
    const kept = await inStore<T | undefined>("readonly", (store) => store.get(key));
    return kept && kept.account_id === accountId && at_ms(kept) > oldest_ms ? kept : null;
  } catch {
    return null;
  }
}

async function write(key: string, kept: KeptBoard | KeptPaper): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.put(kept, key));
  } catch {
    // A browser that keeps nothing: the page works, it only cannot be loaded without the hub.
  }
}

/** The board of this person, unless it is another's or too old; a browser that keeps nothing has none. */
export function keptBoard(accountId: string, now_ms: number): Promise<KeptBoard | null> {
  return read<KeptBoard>(KEY, accountId, now_ms - OLDEST_MS, (kept) => kept.heard_ms);
}

export function keepBoard(kept: KeptBoard): Promise<void> {
  return write(KEY, kept);
}

/** The paper board that this person held last. */
export function keptPaper(accountId: string, now_ms: number): Promise<KeptPaper | null> {
  return read<KeptPaper>(PAPER, accountId, now_ms - OLDEST_MS, (kept) => kept.as_of_ms);
}

export function keepPaper(kept: KeptPaper): Promise<void> {
  return write(PAPER, kept);
}

export async function forgetBoard(): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.clear());
  } catch {
    // Nothing was kept.
  }
}
