/** What the crew is kept for later: no assignment, and no order to go. */

import { reservations, whenWords } from "../board/schedule";
import { addressOf, shortNumber } from "../board/words";
import { useBoard, useNowS, useZone } from "../shell/hub";

export function Reserved(props: { unitId: string }) {
  const board = useBoard();
  const zone = useZone();
  const now_ms = Math.floor(useNowS() / 60) * 60_000;
  const kept = reservations(board).get(props.unitId) ?? [];
  return kept.map((incident) => (
    <p key={incident.id} className="reserved" data-testid="reserved">
      <b>RESERVED {whenWords(incident.schedule?.wanted_at ?? "", now_ms, zone)}</b> #{shortNumber(incident.number)}{" "}
      {incident.type_label}, {addressOf(incident)}
    </p>
  ));
}
