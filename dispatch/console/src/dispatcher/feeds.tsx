/** Health of the closure feeds: the age of each against its limit, its counts, what was refused and why. */

import type { FeedRead } from "../api/model";
import { feedAge } from "../board/feeds";
import { ageWords, plural } from "../board/words";
import { useBoard, useNowS } from "../shell/hub";

export function FeedsPanel(props: { onClose: () => void }) {
  const board = useBoard();
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
      <ul className="scroll">
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
