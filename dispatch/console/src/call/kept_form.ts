/** What is typed goes to the hub as it is typed: it survives this screen, and whoever opens the call
 * goes on with it. What does not arrive is sent with the next letter, or with the form. */

import { useCallback, useEffect, useRef } from "react";
import { newId, request } from "../api/client";
import { EMPTY_DRAFT, placeBody, type Draft } from "./draft";

/** At most one event of a call in this time, however fast somebody types. */
const EVERY_MS = 2_500;

/** As much as the hub keeps of a field. */
const SHORT = 200;
const LONG = 4_000;

/** The body of `POST /calls/ID/form`. Pure. */
export function formBody(draft: Draft): Record<string, unknown> {
  return {
    said: draft.said.slice(0, SHORT),
    callback: draft.callback.slice(0, SHORT),
    caller_name: draft.caller_name.slice(0, SHORT),
    place: draft.place && placeBody(draft.place),
    incident_type: draft.incident_type,
    priority: draft.priority,
    note: draft.note.slice(0, LONG),
    type_text: draft.incident_type ? "" : draft.type_text.slice(0, SHORT),
    wanted: draft.wanted.slice(0, SHORT),
    caller_at: draft.caller_at.slice(0, SHORT),
  };
}

const NOTHING = JSON.stringify(formBody(EMPTY_DRAFT));

/** Returns what sends it at once, as before the form is cleared. */
export function useKeptForm(draft: Draft): () => void {
  const latest = useRef(draft);
  latest.current = draft;
  const sent = useRef({ call_id: "", words: NOTHING });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const send = useCallback(() => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
    const { call_id, corrects } = latest.current;
    if (!call_id || corrects) return;
    const body = formBody(latest.current);
    const words = JSON.stringify(body);
    const before = sent.current;
    if (before.call_id === call_id ? before.words === words : words === NOTHING) return;
    sent.current = { call_id, words };
    request("POST", `/calls/${call_id}/form`, { command_id: newId("f"), ...body }).catch(() => {
      if (sent.current.words === words) sent.current = before;
    });
  }, []);

  useEffect(() => {
    if (!draft.call_id || draft.corrects) return;
    timer.current ??= setTimeout(send, EVERY_MS);
  }, [draft, send]);
  useEffect(() => () => send(), [send]);
  return send;
}
