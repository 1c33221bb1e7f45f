"""What a caller says gives every place that fits, and the call-taker is never guessed for."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from geodata.coordinates import Box, CoordinatesAmbiguous, find_coordinates
from geodata.geocoding import AddressPoint, CommonPlace, PlaceFinder
from geodata.lonlat import LonLat
from geodata.street_names import best_fits, plain
from tests.road_factories import Street, make_roads

REGION = Box(9.4, 47.0, 9.7, 47.3)
VADUZ = LonLat(9.52, 47.14)


def make_finder(
    places: tuple[CommonPlace, ...] = (), addresses: tuple[AddressPoint, ...] = ()
) -> PlaceFinder:
    """Two towns, West and East, one above the other a copy: Mill Rd crossed by Oak and by Elm."""
    nodes: list[tuple[float, float]] = []
    streets: list[Street] = []
    for number, west in enumerate((0.0, 0.1)):
        base = len(nodes)
        nodes += [(west + 0.01 * k, 0.0) for k in range(4)]
        nodes += [(west + 0.01, 0.01), (west + 0.02, 0.01)]
        streets += [Street(base + k, base + k + 1, name="Mill Rd") for k in range(3)]
        streets.append(Street(base + 1, base + 4, name="Oak Ave"))
        streets.append(Street(base + 2, base + 5, name="Elm St" if number == 0 else "Élan St"))
    streets.append(Street(3, 6, name="County Pike"))
    towns = {"West": box(-0.01, -0.05, 0.05, 0.05), "East": box(0.05, -0.05, 0.15, 0.05)}
    return PlaceFinder.build(make_roads(nodes, streets), towns, places, addresses)


def labels(finder: PlaceFinder, text: str, limit: int = 9) -> list[tuple[str, str]]:
    return [(c.label, c.municipality) for c in finder.find(text, limit)]


def test_the_same_street_in_two_towns_gives_both() -> None:
    found = make_finder().find("Mill Rd")
    assert [(c.label, c.municipality) for c in found] == [("Mill Rd", "East"), ("Mill Rd", "West")]
    assert found[0].score == found[1].score


def test_a_number_gives_the_street_in_each_town_and_says_that_the_spot_is_approximate() -> None:
    found = make_finder().find("14 mill road")
    assert [(c.label, c.municipality) for c in found] == [
        ("14 Mill Rd", "East"),
        ("14 Mill Rd", "West"),
    ]
    assert all(c.approximate and c.kind == "address" for c in found)


def test_a_number_after_the_street_reads_the_same() -> None:
    finder = make_finder()
    assert labels(finder, "Mill Rd 14") == labels(finder, "14 Mill Rd")


def test_a_street_is_never_shown_in_only_some_of_its_towns() -> None:
    assert len(make_finder().find("Mill Rd", limit=1)) == 2


def test_the_towns_name_narrows_it_with_or_without_a_comma() -> None:
    finder = make_finder()
    assert labels(finder, "14 Mill Rd, West") == [("14 Mill Rd", "West")]
    assert labels(finder, "Mill Rd West") == [("Mill Rd", "West")]


@pytest.mark.parametrize(
    "text", ["Mill & Oak", "mill rd/oak av", "Oak Ave and Mill Rd", "mill at o"]
)
def test_a_crossing_is_found_in_each_town(text: str) -> None:
    found = make_finder().find(text)
    assert {c.municipality for c in found} == {"West", "East"}
    assert {c.kind for c in found} == {"crossing"}
    assert all(not c.approximate for c in found)
    west = next(c for c in found if c.municipality == "West")
    assert west.at == pytest.approx((0.01, 0.0))


def test_streets_that_do_not_meet_give_no_crossing() -> None:
    assert make_finder().find("Elm & Oak") == []


def test_a_mistyped_or_unaccented_name_is_still_found() -> None:
    finder = make_finder()
    assert ("Mill Rd", "West") in labels(finder, "Mlil Rd")
    assert labels(finder, "elan") == [("Élan St", "East")]


def test_known_places_are_found_by_name() -> None:
    finder = make_finder((CommonPlace("West Hospital", LonLat(0.012, 0.001), "hospital"),))
    (found,) = finder.find("west hosp")
    assert (found.label, found.municipality, found.kind) == ("West Hospital", "West", "place")
    assert "Mill Rd" in found.cross_street


def test_surveyed_numbers_place_the_house_and_its_neighbours_between_them() -> None:
    houses = (
        AddressPoint(10, "Mill Road", LonLat(0.010, 0.0)),
        AddressPoint(20, "Mill Road", LonLat(0.020, 0.0)),
        AddressPoint(13, "Mill Road", LonLat(0.019, 0.001)),
    )
    finder = make_finder(addresses=houses)
    ten = next(c for c in finder.find("10 Mill Rd") if c.municipality == "West")
    assert (ten.at, ten.approximate) == (LonLat(0.010, 0.0), False)
    sixteen = next(c for c in finder.find("16 Mill Rd") if c.municipality == "West")
    assert sixteen.at == pytest.approx((0.016, 0.0))
    assert sixteen.approximate
    thirty = next(c for c in finder.find("30 Mill Rd") if c.municipality == "West")
    assert thirty.approximate


def test_a_queue_row_gets_the_nearest_crossing() -> None:
    finder = make_finder()
    assert finder.cross_street_of(LonLat(0.011, 0.001)) == "Mill Rd & Oak Ave"
    assert finder.cross_street_of(LonLat(0.011, 0.001), "Mill Rd") == "Oak Ave"


def test_nothing_typed_finds_nothing() -> None:
    assert make_finder().find("  ") == []


@pytest.mark.parametrize(
    "text",
    [
        "47.14,9.52",
        "47.14 9.52",
        "47.14; 9.52",
        "47 08 24 N 9 31 12 E",
        "47°08'24\"N 9°31'12\"E",
        "47° 08.4' N, 9° 31.2' E",
        "N47.14 E9.52",
        "N 47 08.4 E 9 31.2",
        "9.52E 47.14N",
    ],
)
def test_coordinates_are_read_as_people_write_them(text: str) -> None:
    assert find_coordinates(text, REGION) == pytest.approx(VADUZ)


def test_south_and_west_are_negative() -> None:
    assert find_coordinates("33°52'S 70°40'W", REGION) == pytest.approx(
        (-70.6667, -33.8667), abs=1e-4
    )


def test_longitude_first_without_letters_is_refused_with_both_readings() -> None:
    with pytest.raises(CoordinatesAmbiguous) as refused:
        find_coordinates("9.52 47.14", REGION)
    assert refused.value.code == "coordinates_ambiguous"
    assert refused.value.readings == (LonLat(47.14, 9.52), VADUZ)


def test_numbers_that_fit_both_ways_are_refused() -> None:
    with pytest.raises(CoordinatesAmbiguous):
        find_coordinates("10.2 10.4", Box(10.0, 10.0, 11.0, 11.0))


def test_a_pair_far_outside_the_region_reads_latitude_first() -> None:
    assert find_coordinates("60.17, 24.94", REGION) == LonLat(24.94, 60.17)


@pytest.mark.parametrize("text", ["14 Mill Rd", "12 40", "Route 9", "99.5 200.1", "47 75 N 9 31 E"])
def test_other_text_is_no_coordinates(text: str) -> None:
    assert find_coordinates(text, REGION) is None


def test_whole_names_come_before_beginnings_before_slips() -> None:
    keys = [plain(n) for n in ("Oak Street", "Oakley Street", "Old Oak Street", "Oat Street")]
    order = [keys[k] for k, _ in best_fits("oak", keys, 4)]
    assert order[:3] == ["oak st", "oakley st", "old oak st"]
    assert best_fits(plain("Oak Street"), keys, 1)[0] == (0, 100.0)


def test_spellings_of_one_street_have_one_key() -> None:
    assert plain("Saint-Mary's Road") == plain("St Marys Rd")
    assert plain("Landstraße") == plain("Landstr.")
