/** An address that became another after units were sent: who has still to acknowledge it. Pure. */

import type { Assignment, PlaceCorrection } from "../api/model";
import { isLive, TRANSPORTS } from "./status";

/** Metres from which a corrected address is an alarm by itself: the call may be another agency's. */
export const FAR_M = 200;

/** The correction that a crew has still to acknowledge; null: none. As the hub decides it. */
export function openCorrection(a: Assignment): PlaceCorrection | null {
  const correction = a.place_correction ?? null;
  if (!correction || correction.acknowledged_at) return null;
  return isLive(a) && !TRANSPORTS.has(a.status) ? correction : null;
}

/** Whether a crew has let its time pass: for its assignment, or for the address that is another now. */
export function isUnanswered(a: Assignment): boolean {
  return (a.escalation > 0 && !a.acknowledged_at) || (openCorrection(a)?.step ?? 0) > 0;
}

/** `350 m`, `1.4 km`. */
export function metresWords(metres: number): string {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}
