"""The files of a region pack that name places: each may be absent, and each row is checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from geodata.known_places import AddressPoint, AddressPoints, CommonPlace, KnownPlaces, Milepost
from geodata.lonlat import LonLat
from jurisdictions.extent import Extent
from jurisdictions.mistakes import Findings
from jurisdictions.pack_tables import PLACE_COLUMNS, Cells, read_rows

ADDRESSES_MAX: Final = 3_000_000
NAME_LETTERS_MAX: Final = 200
DIRECTIONS: Final = ("", "N", "E", "S", "W")
UNITS: Final = ("mi", "km")


def present_files(folder: Path) -> list[str]:
    """Which of these files the pack has."""
    return [name for name in PLACE_COLUMNS if (folder / name).is_file()]


def read_known_places(folder: Path, findings: Findings, extent: Extent) -> KnownPlaces:
    """``places.csv``, ``mileposts.csv`` and ``addresses.csv``, as far as they are there."""
    return KnownPlaces(
        places=tuple(_places(folder, findings, extent)),
        mileposts=tuple(_mileposts(folder, findings, extent)),
        addresses=AddressPoints.of(_addresses(folder, findings, extent)),
    )


def _rows(folder: Path, name: str, findings: Findings, most: int) -> Iterator[Cells]:
    if (folder / name).is_file():
        yield from read_rows(folder, name, findings, most)


def _at(cells: Cells, extent: Extent) -> LonLat:
    at = LonLat(cells.number("lon", -180, 180), cells.number("lat", -90, 90))
    if cells.good and (wrong := extent.point_misplaced(at)):
        cells.wrong("lon", wrong)
    return at


def _name(cells: Cells, column: str) -> str:
    name = cells.filled(column)
    if len(name) > NAME_LETTERS_MAX:
        cells.wrong(column, f"it has more than {NAME_LETTERS_MAX} letters")
    return name


def _places(folder: Path, findings: Findings, extent: Extent) -> Iterator[CommonPlace]:
    for cells in _rows(folder, "places.csv", findings, ADDRESSES_MAX):
        also = cells.parts("also")
        kind = cells.text("kind") or "place"
        place = CommonPlace(_name(cells, "name"), _at(cells, extent), kind, also)
        if cells.good:
            yield place


def _mileposts(folder: Path, findings: Findings, extent: Extent) -> Iterator[Milepost]:
    for cells in _rows(folder, "mileposts.csv", findings, ADDRESSES_MAX):
        post = Milepost(
            road=_name(cells, "road"),
            distance=cells.number("distance", 0, 9_999),
            at=_at(cells, extent),
            direction=cells.one_of("direction", DIRECTIONS),
            unit=cells.one_of("unit", UNITS) if cells.text("unit") else "mi",
        )
        if cells.good:
            yield post


def _addresses(folder: Path, findings: Findings, extent: Extent) -> Iterator[AddressPoint]:
    for cells in _rows(folder, "addresses.csv", findings, ADDRESSES_MAX):
        number = cells.whole("number", 0, 999_999)
        house = AddressPoint(number, _name(cells, "street"), _at(cells, extent))
        if cells.good:
            yield house
