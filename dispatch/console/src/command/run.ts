/** Sends what a command line means. One action, one or more requests, each with its own command id. */

import type { Problem } from "../api/model";
import type { Answer, Outbox } from "../api/outbox";
import type { Action, StatusStep } from "./meaning";

export type Result = { ok: true; says: string } | { ok: false; says: string; problem: Problem };

/** Do it. Resolves when the hub has answered; until then the command stands in the outbox. */
export async function run(action: Action, line: string, outbox: Outbox): Promise<Result[]> {
  switch (action.do) {
    case "show":
      return [];
    case "status":
      return Promise.all(action.steps.map((step) => sendStep(step, line, outbox)));
    case "assign": {
      const { incident_id, recommendation_id, unit_ids, override_reason } = action;
      return one(
        outbox.send(line, "POST", `/incidents/${incident_id}/assignments`, {
          recommendation_id,
          unit_ids,
          ...(override_reason ? { override_reason } : {}),
        }),
        `Sent ${unit_ids.join(", ")}`,
      );
    }
    case "note":
      return one(
        outbox.send(line, "POST", `/incidents/${action.incident_id}/notes`, { text: action.text }),
        "Noted",
      );
    case "priority":
      return one(
        outbox.send(line, "PATCH", `/incidents/${action.incident_id}`, {
          revision: action.revision,
          priority: action.priority,
        }),
        `Priority ${action.priority}`,
      );
    case "close":
      return one(
        outbox.send(line, "POST", `/incidents/${action.incident_id}/closings`, {
          discipline: action.discipline,
          disposition: action.disposition,
        }),
        "Closed",
      );
    case "case_number":
      return one(
        outbox.send(line, "POST", `/incidents/${action.incident_id}/case-numbers`, {
          agency_id: action.agency_id,
        }),
        "Case number given",
      );
    case "acknowledge":
      return one(
        outbox.send(line, "POST", `/assignments/${action.assignment_id}/acknowledgement`, {
          channel: "voice",
        }),
        `${action.unit_id} acknowledged by voice`,
      );
    case "officer_work":
      return one(
        outbox.send(line, "POST", "/officer-work", {
          unit_id: action.unit_id,
          ...(action.place ? { place: action.place } : {}),
          incident_type: action.incident_type,
          note: action.note,
        }),
        `${action.unit_id} on scene`,
      );
    case "open_closure":
      return one(
        outbox.send(line, "POST", "/closures", { ...action.closure }),
        "Closure stands",
      );
    case "lift_closure":
      return one(outbox.send(line, "DELETE", `/closures/${action.closure_id}`), "Closure lifted");
  }
}

function sendStep(step: StatusStep, line: string, outbox: Outbox): Promise<Result> {
  const sent =
    step.kind === "duty"
      ? outbox.send(line, "POST", `/units/${step.unit_id}/duty`, {
          duty: step.duty,
          reason: step.reason,
        })
      : outbox.send(line, "POST", `/assignments/${step.assignment_id}/status`, {
          status: step.status,
        });
  return sent.then((answer) => resultOf(answer, `${step.unit_id} done`));
}

async function one(sent: Promise<Answer>, says: string): Promise<Result[]> {
  return [resultOf(await sent, says)];
}

function resultOf(answer: Answer, says: string): Result {
  if (answer.done) return { ok: true, says };
  return { ok: false, says: answer.problem.detail || answer.problem.title, problem: answer.problem };
}

