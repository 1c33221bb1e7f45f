/** Sounds what is loud, one tone at a time, repeated until F8; silencing is for this page alone. */

import { useEffect, useMemo, useRef, useState } from "react";
import { askedIn } from "../board/asked";
import type { HubEvent, Position } from "../api/model";
import { alarmsOf, alarmWords, type Alarm } from "../board/alarms";
import { uncovered, type Cover } from "../board/cover";
import { isScheduled } from "../board/schedule";
import { addressOf } from "../board/words";
import { useAiling, useBoard, useHub, useLimits, useLink, useNowS, usePeople } from "../shell/hub";
import { play } from "../shell/sound";

/** Who arranges the floor, and is asked what nobody else may answer. */
const ARRANGES = new Set(["supervisor", "hub_admin"]);
const REPEAT_MS = 12_000;
const LOOK_S = 5;
/** Alarms that a screen reader is told of at once. */
const SPOKEN = 3;
/** Most letters of a key, and most keys, that the hub takes at once. */
const KEY_MOST = 200;
const TOLD_MOST = 500;

export interface Alarms {
  list: readonly Alarm[];
  /** What the last tone was about, as long as it is loud. */
  newest: Alarm | null;
  /** What became loud last, in the words of that moment, for screen readers, as far as it still is. */
  raised: string;
  silence: () => void;
  /** The newest incident in words, for screen readers. */
  spoken: string;
}

/** A page that is loaded anew is away for a moment; this long is no moment. */
const ABSENT_S = 20;

/** Held positions whose person has had no console connected for a while. */
function useAbsent(): readonly Position[] {
  const { positions } = useBoard();
  const people = usePeople();
  const link = useLink();
  const now = Math.floor(useNowS() / LOOK_S) * LOOK_S;
  const since = useRef(new Map<string, number>());
  return useMemo(() => {
    if (people === null || link.word !== "LIVE") {
      since.current.clear();
      return [];
    }
    const here = new Set(people.map((person) => person.account_id));
    const away = Object.values(positions).filter((p) => p.held_by && !here.has(p.held_by));
    const ids = new Set(away.map((p) => p.id));
    for (const id of since.current.keys()) if (!ids.has(id)) since.current.delete(id);
    for (const id of ids) if (!since.current.has(id)) since.current.set(id, now);
    return away.filter((p) => now - (since.current.get(p.id) ?? now) >= ABSENT_S);
  }, [positions, people, link.word, now]);
}

export function useAlarms(cover: Cover, tier: "console" | "supervisor" = "console"): Alarms {
  const { onEvent, outbox, region, session } = useHub();
  const absent = useAbsent();
  const ailing = useAiling();
  const unwatched = ailing.unwatched_s > 0;
  const untaken = ailing.untaken > 0;
  const board = useBoard();
  const limits = useLimits();
  const look = Math.floor(useNowS() / LOOK_S);
  const [silenced, setSilenced] = useState<ReadonlySet<string>>(new Set());
  const [spoken, setSpoken] = useState("");
  const [newestKey, setNewestKey] = useState("");
  const [raised, setRaised] = useState<readonly Alarm[]>([]);
  const heard = useRef<ReadonlySet<string>>(new Set());
  const covered = useRef(cover);
  const boardRef = useRef(board);
  useEffect(() => {
    boardRef.current = board;
  }, [board]);
  useEffect(() => {
    covered.current = cover;
  }, [cover]);

  const floor = useMemo(() => {
    const agencies = region?.agencies ?? [];
    const names = new Map(agencies.map((agency) => [agency.id, agency.name]));
    return {
      gaps: uncovered(agencies, region?.municipalities ?? [], Object.values(board.positions)),
      absent,
      unwatched,
      untaken,
      storms: ARRANGES.has(session.account.role) ? Object.values(board.storms) : [],
      nameOf: (id: string) => names.get(id) ?? id,
      zone: region?.time_zone ?? "UTC",
      tier,
      disciplineOf: (id: string) => agencies.find((agency) => agency.id === id)?.discipline ?? null,
    };
  }, [board.positions, board.storms, region, absent, unwatched, untaken, session.account.role, tier]);
  const all = useMemo(
    () => alarmsOf(board, cover, look * LOOK_S * 1000, floor, limits),
    [board, cover, look, floor, limits],
  );
  const list = useMemo(() => all.filter((alarm) => !silenced.has(alarm.key)), [all, silenced]);
  const calls = Object.keys(board.emergencies).length;

  useEffect(
    () =>
      onEvent((event: HubEvent) => {
        if (event.body.kind === "incident.schedule_due") {
          const due = boardRef.current.incidents[event.body.incident_id];
          if (!due || !covered.current.incident(due)) return;
          const asked = askedIn(due, covered.current);
          setSpoken(`Due: ${asked.type_label}, ${addressOf(due)}`);
          if (asked.priority > 1) play("notice");
          return;
        }
        if (event.body.kind !== "incident.created") return;
        const { incident } = event.body;
        const mine = covered.current.incident(incident);
        if (incident.officer_initiated || (!mine && incident.priority > 1)) return;
        if (isScheduled(incident)) {
          setSpoken(`Scheduled for later: ${incident.type_label}, ${addressOf(incident)}`);
          return;
        }
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
    const louder = list.filter((alarm) => !heard.current.has(alarm.key));
    const last = louder.at(-1);
    if (last && heard.current.size > 0) {
      setNewestKey(last.key);
      setRaised(louder);
    }
    heard.current = keys;
  }, [list, board.emergencies]);

  const loud = list.length > 0 || calls > 0;
  useEffect(() => {
    if (!loud) return undefined;
    const timer = setInterval(() => play("urgent"), REPEAT_MS);
    return () => clearInterval(timer);
  }, [loud]);

  /** Silent here alone; that it is, is told to the hub, which keeps who silenced what. */
  const silence = () => {
    setSilenced(new Set(all.map((alarm) => alarm.key)));
    if (list.length === 0) return;
    const alarms = list.map((alarm) => alarm.key.slice(0, KEY_MOST));
    void outbox.send("Silence alarms", "POST", "/alarms/silenced", { alarms: alarms.slice(0, TOLD_MOST) });
  };
  const newest = list.find((alarm) => alarm.key === newestKey) ?? null;
  const standing = raised.filter((one) => list.some((alarm) => alarm.key === one.key));
  return { list, newest, raised: alarmWords(standing, SPOKEN), spoken, silence };
}
