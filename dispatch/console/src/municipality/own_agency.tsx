/** One of the municipality's own agencies, chosen by name. */

import type { Agency } from "../api/model";

export function OwnAgency(props: {
  label: string;
  own: ReadonlyMap<string, Agency>;
  value: string;
  onChange: (agency_id: string) => void;
}) {
  return (
    <label>
      {props.label}
      <select className="input" value={props.value} onChange={(e) => props.onChange(e.target.value)}>
        {[...props.own.values()].map((agency) => (
          <option key={agency.id} value={agency.id}>
            {agency.name}
          </option>
        ))}
      </select>
    </label>
  );
}
