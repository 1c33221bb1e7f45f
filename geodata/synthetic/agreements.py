"""Who lends units to whom, on what terms: two unlike kinds, and one that has lapsed."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.synthetic.fleet import DOMAIN, Fleet
from geodata.synthetic.zones import Zone

COLUMNS = ("kind", "lender", "borrower", "margin_s", "expires")
AUTOMATIC_MARGIN_S, MUTUAL_MARGIN_S = 60, 240
Row = tuple[str, str, str, str, str]


def agreement_rows(fleet: Fleet, zones: dict[str, list[Zone]]) -> list[Row]:
    """Rows in ``COLUMNS``, both directions of each pair.

    Automatic aid (the nearer unit goes when it saves a minute, until 2031) stands among fire
    departments with paid crews that touch and among the ambulance services; mutual aid (asked for,
    four minutes, until mid-2030) among the rest that touch. One automatic pair lapsed at the end
    of June 2025.
    """
    staffing = {a.id: a.staffing for a in fleet.agencies}
    rows: list[Row] = []
    lapsed: tuple[str, str] | None = None
    for discipline, areas in zones.items():
        for a, b in _touching(areas):
            paid = "volunteer" not in (staffing[a], staffing[b])
            automatic = discipline == "ems" or (discipline == "fire" and paid)
            if automatic and discipline == "fire" and lapsed is None:
                lapsed = (a, b)
            expires = (
                "2025-06-30" if (a, b) == lapsed else "2031-12-31" if automatic else "2030-06-30"
            )
            kind = "automatic" if automatic else "mutual"
            margin = str(AUTOMATIC_MARGIN_S if automatic else MUTUAL_MARGIN_S)
            rows += [(kind, a, b, margin, expires), (kind, b, a, margin, expires)]
    neighbour = "wexcombe-fire.example"
    near = next(s for s in fleet.stations if s.outside)
    spot = shapely.points(near.at)
    fire = sorted(zones["fire"], key=lambda z: float(shapely.distance(z.area, spot)))
    for borrower in dict.fromkeys(z.agency for z in fire[:4]):
        rows.append(("mutual", neighbour, borrower, str(MUTUAL_MARGIN_S), "2030-06-30"))
    return rows


def _touching(zones: list[Zone]) -> list[tuple[str, str]]:
    agencies = sorted({z.agency for z in zones})
    whole = {
        a: shapely.unary_union([z.area for z in zones if z.agency == a]).buffer(1.0)
        for a in agencies
    }
    pairs = [(a, b) for k, a in enumerate(agencies) for b in agencies[k + 1 :]]
    sheriff = f"sheriff.{DOMAIN}"
    return [(a, b) for a, b in pairs if sheriff in (a, b) or _meet(whole[a], whole[b])]


def _meet(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    return bool(np.any(shapely.intersects(one, other)))
