/** Every verb of the command line, for the help of each screen that has one. */

import { VERBS } from "../command/meaning";

export function VerbTable() {
  return (
    <>
      <h2>Keys and command line</h2>
      <p className="dim">
        . is the selected incident, or the unique end of its number. Tab completes, Up goes back, Esc
        clears. F2 line, F3 queue, F4 units, F5 fill recommended, F6 map, F7 next alarm, F8 silence
        alarm, F9 night or day, F10 confirm what a crew says is blocked, Ctrl+Up and Ctrl+Down previous and next incident.
      </p>
      <table>
        <tbody>
          {VERBS.map((verb) => (
            <tr key={verb.verb}>
              <td className="mono">{verb.form}</td>
              <td>{verb.does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
