/** What is loud now, in the top bar: the most urgent first, how many, and what to press. Its words carry
 * times that go on: a screen reader hears the strip when it appears, and then only what becomes loud. */

import { alarmWords } from "../board/alarms";
import type { Alarms } from "./alarms";

const NAMED = 3;

export function AlarmStrip(props: { alarms: Alarms; onShow?: () => void; onSilence: () => void }) {
  const { list, newest, raised } = props.alarms;
  return (
    <div className="alarm-strip" role="alert" aria-atomic="false">
      <span className="visually-hidden">{raised}</span>
      <b aria-live="off">
        {list.length} {list.length === 1 ? "ALARM" : "ALARMS"}
      </b>
      <span className="words" aria-live="off">
        {alarmWords(list, NAMED, newest)}
      </span>
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
