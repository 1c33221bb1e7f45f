import type { Pick } from "../api/model";

/** What each pick's way avoids, in words; what a pick above it avoids too is not said again in full. */
export function avoidedBy(picks: readonly Pick[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  return new Map(
    picks.flatMap((pick) => {
      const said = pick.without?.avoids.join(", ") ?? "";
      if (!said) return [];
      const other = first.get(said);
      if (other === undefined) first.set(said, pick.unit_id);
      return [[pick.unit_id, other === undefined ? said : `what ${other} avoids`] as const];
    }),
  );
}
