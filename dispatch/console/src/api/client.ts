/** Requests to the hub: one place for the address, the token and how a refusal is read. */

import type { Problem } from "./model";

/** The hub answered and refused; `problem` says why and what to do. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** No answer, or none that can be trusted: whether it was done is unknown. */
export class Unreached extends Error {
  /** `told`: the message is what the hub itself said. */
  constructor(
    message: string,
    readonly told = false,
  ) {
    super(message);
  }
}

/** Why a request failed, in words: what the hub said when it refused, else that it does not answer.
 *
 * `unanswered` says what that means here: `the notes are not shown`. */
export function whyNot(failure: unknown, unanswered = ""): string {
  if (failure instanceof Refused) return failure.message;
  return unanswered ? `The hub does not answer: ${unanswered}.` : "The hub does not answer.";
}

/** Whether the hub answered, and the role of this account may not do that. */
export function isForbidden(failure: unknown): boolean {
  return failure instanceof Refused && failure.problem.code === "not_allowed";
}

let token: string | null = null;

export function useToken(next: string | null): void {
  token = next;
}

export function currentToken(): string | null {
  return token;
}

const TIMEOUT_MS = 8_000;

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** `made_at` (ms) is when a command was made: one that has waited for weeks is refused by the hub. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  timeout_ms = TIMEOUT_MS,
  made_at?: number,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(made_at === undefined ? {} : { "command-age": String(Math.round((Date.now() - made_at) / 1000)) }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout_ms),
      cache: "no-store",
    });
  } catch {
    throw new Unreached("The hub does not answer.");
  }
  if (response.status === 204) return undefined as T;
  let answer: unknown;
  try {
    answer = await response.json();
  } catch {
    throw new Unreached(`The hub's answer could not be read (${response.status}).`);
  }
  if (response.ok) return answer as T;
  const problem = answer as Problem;
  if (response.status >= 500 || problem.code === "outcome_unknown" || problem.code === "too_busy") {
    throw new Unreached(problem.detail || "The hub is not ready.", !!problem.detail);
  }
  throw new Refused(problem);
}

/** A fresh id by which the hub knows a repeated command. Works without a secure context too. */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${prefix}-${Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")}`;
}
