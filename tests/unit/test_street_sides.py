"""A caller names the carriageway: the spot lies on it, and the words say it."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from geodata.geocoding import PlaceFinder
from geodata.street_sides import without_direction
from tests.road_factories import Street, make_roads

GAP = 0.0003


def make_finder() -> PlaceFinder:
    """Lancaster Ave, divided, crossed by Oak Ave, which is not; all in one town."""
    south, north = 0.0, GAP
    nodes = [(0.01 * k, south) for k in range(3)] + [(0.01 * k, north) for k in range(3)]
    nodes += [(0.01, -0.01), (0.01, 0.01)]
    streets = [Street(k, k + 1, name="Lancaster Ave", backward=False) for k in range(2)]
    streets += [Street(3 + k, 4 + k, name="Lancaster Ave", forward=False) for k in range(2)]
    streets += [Street(0, 3, name="West End"), Street(2, 5, name="East End")]
    streets += [Street(6, 1, name="Oak Ave"), Street(1, 4, name="Oak Ave")]
    streets += [Street(4, 7, name="Oak Ave")]
    return PlaceFinder.build(make_roads(nodes, streets), {"Town": box(-1, -1, 1, 1)})


@pytest.mark.parametrize(
    ("text", "rest", "direction"),
    [
        ("Lancaster Ave EB", "Lancaster Ave", "E"),
        ("eastbound Lancaster Ave", "Lancaster Ave", "E"),
        ("Lancaster Ave e.b. & Oak", "Lancaster Ave & Oak", "E"),
        ("Main St N", "Main St N", None),
        ("Northbound", "Northbound", None),
        ("A NB & B SB", "A NB & B SB", None),
        ("Sbarro Rd", "Sbarro Rd", None),
    ],
)
def test_the_carriageway_is_read_off_the_words(text: str, rest: str, direction: str | None) -> None:
    assert without_direction(text) == (rest, direction)


@pytest.mark.parametrize(("said", "lat"), [("EB", 0.0), ("westbound", GAP)])
def test_a_street_and_its_crossing_lie_on_the_carriageway(said: str, lat: float) -> None:
    finder = make_finder()
    for text in (
        f"Lancaster Ave {said}",
        f"Lancaster Ave & Oak Ave {said}",
        f"12 Lancaster {said}",
    ):
        found = finder.find(text)[0]
        assert found.at.lat == pytest.approx(lat, abs=1e-6), text
        assert found.label.endswith(f" {said[0].upper()}B")


def test_a_street_that_is_not_divided_keeps_its_spot_and_the_words() -> None:
    finder = make_finder()
    (plain,), (said,) = finder.find("Oak Ave"), finder.find("Oak Ave NB")
    assert said.at == plain.at
    assert said.label == "Oak Ave NB"
    assert said.cross_street == plain.cross_street
