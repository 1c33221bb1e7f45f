"""When a feed counts as silent: its closures stand, and whoever relies on them is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dispatch.domain.events import FeedRead
from dispatch.domain.values import seconds_between

MISSED_READINGS = 3
GRACE_S = 60.0
INTERVAL_S = 60.0
"""How often a feed is read, where an older reading does not say."""


def silent_after_s(read: FeedRead) -> float:
    """Seconds without a good reading after which the feed is silent."""
    return MISSED_READINGS * (read.interval_s or INTERVAL_S) + GRACE_S


def is_silent(read: FeedRead, now: datetime) -> bool:
    """Whether the last good reading is too long ago, or there never was one."""
    good_at = read.good_at or (read.read_at if read.ok else None)
    return good_at is None or seconds_between(good_at, now) > silent_after_s(read)


def silent_feeds(feeds: Iterable[FeedRead], now: datetime) -> tuple[str, ...]:
    """The ids of the feeds that are silent, sorted."""
    return tuple(sorted(read.feed_id for read in feeds if is_silent(read, now)))
