/** The command line's state: reads, runs, and keeps what was answered. Buttons go through it too, so
 * that every mouse action prints its command. */

import { useCallback, useMemo, useRef, useState } from "react";
import type { LonLat, Recommendation } from "../api/model";
import { read } from "../command/grammar";
import type { Context, Meaning } from "../command/meaning";
import { doneWords, run } from "../command/run";
import { useHub, useZone } from "../shell/hub";
import { useSpots } from "../shell/places";

export interface Reply {
  key: number;
  line: string;
  text: string;
  state: "waiting" | "done" | "refused";
}

export interface Commands {
  replies: readonly Reply[];
  context: () => Context;
  read: (line: string) => Meaning;
  /** Give the command. False when it was refused before sending. `shown`: what `*` stands for. */
  give: (line: string, shown?: Recommendation) => boolean;
  /** The same; resolves with null when the hub has done it, else with why not. */
  ask: (line: string) => Promise<string | null>;
  say: (line: string, text: string, state: Reply["state"]) => number;
  /** Note what `*` stands for as long as this line stands; null forgets. */
  hold: (incidentId: string | null, advice?: Recommendation) => void;
}

const KEPT_REPLIES = 40;

export function useCommands(
  selectedId: string | null,
  show: (at: LonLat, incidentId: string | null, unitId: string | null) => void,
): Commands {
  const { connection, outbox, region, session } = useHub();
  const zone = useZone();
  const spots = useSpots();
  const [replies, setReplies] = useState<readonly Reply[]>([]);
  const star = useRef(new Map<string, Recommendation>());
  const last = useRef<Context["last"]>(null);
  const nextKey = useRef(1);

  const context = useCallback(
    (): Context => ({
      board: connection.board(),
      region,
      fixes: connection.fixes(),
      account: session.account,
      selectedId,
      star: star.current,
      spots,
      now_ms: connection.hubNow(),
      zone,
      last: last.current,
    }),
    [connection, region, selectedId, session.account, spots, zone],
  );

  const say = useCallback((line: string, text: string, state: Reply["state"]) => {
    const key = nextKey.current;
    nextKey.current += 1;
    setReplies((now) => [...now.slice(-KEPT_REPLIES), { key, line, text, state }]);
    return key;
  }, []);

  const hold = useCallback((incidentId: string | null, advice?: Recommendation) => {
    if (incidentId === null) star.current.clear();
    else if (advice && !star.current.has(incidentId)) star.current.set(incidentId, advice);
  }, []);

  const start = useCallback(
    (line: string, shown?: Recommendation): Promise<string | null> | string => {
      if (shown) star.current.set(shown.incident_id, shown);
      const meaning = read(line, context());
      if (!meaning.ok) {
        if (meaning.changed) star.current.set(meaning.changed.incident_id, meaning.changed);
        const candidates = meaning.candidates.length > 0 ? ` ${meaning.candidates.join(" · ")}` : "";
        say(line, `${meaning.why}${candidates}`, "refused");
        return meaning.why;
      }
      star.current.clear();
      const { action } = meaning;
      if (action.do === "show") {
        show(action.at, action.incident_id, action.unit_id);
        say(line, meaning.echo, "done");
        return Promise.resolve(null);
      }
      const key = say(line, meaning.echo, "waiting");
      return run(action, line, outbox).then((results) => {
        const refused = results.filter((result) => !result.ok);
        const command_ids = results.flatMap((result) => (result.ok ? [result.command_id] : []));
        last.current = action.do === "undo" || command_ids.length === 0 ? null : { line, command_ids };
        const text =
          refused.length > 0
            ? refused.map((result) => result.says).join(" ")
            : doneWords(action, meaning.echo, results);
        setReplies((now) =>
          now.map((reply) =>
            reply.key === key
              ? { ...reply, text, state: refused.length > 0 ? "refused" : "done" }
              : reply,
          ),
        );
        return refused.length > 0 ? text : null;
      });
    },
    [context, outbox, say, show],
  );
  const give = useCallback(
    (line: string, shown?: Recommendation) => typeof start(line, shown) !== "string",
    [start],
  );
  const ask = useCallback((line: string) => Promise.resolve(start(line)), [start]);

  return useMemo(
    () => ({ replies, context, read: (line: string) => read(line, context()), give, ask, say, hold }),
    [replies, context, give, ask, say, hold],
  );
}
