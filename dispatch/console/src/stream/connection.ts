/** One WebSocket to the hub, kept: connects, follows, answers, and comes back by itself. It holds the
 * board, the newest fixes and the facts about the link, and tells its listeners when they change. */

import type { BoardSnapshot, ClientMessage, Fix, HubEvent, Presence, ServerMessage } from "../api/model";
import { boardFrom, snapshotOf, type Board } from "../board/apply";
import { ackFor, helloFor, NOT_FOLLOWING, receive, WELL, type Ailing, type Effect, type Follow } from "./follow";
import {
  elapsedMs,
  heard,
  heardBefore,
  hubTime,
  silentMs,
  stillHeard,
  UNHEARD,
  type HubClock,
  type Moment,
} from "./clock";
import { backOffMs, linkOf, LOST_MS, type Link } from "./link";

const ACK_EVERY_MS = 2_000;
const TICK_MS = 250;

export interface ConnectionEvents {
  /** A live event, after the board has it. Not called for what a snapshot brings. */
  onEvent?: (event: HubEvent) => void;
  onSnapshot?: () => void;
  /** A socket is open; what the hub is by now may be another version. */
  onConnected?: () => void;
  /** The session is no longer good. */
  onSignedOut?: (detail: string) => void;
}

export class Connection {
  private follow: Follow = NOT_FOLLOWING;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private stopped = true;
  private clock: HubClock = UNHEARD;
  private openedAt: Moment = thisMoment();
  /** What the screens draw: the followed board as of the last announcement. */
  private shown: Board = NOT_FOLLOWING.board;
  private fixesNow = new Map<string, Fix>();
  private fixesVersion = 0;
  private linkNow: Link = linkOf({ connected: false, resyncing: false, silent_ms: null, late_ms: 0 });
  private ailingNow: Ailing = WELL;
  private timers: ReturnType<typeof setInterval>[] = [];
  private retry: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private readonly boardListeners = new Set<() => void>();
  private readonly fixListeners = new Set<() => void>();
  private readonly linkListeners = new Set<() => void>();
  private readonly peopleListeners = new Set<() => void>();
  /** Null until the hub has said who is at work. */
  private peopleNow: readonly Presence[] | null = null;
  private looking: { incident_id: string | null; typing: boolean } = { incident_id: null, typing: false };

  constructor(
    private readonly token: string,
    private readonly events: ConnectionEvents = {},
    private readonly address: string = streamAddress(),
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.open();
    this.timers = [
      setInterval(() => this.acknowledge(), ACK_EVERY_MS),
      setInterval(() => this.look(), TICK_MS),
    ];
    addEventListener("online", this.again);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    this.timers.forEach(clearInterval);
    removeEventListener("online", this.again);
    this.socket?.close();
    this.socket = null;
  }

  board = (): Board => this.shown;
  fixes = (): ReadonlyMap<string, Fix> => this.fixesNow;
  fixVersion = (): number => this.fixesVersion;
  link = (): Link => this.linkNow;
  /** What the hub itself cannot do now, as it said last; a link that is lost says nothing. */
  ailing = (): Ailing => this.ailingNow;
  people = (): readonly Presence[] | null => this.peopleNow;
  ready = (): boolean => this.follow.since !== null;
  /** The hub's clock, in milliseconds, as near as heartbeats tell it. */
  hubNow = (): number => hubTime(this.clock, thisMoment());

  onBoard = (listener: () => void): (() => void) => {
    this.boardListeners.add(listener);
    return () => this.boardListeners.delete(listener);
  };
  onFixes = (listener: () => void): (() => void) => {
    this.fixListeners.add(listener);
    return () => this.fixListeners.delete(listener);
  };
  onLink = (listener: () => void): (() => void) => {
    this.linkListeners.add(listener);
    return () => this.linkListeners.delete(listener);
  };

  onPeople = (listener: () => void): (() => void) => {
    this.peopleListeners.add(listener);
    return () => this.peopleListeners.delete(listener);
  };

  /** Tell the others what is open here, and whether somebody types. */
  tellLooking(incident_id: string | null, typing: boolean): void {
    if (incident_id === this.looking.incident_id && typing === this.looking.typing) return;
    this.looking = { incident_id, typing };
    this.sayLooking();
  }

  private sayLooking(): void {
    this.send({ type: "looking", ...this.looking });
  }

  /** Show what was kept of an earlier page, with its age, until the hub says more. */
  restore(kept: { heard_ms: number; epoch: string; since: number; board: BoardSnapshot; fixes: Fix[] }): void {
    if (this.follow.since !== null) return;
    const board = boardFrom(kept.board, kept.since);
    this.follow = { ...this.follow, epoch: kept.epoch, since: kept.since, board, resyncing: false };
    if (this.clock.true_at === null) this.clock = heardBefore(kept.heard_ms);
    this.takeFixes(kept.fixes, true);
    this.announceBoard();
    this.look();
  }

  /** What another page of this position would need to show the same; null before the first board. */
  keepable(): { heard_ms: number; epoch: string; since: number; board: BoardSnapshot; fixes: Fix[] } | null {
    const { epoch, since, board, resyncing, unknown } = this.follow;
    const { true_at } = this.clock;
    if (epoch === null || since === null || resyncing || true_at === null) return null;
    const fixes = [...this.fixesNow.values()];
    // What crews look out for is not kept on a device: a page that had some asks for the whole board,
    // since nothing that it could go on from would bring them back.
    // So does one that did not know all that the hub said.
    const whole = Object.keys(board.bolos).length === 0 && unknown === null;
    const kept = { ...snapshotOf(board), bolos: [] };
    return { heard_ms: true_at.wall, epoch: whole ? epoch : "", since, board: kept, fixes };
  }

  private again = (): void => {
    if (this.socket === null && !this.stopped) {
      clearTimeout(this.retry);
      this.open();
    }
  };

  private open(): void {
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.openedAt = thisMoment();
    socket.onopen = () => {
      this.send(helloFor(this.follow, this.token));
      this.sayLooking();
      this.events.onConnected?.();
    };
    socket.onmessage = (message) => {
      if (socket !== this.socket) return;
      this.take(JSON.parse(String(message.data)) as ServerMessage);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.lost();
    };
  }

  private lost(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.follow = { ...this.follow, resyncing: false };
    this.peopleNow = null;
    for (const listener of this.peopleListeners) listener();
    this.takeAiling(WELL);
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), backOffMs(this.attempt, Math.random()));
    this.attempt += 1;
    this.look();
  }

  private take(message: ServerMessage): void {
    const before = this.follow.board;
    const step = receive(this.follow, message, this.token);
    this.follow = step.follow;
    for (const effect of step.effects) this.perform(effect);
    if (this.follow.board !== before) this.announceBoard();
    if (this.follow.unknown !== null) this.look();
  }

  private perform(effect: Effect): void {
    switch (effect.do) {
      case "send":
        this.send(effect.message);
        if (effect.message.type === "hello") this.sayLooking();
        break;
      case "event":
        this.clock = stillHeard(this.clock, thisMoment());
        this.events.onEvent?.(effect.event);
        break;
      case "snapshot":
        this.attempt = 0;
        this.events.onSnapshot?.();
        break;
      case "fixes":
        this.takeFixes(effect.fixes, effect.replace);
        break;
      case "people":
        this.peopleNow = effect.people;
        for (const listener of this.peopleListeners) listener();
        break;
      case "heard":
        this.attempt = 0;
        this.clock = heard(this.clock, Date.parse(effect.at), effect.behind_ms, thisMoment(), effect.snapshot);
        this.look();
        break;
      case "ailing":
        this.takeAiling(effect.ailing);
        break;
      case "problem":
        if (effect.problem.code === "not_signed_in") {
          this.stop();
          this.events.onSignedOut?.(effect.problem.detail || effect.problem.title);
        }
        break;
    }
  }

  private takeFixes(fixes: readonly Fix[], replace: boolean): void {
    const next = replace ? new Map<string, Fix>() : new Map(this.fixesNow);
    for (const fix of fixes) next.set(fix.unit_id, fix);
    this.fixesNow = next;
    this.fixesVersion += 1;
    for (const listener of this.fixListeners) listener();
  }

  private takeAiling(ailing: Ailing): void {
    const { unwatched_s, full, untaken } = this.ailingNow;
    if (ailing.unwatched_s === unwatched_s && ailing.full === full && ailing.untaken === untaken) return;
    this.ailingNow = ailing;
    for (const listener of this.linkListeners) listener();
  }

  private acknowledge(): void {
    const ack = ackFor(this.follow);
    if (ack && this.socket?.readyState === WebSocket.OPEN) this.send(ack);
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private look(): void {
    const now = thisMoment();
    const silent = silentMs(this.clock, now);
    const open = elapsedMs(this.openedAt, now);
    const connected = this.socket?.readyState === WebSocket.OPEN;
    if (this.socket && Math.min(silent ?? open, open) >= LOST_MS) {
      this.lost();
      return;
    }
    const next = linkOf({
      connected,
      resyncing: this.follow.resyncing || (connected && this.follow.since === null),
      silent_ms: silent,
      late_ms: this.clock.late_ms,
      outdated: this.follow.unknown !== null,
    });
    if (next.label === this.linkNow.label && next.word === this.linkNow.word) return;
    this.linkNow = next;
    for (const listener of this.linkListeners) listener();
  }

  /** Many events of one moment make one drawing. */
  private announceBoard(): void {
    if (this.frame) return;
    this.frame = window.setTimeout(() => {
      this.frame = 0;
      this.shown = this.follow.board;
      for (const listener of this.boardListeners) listener();
    }, 16);
  }
}

function thisMoment(): Moment {
  return { wall: Date.now(), mono: performance.now() };
}

function streamAddress(): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/api/v1/stream`;
}
