/** This tablet's notifications: subscribed at the browser's push service with the hub's key, and named to
 * the hub for as long as the session stands. Nothing is asked of a browser before a crew presses. */

import { request } from "../api/client";
import type { PushState, PushSubscribed } from "../api/model";

/** `on` only once the hub has the subscription; `blocked`: the crew or the tablet's owner said no. */
export type Notified = "none" | "off" | "on" | "blocked";

export async function readPush(): Promise<PushState> {
  return request<PushState>("GET", "/push");
}

/** What may be offered here: `none` where the hub or the browser has no push. */
export function offered(push: PushState): Notified {
  if (!push.on || !("serviceWorker" in navigator) || !("PushManager" in window)) return "none";
  return Notification.permission === "denied" ? "blocked" : "off";
}

/** Subscribe and tell the hub; asks the crew when it has not been asked yet. */
export async function takeNotifications(key: string): Promise<Notified> {
  if ((await Notification.requestPermission()) !== "granted") return "blocked";
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  if (known && base64url(known.options.applicationServerKey) !== key) await known.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await request<PushSubscribed>("POST", "/push/subscriptions", {
    endpoint: made.endpoint,
    p256dh: base64url(made.getKey("p256dh")),
    auth: base64url(made.getKey("auth")),
  });
  return "on";
}

/** Take off the screen what was shown to whoever was signed in. */
export async function forgetNotifications(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
}

function base64url(bytes: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
