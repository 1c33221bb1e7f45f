/** Conversations in text that are this call-taker's: each line with its language, a translation beside
 * the original, and the answer. They go on after the form was saved, until the incident closes. */

import { useEffect, useState, type FormEvent } from "react";
import type { Call, TextLine } from "../api/model";
import type { Board } from "../board/apply";
import { timeOfDay } from "../board/words";
import { useHub } from "../shell/hub";
import { play } from "../shell/sound";
import { PHRASES, phraseIn } from "./phrases";

/** Mine, or in my form; the one that waits longest for an answer first. */
export function conversationsOf(board: Board, accountId: string, formCall: string | null): Call[] {
  return Object.values(board.calls)
    .filter(
      (call) =>
        (call.channel === "text" || call.transcript.length > 0) &&
        call.phase !== "ringing" &&
        (call.taken_by === accountId || call.id === formCall),
    )
    .sort((a, b) => Number(waits(b)) - Number(waits(a)) || a.received_at.localeCompare(b.received_at));
}

/** Whether the caller wrote last. */
export function waits(call: Call): boolean {
  return call.transcript.at(-1)?.direction === "in";
}

export function Conversations(props: { calls: readonly Call[]; zone: string }) {
  const { calls } = props;
  const heard = calls.flatMap((call) => call.transcript.filter((line) => line.direction === "in")).length;
  useEffect(() => {
    if (heard > 0) play("notice");
  }, [heard]);
  return calls.map((call) => <Conversation key={call.id} call={call} zone={props.zone} />);
}

function Conversation(props: { call: Call; zone: string }) {
  const { call, zone } = props;
  const { outbox } = useHub();
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const who = call.callback || "a caller without a number";
  const send = async (path: string, body: Record<string, unknown>) => {
    const answer = await outbox.send(`Text to ${who}`, "POST", `/calls/${call.id}/${path}`, body);
    setFault(answer.done ? "" : answer.problem.detail || answer.problem.title);
    return answer.done;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && (await send("messages", { text: text.trim(), language: "en" }))) setText("");
  };
  return (
    <section className="conversation" aria-label={`Conversation with ${who}`}>
      <h3 className="label">
        Text with <span className="mono">{who}</span>
        {call.language && <span className="tag">{call.language}</span>}
        {waits(call) && <b className="late">ANSWER</b>}
        <button
          type="button"
          className="button small push"
          disabled={call.interpreter_at !== null}
          onClick={() => void send("language", { interpreter: true })}
        >
          {call.interpreter_at ? `Interpreter since ${timeOfDay(call.interpreter_at, zone, false)}` : "Interpreter on"}
        </button>
      </h3>
      <div role="log" aria-label={`Lines with ${who}`}>
        <ol className="lines" tabIndex={0}>
          {call.transcript.map((line) => (
            <Line key={line.id} line={line} zone={zone} />
          ))}
        </ol>
      </div>
      <form className="note-form" onSubmit={(event) => void submit(event)}>
        <select
          className="input"
          aria-label={`Phrase for ${who}`}
          value=""
          onChange={(event) => {
            const phrase = PHRASES[Number(event.target.value)];
            if (phrase) void send("messages", phraseIn(phrase, call.language));
          }}
        >
          <option value="">Phrase{call.language ? ` in ${call.language}` : ""}…</option>
          {PHRASES.map((phrase, index) => (
            <option key={phrase.en} value={index}>
              {phrase.en}
            </option>
          ))}
        </select>
        <input
          className="input"
          aria-label={`Answer ${who}`}
          maxLength={1000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button className="button">Send text</button>
      </form>
      {fault && (
        <p className="alarm small" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

/** The original, and beside it what it means and who says so. */
export function Line(props: { line: TextLine; zone: string }) {
  const { line, zone } = props;
  const out = line.direction === "out";
  return (
    <li className={out ? "line out" : "line"}>
      <span className="mono dim">{timeOfDay(line.at, zone)}</span>
      <span>
        <b className="dim">{out ? "us" : "caller"}</b> <span lang={line.language || undefined}>{line.text}</span>
        {line.language && <span className="dim small"> {line.language}</span>}
        {out && line.delivered_at && <span className="dim small"> delivered</span>}
      </span>
      {line.translation && (
        <span className="translation" lang={line.translation_language || undefined}>
          {line.translation}{" "}
          <span className="dim small">
            {line.translation_language}
            {line.translated_by === "engine" && ", by machine"}
          </span>
        </span>
      )}
    </li>
  );
}
