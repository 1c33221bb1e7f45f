"""Real WZDx documents: how many entries bind, how many do not, and why the rest is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dispatch.interop.feed_item import FeedUnreadable
from dispatch.interop.wzdx import decode_wzdx

GOLDEN = {
    "closures/cdot/wzdx/production_sample.json": (279, 240, 3, 39, 0),
    "closures/cdot/wzdx/production_sample_2025_08_07.json": (282, 230, 33, 52, 0),
    "montco/closures.geojson": (65, 56, 23, 6, 3),
    "closures/feeds/wzdx_nysdot.json": (2, 0, 0, 0, 2),
    "closures/feeds/wzdx_wsdot.json": (2, 0, 0, 0, 2),
}
"""Listed, binding, shut, harmless, refused."""


@pytest.mark.parametrize("name", GOLDEN)
def test_entries_of_a_real_feed_are_each_counted_once(test_data: Path, name: str) -> None:
    decoded = decode_wzdx((test_data / name).read_bytes())
    shut = sum(item.speed_factor == 0.0 for item in decoded.items)
    counts = (
        decoded.listed,
        len(decoded.items),
        shut,
        decoded.harmless,
        len(decoded.rejects),
    )
    print(name, counts, Counter(reject.why for reject in decoded.rejects))
    assert counts == GOLDEN[name]
    assert decoded.listed == len(decoded.items) + decoded.harmless + len(decoded.rejects)


def test_an_older_version_is_refused_whole(test_data: Path) -> None:
    with pytest.raises(FeedUnreadable, match=r"version 3\.1, not 4"):
        decode_wzdx((test_data / "closures/feeds/wzdx_quebec.json").read_bytes())


def test_a_document_of_another_kind_is_refused_whole(test_data: Path) -> None:
    with pytest.raises(FeedUnreadable, match="not JSON"):
        decode_wzdx((test_data / "closures/feeds/bulgaria_malformed.xml").read_bytes())
