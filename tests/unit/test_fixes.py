"""Which of two fixes says where a unit is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.unit import FIX_HOLDS_S, Fix, FixSource, supersedes
from geodata.lonlat import LonLat
from tests.factories import NOON


def fix_at(seconds: float, source: FixSource = "vehicle", **more: Any) -> Fix:
    at = NOON + timedelta(seconds=seconds)
    return Fix(unit_id="E12", at=LonLat(9.5, 47.1), received_at=at, source=source, **more)


def test_the_first_stands_and_then_the_newest_by_the_hubs_receive_time() -> None:
    assert supersedes(fix_at(0), None)
    assert supersedes(fix_at(1), fix_at(0))
    assert not supersedes(fix_at(0), fix_at(1))
    assert not supersedes(fix_at(1), fix_at(1))


@pytest.mark.parametrize(
    ("known", "new", "stands"),
    [
        ("vehicle", "tablet", False),
        ("tablet", "portable", False),
        ("portable", "tablet", True),
        ("tablet", "vehicle", True),
    ],
)
def test_a_lesser_source_waits_while_a_better_one_is_fresh(
    known: FixSource, new: FixSource, stands: bool
) -> None:
    assert supersedes(fix_at(FIX_HOLDS_S, new), fix_at(0, known)) is stands
    assert supersedes(fix_at(FIX_HOLDS_S + 1, new), fix_at(0, known))


def test_what_a_device_kept_meanwhile_does_not_take_its_unit_back() -> None:
    known = fix_at(0, device_at=NOON)
    kept = fix_at(1, device_at=NOON - timedelta(minutes=2))
    assert not supersedes(kept, known)
    # A clock that was set back holds its unit for seconds, not for ever.
    assert supersedes(fix_at(FIX_HOLDS_S + 1, device_at=NOON - timedelta(hours=1)), known)
    # Clocks of two devices are not compared.
    other = fix_at(1, "vehicle", device_at=NOON - timedelta(minutes=2))
    assert supersedes(other, fix_at(0, "tablet", device_at=NOON))
