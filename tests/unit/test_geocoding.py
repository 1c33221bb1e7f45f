"""What a caller says gives every place that fits, and the call-taker is never guessed for."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from geodata.geocoding import PlaceFinder
from geodata.known_places import AddressPoint, CommonPlace, Milepost
from geodata.lonlat import LonLat
from geodata.street_names import best_fits, plain
from tests.road_factories import Street, make_roads


def make_finder(
    places: tuple[CommonPlace, ...] = (),
    addresses: tuple[AddressPoint, ...] = (),
    mileposts: tuple[Milepost, ...] = (),
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
    streets.append(Street(3, 6, name="County Pike", ref="PA 611;US 9"))
    towns = {"West": box(-0.01, -0.05, 0.05, 0.05), "East": box(0.05, -0.05, 0.15, 0.05)}
    return PlaceFinder.build(make_roads(nodes, streets), towns, places, addresses, mileposts)


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


def test_a_town_that_has_no_such_street_hides_nothing() -> None:
    finder = make_finder()
    assert labels(finder, "Elm St, East") == [("Elm St", "West")]


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


@pytest.mark.parametrize("text", ["PA 611", "pa611", "Route 611", "rt 611", "US-9"])
def test_a_road_is_found_by_its_number_too(text: str) -> None:
    found = make_finder().find(text)
    assert found[0].label in ("PA 611", "US 9")
    assert found[0].at == pytest.approx((0.065, 0.0), abs=0.02)


def test_a_numbered_road_crosses_others_and_never_itself() -> None:
    finder = make_finder()
    assert {c.label for c in finder.find("Mill Rd & 611")} == {"Mill Rd & PA 611"}
    assert {c.label for c in finder.find("PA 611 & ")} == {"PA 611 & Mill Rd"}
    assert finder.cross_street_of(LonLat(0.03, 0.0)) == "County Pike & Mill Rd"


def test_a_common_word_may_be_half_typed() -> None:
    finder = make_finder()
    for typed in ("mill roa", "14 mill ro", "county pik", "elm stree"):
        (first, *_) = finder.find(typed)
        assert first.label.endswith(("Mill Rd", "County Pike", "Elm St")), typed
        assert first.score >= 90, typed


def test_roads_that_cross_without_a_junction_give_their_bridge_and_ramps() -> None:
    bridge = CommonPlace("Elm St bridge over PA 611", LonLat(0.02, 0.005), "bridge")
    ramp = CommonPlace("PA 611 ramp to Elm St heading N", LonLat(0.021, 0.005), "ramp")
    finder = make_finder((bridge, ramp, CommonPlace("Elm St School", LonLat(0.02, 0.0), "school")))
    for typed in ("route 611 & elm", "elm st at pa 611"):
        assert {c.label for c in finder.find(typed)} >= {bridge.name, ramp.name}, typed


def test_a_street_named_as_a_town_is_a_street_behind_an_and() -> None:
    nodes = [(0.0, 0.0), (0.01, 0.0), (0.02, 0.0), (0.01, 0.01)]
    streets = [
        Street(0, 1, name="Mill Rd"),
        Street(1, 2, name="Mill Rd"),
        Street(1, 3, name="West Rd"),
    ]
    towns = {"West": box(-1, -1, 1, 1)}
    finder = PlaceFinder.build(make_roads(nodes, streets), towns)
    assert labels(finder, "mill & west") == [("Mill Rd & West Rd", "West")]


def test_other_names_of_a_place_give_the_place_by_its_name() -> None:
    bridge = CommonPlace(
        "Elm St bridge", LonLat(0.02, 0.005), "bridge", also=("the Singing Bridge",)
    )
    (found,) = make_finder((bridge,)).find("singing b")
    assert (found.label, found.kind, found.municipality) == ("Elm St bridge", "bridge", "West")


def test_every_place_of_one_name_is_shown() -> None:
    shops = tuple(CommonPlace("Corner Shop", LonLat(0.001 * k, 0.0), "shop") for k in range(20))
    assert len(make_finder(shops).find("corner shop", limit=9)) == 20


MILEPOSTS = (
    Milepost("I 76", 10.0, LonLat(0.00, 0.002), "E"),
    Milepost("I 76", 11.0, LonLat(0.01, 0.002), "E"),
    Milepost("I 76", 10.0, LonLat(0.00, 0.003), "W"),
    Milepost("PA 9", 10.0, LonLat(0.02, 0.001)),
    Milepost("PA 9", 20.0, LonLat(0.12, 0.001)),
)


@pytest.mark.parametrize(
    "text",
    ["I-76 mile 10.5 eastbound", "mm 10.5 i76 e", "I 76 EB MP 10.5", "milepost 10.5 on I-76 east"],
)
def test_a_spot_between_two_mileposts_is_found_as_callers_say_it(text: str) -> None:
    found = make_finder(mileposts=MILEPOSTS).find(text)[0]
    assert (found.label, found.kind, found.approximate) == ("I 76 E mile 10.5", "milepost", True)
    assert found.at == pytest.approx((0.005, 0.002))


def test_without_a_direction_both_carriageways_are_given_and_the_post_itself_is_exact() -> None:
    found = make_finder(mileposts=MILEPOSTS).find("I 76 mile 10")
    assert [(c.label, c.approximate) for c in found[:2]] == [
        ("I 76 E mile 10", False),
        ("I 76 W mile 10", False),
    ]
    alone = make_finder(mileposts=MILEPOSTS).find("mile 10")
    assert {c.label for c in alone} == {"I 76 E mile 10", "I 76 W mile 10", "PA 9 mile 10"}


def test_between_posts_far_apart_and_far_beyond_the_last_nothing_is_guessed() -> None:
    finder = make_finder(mileposts=MILEPOSTS)
    assert [c for c in finder.find("PA 9 mile 15") if c.kind == "milepost"] == []
    assert [c for c in finder.find("I 76 mile 14 east") if c.kind == "milepost"] == []
    (beyond,) = (c for c in finder.find("I 76 east mile 11.6") if c.kind == "milepost")
    assert (beyond.at, beyond.approximate) == (LonLat(0.01, 0.002), True)


def test_coordinates_that_read_two_ways_give_both_the_one_in_the_region_first() -> None:
    found = make_finder().find("0.01, 0.09")
    assert [c.kind for c in found] == ["coordinates", "coordinates"]
    far = make_finder().find("0.01, 60.5")
    assert far[0].at == LonLat(60.5, 0.01)


def test_a_queue_row_gets_the_nearest_crossing() -> None:
    finder = make_finder()
    assert finder.cross_street_of(LonLat(0.011, 0.001)) == "Mill Rd & Oak Ave"
    assert finder.cross_street_of(LonLat(0.011, 0.001), "Mill Rd") == "Oak Ave"


def test_nothing_typed_finds_nothing() -> None:
    assert make_finder().find("  ") == []


def test_whole_names_come_before_beginnings_before_slips() -> None:
    keys = [plain(n) for n in ("Oak Street", "Oakley Street", "Old Oak Street", "Oat Street")]
    order = [keys[k] for k, _ in best_fits("oak", keys, 4)]
    assert order[:3] == ["oak st", "oakley st", "old oak st"]
    assert best_fits(plain("Oak Street"), keys, 1)[0] == (0, 100.0)


def test_spellings_of_one_street_have_one_key() -> None:
    assert plain("Saint-Mary's Road") == plain("St Marys Rd")
    assert plain("Landstraße") == plain("Landstr.")
