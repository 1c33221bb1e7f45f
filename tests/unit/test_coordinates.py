"""Coordinates and codes read as people write and say them; what is ambiguous gives all readings."""

from __future__ import annotations

import pytest

from geodata import plus_codes
from geodata.coordinates import Box, Reading, find_coordinates
from geodata.lonlat import LonLat
from geodata.utm import lonlat_of_utm, read_mgrs, read_utm

REGION = Box(9.4, 47.0, 9.7, 47.3)
VADUZ = LonLat(9.52, 47.14)
MONTGOMERY = Box(-75.7, 39.9, -74.9, 40.5)


def spots(text: str, region: Box = REGION) -> list[LonLat]:
    return [reading.at for reading in find_coordinates(text, region)]


@pytest.mark.parametrize(
    "text",
    [
        "47.14,9.52",
        "47.14 9.52",
        "47.14; 9.52",
        "47,14 9,52",
        "47.14°, 9.52°",
        "geo:47.14,9.52",
        "lat 47.14 lon 9.52",
        "Longitude: 9.52, Latitude: 47.14",
        "47 08 24 N 9 31 12 E",
        "47 08 24 9 31 12",
        "47 08.4 9 31.2",
        "47°08'24\"N 9°31'12\"E",
        "47°08'24'' 9°31'12''",
        "47:08:24N 009:31:12E",
        "47° 08.4' N, 9° 31.2' E",
        "47 degrees 8.4 minutes north, 9 degrees 31.2 minutes east",
        "N47°08.400 E009°31.200",
        "N47.14 E9.52",
        "47.14N 9.52",
        "N 47 08.4 E 9 31.2",
        "9.52E 47.14N",
    ],
)
def test_degrees_are_read_as_people_write_them(text: str) -> None:
    (at,) = spots(text)
    assert at == pytest.approx(VADUZ)


def test_south_and_west_are_negative() -> None:
    assert spots("33°52'S 70°40'W")[0] == pytest.approx((-70.6667, -33.8667), abs=1e-4)


def test_longitude_first_gives_both_readings_the_one_in_the_region_first() -> None:
    assert spots("9.52 47.14") == [VADUZ, LonLat(47.14, 9.52)]
    assert spots("-75.3, 40.1", MONTGOMERY)[0] == LonLat(-75.3, 40.1)


def test_numbers_that_fit_both_ways_give_both_latitude_first() -> None:
    assert spots("10.2 10.4", Box(10, 10, 11, 11)) == [LonLat(10.4, 10.2), LonLat(10.2, 10.4)]


def test_a_pair_far_outside_the_region_reads_latitude_first() -> None:
    assert spots("60.17, 24.94")[0] == LonLat(24.94, 60.17)


@pytest.mark.parametrize("text", ["40.1 75.3", "40.1N 75.3", "40 06 00 75 18 00", "75.3, 40.1"])
def test_a_minus_left_out_is_supplied_where_it_alone_leads_into_the_region(text: str) -> None:
    assert spots(text, MONTGOMERY)[0] == pytest.approx((-75.3, 40.1))


@pytest.mark.parametrize(
    "text",
    [
        "14 Mill Rd",
        "12 40",
        "Route 9",
        "99.5 200.1",
        "47 75 N 9 31 E",
        "100 N 200 E",
        "14 20 30 40",
        "Q9+22 nowhere",
        "4.5 Mill",
        "+",
        "N",
        ", ,",
        "18 S",
        "",
    ],
)
def test_other_text_is_no_coordinates(text: str) -> None:
    assert find_coordinates(text, REGION) == []


@pytest.mark.parametrize("text", ["32T 539430 5220853", "UTM zone 32 T E 539430 N 5220853"])
def test_utm_is_read(text: str) -> None:
    (at,) = spots(text)
    assert at == pytest.approx(VADUZ, abs=1e-5)


def test_utm_agrees_with_known_points() -> None:
    tower = lonlat_of_utm(31, True, 448_241.015, 5_411_952.010)  # by PROJ
    assert tower == pytest.approx((2.2943506, 48.8583730), abs=1e-6)
    assert lonlat_of_utm(33, False, 500_000, 10_000_000) == pytest.approx((15, 0))
    assert lonlat_of_utm(61, True, 500_000, 0) is None


def test_a_letter_s_may_be_a_band_or_a_hemisphere_and_the_region_decides_which_is_first() -> None:
    band, south = read_utm("18S 486000 4400000")
    assert band.lat > 0 > south.lat
    assert spots("18S 486000 4400000", MONTGOMERY)[0] == band
    assert spots("18S 486000 4400000", Box(-76, -51, -74, -50))[0] == south


@pytest.mark.parametrize(
    "text", ["18TVK8600052000", "18T VK 86000 52000", "18T VK 8600052000", "USNG 18T VK 8600 5200"]
)
def test_mgrs_is_read_at_every_length(text: str) -> None:
    (reading,) = find_coordinates(text, MONTGOMERY)
    assert reading.at == pytest.approx((-75.16453, 40.21831), abs=2e-4)
    assert not reading.coarse


def test_an_mgrs_square_of_a_kilometre_is_no_spot() -> None:
    assert find_coordinates("18TVK8652", MONTGOMERY)[0].coarse
    honolulu = read_mgrs("4QFJ12345678")
    assert honolulu is not None
    assert honolulu[0] == pytest.approx((-157.91682, 21.30948), abs=1e-4)
    assert read_mgrs("18TAK8652") is None


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [  # of the specification's own test data, encoding.csv and decoding.csv
        ("7FG49Q00+", 20.375, 2.775),
        ("7FG49QCJ+2V", 20.3700625, 2.7821875),
        ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
        ("7FG49QCJ+2VXGJ", 20.3701135, 2.78223535156),
        ("8FVC2222+22", 47.0000625, 8.0000625),
        ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
        ("62G20000+", 0.5, -179.5),
        ("22220000+", -89.5, -179.5),
    ],
)
def test_full_plus_codes_are_read_as_the_specification_says(
    code: str, lat: float, lon: float
) -> None:
    assert plus_codes.is_plus_code(code)
    assert plus_codes.centre_of(code) == pytest.approx((lon, lat), abs=1e-8)


@pytest.mark.parametrize(
    ("code", "near", "full"),
    [  # of the specification's test data, shortCodeTests.csv: short code, reference, full code
        ("+2VX", LonLat(-1.217765625, 51.3701125), "9C3W9QCJ+2VX"),
        ("CJ+2VX", LonLat(-1.217765625, 51.3708675), "9C3W9QCJ+2VX"),
        ("CJ+2VX", LonLat(-1.218520625, 51.3701125), "9C3W9QCJ+2VX"),
        ("9QCJ+2VX", LonLat(-1.217765625, 51.3852125), "9C3W9QCJ+2VX"),
        ("9QCJ+2VX", LonLat(-1.202665625, 51.3701125), "9C3W9QCJ+2VX"),
        ("22+", LonLat(9.012, 42.899), "8FJFW222+"),
        ("22+", LonLat(-23.5001, 14.95125), "796RXG22+"),
        ("XGRF+PM", LonLat(8.55, 47.0), "8FRCXGRF+PM"),
        ("2222+22", LonLat(0.0, 89.6), "CFX22222+22"),
        ("XXXXXX+XX", LonLat(0.0, -81.0), "2CXXXXXX+XX"),
    ],
)
def test_a_short_plus_code_is_the_nearest_to_its_town(code: str, near: LonLat, full: str) -> None:
    assert plus_codes.is_plus_code(code)
    at = plus_codes.nearest_to(code, near)
    wanted = plus_codes.centre_of(full)
    assert wanted is not None
    assert at == pytest.approx(wanted, abs=1e-8)


def test_a_short_code_needs_a_town_where_it_comes_again_within_the_region() -> None:
    assert find_coordinates("Q9+22", REGION) == []
    known = {"VADUZ": VADUZ}
    found = find_coordinates("Q9+22 Vaduz", REGION, lambda town: known.get(town))
    assert found == [Reading(LonLat(9.5175625, 47.1375625))]
    assert spots("4GQ9+22") == [LonLat(9.5175625, 47.1375625)]


@pytest.mark.parametrize("code", ["8FVC2222", "8FVC222+22", "8FVC2A22+22", "8FVC2222+2", "+2", "+"])
def test_what_is_no_plus_code_is_not_read_as_one(code: str) -> None:
    assert not plus_codes.is_plus_code(code)
