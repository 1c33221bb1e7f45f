/** The keys of the call form, for its help. */

const KEYS: readonly (readonly [string, string])[] = [
  ["Enter", "In the location: to the candidates, or takes coordinates. In the type: picks it, then commits"],
  ["1 to 9", "Picks a candidate; with Alt at any time"],
  ["0", "Takes the words as typed; no spot is known: Enter pins them to the middle of the map"],
  ["PgDn", "The next nine candidates"],
  ["Ctrl+Enter", "Commits, from anywhere"],
  ["Alt+A", "Answers the call that has rung longest"],
  ["Alt+R", "Asks the network anew where the caller's device is"],
  ["Alt+C", "Takes the caller's own location as the place"],
  ["Alt+E", "Corrects where or what your last call's incident is, also after units were sent"],
  ["Alt+Y", "The caller has repeated the location; pressed again: not yet"],
  ["Alt+J", "Joins the incident that is most likely the same"],
  ["Alt+P", "Card protocol: for the call in the form, else for the one saved last"],
  ["Alt+K", "CPR: recognised, then compressions begun"],
  ["Alt+L, T, N", "To location, type, note"],
  ["F6", "Map; a click on it sets the spot"],
  ["F9", "Night or day"],
];

export function FormKeys() {
  return (
    <>
      <h2>Keys of the call form</h2>
      <table>
        <tbody>
          {KEYS.map(([key, does]) => (
            <tr key={key}>
              <td className="mono">{key}</td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
