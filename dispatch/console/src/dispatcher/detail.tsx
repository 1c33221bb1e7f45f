/** The selected incident: where, what, whose, who is on it, who called, what was noted. */

import { crewWords } from "../board/volunteers";
import { apartWords, priorityOf } from "../board/asked";
import { useMemo } from "react";
import type { Assignment, Call, Delivery, Incident, Leg, Note, OutsideUnit, PlaceCorrection, Region, TextLine } from "../api/model";
import { answeringAt } from "../board/cover";
import { ownerOf, stateWords as transferWords, tellByVoice } from "../board/transfers";
import { openCorrection } from "../board/corrections";
import {
  changeWords,
  chainWords,
  deliveriesByAssignment,
  failedWords,
  limitsWords,
  nearestWords,
  nextWords,
  preAlerts,
} from "../board/delivery";
import { patientWords, stateWords } from "../board/hospitals";
import { outsideLabel, outsideState, promiseLate_s } from "../board/outside";
import { determinantWords, differenceWords, proposalsOf, runsOf, runWords } from "../board/protocols";
import { isPending } from "../board/select";
import { nextSteps, ownWords } from "../board/own_statuses";
import { isScheduled, whenWords } from "../board/schedule";
import { deskSops } from "../board/sops";
import { CODES, STATUS_WORDS } from "../board/status";
import { lateWords, timesWords } from "../board/status_times";
import { lastFix, spotOf } from "../call/caller_location";
import { Line } from "../call/conversation";
import { RecordNewsPart } from "../call/record_news";
import { addressOf, ageWords, clockSpan, coordinates, MAP_MIDDLE, MIDDLE_WORDS, ordinal, shortNumber, timeOfDay } from "../board/words";
import { useBoard, useHub, useLimits, useNowS, usePeople, useZone } from "../shell/hub";
import { useNameOf } from "../shell/names";
import { Priority, Status, Timer } from "../shell/parts";
import { StageClock, useStages } from "../shell/stage_clock";

const HAZARD_LATE_S = 10;
const HAZARD = /^\s*(hazard|caution|danger|premise)\b/i;

export function agencyName(region: Region | null, id: string | null): string {
  if (id === null) return "no authority";
  return region?.agencies.find((agency) => agency.id === id)?.name ?? id;
}

export function isHazard(text: string): boolean {
  return HAZARD.test(text);
}

export function Detail(props: {
  incident: Incident;
  live: readonly Assignment[];
  calls: readonly Call[];
  region: Region | null;
  give: (line: string) => void;
  fill: (line: string) => void;
}) {
  const { incident, live, calls, region, give, fill } = props;
  const { storms } = useBoard();
  const zone = useZone();
  const { place } = incident;
  const number = shortNumber(incident.number);
  const hazards = incident.notes.filter((note) => isHazard(note.text));
  const waiting = isPending(incident);
  const board = useBoard();
  const told = useMemo(() => deliveriesByAssignment(board.deliveries), [board.deliveries]);
  const toldAnew = useMemo(() => deliveriesByAssignment(board.deliveries, "update"), [board.deliveries]);
  const alerted = preAlerts(board, incident);
  const nameOf = useNameOf();
  const answering = ({ discipline, agency_id }: Leg) => {
    const at = answeringAt(Object.values(board.positions), { discipline, agency_id, area: place.municipality });
    if (at === null) return null;
    return at.length > 0 ? <span className="mono dim small"> {at.join(" ")}</span> : <b className="late"> nobody answers</b>;
  };
  return (
    <section className="detail scroll" aria-label="Incident">
      <header>
        <Priority n={incident.priority} waiting={waiting} />
        <div className="head-words">
          <h2>{incident.type_label}</h2>
          <p className="head-where">
            {addressOf(incident)}
            {place.cross_street && ` / ${place.cross_street}`}
            {place.municipality && `, ${place.municipality}`}
          </p>
        </div>
        <Timer since={incident.created_at} />
        <p className="head-number dim mono small">
          <span>
            {number} · {incident.incident_type}
          </span>
          <span>{coordinates(place.at)}</span>
        </p>
      </header>
      <Present incidentId={incident.id} />
      <Stages incident={incident} calls={calls} />
      <p className="tags">
        {!place.verified && <span className="tag warn">location unverified</span>}
        {calls.length > 0 && <span className="tag">{place.repeated ? "repeated by the caller" : "stated once"}</span>}
        {place.found_as === MAP_MIDDLE && <b className="late">{MIDDLE_WORDS}</b>}
        {incident.resolution.border && <span className="tag warn">BORDER: two authorities near</span>}
        {incident.plan_id === null && !incident.officer_initiated && (
          <span className="tag warn">no response plan</span>
        )}
        {incident.legs.some((leg) => leg.agency_id && storms[leg.agency_id]) && (
          <span className="tag warn">storm plans</span>
        )}
        {incident.officer_initiated && <span className="tag">officer-initiated</span>}
      </p>
      {incident.hazards.map((hazard) => (
        <p key={hazard.note_id} className={hazard.level === 3 ? "hazard" : "premise"} data-level={hazard.level}>
          <b>{hazard.level === 3 ? "HAZARD " : "Premise "}</b>
          {hazard.text}
          {hazard.review_on < new Date().toISOString().slice(0, 10) && (
            <span className="dim"> review overdue since {hazard.review_on}</span>
          )}
        </p>
      ))}
      {hazards.map((note) => (
        <p key={note.id} className="hazard">
          <b>{note.text}</b>
        </p>
      ))}

      <Protocols incident={incident} calls={calls} give={give} fill={fill} />
      <Worked incident={incident} region={region} give={give} fill={fill} />
      <table className="legs" aria-label="Legs">
        <tbody>
          {incident.legs.map((leg) => {
            const caseNumber = leg.agency_id ? incident.case_numbers[leg.agency_id] : undefined;
            return (
              <tr key={leg.discipline}>
                <th scope="row">{leg.discipline.toUpperCase()}</th>
                <td>
                  {agencyName(region, leg.agency_id)}
                  {leg.zone && leg.zone !== agencyName(region, leg.agency_id) && <span className="dim"> {leg.zone}</span>}
                  {leg.state !== "closed" && leg.talkgroup && (
                    <span className="mono talkgroup"> {leg.talkgroup}</span>
                  )}
                  {apartWords(incident, leg) && <b data-testid="apart"> {apartWords(incident, leg)}</b>}
                  {leg.state !== "closed" && answering(leg)}
                </td>
                <td className={leg.state === "pending" ? "late" : "dim"}>
                  {leg.state}
                  {leg.disposition && `: ${leg.disposition}`}
                </td>
                <td className="mono">
                  {caseNumber ??
                    (leg.agency_id && (
                      <button
                        type="button"
                        className="button small"
                        aria-label={`Case number for ${agencyName(region, leg.agency_id)}`}
                        onClick={() => give(`CN ${number} ${leg.agency_id}`)}
                      >
                        Case no.
                      </button>
                    ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {deskSops(region?.sops ?? [], incident, live).map((sop) => (
        <p key={sop.line} className="sop" data-testid="sop">
          <b>SOP</b> {sop.line}{" "}
          <span className="dim small">{agencyName(region, sop.agency_id)}</span>
        </p>
      ))}
      {Object.entries(incident.case_numbers)
        .filter(([agency]) => incident.legs.every((leg) => leg.agency_id !== agency))
        .map(([agency, caseNumber]) => (
          <p key={agency} className="dim">
            {agencyName(region, agency)} <span className="mono">{caseNumber}</span>
          </p>
        ))}

      {(incident.voided_numbers ?? []).map((voided) => (
        <p key={voided.number} className="dim small" data-testid="voided">
          {agencyName(region, voided.agency_id)} <s className="mono">{voided.number}</s> void: {voided.reason},{" "}
          {nameOf(voided.by)} {timeOfDay(voided.at, zone, false)}
        </p>
      ))}

      {live.length > 0 && (
        <ul className="on-it" aria-label="Units on it">
          {live.map((a) => (
            <OnIt
              key={a.id}
              assignment={a}
              deliveries={told.get(a.id) ?? []}
              updates={toldAnew.get(a.id) ?? []}
              hazard={incident.hazards.some((hazard) => hazard.level === 3)}
              priority={priorityOf(incident, a)}
              give={give}
            />
          ))}
        </ul>
      )}
      {(incident.outside ?? []).length > 0 && (
        <ul className="on-it outside" aria-label="Units from outside">
          {incident.outside.map((one) => (
            <FromOutside key={one.ref} one={one} number={number} give={give} fill={fill} />
          ))}
        </ul>
      )}
      {alerted.length > 0 && (
        <p className="dim small" data-testid="pre-alert">
          Pre-alert: {alerted.join(" · ")}
        </p>
      )}

      <section aria-label="Narrative">
        <h3 className="label">
          Narrative
          <button
            type="button"
            className="button small push"
            onClick={() => fill(`N ${number} `)}
            aria-label="Add note"
          >
            Note
          </button>
          <button
            type="button"
            className="button small"
            onClick={() => fill(`C ${number} `)}
            aria-label="Close incident"
          >
            Close
          </button>
        </h3>
        <ul className="notes">
          {calls.map((call) => (
            <li key={call.id}>
              <span className="mono dim">{timeOfDay(call.received_at, zone)}</span>
              <span>
                <b>{call.channel === "voice" ? "Call" : call.channel === "text" ? "Text" : "Alarm"}</b>
                {call.caller_name && ` ${call.caller_name}`}
                {call.callback && <span className="mono"> {call.callback}</span>}
                {call.said && <span className="dim"> said “{call.said}”</span>}
                <CallerPlace call={call} />
                <Handed call={call} />
                {call.record && (
                  <details>
                    <summary>Handed over by {call.handed_over_by}</summary>
                    <pre className="handed-over" tabIndex={0}>{call.record}</pre>
                  </details>
                )}
                <RecordNewsPart call={call} onNote={(text) => fill(`N ${number} ${text}`)} />
              </span>
            </li>
          ))}
          {entriesOf(incident.notes, calls).map((entry) =>
            "author" in entry ? (
              <li key={entry.id}>
                <span className="mono dim">{timeOfDay(entry.at, zone)}</span>
                <span>
                  {entry.text}{" "}
                  <span className="dim small">
                    {nameOf(entry.author)}
                  </span>
                </span>
              </li>
            ) : (
              <Line key={entry.id} line={entry} zone={zone} />
            ),
          )}
          {calls.length === 0 && incident.notes.length === 0 && <li className="dim">Nothing noted.</li>}
        </ul>
      </section>
    </section>
  );
}

/** Whether another centre has the call, or was offered it last. */
function Handed(props: { call: Call }) {
  const last = props.call.transfers.at(-1);
  if (!last) return null;
  const owner = ownerOf(props.call.transfers);
  return (
    <span className={tellByVoice(last) ? "late" : "dim"}>
      {" "}
      · {owner ? `${owner} has the call` : `ours: ${last.centre_name} ${transferWords(last)}`} {tellByVoice(last)}
    </span>
  );
}

/** What was noted and what was written in text, in the order of time. */
function entriesOf(notes: readonly Note[], calls: readonly Call[]): (Note | TextLine)[] {
  const lines = calls.flatMap((call) => call.transcript);
  return [...notes, ...lines].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** From the ring of its first call to its first unit, beside its agency's targets. */
function Stages(props: { incident: Incident; calls: readonly Call[] }) {
  const { incident, calls } = props;
  const changed = [
    incident.revision,
    ...incident.legs.map((leg) => leg.first_assigned_at),
    ...calls.flatMap((call) => [call.id, call.cpr_recognised_at, call.compressions_at]),
  ].join();
  return <StageClock brief stages={useStages(`/incidents/${incident.id}/stages`, changed)} />;
}

/** Where the caller's device was said to be last: never the incident's place. */
function CallerPlace(props: { call: Call }) {
  const now_s = useNowS();
  const fix = lastFix(props.call);
  const spot = spotOf(fix);
  if (!fix || !spot) return null;
  const age_s = now_s - Date.parse(fix.measured_at ?? fix.at) / 1000;
  return (
    <span className="dim">
      {" "}
      · caller at <span className="mono">{coordinates(spot.at)}</span>
      {spot.radius_m > 0 && ` ± ${Math.round(spot.radius_m)} m`}, {ageWords(age_s)} old
    </span>
  );
}

/** Who else has it open, and whether they type. */
function Present(props: { incidentId: string }) {
  const { session } = useHub();
  const others = (usePeople() ?? []).filter(
    (person) => person.incident_id === props.incidentId && person.account_id !== session.account.id,
  );
  if (others.length === 0) return null;
  return (
    <p className="dim small" data-testid="present">
      Open at {others.map((p) => (p.typing ? `${p.name}, typing` : p.name)).join(" · ")}
    </p>
  );
}

/** What card protocols came to; a proposal stands out, with what it would add and spare. */
function Protocols(props: {
  incident: Incident;
  calls: readonly Call[];
  give: (line: string) => void;
  fill: (line: string) => void;
}) {
  const number = shortNumber(props.incident.number);
  const last = proposalsOf(useBoard(), props.incident.id).at(-1);
  const runs = props.calls.flatMap(runsOf);
  if (runs.length === 0) return null;
  return (
    <ul className="protocol-runs" aria-label="Card protocols">
      {runs.map((run) => (
        <li key={run.id} className="incident-work" data-testid="protocol-run">
          <span className="dim">Cards {run.discipline.toUpperCase()}</span>
          <b className="mono">{run.determinant ? determinantWords(run) : run.program_name}</b>
          <span className={run.state === "proposed" || run.state === "unknown" ? "late" : "dim"}>
            {runWords(run)}
          </span>
          {differenceWords(run) && run.state !== "superseded" && <span>{differenceWords(run)}</span>}
          {run.id === last?.id && (
            <>
              <button
                type="button"
                className="button small"
                onClick={() => (run.downgrade ? props.fill(`PR ${number} `) : props.give(`PR ${number}`))}
              >
                Take over
              </button>
              <button type="button" className="button small" onClick={() => props.give(`PR- ${number}`)}>
                Leave as it is
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What was decided about it besides sending: hold, alarm, links, benchmarks, the count of crews. */
/** When it is wanted, which units are kept for it, and which were sent elsewhere. */
function Scheduled(props: { incident: Incident; give: (line: string) => void }) {
  const now_ms = Math.floor(useNowS() / 60) * 60_000;
  const zone = useZone();
  const { incident, give } = props;
  const { schedule } = incident;
  const nameOf = useNameOf();
  if (!schedule) return null;
  return (
    <p className="incident-work" data-testid="schedule">
      <b>
        {isScheduled(incident) ? "SCHEDULED" : "Wanted"} {whenWords(schedule.wanted_at, now_ms, zone)}
      </b>
      {isScheduled(incident) && ` pending from ${whenWords(schedule.pending_at, now_ms, zone)}`}
      {schedule.unit_ids.length > 0 && <span className="mono"> {schedule.unit_ids.join(" ")} reserved</span>}{" "}
      {schedule.lost.map((one) => (
        <span key={`${one.unit_id}-${one.at}`} className="alarm">
          LOST {one.unit_id} to {shortNumber(one.number)}: {one.reason}{" "}
        </span>
      ))}
      <span className="dim small">{nameOf(schedule.by)}</span>
      {isScheduled(incident) && (
        <button type="button" className="button small" onClick={() => give(`SC- ${shortNumber(incident.number)}`)}>
          Wanted now
        </button>
      )}
    </p>
  );
}

function Worked(props: {
  incident: Incident;
  region: Region | null;
  give: (line: string) => void;
  fill: (line: string) => void;
}) {
  const { incident, give, fill } = props;
  const zone = useZone();
  const board = useBoard();
  const number = shortNumber(incident.number);
  const { hold } = incident;
  const nameOf = useNameOf();
  const fireOnScene = Object.values(board.assignments).some(
    (a) => a.incident_id === incident.id && a.discipline === "fire" && a.status === "on_scene",
  );
  const planned = props.region?.incident_types.find((t) => t.incident_type === incident.incident_type);
  const next = incident.alarm_level + 1;
  return (
    <>
      <Scheduled incident={incident} give={give} />
      {hold && (
        <p className={hold.over ? "incident-work alarm" : "incident-work"} data-testid="hold">
          <b>{hold.over ? "HOLD OVER" : `Held till ${timeOfDay(hold.until, zone, false)}`}</b>
          {hold.unit_ids.length > 0 && <span className="mono"> for {hold.unit_ids.join(" ")}</span>}:{" "}
          {hold.reason} <span className="dim small">{nameOf(hold.by)}</span>
          <button type="button" className="button small" onClick={() => give(`H ${number} -`)}>
            Let go
          </button>
        </p>
      )}
      <p className="incident-work verbs" role="group" aria-label="Work it">
        <button type="button" className="button small" onClick={() => fill(`L ${number} `)}>
          Correct place
        </button>
        {!hold && !isScheduled(incident) && (
          <button type="button" className="button small" onClick={() => fill(`H ${number} +15m `)}>
            Hold
          </button>
        )}
        {isPending(incident) && (
          <button type="button" className="button small" onClick={() => fill(`SC ${number} `)}>
            Schedule
          </button>
        )}
        {next <= (planned?.highest_alarm ?? 1) && (
          <button
            type="button"
            className="button small"
            onClick={() => give(`AL ${number} ${next}`)}
          >
            {ordinal(next)} alarm
          </button>
        )}
        {incident.alarm_level > 1 && (
          <button
            type="button"
            className="button small"
            onClick={() => give(`AL ${number} ${incident.alarm_level - 1}`)}
          >
            Back to {ordinal(incident.alarm_level - 1)} alarm
          </button>
        )}
        <button type="button" className="button small" onClick={() => fill(`LK ${number} `)}>
          Link
        </button>
        <button type="button" className="button small" onClick={() => fill(`MG ${number} `)}>
          Merge
        </button>
        {fireOnScene && (
          <>
            <button type="button" className="button small" onClick={() => fill(`BM ${number} `)}>
              Benchmark
            </button>
            <button type="button" className="button small" onClick={() => give(`PAR ${number}`)}>
              PAR
            </button>
          </>
        )}
        <button type="button" className="button small" onClick={() => fill(`OU ${number} `)}>
          Ask outside
        </button>
        <button type="button" className="button small" onClick={() => fill(`PT ${number} `)}>
          Patients
        </button>
        {incident.par_due_at && <ParTimer due_at={incident.par_due_at} />}
      </p>
      {incident.linked.length > 0 && (
        <p className="incident-work">
          Linked:{" "}
          {incident.linked.map((id) => {
            const other = board.incidents[id];
            return (
              <span key={id} className="mono">
                {other ? `${shortNumber(other.number)} ${other.type_label}` : "one that is closed"}{" "}
              </span>
            );
          })}
        </p>
      )}
      {(incident.merged ?? []).map((m) => (
        <p key={m.incident_id} className="incident-work" data-testid="merged">
          Merged <b className="mono">{shortNumber(m.number)}</b> {m.type_label}, {m.address}{" "}
          <span className="mono dim">{timeOfDay(m.at, zone, false)}</span>
          {Object.values(m.case_numbers).length > 0 && (
            <span className="mono dim">{Object.values(m.case_numbers).join(" ")}</span>
          )}
          {m.reason && <span>{m.reason}</span>}
          <button
            type="button"
            className="button small"
            aria-label={`Take ${shortNumber(m.number)} apart`}
            onClick={() => give(`MG- ${number} ${shortNumber(m.number)}`)}
          >
            Take apart
          </button>
        </p>
      ))}
      {incident.patients && (
        <p className="incident-work" data-testid="patients">
          <b>{patientWords(incident.patients)}</b>{" "}
          <span className="mono dim">{timeOfDay(incident.patients.at, zone, false)}</span>
        </p>
      )}
      {incident.benchmarks.length > 0 && (
        <p className="incident-work" aria-label="Benchmarks">
          {incident.benchmarks.map((b) => (
            <span key={`${b.code}-${b.at}`} className="tag">
              {b.code.replaceAll("_", " ")} <span className="mono">{timeOfDay(b.at, zone, false)}</span>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

/** How long until all crews are to be counted again, or how long that is overdue. */
function ParTimer(props: { due_at: string }) {
  const left_s = Date.parse(props.due_at) / 1000 - useNowS();
  if (left_s > 0) return <span className="dim mono">PAR in {clockSpan(left_s)}</span>;
  return <b className="late">PAR OVERDUE by {clockSpan(-left_s)}</b>;
}

/** The channel that is tried next where the crew stays silent, and when. */
function NextTry(props: {
  assignment: Assignment;
  deliveries: readonly Delivery[];
  channels: Region["agencies"][number]["channels"];
}) {
  const words = nextWords(props.assignment, props.deliveries, props.channels, useNowS());
  return words ? <span data-testid="next-try">{` · ${words}`}</span> : null;
}

/** Where a transport goes, and what that hospital does not take. */
function HospitalOf(props: { id: string }) {
  const { hospitals } = useBoard();
  const zone = useZone();
  const state = hospitals[props.id] ?? null;
  return (
    <span className="mono">
      → {props.id} {state && <b className="late">{stateWords(state, zone)}</b>}
    </span>
  );
}

function OnIt(props: {
  assignment: Assignment;
  deliveries: readonly Delivery[];
  /** What it was told anew after a change. */
  updates: readonly Delivery[];
  hazard: boolean;
  priority: number;
  give: (line: string) => void;
}) {
  const { assignment: a, give } = props;
  const limits = useLimits();
  const { region } = useHub();
  const silent = a.acknowledged_at === null;
  const corrected = openCorrection(a);
  const own = ownWords(region, a);
  const zone = useZone();
  const late = lateWords(a, zone);
  const channels = region?.agencies.find((agency) => agency.id === a.agency_id)?.channels ?? [];
  return (
    <li>
      <b className="mono" title={timesWords(a, zone)}>
        {a.unit_id}
      </b>
      <Status code={CODES[a.status]} />
      {own && <span className="own-status">{own}</span>}
      <Timer since={a.status_at} limit_s={limits.inStatus(a, props.priority)?.seconds ?? null} />
      {a.hospital_id && <HospitalOf id={a.hospital_id} />}
      <span className={silent && (a.escalation > 0 || failedWords(a, props.deliveries)) ? "late chain" : "dim chain"}>
        {silent && a.escalation > 0 && `NO ACK ${a.escalation}: `}
        <span title={`${chainWords(a, props.deliveries)}\nlimits: ${limitsWords(channels) || "tablet 15 s"}`}>
          {failedWords(a, props.deliveries) || nearestWords(a, props.deliveries)}
        </span>
        {silent && <NextTry assignment={a} deliveries={props.deliveries} channels={channels} />}
        {changeWords(props.updates) && (
          <span className={props.updates.some((d) => d.state === "failed") ? "late" : undefined}>
            {` · told anew: ${changeWords(props.updates)}`}
          </span>
        )}
        {a.place_correction && <Corrected assignment={a} />}
        {late && <span data-testid="late-status">{` · heard late: ${late}`}</span>}
        {a.override_reason && ` · override: ${a.override_reason}`}
        {a.check_due_at && <CheckTimer assignment={a} />}
        {a.mode === "normal" && <span className="tag">routine</span>}
        {crewWords(a) && (
          <span className={a.unstaffed_at && !a.staffed_at ? "tag warn" : "tag"} data-testid="crew">
            {crewWords(a)}
          </span>
        )}
        {props.hazard && <HazardRead assignment={a} />}
        {a.rerouted_at && (
          <b className="late">
            {a.route.length > 1 ? " · new route: " : " · NO OPEN ROUTE: "}
            {a.reroute_reason}
          </b>
        )}
      </span>
      <span className="push verbs">
        {(silent || corrected) && (
          <button
            type="button"
            className="button small"
            aria-label={`Acknowledge ${a.unit_id} by voice`}
            onClick={() => give(`ACK ${a.unit_id}`)}
          >
            ACK
          </button>
        )}
        {props.hazard && !a.hazard_read_at && (
          <button
            type="button"
            className="button small"
            aria-label={`${a.unit_id} has read the hazard`}
            onClick={() => give(`HZ ${a.unit_id}`)}
          >
            HZ
          </button>
        )}
        {a.check_due_at && (
          <button
            type="button"
            className="button small"
            aria-label={`${a.unit_id} answered the status check`}
            onClick={() => give(`CHK ${a.unit_id}`)}
          >
            CHK
          </button>
        )}
        <button
          type="button"
          className="button small"
          aria-label={`Backup for ${a.unit_id}`}
          onClick={() => give(`BK ${a.unit_id}`)}
        >
          BK
        </button>
        {nextSteps(region, a).map((next) => (
          <button
            key={next.code}
            type="button"
            className="button small mono"
            title={next.own ? `${next.label} (${STATUS_WORDS[next.core]})` : STATUS_WORDS[next.core]}
            aria-label={`${a.unit_id} ${next.own ? next.label : STATUS_WORDS[next.core]}`}
            onClick={() => give(`${next.own ? "S " : ""}${next.code} ${a.unit_id}`)}
          >
            {next.code}
          </button>
        ))}
      </span>
    </li>
  );
}

/** A unit asked for by phone: who was asked, when, what they promised, and what to do about it. */
function FromOutside(props: {
  one: OutsideUnit;
  number: string;
  give: (line: string) => void;
  fill: (line: string) => void;
}) {
  const { one, number, give, fill } = props;
  const zone = useZone();
  const now_ms = useNowS() * 1000;
  const by = useNameOf()(one.asked_by);
  const late = (promiseLate_s(one, now_ms) ?? 0) > 0;
  const label = outsideLabel(one);
  return (
    <li data-outside={one.ref}>
      <b className="mono">{one.ref}</b>
      <span>
        {[one.asked_of, one.name].filter(Boolean).join(" ")}{" "}
        <span className="dim">{one.capabilities.join(", ").replaceAll("_", " ")}</span>
      </span>
      <span className={late ? "late" : ""}>{outsideState(one, now_ms, zone)}</span>
      <span className="dim chain">
        asked {timeOfDay(one.asked_at, zone, false)} by {by}
        {one.slot === null && " · beyond the plan"}
      </span>
      <span className="push verbs">
        {one.state === "promised" && (
          <>
            <button type="button" className="button small" aria-label={`${label} arrived`} onClick={() => give(`OUA ${number} ${one.ref}`)}>
              Arrived
            </button>
            <button type="button" className="button small" aria-label={`${label} promised anew`} onClick={() => fill(`OU ${number} ${one.ref} +`)}>
              New time
            </button>
          </>
        )}
        {one.state === "promised" && (
          <button type="button" className="button small" aria-label={`Cancel ${label}`} onClick={() => fill(`OUX ${number} ${one.ref} `)}>
            Cancel
          </button>
        )}
        {one.state === "arrived" && (
          <button type="button" className="button small" aria-label={`${label} left`} onClick={() => give(`OUX ${number} ${one.ref}`)}>
            Left
          </button>
        )}
      </span>
    </li>
  );
}

/** Whether the crew has acknowledged the address that became another after it was sent. */
function Corrected(props: { assignment: Assignment }) {
  const zone = useZone();
  const now_s = useNowS();
  const correction = props.assignment.place_correction as PlaceCorrection;
  const open = openCorrection(props.assignment);
  if (correction.acknowledged_at) {
    const by = correction.acknowledged_by === "voice" ? " by voice" : "";
    return <span className="dim">{` · new address ack${by} ${timeOfDay(correction.acknowledged_at, zone)}`}</span>;
  }
  if (!open) return null;
  const waits = clockSpan(now_s - Date.parse(open.at) / 1000);
  if (open.step === 0) return <span>{` · new address not acknowledged ${waits}`}</span>;
  return <b className="late">{` · NO ACK of new address ${open.step}: ${waits}`}</b>;
}

/** Whether the crew has read the hazard; after ten seconds its silence is red. */
function HazardRead(props: { assignment: Assignment }) {
  const zone = useZone();
  const waits_s = useNowS() - Date.parse(props.assignment.assigned_at) / 1000;
  const { hazard_read_at } = props.assignment;
  if (hazard_read_at) return <span className="dim"> · hazard read {timeOfDay(hazard_read_at, zone)}</span>;
  if (waits_s <= HAZARD_LATE_S) return <span> · hazard sent</span>;
  return <b className="late"> · HAZARD NOT READ</b>;
}

/** How long until the crew must be heard of, or how long it has been silent. */
function CheckTimer(props: { assignment: Assignment }) {
  const now_s = useNowS();
  const left_s = Date.parse(props.assignment.check_due_at as string) / 1000 - now_s;
  if (left_s > 0) return <span className="dim"> · check in {clockSpan(left_s)}</span>;
  return <b className="late"> · CHECK MISSED by {clockSpan(-left_s)}</b>;
}
