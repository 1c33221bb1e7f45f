/** Sends what a command line means. One action, one or more requests, each with its own command id. */

import { newId, Refused, request, type Method } from "../api/client";
import type { KeptQuery, Problem } from "../api/model";
import type { Answer, Outbox } from "../api/outbox";
import type { Action, StatusStep } from "./meaning";

export type Result =
  | { ok: true; command_id: string; value: Record<string, unknown> }
  | Unsuccessful;
type Unsuccessful = { ok: false; says: string; problem: Problem };

/** Do it. Resolves when the hub has answered; until then the command stands in the outbox. */
export async function run(action: Action, line: string, outbox: Outbox): Promise<Result[]> {
  if (action.do === "status") {
    return Promise.all(action.steps.map(async (step) => resultOf(await sendStep(step, line, outbox))));
  }
  if (action.do === "cancel") {
    const { incident_id, refs, reason } = action;
    const off = refs.map(({ ref, state }) =>
      outbox.send(line, "POST", `/incidents/${incident_id}/outside-units/${ref}`, { state, reason }),
    );
    const home = action.steps.map((step) => sendStep(step, line, outbox));
    return (await Promise.all([...home, ...off])).map(resultOf);
  }
  if (action.do === "show" || action.do === "screen") return [];
  if (action.do === "undo") {
    return Promise.all(
      action.undone_ids.map(async (undone_id) =>
        resultOf(await outbox.send(line, "POST", "/undo", { undone_id })),
      ),
    );
  }
  if (action.do === "query") return [await askQuery(action)];
  const { method, path, body } = requestOf(action);
  return [resultOf(await outbox.send(line, method, path, body))];
}

type OneRequest = Exclude<Action, { do: "status" } | { do: "cancel" } | { do: "show" } | { do: "screen" } | { do: "undo" } | { do: "query" }>;

/** Not by the outbox: what was asked for is kept nowhere on this machine. */
export async function askQuery(action: Omit<Extract<Action, { do: "query" }>, "do">): Promise<Result> {
  const command_id = newId("q");
  const { what, words, purpose, unit_id } = action;
  try {
    const value = await request<Record<string, unknown>>("POST", `/incidents/${action.incident_id}/queries`, {
      command_id, what, words, purpose, unit_id,
    });
    return { ok: true, command_id, value };
  } catch (error) {
    if (error instanceof Refused) return resultOf({ done: false, problem: error.problem });
    const says = "The hub does not answer: whether it asked is not known. Ask again.";
    return { ok: false, says, problem: { type: "", title: says, status: 0, code: "unreached", detail: says, fields: {} } };
  }
}

/** What the service said, in one line; why it said nothing. Pure. */
export function queryWords(kept: KeptQuery): string {
  const { answer, why } = kept;
  if (!answer) return `NO ANSWER: ${why || "the hub has none"}`;
  const lines = answer.lines.join(" · ");
  return [answer.caution && `CAUTION ${answer.caution}`, answer.found ? "FOUND" : "nothing found", lines]
    .filter(Boolean)
    .join(": ");
}

/** The request of an action that is one request. Pure. */
export function requestOf(action: OneRequest): {
  method: Method;
  path: string;
  body?: Record<string, unknown>;
} {
  switch (action.do) {
    case "assign": {
      const { incident_id, recommendation_id, unit_ids, override_reason, divert } = action;
      const body = {
        recommendation_id,
        unit_ids,
        ...(override_reason ? { override_reason } : {}),
        ...(divert ? { divert } : {}),
      };
      return { method: "POST", path: `/incidents/${incident_id}/assignments`, body };
    }
    case "swap": {
      const { first, second, reason } = action;
      return { method: "POST", path: "/swaps", body: { first, second, reason } };
    }
    case "hold": {
      const { until, reason, unit_ids } = action;
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/holds`,
        body: { until, reason, unit_ids },
      };
    }
    case "schedule": {
      const { wanted_at, unit_ids } = action;
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/schedules`,
        body: { wanted_at, unit_ids },
      };
    }
    case "alarm":
      return {
        method: "PATCH",
        path: `/incidents/${action.incident_id}`,
        body: { revision: action.revision, alarm_level: action.alarm_level },
      };
    case "type":
      return {
        method: "PATCH",
        path: `/incidents/${action.incident_id}`,
        body: { revision: action.revision, incident_type: action.incident_type },
      };
    case "part": {
      const { revision, incident_type, priority, reason } = action;
      return {
        method: "PATCH",
        path: `/incidents/${action.incident_id}/legs/${action.discipline}`,
        body: {
          revision,
          ...(incident_type === undefined ? {} : { incident_type }),
          ...(priority === undefined ? {} : { priority }),
          ...(reason ? { reason } : {}),
        },
      };
    }
    case "place":
      return {
        method: "PATCH",
        path: `/incidents/${action.incident_id}`,
        body: { revision: action.revision, place: action.place },
      };
    case "link":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/incident-links`,
        body: { other_id: action.other_id, linked: action.linked },
      };
    case "merge":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/merges`,
        body: { other_id: action.other_id, reason: action.reason },
      };
    case "unmerge":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/unmerges`,
        body: { other_id: action.other_id },
      };
    case "settle_determinant":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/protocol-runs/${action.run_id}/answer`,
        body: { accepted: action.accepted, reason: action.reason },
      };
    case "benchmark":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/benchmarks`,
        body: { code: action.code },
      };
    case "talkgroup": {
      const { discipline, talkgroup, reason } = action;
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/talkgroups`,
        body: { discipline, talkgroup, ...(reason ? { reason } : {}) },
      };
    }
    case "backup":
      return {
        method: "POST",
        path: `/units/${action.unit_id}/backup`,
        body: { count: action.count },
      };
    case "send_help":
      return {
        method: "POST",
        path: `/emergencies/${action.emergency_id}/help`,
        body: { unit_ids: action.unit_ids },
      };
    case "log_on":
      return { method: "POST", path: `/units/${action.unit_id}/logon`, body: action.body };
    case "log_off":
      return { method: "DELETE", path: `/units/${action.unit_id}/logon` };
    case "emergency":
      return {
        method: "POST",
        path: `/units/${action.unit_id}/emergency`,
        body: { kind: action.kind },
      };
    case "end_emergency":
      return {
        method: "POST",
        path: `/emergencies/${action.emergency_id}/endings`,
        body: { outcome: action.outcome },
      };
    case "take_position":
      return { method: "POST", path: `/positions/${action.position_id}/holder`, body: {} };
    case "leave_position":
      return {
        method: "POST",
        path: `/positions/${action.position_id}/leaving`,
        body: { reason: action.reason },
      };
    case "patients":
      return { method: "POST", path: `/incidents/${action.incident_id}/patients`, body: action.count };
    case "void_case_number":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/case-number-voidings`,
        body: { agency_id: action.agency_id, reason: action.reason },
      };
    case "issue_bolo":
      return { method: "POST", path: "/bolos", body: action.body };
    case "end_bolo":
      return { method: "POST", path: `/bolos/${action.bolo_id}/endings`, body: { reason: action.reason } };
    case "ask_outside":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/outside-units`,
        body: action.body,
      };
    case "change_outside":
      return {
        method: "POST",
        path: `/incidents/${action.incident_id}/outside-units/${action.ref}`,
        body: action.body,
      };
    case "hospital":
      return { method: "POST", path: `/hospitals/${action.hospital_id}`, body: action.body };
    case "storm":
      return {
        method: "POST",
        path: `/storms/${action.agency_id}`,
        body: { ask_at: action.ask_at, reason: action.reason },
      };
    case "fold_positions":
      return {
        method: "POST",
        path: `/positions/${action.into_id}/folds`,
        body: { position_ids: action.position_ids },
      };
    case "mute_square": {
      const { zone_id, muted, reason } = action;
      return { method: "POST", path: "/coverage/mutes", body: { zone_id, muted, reason } };
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
        body: {
          discipline: action.discipline,
          disposition: action.disposition,
          ...(action.reason ? { reason: action.reason } : {}),
        },
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
    case "hazard":
      return {
        method: "POST",
        path: `/assignments/${action.assignment_id}/hazard-reading`,
        body: { channel: "voice" },
      };
    case "page_answer": {
      const { assignment_id, volunteer, skills, answer, arrives_in_s } = action;
      return {
        method: "POST",
        path: `/assignments/${assignment_id}/responses`,
        body: { volunteer, skills, answer, arrives_in_s },
      };
    }
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
    case "confirm_closure": {
      const { ends_at, both_ways, description } = action;
      return {
        method: "POST",
        path: `/closures/${action.closure_id}/confirmation`,
        body: { ends_at, both_ways, description },
      };
    }
    case "accept_proposal":
      return {
        method: "POST",
        path: "/closures/acceptances",
        body: { feed_id: action.feed_id, ref: action.ref },
      };
    case "report_block":
      return { method: "POST", path: `/units/${action.unit_id}/blocks`, body: {} };
    case "lift_closure":
      return { method: "DELETE", path: `/closures/${action.closure_id}` };
  }
}

function sendStep(step: StatusStep, line: string, outbox: Outbox): Promise<Answer> {
  if (step.kind === "duty") {
    const { duty, reason, code } = step;
    return outbox.send(line, "POST", `/units/${step.unit_id}/duty`, { duty, reason, ...(code ? { code } : {}) });
  }
  const { status, code, hospital_id, reason } = step;
  return outbox.send(line, "POST", `/assignments/${step.assignment_id}/status`, {
    status,
    ...(code ? { code } : {}),
    ...(hospital_id ? { hospital_id } : {}),
    ...(reason ? { reason } : {}),
  });
}

function resultOf(answer: Answer): Result {
  if (answer.done) return { ok: true, command_id: answer.command_id, value: answer.value };
  const { problem } = answer;
  return { ok: false, says: conflictWords(problem) ?? (problem.detail || problem.title), problem };
}

/** What a refusal says, with the name of whoever was first in the place of the account's id. Pure. */
export function refusalWords({ says, problem }: Unsuccessful, nameOf: (id: string) => string): string {
  const by = problem.fields["assigned_by"];
  return typeof by === "string" && by ? says.replaceAll(by, nameOf(by)) : says;
}

/** Somebody changed the same thing first: both values, so that no text is lost. Pure. */
export function conflictWords(problem: Problem): string | null {
  if (problem.code !== "revision_conflict") return null;
  const current = problem.fields["current"] as Record<string, unknown> | undefined;
  const yours = problem.fields["yours"] as Record<string, unknown> | undefined;
  if (!current || !yours) return null;
  const word = (value: unknown) =>
    typeof value === "object" && value !== null && "address" in value
      ? String(value.address)
      : String(value);
  const both = Object.entries(yours)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name.replaceAll("_", " ")} is ${word(current[name])}, yours was ${word(value)}`);
  return both.length > 0
    ? `Somebody changed it first: ${both.join("; ")}. Give it again if yours should stand.`
    : null;
}

/** What the reply says once the hub has done it: the echo, and what the person has to do next. Pure. */
export function doneWords(action: Action, echo: string, results: readonly Result[]): string {
  const values = results.flatMap((result) => (result.ok ? [result.value] : []));
  const ids = (name: string) => values.flatMap((value) => (value[name] as string[] | undefined) ?? []);
  if (action.do === "query" && values[0]) return queryWords(values[0] as unknown as KeptQuery);
  if (action.do === "undo") {
    const going = ids("going");
    const free = ids("tell").filter((id) => !going.includes(id));
    const say = [
      ...(free.length > 0 ? [`${free.join(", ")}, disregard`] : []),
      ...(going.length > 0 ? [`${going.join(", ")}, go on as before`] : []),
    ];
    return say.length > 0 ? `${echo}. Their devices are told; say it on the radio too: ${say.join("; ")}.` : echo;
  }
  if (action.do === "alarm" || action.do === "settle_determinant") {
    const surplus = [...ids("surplus"), ...ids("surplus_outside")];
    return surplus.length > 0
      ? `${echo}. No longer asked for: ${surplus.join(", ")}; CX . ${surplus.join(" ")} reason releases them.`
      : echo;
  }
  if (action.do === "merge" || action.do === "unmerge") {
    const tell = ids("tell");
    return tell.length > 0
      ? `${echo}. Their devices are told; say it on the radio too: ${tell.join(", ")}.`
      : echo;
  }
  if (action.do === "backup") {
    const sent = values.flatMap((value) => (value["assignments"] as { unit_id: string }[]) ?? []);
    return `${echo}: ${sent.map((a) => a.unit_id).join(", ")} sent`;
  }
  if (action.do === "case_number") {
    return `${echo}: ${String(values[0]?.["number"] ?? "")}`;
  }
  return echo;
}
