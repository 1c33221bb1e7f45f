"""The index of names gives what a look at every name gives, and finds mistyped names."""

from __future__ import annotations

import random

import pytest

from geodata.name_index import NameIndex
from geodata.street_names import best_fits, in_order, plain

NAMES = [
    f"{first}{second} {ending}"
    for first in ("Oak", "Mill", "Church", "Saint Mary's ", "Old York ", "Élan ")
    for second in ("", "ley", " Hill", "ford", " Run")
    for ending in ("Street", "Road", "Avenue", "Court")
]
KEYS = sorted({plain(name) for name in NAMES})


@pytest.mark.parametrize("typed", ["o", "oak", "oak st", "st", "hill", "old york rd", "mill f"])
def test_beginnings_of_names_and_words_are_those_that_a_look_at_each_finds(typed: str) -> None:
    index = NameIndex(KEYS)
    found = [(KEYS[k], round(score, 6)) for k, score in index.best(typed, 12)]
    wanted = [(KEYS[k], round(score, 6)) for k, score in best_fits(typed, KEYS, 12)]
    begun = [pair for pair in wanted if pair[1] >= 80]
    assert found[: len(begun)] == begun


def test_a_slip_is_found_wherever_it_is() -> None:
    index = NameIndex(KEYS)
    chance = random.Random(7)
    lost = []
    for key in KEYS:
        at = chance.randrange(1, len(key) - 2)
        slips = (
            key[:at] + key[at + 1] + key[at] + key[at + 2 :],
            key[:at] + key[at + 1 :],
            key[:at] + "x" + key[at + 1 :],
        )
        lost += [slip for slip in slips if key not in [KEYS[k] for k, _ in index.best(slip, 12)]]
    assert lost == []


def test_things_of_one_name_come_together_and_count_as_one() -> None:
    index = NameIndex(["mill rd", "oak st", "mill rd", "mill run"])
    assert index.best("mill rd", 1) == [(0, 100.0), (2, 100.0)]
    assert [thing for thing, _ in index.best("mill", 2)] == [0, 2, 3]


def test_many_names_are_put_in_order_in_small_parts_as_one_sort_would() -> None:
    chance = random.Random(3)
    texts = ["".join(chance.choices("ab ", k=chance.randrange(9))) for _ in range(9000)]
    texts += ["old mill rd"] * 5000
    assert in_order(texts) == sorted(range(len(texts)), key=texts.__getitem__)


def test_nothing_typed_and_nothing_known_give_nothing() -> None:
    assert NameIndex([]).best("mill", 9) == []
    assert NameIndex(["mill rd"]).best("", 9) == []
    assert NameIndex(["mill rd"]).best("日本", 9) == []
