/** Draw a closure on the map and say its end: for dispatchers, and municipalities on their own ground. */

import { useEffect, useRef, useState, type FormEvent } from "react";
import type { LonLat } from "../api/model";
import { weekWords } from "../board/blocks";
import { endOf } from "../command/lookup";
import type { NewClosure } from "../command/meaning";
import { hoursOfText } from "../command/weekly_hours";
import { useHub, useZone } from "../shell/hub";
import type { DispatchMap } from "./dispatch_map";
import { drawLine, type Drawing } from "./drawing";

const SPANS = ["+30m", "+1h", "+2h", "+8h"];

export function ClosureForm(props: {
  map: DispatchMap;
  /** Opens it; what stands against it, or null when it is done. ``until`` is the end as typed. */
  save: (closure: NewClosure, until: string) => Promise<string | null>;
  /** It was left by hand; also when it was saved, without an `onSaved`. */
  onDone: () => void;
  onSaved?: () => void;
}) {
  const { connection } = useHub();
  const zone = useZone();
  const [line, setLine] = useState<LonLat[]>([]);
  const [finished, setFinished] = useState(false);
  const [until, setUntil] = useState("");
  const [slow, setSlow] = useState(false);
  const [percent, setPercent] = useState("50");
  const [traffic, setTraffic] = useState(false);
  const [along, setAlong] = useState(false);
  const [description, setDescription] = useState("");
  const [height, setHeight] = useState("");
  const [weight, setWeight] = useState("");
  const [hours, setHours] = useState("");
  const [fault, setFault] = useState("");
  const week = hoursOfText(hours);
  const untilField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let stopped = false;
    let drawing: Drawing | null = null;
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--alarm").trim();
    void drawLine(props.map, colour, (drawn, isFinished) => {
      setLine(drawn);
      setFinished(isFinished);
    }).then((started) => {
      if (stopped) started.stop();
      else drawing = started;
    });
    return () => {
      stopped = true;
      drawing?.stop();
    };
  }, [props.map]);
  useEffect(() => {
    if (finished) untilField.current?.focus();
  }, [finished]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (line.length < 2) return setFault("Draw the line on the map first: click, click, double click.");
    const ends_at = endOf(until.trim(), connection.hubNow(), zone);
    if (!ends_at) return setFault("A closure needs an end: +1h or 16:30.");
    const speed_factor = slow ? Number(percent) / 100 : 0;
    if (slow && !(speed_factor > 0 && speed_factor < 1)) return setFault("Slow to 1 to 99 %.");
    const limits = { max_height_m: Number(height || 0), max_weight_t: Number(weight || 0) };
    if (!(limits.max_height_m >= 0 && limits.max_weight_t >= 0)) return setFault("Limits are numbers: 3.5 m, 12 t.");
    if ("ok" in week) return setFault("why" in week ? week.why : "Hours of the week: Mon-Fri 20:00-05:00.");
    const closure: NewClosure = {
      line,
      direction: along ? "along" : "both",
      speed_factor,
      description: description.trim(),
      ends_at,
      ...(slow && traffic && { congestion: true }),
      ...(height && { max_height_m: limits.max_height_m }),
      ...(weight && { max_weight_t: limits.max_weight_t }),
      ...(week.length > 0 && { hours: week }),
    };
    setFault("");
    const why = await props.save(closure, until.trim());
    if (why === null) return (props.onSaved ?? props.onDone)();
    return setFault(`Not placed: ${why.replace(/\.$/, "")}. Drag the points onto the road, then save again.`);
  };

  return (
    <form
      className="map-panel closure-form"
      aria-label="New closure"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && props.onDone()}
    >
      <h3>New closure</h3>
      <p className="dim" role="status">
        {finished
          ? `${line.length} points. Drag a point to mend it.`
          : "Click along the road on the map; clicks near a road fall on it. A double click ends the line."}
      </p>
      <div className="row" role="radiogroup" aria-label="Effect">
        <label>
          <input type="radio" name="effect" checked={!slow} onChange={() => setSlow(false)} /> Shut
        </label>
        <label>
          <input type="radio" name="effect" checked={slow} onChange={() => setSlow(true)} /> Slow to
        </label>
        <input
          className="input percent mono"
          aria-label="Per cent of speed"
          inputMode="numeric"
          disabled={!slow}
          value={percent}
          onChange={(e) => setPercent(e.target.value)}
        />
        %
        <label>
          <input
            type="checkbox"
            disabled={!slow}
            checked={slow && traffic}
            onChange={(e) => setTraffic(e.target.checked)}
          />{" "}
          by traffic
        </label>
      </div>
      <div className="row" role="radiogroup" aria-label="Direction">
        <label>
          <input type="radio" name="ways" checked={!along} onChange={() => setAlong(false)} /> Both
          ways
        </label>
        <label>
          <input type="radio" name="ways" checked={along} onChange={() => setAlong(true)} /> As drawn
          only
        </label>
      </div>
      <div className="row">
        Only above
        <input
          className="input percent mono"
          aria-label="Metres high"
          inputMode="decimal"
          value={height}
          onChange={(e) => setHeight(e.target.value)}
        />
        m or
        <input
          className="input percent mono"
          aria-label="Tonnes"
          inputMode="decimal"
          value={weight}
          onChange={(e) => setWeight(e.target.value)}
        />
        t
      </div>
      <div className="field">
        <label htmlFor="until">Ends (+1h or 16:30)</label>
        <div className="row">
          <input
            id="until"
            ref={untilField}
            className="input mono"
            required
            value={until}
            onChange={(e) => setUntil(e.target.value)}
          />
          {SPANS.map((span) => (
            <button key={span} type="button" className="button small mono" onClick={() => setUntil(span)}>
              {span}
            </button>
          ))}
        </div>
      </div>
      <div className="field">
        <label htmlFor="week-hours">Hours of the week (empty: always)</label>
        <input
          id="week-hours"
          className="input mono"
          placeholder="Mon-Fri 20:00-05:00, Sat 08:00-12:00"
          value={hours}
          onChange={(e) => setHours(e.target.value)}
        />
        {hours.trim() && (
          <p className="dim" role="status" aria-label="Hours as read">
            {"ok" in week ? "why" in week && week.why : weekWords(week, true)}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor="why-closed">Description</label>
        <input
          id="why-closed"
          className="input"
          value={description}
          onChange={(e) => setDescription(e.target.value)}
        />
      </div>
      {fault && (
        <p className="alarm" role="alert">
          {fault}
        </p>
      )}
      <div className="row">
        <button className="button primary">Save closure</button>
        <button type="button" className="button" onClick={props.onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
