/** What the supervisor chases: everything past its limit, and every crew that is silent. Pure. */

import { askedOfLeg, priorityOf } from "./asked";
import type { Assignment, Incident } from "../api/model";
import type { Board } from "./apply";
import { openCorrection } from "./corrections";
import type { Limits } from "./limits";
import { CODES, isLive } from "./status";
import { lateParts, waitOf, type LatePart } from "./waiting";
import { addressOf, clockSpan, shortNumber } from "./words";

export interface LateRow {
  key: string;
  /** Past its limit; not above 0 where it is only silent. */
  over_s: number;
  what: string;
  why: string;
  incident_id: string;
}

/** The longest past its limit first. Each part of an incident, and each unit, by the limits of its own
 * agency and the priority of its own part. */
export function lateOf(board: Board, now_ms: number, limits: Limits): LateRow[] {
  const rows = [
    ...Object.values(board.incidents).flatMap((incident) => {
      const parts = lateParts(incident, now_ms, limits);
      return parts.length > 0 ? [withoutUnit(board, incident, parts, now_ms)] : [];
    }),
    ...Object.values(board.assignments).flatMap((a) => unitRow(board, a, now_ms, limits) ?? []),
  ];
  return rows.sort((a, b) => b.over_s - a.over_s);
}

function withoutUnit(board: Board, incident: Incident, parts: LatePart[], now_ms: number): LateRow {
  const whole = incident.legs.length === 1;
  const types = parts.map(({ leg }) => askedOfLeg(incident, leg).type_label);
  const label = types.every((type) => type === types[0]) ? types[0] : incident.type_label;
  return {
    key: incident.id,
    over_s: parts[0]?.over_s ?? 0,
    what: `${shortNumber(incident.number)} ${label}, ${addressOf(incident)}`,
    why: parts.map((late) => partWords(board, incident, late, whole, now_ms)).join("; "),
    incident_id: incident.id,
  };
}

/** `no unit for EMS, priority 1`, with its own lateness where several are late by different limits. */
function partWords(board: Board, incident: Incident, late: LatePart, whole: boolean, now_ms: number): string {
  const { leg } = late;
  const { since, asked_at } = waitOf(board, incident, leg);
  const left_s = since === asked_at ? null : (now_ms - Date.parse(since)) / 1000;
  const which = whole ? "" : ` for ${leg.discipline.toUpperCase()}`;
  return [
    `no unit${which}, priority ${askedOfLeg(incident, leg).priority}`,
    !whole && `${clockSpan(late.over_s)} over`,
    left_s !== null && `the last left ${clockSpan(left_s)} ago`,
  ]
    .filter(Boolean)
    .join(", ");
}

function unitRow(board: Board, a: Assignment, now_ms: number, limits: Limits): LateRow | null {
  if (!isLive(a)) return null;
  const incident = board.incidents[a.incident_id];
  const limit = limits.inStatus(a, priorityOf(incident, a));
  const over_s = limit ? (now_ms - Date.parse(a.status_at)) / 1000 - limit.seconds : 0;
  const silent = a.escalation > 0 && !a.acknowledged_at;
  const unread = openCorrection(a)?.step ?? 0;
  if (over_s <= 0 && !silent && unread === 0 && a.checks_missed === 0) return null;
  return {
    key: a.id,
    over_s,
    what: `${a.unit_id} on ${shortNumber(incident?.number ?? "")}`,
    why: [
      silent && `no acknowledgement, step ${a.escalation}`,
      unread > 0 && `corrected address not acknowledged, step ${unread}`,
      a.checks_missed > 0 && "status check missed",
      over_s > 0 && `${CODES[a.status]} too long`,
    ]
      .filter(Boolean)
      .join(", "),
    incident_id: a.incident_id,
  };
}
