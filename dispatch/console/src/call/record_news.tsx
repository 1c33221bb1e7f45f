/** What another centre handed over, and what its later versions say anew, until somebody has seen it.
 * Nothing of it changes the place or the type here: a person does, by the keys that are there for it. */

import { useState } from "react";
import { newId, request, whyNot } from "../api/client";
import type { Call } from "../api/model";
import { newsWords, unseenNews } from "../board/record_news";
import { timeOfDay } from "../board/words";
import { useZone } from "../shell/hub";

export function RecordNewsPart(props: { call: Call; /** Put what is new on the command line. */ onNote?: (text: string) => void }) {
  const { call } = props;
  const zone = useZone();
  const [fault, setFault] = useState("");
  const news = unseenNews(call);
  const seen = (call.record_news ?? []).filter((one) => one.seen_at !== null);
  const see = async () => {
    if (!news) return;
    try {
      const body = { command_id: newId("s"), news_at: news.at };
      await request("POST", `/calls/${call.id}/record-news/${news.id}/seen`, body);
      setFault("");
    } catch (failure) {
      setFault(whyNot(failure, "it still counts as not seen"));
    }
  };
  return (
    <>
      {news && (
        <section className="handed-over" aria-label="News from the other centre" data-testid="record-news">
          <b className="late">
            {newsWords(call, news)} <span className="mono">{timeOfDay(news.at, zone)}</span>
          </b>
          <pre tabIndex={0}>{news.text}</pre>
          <span className="verbs">
            <button type="button" className="button small" onClick={() => void see()}>
              Seen
            </button>
            {props.onNote && (
              <button
                type="button"
                className="button small"
                onClick={() => props.onNote?.(`${call.handed_over_by}: ${news.text.split("\n").join("; ")}`)}
              >
                Note it
              </button>
            )}
          </span>
          {fault && (
            <p className="alarm small" role="alert">
              {fault}
            </p>
          )}
        </section>
      )}
      {seen.map((one) => (
        <details key={one.id}>
          <summary className="dim">
            {newsWords(call, one)} <span className="mono">{timeOfDay(one.at, zone)}</span>, seen
          </summary>
          <pre className="handed-over" tabIndex={0}>{one.text}</pre>
        </details>
      ))}
    </>
  );
}
