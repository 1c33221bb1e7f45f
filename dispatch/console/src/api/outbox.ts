/** Commands on their way. One that has no answer yet stays here as NOT SENT, in sight, and is
 * repeated under the same command id until the hub has answered; nothing waits unseen. What concerns
 * the same thing goes in the order in which it was given. */

import { newId, Refused, request, Unreached, type Method } from "./client";
import type { Problem } from "./model";

export interface Sending {
  command_id: string;
  /** What it does, in the words of the command line. */
  label: string;
  method: Method;
  path: string;
  body: Record<string, unknown>;
  made_at: number;
  attempts: number;
  /** Whose it is: nobody else sends it in their own name. */
  account_id?: string;
  /** Why the hub refused what an earlier page had left: nobody waits for that answer, so it stays. */
  refused?: string;
  /** What the hub itself said at the last try, where it could not do it: that its disk is full. */
  why?: string;
}

/** What a command concerns: one assignment, incident or unit. Two of one thing never overtake. */
function thingOf(sending: Sending): string {
  const [noun, id] = sending.path.split("?")[0]?.split("/").filter(Boolean) ?? [];
  return id ? `${noun}/${id}` : sending.command_id;
}

export type Answer<T = Record<string, unknown>> =
  | { done: true; value: T; command_id: string }
  | { done: false; problem: Problem };

const KEPT = "dispatch.outbox";
const FIRST_RETRY_MS = 700;
const LAST_RETRY_MS = 5_000;
const OF_ANOTHER = "Given under another sign-in: sign in as then to send it, or give it up.";

type Waiter = (answer: Answer) => void;

export class Outbox {
  private waiting: readonly Sending[] = [];
  private readonly waiters = new Map<string, Waiter>();
  private readonly listeners = new Set<() => void>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem"> | null,
    private readonly ask: typeof request = request,
    private readonly accountId = "",
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Commands without an answer; those that were tried at least once are NOT SENT. */
  list = (): readonly Sending[] => this.waiting;

  /** Give a command. Resolves with the hub's answer, however long that takes; never rejects. */
  send<T = Record<string, unknown>>(
    label: string,
    method: Method,
    path: string,
    body: Record<string, unknown> = {},
  ): Promise<Answer<T>> {
    const command_id = newId("c");
    const sending: Sending = {
      command_id,
      label,
      method,
      path,
      body: { command_id, ...body },
      made_at: Date.now(),
      attempts: 0,
      account_id: this.accountId,
    };
    this.change([...this.waiting, sending]);
    return new Promise((resolve) => {
      this.waiters.set(command_id, resolve as Waiter);
      void this.attempt(command_id);
    });
  }

  /** Take up what an earlier page of this tab left unsent. */
  restore(): void {
    const left = this.kept().map((s) => this.taken(s));
    if (left.length === 0) return;
    const known = new Set(this.waiting.map((s) => s.command_id));
    this.change([...left.filter((s) => !known.has(s.command_id)), ...this.waiting]);
    for (const sending of left) void this.attempt(sending.command_id);
  }

  private kept(): Sending[] {
    try {
      const found: unknown = JSON.parse(this.storage?.getItem(KEPT) ?? "[]");
      return Array.isArray(found) ? (found as Sending[]) : [];
    } catch {
      return []; // a page must come up, whatever lies in its storage
    }
  }

  /** What an earlier page left, as this account may go on with it: another's stays, in sight. */
  private taken(sending: Sending): Sending {
    const own = (sending.account_id ?? this.accountId) === this.accountId;
    if (own && sending.refused !== OF_ANOTHER) return sending;
    if (own) {
      const { refused: _, ...again } = sending;
      return again;
    }
    return { ...sending, attempts: 1, refused: sending.refused ?? OF_ANOTHER };
  }

  /** Give up on one by hand. Whether the hub has done it is then to be seen on the board. */
  drop(command_id: string): void {
    clearTimeout(this.timers.get(command_id));
    this.settle(command_id, {
      done: false,
      problem: {
        type: "about:blank",
        title: "Given up by hand; look at the board for what stands.",
        status: 0,
        code: "given_up",
        detail: "",
        fields: {},
      },
    });
  }

  retryNow(): void {
    for (const sending of this.waiting) {
      if (!this.timers.has(sending.command_id)) continue;
      clearTimeout(this.timers.get(sending.command_id));
      void this.attempt(sending.command_id);
    }
  }

  private async attempt(command_id: string): Promise<void> {
    this.timers.delete(command_id);
    const sending = this.waiting.find((s) => s.command_id === command_id);
    if (!sending || sending.refused !== undefined || this.before(sending)) return;
    const deletes = sending.method === "DELETE";
    const path = deletes
      ? `${sending.path}${sending.path.includes("?") ? "&" : "?"}command_id=${encodeURIComponent(command_id)}`
      : sending.path;
    try {
      const value = await this.ask<Record<string, unknown>>(
        sending.method,
        path,
        deletes ? undefined : sending.body,
        undefined,
        sending.made_at,
      );
      this.settle(command_id, { done: true, value, command_id });
    } catch (error) {
      if (error instanceof Refused && error.problem.code === "not_signed_in") {
        // The session is over, what was given is not: it goes when this account has signed in again.
        this.change(
          this.waiting.map((s) => (s.command_id === command_id ? { ...s, attempts: s.attempts + 1 } : s)),
        );
        return;
      }
      if (error instanceof Refused) {
        this.settle(command_id, { done: false, problem: error.problem });
        return;
      }
      if (!(error instanceof Unreached)) throw error;
      const attempts = sending.attempts + 1;
      const thing = thingOf(sending);
      this.change(
        this.waiting.map((s) => {
          if (s.command_id === command_id) {
            const { why: _, ...same } = s;
            return { ...same, attempts, ...(error.told ? { why: error.message } : {}) };
          }
          return thingOf(s) === thing ? { ...s, attempts: Math.max(1, s.attempts) } : s;
        }),
      );
      const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
      this.timers.set(
        command_id,
        setTimeout(() => void this.attempt(command_id), wait * (0.75 + Math.random() / 2)),
      );
    }
  }

  /** One that was given earlier, concerns the same thing and still waits. */
  private before(sending: Sending): Sending | undefined {
    const thing = thingOf(sending);
    const earlier = this.waiting.slice(0, this.waiting.indexOf(sending));
    return earlier.find((s) => s.refused === undefined && thingOf(s) === thing);
  }

  private settle(command_id: string, answer: Answer): void {
    const sending = this.waiting.find((s) => s.command_id === command_id);
    const waiter = this.waiters.get(command_id);
    const told = waiter || answer.done || answer.problem.code === "given_up";
    this.change(
      told
        ? this.waiting.filter((s) => s.command_id !== command_id)
        : this.waiting.map((s) =>
            s.command_id === command_id && !answer.done
              ? { ...s, attempts: 1, refused: answer.problem.detail || answer.problem.title }
              : s,
          ),
    );
    waiter?.(answer);
    this.waiters.delete(command_id);
    if (!sending) return;
    const thing = thingOf(sending);
    const next = this.waiting.find((s) => s.refused === undefined && thingOf(s) === thing);
    if (next && !this.timers.has(next.command_id)) void this.attempt(next.command_id);
  }

  private change(waiting: readonly Sending[]): void {
    this.waiting = waiting;
    try {
      this.storage?.setItem(KEPT, JSON.stringify(waiting));
    } catch {
      // A full storage keeps nothing for another page; what was given goes out all the same.
    }
    for (const listener of this.listeners) listener();
  }
}
