/** What people are called whose account ids notes, holds and schedules are signed with, also those who
 * have gone home. Asked once, and again when somebody is unknown. */

import { useCallback, useEffect, useRef, useState } from "react";
import { request } from "../api/client";
import type { components } from "../api/schema";
import { useHub, usePeople } from "./hub";

type PersonName = components["schemas"]["PersonName"];

/** An unknown one is asked for at most this often. */
const AGAIN_MS = 30_000;
/** Ids that the hub makes; others, as `hub`, are words already. */
const MADE = /^[0-9a-f]{32}$/;

const known = new Map<string, string>();
let asked_ms = -Infinity;
const listeners = new Set<() => void>();

function ask(): void {
  if (performance.now() - asked_ms < AGAIN_MS) return;
  asked_ms = performance.now();
  request<PersonName[]>("GET", "/sessions/people").then(
    (people) => {
      for (const person of people) known.set(person.account_id, person.name);
      for (const listener of listeners) listener();
    },
    () => undefined, // not for this role, or no link: who is at a console has a name all the same
  );
}

/** The name, the id itself where that is a word, or `somebody`; never an id that no person can read. */
export function nameIn(id: string, names: ReadonlyMap<string, string>): string {
  return names.get(id) ?? (MADE.test(id) ? "somebody" : id);
}

export function useNameOf(): (id: string) => string {
  const { session } = useHub();
  const people = usePeople();
  const [turn, redraw] = useState(0);
  const missing = useRef(false);
  useEffect(() => {
    if (missing.current) ask();
    missing.current = false;
  });
  useEffect(() => {
    const listener = () => redraw((now) => now + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return useCallback(
    (id: string) => {
      if (id === session.account.id) return session.account.name;
      const here = people?.find((person) => person.account_id === id);
      if (here) return here.name;
      if (!known.has(id) && MADE.test(id)) missing.current = true;
      return nameIn(id, known);
    },
    // `turn`: the names that came since.
    [people, session.account, turn],
  );
}
