/** How far a call has come: each stage with its seconds beside the target, LATE as a word. The hub
 * stamps the stages and knows the targets; only the seconds run here. */

import { useEffect, useState } from "react";
import { request } from "../api/client";
import type { StageMark } from "../api/model";
import { clockSpan } from "../board/words";
import { useHub, useNowS } from "./hub";

const WORDS: Record<StageMark["stage"], string> = {
  answered: "Answered",
  located: "Located",
  typed: "Typed",
  ready: "Ready",
  first_unit: "First unit",
  cpr_recognised: "CPR recognised",
  compressions: "Compressions",
};

/** The stages at `path`, asked for anew when `changed` is another. */
export function useStages(path: string | null, changed: string): readonly StageMark[] {
  const [stages, setStages] = useState<readonly StageMark[]>([]);
  const { past } = useHub();
  useEffect(() => {
    if (!path || past) {
      setStages([]);
      return undefined;
    }
    let current = true;
    request<{ stages: StageMark[] }>("GET", path).then(
      (answer) => current && setStages(answer.stages),
      // What is shown stays: the stamps do not change, and the seconds run here.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [path, changed, past]);
  return stages;
}

/** What a stage shows at a moment. Pure. */
export function stageWords(mark: StageMark, now_s: number): { value: string; late: boolean } {
  if (!mark.since) return { value: "–", late: false };
  const end_s = mark.at ? Date.parse(mark.at) / 1000 : now_s;
  const took = clockSpan(end_s - Date.parse(mark.since) / 1000);
  const late = mark.late_at !== null && end_s > Date.parse(mark.late_at) / 1000;
  return { value: mark.target_s === null ? took : `${took} / ${clockSpan(mark.target_s)}`, late };
}

/** `brief`: only what runs still or was late, for a screen on which everything else comes first. */
export function StageClock(props: { stages: readonly StageMark[]; brief?: boolean }) {
  const now_s = useNowS();
  const stages = props.brief
    ? props.stages.filter((mark) => mark.since && (!mark.at || stageWords(mark, now_s).late))
    : props.stages;
  if (stages.length === 0) return null;
  return (
    <dl className="stages" aria-label="Stage clock">
      {stages.map((mark) => {
        const { value, late } = stageWords(mark, now_s);
        return (
          <div key={mark.stage} data-stage={mark.stage} data-reached={mark.at !== null}>
            <dt>{WORDS[mark.stage]}</dt>
            <dd className="mono">
              {value} {late && <b className="late">LATE</b>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
