"""An index of names that answers each keystroke: 300,000 names in a few milliseconds.

Beginnings of names and of their words are found by binary search. Slips are looked for among the
names that share most pairs of letters with what was typed, so that the dear comparison sees few
hundred names and not all of them. Text, no places.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from geodata.street_names import begun_score, fuzzy_scores, in_order, inner_score

_Ints = npt.NDArray[np.int32]
_SHARING: Final = 2048
"""At least so many names, those with most pairs in common, are measured by their lengths too."""
_PAIRS_LEAST: Final = 4
"""So many of the rarest pairs always count; what most names have does not tell them apart."""
_SHORTLIST: Final = 256
"""Names that are compared letter by letter, by each of two measures."""
_LAST: Final = "\U0010ffff"


class NameIndex:
    """Names with what bears them; built once, then only read."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Index thing i by ``keys[i]``, as ``plain`` gives it; several things may share a key."""
        order = in_order(keys)
        unique: list[str] = []
        first: list[int] = []
        for place, thing in enumerate(order):
            if not unique or keys[thing] != unique[-1]:
                unique.append(keys[thing])
                first.append(place)
        self._things = np.array(order, np.int32)
        self._first = np.array([*first, len(order)], np.int32)
        self._count = len(unique)
        self._text = "\n".join(unique)
        lengths = np.array([len(key) for key in unique], np.int64)
        self._length = lengths.astype(np.int32)
        self._start = np.concatenate([[0], np.cumsum(lengths + 1)]).astype(np.int32)
        self._word_at, self._word_key = self._words()
        self._alphabet = np.unique(_letters(self._text.replace("\n", " ") + " "))
        self._pair_first, self._pair_keys = self._pairs()
        self._pair_count = np.bincount(self._pair_keys, minlength=self._count).astype(np.float32)

    def best(self, typed: str, limit: int) -> list[tuple[int, float]]:
        """The things whose names fit a half-typed text best.

        Args:
            typed: As ``plain`` gives it.
            limit: At most this many names; each gives all things that bear it.

        Returns:
            (thing, score 0 to 100), best first, with the scores of ``street_names.best_fits``.
        """
        if not typed or not self._count:
            return []
        found = self._begun(typed, limit)
        for key, score in self._inner(typed, limit):
            found.setdefault(key, score)
        if 100.0 not in found.values() and len(found) < limit:
            near = self._near(typed)
            for at, score in fuzzy_scores(typed, [self._key(key) for key in near], limit):
                found.setdefault(near[at], score)
        ranked = sorted(found.items(), key=lambda f: (-f[1], f[0]))[:limit]
        return [(thing, score) for key, score in ranked for thing in self._bearing(key)]

    def fits(self, typed: str) -> bool:
        """Whether any name fits the text at all."""
        return bool(self.best(typed, 1))

    def _key(self, key: int) -> str:
        return self._text[int(self._start[key]) : int(self._start[key + 1]) - 1]

    def _bearing(self, key: int) -> list[int]:
        found: list[int] = self._things[self._first[key] : self._first[key + 1]].tolist()
        return found

    def _words(self) -> tuple[_Ints, _Ints]:
        """Where the second and later words of names begin in the text, in order of what follows."""
        letters = _letters(self._text)
        at = np.flatnonzero(letters == ord(" ")) + 1
        key = np.searchsorted(self._start, at, side="right") - 1
        ends = self._start[key + 1] - 1
        text = self._text
        tails = [text[a:b] for a, b in zip(at.tolist(), ends.tolist(), strict=True)]
        order = in_order(tails)
        return at[order].astype(np.int32), key[order].astype(np.int32)

    def _tail(self, word: int) -> str:
        end = int(self._start[self._word_key[word] + 1]) - 1
        return self._text[int(self._word_at[word]) : end]

    def _begun(self, typed: str, limit: int) -> dict[int, float]:
        low = bisect_left(range(self._count), typed, key=self._key)
        high = bisect_left(range(self._count), typed + _LAST, key=self._key)
        keys = self._shortest(np.arange(low, high, dtype=np.int64), limit)
        return {key: begun_score(typed, self._key(key)) for key in keys}

    def _inner(self, typed: str, limit: int) -> list[tuple[int, float]]:
        words = range(len(self._word_at))
        low = bisect_left(words, typed, key=self._tail)
        high = bisect_left(words, typed + _LAST, key=self._tail)
        keys = self._shortest(self._word_key[low:high].astype(np.int64), 4 * limit)
        return [(key, inner_score(typed, self._key(key))) for key in keys][:limit]

    def _shortest(self, keys: npt.NDArray[np.int64], limit: int) -> list[int]:
        """The shortest of the keys, each once, equally long ones in the order of letters."""
        rank = self._length[keys].astype(np.int64) * self._count + keys
        if len(rank) > limit:
            rank = np.partition(rank, limit - 1)[:limit]
        ordered: list[int] = (np.unique(rank) % self._count).tolist()
        return ordered

    def _pairs(self) -> tuple[npt.NDArray[np.int64], _Ints]:
        """Where each pair of letters begins in the list of keys that have it, and that list."""
        letters = self._numbered("\n" + self._text)
        code = letters[:-1] * len(self._alphabet) + letters[1:]
        order = np.argsort(code, kind="stable").astype(np.int32)
        ends = np.searchsorted(code[order], np.arange(len(self._alphabet) ** 2 + 1))
        keys = np.repeat(np.arange(self._count, dtype=np.int32), np.diff(self._start))[order]
        fresh = np.ones(len(keys), bool)
        fresh[1:] = (keys[1:] != keys[:-1]) | (code[order[1:]] != code[order[:-1]])
        first = np.concatenate([[0], np.cumsum(fresh)])[ends].astype(np.int64)
        return first, keys[fresh]

    def _numbered(self, text: str) -> _Ints:
        """Each letter's number in the alphabet, words and names parted by the same blank."""
        letters = _letters(text.replace("\n", " "))
        return np.minimum(np.searchsorted(self._alphabet, letters), len(self._alphabet) - 1).astype(
            np.int32
        )

    def _near(self, typed: str) -> list[int]:
        """Keys that share most pairs of letters with the text, whole or in part of them."""
        letters = self._numbered(" " + typed)
        wanted = np.unique(letters[:-1] * len(self._alphabet) + letters[1:]).tolist()
        lists = sorted((int(self._pair_first[k + 1] - self._pair_first[k]), k) for k in wanted)
        parts: list[_Ints] = []
        taken = 0
        for length, k in lists:
            if len(parts) >= _PAIRS_LEAST and taken + length > self._count:
                break
            taken += length
            parts.append(self._pair_keys[self._pair_first[k] : self._pair_first[k + 1]])
        if not taken:
            return []
        common = np.bincount(np.concatenate(parts), minlength=self._count)
        sharing = np.cumsum(np.bincount(common)[::-1])[::-1]
        least = max(1, int(np.flatnonzero(sharing >= min(_SHARING, self._count))[-1]))
        near = np.flatnonzero(common >= least)
        alike = common[near] / (self._pair_count[near] + len(wanted))
        holding = common[near] - self._pair_count[near] / 1024
        chosen = np.union1d(_highest(alike), _highest(holding))
        found: list[int] = near[chosen].tolist()
        return found


def _letters(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _highest(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    if len(values) <= _SHORTLIST:
        return np.arange(len(values))
    return np.argpartition(values, len(values) - _SHORTLIST)[-_SHORTLIST:]
