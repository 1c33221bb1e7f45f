/** Sends what a command line means. One action, one or more requests, each with its own command id. */

import type { Method } from "../api/client";
import type { Problem } from "../api/model";
import type { Answer, Outbox } from "../api/outbox";
import type { Action, StatusStep } from "./meaning";

export type Result = { ok: true } | { ok: false; says: string; problem: Problem };

/** Do it. Resolves when the hub has answered; until then the command stands in the outbox. */
export async function run(action: Action, line: string, outbox: Outbox): Promise<Result[]> {
  if (action.do === "status") {
    return Promise.all(action.steps.map(async (step) => resultOf(await sendStep(step, line, outbox))));
  }
  if (action.do === "show") return [];
  const { method, path, body } = requestOf(action);
  return [resultOf(await outbox.send(line, method, path, body))];
}

type OneRequest = Exclude<Action, { do: "status" } | { do: "show" }>;

/** The request of an action that is one request. Pure. */
export function requestOf(action: OneRequest): {
  method: Method;
  path: string;
  body?: Record<string, unknown>;
} {
  switch (action.do) {
    case "assign": {
      const { incident_id, recommendation_id, unit_ids, override_reason } = action;
      const body = { recommendation_id, unit_ids, ...(override_reason ? { override_reason } : {}) };
      return { method: "POST", path: `/incidents/${incident_id}/assignments`, body };
    }
    case "note":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/notes`,
        body: { text: action.text },
      };
    case "priority":
      return {
        method: "PATCH",
        path: `/incidents/${action.incident_id}`,
        body: { revision: action.revision, priority: action.priority },
      };
    case "close":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/closings`,
        body: { discipline: action.discipline, disposition: action.disposition },
      };
    case "case_number":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/case-numbers`,
        body: { agency_id: action.agency_id },
      };
    case "acknowledge":
      return {
        method: "POST",
        path: `/assignments/${action.assignment_id}/acknowledgement`,
        body: { channel: "voice" },
      };
    case "check":
      return {
        method: "POST",
        path: `/assignments/${action.assignment_id}/checks`,
        body: { channel: "voice" },
      };
    case "officer_work": {
      const { unit_id, place, incident_type, note } = action;
      const body = { unit_id, incident_type, note, ...(place ? { place } : {}) };
      return { method: "POST", path: "/officer-work", body };
    }
    case "open_closure":
      return { method: "POST", path: "/closures", body: { ...action.closure } };
    case "lift_closure":
      return { method: "DELETE", path: `/closures/${action.closure_id}` };
  }
}

function sendStep(step: StatusStep, line: string, outbox: Outbox): Promise<Answer> {
  if (step.kind === "duty") {
    const { duty, reason } = step;
    return outbox.send(line, "POST", `/units/${step.unit_id}/duty`, { duty, reason });
  }
  const { status } = step;
  return outbox.send(line, "POST", `/assignments/${step.assignment_id}/status`, { status });
}

function resultOf(answer: Answer): Result {
  if (answer.done) return { ok: true };
  return { ok: false, says: answer.problem.detail || answer.problem.title, problem: answer.problem };
}
