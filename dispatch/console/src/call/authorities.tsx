/** Whose it is: the authority of each discipline at the spot, with BORDER where two are near. */

import { useEffect, useState } from "react";
import { request, whyNot } from "../api/client";
import type { Resolution } from "../api/model";
import { callSops } from "../board/sops";
import { useHub } from "../shell/hub";
import { placeShape, type DraftPlace } from "./draft";

const WAIT_MS = 120;

export function Authorities(props: { place: DraftPlace | null; incidentType?: string }) {
  const { place, incidentType } = props;
  const { region } = useHub();
  const [found, setFound] = useState<Resolution | null>(null);
  const [fault, setFault] = useState("");
  const key = place ? JSON.stringify(placeShape(place)) : "";
  useEffect(() => {
    setFound(null);
    setFault("");
    if (!place) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      request<Resolution>("POST", "/resolution", { shape: placeShape(place) }).then(
        (resolution) => current && setFound(resolution),
        (failure: unknown) => current && setFault(whyNot(failure)),
      );
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);

  const agencies = found?.disciplines.map((d) => d.authority?.agency_id ?? null) ?? [null];
  const sops = incidentType ? callSops(region?.sops ?? [], agencies, incidentType) : [];
  return (
    <section className="authorities" aria-label="Authorities">
      {sops.map((line) => (
        <p key={line} className="sop" data-testid="sop">
          <b>SOP</b> {line}
        </p>
      ))}
      <h3 className="label">
        Authorities {found?.municipality && <b>{found.municipality}</b>}
        {found?.border && <span className="tag warn">BORDER</span>}
        {found?.outside && <span className="tag warn">OUTSIDE every boundary</span>}
      </h3>
      {!place && <p className="dim small">Shown as soon as the location stands.</p>}
      {fault && <p className="alarm small">{fault} The call can be saved all the same.</p>}
      {found && (
        <ul>
          {found.disciplines.map((d) => {
            const near = d.candidates.filter((c) => c.agency_id !== d.authority?.agency_id);
            return (
              <li key={d.discipline}>
                <b>{d.discipline.toUpperCase()}</b>
                <span>
                  {d.authority?.name ?? "none here"}
                  {d.authority && d.authority.area_share < 1 && (
                    <span className="dim"> {Math.round(d.authority.area_share * 100)} %</span>
                  )}
                  {(d.border || !d.authority) &&
                    near.map((c) => (
                      <span key={c.agency_id} className="dim">
                        {" "}
                        · {c.name} {Math.round(c.away_m)} m
                      </span>
                    ))}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
