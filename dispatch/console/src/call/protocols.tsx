/** Launching a card protocol for a call, and what it came to. The program is another's: the hub gives
 * it id, place and number in a URL that the operator allows, and gets its determinant back. */

import { useState } from "react";
import type { Call, Discipline, LonLat, ProtocolRun } from "../api/model";
import { determinantWords, runsOf, runWords } from "../board/protocols";
import { useHub } from "../shell/hub";

/** What the form knows and the hub may not know yet. */
export interface FormFacts {
  at: LonLat | null;
  address: string;
  callback: string;
  incident_type: string;
}

const NO_FACTS: FormFacts = { at: null, address: "", callback: "", incident_type: "" };

/** The programs for a discipline first; without one, as the region lists them. */
export function usePrograms(lead: Discipline | null) {
  const { region } = useHub();
  const programs = region?.protocols ?? [];
  return [...programs].sort((a, b) => Number(b.discipline === lead) - Number(a.discipline === lead));
}

export interface Launch {
  /** Its URL, once the hub has noted the run: a link to press where the browser opened no window. */
  url: string;
  fault: string;
  launch: (call: Call | null, programId: string, facts?: FormFacts) => void;
}

export function useLaunch(): Launch {
  const { outbox } = useHub();
  const [url, setUrl] = useState("");
  const [fault, setFault] = useState("");
  const launch = (call: Call | null, programId: string, facts = NO_FACTS) => {
    if (!call) return setFault("The hub does not know this call yet.");
    setFault("");
    const body = { program_id: programId, ...facts };
    void outbox.send("Cards", "POST", `/calls/${call.id}/protocol-runs`, body).then((answer) => {
      if (!answer.done) return setFault(answer.problem.detail || answer.problem.title);
      const found = String(answer.value["url"] ?? "");
      setUrl(found);
      window.open(found, "_blank", "noopener,noreferrer");
    });
  };
  return { url, fault, launch };
}

export function ProtocolKeys(props: {
  call: Call | null;
  lead: Discipline | null;
  launched: Launch;
  facts?: FormFacts;
  chord?: string;
  /** Take over what a determinant says into the form. */
  onTake?: (run: ProtocolRun) => void;
}) {
  const programs = usePrograms(props.lead);
  const { call, launched } = props;
  if (programs.length === 0) return null;
  const runs = call ? runsOf(call) : [];
  return (
    <span className="protocols" role="group" aria-label="Card protocols">
      {programs.map((program, i) => (
        <button
          key={program.id}
          type="button"
          className="button small"
          disabled={!call}
          onClick={() => launched.launch(call, program.id, props.facts)}
        >
          {program.name} {i === 0 && props.chord && <kbd>{props.chord}</kbd>}
        </button>
      ))}
      {launched.url && (
        <a href={launched.url} target="_blank" rel="noopener noreferrer" className="small">
          open again
        </a>
      )}
      {runs.map((run) => (
        <span key={run.id} className="protocol-run" data-testid="protocol-run">
          <b className="mono">{run.determinant ? determinantWords(run) : run.program_name}</b>{" "}
          <span className={run.state === "unknown" || run.state === "proposed" ? "late" : "dim"}>
            {runWords(run)}
          </span>
          {run.state === "waiting" && props.onTake && (
            <button type="button" className="button small" onClick={() => props.onTake?.(run)}>
              Take this type
            </button>
          )}
        </span>
      ))}
      {launched.fault && (
        <span className="alarm" role="alert">
          {launched.fault}
        </span>
      )}
    </span>
  );
}
