"""A feed that has not been read well for long is silent, and that is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.events import FeedRead
from dispatch.domain.feed_age import is_silent, silent_feeds
from tests.factories import NOON


def read(ok: bool = True, **over: object) -> FeedRead:
    fields = {"feed_id": "works", "read_at": NOON, "ok": ok, "interval_s": 60.0}
    return FeedRead.model_validate(fields | over)


@pytest.mark.parametrize(("after_s", "silent"), [(0, False), (239, False), (241, True)])
def test_three_readings_and_a_minute_may_be_missed(after_s: float, silent: bool) -> None:
    assert is_silent(read(good_at=NOON), NOON + timedelta(seconds=after_s)) == silent


def test_a_feed_that_was_never_read_well_is_silent() -> None:
    assert is_silent(read(ok=False), NOON)


def test_a_failure_is_not_silence_while_the_last_good_reading_is_fresh() -> None:
    assert not is_silent(read(ok=False, good_at=NOON), NOON + timedelta(seconds=100))


def test_silent_feeds_are_named() -> None:
    feeds = [read(feed_id="b", ok=False), read(feed_id="a", ok=False), read(feed_id="c")]
    assert silent_feeds(feeds, NOON) == ("a", "b")
