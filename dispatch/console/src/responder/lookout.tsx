/** What the crew is to look out for: shut until it is opened, so that it never covers an assignment. */

import { BoloList } from "../shell/bolos";
import { useBoard } from "../shell/hub";

export function Lookout() {
  const count = Object.keys(useBoard().bolos).length;
  return (
    <details className="lookout" data-testid="lookout">
      <summary className="big-button">BOLO {count}</summary>
      <BoloList />
    </details>
  );
}
