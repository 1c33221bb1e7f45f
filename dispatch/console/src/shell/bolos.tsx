/** BOLOs that stand, the newest first, and those that stood: one list for dispatchers and tablets. */

import { useEffect, useState } from "react";
import { request, whyNot } from "../api/client";
import type { Bolo } from "../api/model";
import { bolosWith } from "../board/bolos";
import { dayOf, timeOfDay } from "../board/words";
import { useBoard, useZone } from "./hub";

const WAIT_MS = 250;

/** Those that have ended and hold every word, asked of the hub; null: nobody asked, or it waits. */
function useEnded(on: boolean, words: string): { bolos: readonly Bolo[]; fault: string } {
  const [found, setFound] = useState<{ bolos: readonly Bolo[]; fault: string }>({ bolos: [], fault: "" });
  useEffect(() => {
    if (!on) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      request<{ bolos: Bolo[] }>("GET", `/bolos?ended=true&q=${encodeURIComponent(words)}`).then(
        (answer) => current && setFound({ bolos: answer.bolos, fault: "" }),
        (failure: unknown) => current && setFound({ bolos: [], fault: whyNot(failure) }),
      );
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [on, words]);
  return found;
}

export function BoloList(props: { onEnd?: (bolo: Bolo) => void }) {
  const { bolos } = useBoard();
  const zone = useZone();
  const [words, setWords] = useState("");
  const [over, setOver] = useState(false);
  const ended = useEnded(over, words);
  const shown = over ? ended.bolos : bolosWith(Object.values(bolos), words);
  const { onEnd } = props;
  return (
    <>
      <p className="bolo-search">
        <label>
          Words{" "}
          <input
            className="input"
            type="search"
            value={words}
            aria-label="Search BOLOs"
            onChange={(event) => setWords(event.target.value)}
          />
        </label>{" "}
        <label>
          <input type="checkbox" checked={over} onChange={(event) => setOver(event.target.checked)} /> ended ones
        </label>
      </p>
      {over && ended.fault && <p className="alarm">{ended.fault}</p>}
      <ul className="bolos" aria-label="BOLOs">
        {shown.map((bolo) => (
          <li key={bolo.id} data-bolo={bolo.ref}>
            <b className="mono">{bolo.ref}</b>{" "}
            {bolo.kind !== "other" && <span className="tag">{bolo.kind}</span>} <b>{bolo.text || "text deleted"}</b>{" "}
            <span className="dim small">
              {bolo.municipality && `${bolo.municipality} · `}
              {bolo.author}, {dayOf(bolo.issued_at, zone)} {timeOfDay(bolo.issued_at, zone, false)} ·{" "}
              {bolo.ended_at
                ? `${bolo.ended} ${dayOf(bolo.ended_at, zone)} ${timeOfDay(bolo.ended_at, zone, false)} ${bolo.ended_why}`
                : `until ${dayOf(bolo.expires_at, zone)} ${timeOfDay(bolo.expires_at, zone, false)}`}
            </span>{" "}
            {onEnd && !bolo.ended_at && (
              <button type="button" className="button small" aria-label={`End ${bolo.ref}`} onClick={() => onEnd(bolo)}>
                End
              </button>
            )}
          </li>
        ))}
        {shown.length === 0 && <li className="dim">{words || over ? "None fits." : "None stands."}</li>}
      </ul>
    </>
  );
}
