/** Where this device is, when it has a receiver and may say so. Never waits long. */

import type { LonLat } from "../api/model";

export interface DeviceFix {
  at: LonLat;
  heading_deg: number | null;
}

const WAIT_MS = 1_500;
const OLDEST_MS = 5_000;
/** A standing vehicle has no heading: what its receiver says then is noise. */
const MOVING_MPS = 1.5;

/** The device's own fix, at most a few seconds old; null when it has none within a moment. */
export function deviceFix(): Promise<DeviceFix | null> {
  const { geolocation } = navigator;
  if (!geolocation) return Promise.resolve(null);
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), WAIT_MS);
    geolocation.getCurrentPosition(
      ({ coords }) => {
        clearTimeout(late);
        const moves = (coords.speed ?? 0) >= MOVING_MPS && coords.heading !== null;
        resolve({
          at: [coords.longitude, coords.latitude],
          heading_deg: moves && !Number.isNaN(coords.heading) ? coords.heading : null,
        });
      },
      () => {
        clearTimeout(late);
        resolve(null);
      },
      { enableHighAccuracy: true, maximumAge: OLDEST_MS, timeout: WAIT_MS },
    );
  });
}
