"""A repeat is told from a new command by its id as long as ids are kept, and refused afterwards."""

from __future__ import annotations

from dispatch.domain.repeating import KEPT, REPEATED_WITHIN, comes_too_late, forgotten_before
from tests.factories import NOON

DAY_S = 86_400.0


def test_no_repeat_that_is_still_taken_can_have_been_forgotten() -> None:
    assert REPEATED_WITHIN < KEPT, "clocks of devices are set back by days, too"
    assert forgotten_before(NOON) == NOON - KEPT
    assert not comes_too_late(0.0)
    assert not comes_too_late(-DAY_S), "a clock that was set back since"
    assert not comes_too_late(REPEATED_WITHIN.total_seconds())
    assert comes_too_late(REPEATED_WITHIN.total_seconds() + 1)
