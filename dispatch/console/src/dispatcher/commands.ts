/** The command line's state: reads, runs, and keeps what was answered. Buttons go through it too, so
 * that every mouse action prints its command. */

import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { LonLat, Recommendation } from "../api/model";
import { read } from "../command/grammar";
import type { Context, Meaning } from "../command/meaning";
import { doneWords, refusalWords, run } from "../command/run";
import type { ScreenAct, Sight } from "../command/screen";
import { useHub, useZone } from "../shell/hub";
import { useNameOf } from "../shell/names";
import { useSpots } from "../shell/places";

export interface Reply {
  key: number;
  line: string;
  text: string;
  state: "waiting" | "done" | "refused";
  /** It changed what the screen shows, and nothing else. */
  look?: boolean;
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

/** The screen that the line stands on. */
export interface Screen {
  sight: Sight;
  /** Show a spot, or an incident with the ways to it. */
  show: (at: LonLat, incidentId: string | null) => void;
  act: (act: ScreenAct) => void;
}

const KEPT_REPLIES = 40;

export function useCommands(
  selectedId: string | null,
  screen: Screen,
): Commands {
  const on = useRef(screen);
  const nameOf = useNameOf();
  const names = useRef(nameOf);
  useLayoutEffect(() => {
    on.current = screen;
    names.current = nameOf;
  });
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
      sight: on.current.sight,
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

  /** A look takes the place of the look before it: ten rows clicked push no answer out of sight. */
  const sayLook = useCallback((line: string, text: string) => {
    const key = nextKey.current;
    nextKey.current += 1;
    const verb = line.split(" ")[0];
    setReplies((now) => {
      const last = now.at(-1);
      const again = last?.look && last.line.split(" ")[0] === verb;
      const kept = again ? now.slice(0, -1) : now.slice(-KEPT_REPLIES);
      return [...kept, { key, line, text, state: "done", look: true }];
    });
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
      const { action } = meaning;
      if (action.do === "show" || action.do === "screen") {
        if (action.do === "show") on.current.show(action.at, action.incident_id);
        else on.current.act(action.act);
        sayLook(line, meaning.echo);
        return Promise.resolve(null);
      }
      star.current.clear();
      const key = say(line, meaning.echo, "waiting");
      return run(action, line, outbox).then((results) => {
        const refused = results.filter((result) => !result.ok);
        const command_ids = results.flatMap((result) => (result.ok ? [result.command_id] : []));
        last.current = action.do === "undo" || command_ids.length === 0 ? null : { line, command_ids };
        const text =
          refused.length > 0
            ? refused.map((result) => refusalWords(result, names.current)).join(" ")
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
    [context, outbox, say, sayLook],
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
