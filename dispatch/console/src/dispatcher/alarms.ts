/** Sounds what is loud, one tone at a time, repeated until F8; silencing is for this page alone. */

import { useEffect, useMemo, useRef, useState } from "react";
import type { Discipline, HubEvent } from "../api/model";
import { alarmsOf, type Alarm } from "../board/alarms";
import { addressOf } from "../board/words";
import { useBoard, useHub, useNowS } from "../shell/hub";
import { play } from "../shell/sound";

const REPEAT_MS = 12_000;
const LOOK_S = 5;

export interface Alarms {
  list: readonly Alarm[];
  silence: () => void;
  /** The newest incident in words, for screen readers. */
  spoken: string;
}

export function useAlarms(covers: ReadonlySet<Discipline>): Alarms {
  const { onEvent } = useHub();
  const board = useBoard();
  const look = Math.floor(useNowS() / LOOK_S);
  const [silenced, setSilenced] = useState<ReadonlySet<string>>(new Set());
  const [spoken, setSpoken] = useState("");
  const heard = useRef<ReadonlySet<string>>(new Set());
  const covered = useRef(covers);
  useEffect(() => {
    covered.current = covers;
  }, [covers]);

  const all = useMemo(
    () => alarmsOf(board, covers, look * LOOK_S * 1000),
    [board, covers, look],
  );
  const list = useMemo(() => all.filter((alarm) => !silenced.has(alarm.key)), [all, silenced]);
  const calls = Object.keys(board.emergencies).length;

  useEffect(
    () =>
      onEvent((event: HubEvent) => {
        if (event.body.kind !== "incident.created") return;
        const { incident } = event.body;
        const mine = incident.legs.some((leg) => covered.current.has(leg.discipline));
        if (incident.officer_initiated || (!mine && incident.priority > 1)) return;
        setSpoken(
          `New: priority ${incident.priority}, ${incident.type_label}, ${addressOf(incident)}`,
        );
        if (incident.priority > 1) play("notice");
      }),
    [onEvent],
  );

  useEffect(() => {
    const keys = new Set([...list.map((alarm) => alarm.key), ...Object.keys(board.emergencies)]);
    if ([...keys].some((key) => !heard.current.has(key))) play("urgent");
    heard.current = keys;
  }, [list, board.emergencies]);

  const loud = list.length > 0 || calls > 0;
  useEffect(() => {
    if (!loud) return undefined;
    const timer = setInterval(() => play("urgent"), REPEAT_MS);
    return () => clearInterval(timer);
  }, [loud]);

  const silence = () => setSilenced(new Set(all.map((alarm) => alarm.key)));
  return { list, spoken, silence };
}
