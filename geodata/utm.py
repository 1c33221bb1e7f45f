"""Reads UTM coordinates and MGRS (US National Grid) references on the WGS 84 ellipsoid.

Series of Krüger to the fourth power of the third flattening, exact to a millimetre within a zone
(C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers", 2011, eqs. 15 to 36);
the letters by NGA.STND.0037, "The Universal Grids and the Transverse Mercator and Polar
Stereographic Map Projections". The polar grids (UPS) are not read.
"""

from __future__ import annotations

import math
import re
from typing import Final

from geodata.lonlat import LonLat

BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
_A_M: Final = 6378137.0
_F: Final = 1 / 298.257223563
_SCALE: Final = 0.9996
_EAST_M: Final = 500_000.0
_SOUTH_M: Final = 10_000_000.0
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ROWS: Final = _LETTERS[:20]
_SQUARE_M: Final = 100_000
_LOWEST_M: Final = dict(
    zip(
        BANDS,
        (11, 20, 28, 37, 46, 55, 64, 73, 82, 91, 0, 8, 17, 26, 35, 44, 53, 62, 70, 79),
        strict=True,
    )
)
"""The least northing in each band, in squares of 100 km (NGA.STND.0037, table of MGRS letters)."""
_UTM: Final = re.compile(
    rf"^(?:UTM\s*)?(?:ZONE\s*)?(\d{{1,2}})\s*([{BANDS}])[\s,]*"
    r"E?\s*(\d{6,7}(?:\.\d+)?)\s*M?E?[\s,]+N?\s*(\d{1,8}(?:\.\d+)?)\s*M?N?$"
)
_MGRS: Final = re.compile(
    rf"^(?:MGRS\s*|USNG\s*)?(\d{{1,2}})\s*([{BANDS}])\s*([{_LETTERS}])([{_ROWS}])\s*"
    r"(\d{1,10})(?:\s+(\d{1,5}))?$"
)


def read_utm(text: str) -> list[LonLat]:
    """The spots that a UTM coordinate may mean, none where the text is not one.

    ``18 S 486000 4400000`` may name band S, which lies north of the equator, or the southern
    hemisphere: both are given.

    Args:
        text: In capitals, as ``18T 486000 4452000``, eastings and northings in metres.
    """
    read = _UTM.match(text)
    if not read:
        return []
    zone, letter = int(read[1]), read[2]
    east_m, north_m = float(read[3]), float(read[4])
    by_band = lonlat_of_utm(zone, letter >= "N", east_m, north_m)
    found = [by_band] if by_band and abs(_band_lat(letter) + 4 - by_band.lat) <= 6 else []
    by_hemisphere = lonlat_of_utm(zone, letter == "N", east_m, north_m) if letter in "NS" else None
    if by_hemisphere and by_hemisphere not in found:
        found.append(by_hemisphere)
    return found


def read_mgrs(text: str) -> tuple[LonLat, float] | None:
    """The middle of the square that an MGRS reference names, and the square's side in metres.

    Args:
        text: In capitals, as ``18T WL 86000 52000`` or ``18TWL8652``.

    Returns:
        None where the text is no reference, or no square has these letters in its zone.
    """
    read = _MGRS.match(text)
    if not read:
        return None
    zone, band, column, row, east, north = read.groups()
    if not north:
        half = len(east) // 2
        east, north = east[:half], east[half:]
    if len(east) != len(north) or len(east) > 5:
        return None
    side_m = 10.0 ** (5 - len(east))
    corner = _square_corner_m(int(zone), band, column, row)
    if corner is None:
        return None
    east_m = corner[0] + (int(east) + 0.5) * side_m
    north_m = corner[1] + (int(north) + 0.5) * side_m
    at = lonlat_of_utm(int(zone), band >= "N", east_m, north_m)
    return (at, side_m) if at else None


def lonlat_of_utm(zone: int, northern: bool, east_m: float, north_m: float) -> LonLat | None:
    """Degrees of a UTM coordinate; None where the zone or the numbers are none of UTM's.

    Args:
        zone: 1 to 60.
        northern: Whether ``north_m`` counts from the equator, not from 10,000 km south of it.
        east_m: Metres, 500,000 on the zone's middle meridian.
        north_m: Metres.
    """
    if not 1 <= zone <= 60 or not 0 < east_m < 1_000_000 or not 0 <= north_m <= _SOUTH_M:
        return None
    n = _F / (2 - _F)
    radius_m = _A_M / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    betas = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161280,
    )
    xi = (north_m if northern else north_m - _SOUTH_M) / (_SCALE * radius_m)
    eta = (east_m - _EAST_M) / (_SCALE * radius_m)
    xi_0, eta_0 = xi, eta
    for k, beta in enumerate(betas, start=1):
        xi_0 -= beta * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        eta_0 -= beta * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    tau_0 = math.sin(xi_0) / math.hypot(math.sinh(eta_0), math.cos(xi_0))
    lon = math.degrees(math.atan2(math.sinh(eta_0), math.cos(xi_0))) + zone * 6 - 183
    lat = math.degrees(math.atan(_geographic(tau_0)))
    return LonLat((lon + 180) % 360 - 180, lat)


def _geographic(tau_0: float) -> float:
    """Tangent of the latitude from that of the conformal latitude, by Newton's method."""
    e2 = _F * (2 - _F)
    e = math.sqrt(e2)
    tau = tau_0
    for _ in range(5):
        root = math.hypot(1, tau)
        sigma = math.sinh(e * math.atanh(e * tau / root))
        guess = tau * math.hypot(1, sigma) - sigma * root
        slope = (1 + (1 - e2) * tau * tau) / ((1 - e2) * math.hypot(1, guess) * root)
        tau += (tau_0 - guess) * slope
    return tau


def _band_lat(band: str) -> float:
    """The southern edge of a latitude band, degrees."""
    return -80.0 + 8 * BANDS.index(band)


def _square_corner_m(zone: int, band: str, column: str, row: str) -> tuple[float, float] | None:
    """The south-west corner of a square of 100 km, eastings and northings in metres."""
    easting = _LETTERS.index(column) - (zone - 1) % 3 * 8 + 1
    if not 1 <= easting <= 8:
        return None
    northing = (_ROWS.index(row) - (0 if zone % 2 else 5)) % 20
    while northing < _LOWEST_M[band]:
        northing += 20
    return float(easting * _SQUARE_M), float(northing * _SQUARE_M)
