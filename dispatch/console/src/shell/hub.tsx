/** What every screen stands on: the session, the connection, the region, the outbox, the clock. */

import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { request } from "../api/client";
import type { Fix, HubEvent, Presence, Region } from "../api/model";
import { Outbox, type Sending } from "../api/outbox";
import { limitsOf, type Limits } from "../board/limits";
import type { Board } from "../board/apply";
import { Connection } from "../stream/connection";
import type { Ailing } from "../stream/follow";
import type { Link } from "../stream/link";
import { keepBoard, keptBoard } from "./kept_board";
import { askForNewVersion, ownBuild } from "./new_version";
import type { Session } from "./session";

const KEEP_FIRST_MS = 2_000;
const KEEP_EVERY_MS = 10_000;
const KEEP_CREW_MS = 300;

export interface Hub {
  session: Session;
  connection: Connection;
  outbox: Outbox;
  region: Region | null;
  /** Be told of each live event after the board has it. Returns the way to stop. */
  onEvent: (listener: (event: HubEvent) => void) => () => void;
  leave: (why?: string) => void;
  /** What is drawn below is a moment of the past: nothing there asks the hub how it is now. */
  past?: boolean;
}

const HubContext = createContext<Hub | null>(null);

export function useHub(): Hub {
  const hub = useContext(HubContext);
  if (!hub) throw new Error("useHub outside HubProvider");
  return hub;
}

export function HubProvider(props: {
  session: Session;
  onLeave: (why?: string) => void;
  children: ReactNode;
}) {
  const { session, onLeave } = props;
  const listeners = useRef(new Set<(event: HubEvent) => void>());
  const [region, setRegion] = useState<Region | null>(null);
  const outbox = useMemo(
    () => new Outbox(sessionStorage, request, session.account.id),
    [session],
  );
  const connection = useMemo(
    () =>
      new Connection(session.token, {
        onEvent: (event) => listeners.current.forEach((listener) => listener(event)),
        onSignedOut: (detail) => onLeave(detail),
        onConnected: askForNewVersion,
      }),
    [session, onLeave],
  );

  useEffect(() => {
    connection.start();
    outbox.restore();
    return () => connection.stop();
  }, [connection, outbox]);

  const accountId = session.account.id;
  const crew = session.account.role === "responder";
  useEffect(() => {
    let current = true;
    void keptBoard(accountId, Date.now()).then((kept) => {
      if (!current || !kept) return;
      // Another build may have kept less than this one shows: then the whole board is asked for.
      connection.restore(kept.build === ownBuild() ? kept : { ...kept, epoch: "" });
      setRegion((now) => now ?? kept.region);
    });
    return () => {
      current = false;
    };
  }, [connection, accountId]);
  useEffect(() => {
    if (!region) return undefined;
    let seen = "";
    const keep = () => {
      const kept = connection.keepable();
      if (!kept || `${kept.heard_ms} ${kept.since}` === seen) return;
      seen = `${kept.heard_ms} ${kept.since}`;
      void keepBoard({ ...kept, account_id: accountId, build: ownBuild(), region });
    };
    const first = setTimeout(keep, KEEP_FIRST_MS);
    const timer = setInterval(keep, KEEP_EVERY_MS);
    addEventListener("pagehide", keep);
    // What came since it was kept last must not be lost with a page that is loaded while the hub is gone.
    let was = connection.link().word;
    const unlink = connection.onLink(() => {
      const { word } = connection.link();
      if (word !== was && (word === "STALE" || word === "OFFLINE")) keep();
      was = word;
    });
    // A crew's board is small, and what it is sent to must outlive a tablet that restarts.
    let soon: ReturnType<typeof setTimeout> | undefined;
    const forget = crew
      ? connection.onBoard(() => {
          soon ??= setTimeout(() => {
            soon = undefined;
            keep();
          }, KEEP_CREW_MS);
        })
      : undefined;
    return () => {
      forget?.();
      unlink();
      clearTimeout(soon);
      clearTimeout(first);
      clearInterval(timer);
      removeEventListener("pagehide", keep);
    };
  }, [connection, accountId, crew, region]);

  const version = useSyncExternalStore(
    connection.onBoard,
    () => connection.board().region?.region_version ?? null,
  );
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      request<Region>("GET", "/region").then(
        (found) => current && setRegion(found),
        () => {
          if (current) timer = setTimeout(ask, 2_000);
        },
      );
    };
    ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [version, session]);

  const word = useSyncExternalStore(connection.onLink, () => connection.link().word);
  useEffect(() => {
    if (word === "LIVE" || word === "RELOAD") outbox.retryNow();
  }, [word, outbox]);

  const onEvent = useCallback((listener: (event: HubEvent) => void) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  }, []);

  const hub = useMemo<Hub>(
    () => ({ session, connection, outbox, region, onEvent, leave: onLeave }),
    [session, connection, outbox, region, onEvent, onLeave],
  );
  return <HubContext.Provider value={hub}>{props.children}</HubContext.Provider>;
}

const NEVER = () => () => undefined;

/** The same screens over a board of the past: its clock stands at that moment, and nothing moves. */
export function PastHub(props: {
  board: Board;
  fixes: ReadonlyMap<string, Fix>;
  at_ms: number;
  children: ReactNode;
}) {
  const hub = useHub();
  const { board, fixes, at_ms } = props;
  const past = useMemo<Hub>(() => {
    const standing: Partial<Connection> = {
      board: () => board,
      fixes: () => fixes,
      people: () => null,
      ready: () => true,
      hubNow: () => at_ms,
      link: hub.connection.link,
      ailing: hub.connection.ailing,
      onBoard: NEVER,
      onFixes: NEVER,
      onPeople: NEVER,
      onLink: hub.connection.onLink,
      tellLooking: () => undefined,
    };
    return { ...hub, connection: standing as Connection, onEvent: NEVER, past: true };
  }, [hub, board, fixes, at_ms]);
  return <HubContext.Provider value={past}>{props.children}</HubContext.Provider>;
}

export function useBoard(): Board {
  const { connection } = useHub();
  return useSyncExternalStore(connection.onBoard, connection.board);
}

export function useReady(): boolean {
  const { connection } = useHub();
  return useSyncExternalStore(connection.onBoard, connection.ready);
}

export function useFixes(): ReadonlyMap<string, Fix> {
  const { connection } = useHub();
  return useSyncExternalStore(connection.onFixes, connection.fixes);
}

/** Who is at the consoles of the floor; null while the hub has not said. */
export function usePeople(): readonly Presence[] | null {
  const { connection } = useHub();
  return useSyncExternalStore(connection.onPeople, connection.people);
}

export function useLink(): Link {
  const { connection } = useHub();
  return useSyncExternalStore(connection.onLink, connection.link);
}

/** What the hub cannot do although its heart beats. */
export function useAiling(): Ailing {
  const { connection } = useHub();
  return useSyncExternalStore(connection.onLink, connection.ailing);
}

export function useUnsent(): readonly Sending[] {
  const { outbox } = useHub();
  return useSyncExternalStore(outbox.subscribe, outbox.list);
}

const tickers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function onTick(listener: () => void): () => void {
  tickers.add(listener);
  ticking ??= setInterval(() => tickers.forEach((tick) => tick()), 1_000);
  return () => {
    tickers.delete(listener);
    if (tickers.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
  };
}

/** The hub's clock in whole seconds since 1970; draws the caller anew each second. */
export function useNowS(): number {
  const { connection } = useHub();
  return useSyncExternalStore(onTick, () => Math.floor(connection.hubNow() / 1000));
}

/** When waiting and statuses are late here. */
export function useLimits(): Limits {
  const { region } = useHub();
  return useMemo(() => limitsOf(region?.limits ?? []), [region]);
}

export function useZone(): string {
  const { region } = useHub();
  const board = useBoard();
  return board.region?.time_zone ?? region?.time_zone ?? "UTC";
}
