"""Reads a pair of coordinates as people write them, and refuses what could be meant in two ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from geodata.lonlat import LonLat

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_SIGNS: Final = str.maketrans({"º": "°", "′": "'", "’": "'", "″": '"', "”": '"', "−": "-"})
_PLAIN: Final = re.compile(r"^\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,;\s/]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*$")
_PART: Final = rf"{_NUMBER}(?:\s*°?\s*{_NUMBER}(?:\s*'?\s*{_NUMBER})?)?\s*[°'\"]*"
_BEFORE: Final = re.compile(rf"^\s*([NSEW])\s*({_PART})\s*[,;/]?\s*([NSEW])\s*({_PART})\s*$")
_AFTER: Final = re.compile(rf"^\s*({_PART})\s*([NSEW])\s*[,;/]?\s*({_PART})\s*([NSEW])\s*$")


@dataclass(frozen=True, slots=True)
class Box:
    """The part of the world where calls come from, degrees; tells latitude from longitude."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, at: LonLat, margin_deg: float = 0.0) -> bool:
        return (
            self.west - margin_deg <= at.lon <= self.east + margin_deg
            and self.south - margin_deg <= at.lat <= self.north + margin_deg
        )


class CoordinatesAmbiguous(Exception):
    """Two numbers without N, S, E or W that do not read as latitude, longitude in this region."""

    code: ClassVar[str] = "coordinates_ambiguous"

    def __init__(self, text: str, readings: tuple[LonLat, ...]) -> None:
        super().__init__(f"{text!r} can be read in {len(readings)} ways; write N or S, E or W")
        self.text = text
        self.readings = readings
        """Each way to read it that lies on the globe: latitude first, then longitude first."""


def find_coordinates(text: str, region: Box) -> LonLat | None:
    """The point that a text names by numbers, None where the text is no pair of coordinates.

    Read are decimal degrees (``47.14, 9.52``), degrees with letters before or after (``N 47.14
    E 9.52``), degrees and minutes, degrees, minutes and seconds, with or without signs.

    Args:
        text: What was typed.
        region: Two bare numbers are latitude, longitude when that lies within a degree of it.

    Raises:
        CoordinatesAmbiguous: Two bare numbers that fit only as longitude, latitude, or both ways.
    """
    text = text.translate(_SIGNS).strip()
    plain = _PLAIN.match(text)
    if plain:
        return _by_region(text, float(plain[1]), float(plain[2]), region)
    upper = text.upper()
    before, after = _BEFORE.match(upper), _AFTER.match(upper)
    if before:
        return _by_letter(before[1], before[2], before[3], before[4])
    if after:
        return _by_letter(after[2], after[1], after[4], after[3])
    return None


def _by_region(text: str, first: float, second: float, region: Box) -> LonLat | None:
    readings = tuple(
        LonLat(lon, lat)
        for lat, lon in ((first, second), (second, first))
        if abs(lat) <= 90 and abs(lon) <= 180
    )
    if not readings or ("." not in text):
        return None
    near = [at for at in readings if region.holds(at, 1.0)]
    latitude_first = LonLat(second, first)
    if near and near != [latitude_first] and first != second:
        raise CoordinatesAmbiguous(text, readings)
    return latitude_first if latitude_first in readings else None


def _by_letter(one: str, value: str, other: str, value_other: str) -> LonLat | None:
    pairs = {one: _degrees(value), other: _degrees(value_other)}
    lat = pairs.get("N", _minus(pairs.get("S")))
    lon = pairs.get("E", _minus(pairs.get("W")))
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return LonLat(lon, lat)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _degrees(text: str) -> float | None:
    """Degrees of one to three numbers; None where minutes or seconds reach 60."""
    parts = [float(n) for n in re.findall(_NUMBER, text)]
    if any(p >= 60 for p in parts[1:]):
        return None
    return sum(p / float(60**k) for k, p in enumerate(parts))
