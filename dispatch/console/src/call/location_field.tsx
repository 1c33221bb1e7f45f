/** The location: typed words become candidates in every municipality that has them, one digit picks.
 * Never picked by itself; coordinates, a pin and free text are always accepted, flagged unverified. */

import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react";
import type { LonLat, PlaceCandidate, PlaceIndex } from "../api/model";
import { coordinates, MAP_MIDDLE, MIDDLE_WORDS } from "../board/words";
import { pointOf } from "../command/lookup";
import { indexWords } from "../command/where";
import { useHub } from "../shell/hub";
import { findPlaces, MOST, usePlaceIndex } from "../shell/places";
import { pageOf, pagesOf, pinned, placeFrom, type DraftPlace } from "./draft";
import { enterOn, pinAfter, pinListed, type Pin } from "./middle";

/** So short that each key is answered, and keys that roll over one another ask once. */
const WAIT_MS = 30;

export interface LocationHandle {
  focus: () => void;
  /** Pick the candidate with this digit; false when there is none. */
  pick: (digit: number) => boolean;
}

export function LocationField(props: {
  said: string;
  place: DraftPlace | null;
  onSaid: (said: string) => void;
  onPlace: (place: DraftPlace | null) => void;
  onCandidates: (candidates: readonly PlaceCandidate[]) => void;
  /** Enter while a place stands. */
  onNext: () => void;
  mapCentre: () => LonLat | null;
  ref?: Ref<LocationHandle>;
}) {
  const { region } = useHub();
  const { said, place, onCandidates } = props;
  const [found, setFound] = useState<readonly PlaceCandidate[]>([]);
  const [state, setState] = useState<"idle" | "asking" | "unreached">("idle");
  const [active, setActive] = useState(0);
  const [page, setPage] = useState(0);
  const [answered, setAnswered] = useState("");
  const index = usePlaceIndex();
  /** The index as it was when what is listed was looked for. */
  const [looked, setLooked] = useState<PlaceIndex | null>(null);
  const [pin, setPin] = useState<Pin>("idle");
  /** The spot that Enter would pin words to, once it was asked for. */
  const [centre, setCentre] = useState<LonLat | null>(null);
  const middle = pin === "asked" ? centre : null;
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const shown = useMemo(() => pageOf(found, page, MOST), [found, page]);
  const pages = pagesOf(found, MOST);
  /** What is listed is of an earlier text: it is dimmed, and no digit picks of it. */
  const stale = answered !== said.trim();
  /** Coordinates in a notation that the hub reads, and the only way in which they can be read. */
  const read = !stale && found.length === 1 && found[0]?.kind === "coordinates" ? found[0] : null;
  const decimal = pointOf(said, region?.bounds);
  const typed = decimal ?? read?.at ?? null;

  useEffect(() => onCandidates(place ? [] : shown), [shown, place, onCandidates]);
  useEffect(() => {
    if (place || said.trim().length < 2) {
      setFound([]);
      setState("idle");
      return undefined;
    }
    let current = true;
    setState("asking");
    const timer = setTimeout(() => {
      findPlaces(said.trim()).then(
        ({ places, index }) => {
          if (!current) return;
          setFound(places);
          setLooked(index);
          setPage(0);
          setActive(0);
          setAnswered(said.trim());
          setState("idle");
        },
        () => current && setState("unreached"),
      );
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // Asked anew when the index is ready: what was not found before may be.
  }, [said, place, index?.state]);

  const choose = (next: DraftPlace) => {
    props.onPlace(next);
    props.onNext();
  };
  const pick = (digit: number): boolean => {
    const candidate = shown[digit - 1];
    if (!candidate || place || stale) return false;
    choose(placeFrom(candidate));
    return true;
  };
  useEffect(() => setPin("idle"), [said, place]);
  useEffect(() => setPin((now) => pinListed(now, found.length)), [found]);
  /** Coordinates are taken at once. Words are pinned to the middle of the map only when asked twice. */
  const asTyped = () => {
    if (decimal) choose(pinned(decimal, ""));
    else if (read) choose(placeFrom(read));
    else if (middle) choose({ ...pinned(middle, said.trim()), found_as: MAP_MIDDLE });
    else {
      setCentre(props.mapCentre());
      setPin("asked");
      setActive(shown.length);
    }
  };
  useImperativeHandle(props.ref, () => ({ focus: () => input.current?.focus(), pick }));

  const turn = (event: KeyboardEvent): boolean => {
    const to = page + ({ PageDown: 1, PageUp: -1 }[event.key] ?? 0);
    if (to === page || pages < 2) return false;
    event.preventDefault();
    setPage((to + pages) % pages);
    setPin(pinAfter(pin, event.key));
    setActive(0);
    return true;
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.ctrlKey || turn(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const choice = !stale && found.length > 1;
      if (place) props.onNext();
      else if (typed && !choice) asTyped();
      else list.current?.focus();
    } else if (event.key === "ArrowDown" && found.length > 0) {
      event.preventDefault();
      list.current?.focus();
    }
  };
  const pressList = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || turn(event)) return;
    if (/^[1-9]$/.test(event.key)) {
      event.preventDefault();
      if (!pick(Number(event.key))) setPin(pinAfter(pin, event.key));
    } else if (event.key === "0") {
      event.preventDefault();
      if (typed || pinAfter(pin, "0") === "asked") asTyped();
      else setPin(pinAfter(pin, "0"));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setPin(pinAfter(pin, event.key));
      const to = active + (event.key === "ArrowDown" ? 1 : -1);
      if (to < 0) input.current?.focus();
      else setActive(Math.min(shown.length, to));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const taken = enterOn(pin, active < shown.length);
      if (taken === "ends") setPin("idle");
      else if (taken === "place") pick(active + 1);
      else asTyped();
    } else if (event.key === "Escape" || event.key === "Backspace") {
      event.preventDefault();
      setPin("idle");
      input.current?.focus();
    }
  };

  const open = !place && said.trim().length >= 2;
  return (
    <div className="location">
      <div className="field">
        <label htmlFor="location">1 Location: where is the emergency?</label>
        <input
          id="location"
          ref={input}
          className="input big"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder="street, crossing, place, bridge, milepost, or coordinates"
          aria-describedby="location-state"
          value={said}
          onChange={(e) => {
            props.onSaid(e.target.value);
            if (place) props.onPlace(null);
          }}
          onKeyDown={press}
        />
      </div>
      {place && (
        <p className="place-stands" id="location-state" data-testid="place">
          <span className={place.verified ? "tag" : "tag warn"}>
            {place.verified ? "verified" : "unverified"}
          </span>
          <span className={place.repeated ? "tag" : "tag warn"}>{place.repeated ? "repeated" : "stated once"}</span>
          {place.found_as === MAP_MIDDLE && <b className="late">{MIDDLE_WORDS}</b>}
          <b>{place.address || coordinates(place.at)}</b>
          {place.cross_street && <span>/ {place.cross_street}</span>}
          {place.municipality && <span className="dim">{place.municipality}</span>}
          <span className="dim mono small">{coordinates(place.at)}</span>
          <button
            type="button"
            className="button small push"
            aria-pressed={place.repeated}
            onClick={() => props.onPlace({ ...place, repeated: !place.repeated })}
          >
            Caller repeated it <kbd>Alt+Y</kbd>
          </button>
          <button
            type="button"
            className="button small"
            onClick={() => {
              props.onPlace(null);
              input.current?.focus();
            }}
          >
            Change location
          </button>
        </p>
      )}
      {open && (
        <ul
          ref={list}
          className="candidates"
          role="listbox"
          aria-label="Location candidates"
          tabIndex={0}
          aria-activedescendant={`candidate-${active}`}
          onKeyDown={pressList}
        >
          {shown.map((candidate, i) => (
            <li
              key={`${candidate.label}-${candidate.municipality}-${i}`}
              id={`candidate-${i}`}
              role="option"
              aria-selected={i === active}
              aria-hidden={stale}
              className={stale ? "stale" : ""}
              onClick={() => pick(i + 1)}
            >
              <kbd>{i + 1}</kbd>
              <b>{candidate.label}</b>
              {candidate.cross_street && <span>/ {candidate.cross_street}</span>}
              <span className="town">{candidate.municipality ?? "no municipality"}</span>
              <span className="dim small">{candidate.kind.replaceAll("_", " ")}</span>
              {candidate.approximate && <span className="tag warn">approximate</span>}
            </li>
          ))}
          <li
            id={`candidate-${shown.length}`}
            role="option"
            aria-selected={active === shown.length}
            onClick={asTyped}
          >
            <kbd>0</kbd>
            {typed ? (
              <span>
                These coordinates, <b>{coordinates(typed)}</b>
              </span>
            ) : (
              <span>As typed: you are asked for the spot</span>
            )}
            <span className="tag warn">unverified</span>
          </li>
        </ul>
      )}
      {open && middle && (
        <p className="alarm" role="alert" data-testid="middle">
          NO SPOT IS KNOWN for “{said.trim()}”. Enter sends crews to the middle of your map,{" "}
          <span className="mono">{coordinates(middle)}</span>. Better: click the spot on the map.
        </p>
      )}
      {indexWords(index) && (
        <p className="late small" role="status" data-testid="place-index">
          {indexWords(index)}
        </p>
      )}
      <p className="dim small" role="status">
        {place || !open
          ? ""
          : state === "unreached"
            ? "The hub does not answer; take the location as typed, or click the map."
            : state === "asking"
              ? "Looking"
              : found.length === 0 && indexWords(looked)
                ? "The index has not been looked through yet: not found means nothing now."
                : `${found.length} found. Enter, then one digit; Alt+digit at any time.${
                  pages > 1 ? ` Page ${page + 1} of ${pages}: PgDn for more, or type the town.` : ""
                }`}
      </p>
    </div>
  );
}
