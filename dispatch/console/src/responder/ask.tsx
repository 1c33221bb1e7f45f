/** Plates and warrants from the car: asked of the centre's query service about the present stop. What is
 * typed stands on this screen alone: it waits in no outbox, and is gone once it was asked. */

import { useState, type FormEvent } from "react";
import { PURPOSES, type PurposeWord } from "../command/queries";
import { askQuery } from "../command/run";
import { useMyQueries, type QueryKind } from "../shell/query_answers";

export function AskForm(props: { incidentId: string; unitId: string }) {
  const kinds = useMyQueries()?.kinds ?? [];
  const [chosen, setChosen] = useState<QueryKind | null>(null);
  const [words, setWords] = useState("");
  const [purpose, setPurpose] = useState<PurposeWord>("stop");
  const [state, setState] = useState<{ asking: boolean; fault: string }>({ asking: false, fault: "" });
  const what = chosen ?? kinds[0];
  if (!what) return null;

  const ask = async (event: FormEvent) => {
    event.preventDefault();
    setState({ asking: true, fault: "" });
    const answer = await askQuery({
      incident_id: props.incidentId,
      what,
      words: words.trim(),
      purpose: PURPOSES[purpose].purpose,
      unit_id: props.unitId,
    });
    setState({ asking: false, fault: answer.ok ? "" : answer.says });
    if (answer.ok) setWords("");
  };
  return (
    <form className="logon" aria-label="Plates and warrants" onSubmit={(event) => void ask(event)}>
      <label>
        Ask about
        <select className="input" value={what} onChange={(e) => setChosen(e.target.value as QueryKind)}>
          {kinds.map((kind) => (
            <option key={kind}>{kind}</option>
          ))}
        </select>
      </label>
      <label>
        {what === "plate" ? "Plate" : "Name and birth date"}
        <input
          className="input mono"
          required
          minLength={2}
          maxLength={100}
          autoComplete="off"
          value={words}
          onChange={(e) => setWords(e.target.value)}
        />
      </label>
      <label>
        For
        <select className="input" value={purpose} onChange={(e) => setPurpose(e.target.value as PurposeWord)}>
          {Object.entries(PURPOSES).map(([word, { words: said }]) => (
            <option key={word} value={word}>
              {said}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="big-button" disabled={state.asking}>
        {state.asking ? "Asking" : "Ask"}
      </button>
      {state.fault && (
        <p className="alarm" role="alert">
          {state.fault}
        </p>
      )}
    </form>
  );
}
