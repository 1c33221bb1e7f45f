"""Documents of every format into entries that bind, harmless ones, and refusals that say why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from dispatch.domain.commands import RecordFeed
from dispatch.domain.events import FeedRead
from dispatch.domain.values import HUB_ACTOR
from dispatch.interop.decoding import oriented
from dispatch.interop.feed_item import FeedUnreadable
from dispatch.interop.formats import DECODERS, decode
from dispatch.jobs.polling import BACK_OFF_MOST, next_reading
from geodata.lonlat import LonLat
from tests.factories import NOON, World

LINE = [[9.5, 47.1], [9.5, 47.11]]
TIMES = {"begins_at": "2026-06-30T06:00:00Z", "ends_at": "2026-07-02T06:00:00Z"}


def open511(**over: Any) -> bytes:
    event = {
        "id": "example.org/1",
        "status": "ACTIVE",
        "headline": "Bridge works",
        "schedule": {"intervals": ["2026-06-30T06:00/2026-07-02T06:00"]},
        "geography": {"type": "LineString", "coordinates": LINE},
        "roads": [{"name": "Mill Rd", "direction": "S", "state": "CLOSED"}],
    }
    return orjson.dumps({"events": [event | over]})


def test_open511_shuts_what_a_road_says_is_closed_in_the_order_of_its_traffic() -> None:
    (item,) = decode("open511", open511(), NOON).items
    assert (item.speed_factor, item.direction) == (0.0, "along")
    assert item.line[0] == LonLat(9.5, 47.11), "southbound traffic drives the line backwards"
    assert item.description == "Mill Rd: Bridge works"


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"roads": [{"name": "Mill Rd"}]}, "read its words"),
        ({"roads": [{"name": "Mill Rd", "state": "ODD"}]}, "says nothing"),
        ({"schedule": {"recurring_schedules": [{"days": [8]}]}}, "days.0"),
        ({"schedule": {"recurring_schedules": [{"daily_start_time": "7"}]}}, "no time of day"),
        ({"schedule": {}}, "no hours say when"),
        ({"geography": {"type": "Polygon", "coordinates": []}}, "no point or line"),
        ({"id": ""}, "no id"),
    ],
)
def test_open511_refuses_what_it_cannot_apply(over: dict[str, Any], why: str) -> None:
    decoded = decode("open511", open511(**over), NOON)
    assert decoded.items == []
    assert why in decoded.rejects[0].why


def test_open511_takes_the_interval_that_holds_now() -> None:
    intervals = ["2026-05-01T00:00/2026-05-02T00:00", "2026-07-01T00:00/"]
    (item,) = decode("open511", open511(schedule={"intervals": intervals}), NOON).items
    assert item.begins_at.day == 1
    assert NOON < item.ends_at <= NOON + timedelta(hours=36)


CIFS_XML = b"""<?xml version="1.0"?><incidents><incident id="w-1"><type>ROAD_CLOSED</type>
<location><street>Mill Rd</street><polyline>47.10 9.50 47.11 9.50</polyline>
<direction>ONE_DIRECTION</direction></location><description>Tree down</description>
<starttime>2026-06-30T06:00:00+00:00</starttime><endtime>2026-07-02T06:00:00+00:00</endtime>
</incident><incident id="w-2"><type>ACCIDENT</type></incident></incidents>"""


def test_cifs_reads_alike_as_xml_and_as_json() -> None:
    fields = {
        "id": "w-1",
        "type": "ROAD_CLOSED",
        "street": "Mill Rd",
        "polyline": "47.10 9.50 47.11 9.50",
        "direction": "ONE_DIRECTION",
        "description": "Tree down",
        "starttime": "2026-06-30T06:00:00+00:00",
        "endtime": "2026-07-02T06:00:00+00:00",
    }
    as_json = orjson.dumps({"incidents": [fields, {"id": "w-2", "type": "ACCIDENT"}]})
    first, second = decode("cifs", CIFS_XML, NOON), decode("cifs", as_json, NOON)
    assert first == second
    assert (first.listed, len(first.items), first.harmless) == (2, 1, 1)
    assert first.items[0].line == (LonLat(9.5, 47.1), LonLat(9.5, 47.11))


@pytest.mark.parametrize(
    ("polyline", "why"), [("47.1", "no list"), ("147.1 9.5", "not on earth"), ("a b", "convert")]
)
def test_cifs_refuses_a_polyline_that_is_none(polyline: str, why: str) -> None:
    entry = {
        "id": "w",
        "type": "ROAD_CLOSED",
        "polyline": polyline,
        "starttime": "2026-07-01T00:00:00Z",
    }
    decoded = decode("cifs", orjson.dumps({"incidents": [entry]}), NOON)
    assert why in decoded.rejects[0].why


def datex(record: str, version: int = 3) -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<m:payload xmlns:m="http://datex2.eu/schema/{version}/x" xmlns:s="http://datex2.eu/schema/{version}/s"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="s:SituationPublication">
<s:situation id="s1">{record}</s:situation></m:payload>""".encode()


LINEAR = """<s:locationReference><s:tpegLinearLocation><s:tpegDirection>northBound</s:tpegDirection>
<s:to><s:pointCoordinates><s:latitude>47.11</s:latitude><s:longitude>9.5</s:longitude>
</s:pointCoordinates></s:to><s:from><s:pointCoordinates><s:latitude>47.10</s:latitude>
<s:longitude>9.5</s:longitude></s:pointCoordinates></s:from></s:tpegLinearLocation>
</s:locationReference>"""
VALID = """<s:validity><s:overallStartTime>2026-06-30T06:00:00+02:00</s:overallStartTime>
</s:validity>"""


def closed(kind: str, location: str = LINEAR, extra: str = "", validity: str = VALID) -> str:
    return (
        f'<s:situationRecord id="r1">{validity}{location}{extra}'
        f"<s:roadOrCarriagewayOrLaneManagementType>{kind}"
        "</s:roadOrCarriagewayOrLaneManagementType></s:situationRecord>"
    )


@pytest.mark.parametrize("version", [2, 3])
def test_datex_shuts_a_closed_road_from_its_beginning_to_its_end(version: int) -> None:
    (item,) = decode("datex2", datex(closed("roadClosed"), version), NOON).items
    assert item.line == (LonLat(9.5, 47.1), LonLat(9.5, 47.11))
    assert (item.speed_factor, item.direction, item.follows_road) == (0.0, "along", False)


def test_datex_binds_heavy_vehicles_alone_where_it_says_so() -> None:
    lorry = "<s:vehicleType>lorry</s:vehicleType>"
    (item,) = decode("datex2", datex(closed("roadClosed", extra=lorry)), NOON).items
    assert item.vehicle_classes == ("truck", "heavy")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (closed("roadClosed", location=""), "no coordinates"),
        (closed("roadClosed", validity=""), "no overallStartTime"),
        (closed("laneClosures", extra="<s:recurringTimePeriodOfDay/>"), "outside of a validPeriod"),
    ],
)
def test_datex_refuses_what_it_cannot_apply(record: str, why: str) -> None:
    assert why in decode("datex2", datex(record), NOON).rejects[0].why


def test_datex_leaves_alone_what_says_nothing_of_lanes() -> None:
    record = f'<s:situationRecord id="r1">{VALID}{LINEAR}</s:situationRecord>'
    assert decode("datex2", datex(record), NOON).harmless == 1


def test_an_external_entity_is_never_read() -> None:
    attack = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<incidents><incident id="x"><type>&e;</type></incident></incidents>"""
    for name in ("cifs", "datex2"):
        with pytest.raises(FeedUnreadable):
            decode(name, attack, NOON)


def own(**over: Any) -> bytes:
    closure: dict[str, Any] = {"id": "c-1", "line": LINE, **TIMES}
    return orjson.dumps({"format": "dispatch-closures/1", "closures": [closure | over]})


def test_the_hubs_own_format_says_where_an_entry_is_wrong() -> None:
    (item,) = decode("closures", own(vehicle_classes=["heavy"], speed_factor=0.5), NOON).items
    assert (item.vehicle_classes, item.speed_factor) == (("heavy",), 0.5)
    (jam,) = decode("closures", own(congestion=True, speed_factor=0.5), NOON).items
    assert (jam.congestion, item.congestion) == (True, False)
    for over, where in (
        ({"ends_at": "2026-06-01T00:00:00Z"}, "ends_at"),
        ({"speed_factor": 1.5}, "speed_factor"),
        ({"congestion": True}, "congestion"),
        ({"lanes": 2}, "lanes"),
    ):
        assert where in decode("closures", own(**over), NOON).rejects[0].why


@pytest.mark.parametrize("name", DECODERS)
def test_a_document_of_no_format_is_refused_whole(name: str) -> None:
    for document in (b"", b"{}", b"[]", b"<x/>", b"\xff\xfe\x00"):
        with pytest.raises(FeedUnreadable):
            decode(name, document, NOON)


def test_a_format_that_nobody_reads_is_named() -> None:
    with pytest.raises(FeedUnreadable, match="'gtfs' is not read here"):
        decode("gtfs", b"{}", NOON)


def test_a_line_is_turned_into_the_order_of_its_traffic() -> None:
    north = (LonLat(9.5, 47.1), LonLat(9.5, 47.2))
    assert oriented(north, "N") == north
    assert oriented(north, "SW") == tuple(reversed(north))
    assert oriented(north, "BOTH") == north


def read(ok: bool, **over: Any) -> FeedRead:
    return FeedRead(feed_id="works", read_at=NOON, ok=ok, **over)


def test_a_feed_that_cannot_be_read_keeps_when_it_was_good_and_is_asked_ever_later() -> None:
    world = World()
    for number, ok in enumerate((True, False, False)):
        world.give(
            RecordFeed(
                command_id=f"f{number}",
                actor=HUB_ACTOR,
                read=read(ok).model_copy(update={"read_at": NOON + timedelta(minutes=number)}),
            )
        )
    last = world.board.feeds["works"]
    assert (last.good_at, last.failures) == (NOON, 2)
    waits = [
        (next_reading(read(False, failures=n), 60.0) - NOON).total_seconds() for n in range(1, 12)
    ]
    assert waits == sorted(waits)
    assert waits[0] == 60.0
    assert waits[-1] == BACK_OFF_MOST.total_seconds()


def test_a_publisher_that_asks_for_patience_gets_it() -> None:
    later = NOON + timedelta(minutes=30)
    assert next_reading(read(False, failures=1, not_before=later), 60.0) == later


def test_areas_are_read_as_outlines_and_those_with_holes_are_refused() -> None:
    ring = [[9.5, 47.1], [9.51, 47.1], [9.51, 47.11], [9.5, 47.1]]
    area = {"type": "Polygon", "coordinates": [ring]}
    (item,) = decode("open511", open511(geography=area), NOON).items
    assert item.is_area
    assert item.line[0] == item.line[-1]
    holed = {"type": "Polygon", "coordinates": [ring, ring]}
    (reject,) = decode("open511", open511(geography=holed), NOON).rejects
    assert "without holes" in reject.why


def test_an_area_of_the_hubs_own_format_or_of_datex_is_an_outline() -> None:
    corners = [[9.5, 47.1], [9.51, 47.1], [9.51, 47.11]]
    (item,) = decode("closures", own(line=corners, drawn="area"), NOON).items
    assert item.is_area
    assert (len(item.line), item.line[0]) == (4, item.line[-1])
    outline = "47.1 9.5 47.1 9.51 47.11 9.51 47.1 9.5"
    ring = f"<s:exterior><s:posList>{outline}</s:posList></s:exterior>"
    area = f"<s:locationReference>{ring}</s:locationReference>"
    (item,) = decode("datex2", datex(closed("roadClosed", location=area)), NOON).items
    assert item.is_area
    assert item.line[0] == LonLat(9.5, 47.1)
    several = f"<s:locationReference>{ring}{ring}</s:locationReference>"
    (reject,) = decode("datex2", datex(closed("roadClosed", location=several)), NOON).rejects
    assert "several areas" in reject.why


def above(tag: str, measure: str, value: str, operator: str = "greaterThan") -> str:
    return (
        f"<s:forVehiclesWithCharacteristicsOf><s:{tag}><s:comparisonOperator>{operator}"
        f"</s:comparisonOperator><s:{measure}>{value}</s:{measure}></s:{tag}>"
        "</s:forVehiclesWithCharacteristicsOf>"
    )


@pytest.mark.parametrize("kind", ["roadClosed", "heightRestrictionInOperation"])
def test_datex_binds_by_size_where_it_says_so(kind: str) -> None:
    extra = above("heightCharacteristic", "vehicleHeight", "3.5")
    (item,) = decode("datex2", datex(closed(kind, extra=extra)), NOON).items
    assert (item.over.max_height_m, item.speed_factor, item.is_shut) == (3.5, 0.0, False)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (closed("weightRestrictionInOperation"), "not stated"),
        (
            closed(
                "roadClosed",
                extra=above("grossWeightCharacteristic", "grossVehicleWeight", "3.5", "lessThan"),
            ),
            "lessThan",
        ),
    ],
)
def test_datex_refuses_a_size_that_it_cannot_apply(record: str, why: str) -> None:
    decoded = decode("datex2", datex(record), NOON)
    assert decoded.items == []
    assert why in decoded.rejects[0].why


def test_the_hubs_own_format_binds_by_size() -> None:
    (item,) = decode("closures", own(max_width_m=2.6, max_weight_t=12), NOON).items
    assert (item.over.max_width_m, item.over.max_weight_t, item.over.max_height_m) == (
        2.6,
        12,
        None,
    )
