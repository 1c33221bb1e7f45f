/** Closures: see those that stand, lift one by a click. */

import { useEffect, useRef } from "react";
import type { Closure, LonLat } from "../api/model";
import { effectWords, hoursWords, sourceWords } from "../board/blocks";
import { feedAge } from "../board/feeds";
import { whenWords } from "../board/schedule";
import { showLine } from "../board/words";
import { useBoard, useNowS, useZone } from "../shell/hub";
import { BlockButtons } from "./blocks";

export function ClosuresPanel(props: {
  closures: readonly Closure[];
  chosenId: string | null;
  give: (line: string) => boolean;
  onClose: () => void;
}) {
  const zone = useZone();
  const { feeds } = useBoard();
  const now_s = useNowS();
  const silent = (source: string) => {
    const read = feeds[source];
    return read !== undefined && feedAge(read, now_s).silent;
  };
  const chosen = useRef<HTMLLIElement>(null);
  useEffect(() => chosen.current?.scrollIntoView({ block: "nearest" }), [props.chosenId]);
  return (
    <section className="map-panel" aria-label="Closures">
      <header>
        <h3>Closures {props.closures.length}</h3>
        <button type="button" className="button small push" onClick={props.onClose}>
          Close
        </button>
      </header>
      <ul className="scroll">
        {props.closures.map((closure) => (
          <li
            key={closure.id}
            ref={closure.id === props.chosenId ? chosen : undefined}
            className={closure.id === props.chosenId ? "closure chosen" : "closure"}
          >
            <button
              type="button"
              className="closure-name"
              onClick={() => props.give(showLine(closure.line[0] as LonLat))}
            >
              <b>{effectWords(closure)}</b>{" "}
              {closure.description || "no description"}
              <span className="dim">
                {" "}
                {closure.state === "planned" &&
                  `from ${whenWords(closure.changes_at ?? closure.begins_at, now_s * 1000, zone)} `}
                {closure.state === "active" && closure.changes_at
                  ? `now to ${whenWords(closure.changes_at, now_s * 1000, zone)}, last `
                  : ""}
                to {whenWords(closure.ends_at, now_s * 1000, zone)}
                {closure.recurrence ? `, ${hoursWords(closure)}` : ""}
                {closure.direction === "along" ? ", one way" : ""} · {sourceWords(closure)}
              </span>
              {silent(closure.source) && <b className="late"> feed is silent</b>}
            </button>
            {!closure.confirmed ? (
              <BlockButtons block={closure} give={(line) => void props.give(line)} />
            ) : (
              <button
                type="button"
                className="button small"
                aria-label={`Lift ${closure.description || closure.id.slice(-6)}`}
                onClick={() => props.give(`LIFT ${closure.id}`)}
              >
                Lift
              </button>
            )}
          </li>
        ))}
        {props.closures.length === 0 && <li className="dim">Every road is open.</li>}
      </ul>
    </section>
  );
}
