/** The two keys of telecommunicator CPR: recognised, compressions begun. The hub stamps each once. */

import type { Call } from "../api/model";
import { useHub } from "../shell/hub";
import { StageClock, useStages } from "../shell/stage_clock";

/** What the next press says; null: both are stamped. */
export function nextCpr(call: Call): "cpr_recognised" | "compressions" | null {
  if (!call.cpr_recognised_at) return "cpr_recognised";
  return call.compressions_at ? null : "compressions";
}

export function useCpr(): (call: Call | null) => void {
  const { outbox } = useHub();
  return (call) => {
    const stage = call && nextCpr(call);
    if (stage) void outbox.send("CPR", "POST", `/calls/${call.id}/stages`, { stage });
  };
}

export function CprKey(props: { call: Call; chord?: string }) {
  const press = useCpr();
  const next = nextCpr(props.call);
  if (!next) return null;
  return (
    <button type="button" className="button small" onClick={() => press(props.call)}>
      {next === "cpr_recognised" ? "CPR recognised" : "Compressions begun"}{" "}
      {props.chord && <kbd>{props.chord}</kbd>}
    </button>
  );
}

/** Of a call whose form is saved: coaching goes on. */
export function CprAfter(props: { call: Call }) {
  const { call } = props;
  const stages = useStages(
    call.cpr_recognised_at ? `/calls/${call.id}/stages` : null,
    `${call.cpr_recognised_at} ${call.compressions_at}`,
  );
  return (
    <span className="cpr">
      <StageClock
        stages={stages.filter((mark) => mark.stage === "cpr_recognised" || mark.stage === "compressions")}
      />
      <CprKey call={call} />
    </span>
  );
}
