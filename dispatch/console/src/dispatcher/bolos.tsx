/** The BOLOs of a dispatcher: read, searched, issued and ended by commands. */

import { BoloList } from "../shell/bolos";
import { useBoard } from "../shell/hub";

export function BolosPanel(props: { fill: (line: string) => void; onClose: () => void }) {
  const count = Object.keys(useBoard().bolos).length;
  return (
    <section className="map-panel" aria-label="BOLO">
      <header>
        <h3>BOLO {count}</h3>
        <button type="button" className="button small" onClick={() => props.fill("BOLO +8h ")}>
          New
        </button>
        <button type="button" className="button small push" onClick={props.onClose}>
          Close
        </button>
      </header>
      <div className="scroll">
        <BoloList onEnd={(bolo) => props.fill(`BOLO- ${bolo.ref} `)} />
      </div>
    </section>
  );
}
