/** The call that the form is about: begun at the hub with the first key, so that the hub's own clock
 * stamps it. Where the hub does not answer the form goes on alone, and is a whole call when saved. */

import { useCallback, useEffect, useRef } from "react";
import { newId, request } from "../api/client";
import type { Call } from "../api/model";
import type { Board } from "../board/apply";
import { useLink } from "../shell/hub";
import type { Draft } from "./draft";

const BEGIN_WITHIN_MS = 3_000;

interface Beginning {
  started_at: string;
  call_id: Promise<string | null>;
}

export interface FormCall {
  /** As the board has it; null before it is begun, or while the hub does not answer. */
  call: Call | null;
  /** The centre that took it while it stood in this form; empty while it is ours. */
  theirs: string;
  /** Its id, once a beginning that is under way has come to its end. */
  settled: () => Promise<string | null>;
}

export function useFormCall(
  draft: Draft,
  board: Board,
  begun: (started_at: string, call_id: string) => void,
): FormCall {
  const offline = useLink().word === "OFFLINE";
  const beginning = useRef<Beginning | null>(null);
  const { started_at, call_id, channel, corrects } = draft;

  useEffect(() => {
    if (!started_at || call_id || corrects || offline || beginning.current?.started_at === started_at) return;
    const asked = request<{ call_id: string }>(
      "POST",
      "/calls/begun",
      { command_id: newId("b"), channel },
      BEGIN_WITHIN_MS,
    ).then(
      (opened) => {
        begun(started_at, opened.call_id);
        return opened.call_id;
      },
      () => null,
    );
    beginning.current = { started_at, call_id: asked };
  }, [started_at, call_id, offline]);

  const taken = draft.corrects ? null : call_id;
  useStage(taken, "located", draft.place !== null);
  useStage(taken, "typed", draft.incident_type !== null);

  const settled = useCallback(async () => {
    if (call_id) return call_id;
    const under_way = beginning.current;
    return under_way && under_way.started_at === started_at ? under_way.call_id : null;
  }, [call_id, started_at]);
  const call = (call_id && board.calls[call_id]) || null;
  const seen = useRef<Call | null>(null);
  if (call) seen.current = call;
  const left = call_id && !call && seen.current?.id === call_id ? seen.current.transfers.at(-1) : undefined;
  const theirs = left && (left.state === "offered" || left.state === "accepted") ? left.centre_name : "";
  return { call, theirs, settled };
}

/** Tell the hub once that a stage is reached. It keeps the first stamp; one that is lost is stamped
 * when the form is saved. */
function useStage(call_id: string | null, stage: "located" | "typed", reached: boolean): void {
  const told = useRef("");
  useEffect(() => {
    if (!call_id || !reached || told.current === call_id) return;
    told.current = call_id;
    const body = { command_id: newId("s"), stage };
    request("POST", `/calls/${call_id}/stages`, body).catch(() => undefined);
  }, [call_id, stage, reached]);
}
