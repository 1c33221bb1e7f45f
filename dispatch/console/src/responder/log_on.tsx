/** A crew logs on to its unit: how many, who, which radio. What it lacks is shown before it is sent. */

import { useState, type FormEvent } from "react";
import type { Unit } from "../api/model";
import { plural, timeOfDay } from "../board/words";
import { useHub, useZone } from "../shell/hub";

export function LogOnForm(props: { unit: Unit; onFault: (text: string) => void }) {
  const { unit, onFault } = props;
  const { outbox } = useHub();
  const zone = useZone();
  const [open, setOpen] = useState(false);
  const [staffing, setStaffing] = useState(String(unit.staffing));
  const [names, setNames] = useState("");
  const [radio, setRadio] = useState("");
  const roster = unit.logon?.roster_capabilities ?? unit.capabilities;
  const [brings, setBrings] = useState<ReadonlySet<string>>(new Set(roster));

  const give = async (event: FormEvent) => {
    event.preventDefault();
    const body = {
      staffing: Number(staffing),
      capabilities: roster.filter((capability) => brings.has(capability)),
      names: names.trim(),
      radio: radio.trim(),
    };
    const answer = await outbox.send(`${unit.id} LO`, "POST", `/units/${unit.id}/logon`, body);
    if (answer.done) setOpen(false);
    else onFault(answer.problem.detail || answer.problem.title);
  };
  const leave = async () => {
    const answer = await outbox.send(`${unit.id} LF`, "DELETE", `/units/${unit.id}/logon`);
    if (!answer.done) onFault(answer.problem.detail || answer.problem.title);
  };
  const toggle = (capability: string) =>
    setBrings((now) => {
      const next = new Set(now);
      if (!next.delete(capability)) next.add(capability);
      return next;
    });

  if (!open) {
    const { logon } = unit;
    return (
      <div className="logon" data-testid="logon">
        <p>
          {logon
            ? `Logged on since ${timeOfDay(logon.at, zone, false)}: crew of ${logon.staffing}` +
              (logon.names ? `, ${logon.names}` : "") +
              (logon.radio ? `, radio ${logon.radio}` : "") +
              (logon.lacks.length > 0 ? `. Without ${logon.lacks.join(", ")}` : "")
            : `Nobody is logged on: the roster's ${plural(unit.staffing, "seat")} count.`}
        </p>
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {logon ? "Change crew" : "Log on"}
        </button>
        {logon && (
          <button type="button" className="button" onClick={() => void leave()}>
            Log off
          </button>
        )}
      </div>
    );
  }
  return (
    <form className="logon" aria-label="Log on" onSubmit={(event) => void give(event)}>
      <label>
        Crew of
        <input
          className="input"
          inputMode="numeric"
          required
          pattern="[0-9]|[12][0-9]|30"
          title="0 to 30"
          value={staffing}
          onChange={(e) => setStaffing(e.target.value)}
        />
      </label>
      <label>
        Names
        <input
          className="input"
          maxLength={200}
          value={names}
          onChange={(e) => setNames(e.target.value)}
        />
      </label>
      <label>
        Radio
        <input
          className="input"
          maxLength={40}
          value={radio}
          onChange={(e) => setRadio(e.target.value)}
        />
      </label>
      <fieldset>
        <legend>This crew brings</legend>
        {roster.map((capability) => (
          <label key={capability} className="tick">
            <input
              type="checkbox"
              checked={brings.has(capability)}
              onChange={() => toggle(capability)}
            />
            {capability.replaceAll("_", " ")}
          </label>
        ))}
      </fieldset>
      <button type="submit" className="big-button">
        Log on
      </button>
      <button type="button" className="button" onClick={() => setOpen(false)}>
        Back
      </button>
    </form>
  );
}
