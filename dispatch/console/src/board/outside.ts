/** Units asked for by phone from outside the region: promised, never shown as on the way. Pure. */

import type { Incident, OutsideUnit } from "../api/model";
import { clockSpan, timeOfDay } from "./words";

/** Those that the incident counts on: promised, or there. A kept board of before knows of none. */
export function standingOutside(incident: Incident): OutsideUnit[] {
  return (incident.outside ?? []).filter((one) => one.state === "promised" || one.state === "arrived");
}

/** `O1 Fairview E5`. */
export function outsideLabel(one: OutsideUnit): string {
  return [one.ref, one.asked_of, one.name].filter(Boolean).join(" ");
}

/** Seconds past the time for which it was promised; negative before; null once it is there or gone. */
export function promiseLate_s(one: OutsideUnit, now_ms: number): number | null {
  return one.state === "promised" ? (now_ms - Date.parse(one.eta_at)) / 1000 : null;
}

/** `PROMISED 12:40`, `PROMISED 12:40, 3:10 LATE`, `ARRIVED 12:38`, `cancelled: reason`. */
export function outsideState(one: OutsideUnit, now_ms: number, zone: string): string {
  const at = (iso: string | null) => (iso ? timeOfDay(iso, zone, false) : "");
  if (one.state === "arrived") return `ARRIVED ${at(one.arrived_at)}`;
  if (one.state === "left") return `left ${at(one.ended_at)}`;
  if (one.state === "cancelled") return `cancelled: ${one.reason}`;
  const late_s = promiseLate_s(one, now_ms) ?? 0;
  return `PROMISED ${at(one.eta_at)}${late_s > 0 ? `, ${clockSpan(late_s)} LATE` : ""}`;
}
