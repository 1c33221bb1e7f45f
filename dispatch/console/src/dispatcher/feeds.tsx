/** Health of the closure feeds: the age of each against its limit, its counts, what was refused and why. */

import type { FeedRead, LonLat } from "../api/model";
import { feedAge, proposals } from "../board/feeds";
import { ageWords, plural, showLine } from "../board/words";
import { useBoard, useNowS } from "../shell/hub";

export function FeedsPanel(props: {
  give: (line: string) => void;
  onClose: () => void;
}) {
  const board = useBoard();
  const asked = proposals(board);
  const feeds = Object.values(board.feeds).sort((a, b) => a.feed_id.localeCompare(b.feed_id));
  return (
    <section className="map-panel" aria-label="Feeds">
      <header>
        <h3>Feeds {feeds.length}</h3>
        <button type="button" className="button small push" onClick={props.onClose}>
          Close
        </button>
      </header>
      {feeds.length === 0 && <p className="dim pad">No feed is read. The operator adds them.</p>}
      {asked.length > 0 && (
        <section aria-label="Proposed roads">
          <p className="dim pad">
            {plural(asked.length, "entry fits", "entries fit")} a road, but not surely; dotted on the map.
            Nothing of it is closed until somebody accepts it.
          </p>
          <ul className="rejects">
            {asked.map(({ feed_id, ref, why, closure }) => (
              <li key={`${feed_id} ${ref}`}>
                <b>{closure.description || ref}</b>{" "}
                <span className="dim">
                  {feed_id}: {why}
                </span>{" "}
                <button
                  type="button"
                  className="button small"
                  aria-label={`Show ${closure.description || ref}`}
                  onClick={() => props.give(showLine(closure.line[Math.floor(closure.line.length / 2)] as LonLat))}
                >
                  Show
                </button>{" "}
                <button
                  type="button"
                  className="button small"
                  aria-label={`Accept ${closure.description || ref}`}
                  onClick={() => props.give(`ACCEPT ${feed_id} ${ref}`)}
                >
                  Accept
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ul className="scroll" aria-label="Closure feeds" tabIndex={0}>
        {feeds.map((read) => (
          <Feed key={read.feed_id} read={read} />
        ))}
      </ul>
    </section>
  );
}

function Feed(props: { read: FeedRead }) {
  const { read } = props;
  const { age_s, limit_s, silent } = feedAge(read, useNowS());
  const words =
    age_s === null ? "never read well" : silent ? `SILENT for ${ageWords(age_s)}` : `${ageWords(age_s)} old`;
  return (
    <li className="feed" data-feed={read.feed_id} data-silent={silent}>
      <b>{read.feed_id}</b>{" "}
      <meter
        className="feed-age"
        min={0}
        max={limit_s}
        high={limit_s * 0.99}
        value={Math.min(age_s ?? limit_s, limit_s)}
        aria-label={`Age of ${read.feed_id}`}
      />
      <span className={silent ? "late" : "mono"}>{words}</span>
      {!read.ok && (
        <p className="alarm">
          Cannot be read{read.failures > 1 ? ` (${read.failures} times)` : ""}: {read.error}. What it said
          last still stands.
        </p>
      )}
      {read.ok && (
        <p className="dim">
          {plural(read.listed, "entry", "entries")}: {read.placed} on the roads, {read.harmless} leave
          traffic as it is, {read.unplaced} fit no road, {read.refused} refused
        </p>
      )}
      {read.rejects.length > 0 && (
        <details>
          <summary>{plural(read.rejects.length, "entry", "entries")} not taken over, and why</summary>
          <ul className="rejects">
            {read.rejects.map((reject, index) => (
              <li key={`${reject.ref}-${index}`}>
                <span className="mono">{reject.ref}</span> <span className="dim">{reject.why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
