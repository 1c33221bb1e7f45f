"""Reads coordinates as people write and say them, and gives every spot that they may mean.

Degrees with or without letters, minutes and seconds, UTM, MGRS and plus codes. Chooses nothing: a
pair that reads two ways gives both, the one in the region first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from geodata import plus_codes
from geodata.lonlat import LonLat
from geodata.utm import read_mgrs, read_utm

NEAR_DEG: Final = 1.0
"""So far around the region a pair of numbers is taken to be of it."""
COARSE_M: Final = 100.0
"""From this side on, the square of a grid reference is a part of a street, not a spot."""
_SIGNS: Final = str.maketrans(
    {"º": "°", "′": "'", "’": "'", "″": '"', "”": '"', "“": '"', "−": "-"}
)
_WORDS: Final = (
    (re.compile(r"''"), '"'),
    (re.compile(r"\b(?:LATITUDE|LAT)\b[.:=]?"), "Y"),
    (re.compile(r"\b(?:LONGITUDE|LONG|LON|LNG)\b[.:=]?"), "X"),
    (re.compile(r"\b(NORTH|SOUTH|EAST|WEST)\b"), lambda word: word[1][0]),
    (re.compile(r"(?<=[\d\s])(?:DEGREES?|DEG)\b\.?"), "°"),
    (re.compile(r"(?<=[\d\s])(?:MINUTES?|MIN)\b\.?"), "'"),
    (re.compile(r"(?<=[\d\s])(?:SECONDS?|SEC)\b\.?"), '"'),
    (re.compile(r"^GEO:"), ""),
    (re.compile(r"(?<=\d):(?=\d)"), " "),
)
_DECIMAL_COMMAS: Final = re.compile(r"^([+-]?\d{1,3}),(\d+)\s*[;\s]\s*([+-]?\d{1,3}),(\d+)$")
_TOKEN: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)|([NSEWXY])|([°'\"])|([,;/])|\s+")
_CODE_WITH_TOWN: Final = re.compile(r"^(\S*\+\S*)(?:[\s,]+(.+))?$")


@dataclass(frozen=True, slots=True)
class Box:
    """The part of the world where calls come from, degrees; tells latitude from longitude."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, at: LonLat, margin_deg: float = 0.0) -> bool:
        """Whether the point lies in the box, or within so many degrees of it."""
        return (
            self.west - margin_deg <= at.lon <= self.east + margin_deg
            and self.south - margin_deg <= at.lat <= self.north + margin_deg
        )

    @property
    def middle(self) -> LonLat:
        return LonLat((self.west + self.east) / 2, (self.south + self.north) / 2)


@dataclass(frozen=True, slots=True)
class Reading:
    """A spot that a text may mean; ``coarse`` where it is only the middle of a wide square."""

    at: LonLat
    coarse: bool = False


def find_coordinates(
    text: str, region: Box, town_at: Callable[[str], LonLat | None] = lambda name: None
) -> list[Reading]:
    """The spots that a text may name by numbers or codes, none where it names none.

    Read are decimal degrees (``47.14, 9.52``), letters or words before or after (``N 47.14 E
    9.52``, ``lat 47.14 lon 9.52``), degrees and minutes, degrees, minutes and seconds, with or
    without signs, UTM (``32T 539000 5221000``), MGRS (``32TNT3900021000``), and plus codes.

    Args:
        text: What was typed.
        region: Orders the readings: latitude first as people say it, unless that lies far outside
            and another reading lies inside. A sign left out is supplied where that alone leads
            into the region.
        town_at: The spot of a municipality by the name typed behind a short plus code.

    Returns:
        More than one where two bare numbers do not read latitude first in this region.
    """
    text = text.translate(_SIGNS).strip().upper()
    code = _CODE_WITH_TOWN.match(text)
    if code and plus_codes.is_plus_code(code[1]):
        return [Reading(at) for at in _by_code(code[1], code[2], region, town_at)]
    square = read_mgrs(text)
    if square:
        return [Reading(square[0], coarse=square[1] > COARSE_M)]
    grid = read_utm(text)
    if grid:
        grid.sort(key=lambda at: not region.holds(at, NEAR_DEG))
        return [Reading(at) for at in grid]
    return [Reading(at) for at in _by_degrees(text, region)]


def _by_code(
    code: str, town: str | None, region: Box, town_at: Callable[[str], LonLat | None]
) -> list[LonLat]:
    """A short code is near the town named with it, else wherever it lies in the region."""
    if plus_codes.is_full(code):
        at = plus_codes.centre_of(code)
    elif town:
        near = town_at(town)
        at = plus_codes.nearest_to(code, near) if near else None
    else:
        at = plus_codes.nearest_to(code, region.middle)
        if plus_codes.repeats_deg(code) < NEAR_DEG:
            return []
    return [at] if at else []


def _by_degrees(text: str, region: Box) -> list[LonLat]:
    commas = _DECIMAL_COMMAS.match(text)
    if commas:
        text = f"{commas[1]}.{commas[2]} {commas[3]}.{commas[4]}"
    for word, sign in _WORDS:
        text = word.sub(sign, text)
    marks, reached = [], 0
    for found in _TOKEN.finditer(text):
        if found.start() != reached:
            return []
        reached = found.end()
        if found[0].strip():
            marks.append(found[0])
    if reached != len(text):
        return []
    halves = _halves(marks)
    if halves is None:
        return []
    one, other = _half(halves[0]), _half(halves[1])
    if one is None or other is None:
        return []
    return (
        _by_letter(one, other, region) if one[0] or other[0] else _bare(marks, one, other, region)
    )


def _is_number(mark: str) -> bool:
    return mark[-1].isdigit()


def _halves(marks: Sequence[str]) -> tuple[Sequence[str], Sequence[str]] | None:
    """The two coordinates of a pair: parted by letters, by a sign, or in the middle."""
    letters = [k for k, mark in enumerate(marks) if mark in "NSEWXY"]
    parting = [k for k, mark in enumerate(marks) if mark in ",;/"]
    numbers = [k for k, mark in enumerate(marks) if _is_number(mark)]
    degrees = [k for k, mark in enumerate(marks) if mark == "°"]
    if not numbers or len(letters) > 2 or len(parting) > 1:
        return None
    if parting:
        cut = parting[0]
        return marks[:cut], marks[cut + 1 :]
    if len(letters) == 2:
        cut = letters[1] if letters[0] == 0 else letters[0] + 1
    elif len(letters) == 1 and 0 < letters[0] < len(marks) - 1:
        cut = letters[0] + 1
    elif len(degrees) == 2:
        cut = max(k for k in numbers if k < degrees[1])
    elif len(numbers) % 2 == 0:
        cut = numbers[len(numbers) // 2]
    else:
        return None
    return marks[:cut], marks[cut:]


def _half(marks: Sequence[str]) -> tuple[str, float, bool] | None:
    """Letter or empty, degrees, and whether a sign was written; None where it reads as nothing."""
    letter = "".join(mark for mark in marks if mark in "NSEWXY")
    numbers = [mark for mark in marks if _is_number(mark)]
    inner = [mark for mark in marks[1:-1] if mark in "NSEWXY"]
    if len(letter) > 1 or inner or not 1 <= len(numbers) <= 3:
        return None
    if any(not n.isdigit() for n in numbers[1:-1]) or (len(numbers) > 1 and "." in numbers[0]):
        return None
    parts = [abs(float(n)) for n in numbers]
    if any(n[0] in "+-" for n in numbers[1:]) or any(part >= 60 for part in parts[1:]):
        return None
    degrees = sum(part / float(60**k) for k, part in enumerate(parts))
    if (letter and letter in "SW") or numbers[0][0] == "-":
        degrees = -degrees
    return letter, degrees, numbers[0][0] in "+-"


def _on_globe(lon: float, lat: float) -> list[LonLat]:
    return [LonLat(lon, lat)] if abs(lat) <= 90 and abs(lon) <= 180 else []


def _by_letter(
    one: tuple[str, float, bool], other: tuple[str, float, bool], region: Box
) -> list[LonLat]:
    """At least one letter says which is which; a missing sign of the other is supplied."""
    letter = {"Y": "N", "S": "N", "X": "E", "W": "E"}
    is_lat = [letter.get(half[0], half[0]) for half in (one, other)]
    if is_lat[0] == is_lat[1]:
        return []
    first_is_lat = is_lat[0] == "N" or is_lat[1] == "E"
    lat, lon = (one, other) if first_is_lat else (other, one)
    found = _on_globe(lon[1], lat[1])
    if found and not region.holds(found[0], NEAR_DEG):
        found = [*_signed(lat, lon, region, lat[0] in ("", "Y"), lon[0] in ("", "X")), *found][:1]
    return found


def _signed(
    lat: tuple[str, float, bool],
    lon: tuple[str, float, bool],
    region: Box,
    lat_open: bool,
    lon_open: bool,
) -> list[LonLat]:
    """Readings in the region with a sign supplied where neither sign nor letter was given."""
    lats = (lat[1], -lat[1]) if lat_open and not lat[2] else (lat[1],)
    lons = (lon[1], -lon[1]) if lon_open and not lon[2] else (lon[1],)
    spots = [at for y in lats for x in lons for at in _on_globe(x, y)]
    return [at for at in spots if region.holds(at, NEAR_DEG)]


def _bare(
    marks: Sequence[str],
    one: tuple[str, float, bool],
    other: tuple[str, float, bool],
    region: Box,
) -> list[LonLat]:
    """Two numbers without letters: latitude first as people say it, or longitude first as maps do.

    Whole numbers alone may as well be a house number and a street's: two of them are never a
    coordinate, and degrees with minutes only where that leads into the region.
    """
    written = any("." in mark or mark in "°'\"" for mark in marks)
    if not written and sum(map(_is_number, marks)) < 4:
        return []
    latitude_first = _on_globe(other[1], one[1])
    longitude_first = _on_globe(one[1], other[1])
    readings = list(dict.fromkeys([*latitude_first, *longitude_first]))
    near = [at for at in readings if region.holds(at, NEAR_DEG)]
    if near == latitude_first or not readings:
        return near
    if not near:
        signed = [
            *_signed(one, other, region, True, True),
            *_signed(other, one, region, True, True),
        ]
        near = list(dict.fromkeys(signed))
    if not written:
        return near
    return [*near, *(at for at in readings if at not in near)]
