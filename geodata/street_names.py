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
    "route": "rte",
    "rt": "rte",
    "interstate": "i",
    "pike": "pk",
    "trail": "trl",
    "heights": "hts",
    "extension": "ext",
    "crossing": "xing",
    "center": "ctr",
    "centre": "ctr",
    "fort": "ft",
    "mountain": "mtn",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
}
_NO_WORD: Final = re.compile(r"[^\w]+")
_NUMBERED: Final = re.compile(r"^([a-z]{1,3})(\d{1,4})$")
_ROAD_NUMBER: Final = re.compile(r"^[a-z]{1,3} (\d{1,4}[a-z]?)$")
NUMBER_FIRST: Final = re.compile(r"^\s*(\d{1,6}\s?[a-zA-Z]?)\s+(?=\S*[^\W\d])(.+)$")
NUMBER_LAST: Final = re.compile(r"^(.*?[^\W\d].*?)\s+(\d{1,6}\s?[a-zA-Z]?)\s*$")
FINISHED_FROM: Final = 2
SORTED_AT_ONCE: Final = 2_000
FUZZY_FROM: Final = 3
FUZZY_CUTOFF: Final = 74.0
PART_CUTOFF: Final = 86.0


def plain(text: str) -> str:
    """Lower case, without accents or punctuation, common words shortened: one key a spelling.

    A road's letters and number are parted: ``I-76``, ``I 76`` and ``i76`` are ``i 76``.
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("’", ""))
        text = "".join(c for c in text if not unicodedata.combining(c))
    words = _NO_WORD.sub(" ", text.replace("'", "")).split()
    return " ".join(_SHORT[w] if w in _SHORT else _other(w) for w in words)


def _other(word: str) -> str:
    if len(word) > 7 and word.endswith("strasse"):
        return word[:-4]
    if word[-1].isdecimal() and (numbered := _NUMBERED.match(word)):
        return f"{numbered[1]} {numbered[2]}"
    return word


def finished(typed: str) -> str:
    """A key of which the last word is taken as the beginning of a common one; empty if of none.

    ``mill roa`` is on its way to ``mill road``, whose key is ``mill rd``, and begins no key itself.
    """
    before, _, last = typed.rpartition(" ")
    if not before or len(last) < FINISHED_FROM:
        return ""
    word = next((short for long, short in _SHORT.items() if long.startswith(last)), "")
    return f"{before} {word}" if word else ""


def road_number(key: str) -> str:
    """The number of a road that goes by one: ``611`` of ``pa 611``, empty where it has none."""
    found = _ROAD_NUMBER.match(key)
    return found[1] if found else ""


def without_number(text: str) -> str:
    """What was typed without the house number before or behind the street."""
    numbered = NUMBER_FIRST.match(text)
    if numbered:
        return numbered[2]
    last = NUMBER_LAST.match(text)
    return last[1] if last else text


def in_order(texts: Sequence[str]) -> list[int]:
    """Where each text stands in the order of letters, as indices into ``texts``; equal ones stay.

    Sorted in small parts: a single sort of a region's names would hold everything else up.
    """
    return _ordered(texts, range(len(texts)), 0)


def _ordered(texts: Sequence[str], part: Sequence[int], known: int) -> list[int]:
    """The part in order, of which the first ``known`` letters are the same."""
    if len(part) <= SORTED_AT_ONCE:
        return sorted(part, key=texts.__getitem__)
    by_next: dict[str, list[int]] = {}
    for k in part:
        by_next.setdefault(texts[k][known : known + 2], []).append(k)
    if len(by_next) == 1 and len(next(iter(by_next))) < 2:  # all of them end here
        return list(part)
    return [k for start in sorted(by_next) for k in _ordered(texts, by_next[start], known + 2)]


def begun_score(typed: str, key: str) -> float:
    """Score of a key that begins with what was typed: 100 when it is the whole of it."""
    return 100.0 if key == typed else 97.0 - min(len(key) - len(typed), 20) * 0.3


def inner_score(typed: str, key: str) -> float:
    """Score of a key of which a later word begins with what was typed."""
    return 88.0 - min(len(key) - len(typed), 20) * 0.3


def fuzzy_scores(typed: str, keys: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """Keys that a mistyped text may mean: alike as a whole, then alike in part.

    Args:
        typed: As ``plain`` gives it; below ``FUZZY_FROM`` letters nothing is alike.
        keys: As ``plain`` gives them; each is compared, so give few.
        limit: At most this many.

    Returns:
        (index into ``keys``, score below 85), in no order.
    """
    if len(typed) < FUZZY_FROM:
        return []
    found: dict[int, float] = {}
    for _, score, k in process.extract(
        typed, keys, scorer=fuzz.ratio, limit=limit, score_cutoff=FUZZY_CUTOFF
    ):
        found[k] = score * 0.85
    if len(found) < limit:
        for _, score, k in process.extract(
            typed, keys, scorer=fuzz.partial_ratio, limit=limit, score_cutoff=PART_CUTOFF
        ):
            if len(keys[k]) >= len(typed):
                found.setdefault(k, score * 0.7)
    return list(found.items())


def best_fits(typed: str, keys: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The keys that a half-typed text fits best: for short lists, since it looks at each.

    ``name_index.NameIndex`` does the same for a region's names.

    Args:
        typed: As ``plain`` gives it.
        keys: As ``plain`` gives them.
        limit: At most this many.

    Returns:
        (index into ``keys``, score 0 to 100), best first; whole before beginning before mistyped.
    """
    if not typed:
        return []
    inner = " " + typed
    found: dict[int, float] = {}
    for k, key in enumerate(keys):
        if key.startswith(typed):
            found[k] = begun_score(typed, key)
        elif inner in key:
            found[k] = inner_score(typed, key)
    if 100.0 not in found.values() and len(found) < limit:
        for k, score in fuzzy_scores(typed, keys, limit):
            found.setdefault(k, score)
    ranked = sorted(found.items(), key=lambda f: (-f[1], keys[f[0]]))
    return ranked[:limit]
