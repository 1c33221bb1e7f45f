"""Street names brought to one spelling, and how well a typed text fits one. Text, no places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process

_SHORT: Final = {
    "road": "rd",
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "boulevard": "blvd",
    "terrace": "ter",
    "highway": "hwy",
    "expressway": "expy",
    "parkway": "pkwy",
    "circle": "cir",
    "square": "sq",
    "turnpike": "tpke",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "saint": "st",
    "strasse": "str",
    "mount": "mt",
}
_NO_WORD: Final = re.compile(r"[^\w]+")
FUZZY_FROM: Final = 3
FUZZY_CUTOFF: Final = 74.0


def plain(text: str) -> str:
    """Lower case, without accents or punctuation, common words shortened: one key a spelling."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("’", ""))
        text = "".join(c for c in text if not unicodedata.combining(c))
    words = _NO_WORD.sub(" ", text.replace("'", "")).split()
    return " ".join(
        _SHORT[w] if w in _SHORT else w[:-4] if len(w) > 7 and w.endswith("strasse") else w
        for w in words
    )


def best_fits(typed: str, keys: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The keys that a half-typed text fits best.

    Args:
        typed: As ``plain`` gives it.
        keys: As ``plain`` gives them.
        limit: At most this many; where the last scores as another does, both may stay.

    Returns:
        (index into ``keys``, score 0 to 100), best first; whole before beginning before mistyped.
    """
    if not typed:
        return []
    inner = " " + typed
    found: dict[int, float] = {}
    for k, key in enumerate(keys):
        if key.startswith(typed):
            found[k] = 100.0 if key == typed else 97.0 - min(len(key) - len(typed), 20) * 0.3
        elif inner in key:
            found[k] = 88.0 - min(len(key) - len(typed), 20) * 0.3
    if 100.0 not in found.values() and len(found) < limit and len(typed) >= FUZZY_FROM:
        for _, score, k in process.extract(
            typed, keys, scorer=fuzz.ratio, limit=limit, score_cutoff=FUZZY_CUTOFF
        ):
            found.setdefault(k, score * 0.85)
        if len(found) < limit:
            for _, score, k in process.extract(
                typed, keys, scorer=fuzz.partial_ratio, limit=limit, score_cutoff=86.0
            ):
                if len(keys[k]) >= len(typed):
                    found.setdefault(k, score * 0.7)
    ranked = sorted(found.items(), key=lambda f: (-f[1], keys[f[0]]))
    return ranked[:limit]
