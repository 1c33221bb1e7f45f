"""What OSM's tags mean to an emergency vehicle."""

from __future__ import annotations

import pytest

from geodata import network as net
from geodata.sources.osm_tags import (
    barrier_of,
    drive_of,
    duration_s,
    height_m,
    limit_kph,
    weight_t,
)


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50.0),
        ("30 mph", 48.28),
        ("30mph", 48.28),
        ("10 knots", 18.52),
        ("80 km/h", 80.0),
        ("50; 40", 50.0),
        ("DE:urban", 50.0),
        ("DE:rural", 100.0),
        ("CH:zone30", 30.0),
        ("DE:zone:20", 20.0),
        ("GB:nsl_single", 96.56),
        ("FR:50", 50.0),
        ("walk", 6.0),
        ("none", 130.0),
        ("signals", None),
        ("variable", None),
        ("", None),
        ("fast", None),
        ("0", None),
        ("9999", None),
        ("-5", None),
        ("DE:", None),
    ],
)
def test_speed_limits_are_read_in_every_form(text: str, kph: float | None) -> None:
    found = limit_kph(text)
    assert (None if found is None else round(found, 2)) == kph


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:20", 1200.0),
        ("1:30", 5400.0),
        ("00:05:30", 330.0),
        ("15", 900.0),
        ("PT20M", 1200.0),
        ("PT1H5M", 3900.0),
        ("P1D", 86400.0),
        ("0", None),
        ("soon", None),
        ("", None),
    ],
)
def test_durations_are_read_in_every_form(text: str, seconds: float | None) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "residential", "access": "private"},
        {"highway": "residential", "access": "no", "motor_vehicle": "yes"},
        {"highway": "residential", "motor_vehicle": "no", "emergency": "yes"},
        {"highway": "service", "access": "no", "emergency": "designated"},
        {"highway": "residential", "motor_vehicle": "no", "bus": "yes"},
        {"highway": "busway"},
        {"highway": "pedestrian"},
        {"highway": "pedestrian", "motor_vehicle": "no"},
        {"highway": "footway", "emergency": "yes"},
        {"highway": "cycleway", "motor_vehicle": "designated"},
        {"highway": "track", "tracktype": "grade2"},
        {"highway": "track", "surface": "asphalt"},
        {"highway": "track", "tracktype": "grade4", "emergency": "yes"},
        {"highway": "road", "access": "hov"},
        {"route": "ferry"},
        {"route": "ferry", "motor_vehicle": "yes", "foot": "designated"},
    ],
)
def test_an_emergency_vehicle_may_drive(tags: dict[str, str]) -> None:
    assert drive_of(tags) is not None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "steps", "emergency": "yes"},
        {"highway": "path"},
        {"highway": "cycleway"},
        {"highway": "construction", "construction": "primary"},
        {"highway": "proposed"},
        {"highway": "raceway"},
        {"highway": "track"},
        {"highway": "track", "tracktype": "grade3"},
        {"highway": "residential", "access": "no"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "service", "access": "private", "emergency": "no"},
        {"highway": "motorway", "oneway": "reversible"},
        {"route": "ferry", "motor_vehicle": "no"},
        {"route": "ferry", "foot": "designated"},
        {"route": "bus"},
        {},
    ],
)
def test_no_emergency_vehicle_drives(tags: dict[str, str]) -> None:
    assert drive_of(tags) is None


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "1"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "reverse"}, False, True),
        ({"oneway": "no"}, True, True),
        ({"oneway": "alternating"}, True, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "circular"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway", "oneway": "no"}, True, True),
        ({"highway": "motorway_link"}, True, True),
        ({"oneway": "yes", "oneway:emergency": "no"}, True, True),
    ],
)
def test_one_way_roads_lead_where_they_say(
    tags: dict[str, str], forward: bool, backward: bool
) -> None:
    drive = drive_of({"highway": "residential", **tags})
    assert drive is not None
    assert (drive.forward, drive.backward) == (forward, backward)
    assert bool(drive.flags & net.ONEWAY) is not (forward and backward)


def test_what_others_may_not_drive_is_marked_and_slow() -> None:
    street = drive_of({"highway": "pedestrian", "maxspeed": "50"})
    lane = drive_of({"highway": "secondary", "motor_vehicle": "no", "psv": "yes"})
    home = drive_of({"highway": "service", "access": "private"})
    assert street is not None
    assert lane is not None
    assert home is not None
    assert street.flags & net.EMERGENCY_ONLY
    assert street.speed_kph <= 20
    assert lane.flags & net.EMERGENCY_ONLY
    assert lane.speed_kph == 20
    assert home.flags & net.PRIVATE


@pytest.mark.parametrize(
    ("tags", "delays", "cuts"),
    [
        ({"barrier": "gate"}, True, False),
        ({"barrier": "gate", "access": "private"}, True, False),
        ({"barrier": "bollard"}, False, True),
        ({"barrier": "bollard", "emergency": "yes"}, False, False),
        ({"barrier": "bollard", "bollard": "rising"}, True, False),
        ({"barrier": "block", "motor_vehicle": "yes"}, False, False),
        ({"barrier": "entrance"}, False, False),
        ({"barrier": "kerb"}, False, False),
        ({"barrier": "kerb", "highway": "traffic_signals"}, True, False),
        ({"railway": "level_crossing"}, True, False),
    ],
)
def test_barriers_delay_or_cut(tags: dict[str, str], delays: bool, cuts: bool) -> None:
    delay, cut = barrier_of(tags)
    assert (delay > 0, cut) == (delays, cuts)


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("3.5", 3.5),
        ("3,5 m", 3.5),
        ("350 cm", 3.5),
        ("12'6\"", 3.81),
        ("12'", 3.66),
        ("12 ft 6 in", 3.81),
        ("13.5 ft", 4.11),
        ("default", None),
        ("none", None),
        ("below_default", None),
        ("0.3", None),
        ("", None),
    ],
)
def test_a_height_is_read_in_metres_or_feet(text: str, metres: float | None) -> None:
    assert height_m(text) == metres


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("7.5", 7.5),
        ("7.5 t", 7.5),
        ("7500 kg", 7.5),
        ("10 st", 9.07),
        ("20000 lbs", 9.07),
        ("unsigned", None),
        ("0", None),
    ],
)
def test_a_weight_is_read_in_tonnes_pounds_or_short_tons(text: str, tonnes: float | None) -> None:
    assert weight_t(text) == tonnes


def test_a_measured_height_goes_before_the_sign_and_a_weight_binds_on_bridges_alone() -> None:
    low = drive_of({"highway": "residential", "maxheight": "3.2", "maxheight:physical": "3.4"})
    quiet = drive_of({"highway": "residential", "maxweight": "7.5"})
    weak = drive_of({"highway": "residential", "maxweight": "7.5", "bridge": "yes"})
    assert low is not None
    assert quiet is not None
    assert weak is not None
    assert (low.max_height_m, low.max_weight_t) == (3.4, 0.0)
    assert quiet.max_weight_t == 0.0
    assert weak.max_weight_t == 7.5
