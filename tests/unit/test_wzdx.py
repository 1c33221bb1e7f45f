"""WZDx documents into entries that bind, harmless ones, and refusals that say why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from dispatch.interop.feed_item import FeedUnreadable
from dispatch.interop.wzdx import decode_wzdx
from tests.factories import NOON


def make_feature(**over: Any) -> dict[str, Any]:
    properties = {
        "core_details": {
            "event_type": "work-zone",
            "direction": "northbound",
            "road_names": ["Mill Rd"],
            "description": "bridge works",
        },
        "start_date": "2026-05-01T06:00:00Z",
        "end_date": "2026-05-02T06:00:00Z",
        "vehicle_impact": "all-lanes-closed",
        "restrictions": [],
        "lanes": [],
    }
    geometry = {"type": "LineString", "coordinates": [[9.5, 47.1], [9.51, 47.1]]}
    feature: dict[str, Any] = {
        "type": "Feature",
        "id": "wz-1",
        "properties": properties,
        "geometry": geometry,
    }
    for path, value in over.items():
        if path in properties:
            properties[path] = value
        else:
            feature[path] = value
    return feature


def decode(*features: Any, version: str = "4.2") -> Any:
    feed = {"feed_info": {"version": version}, "type": "FeatureCollection", "features": features}
    return decode_wzdx(orjson.dumps(feed), NOON)


def test_a_road_with_all_lanes_closed_is_shut_in_the_direction_it_is_drawn() -> None:
    (item,) = decode(make_feature()).items
    assert (item.ref, item.speed_factor, item.direction) == ("wz-1", 0.0, "along")
    assert item.description == "Mill Rd: bridge works"
    assert item.follows_road


@pytest.mark.parametrize(("word", "turned"), [("eastbound", False), ("westbound", True)])
def test_the_stated_direction_turns_a_line_that_is_drawn_against_it(
    word: str, turned: bool
) -> None:
    feature = make_feature()
    feature["properties"]["core_details"]["direction"] = word
    (item,) = decode(feature).items
    assert item.direction == "along"
    assert (item.line[0].lon > item.line[-1].lon) is turned


def test_lanes_that_stay_open_bind_nothing() -> None:
    decoded = decode(make_feature(vehicle_impact="all-lanes-open"))
    assert (decoded.listed, decoded.items, decoded.harmless) == (1, [], 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"vehicle_impact": "unknown"}, "vehicle_impact 'unknown'"),
        ({"start_date": None}, "no start_date"),
        ({"end_date": "2026-04-01T00:00:00Z"}, "not later than its beginning"),
        ({"start_date": "yesterday"}, "is no time"),
        ({"start_date": "2026-05-01T06:00:00"}, "no offset from UTC"),
        ({"geometry": None}, "neither LineString nor MultiPoint"),
        ({"geometry": {"type": "LineString", "coordinates": []}}, "0 points"),
        ({"geometry": {"type": "LineString", "coordinates": [[999, 0]]}}, "not on earth"),
        ({"geometry": {"type": "LineString", "coordinates": [["x", 0]]}}, "could not convert"),
        ({"id": None}, "no id"),
        ({"properties": None}, "no properties"),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused_with_its_reason(
    change: dict[str, Any], why: str
) -> None:
    decoded = decode(make_feature(**change), make_feature(id="good"))
    assert [item.ref for item in decoded.items] == ["good"]
    assert why in decoded.rejects[0].why


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"<html>", "not JSON"),
        (b"[]", "no list of features"),
        (b'{"features": [], "feed_info": {"version": "5.0"}}', "version 5.0: neither"),
        (b'{"features": []}', "version unknown"),
    ],
)
def test_a_document_that_is_no_feed_is_refused_whole(document: bytes, why: str) -> None:
    with pytest.raises(FeedUnreadable, match=why):
        decode_wzdx(document, NOON)


def test_older_versions_keep_in_the_properties_what_four_keeps_in_its_core() -> None:
    new = make_feature()
    core = new["properties"].pop("core_details")
    old = {**new, "id": None, "properties": {**new["properties"], **core, "road_event_id": "wz-9"}}
    feed = {"road_event_feed_info": {"version": "3.1"}, "features": [old]}
    (item,) = decode_wzdx(orjson.dumps(feed), NOON).items
    assert (item.ref, item.description) == ("wz-9", "Mill Rd: bridge works")
    two = {"road_event_feed_info": {"version": "2.0"}, "features": [old]}
    assert len(decode_wzdx(orjson.dumps(two), NOON).items) == 1
    cwz = {"feed_info": {"version": "1.0"}, "features": [make_feature()]}
    assert len(decode_wzdx(orjson.dumps(cwz), NOON).items) == 1


def test_of_two_entries_with_one_id_the_second_is_refused_by_name() -> None:
    decoded = decode(make_feature(), make_feature(vehicle_impact="some-lanes-closed"))
    assert [item.speed_factor for item in decoded.items] == [0.0]
    assert [reject.ref for reject in decoded.rejects] == ["wz-1"]
    assert "same id" in decoded.rejects[0].why


def test_an_entry_without_an_end_expires_all_the_same() -> None:
    (item,) = decode(make_feature(end_date=None, start_date="2026-06-30T06:00:00Z")).items
    assert NOON < item.ends_at <= NOON + timedelta(hours=36)


def test_a_limit_of_the_event_binds_by_size_whatever_it_does_to_the_others() -> None:
    feet = {"type": "reduced-height", "value": 12, "unit": "feet"}
    (open_lanes,) = decode(make_feature(vehicle_impact="all-lanes-open", restrictions=[feet])).items
    assert (open_lanes.speed_factor, open_lanes.over.max_height_m) == (0.0, 3.658)
    assert not open_lanes.is_shut
    (slowed,) = decode(make_feature(vehicle_impact="some-lanes-closed", restrictions=[feet])).items
    assert (slowed.speed_factor, slowed.bars.max_height_m) == (0.6, 3.658)
    (shut,) = decode(make_feature(restrictions=[feet])).items
    assert (shut.is_shut, bool(shut.over), bool(shut.bars)) == (True, False, False)


@pytest.mark.parametrize(
    ("restriction", "field", "limit"),
    [
        ({"type": "reduced-width", "value": 132, "unit": "inches"}, "max_width_m", 3.353),
        ({"type": "gross-weight-limit", "value": 10, "unit": "tons"}, "max_weight_t", 9.072),
        ({"type": "reduced-weight", "value": 30000, "unit": "pounds"}, "max_weight_t", 13.608),
        (
            {"restriction_type": "reduced-width", "restriction_value": 11,
             "restriction_units": "feet"},
            "max_width_m",
            3.353,
        ),
    ],
)  # fmt: skip
def test_limits_are_read_in_their_units(
    restriction: dict[str, Any], field: str, limit: float
) -> None:
    feature = make_feature(vehicle_impact="all-lanes-open", restrictions=[restriction])
    assert getattr(decode(feature).items[0].over, field) == limit


def test_what_states_no_size_limits_nothing() -> None:
    for restriction in (
        {"type": "reduced-width"},
        {"type": "reduced-width", "value": 11, "unit": "tons"},
        {"type": "reduced-width", "value": -1, "unit": "feet"},
        {"type": "reduced-width", "value": 100, "unit": "feet"},
        {"type": "axle-load-limit", "value": 4, "unit": "tons"},
        "reduced-width",
    ):
        feature = make_feature(vehicle_impact="all-lanes-open", restrictions=[restriction])
        assert decode(feature).harmless == 1, restriction


def test_a_limit_of_lanes_binds_where_no_open_lane_is_wider() -> None:
    def lane(order: int, status: str, feet: float | None = None, **over: Any) -> dict[str, Any]:
        narrow = [{"type": "reduced-width", "value": feet, "unit": "feet"}] if feet else []
        return {"order": order, "status": status, "type": "general", "restrictions": narrow} | over

    narrow = [lane(1, "open", 10), lane(2, "open", 11), lane(3, "closed")]
    shoulder = lane(4, "open", type="shoulder")
    feature = make_feature(vehicle_impact="some-lanes-closed", lanes=[*narrow, shoulder])
    assert decode(feature).items[0].bars.max_width_m == 3.353
    feature = make_feature(vehicle_impact="some-lanes-closed", lanes=[*narrow, lane(4, "open")])
    assert not decode(feature).items[0].bars
