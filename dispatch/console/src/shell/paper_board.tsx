/** The paper board at this position: fetched so often that it is two minutes old at most, and kept here, so that it can be printed
 * when the hub is gone, also by a page that is loaded then. Its age is said, and in red once it is past that. */

import { useEffect, useRef, useState } from "react";
import { currentToken } from "../api/client";
import { ageWords } from "../board/words";
import { useHub, useNowS } from "./hub";
import { keepPaper, keptPaper } from "./kept_board";
import { asOfMs, isTooOld, nextInMs, WAIT_MS } from "./paper_age";

interface Held {
  url: string;
  /** By this machine's clock: it goes on when the hub does not. */
  as_of_ms: number;
}

export function PaperBoard() {
  const { session } = useHub();
  const account_id = session.account.id;
  const [held, setHeld] = useState<Held | null>(null);
  const last = useRef<string | null>(null);
  useNowS(); // the age goes on
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hold = (pdf: ArrayBuffer, as_of_ms: number) => {
      const url = URL.createObjectURL(new Blob([pdf], { type: "application/pdf" }));
      if (last.current) URL.revokeObjectURL(last.current);
      last.current = url;
      setHeld({ url, as_of_ms });
    };
    const read = async () => {
      let answered = false;
      const asked_ms = Date.now();
      try {
        const response = await fetch("/api/v1/paper-board", {
          headers: { authorization: `Bearer ${currentToken() ?? ""}` },
          cache: "no-store",
          signal: AbortSignal.timeout(WAIT_MS),
        });
        const pdf = response.ok ? await response.arrayBuffer() : null;
        if (pdf && current) {
          const as_of_ms = asOfMs(asked_ms, response.headers.get("age"));
          hold(pdf, as_of_ms);
          void keepPaper({ account_id, pdf, as_of_ms });
          answered = true;
        }
      } catch {
        // The one that is held stands, and says how old it is.
      }
      if (current) timer = setTimeout(() => void read(), nextInMs(answered));
    };
    void keptPaper(account_id, Date.now()).then((kept) => {
      if (current && kept && !last.current) hold(kept.pdf, kept.as_of_ms);
    });
    void read();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [account_id]);
  if (!held) return <span className="dim small">no paper board yet</span>;
  const now_ms = Date.now();
  return (
    <a className="button" href={held.url} download="paper-board.pdf" data-testid="paper-board">
      Paper board,{" "}
      <span className={isTooOld(held.as_of_ms, now_ms) ? "late" : undefined}>
        {ageWords((now_ms - held.as_of_ms) / 1000)} old
      </span>
    </a>
  );
}
