"""What is kept of where units were: seldom enough, often enough, never from after the instant."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.kept_fixes import KEEP_BEYOND_M, KEEP_EVERY, fix_at, is_kept, thinned
from dispatch.domain.unit import Fix
from dispatch.services.fix_keeper import FixBook
from geodata.lonlat import LonLat, distance_m
from tests.factories import NOON


def fix(after_s: float, north_m: float = 0.0, unit_id: str = "E12") -> Fix:
    at = LonLat(-75.3, 42.0 + north_m / 111_195)
    return Fix(unit_id=unit_id, at=at, received_at=NOON + timedelta(seconds=after_s))


steps = st.lists(st.tuples(st.floats(0.1, 40), st.floats(-200, 200)), min_size=1, max_size=60)


def driven(moves: list[tuple[float, float]]) -> list[Fix]:
    """Fixes by what each is later and farther north than the one before."""
    fixes, after_s, north_m = [], 0.0, 0.0
    for later_s, further_m in moves:
        after_s, north_m = after_s + later_s, north_m + further_m
        fixes.append(fix(after_s, north_m))
    return fixes


@given(steps)
def test_two_kept_fixes_are_ten_seconds_or_fifty_metres_apart(
    moves: list[tuple[float, float]],
) -> None:
    for one, next_one in pairwise(thinned(driven(moves))):
        late = next_one.received_at - one.received_at >= KEEP_EVERY
        assert late or distance_m(one.at, next_one.at) >= KEEP_BEYOND_M


@given(steps, st.floats(-5, 2_500))
def test_the_kept_fix_of_an_instant_is_near_the_one_that_stood_then_and_never_after_it(
    moves: list[tuple[float, float]], after_s: float
) -> None:
    at = NOON + timedelta(seconds=after_s)
    fixes = driven(moves)
    stood = fix_at(fixes, at)
    kept = fix_at(thinned(fixes), at)
    assert (kept is None) == (stood is None)
    if kept is not None and stood is not None:
        assert kept.received_at <= stood.received_at <= at
        assert stood.received_at - kept.received_at < KEEP_EVERY
        assert distance_m(kept.at, stood.at) < KEEP_BEYOND_M


def test_an_older_fix_is_never_kept_after_a_newer_one() -> None:
    assert is_kept(None, fix(0))
    assert not is_kept(fix(30), fix(5, 900))
    assert not is_kept(fix(30), fix(30, 900))


@given(steps)
def test_what_the_database_does_not_take_waits_and_nothing_is_written_twice_in_vain(
    moves: list[tuple[float, float]],
) -> None:
    book, written = FixBook(), dict[tuple[str, int], list[Fix]]()
    for number, each in enumerate(driven(moves)):
        book.take([each], each.received_at)
        unsaved = book.take_unsaved()
        if number % 3 == 0:
            book.put_back(unsaved)
        else:
            written |= unsaved
    written |= book.take_unsaved()
    kept = [f for (unit_id, _), fixes in sorted(written.items()) if unit_id for f in fixes]
    assert kept == thinned(driven(moves))
    book.take([kept[-1]], driven(moves)[-1].received_at)
    assert book.take_unsaved() == {}
