"""Real documents of every format: how many entries bind, and why the others do not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from dispatch.domain.recurrence import Recurrence
from dispatch.interop.feed_item import FeedUnreadable
from dispatch.interop.formats import decode

READ_AT = datetime(2026, 8, 1, 12, tzinfo=UTC)

EXAMPLES = "closures/usdot_wzdx/examples/WorkZoneFeed"
LANES_CLOSED = "scenario6_multi_lane_closure_linestring_example.geojson"

GOLDEN = {
    ("closures/cdot/wzdx/production_sample.json", "wzdx"): (279, 240, 3, 39, 0),
    ("closures/cdot/wzdx/production_sample_2025_08_07.json", "wzdx"): (282, 230, 33, 52, 0),
    ("closures/cdot/cwz/production_sample.json", "wzdx"): (150, 129, 3, 21, 0),
    ("closures/cdot/cwz/production_sample_2025_08_07.json", "wzdx"): (85, 67, 6, 18, 0),
    ("montco/closures.geojson", "wzdx"): (65, 56, 23, 6, 3),
    ("montco/closures_waze_cifs.json", "cifs"): (20, 20, 20, 0, 0),
    ("closures/feeds/wzdx_hidot.json", "wzdx"): (2, 0, 0, 0, 2),
    ("closures/feeds/wzdx_nysdot.json", "wzdx"): (2, 0, 0, 0, 2),
    ("closures/feeds/wzdx_wsdot.json", "wzdx"): (2, 0, 0, 0, 2),
    ("closures/feeds/wzdx_quebec.json", "wzdx"): (3, 2, 1, 1, 0),
    ("closures/feeds/drivebc_events_live_pull.json", "open511"): (6, 0, 0, 2, 4),
    ("closures/open511_tmdd/tmdd-output-1.json", "open511"): (5, 0, 0, 0, 5),
    ("closures/feeds/dgt_situations.xml", "datex2"): (8, 5, 3, 3, 0),
    ("closures/feeds/irca_situations.xml", "datex2"): (3, 0, 0, 3, 0),
    ("closures/feeds/vegvesen_real_pull.xml", "datex2"): (2, 0, 0, 2, 0),
    (f"{EXAMPLES}/{LANES_CLOSED}", "wzdx"): (1, 1, 0, 0, 0),
}
"""Listed, binding, shut, harmless, refused; samples of each were read by hand."""


@pytest.mark.parametrize(("name", "feed_format"), GOLDEN)
def test_entries_of_a_real_feed_are_each_counted_once(
    test_data: Path, name: str, feed_format: str
) -> None:
    decoded = decode(feed_format, (test_data / name).read_bytes(), READ_AT)
    shut = sum(item.is_shut for item in decoded.items)
    counts = (
        decoded.listed,
        len(decoded.items),
        shut,
        decoded.harmless,
        len(decoded.rejects),
    )
    print(name, counts, Counter(reject.why for reject in decoded.rejects))
    assert counts == GOLDEN[name, feed_format]
    assert decoded.listed == len(decoded.items) + decoded.harmless + len(decoded.rejects)


def test_the_spanish_closures_are_those_that_say_road_closed(test_data: Path) -> None:
    document = (test_data / "closures/feeds/dgt_situations.xml").read_bytes()
    decoded = decode("datex2", document, READ_AT)
    said = document.count(b">roadClosed<") + document.count(b">carriagewayClosures<")
    assert said == sum(item.speed_factor == 0.0 for item in decoded.items)
    assert all(item.ends_at > READ_AT for item in decoded.items)


@pytest.mark.parametrize(
    ("name", "feed_format"),
    [
        ("closures/feeds/bulgaria_malformed.xml", "datex2"),
        ("closures/feeds/bulgaria_malformed.xml", "wzdx"),
        ("closures/feeds/dgt_situations.xml", "cifs"),
        ("closures/feeds/toronto_road_restrictions.json", "open511"),
    ],
)
def test_a_document_of_another_kind_is_refused_whole(
    test_data: Path, name: str, feed_format: str
) -> None:
    with pytest.raises(FeedUnreadable):
        decode(feed_format, (test_data / name).read_bytes(), READ_AT)


def test_limits_of_the_standards_own_examples_bind_by_size(test_data: Path) -> None:
    """Ten feet beside a closed lane; sixteen feet and 156,000 pounds over the whole event."""
    wanted = {
        "scenario1_simple_linestring_example.geojson": (3.048, None),
        LANES_CLOSED: (4.877, 70.76),
    }
    for name, limits in wanted.items():
        decoded = decode("wzdx", (test_data / EXAMPLES / name).read_bytes(), READ_AT)
        found = {(i.bars.max_width_m, i.bars.max_weight_t) for i in decoded.items if i.bars}
        assert found == {limits}, name


def test_a_real_weekly_schedule_holds_in_its_hours(test_data: Path) -> None:
    """The one recurring event of British Columbia's pull: its road states no state, so one is set.

    As it stands it is refused for its state, as are its neighbours; no other document here has a
    recurrence.
    """
    document = orjson.loads(
        (test_data / "closures/feeds/drivebc_events_live_pull.json").read_bytes()
    )
    (event,) = [e for e in document["events"] if "recurring_schedules" in e["schedule"]]
    event["roads"][0]["state"] = "SINGLE_LANE_ALTERNATING"
    document["events"] = [event]
    (item,) = decode("open511", orjson.dumps(document), READ_AT).items
    recurrence = Recurrence(time_zone="America/Vancouver", hours=item.hours)
    held = {
        datetime(2026, 8, 3, 15, 0, tzinfo=UTC): True,  # Monday, eight o'clock there
        datetime(2026, 8, 3, 14, 59, tzinfo=UTC): False,
        datetime(2026, 8, 4, 0, 0, tzinfo=UTC): False,  # five in the afternoon
        datetime(2026, 8, 1, 17, 0, tzinfo=UTC): False,  # Saturday
        datetime(2026, 11, 6, 16, 0, tzinfo=UTC): True,  # Friday, after the clocks went back
        datetime(2026, 11, 9, 17, 0, tzinfo=UTC): False,  # after its last day
    }
    runs = {at: recurrence.run_at(at, item.begins_at, item.ends_at) for at in held}
    assert {at: run is not None and run.holds for at, run in runs.items()} == held
