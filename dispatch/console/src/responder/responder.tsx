/** The crew's screen: one assignment, large buttons, the route that the recommendation knew. Works
 * through a lost link: what is pressed stands as NOT SENT with its own time until the hub has it. */

import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { askedOf } from "../board/asked";
import type { Assignment, Incident } from "../api/model";
import { isUnanswered, metresWords, openCorrection } from "../board/corrections";
import { parkedBy } from "../board/crews";
import { turnsWaived } from "../board/driven";
import { liveByIncident, liveByUnit } from "../board/select";
import { assumed, dutyWords, ownStatuses, ownWords, presentOwn, stepsOf, type NextStep } from "../board/own_statuses";
import { crewSop } from "../board/sops";
import { CODES, statusOf } from "../board/status";
import { addressOf, clockSpan, modeWords, shortNumber, timeOfDay, travelTime } from "../board/words";
import { isHazard } from "../dispatcher/detail";
import type { DispatchMap } from "../map/dispatch_map";
import {
  boundsOf,
  closureFeatures,
  incidentFeatures,
  routeFeatures,
  shapeFeatures,
  unitFeatures,
} from "../map/features";
import { keptWay, type KeptWay } from "../map/kept_record";
import { keepWay } from "../map/kept_way";
import { MapView } from "../map/map_view";
import { useBoard, useFixes, useHub, useLink, useNowS, useUnsent, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { HubAils, Priority, Status, TopBar, Unsent } from "../shell/parts";
import { QueryAnswers } from "../shell/query_answers";
import { play } from "../shell/sound";
import { toggleTheme } from "../shell/theme";
import { AskForm } from "./ask";
import { BlockedHere } from "./blocked_here";
import { Lookout } from "./lookout";
import { CallerTexts } from "./caller_texts";
import { HelpButton } from "./help_button";
import { LogOnForm } from "./log_on";
import { Notices } from "./notices";
import { Reserved } from "./reserved";
import { Pages } from "./pages";
import { WhereTo } from "./where_to";
import "../styles/responder.css";

const REMIND_MS = 5_000;

export default function Responder() {
  const { session, connection, outbox, onEvent } = useHub();
  const board = useBoard();
  const unitId = session.account.unit_id;
  const unit = unitId ? board.units[unitId] : undefined;
  const assignment = unitId ? liveByUnit(board).get(unitId) : undefined;
  const incident = assignment ? board.incidents[assignment.incident_id] : undefined;
  const crewWith =
    unit?.crew && unit.duty === "in_service" ? parkedBy(unit, board.units, liveByUnit(board)) : null;
  const [fault, setFault] = useState("");
  useKeys({ F9: toggleTheme });

  const send = useCallback(
    async (label: string, path: string, body: Record<string, unknown>) => {
      setFault("");
      const answer = await outbox.send(label, "POST", path, body);
      if (!answer.done) setFault(answer.problem.detail || answer.problem.title);
    },
    [outbox],
  );

  // The device says by itself that it has the assignment, and that it shows it: each once.
  const receipted = useRef(new Set<string>());
  useEffect(() => {
    if (!assignment) return undefined;
    const { id, unit_id, received_at, seen_at } = assignment;
    const report = () => {
      const seen = document.visibilityState === "visible";
      const said = `${id} ${seen}`;
      if ((seen ? seen_at : received_at) || receipted.current.has(said)) return;
      receipted.current.add(said);
      void outbox.send(`${unit_id} received`, "POST", `/assignments/${id}/receipt`, { seen });
    };
    report();
    document.addEventListener("visibilitychange", report);
    return () => document.removeEventListener("visibilitychange", report);
  }, [assignment, outbox]);

  const silent =
    assignment !== undefined && (assignment.acknowledged_at === null || openCorrection(assignment) !== null);
  const correctedAt = assignment?.place_correction?.at;
  useEffect(() => {
    if (!silent) return undefined;
    play("assignment");
    const timer = setInterval(() => play("assignment"), REMIND_MS);
    return () => clearInterval(timer);
  }, [silent, assignment?.id, correctedAt]);

  const worksOn = useRef<[string, string] | null>(null);
  useEffect(() => {
    if (!assignment) return;
    const [id, incident] = worksOn.current ?? [];
    if (id === assignment.id && incident !== assignment.incident_id) play("assignment");
    worksOn.current = [assignment.id, assignment.incident_id];
  }, [assignment?.id, assignment?.incident_id]);

  const rerouted = assignment?.rerouted_at;
  useEffect(() => {
    if (rerouted) play("assignment");
  }, [rerouted]);

  // A crew that was sent by mistake reads it, even though the assignment is gone from the board.
  const [corrected, setCorrected] = useState<string | null>(null);
  useEffect(
    () =>
      onEvent(({ body }) => {
        if (body.kind === "unit.assigned" && body.assignment.unit_id === unitId) setCorrected(null);
        if (body.kind !== "assignment.released" && body.kind !== "assignment.corrected") return;
        const mine = connection.board().assignments[body.assignment_id]?.unit_id === unitId;
        if (!mine || (body.kind === "assignment.released" && !body.correction)) return;
        setCorrected(
          body.kind === "assignment.released"
            ? "You were sent by mistake. Disregard; you are free."
            : "A status was set by mistake. The one before stands again.",
        );
        play("assignment");
      }),
    [onEvent, connection, unitId],
  );

  const emergency = unitId
    ? Object.values(board.emergencies).find((e) => e.unit_id === unitId)
    : undefined;
  const callForHelp = () => {
    if (!unitId) return;
    void send(`${unitId} EMERGENCY`, `/units/${unitId}/emergency`, {
      device_at: new Date(connection.hubNow()).toISOString(),
    });
  };

  const act = (step: NextStep, hospitalId?: string) => {
    if (!assignment) return;
    void send(`${assignment.unit_id} ${step.code}`, `/assignments/${assignment.id}/status`, {
      status: step.status,
      ...(step.own ? { code: step.code } : {}),
      ...(hospitalId ? { hospital_id: hospitalId } : {}),
      device_at: new Date(connection.hubNow()).toISOString(),
    });
  };
  const acknowledge = () => {
    if (!assignment) return;
    void send(`${assignment.unit_id} ACK`, `/assignments/${assignment.id}/acknowledgement`, {
      channel: "device",
      revision: assignment.revision,
    });
  };
  const well = () => {
    if (!assignment) return;
    void send(`${assignment.unit_id} CHK`, `/assignments/${assignment.id}/checks`, {
      channel: "device",
    });
  };
  const takeBack = useCallback(
    async (label: string, path: string) => {
      setFault("");
      const answer = await outbox.send(label, "DELETE", path);
      if (!answer.done) setFault(answer.problem.detail || answer.problem.title);
    },
    [outbox],
  );
  const duty = (next: "in_service" | "out_of_service") =>
    unit &&
    void send(`${unit.id} ${next === "in_service" ? "AV" : "OOS"}`, `/units/${unit.id}/duty`, {
      duty: next,
      reason: next === "in_service" ? "" : "Set by crew",
    });

  return (
    <div className="responder">
      <TopBar covers={unit ? `${unit.id} · ${unit.kind.replaceAll("_", " ")} · ${unit.station}` : ""} />
      {!unit && (
        <main className="idle">
          <h2>No unit is logged on</h2>
          <p className="dim">This account belongs to no unit that is on the board. Tell the dispatcher.</p>
        </main>
      )}
      {unit && !incident && (
        <main className="idle" data-testid="no-assignment">
          <h2 className="mono">{unit.id}</h2>
          {crewWith === null ? (
            <Status code={statusOf(unit, undefined)} />
          ) : (
            <p className="parked-here" role="status" data-testid="parked">
              <b>PARKED</b> Your crew is out with <b className="mono">{crewWith}</b>.
            </p>
          )}
          <p>
            {unit.duty === "in_service"
              ? crewWith === null
                ? "Available. An assignment appears here by itself, with a tone."
                : `${unit.id} is not sent until that crew is free, or a further crew logs on here.`
              : `Out of service${dutyWords(unit) ? `: ${dutyWords(unit)}` : ""}.`}
          </p>
          {unit.duty === "in_service" ? (
            <button type="button" className="big-button" onClick={() => duty("out_of_service")}>
              Out of service
            </button>
          ) : (
            <button type="button" className="big-button" onClick={() => duty("in_service")}>
              Back in service
            </button>
          )}
          <Reserved unitId={unit.id} />
          <Pages unit={unit} send={send} />
          <BlockedHere unit={unit} send={send} takeBack={takeBack} />
          <LogOnForm unit={unit} onFault={setFault} />
          <Notices onFault={setFault} />
          <Lookout />
        </main>
      )}
      {unit && assignment && incident && (
        <OnAssignment
          assignment={assignment}
          incident={incident}
          onStatus={act}
          onAcknowledge={acknowledge}
          onWell={well}
          pages={<Pages unit={unit} send={send} />}
          blocked={<BlockedHere unit={unit} send={send} takeBack={takeBack} />}
          onHazard={() =>
            void send(`${assignment.unit_id} HZ`, `/assignments/${assignment.id}/hazard-reading`, {
              channel: "device",
            })
          }
        />
      )}
      {corrected && (
        <p className="correction" role="alert" data-testid="correction">
          <b>CORRECTION</b> {corrected}
          <button type="button" className="button" onClick={() => setCorrected(null)}>
            Understood
          </button>
        </p>
      )}
      {unit && <HelpButton standing={emergency} unitId={unit.id} onPress={callForHelp} />}
      {fault && (
        <p className="fault alarm" role="alert">
          {fault}
        </p>
      )}
      <HubAils />
      <Unsent />
    </div>
  );
}

function OnAssignment(props: {
  assignment: Assignment;
  incident: Incident;
  onStatus: (step: NextStep, hospitalId?: string) => void;
  onAcknowledge: () => void;
  onWell: () => void;
  onHazard: () => void;
  pages: ReactNode;
  blocked: ReactNode;
}) {
  const { assignment: a, incident } = props;
  const { region } = useHub();
  const hospitals = region?.hospitals ?? [];
  const [choosing, setChoosing] = useState<NextStep | null>(null);
  const board = useBoard();
  const zone = useZone();
  const now = useNowS();
  const unsent = useUnsent();
  const silent = a.acknowledged_at === null;
  const corrected = openCorrection(a);
  const { place } = incident;
  const hazards = incident.notes.filter((note) => isHazard(note.text));
  const others = (liveByIncident(board).get(incident.id) ?? []).filter((o) => o.id !== a.id);
  const number = shortNumber(incident.number);
  const talkgroup = incident.legs.find((leg) => leg.discipline === a.discipline)?.talkgroup;
  const asked = askedOf(incident, a.discipline);
  const sop = crewSop(region?.sops ?? [], a, asked.incident_type);
  const waits = (code: string) => unsent.some((s) => s.label === `${a.unit_id} ${code}`);
  const present = presentOwn(ownStatuses(region, a.agency_id), a)?.code;
  const pressed = assumed(region, a, unsent.map((s) => s.label));
  const buttons = stepsOf(region, pressed).filter(
    (step) =>
      step.own || a.discipline === "ems" || (step.status !== "transporting" && step.status !== "at_hospital"),
  );
  return (
    <main className="assignment">
      <section className="orders panel scroll" aria-label="Assignment">
        <Reserved unitId={a.unit_id} />
        {a.discipline === "law" && <QueryAnswers incidentId={incident.id} />}
        {incident.hazards
          .filter((hazard) => hazard.level === 3)
          .map((hazard) => (
            <p key={hazard.note_id} className="hazard-line" role="alert">
              HAZARD {hazard.text}
            </p>
          ))}
        {incident.hazards.some((hazard) => hazard.level === 3) && !a.hazard_read_at && (
          <button type="button" className="ack" aria-label="Hazard read" onClick={props.onHazard}>
            {waits("HZ") ? "HAZARD READ, NOT SENT" : "HAZARD READ"}
          </button>
        )}
        {hazards.map((note) => (
          <p key={note.id} className="hazard-line" role="alert">
            {note.text}
          </p>
        ))}
        {(incident.merged ?? [])
          .filter((m) => m.assignment_ids.includes(a.id))
          .map((m) => (
            <p key={m.incident_id} className="reroute-line" role="alert" data-testid="merged">
              <b>NOW {number}</b> {shortNumber(m.number)} is the same incident: {addressOf(incident)}
              <span className="mono"> {timeOfDay(m.at, zone, false)}</span>
            </p>
          ))}
        {a.rerouted_at && (
          <p className="reroute-line" role="alert" data-testid="rerouted">
            <b>{a.route.length > 1 ? "NEW ROUTE" : "NO OPEN ROUTE"}</b> {a.reroute_reason}
            <span className="mono"> {timeOfDay(a.rerouted_at, zone, false)}</span>
          </p>
        )}
        <header>
          <Priority n={asked.priority} waiting={false} />
          <div>
            <h2>{asked.type_label}</h2>
            <p className="dim mono">
              {number} · {a.unit_id} <Status code={CODES[a.status]} /> {ownWords(region, a)}
              {talkgroup && <b data-testid="talkgroup"> {talkgroup}</b>}
            </p>
          </div>
          <span className="mono big-time">{clockSpan(now - Date.parse(a.assigned_at) / 1000)}</span>
        </header>
        {a.mode && (
          <p className="response-mode" data-testid="mode">
            Response: <b>{modeWords(a.mode)}</b>
          </p>
        )}
        {corrected && (
          <p className="hazard-line" role="alert" data-testid="place-corrected">
            <b>NEW ADDRESS</b> was {corrected.was}, {metresWords(corrected.moved_m)} away
            <span className="mono"> {timeOfDay(corrected.at, zone, false)}</span>
          </p>
        )}
        {sop && (
          <p className="sop" data-testid="sop">
            <b>SOP</b> {sop}
          </p>
        )}
        <p className="address" data-testid="address">
          {addressOf(incident)}
        </p>
        {place.cross_street && <p className="cross">at {place.cross_street}</p>}
        <p className="dim">
          {place.municipality}
          {!place.verified && <span className="tag warn">location unverified</span>}
        </p>
        {silent || corrected ? (
          <button
            type="button"
            className={isUnanswered(a) ? "ack loud" : "ack"}
            aria-label={corrected ? "Acknowledge the new address" : "Acknowledge"}
            onClick={props.onAcknowledge}
          >
            {waits("ACK")
              ? "ACKNOWLEDGED, NOT SENT"
              : corrected
                ? "ACKNOWLEDGE NEW ADDRESS"
                : "ACKNOWLEDGE"}
            <span className="mono">
              silent {clockSpan(now - Date.parse(corrected?.at ?? a.assigned_at) / 1000)}
            </span>
          </button>
        ) : (
          <p className="acked" data-testid="acknowledged">
            Acknowledged {a.acknowledged_by === "voice" ? "by voice " : ""}
            {timeOfDay(a.acknowledged_at as string, zone)}
          </p>
        )}
        {props.pages}
        <div className="status-buttons" role="group" aria-label="Status">
          {buttons.map((step) => {
            const { code, label } = step;
            const here = step.own ? code === present : a.status === step.status;
            return (
              <button
                key={code}
                type="button"
                className={`big-button s-${step.core}${here ? " here" : ""}`}
                aria-label={label}
                aria-pressed={here}
                disabled={!here && !step.allowed}
                onClick={() => {
                  if (here) return;
                  if (step.status === "transporting" && hospitals.length > 0) setChoosing(step);
                  else props.onStatus(step);
                }}
              >
                <span>{label}</span>
                <span className="mono small">
                  {waits(code) ? "NOT SENT" : here ? timeOfDay(a.status_at, zone) : code}
                </span>
              </button>
            );
          })}
        </div>
        {choosing && (
          <WhereTo
            at={place.at}
            onPick={(hospitalId) => {
              setChoosing(null);
              props.onStatus(choosing, hospitalId ?? undefined);
            }}
            onCancel={() => setChoosing(null)}
          />
        )}
        {props.blocked}
        {a.discipline === "law" && <AskForm key={a.id} incidentId={incident.id} unitId={a.unit_id} />}
        {a.check_due_at && (
          <button
            type="button"
            className={a.checks_missed > 0 ? "ack loud" : "big-button"}
            aria-label="I am well"
            onClick={props.onWell}
          >
            {waits("CHK") ? "I AM WELL, NOT SENT" : "I AM WELL"}
            <span className="mono">
              {a.checks_missed > 0
                ? "answer now"
                : `asked in ${clockSpan(Date.parse(a.check_due_at) / 1000 - now)}`}
            </span>
          </button>
        )}
        <Lookout />
        <CallerTexts
          calls={Object.values(board.calls).filter((call) => call.incident_id === incident.id)}
          zone={zone}
        />
        <section aria-label="Notes">
          <h3 className="label">Notes</h3>
          <ul className="notes">
            {incident.hazards
              .filter((hazard) => hazard.level < 3)
              .map((hazard) => (
                <li key={hazard.note_id}>
                  <b>Premise</b>
                  <span>{hazard.text}</span>
                </li>
              ))}
            {incident.notes.map((note) => (
              <li key={note.id}>
                <span className="mono dim">{timeOfDay(note.at, zone, false)}</span>
                <span>{note.text}</span>
              </li>
            ))}
            {incident.notes.length === 0 && <li className="dim">None yet.</li>}
          </ul>
        </section>
        {others.length > 0 && (
          <section aria-label="With you">
            <h3 className="label">With you</h3>
            <p className="with">
              {others.map((o) => (
                <span key={o.id}>
                  <b className="mono">{o.unit_id}</b> <Status code={CODES[o.status]} />
                </span>
              ))}
            </p>
          </section>
        )}
      </section>
      <RouteMap assignment={a} incident={incident} others={others} />
    </main>
  );
}

/** Whether the map of this way is on the tablet, and since when: what a crew drives by without a link. */
function KeptMap(props: { assignment: Assignment; incident: Incident }) {
  const { assignment: a, incident } = props;
  const { connection, region } = useHub();
  const zone = useZone();
  const live = useLink().word === "LIVE";
  const now_s = useNowS();
  const key = `${a.id} ${a.rerouted_at ?? ""} ${incident.place.at.join()} ${region?.tiles_url ?? ""}`;
  const [way, setWay] = useState<KeptWay | null>(() => keptWay(key));
  const tilesUrl = region?.tiles_url;
  useEffect(() => {
    const known = keptWay(key);
    setWay(known);
    if (known || !tilesUrl || !live) return undefined;
    let here = true;
    const { at } = incident.place;
    keepWay(key, tilesUrl, at, a.route, () => connection.hubNow(), () => here).then(
      (made) => here && setWay(made),
      () => undefined,
    );
    return () => {
      here = false;
    };
    // The key says all that a way is made of.
    // eslint-disable-next-line
  }, [key, tilesUrl, live]);
  if (way) {
    return (
      <span className="dim" data-testid="kept-map">
        map kept {timeOfDay(way.at, zone, false)},{" "}
        {clockSpan(Math.max(0, now_s - Date.parse(way.at) / 1000))} old{" "}
      </span>
    );
  }
  return live ? null : <b className="late">MAP OF THIS WAY NOT KEPT </b>;
}

function RouteMap(props: {
  assignment: Assignment;
  incident: Incident;
  others: readonly Assignment[];
}) {
  const { assignment: a, incident, others } = props;
  const board = useBoard();
  const fixes = useFixes();
  const zone = useZone();
  const now = Math.floor(useNowS() / 5) * 5;
  const map = useRef<DispatchMap | null>(null);
  const fix = fixes.get(a.unit_id);
  const fit = () => {
    const bounds = boundsOf([incident.place.at, ...a.route, ...(fix ? [fix.at] : [])]);
    if (bounds) map.current?.fit(bounds, 16);
  };
  useEffect(fit, [a.id, a.rerouted_at]);
  const content = useMemo(() => {
    const mine = [a, ...others];
    const units = mine.flatMap((o) => board.units[o.unit_id] ?? []);
    return {
      incidents: incidentFeatures([incident], incident.id),
      routes: routeFeatures([], [{ ...a, status: a.status === "staged" ? "enroute" : a.status }]),
      closures: closureFeatures(Object.values(board.closures), zone),
      shapes: shapeFeatures([incident.place.shape]),
      units: unitFeatures(
        units,
        new Map(mine.map((o) => [o.unit_id, o])),
        board.incidents,
        fixes,
        [],
        now,
        board.units,
      ),
    };
  }, [a, others, incident, board, fixes, zone, now]);
  return (
    <section className="route panel" aria-label="Route">
      <p className="route-words">
        <KeptMap assignment={a} incident={incident} />
        <b>Route</b>{" "}
        {a.route.length > 1
          ? `${travelTime(a.travel_s)} along the roads open ${
              a.rerouted_at ? `at ${timeOfDay(a.rerouted_at, zone, false)}` : "when you were sent"
            }`
          : "unknown: no road leads there that the hub knows"}
        {turnsWaived(a) && <b data-testid="turns-waived"> · {turnsWaived(a)}</b>}
        <button type="button" className="button push" onClick={fit}>
          Whole route
        </button>
      </p>
      <MapView
        ref={map}
        content={content}
        onReady={(made) => {
          map.current = made;
          fit();
        }}
      />
    </section>
  );
}
