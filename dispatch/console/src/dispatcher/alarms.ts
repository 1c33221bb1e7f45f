/** What is loud: a new priority 1 without a unit, and silence of a crew. One sound at a time, repeated
 * until F8; what is on screen stays until it is dealt with. */

import { useEffect, useRef, useState } from "react";
import type { Discipline, HubEvent } from "../api/model";
import { addressOf } from "../board/words";
import { useHub } from "../shell/hub";
import { play } from "../shell/sound";

export interface Alarm {
  key: string;
  text: string;
  incident_id: string;
}

const REPEAT_MS = 12_000;

export interface Alarms {
  list: readonly Alarm[];
  silence: () => void;
  /** The newest incident in words, for screen readers. */
  spoken: string;
}

export function useAlarms(covers: ReadonlySet<Discipline>): Alarms {
  const { connection, onEvent } = useHub();
  const [list, setList] = useState<readonly Alarm[]>([]);
  const [spoken, setSpoken] = useState("");
  const covered = useRef(covers);
  useEffect(() => {
    covered.current = covers;
  }, [covers]);

  useEffect(
    () =>
      onEvent((event: HubEvent) => {
        const { body } = event;
        if (body.kind === "incident.created") {
          const { incident } = body;
          const mine = incident.legs.some((leg) => covered.current.has(leg.discipline));
          if (incident.officer_initiated || (!mine && incident.priority > 1)) return;
          setSpoken(
            `New: priority ${incident.priority}, ${incident.type_label}, ${addressOf(incident)}`,
          );
          if (incident.priority > 1) {
            play("notice");
            return;
          }
          const text = `New priority 1: ${incident.type_label}, ${addressOf(incident)}`;
          setList((now) => [...now, { key: incident.id, text, incident_id: incident.id }]);
          play("urgent");
        } else if (body.kind === "assignment.escalated") {
          const assignment = connection.board().assignments[body.assignment_id];
          if (!assignment) return;
          const text = `${assignment.unit_id} silent for ${Math.round(body.silent_s)} s`;
          const key = `${assignment.id}-${body.step}`;
          setList((now) => [...now, { key, text, incident_id: assignment.incident_id }]);
          play("urgent");
        } else if (body.kind === "assignment.check_missed") {
          const assignment = connection.board().assignments[body.assignment_id];
          if (!assignment) return;
          const text = `${assignment.unit_id}: status check missed, call it now`;
          const key = `${assignment.id}-check-${body.step}`;
          setList((now) => [...now, { key, text, incident_id: assignment.incident_id }]);
          play("urgent");
        } else if (
          body.kind === "assignment.checked" ||
          body.kind === "assignment.status_changed" ||
          body.kind === "assignment.released"
        ) {
          const key = `${body.assignment_id}-check-`;
          setList((now) => now.filter((alarm) => !alarm.key.startsWith(key)));
        } else if (body.kind === "unit.assigned" || body.kind === "incident.closed") {
          const id =
            body.kind === "incident.closed" ? body.incident_id : body.assignment.incident_id;
          setList((now) => now.filter((alarm) => alarm.key !== id));
        } else if (body.kind === "assignment.acknowledged") {
          setList((now) =>
            now.filter(
              (alarm) =>
                !alarm.key.startsWith(`${body.assignment_id}-`) || alarm.key.includes("-check-"),
            ),
          );
        }
      }),
    [connection, onEvent],
  );

  useEffect(() => {
    if (list.length === 0) return undefined;
    const timer = setInterval(() => play("urgent"), REPEAT_MS);
    return () => clearInterval(timer);
  }, [list.length === 0]);

  return { list, spoken, silence: () => setList([]) };
}
