/** Where the caller's own device is said to be, beside the incident's place and never copied into it
 * without a key: its radius, confidence, age and class of service, and the key that asks anew. */

import { useState } from "react";
import { newId, Refused, request } from "../api/client";
import type { Call, CallerFix, LonLat, Shape } from "../api/model";
import { ageWords, coordinates, ordinal } from "../board/words";
import { circleOf } from "../map/features";
import { useNowS } from "../shell/hub";
import type { Draft } from "./draft";

export interface CallerSpot {
  at: LonLat;
  radius_m: number;
  shape: Shape;
}

/** The last place that the network gave, or null. */
export function lastFix(call: Call | null): CallerFix | null {
  return call?.fixes.filter((fix) => fix.shape).at(-1) ?? null;
}

export function spotOf(fix: CallerFix | null): CallerSpot | null {
  return fix?.shape ? { ...circleOf(fix.shape), shape: fix.shape } : null;
}

/** Ask where the device is now; what came of it is said beside the key. */
export function useRebid(call_id: string | null, callback: string) {
  const [state, setState] = useState({ of: "", busy: false, fault: "" });
  const mine = state.of === call_id ? state : { busy: false, fault: "" };
  const rebid = async () => {
    if (!call_id || mine.busy) return;
    setState({ of: call_id, busy: true, fault: "" });
    let fault = "";
    try {
      const body = { command_id: newId("r"), callback: callback || null };
      await request("POST", `/calls/${call_id}/rebids`, body);
    } catch (error) {
      fault = error instanceof Refused ? error.problem.detail || error.problem.title : String(error);
    }
    setState({ of: call_id, busy: false, fault });
  };
  return { rebid, busy: mine.busy, fault: mine.fault };
}

export function CallerLocation(props: {
  draft: Draft;
  call: Call | null;
  /** What Alt+C would copy. */
  known: boolean;
  busy: boolean;
  fault: string;
  onChange: (changes: Partial<Draft>) => void;
  onCopy: () => void;
  onRebid: () => void;
}) {
  const { draft, call, known } = props;
  const fix = lastFix(call);
  return (
    <fieldset className="caller">
      <legend className="label">Caller's own location, kept apart</legend>
      {fix ? (
        <Fix fix={fix} nth={call?.fixes.length ?? 1} />
      ) : (
        <>
          <input
            className="input mono"
            aria-label="Caller's location, lat, lon"
            placeholder="lat, lon of the device"
            value={draft.caller_at}
            onChange={(e) => props.onChange({ caller_at: e.target.value })}
          />
          <input
            className="input mono"
            aria-label="Uncertainty in metres"
            placeholder="± m"
            inputMode="numeric"
            value={draft.caller_radius_m}
            onChange={(e) => props.onChange({ caller_radius_m: e.target.value })}
          />
        </>
      )}
      <span className="verbs">
        <button type="button" className="button" disabled={!call || props.busy} onClick={props.onRebid}>
          Re-bid <kbd>Alt+R</kbd>
        </button>
        <button type="button" className="button" disabled={!known} onClick={props.onCopy}>
          Use as location <kbd>Alt+C</kbd>
        </button>
      </span>
      {props.fault && (
        <p className="alarm small whole" role="alert">
          {props.fault}
        </p>
      )}
    </fieldset>
  );
}

function Fix(props: { fix: CallerFix; nth: number }) {
  const { fix } = props;
  const now_s = useNowS();
  const spot = spotOf(fix);
  if (!spot) return null;
  const age_s = now_s - Date.parse(fix.measured_at ?? fix.at) / 1000;
  return (
    <p className="caller-fix" data-testid="caller-fix">
      <b className="mono">{spot.radius_m > 0 ? `± ${Math.round(spot.radius_m)} m` : "a point"}</b>
      {fix.confidence_pct !== null && <span className="mono"> {Math.round(fix.confidence_pct)} %</span>}
      <span className={age_s > 60 ? "late" : ""}> {ageWords(age_s)} old</span>
      <span className="dim">
        {fix.class_of_service && ` · ${fix.class_of_service}`}
        {fix.method && ` · ${fix.method}`} · {ordinal(props.nth)} fix
      </span>
      <span className="dim mono small"> {coordinates(spot.at)}</span>
    </p>
  );
}
