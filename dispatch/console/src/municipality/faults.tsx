/** Reporting a fault of infrastructure: the hub makes a closure, a premise note, or both of it. */

import { useState, type FormEvent } from "react";
import type { Agency, InfrastructureFault, LonLat } from "../api/model";
import { coordinates } from "../board/words";
import { endOf } from "../command/lookup";
import { whereWords } from "../command/where";
import { useHub, useZone } from "../shell/hub";
import { useWhere } from "../shell/places";
import { OwnAgency } from "./own_agency";
import { notReported } from "./refused";

const FAULTS: Record<InfrastructureFault, { words: string; becomes: string; told: boolean }> = {
  signal_out: { words: "Signal out", becomes: "The road is slowed to half.", told: false },
  bridge_shut: { words: "Bridge shut", becomes: "The road is shut.", told: false },
  hydrant_out: { words: "Hydrant out of service", becomes: "Crews sent within 150 m are told.", told: true },
  main_out: { words: "Water main out of service", becomes: "Crews sent within 400 m are told.", told: true },
  main_burst: {
    words: "Water main burst",
    becomes: "The road is shut, and crews sent within 400 m are told.",
    told: true,
  },
};

export function FaultForm(props: {
  own: ReadonlyMap<string, Agency>;
  centre: () => LonLat | null;
  /** It is reported; its closure and its note stand. */
  onReported: () => void;
  onDone: () => void;
}) {
  const { outbox, connection } = useHub();
  const zone = useZone();
  const [kind, setKind] = useState<InfrastructureFault>("signal_out");
  const [at, setAt] = useState("");
  const where = useWhere(at);
  const [until, setUntil] = useState("");
  const [agency, setAgency] = useState("");
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const [fault, setFault] = useState("");
  const { becomes, told } = FAULTS[kind];

  const report = async (event: FormEvent) => {
    event.preventDefault();
    setSaid("");
    if (!where || !("at" in where))
      return setFault(where ? whereWords(where) : "Where? A place, coordinates, or take the middle of the map.");
    const ends_at = endOf(until.trim(), connection.hubNow(), zone);
    if (!ends_at) return setFault("Until when? +2h, +3d or 16:30. Report it again where it lasts longer.");
    setFault("");
    const answer = await outbox.send("Report a fault", "POST", "/infrastructure-faults", {
      fault: kind,
      line: [where.at],
      ends_at,
      text: text.trim(),
      ...(told && { agency_id: agency || [...props.own.keys()][0] }),
    });
    if (!answer.done) return setFault(notReported(answer.problem));
    setSaid(`${FAULTS[kind].words} is reported. ${becomes}`);
    setAt("");
    setText("");
    return props.onReported();
  };
  const middle = () => {
    const centre = props.centre();
    if (centre) setAt(coordinates(centre));
  };

  return (
    <form
      className="premise-form fault-form"
      aria-label="New fault"
      onSubmit={(event) => void report(event)}
      onKeyDown={(event) => event.key === "Escape" && props.onDone()}
    >
      <label>
        What is broken
        <select
          className="input"
          value={kind}
          onChange={(e) => setKind(e.target.value as InfrastructureFault)}
        >
          {Object.entries(FAULTS).map(([value, { words }]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <p className="dim small">{becomes}</p>
      <label>
        Where is it (place or coordinates)
        <input className="input mono" required value={at} onChange={(e) => setAt(e.target.value)} />
      </label>
      <button type="button" className="button" onClick={middle}>
        Take the middle of the map
      </button>
      <p className="dim small" role="status" data-testid="fault-where">
        {where ? whereWords(where) : ""}
      </p>
      <label>
        Until (+2h, +3d or 16:30)
        <input className="input mono" required value={until} onChange={(e) => setUntil(e.target.value)} />
      </label>
      {told && <OwnAgency label="Whose crews are told" own={props.own} value={agency} onChange={setAgency} />}
      <label className="wide">
        What else to know
        <input className="input" maxLength={150} value={text} onChange={(e) => setText(e.target.value)} />
      </label>
      <button className="button primary">Report</button>
      <button type="button" className="button" onClick={props.onDone}>
        Close
      </button>
      {fault && (
        <p className="alarm" role="alert">
          {fault}
        </p>
      )}
      <p role="status">{said}</p>
    </form>
  );
}
