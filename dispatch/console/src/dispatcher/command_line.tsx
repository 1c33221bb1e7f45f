/** Replies, the line, and what it means before Enter. */

import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { complete, completed } from "../command/complete";
import { findIncident } from "../command/lookup";
import { useBoard } from "../shell/hub";
import type { Commands } from "./commands";

export interface LineHandle {
  focus: () => void;
  fill: (line: string) => void;
  /** Add a word when something is being typed; false when the line is empty. */
  insert: (word: string) => boolean;
}

const SHOWN_REPLIES = 3;
const KEYS =
  "F1 help · F2 line · F3 queue · F4 units · F5 fill recommended · F6 map · F7 next alarm · F8 silence alarm";

export function CommandLine(props: {
  commands: Commands;
  /** The keys of this screen, where they are not the dispatcher's. */
  keys?: string;
  /** Told when somebody begins to type, and when the line is empty again. */
  onTyping?: (typing: boolean) => void;
  ref?: Ref<LineHandle>;
}) {
  const { commands } = props;
  useBoard();
  const [line, setLine] = useState("");
  const [past, setPast] = useState<readonly string[]>([]);
  const [back, setBack] = useState(0);
  const input = useRef<HTMLInputElement>(null);

  const change = (next: string) => {
    setLine(next);
    setBack(0);
    if (!/\*/.test(next)) {
      commands.hold(null);
      return;
    }
    const word = next.trim().split(/\s+/)[1];
    const ctx = commands.context();
    const found = word ? findIncident(ctx, word) : null;
    if (found && "one" in found) commands.hold(found.one.id, ctx.board.recommendations[found.one.id]);
  };

  useImperativeHandle(props.ref, () => ({
    focus: () => input.current?.focus(),
    fill: (next) => {
      change(next);
      input.current?.focus();
    },
    insert: (word) => {
      if (!line.trim()) return false;
      change(`${line.replace(/\s*$/, " ")}${word} `);
      input.current?.focus();
      return true;
    },
  }));

  const meaning = commands.read(line);
  const options = complete(line, commands.context());

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") {
      event.preventDefault();
      const given = line.trim();
      if (given && commands.give(given)) {
        setPast((now) => [...now.filter((l) => l !== given), given].slice(-50));
        setLine("");
        setBack(0);
      }
    } else if (event.key === "Tab" && line && !event.shiftKey && options.length > 0) {
      event.preventDefault();
      change(completed(line, options));
    } else if (event.key === "Escape") {
      change("");
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !event.ctrlKey) {
      event.preventDefault();
      const next = Math.min(past.length, Math.max(0, back + (event.key === "ArrowUp" ? 1 : -1)));
      change(next === 0 ? "" : (past[past.length - next] as string));
      setBack(next);
    }
  };

  const typing = line.trim() !== "";
  const { onTyping } = props;
  useEffect(() => onTyping?.(typing), [onTyping, typing]);
  useEffect(() => input.current?.focus(), []);

  const fault = !meaning.ok && !meaning.unfinished;
  const echo = meaning.ok ? meaning.echo : meaning.why;
  return (
    <section className="command panel" aria-label="Command">
      <div role="log" aria-label="Replies">
      <ol className="replies">
        {commands.replies.slice(-SHOWN_REPLIES).map((reply) => (
          <li key={reply.key} className={`reply ${reply.state}`}>
            <span className="mono dim">{reply.line}</span>
            <span className="reply-mark">
              {reply.state === "waiting" ? "…" : reply.state === "done" ? "OK" : "REFUSED"}
            </span>
            <span className="reply-text">{reply.text}</span>
          </li>
        ))}
      </ol>
      </div>
      <p className={fault ? "echo alarm" : "echo"} id="echo" aria-live="polite" data-testid="echo">
        {line.trim() ? (
          <>
            {meaning.ok && <b>Enter: </b>}
            {echo}
            {!meaning.ok && meaning.candidates.length > 0 && (
              <span className="dim"> {meaning.candidates.join(" · ")}</span>
            )}
          </>
        ) : (
          <span className="dim">
            {props.keys ?? KEYS}
          </span>
        )}
      </p>
      <div className="line">
        <label htmlFor="line" className="mono" aria-hidden="true">
          &gt;
        </label>
        <input
          id="line"
          ref={input}
          className="input mono"
          aria-label="Command line"
          aria-describedby="echo"
          aria-invalid={fault}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={line}
          onChange={(e) => change(e.target.value)}
          onKeyDown={press}
        />
        <ul className="options mono" aria-label="Completions">
          {options.slice(0, 8).map((option) => (
            <li key={option.value}>
              <b>{option.value}</b>
              <span className="dim"> {option.hint}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
