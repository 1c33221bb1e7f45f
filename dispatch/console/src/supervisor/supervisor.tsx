/** The supervisor's screen: who answers for what and how much it is, what is late or silent, what was
 * overridden, staffing, and the shift brief. The command line stands below, as at every position. */

import { useCallback, useMemo, useRef, useState } from "react";
import { alarmWords } from "../board/alarms";
import { loadOf, shiftBrief, staffingOf } from "../board/brief";
import { coverOfDisciplines, uncovered } from "../board/cover";
import { lateOf } from "../board/late";
import { DISCIPLINES } from "../board/select";
import { CODES, isLive } from "../board/status";
import { clockSpan, plural, shortNumber } from "../board/words";
import { AlarmStrip } from "../dispatcher/alarm_strip";
import { selectLine } from "../command/screen";
import { CommandLine, type LineHandle } from "../dispatcher/command_line";
import { useAlarms } from "../dispatcher/alarms";
import { useCommands } from "../dispatcher/commands";
import { Emergencies } from "../dispatcher/emergencies";
import { useBoard, useHub, useLimits, useNowS, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { Transfers } from "../call/transfers";
import { PaperBoard } from "../shell/paper_board";
import { Help, HubAils, Status, TopBar, Unsent } from "../shell/parts";
import { toggleTheme } from "../shell/theme";
import { VerbTable } from "../dispatcher/verb_table";
import { Positions } from "./positions";
import { Storms } from "./storms";
import "../styles/dispatcher.css";
import "../styles/supervisor.css";

const EVERYTHING = coverOfDisciplines(new Set(DISCIPLINES));

export default function Supervisor() {
  const { region } = useHub();
  const board = useBoard();
  const now_ms = useNowS() * 1000;
  const line = useRef<LineHandle>(null);
  const [help, setHelp] = useState(false);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const alarms = useAlarms(EVERYTHING, "supervisor");
  const loud = alarms.list.length > 0 ? alarmWords(alarms.list, 12) : "";
  const commands = useCommands(selectedId, {
    sight: { map: false, panels: [], seen: null, zones: null, zoneId: null, alarms: loud },
    show: () => undefined,
    act: (act) => {
      if (act.what === "select") setSelectedId(act.incident_id);
      if (act.what === "silence") alarms.silence();
    },
  });
  const give = useCallback((text: string) => void commands.give(text), [commands]);
  const fill = useCallback((text: string) => line.current?.fill(text), []);
  const select = (id: string) => {
    const incident = board.incidents[id];
    if (incident) give(selectLine(incident, board));
  };
  const silence = () => {
    if (loud) give("SIL");
  };
  useKeys({
    F1: () => setHelp((now) => !now),
    F2: () => line.current?.focus(),
    F8: silence,
    F9: toggleTheme,
  });
  const load = loadOf(board, EVERYTHING, now_ms, useLimits());
  const positions = useMemo(() => Object.values(board.positions), [board.positions]);
  const gaps = uncovered(region?.agencies ?? [], region?.municipalities ?? [], positions);
  const nameOf = (id: string) => region?.agencies.find((a) => a.id === id)?.name ?? id;

  return (
    <div className="supervisor">
      <TopBar
        covers="Supervisor"
        alarm={
          alarms.list.length > 0 ? (
            <AlarmStrip alarms={alarms} onSilence={silence} />
          ) : undefined
        }
      />
      <Emergencies give={give} fill={fill} map={false} />
      <main>
        <section className="panel scroll" aria-label="Positions" tabIndex={0}>
          <p className="tiles" aria-label="Load of the floor">
            <Tile n={load.pending} words="waiting" />
            <Tile n={load.active} words="being worked" />
            <Tile n={load.late} words="late" bad />
            <Tile n={load.silent} words="no acknowledgement" bad />
            <Tile n={Object.keys(board.emergencies).length} words="calls for help" bad />
          </p>
          <p className={gaps.length > 0 ? "alarm" : "dim"} data-testid="gaps">
            {positions.length === 0
              ? "No positions are set: every dispatcher answers for everything. Set the first one below."
              : gaps.length === 0
                ? "Every agency and area is answered for."
                : `NOBODY ANSWERS FOR ${gaps
                    .map((g) => nameOf(g.agency_id) + (g.municipality ? ` in ${g.municipality}` : ""))
                    .join(", ")}`}
          </p>
          <Positions give={give} fill={fill} />
          <p>
            <PaperBoard />
          </p>
        </section>
        <div className="supervisor-middle">
          <Storms fill={fill} />
          <Late onSelect={select} selectedId={selectedId} />
          <Overrides />
        </div>
        <div className="supervisor-right">
          <StaffingPanel />
          <Brief onSelect={select} />
        </div>
      </main>
      <HubAils />
      <Unsent />
      <CommandLine ref={line} commands={commands} keys="F1 help · F2 line · F8 silence alarm" />
      <Help open={help} onClose={() => setHelp(false)}>
        <VerbTable />
      </Help>
    </div>
  );
}

function Tile(props: { n: number; words: string; bad?: boolean }) {
  return (
    <span className={props.bad && props.n > 0 ? "tile bad" : "tile"}>
      <b className="mono">{props.n}</b> {props.words}
    </span>
  );
}

/** Everything past its limit, the longest first: parts without a unit, timers, silent crews. */
function Late(props: { selectedId: string | null; onSelect: (id: string) => void }) {
  const board = useBoard();
  const now_s = useNowS();
  const limits = useLimits();
  const rows = lateOf(board, now_s * 1000, limits);
  return (
    <section className="panel scroll" aria-label="Late and silent" tabIndex={0}>
      <h2>Late and silent {rows.length}</h2>
      {rows.length === 0 && <p className="dim">Nothing is past its limit.</p>}
      <ul className="rows">
        {rows.map((row) => (
          <li key={row.key}>
            <button
              type="button"
              className="plain"
              aria-current={row.incident_id === props.selectedId}
              onClick={() => props.onSelect(row.incident_id)}
            >
              <span>{row.what}</span> <span className="late">{row.why}</span>
              {row.over_s > 0 && <span className="mono push">{clockSpan(row.over_s)} over</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was sent against the recommendation, and why: for the agency's plan, not for a ranking; then
 * what was handed to other centres. */
function Overrides() {
  const board = useBoard();
  const zone = useZone();
  const sent = Object.values(board.assignments)
    .filter((a) => isLive(a) && a.override_reason)
    .sort((a, b) => b.assigned_at.localeCompare(a.assigned_at));
  return (
    <section className="panel scroll" aria-label="Overrides" tabIndex={0}>
      <h2>Sent against the recommendation {sent.length}</h2>
      {sent.length === 0 && <p className="dim">All units on incidents were recommended.</p>}
      <ul className="rows">
        {sent.map((a) => (
          <li key={a.id}>
            <b className="mono">{a.unit_id}</b> <Status code={CODES[a.status]} />{" "}
            <span className="mono dim">
              {shortNumber(board.incidents[a.incident_id]?.number ?? "")}
            </span>{" "}
            {a.override_reason}
          </li>
        ))}
      </ul>
      <Transfers zone={zone} />
    </section>
  );
}

function StaffingPanel() {
  const { region } = useHub();
  const board = useBoard();
  const rows = useMemo(() => staffingOf(board, region), [board, region]);
  return (
    <section className="panel scroll" aria-label="Staffing" tabIndex={0}>
      <h2>Staffing</h2>
      <table className="staffing">
        <thead>
          <tr>
            <th scope="col">Agency</th>
            <th scope="col">Free</th>
            <th scope="col">On</th>
            <th scope="col">Out</th>
            <th scope="col">No crew</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.agency_id}>
              <th scope="row">{row.name}</th>
              <td className={row.available === 0 ? "late mono" : "mono"}>{row.available}</td>
              <td className="mono">{row.committed}</td>
              <td className="mono">{row.out}</td>
              <td className="mono">{row.unstaffed}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Brief(props: { onSelect: (id: string) => void }) {
  const { region } = useHub();
  const board = useBoard();
  const zone = useZone();
  const minute_ms = Math.floor(useNowS() / 10) * 10_000;
  const sections = useMemo(
    () => shiftBrief(board, EVERYTHING, region, minute_ms, zone),
    [board, region, minute_ms, zone],
  );
  const count = sections.reduce((sum, section) => sum + section.lines.length, 0);
  return (
    <section className="panel scroll" aria-label="Shift brief" tabIndex={0}>
      <h2>Shift brief: {plural(count, "thing")} to know</h2>
      {sections.map((section) => (
        <section key={section.title} aria-label={section.title}>
          <h3 className="label">
            {section.title} {section.lines.length}
          </h3>
          <ul className="rows">
            {section.lines.map((line, index) => (
              <li key={`${line.text}-${index}`}>
                {line.incident_id ? (
                  <button
                    type="button"
                    className="plain"
                    onClick={() => props.onSelect(line.incident_id as string)}
                  >
                    {line.text}
                  </button>
                ) : (
                  line.text
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}
