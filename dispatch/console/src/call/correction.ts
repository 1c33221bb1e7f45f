/** Giving the hub what a form corrects of an incident, and what is to be said of the answer. */

import { newId, Refused, request } from "../api/client";
import type { Incident } from "../api/model";
import type { Board } from "../board/apply";
import { addressOf, shortNumber } from "../board/words";
import { correctionBody, correctsOf, type Draft } from "./draft";

export type Corrected =
  | { saved: string }
  /** `draft`: the form as it goes on, where somebody else changed the incident meanwhile. */
  | { why: string; draft?: Draft };

/** Change the incident, then note what was typed besides. What is refused keeps every word. */
export async function correct(draft: Draft, board: Board): Promise<Corrected> {
  const { corrects } = draft;
  if (!corrects) return { why: "Nothing is corrected here." };
  const number = shortNumber(corrects.number);
  const body = correctionBody(draft);
  const text = draft.note.trim();
  if (!body && !text) return { why: `Nothing is other than what stands of ${number}.` };
  let changed = false;
  try {
    if (body) {
      await request("PATCH", `/incidents/${corrects.incident_id}`, { command_id: newId("c"), ...body });
      changed = true;
    }
    if (text) {
      await request("POST", `/incidents/${corrects.incident_id}/notes`, { command_id: newId("n"), text });
    }
    return { saved: `Corrected ${corrects.number}` };
  } catch (error) {
    if (changed) {
      // The note alone is left: sent again, it must not undo what others do meanwhile.
      const next = noteAlone(draft, board);
      return { why: `${number} is corrected, the note is NOT: ${wordsOf(error)}`, ...(next ? { draft: next } : {}) };
    }
    if (error instanceof Refused && error.problem.code === "revision_conflict")
      return conflict(draft, error.problem.fields["current"] as Incident);
    return { why: `NOT corrected: ${wordsOf(error)} What you typed is still here.` };
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof Refused) return error.problem.detail || error.problem.title;
  return "The hub does not answer: tell the dispatcher by voice.";
}

/** What somebody else made of it is said; the same key again puts what is typed here. */
function conflict(draft: Draft, stands: Incident): Corrected {
  const words = `${addressOf(stands)}, ${stands.type_label}, priority ${stands.priority}`;
  return {
    why: `NOT corrected: somebody changed it meanwhile. It stands now: ${words}. Ctrl+Enter again puts what you typed.`,
    draft: { ...draft, corrects: correctsOf(stands) },
  };
}

function noteAlone(draft: Draft, board: Board): Draft | null {
  const incident = board.incidents[draft.corrects?.incident_id ?? ""];
  if (!incident || !draft.place) return null;
  const { place, incident_type } = draft;
  const priority = draft.priority ?? incident.priority;
  const corrects = { ...correctsOf(incident), place, incident_type: incident_type ?? incident.incident_type, priority };
  return { ...draft, corrects };
}
