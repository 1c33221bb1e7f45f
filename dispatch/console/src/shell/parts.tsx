/** Small parts that every screen shares: status marks, priority, timers, the top bar, NOT SENT. */

import { memo, useEffect, useRef, type ReactNode } from "react";
import type { StatusCode } from "../api/model";
import { HOLLOW, STATUS_WORDS } from "../board/status";
import { clockSpan, shortSpan, timeOfDay } from "../board/words";
import type { Ailing } from "../stream/follow";
import { useAiling, useHub, useLink, useNowS, useUnsent, useZone } from "./hub";
import { useNewVersion } from "./new_version";
import { ROLE_WORDS, screensOf, signOut } from "./session";
import { toggleTheme, useTheme } from "./theme";

export const Status = memo(function Status(props: { code: StatusCode }) {
  const hollow = HOLLOW.has(props.code) ? " hollow" : "";
  return (
    <span className={`status s-${props.code}${hollow}`} title={STATUS_WORDS[props.code]}>
      {props.code}
    </span>
  );
});

export const Priority = memo(function Priority(props: { n: number; waiting: boolean }) {
  const how = props.waiting ? "waiting" : "worked";
  return (
    <span className={`priority p${Math.min(props.n, 4)} ${how}`}>
      <span className="visually-hidden">Priority </span>
      {props.n}
    </span>
  );
});

/** Time since `since`; past `limit_s` it is LATE, in the alarm colour and as a word. */
export function Timer(props: {
  since: string;
  limit_s?: number | null;
  word?: boolean;
  /** Past an hour without its seconds. */
  short?: boolean;
  /** Where it is late by another time than it shows: the call, of which is said how long ago it was. */
  asked_at?: string;
}) {
  const now_s = useNowS();
  const span = now_s - Date.parse(props.since) / 1000;
  const asked_s = props.asked_at ? now_s - Date.parse(props.asked_at) / 1000 : span;
  const late = props.limit_s != null && asked_s > props.limit_s;
  return (
    <span role="timer" className={late ? "mono late timer" : "mono timer"}>
      {late && props.word && <span className="late-word">LATE</span>}
      {props.short ? shortSpan(span) : clockSpan(span)}
      {props.asked_at && props.asked_at !== props.since && (
        <span className="asked-ago">call {clockSpan(asked_s)}</span>
      )}
    </span>
  );
}

export function LinkBadge() {
  const link = useLink();
  return (
    <span className={`link ${link.word}`} aria-label={`Link ${link.label}`} data-link={link.word}>
      {link.label}
    </span>
  );
}

/** Another page at the hub than this one, or something that this one cannot show: reloaded by whoever
 * sits there, never by itself. */
export function NewVersion() {
  const newer = useNewVersion();
  const unknown = useLink().word === "RELOAD";
  return (
    <span role="status" aria-label="Version">
      {(newer || unknown) && (
        <button
          type="button"
          className={unknown ? "button new-version must" : "button new-version"}
          title={
            unknown
              ? "The hub tells of things that this page does not know: what you see may be wrong."
              : "The hub has another version of this page."
          }
          onClick={() => location.reload()}
        >
          {unknown ? "NOT ALL SHOWN: reload" : "NEW VERSION: reload"} <kbd>Ctrl+R</kbd>
        </button>
      )}
    </span>
  );
}

/** In the top bar, so that nothing below it moves when the link goes. */
function LostBar(props: { age_s: number }) {
  return (
    <div className="lost" role="alert" data-testid="link-lost">
      <span>
        LINK LOST. What you see is <span role="timer">{props.age_s} s</span> old. It reconnects by itself;
        work by radio until it says LIVE.
      </span>
    </div>
  );
}

/** The link is live and the hub is not well: on every screen, until it is. */
export function HubAils() {
  return <AilingLine {...useAiling()} />;
}

/** What the hub cannot do now, and what to do meanwhile; nothing where it is well. */
export function AilingLine(props: Ailing) {
  const { unwatched_s, full, untaken } = props;
  if (unwatched_s === 0 && !full && untaken === 0) return null;
  const span = clockSpan(unwatched_s);
  return (
    <p className="ails" role="alert" data-testid="hub-ails">
      {full && (
        <b>
          THE HUB&apos;S DISK IS FULL: nothing new is written, no pager is told; have room made on it, it then writes on
          by itself.{" "}
        </b>
      )}
      {untaken > 0 && (
        <b>THE HUB COULD NOT TAKE {untaken} of the commands of the last minute: NOT SENT says which are yours. </b>
      )}
      {unwatched_s > 0 && (
        <b>
          THE HUB WATCHES NO TIMES <span aria-hidden="true">for {span}</span>: no check, no silence, no road that
          opens or shuts is dealt with.{" "}
        </b>
      )}
      Work by radio and write the times down; this page goes on counting by itself.
    </p>
  );
}

export function Unsent() {
  const { outbox } = useHub();
  const now = useNowS();
  const late = useUnsent().filter((s) => s.attempts > 0);
  if (late.length === 0) return null;
  return (
    <section className="unsent" aria-label="Not sent" role="status">
      <ul>
        {late.map((s) => (
          <li key={s.command_id}>
            <span className="word">{s.refused === undefined ? "NOT SENT" : "REFUSED"}</span>
            <span className="mono">{s.label}</span>
            {(s.refused ?? s.why) !== undefined && <span>{s.refused ?? s.why}</span>}
            <span role="timer" className="dim mono">
              {clockSpan(now - s.made_at / 1000)}
            </span>
            <button
              type="button"
              className="button small"
              aria-label={`Give up ${s.label}`}
              onClick={() => outbox.drop(s.command_id)}
            >
              Give up
            </button>
          </li>
        ))}
      </ul>
      <span className="dim push">Repeated with the same id until the hub answers.</span>
      <button type="button" className="button small" onClick={() => outbox.retryNow()}>
        Try now
      </button>
    </section>
  );
}

export function Clock() {
  const now = useNowS();
  const zone = useZone();
  return (
    <time className="clock" aria-label="Hub time">
      {timeOfDay(new Date(now * 1000).toISOString(), zone)}
    </time>
  );
}

const KEY_CODES: StatusCode[] = ["DP", "ER", "ST", "OS", "TR", "AH", "AV", "OOS"];

const SCREEN_WORDS: Record<string, string> = {
  "/call": "Call-taking",
  "/dispatch": "Dispatch",
  "/supervisor": "Supervisor",
  "/unit": "Unit",
  "/municipality": "Municipality",
  "/history": "History",
  "/look-back": "Look back",
};

export function TopBar(props: { covers: ReactNode; statusKey?: boolean; alarm?: ReactNode }) {
  const { session, region, leave } = useHub();
  const now = useTheme();
  const link = useLink();
  const { account } = session;
  const screens = screensOf(account.role);
  return (
      <header className="bar">
        <h1 className="brand">{region?.name ?? "Regional Dispatch"}</h1>
        {link.word === "OFFLINE" ? (
          <LostBar age_s={link.age_s} />
        ) : (
          (props.alarm ?? (
            <>
              <span className="dim covers">{props.covers}</span>
              <span className="push" />
            </>
          ))
        )}
        {props.statusKey && link.word !== "OFFLINE" && (
          <span
            className={props.alarm ? "key beside-alarm" : "key"}
            role="img"
            aria-label="Status key"
          >
            {KEY_CODES.map((code) => (
              <Status key={code} code={code} />
            ))}
          </span>
        )}
        <LinkBadge />
        <NewVersion />
        <button type="button" className="button" aria-label="Night or day" onClick={toggleTheme}>
          {now === "night" ? "Night" : "Day"} <kbd>F9</kbd>
        </button>
        {screens.length > 1 && (
          <nav aria-label="Screens" className="screens">
            {screens
              .filter((path) => path !== location.pathname)
              .map((path) => (
                <a key={path} className="button" href={path}>
                  {SCREEN_WORDS[path]}
                </a>
              ))}
          </nav>
        )}
        <button
          type="button"
          className="button"
          title={`${account.name}, ${ROLE_WORDS[account.role]}`}
          onClick={() => void signOut().then(() => leave())}
        >
          Sign out
        </button>
        <Clock />
      </header>
  );
}

export function Help(props: { open: boolean; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (props.open && !element.open) element.showModal();
    if (!props.open && element.open) element.close();
  }, [props.open]);
  return (
    <dialog ref={dialog} className="help" aria-label="Help" onClose={props.onClose}>
      <form method="dialog">
        <button className="button">Close <kbd>Esc</kbd></button>
      </form>
      {props.children}
    </dialog>
  );
}
