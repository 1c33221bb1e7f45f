/** The call-taker's screen: one form in the order of asking, what is known of the spot beside it. */

import { useCallback, useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import { newId, Refused, request, Unreached } from "../api/client";
import type { Call, Incident, IncidentType, LonLat, PlaceCandidate, ProtocolRun } from "../api/model";
import { shortNumber } from "../board/words";
import type { DispatchMap } from "../map/dispatch_map";
import { boundsOf, closureFeatures, incidentFeatures, pinFeatures, shapeFeatures } from "../map/features";
import { MapView } from "../map/map_view";
import { useBoard, useHub, useLink, useNowS, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { PaperBoard } from "../shell/paper_board";
import { Help, HubAils, TopBar, Unsent } from "../shell/parts";
import { useWhere } from "../shell/places";
import { StageClock, useStages } from "../shell/stage_clock";
import { toggleTheme } from "../shell/theme";
import { Authorities } from "./authorities";
import { CallerLocation, lastFix, spotOf, useRebid } from "./caller_location";
import { Conversations, conversationsOf } from "./conversation";
import { correct } from "./correction";
import { CprKey, useCpr } from "./cpr";
import { CardsPanel, useCards, type CallTaken } from "./outage_cards";
import {
  callBody,
  commits,
  committed,
  correctionOf,
  draftOf,
  EMPTY_DRAFT,
  fieldsOf,
  keepDraft,
  keptDraft,
  pinned,
  placeShape,
  shapeOf,
  typedOn,
  type Draft,
} from "./draft";
import { DuplicatesPanel, useDuplicates } from "./duplicates";
import { useFormCall } from "./form_call";
import { FormKeys } from "./form_keys";
import { useKeptForm } from "./kept_form";
import { Known } from "./known";
import { LocationField, type LocationHandle } from "./location_field";
import { OpenCalls } from "./open_calls";
import { Ringing, ringingOf } from "./ringing";
import { ProtocolKeys, useLaunch, usePrograms } from "./protocols";
import { RecordNewsPart } from "./record_news";
import { RecentCalls, useRecentCalls } from "./recent_calls";
import { TransferCall } from "./transfer";
import { Transfers } from "./transfers";
import { TypeField, typesLike, type TypeHandle } from "./type_field";
import { WantedField, wantedOf } from "./wanted";
import "../styles/call.css";

export default function CallTaker() {
  const { session, connection, region } = useHub();
  const link = useLink();
  const cards = useCards();
  const board = useBoard();
  const zone = useZone();
  const [draft, setDraft] = useState<Draft>(keptDraft);
  const [candidates, setCandidates] = useState<readonly PlaceCandidate[]>([]);
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState("");
  const [saved, setSaved] = useState("");
  const [help, setHelp] = useState(false);
  const [recent, remember] = useRecentCalls(session.account.id);
  const location = useRef<LocationHandle>(null);
  const type = useRef<TypeHandle>(null);
  const callback = useRef<HTMLInputElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const map = useRef<DispatchMap | null>(null);

  const typed = useRef(draft);
  const change = useCallback(
    (changes: Partial<Draft>) => {
      setFault("");
      // What the last call became is not said of this one.
      if (!typed.current.started_at) setSaved("");
      setDraft((now) => ({
        ...now,
        started_at: now.started_at ?? new Date(connection.hubNow()).toISOString(),
        ...changes,
      }));
    },
    [connection],
  );
  useEffect(() => {
    typed.current = draft;
    keepDraft(draft);
  }, [draft]);

  const types = region?.incident_types ?? [];
  const chosen = types.find((t) => t.incident_type === draft.incident_type) ?? null;
  const typedWhere = useWhere(draft.caller_at);
  const callerAt = typedWhere && "at" in typedWhere ? typedWhere.at : null;
  const begun = useCallback(
    (started_at: string, call_id: string) =>
      setDraft((now) => (now.started_at === started_at ? { ...now, call_id } : now)),
    [],
  );
  const { call, theirs, settled } = useFormCall(draft, board, begun);
  const keepForm = useKeptForm(draft);
  const [cleared, setCleared] = useState<Draft | null>(null);
  /** Somebody opened it on another screen: what is typed here is not kept there. */
  const lost = call?.phase === "taking" && call.taken_by !== session.account.id;
  const stages = useStages(
    call && `/calls/${call.id}/stages${chosen ? `?incident_type=${encodeURIComponent(chosen.incident_type)}` : ""}`,
    call ? [call.answered_at, call.located_at, call.typed_at, call.cpr_recognised_at, call.compressions_at].join() : "",
  );
  const rebidding = useRebid(call?.id ?? null, draft.callback);
  const ringing = ringingOf(board);
  const cpr = useCpr();
  const conversations = conversationsOf(board, session.account.id, draft.call_id);
  const typedAt = callerAt && { at: callerAt, radius_m: Math.max(0, Number(draft.caller_radius_m) || 0) };
  const fixed = spotOf(lastFix(call));
  /** What the network says goes before what was typed. */
  const caller = fixed ?? (typedAt && { ...typedAt, shape: shapeOf(typedAt.at, typedAt.radius_m) });
  const near = useDuplicates(draft).filter((found) => found.incident_id !== draft.corrects?.incident_id);
  const launched = useLaunch();
  const programs = usePrograms(chosen?.lead ?? null);
  const facts = {
    at: draft.place?.at ?? null,
    address: draft.place?.address ?? "",
    callback: draft.callback,
    incident_type: draft.incident_type ?? "",
  };

  /** An empty form for the next call, unless somebody typed on while this one was on its way. */
  const clearAfter = (sent: Draft) => {
    setDraft((now) => (typedOn(sent, now) ? now : EMPTY_DRAFT));
    if (typedOn(sent, typed.current))
      setFault("What you typed while it was sent is still here: note it, then clear the form.");
    location.current?.focus();
  };
  const sendCorrection = async (form: Draft) => {
    setSending(true);
    setFault("");
    const answer = await correct(form, connection.board());
    setSending(false);
    if ("saved" in answer) {
      setSaved(answer.saved);
      clearAfter(form);
      return;
    }
    const next = answer.draft;
    if (next) setDraft((now) => (typedOn(form, now) ? { ...now, corrects: next.corrects } : next));
    setFault(answer.why);
  };
  const send = async (joins: string | null, form: Draft = draft) => {
    if (sending) return;
    if (form.corrects) {
      if (joins) setFault("This corrects an incident: the dispatcher merges two that are one.");
      else await sendCorrection(form);
      return;
    }
    if (!joins && !commits(form) && !form.said && !form.callback && !form.note) {
      setFault("Nothing is typed yet.");
      return;
    }
    const wanted = joins ? { at: null } : wantedOf(form.wanted, connection.hubNow(), zone);
    if ("why" in wanted) {
      setFault(`Not saved: ${wanted.why}`);
      return;
    }
    if (wanted.at && !commits(form)) {
      setFault("Not saved: a wanted time is of an incident, which needs a location and a type.");
      return;
    }
    setSending(true);
    setFault("");
    setSaved("");
    const what = form.place?.address || form.said || form.callback || "call";
    const command_id = newId("c");
    const body = callBody(form, fixed ? null : typedAt, joins, await settled(), wanted.at);
    let taken: CallTaken;
    try {
      if (link.word === "OFFLINE") throw new Unreached("The link is lost.");
      taken = await request<CallTaken>("POST", "/calls", { command_id, ...body });
    } catch (error) {
      setSending(false);
      if (error instanceof Refused) {
        const { detail, title } = error.problem;
        setFault(`Not saved: ${detail || title} What you typed is still here.`);
        return;
      }
      // Whether the hub has it is unknown: the card has the same command id, so it counts once.
      const card = cards.add(command_id, body, what, form.incident_type ? form.type_text : "");
      setSaved(`Kept here as card ${card}: it enters with its own time when the hub is back.`);
      clearAfter(form);
      return;
    }
    setSending(false);
    setCleared(null);
    const { incident_id, incident_number } = taken;
    setSaved(
      incident_number
        ? `${joins ? "Joined" : "Saved as"} ${incident_number}`
        : "Saved as a call without incident",
    );
    remember({
      call_id: taken.call_id,
      incident_id,
      number: incident_number,
      what,
      at: new Date(connection.hubNow()).toISOString(),
    });
    clearAfter(form);
  };
  const commit = () => {
    const form = committed(draft, typesLike(types, draft.type_text));
    if (typeof form !== "string") {
      setDraft(form);
      void send(null, form);
      return;
    }
    setFault(form);
    if (draft.place) type.current?.focus();
    else location.current?.focus();
  };
  const copyCaller = () => {
    if (!caller) return setFault("The caller's own location is not known.");
    change({ place: pinned(caller.at, draft.said.trim(), caller.radius_m, caller.shape) });
    return type.current?.focus();
  };
  const takeType = (run: ProtocolRun) => {
    const found = types.find((t) => t.incident_type === run.incident_type);
    if (found) change({ incident_type: found.incident_type, type_text: found.label, priority: run.priority });
  };
  /** The cards of the call in the form, else of the one that was saved last. */
  const openCards = () => {
    const latest = recent[0] ? (board.calls[recent[0].call_id] ?? null) : null;
    const about = call ?? latest;
    const spoken = call ? chosen : types.find((t) => t.incident_type === board.incidents[latest?.incident_id ?? ""]?.incident_type);
    const first = [...programs].sort(
      (a, b) => Number(b.discipline === spoken?.lead) - Number(a.discipline === spoken?.lead),
    )[0];
    if (first) launched.launch(about, first.id, call ? facts : undefined);
  };
  const join = (n: number) => {
    const found = near[n];
    if (found) void send(found.incident_id);
  };
  const open = async (chosenCall: Call) => {
    if (draft.started_at) {
      setFault("Save or clear the form first: it is about another call.");
      return;
    }
    try {
      const take_over = chosenCall.phase === "taking";
      await request("POST", `/calls/${chosenCall.id}/answer`, { command_id: newId("a"), take_over });
    } catch (error) {
      setFault(error instanceof Refused ? error.problem.detail || error.problem.title : String(error));
      return;
    }
    setFault("");
    setSaved("");
    setDraft(draftOf(chosenCall, types));
    location.current?.focus();
  };
  /** Where or what a committed incident is, corrected by the same keys by which it was taken. */
  const openCorrection = (incident: Incident | undefined, callId: string | null) => {
    if (draft.started_at) {
      setFault("Save or clear the form first: it is about another call.");
      return;
    }
    if (!incident) {
      setFault("There is no open incident of yours to correct.");
      return;
    }
    setFault("");
    setSaved("");
    setDraft(correctionOf(incident, board.calls[callId ?? ""] ?? null, new Date(connection.hubNow()).toISOString()));
    location.current?.focus();
  };
  const correctLast = () => {
    const latest = recent.find((one) => board.incidents[one.incident_id ?? ""]);
    openCorrection(board.incidents[latest?.incident_id ?? ""], latest?.call_id ?? null);
  };
  const clear = () => {
    keepForm();
    if (typedOn({ ...EMPTY_DRAFT, started_at: draft.started_at }, draft)) setCleared(draft);
    setDraft(EMPTY_DRAFT);
    setFault("");
    location.current?.focus();
  };

  useKeys({
    F1: () => setHelp((now) => !now),
    F2: () => location.current?.focus(),
    F6: () => map.current?.focus(),
    F9: toggleTheme,
    "Ctrl+Enter": commit,
    "Alt+l": () => location.current?.focus(),
    "Alt+t": () => type.current?.focus(),
    "Alt+n": () => note.current?.focus(),
    "Alt+c": copyCaller,
    "Alt+e": correctLast,
    "Alt+y": () =>
      draft.place
        ? change({ place: { ...draft.place, repeated: !draft.place.repeated } })
        : setFault("No location stands yet that the caller could have repeated."),
    "Alt+k": () => cpr(call),
    "Alt+p": openCards,
    "Alt+r": () => void rebidding.rebid(),
    "Alt+a": () => ringing[0] && void open(ringing[0]),
    "Alt+j": () => join(0),
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => [
        `Alt+${digit}`,
        () => void location.current?.pick(digit),
      ]),
    ),
  });

  const afterType = () => (commits(draft) ? commit() : location.current?.focus());
  const choose = (found: IncidentType) => change(fieldsOf(found));

  const content = useMemo(() => {
    const pins = draft.place
      ? [{ at: draft.place.at, label: draft.place.verified ? "" : "unverified" }]
      : candidates.map((c, i) => ({ at: c.at, label: String(i + 1) }));
    const shapes = [
      ...(caller ? [caller.shape] : []),
      ...(draft.place ? [placeShape(draft.place)] : []),
    ];
    return {
      pins: pinFeatures([...pins, ...(caller ? [{ at: caller.at, label: "caller" }] : [])]),
      shapes: shapeFeatures(shapes),
      incidents: incidentFeatures(Object.values(board.incidents), null),
      closures: closureFeatures(Object.values(board.closures), zone),
    };
  }, [draft.place, candidates, board.incidents, board.closures, zone, callerAt?.[0], callerAt?.[1], draft.caller_radius_m, call?.fixes.length]);
  useEffect(() => {
    if (draft.place) map.current?.showAt(draft.place.at, 15);
  }, [draft.place]);
  useEffect(() => {
    const ring = fixed && !draft.place ? shapeFeatures([fixed.shape]).features[0] : undefined;
    const bounds = ring?.geometry.type === "Polygon" ? boundsOf(ring.geometry.coordinates[0] as LonLat[]) : null;
    if (bounds) map.current?.fit(bounds, 16);
    else if (fixed && !draft.place) map.current?.showAt(fixed.at, 15);
  }, [call?.id, call?.fixes.length]);
  useEffect(() => {
    if (candidates.length === 0) return;
    const lons = candidates.map((c) => c.at[0]);
    const lats = candidates.map((c) => c.at[1]);
    map.current?.fit([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], 14);
  }, [candidates]);

  const priority = draft.priority ?? chosen?.priority ?? null;
  return (
    <div className="call-taker">
      <TopBar covers={session.account.position ?? session.account.name} />
      <main>
        <form
          className="call-form panel scroll"
          aria-label="Call"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            commit();
          }}
        >
          <div className="form-head">
            <h2>{draft.corrects ? `Correct ${shortNumber(draft.corrects.number)}` : "Call"}</h2>
            <div role="radiogroup" aria-label="Channel" className="channels">
              {(["voice", "text", "alarm"] as const).map((channel) => (
                <label key={channel}>
                  <input
                    type="radio"
                    name="channel"
                    checked={draft.channel === channel}
                    onChange={() => change({ channel })}
                  />{" "}
                  {channel}
                </label>
              ))}
            </div>
            <Elapsed since={draft.started_at} />
          </div>
          <div className="clock-row">
            <StageClock stages={stages} />
            {call && <CprKey call={call} chord="Alt+K" />}
            <ProtocolKeys
              call={call}
              lead={chosen?.lead ?? null}
              launched={launched}
              facts={facts}
              chord="Alt+P"
              onTake={takeType}
            />
            {call && (
              <TransferCall
                call={call}
                onAccepted={(centre) => {
                  clear();
                  setCleared(null);
                  setSaved(`${centre} has the call`);
                }}
              />
            )}
          </div>
          {theirs && (
            <p className="late" role="alert">
              {theirs.toUpperCase()} HAS THE CALL: it is closed here. Clear the form for the next one.
            </p>
          )}
          {call?.record && (
            <section className="handed-over" aria-label="Handed over">
              <b>Handed over by {call.handed_over_by}</b>
              <pre tabIndex={0}>{call.record}</pre>
              <RecordNewsPart call={call} />
            </section>
          )}
          <LocationField
            ref={location}
            said={draft.said}
            place={draft.place}
            onSaid={(said) => change({ said })}
            onPlace={(place) => change({ place })}
            onCandidates={setCandidates}
            onNext={() => callback.current?.focus()}
            mapCentre={() => {
              const centre = map.current?.gl.getCenter();
              return centre ? [centre.lng, centre.lat] : null;
            }}
          />
          <CallerLocation
            draft={draft}
            call={call}
            known={caller !== null}
            rebidding={rebidding.state}
            typed={typedWhere}
            onChange={change}
            onCopy={copyCaller}
            onRebid={() => void rebidding.rebid()}
          />
          <div className="pair">
            <div className="field">
              <label htmlFor="callback">2 Callback number</label>
              <input
                id="callback"
                ref={callback}
                className="input mono"
                autoComplete="off"
                inputMode="tel"
                value={draft.callback}
                onChange={(e) => change({ callback: e.target.value })}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" || event.ctrlKey) return;
                  event.preventDefault();
                  if (commits(draft)) commit();
                  else type.current?.focus();
                }}
              />
            </div>
            <div className="field">
              <label htmlFor="caller-name">Caller's name</label>
              <input
                id="caller-name"
                className="input"
                autoComplete="off"
                value={draft.caller_name}
                onChange={(e) => change({ caller_name: e.target.value })}
              />
            </div>
          </div>
          <div className="type-row">
            <TypeField
              ref={type}
              types={types}
              text={draft.type_text}
              chosen={chosen}
              onText={(type_text) => change({ type_text, incident_type: null, priority: null })}
              onChoose={choose}
              onNext={afterType}
            />
            <div className="field">
              <label htmlFor="priority">Priority</label>
              <select
                id="priority"
                className="input"
                disabled={!chosen}
                value={priority ?? ""}
                onChange={(e) => change({ priority: Number(e.target.value) })}
              >
                {priority === null && <option value="">from type</option>}
                {[1, 2, 3, 4, 5].map((n) => (
                  <option key={n} value={n}>
                    {n}
                    {chosen?.priority === n ? " (from type)" : ""}
                  </option>
                ))}
              </select>
            </div>
          </div>
          {!draft.corrects && <WantedField text={draft.wanted} onText={(wanted) => change({ wanted })} />}
          <div className="field">
            <label htmlFor="note">Note</label>
            <textarea
              id="note"
              ref={note}
              className="input"
              rows={4}
              value={draft.note}
              onChange={(e) => change({ note: e.target.value })}
            />
          </div>
          <div className="foot">
            <div className="actions">
              <button
                className="button primary"
                disabled={sending || !commits(draft)}
                aria-label={draft.corrects ? "Commit correction" : "Commit call"}
              >
                {draft.corrects ? "Correct" : "Commit"} <kbd>Ctrl+Enter</kbd>
              </button>
              <button
                type="button"
                className="button"
                disabled={sending}
                onClick={() => void send(null)}
                hidden={commits(draft) || draft.corrects !== null}
              >
                Save without incident
              </button>
              <button type="button" className="button" onClick={clear} disabled={sending}>
                {draft.corrects ? "Leave as it stands" : "Clear form"}
              </button>
              {cleared && !draft.started_at && (
                <button
                  type="button"
                  className="button"
                  onClick={() => {
                    setDraft(cleared);
                    setCleared(null);
                  }}
                >
                  Put back what was cleared
                </button>
              )}
              <span className="dim">{sending && "Sending"}</span>
              <span className="push" />
              <PaperBoard />
            </div>
            {lost && (
              <p className="fault alarm" role="alert">
                ANOTHER SCREEN HAS THIS CALL NOW. What you typed since is here alone: note it, then clear the form.
              </p>
            )}
            {fault && (
              <p className="fault alarm" role="alert">
                {fault}
              </p>
            )}
            <p className="saved" role="status" data-testid="saved">
              {saved}
            </p>
          </div>
        </form>
        <aside className="beside">
          <div className="facts panel scroll">
            <Ringing ringing={ringing} onAnswer={(c) => void open(c)} />
            <Conversations calls={conversations} zone={zone} />
            <Authorities place={draft.place} incidentType={chosen?.incident_type} />
            <CardsPanel cards={cards} zone={zone} />
            <Known draft={draft} />
            <DuplicatesPanel found={near} placed={draft.place !== null} onJoin={join} disabled={sending} />
            <OpenCalls board={board} zone={zone} mine={draft.call_id} onOpen={(c) => void open(c)} />
            <Transfers zone={zone} />
            <RecentCalls recent={recent} board={board} zone={zone} onCorrect={openCorrection} />
          </div>
          <MapView
            ref={map}
            content={content}
            picked={useMemo(
              () => ({
                spot: (at) => {
                  change({ place: pinned(at, "") });
                  type.current?.focus();
                },
              }),
              [change],
            )}
          />
        </aside>
      </main>
      <HubAils />
      <Unsent />
      <Help open={help} onClose={() => setHelp(false)}>
        <FormKeys />
      </Help>
    </div>
  );
}

function Elapsed(props: { since: string | null }) {
  const now = useNowS();
  if (!props.since) return <span className="mono dim push">0 s</span>;
  return <span className="mono push">{Math.max(0, Math.floor(now - Date.parse(props.since) / 1000))} s</span>;
}
