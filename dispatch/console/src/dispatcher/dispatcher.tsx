/** The dispatcher's screen: queue, incident and recommendation above the map, unit board, command line. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Discipline, LonLat, Recommendation } from "../api/model";
import { callsOf, DISCIPLINES, liveByIncident, liveByUnit, mergedInto, openPicks, queueOf, unitGroups } from "../board/select";
import { alarmWords } from "../board/alarms";
import { unconfirmedBlocks } from "../board/blocks";
import { answeredFor, coverOfDisciplines, coverOfPositions, seenOf } from "../board/cover";
import { deliveriesByAssignment } from "../board/delivery";
import { feedAge } from "../board/feeds";
import { shortNumber } from "../board/words";
import type { DispatchMap } from "../map/dispatch_map";
import { boundsOf } from "../map/features";
import { closureLine } from "../command/closing_roads";
import { PANELS, panelLine, seeLine, selectLine, type Panel, type ScreenAct } from "../command/screen";
import { ClosureForm } from "../map/closure_form";
import { MapView } from "../map/map_view";
import { useBoard, useHub, useLimits, useNowS, useZone } from "../shell/hub";
import { useKeys } from "../shell/keys";
import { PaperBoard } from "../shell/paper_board";
import { Help, HubAils, TopBar, Unsent } from "../shell/parts";
import { toggleTheme } from "../shell/theme";
import { Advice } from "./advice";
import { AlarmStrip } from "./alarm_strip";
import { useAlarms } from "./alarms";
import { Blocks } from "./blocks";
import { ClosuresPanel } from "./closures";
import { CommandLine, type LineHandle } from "./command_line";
import { useCommands } from "./commands";
import { CoveragePanel, useCoverage } from "./coverage";
import { Detail } from "./detail";
import { Emergencies } from "./emergencies";
import { FeedsPanel } from "./feeds";
import { BolosPanel } from "./bolos";
import { QueriesPanel } from "./queries";
import { HospitalsPanel } from "./hospitals";
import { useMapContent } from "./map_content";
import { QueuePanel } from "./queue";
import { useMyQueries } from "../shell/query_answers";
import { keptByUnit } from "../board/schedule";
import { UnitBoard } from "./unit_board";
import { VerbTable } from "./verb_table";
import "../styles/dispatcher.css";

const NONE: readonly never[] = [];

/** What this person answers for by their positions, and what of it they look at. Without a position
 * they answer for all that they look at. */
function useCovers(accountId: string) {
  const board = useBoard();
  const kept = `dispatch.covers.${accountId}`;
  const [shown, setShown] = useState<ReadonlySet<Discipline>>(() => {
    const found = localStorage.getItem(kept);
    return new Set(found ? (JSON.parse(found) as Discipline[]) : DISCIPLINES);
  });
  const see = (disciplines: readonly Discipline[]) => {
    localStorage.setItem(kept, JSON.stringify(disciplines));
    setShown(new Set(disciplines));
  };
  const held = useMemo(() => answeredFor(board, accountId), [board.positions, accountId]);
  const cover = useMemo(
    () => (held.length > 0 ? coverOfPositions(held) : coverOfDisciplines(shown)),
    [held, shown],
  );
  const seen = useMemo(() => seenOf(cover, shown), [cover, shown]);
  return { held, cover, seen, shown, see };
}

export default function Dispatcher() {
  const { session, region } = useHub();
  const board = useBoard();
  const { held, cover, seen, shown, see } = useCovers(session.account.id);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const [queueFocus, setQueueFocus] = useState(0);
  const [unitFocus, setUnitFocus] = useState(0);
  const [panel, setPanel] = useState<Panel | "none">("none");
  const [closureId, setClosureId] = useState<string | null>(null);
  const [zoneId, setZoneId] = useState<string | null>(null);
  const map = useRef<DispatchMap | null>(null);
  const line = useRef<LineHandle>(null);

  const limits = useLimits();
  const zone = useZone();
  const hour_ms = Math.floor(useNowS() / 3600) * 3_600_000;
  const kept = useMemo(() => keptByUnit(board, hour_ms, zone), [board, hour_ms, zone]);
  const queue = useMemo(() => queueOf(board, seen, limits), [board, seen, limits]);
  const byUnit = useMemo(() => liveByUnit(board), [board]);
  const byIncident = useMemo(() => liveByIncident(board), [board]);
  const groups = useMemo(() => unitGroups(board, byUnit, seen), [board, byUnit, seen]);
  const told = useMemo(() => deliveriesByAssignment(board.deliveries), [board.deliveries]);
  const order = [...queue.pending, ...queue.active].map((row) => row.incident.id);
  /** One that was merged is looked at where it went. */
  const into = chosenId && !board.incidents[chosenId] ? mergedInto(board, chosenId) : null;
  const selectedId = chosenId && board.incidents[chosenId] ? chosenId : (into ?? order[0] ?? null);
  useEffect(() => {
    if (selectedId !== chosenId) setChosenId(selectedId);
  }, [selectedId, chosenId]);
  const incident = selectedId ? board.incidents[selectedId] : undefined;
  const advice = selectedId ? board.recommendations[selectedId] : undefined;
  const open = useMemo(
    () => (selectedId ? openPicks(board, selectedId) : []),
    [board, selectedId],
  );
  const live = (selectedId && byIncident.get(selectedId)) || NONE;
  const calls = useMemo(() => (selectedId ? callsOf(board, selectedId) : []), [board, selectedId]);

  const { connection } = useHub();
  const [typing, setTyping] = useState(false);
  useEffect(() => connection.tellLooking(selectedId, typing), [connection, selectedId, typing]);
  const alarms = useAlarms(cover);
  const asked = useMyQueries()?.queries ?? [];
  const covering = useCoverage(panel === "coverage", selectedId);
  const zones = covering.coverage?.zones ?? NONE;

  const focusMapOn = useCallback(() => {
    if (!incident) return;
    const points = [incident.place.at, ...open.flatMap((pick) => pick.route)];
    const bounds = boundsOf(points);
    if (bounds) map.current?.fit(bounds);
  }, [incident, open]);
  useEffect(focusMapOn, [incident?.id, advice?.id]);

  const show = (at: LonLat, incidentId: string | null) => {
    if (!incidentId) map.current?.showAt(at);
    else if (incidentId === selectedId) focusMapOn();
    else setChosenId(incidentId);
  };
  const act = (what: ScreenAct) => {
    if (what.what === "select") setChosenId(what.incident_id);
    else if (what.what === "region") region && map.current?.fit(region.bounds);
    else if (what.what === "square") setZoneId(what.zone_id);
    else if (what.what === "see") see(what.disciplines);
    else if (what.what === "silence") alarms.silence();
    else {
      setPanel(what.panel ?? "none");
      if (what.closure_id) setClosureId(what.closure_id);
    }
  };
  const panels = PANELS.filter(
    (one) =>
      (one !== "hospitals" || (region?.hospitals ?? []).length > 0) && (one !== "queries" || asked.length > 0),
  );
  const sight = {
    map: true,
    panels,
    seen: shown,
    zones: covering.coverage ? zones : null,
    zoneId,
    alarms: alarms.list.length > 0 ? alarmWords(alarms.list, 12) : "",
  };
  const commands = useCommands(selectedId, { sight, show, act });
  const { give } = commands;
  const select = useCallback(
    (id: string) => {
      const { incidents } = connection.board();
      if (incidents[id]) give(selectLine(incidents[id], connection.board()));
    },
    [connection, give],
  );
  const turn = (to: Panel) => give(panelLine(to, panel));
  const shut = () => void give("SHOW -");

  const fill = useCallback((text: string) => line.current?.fill(text), []);
  const fillAdvice = () => {
    if (incident) fill(`D ${shortNumber(incident.number)} *`);
  };
  const step = (way: 1 | -1) => {
    const at = selectedId ? order.indexOf(selectedId) : -1;
    const next = order[Math.max(0, Math.min(order.length - 1, at + way))];
    if (next) setChosenId(next);
  };
  const silence = () => {
    if (alarms.list.length > 0) give("SIL");
  };
  const showAlarm = () => {
    const loud = [...new Set(alarms.list.map((alarm) => alarm.incident_id))].filter(
      (id) => id !== null && board.incidents[id],
    );
    const next = loud[(loud.indexOf(selectedId) + 1) % Math.max(1, loud.length)];
    if (next) select(next);
  };
  useKeys({
    F1: () => setHelp((now) => !now),
    F2: () => line.current?.focus(),
    F3: () => setQueueFocus((n) => n + 1),
    F4: () => setUnitFocus((n) => n + 1),
    F5: fillAdvice,
    F6: () => map.current?.focus(),
    F7: showAlarm,
    F8: silence,
    F9: toggleTheme,
    F10: () => {
      const [block] = unconfirmedBlocks(board);
      if (block) fill(`CONFIRM ${block.id.slice(-6)} `);
    },
    "Ctrl+ArrowUp": () => step(-1),
    "Ctrl+ArrowDown": () => step(1),
  });

  const onUnit = useCallback(
    (id: string) => {
      if (!line.current?.insert(id)) give(`Z ${id}`);
    },
    [give],
  );
  const picked = useMemo(
    () => ({
      incident: select,
      unit: onUnit,
      closure: (id: string) => connection.board().closures[id] && void give(`SHOW closures ${id}`),
      zone: (id: string) => void give(`SQ ${id}`),
    }),
    [connection, give, onUnit, select],
  );
  const giveVoid = useCallback(
    (text: string, shown?: Recommendation) => void give(text, shown),
    [give],
  );

  const closures = useMemo(() => Object.values(board.closures), [board.closures]);
  const minute_s = Math.floor(useNowS() / 10) * 10;
  const diverting = Object.keys(board.hospitals).length;
  const silentFeeds = useMemo(
    () => Object.values(board.feeds).filter((read) => feedAge(read, minute_s).silent).length,
    [board.feeds, minute_s],
  );
  const content = useMapContent({
    board,
    cover: seen,
    byUnit,
    byIncident,
    selectedId,
    picks: open,
    hovered,
    zones,
    zoneId,
    proposing: panel === "feeds",
  });
  const advised = useMemo(() => new Set(open.map((pick) => pick.unit_id)), [open]);

  const position =
    held.map((one) => one.id).join(" + ") ||
    (Object.keys(board.positions).length > 0 ? "NO POSITION" : "");

  return (
    <div className="dispatcher">
      <TopBar
        statusKey
        covers={`${
          position || (session.account.position ?? session.account.name)
        } · ${
          DISCIPLINES.filter((d) => seen.disciplines.has(d))
            .map((d) => d.toUpperCase())
            .join(" / ") || "covers nothing"
        }`}
        alarm={
          alarms.list.length > 0 ? (
            <AlarmStrip alarms={alarms} onShow={showAlarm} onSilence={silence} />
          ) : undefined
        }
      />
      <p className="visually-hidden" aria-live="polite" data-testid="spoken">
        {alarms.spoken}
      </p>
      <Emergencies
        give={giveVoid}
        fill={fill}
        map
      />
      <Blocks give={giveVoid} />
      <main className="dispatcher-body">
        <QueuePanel
          queue={queue}
          live={byIncident}
          selectedId={selectedId}
          onSelect={select}
          onStep={setChosenId}
          focusKey={queueFocus}
        />
        <div className="centre">
          <div className="chosen-incident panel">
            {incident ? (
              <>
                <Detail
                  incident={incident}
                  live={live}
                  calls={calls}
                  region={region}
                  give={giveVoid}
                  fill={fill}
                />
                <Advice
                  incident={incident}
                  advice={advice}
                  open={open}
                  region={region}
                  give={giveVoid}
                  fill={fill}
                  onHover={setHovered}
                />
              </>
            ) : (
              <p className="dim pad">No open incident. New ones appear in the queue by themselves.</p>
            )}
          </div>
          <div className="map-box">
            <MapView
              ref={map}
              content={content}
              picked={picked}
              onReady={(made) => {
                map.current = made;
                focusMapOn();
              }}
            />
            <div className="map-tools">
              <button
                type="button"
                className="button"
                aria-pressed={panel === "draw"}
                onClick={() => turn("draw")}
              >
                Draw closure
              </button>
              <button
                type="button"
                className="button"
                aria-pressed={panel === "closures"}
                onClick={() => turn("closures")}
              >
                Closures {closures.length}
              </button>
              <button
                type="button"
                className="button"
                aria-pressed={panel === "coverage"}
                onClick={() => turn("coverage")}
              >
                Coverage
              </button>
              <button
                type="button"
                className={silentFeeds > 0 ? "button late" : "button"}
                aria-pressed={panel === "feeds"}
                onClick={() => turn("feeds")}
              >
                {silentFeeds > 0 ? `Feeds: ${silentFeeds} SILENT` : "Feeds"}
              </button>
              {(region?.hospitals ?? []).length > 0 && (
                <button
                  type="button"
                  className="button"
                  aria-pressed={panel === "hospitals"}
                  onClick={() => turn("hospitals")}
                >
                  {diverting > 0 ? `Hospitals: ${diverting} DIVERT` : "Hospitals"}
                </button>
              )}
              <button
                type="button"
                className="button"
                aria-pressed={panel === "bolos"}
                onClick={() => turn("bolos")}
              >
                BOLO {Object.keys(board.bolos).length}
              </button>
              {asked.length > 0 && (
                <button
                  type="button"
                  className="button"
                  aria-pressed={panel === "queries"}
                  onClick={() => turn("queries")}
                >
                  Queries {asked.length}
                </button>
              )}
              <button type="button" className="button" onClick={() => incident && give(`Z ${shortNumber(incident.number)}`)} disabled={!incident}>
                Show incident
              </button>
              <button
                type="button"
                className="button"
                onClick={() => give("Z -")}
              >
                Whole region
              </button>
              <PaperBoard />
            </div>
            {panel === "closures" && (
              <ClosuresPanel
                closures={closures}
                chosenId={closureId}
                give={give}
                onClose={shut}
              />
            )}
            {panel === "queries" && <QueriesPanel queries={asked} onClose={shut} />}
            {panel === "bolos" && <BolosPanel fill={fill} onClose={shut} />}
            {panel === "hospitals" && (
              <HospitalsPanel fill={fill} give={giveVoid} onClose={shut} />
            )}
            {panel === "feeds" && (
              <FeedsPanel
                give={giveVoid}
                onClose={shut}
              />
            )}
            {panel === "coverage" && (
              <CoveragePanel
                shown={covering}
                zone={zones.find((zone) => zone.zone_id === zoneId) ?? null}
                give={giveVoid}
                ask={commands.ask}
                onClose={shut}
              />
            )}
            {panel === "draw" && map.current && (
              <ClosureForm
                map={map.current}
                save={(closure, until) => commands.ask(closureLine(closure, until))}
                onDone={shut}
                onSaved={() => setPanel("none")}
              />
            )}
          </div>
        </div>
        <UnitBoard
          groups={groups}
          units={board.units}
          live={byUnit}
          incidents={board.incidents}
          deliveries={told}
          covers={shown}
          position={position}
          advised={advised}
          kept={kept}
          onCovers={(discipline) => give(seeLine(discipline, shown))}
          onUnit={onUnit}
          focusKey={unitFocus}
        />
      </main>
      <HubAils />
      <Unsent />
      <CommandLine ref={line} commands={commands} onTyping={setTyping} />
      <Help open={help} onClose={() => setHelp(false)}>
        <VerbTable />
      </Help>
    </div>
  );
}
