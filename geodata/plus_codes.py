"""Reads plus codes (Open Location Code, specification 1.0): full ones, and short ones near a spot.

https://github.com/google/open-location-code, documentation "Open Location Code Specification".
"""

from __future__ import annotations

import re
from typing import Final

from geodata.lonlat import LonLat

_ALPHABET: Final = "23456789CFGHJMPQRVWX"
_PAIR: Final = rf"[{_ALPHABET}]{{2}}"
_CODE: Final = re.compile(
    rf"^(?:{_PAIR}){{1,4}}\+(?:[{_ALPHABET}]{{2,7}})?$|^\+[{_ALPHABET}]{{2,7}}$"
    rf"|^{_PAIR}0{{6}}\+$|^(?:{_PAIR}){{2}}0{{4}}\+$|^(?:{_PAIR}){{3}}00\+$"
)
_BEFORE_PLUS: Final = 8
_PAIR_DEG: Final = (20.0, 1.0, 0.05, 0.0025, 0.000125)
_GRID_ROWS: Final = 5
_GRID_COLUMNS: Final = 4


def is_plus_code(text: str) -> bool:
    """Whether the text, in capitals, is a full or short code."""
    return _CODE.match(text) is not None


def is_full(code: str) -> bool:
    """Whether the code says by itself where on the globe it is."""
    return code.index("+") == _BEFORE_PLUS


def missing_digits(code: str) -> int:
    """How many digits a short code leaves to the place named with it: 2 to 8; 0 for a full one."""
    return _BEFORE_PLUS - code.index("+")


def repeats_deg(code: str) -> float:
    """After how many degrees a short code comes again, north and east."""
    return _PAIR_DEG[missing_digits(code) // 2 - 1]


def centre_of(code: str) -> LonLat | None:
    """The middle of a full code's cell.

    Args:
        code: As ``is_plus_code`` and ``is_full`` take it.

    Returns:
        Degrees; None where the code lies beyond the poles or the date line.
    """
    digits = code.replace("+", "").rstrip("0")
    lat, lon = -90.0, -180.0
    height = width = 0.0
    for size, k in zip(_PAIR_DEG, range(0, min(len(digits), 10), 2), strict=False):
        lat += _ALPHABET.index(digits[k]) * size
        lon += _ALPHABET.index(digits[k + 1]) * size
        height = width = size
    for digit in digits[10:]:
        height, width = height / _GRID_ROWS, width / _GRID_COLUMNS
        row, column = divmod(_ALPHABET.index(digit), _GRID_COLUMNS)
        lat, lon = lat + row * height, lon + column * width
    if lat >= 90 or lon >= 180:
        return None
    return LonLat(round(lon + width / 2, 9), round(lat + height / 2, 9))


def nearest_to(code: str, near: LonLat) -> LonLat | None:
    """The middle of the cell of a short code that lies nearest to a spot.

    Args:
        code: As ``is_plus_code`` takes it, not full.
        near: The place that was named with it, or the middle of the region.
    """
    missing, step = missing_digits(code), repeats_deg(code)
    full = centre_of(_prefix(near, missing) + code)
    if full is None:
        return None
    lon, lat = full
    lon += round((near.lon - lon) / step) * step
    lat += round((near.lat - lat) / step) * step
    lat -= step * ((lat > 90) - (lat < -90))
    return LonLat(round((lon + 180) % 360 - 180, 9), round(lat, 9))


def _prefix(at: LonLat, count: int) -> str:
    """The first so many digits of the code of a spot."""
    lat, lon = min(at.lat + 90.0, 180.0 - 1e-9), (at.lon + 180.0) % 360.0
    digits = ""
    for size in _PAIR_DEG[: count // 2]:
        digits += _ALPHABET[min(int(lat / size), 19)] + _ALPHABET[min(int(lon / size), 19)]
        lat, lon = lat % size, lon % size
    return digits
