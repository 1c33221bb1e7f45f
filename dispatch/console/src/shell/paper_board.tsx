/** The paper board at this position: fetched so often that it is two minutes old at most, and held here, so that it can be printed
 * when the hub is gone. Its age is said. */

import { useEffect, useRef, useState } from "react";
import { currentToken } from "../api/client";
import { ageWords } from "../board/words";
import { useNowS } from "./hub";

const EVERY_MS = 80_000; // the hub gives one that is half a minute old at most
const AGAIN_MS = 15_000;

interface Held {
  url: string;
  /** By this machine's clock: it goes on when the hub does not. */
  at_ms: number;
}

export function PaperBoard() {
  const [held, setHeld] = useState<Held | null>(null);
  const last = useRef<string | null>(null);
  useNowS(); // the age goes on
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      let wait_ms = AGAIN_MS;
      try {
        const response = await fetch("/api/v1/paper-board", {
          headers: { authorization: `Bearer ${currentToken() ?? ""}` },
          cache: "no-store",
          signal: AbortSignal.timeout(10_000),
        });
        if (response.ok && current) {
          const url = URL.createObjectURL(await response.blob());
          if (last.current) URL.revokeObjectURL(last.current);
          last.current = url;
          setHeld({ url, at_ms: Date.now() - Number(response.headers.get("age") ?? 0) * 1000 });
          wait_ms = EVERY_MS;
        }
      } catch {
        // The one that is held stands, and says how old it is.
      }
      if (current) timer = setTimeout(() => void read(), wait_ms);
    };
    void read();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, []);
  if (!held) return <span className="dim small">no paper board yet</span>;
  return (
    <a className="button" href={held.url} download="paper-board.pdf" data-testid="paper-board">
      Paper board, {ageWords((Date.now() - held.at_ms) / 1000)} old
    </a>
  );
}
