/** The incident type by its label or code; the priority follows from it. */

import { useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";
import type { IncidentType } from "../api/model";

const SHOWN = 8;

/** Types that fit the words, the closest first. Pure. */
export function typesLike(types: readonly IncidentType[], text: string): IncidentType[] {
  const words = text.toLowerCase().split(/[\s_]+/).filter(Boolean);
  if (words.length === 0) return [];
  const rank = (type: IncidentType): number => {
    const label = type.label.toLowerCase();
    const code = type.incident_type.toLowerCase();
    const whole = text.toLowerCase().trim();
    if (code === whole || label === whole) return 0;
    if (label.startsWith(whole) || code.startsWith(whole)) return 1;
    const parts = `${label} ${code.replaceAll("_", " ")}`.split(/[\s,/()]+/);
    return words.every((word) => parts.some((part) => part.startsWith(word))) ? 2 : 9;
  };
  return types
    .map((type) => ({ type, rank: rank(type) }))
    .filter((found) => found.rank < 9)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        a.type.priority - b.type.priority ||
        a.type.label.localeCompare(b.type.label),
    )
    .map((found) => found.type);
}

export interface TypeHandle {
  focus: () => void;
}

export function TypeField(props: {
  types: readonly IncidentType[];
  text: string;
  chosen: IncidentType | null;
  onText: (text: string) => void;
  onChoose: (type: IncidentType) => void;
  /** Enter while a type stands. */
  onNext: () => void;
  ref?: Ref<TypeHandle>;
}) {
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(props.ref, () => ({ focus: () => input.current?.focus() }));
  const found = props.chosen ? [] : typesLike(props.types, props.text).slice(0, SHOWN);

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.ctrlKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const to = active + (event.key === "ArrowDown" ? 1 : -1);
      setActive(Math.max(0, Math.min(found.length - 1, to)));
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey && found.length > 0)) {
      const type = found[active];
      if (type) {
        if (event.key === "Enter") event.preventDefault();
        props.onChoose(type);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (props.chosen) props.onNext();
      }
    }
  };

  return (
    <div className="field type-field">
      <label htmlFor="type">3 Type: what is happening?</label>
      <input
        id="type"
        ref={input}
        className="input"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="types"
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `type-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={props.text}
        onChange={(e) => {
          setActive(0);
          props.onText(e.target.value);
        }}
        onKeyDown={press}
      />
      <ul id="types" role="listbox" aria-label="Types" hidden={found.length === 0}>
        {found.map((type, i) => (
          <li
            key={type.incident_type}
            id={`type-${i}`}
            role="option"
            aria-selected={i === active}
            onClick={() => props.onChoose(type)}
          >
            <b className="mono">{type.priority}</b>
            <span>{type.label}</span>
            <span className="dim mono small push">{type.incident_type}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
