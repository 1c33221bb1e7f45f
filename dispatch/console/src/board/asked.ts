/** What a part of an incident is and how urgent: its own type and priority where it has them, else the
 * whole's. Pure; the same rule as `Incident.asked_of` in `dispatch/domain/incident.py`. */

import type { Assignment, Discipline, Incident, Leg } from "../api/model";
import type { Cover } from "./cover";

export interface Asked {
  incident_type: string;
  type_label: string;
  priority: number;
}

/** Of the part of a discipline; without such a part, the whole's. */
export function askedOf(incident: Incident, discipline: Discipline): Asked {
  const leg = incident.legs.find((one) => one.discipline === discipline);
  return leg ? askedOfLeg(incident, leg) : wholeOf(incident);
}

/** Of the part that a unit works; 0 where its incident is not known. */
export function priorityOf(incident: Incident | undefined, assignment: Pick<Assignment, "discipline">): number {
  return incident ? askedOf(incident, assignment.discipline).priority : 0;
}

export function askedOfLeg(incident: Incident, leg: Leg): Asked {
  const whole = wholeOf(incident);
  const priority = leg.priority ?? whole.priority;
  if (!leg.incident_type) return { ...whole, priority };
  return { incident_type: leg.incident_type, type_label: leg.type_label || leg.incident_type, priority };
}

/** Of what is left to do: the most urgent of the parts that wait, or of the open ones where none waits;
 * with a cover, of its parts where it has any of these. Their type where they are all of one. */
export function askedIn(incident: Incident, cover?: Cover): Asked {
  const parts = partsLeft(incident, cover).map((leg) => askedOfLeg(incident, leg));
  const [first, ...others] = parts;
  if (!first) return wholeOf(incident);
  const alike = others.every((one) => one.incident_type === first.incident_type);
  const { incident_type, type_label } = alike ? first : wholeOf(incident);
  return { incident_type, type_label, priority: Math.min(...parts.map((one) => one.priority)) };
}

/** The parts that wait: the cover's, where any of its own do. */
export function partsWaiting(incident: Incident, cover?: Cover): Leg[] {
  const waiting = incident.legs.filter((leg) => leg.state === "pending");
  const own = ownOf(incident, waiting, cover);
  return own.length > 0 ? own : waiting;
}

/** The cover's parts that wait, or else are open; where it has none of these, everybody's. */
function partsLeft(incident: Incident, cover?: Cover): Leg[] {
  const waiting = incident.legs.filter((leg) => leg.state === "pending");
  const open = incident.legs.filter((leg) => leg.state !== "closed");
  const own = [ownOf(incident, waiting, cover), ownOf(incident, open, cover)];
  return [...own, waiting, open].find((legs) => legs.length > 0) ?? [];
}

function ownOf(incident: Incident, legs: Leg[], cover?: Cover): Leg[] {
  return cover ? legs.filter((leg) => cover.leg(incident, leg)) : legs;
}

/** How parts that stand apart are said: `EMS priority 1, Chest pain`; empty where a part is as the whole. */
export function apartWords(incident: Incident, leg: Leg): string {
  const whole = wholeOf(incident);
  const own = askedOfLeg(incident, leg);
  const said = [
    own.priority !== whole.priority && `priority ${own.priority}`,
    own.incident_type !== whole.incident_type && own.type_label,
  ];
  return said.filter(Boolean).join(", ");
}

function wholeOf({ incident_type, type_label, priority }: Incident): Asked {
  return { incident_type, type_label, priority };
}
