/** Roads that crews say are blocked: each waits for a word, which is one click or one line. */

import type { Closure, LonLat } from "../api/model";
import { saidBlocked, unconfirmedBlocks } from "../board/blocks";
import { showLine, timeOfDay } from "../board/words";
import { useBoard, useZone } from "../shell/hub";

export function Blocks(props: {
  give: (line: string) => void;
}) {
  const board = useBoard();
  const zone = useZone();
  const blocks = unconfirmedBlocks(board);
  if (blocks.length === 0) return null;
  return (
    <section className="blocks" role="status" aria-label="Blocked roads">
      {blocks.map((block, n) => (
        <div key={block.id} className="block" data-closure={block.id}>
          <b>{saidBlocked(block, board)}</b>
          <span>
            {block.description || "road without a name"}
            {block.direction === "along" ? ", in its direction" : ""}, to{" "}
            <span className="mono">{timeOfDay(block.ends_at, zone, false)}</span>; others lose{" "}
            {block.penalty_s.toFixed(0)} s until you say
          </span>
          <span className="push" />
          <button
            type="button"
            className="button small"
            onClick={() => props.give(showLine(middleOf(block)))}
          >
            Show
          </button>
          <BlockButtons block={block} give={props.give} />
          {n === 0 && <kbd>F10</kbd>}
        </div>
      ))}
    </section>
  );
}

export function BlockButtons(props: { block: Closure; give: (line: string) => void }) {
  const { block } = props;
  const name = block.description || block.id;
  return (
    <>
      <button
        type="button"
        className="button small"
        aria-label={`Confirm ${name}`}
        onClick={() => props.give(`CONFIRM ${block.id}`)}
      >
        Confirm
      </button>
      <button
        type="button"
        className="button small"
        aria-label={`Refuse ${name}`}
        onClick={() => props.give(`REFUSE ${block.id}`)}
      >
        Refuse
      </button>
    </>
  );
}

function middleOf(block: Closure): LonLat {
  return block.line[Math.floor(block.line.length / 2)] as LonLat;
}
