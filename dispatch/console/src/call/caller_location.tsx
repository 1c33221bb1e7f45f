/** Where the caller's own device is said to be, beside the incident's place and never copied into it
 * without a key: its radius, confidence, age and class of service, and the key that asks anew. */

import { useEffect, useRef, useState } from "react";
import { newId, Refused, request } from "../api/client";
import type { Call, CallerFix, LonLat, Shape } from "../api/model";
import { ageWords, coordinates, ordinal, timeOfDay } from "../board/words";
import { whereWords, type Where } from "../command/where";
import { circleOf } from "../map/features";
import { useHub, useNowS, useZone } from "../shell/hub";
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

/** How the asking for the device's place stands, for one call. */
export interface Rebidding {
  of: string;
  /** Milliseconds of the hub's clock at which it was asked; null: nothing is under way. */
  asked_ms: number | null;
  /** Pressed again meanwhile: it is asked once more when the answer is in. */
  again: boolean;
  /** When the last answer came, and how many have come. */
  answered_ms: number | null;
  fault: string;
}

/** Of a press while no call is open. */
const NOBODY = "";
const NOT_ASKED: Rebidding = { of: "", asked_ms: null, again: false, answered_ms: null, fault: "" };

/** Ask where the device is now; what came of it is said beside the key. A press while an answer is
 * awaited is never lost: it is said, and asks once more afterwards. */
export function useRebid(call_id: string | null, callback: string) {
  const { connection } = useHub();
  const [states, setStates] = useState<Readonly<Record<string, Rebidding>>>({});
  /** What stands, also for a key that is pressed before the screen is drawn anew. */
  const now = useRef(states);
  const set = (of: string, changes: Partial<Rebidding>) => {
    now.current = { ...now.current, [of]: { ...(now.current[of] ?? NOT_ASKED), of, ...changes } };
    setStates(now.current);
  };
  const rebid = async () => {
    if (!call_id) {
      set(NOBODY, { fault: "No call is open here: nobody's device can be asked." });
      return;
    }
    if (now.current[call_id]?.asked_ms != null) {
      set(call_id, { again: true });
      return;
    }
    do {
      set(call_id, { asked_ms: connection.hubNow(), again: false, fault: "" });
      try {
        const body = { command_id: newId("r"), callback: callback || null };
        await request("POST", `/calls/${call_id}/rebids`, body);
        set(call_id, { answered_ms: connection.hubNow() });
      } catch (error) {
        set(call_id, {
          fault: error instanceof Refused ? error.problem.detail || error.problem.title : String(error),
        });
      }
    } while (now.current[call_id]?.again);
    set(call_id, { asked_ms: null });
  };
  useEffect(() => {
    if (call_id) set(NOBODY, NOT_ASKED);
  }, [call_id]);
  return { rebid, state: states[call_id ?? NOBODY] ?? NOT_ASKED };
}

function RebidState(props: { state: Rebidding }) {
  const { state } = props;
  const now_s = useNowS();
  const zone = useZone();
  const words = [
    state.asked_ms !== null && `Asked ${Math.max(0, Math.floor(now_s - state.asked_ms / 1000))} s ago, no answer yet`,
    state.again && "once more after it",
    state.answered_ms !== null && `last answer ${timeOfDay(new Date(state.answered_ms).toISOString(), zone)}`,
  ].filter(Boolean);
  return (
    <p className="dim small whole" role="status" data-testid="rebid">
      {words.join("; ")}
    </p>
  );
}

export function CallerLocation(props: {
  draft: Draft;
  call: Call | null;
  /** What Alt+C would copy. */
  known: boolean;
  rebidding: Rebidding;
  /** Where the typed place is, once it is known. */
  typed: Where | null;
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
        <>
          <Fix fix={fix} nth={call?.fixes.length ?? 1} />
          <Trail fixes={call?.fixes ?? []} />
        </>
      ) : (
        <>
          <input
            className="input mono"
            aria-label="Caller's location"
            placeholder="coordinates of the device, any notation"
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
          <p className="dim small whole" role="status" data-testid="caller-typed">
            {props.typed ? whereWords(props.typed) : ""}
          </p>
        </>
      )}
      <span className="verbs">
        <button type="button" className="button" disabled={!call} aria-busy={props.rebidding.asked_ms !== null} onClick={props.onRebid}>
          Re-bid <kbd>Alt+R</kbd>
        </button>
        <button type="button" className="button" disabled={!known} onClick={props.onCopy}>
          Use as location <kbd>Alt+C</kbd>
        </button>
      </span>
      <RebidState state={props.rebidding} />
      {props.rebidding.fault && (
        <p className="alarm small whole" role="alert">
          {props.rebidding.fault}
        </p>
      )}
    </fieldset>
  );
}

/** Where the device was said to be before, the latest first: how each answer was, and when it came. */
function Trail(props: { fixes: readonly CallerFix[] }) {
  const zone = useZone();
  const earlier = props.fixes.slice(0, -1).reverse();
  if (earlier.length === 0) return null;
  return (
    <details className="small whole" data-testid="caller-trail">
      <summary className="dim">Trail: {earlier.length} before</summary>
      <ol className="recent">
        {earlier.map((fix, i) => {
          const spot = spotOf(fix);
          return (
            <li key={`${fix.at}-${i}`} className="mono dim">
              {timeOfDay(fix.measured_at ?? fix.at, zone)} {spot ? coordinates(spot.at) : "no shape"}
              {spot && spot.radius_m > 0 && ` ± ${Math.round(spot.radius_m)} m`}
              {fix.class_of_service && ` ${fix.class_of_service}`}
            </li>
          );
        })}
      </ol>
    </details>
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
