/** What is loud now, in the top bar: the most urgent first, how many, and what to press. */

import { alarmWords } from "../board/alarms";
import type { Alarms } from "./alarms";

const NAMED = 3;

export function AlarmStrip(props: { alarms: Alarms; onShow?: () => void; onSilence: () => void }) {
  const { list, newest } = props.alarms;
  return (
    <div className="alarm-strip" role="alert">
      <b>
        {list.length} {list.length === 1 ? "ALARM" : "ALARMS"}
      </b>
      <span>{alarmWords(list, NAMED, newest)}</span>
      {props.onShow && (
        <button type="button" className="button small" onClick={props.onShow}>
          Show <kbd>F7</kbd>
        </button>
      )}
      <button type="button" className="button small" onClick={props.onSilence}>
        Silence <kbd>F8</kbd>
      </button>
    </div>
  );
}
