/** BOLOs on a board. Pure. */

import type { Bolo } from "../api/model";

/** Those that hold every word, the newest first. */
export function bolosWith(bolos: readonly Bolo[], words: string): Bolo[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return bolos
    .filter((bolo) => {
      const said = `${bolo.ref} ${bolo.kind} ${bolo.municipality} ${bolo.text}`.toLowerCase();
      return wanted.every((word) => said.includes(word));
    })
    .sort((a, b) => b.issued_at.localeCompare(a.issued_at) || a.id.localeCompare(b.id));
}
