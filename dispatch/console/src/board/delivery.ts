/** How far an assignment has got to its crew, by channel, in few words. Pure. */

import type { Assignment, Delivery, Incident, Region } from "../api/model";
import type { Board } from "./apply";
import { clockSpan } from "./words";

type Told = Pick<Delivery, "channel" | "state" | "why">;

const FORWARD: Record<Delivery["state"], number> = {
  dropped: 0,
  failed: 1,
  queued: 2,
  sent: 3,
  delivered: 4,
  seen: 5,
  acknowledged: 6,
};

/** The messages about each assignment, in the order in which they were queued; or its updates alone. */
export function deliveriesByAssignment(
  deliveries: Board["deliveries"],
  about: "assignment" | "update" = "assignment",
): Map<string, Delivery[]> {
  const found = new Map<string, Delivery[]>();
  const queued = Object.values(deliveries).sort(
    (a, b) => a.queued_at.localeCompare(b.queued_at) || a.channel.localeCompare(b.channel),
  );
  for (const delivery of queued) {
    if (delivery.assignment_id === null || delivery.about !== about) continue;
    found.set(delivery.assignment_id, [...(found.get(delivery.assignment_id) ?? []), delivery]);
  }
  return found;
}

/** The tablet has every assignment by the stream: how far it got there stands on the assignment. */
function tablet(a: Assignment): Told {
  const state = a.seen_at ? "seen" : a.received_at ? "delivered" : "sent";
  return { channel: "tablet", state, why: "" };
}

function told(a: Assignment, deliveries: readonly Delivery[]): Told[] {
  return [tablet(a), ...deliveries.filter((d) => d.state !== "dropped")];
}

/** `pager sent`, `tablet seen`, `voice`: the channel that got furthest, the last tried among equals. */
export function nearestWords(a: Assignment, deliveries: readonly Delivery[]): string {
  if (a.acknowledged_at) {
    if (a.acknowledged_by === "voice") return "voice";
    const by = deliveries.find((d) => d.state === "acknowledged");
    return `${by?.channel ?? "tablet"} ack`;
  }
  const all = told(a, deliveries);
  const most = Math.max(...all.map((one) => FORWARD[one.state]));
  const last = all.filter((one) => FORWARD[one.state] === most).at(-1) as Told;
  return `${last.channel} ${last.state}`;
}

/** `pager FAILED`: a channel that reached nobody, while the crew has not answered; empty: none. */
export function failedWords(a: Assignment, deliveries: readonly Delivery[]): string {
  const failed = a.acknowledged_at ? undefined : deliveries.findLast((d) => d.state === "failed");
  return failed ? `${failed.channel} FAILED` : "";
}

/** Every channel that was tried, with its state; what failed says why. */
export function chainWords(a: Assignment, deliveries: readonly Delivery[]): string {
  if (a.acknowledged_at) {
    const by = nearestWords(a, deliveries);
    return by === "voice" ? "ack by voice" : by;
  }
  return told(a, deliveries)
    .map(({ channel, state, why }) =>
      state === "failed" ? `${channel} FAILED: ${why}` : `${channel} ${state}`,
    )
    .join(" · ");
}

type Channel = Region["agencies"][number]["channels"][number];

/** How loud silence grows where no further channel is left. */
const LOUDER = ["repeated", "second position", "supervisor"];

/** An agency's channels as they are tried: those up to the first with a limit go out together. The
 * same steps as `dispatch/domain/delivery.py`. */
function stepsOf(channels: readonly Channel[]): Channel[][] {
  const steps: Channel[][] = [];
  let together: Channel[] = [];
  for (const channel of channels) {
    together.push(channel);
    if (channel.limit_s > 0) {
      steps.push(together);
      together = [];
    }
  }
  return together.length > 0 ? [...steps, together] : steps;
}

/** `pager 20 s → tablet 10 s → mail 30 s`: the agency's limits; empty: it has the tablet alone. */
export function limitsWords(channels: readonly Channel[]): string {
  return stepsOf(channels)
    .map((step) => `${step.map((one) => one.name).join(" + ")} ${step.at(-1)?.limit_s || 15} s`)
    .join(" → ");
}

/** `mail in 0:12`: what follows a silence, and when; empty: the crew has answered, or nothing follows. */
export function nextWords(
  a: Assignment,
  deliveries: readonly Delivery[],
  channels: readonly Channel[],
  now_s: number,
): string {
  if (a.acknowledged_at || !a.ack_due_at) return "";
  const told = new Set(deliveries.map((d) => d.channel));
  const steps = stepsOf(channels);
  const begun = steps.findLastIndex((step) => step.some((one) => told.has(one.name)));
  const next = steps[Math.max(begun, a.escalation) + 1]?.filter((one) => one.adapter !== "tablet") ?? [];
  const words = next.map((one) => one.name).join(" + ") || LOUDER[a.escalation];
  const left_s = Date.parse(a.ack_due_at) / 1000 - now_s;
  return words ? `${words} in ${clockSpan(Math.max(0, left_s))}` : "";
}

/** `address, hazard: pager sent`: what a crew was told anew by each channel, the last time. */
export function changeWords(updates: readonly Delivery[]): string {
  const last = new Map(updates.filter((d) => d.state !== "dropped").map((d) => [d.channel, d]));
  if (last.size === 0) return "";
  const told = [...last.values()];
  const what = new Set(told.flatMap((d) => d.changed.map((change) => change.what)));
  const how = told.map((d) =>
    d.state === "failed" ? `${d.channel} FAILED: ${d.why}` : `${d.channel} ${d.state}`,
  );
  return `${[...what].join(", ")}: ${how.join(" · ")}`;
}

/** `ST1 tones sent`: the stations that were alerted before anybody was sent, and what they were told
 * anew: `ST1 tones sent, changed address: sent`, `ST1 tones sent, stood down: sent`. Of a station that
 * was alerted again since, the last time. */
export function preAlerts(board: Board, incident: Incident): string[] {
  const own = Object.values(board.deliveries).filter(
    (d) => d.station !== "" && d.incident_id === incident.id && d.state !== "dropped",
  );
  const last = new Map<string, Delivery>();
  for (const alert of own.filter((d) => d.about === "pre_alert")) {
    const key = `${alert.station} ${alert.channel}`;
    if ((last.get(key)?.number ?? -1) < alert.number) last.set(key, alert);
  }
  return [...last.values()]
    .sort((a, b) => a.station.localeCompare(b.station) || a.channel.localeCompare(b.channel))
    .map((alert) => {
      const anew = own
        .filter((d) => d.station === alert.station && d.channel === alert.channel)
        .filter((d) =>
          d.about === "cancel"
            ? d.number >= alert.number
            : d.about === "update" && d.queued_at >= alert.queued_at,
        )
        .sort((a, b) => a.queued_at.localeCompare(b.queued_at))
        .at(-1);
      const first = `${alert.station} ${alert.channel} ${stateWords(alert)}`;
      if (!anew) return first;
      const what =
        anew.about === "cancel" ? "stood down" : `changed ${anew.changed.map((c) => c.what).join(", ")}`;
      return `${first}, ${what}: ${stateWords(anew)}`;
    });
}

function stateWords(delivery: Delivery): string {
  return delivery.state === "failed" ? `FAILED: ${delivery.why}` : delivery.state;
}
