"""``hub bench resolve``: a point to its authorities in memory, beside the same in PostGIS."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import Connection, create_engine, text

from geodata.lonlat import LonLat
from geodata.shapes import Point
from geodata.synthetic.county import make_county
from jurisdictions.boundaries import BoundarySet
from jurisdictions.pack import read_pack
from jurisdictions.recorded_calls import RecordedCall, read_calls
from jurisdictions.resolve import resolve

SQL_POINTS = 1_000
QUERY = text(
    "SELECT discipline, agency_id FROM bench_boundary "
    "WHERE ST_Intersects(area, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"
)


def run(pack: Path | None = None, postgis_url: str = "") -> dict[str, Any]:
    """Resolve a region's recorded calls in their order, with the border distance.

    A square of ground is slow the first time that a call falls into it and quick from then on, so
    the calls are taken as they came, cold ones included.

    Args:
        pack: A region pack with recorded calls; None: a made-up county with its year of calls.
        postgis_url: A PostGIS database to ask the same; empty: ``sql_p50_us`` is None.

    Returns:
        ``resolve_p50_us``, ``resolve_p99_us`` and ``sql_p50_us`` microseconds a point,
        ``disagree``: points of which memory and SQL (or, without SQL, memory and a look at every
        boundary) name other agencies.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = pack
        if folder is None:
            folder = Path(scratch)
            make_county(folder)
        region = read_pack(folder)
        boundaries = region.boundary_set()
        recorded = read_calls(region.calls) if region.calls else ()
        points = [call.at for call in recorded if isinstance(call, RecordedCall)]
    now = datetime.now(UTC)
    boundaries.warm(now)
    spent = []
    answers = []
    for point in points:
        shape = Point(at=point)
        began = time.perf_counter()
        found = resolve(boundaries, shape, now)
        spent.append((time.perf_counter() - began) * 1e6)
        answers.append(
            {(d.discipline, d.authority.agency_id) for d in found.disciplines if d.authority}
        )
    spent.sort()
    if postgis_url:
        sql_p50, claims = _ask_postgis(postgis_url, boundaries, points[:SQL_POINTS])
    else:
        sql_p50, claims = None, [_look_at_all(boundaries, p, now) for p in points[:SQL_POINTS]]
    return {
        "points": len(points),
        "resolve_p50_us": round(statistics.median(spent), 1),
        "resolve_p99_us": round(spent[int(len(spent) * 0.99)], 1),
        "sql_p50_us": sql_p50,
        "disagree": sum(
            not answer <= claim or {d for d, _ in answer} != {d for d, _ in claim}
            for answer, claim in zip(answers, claims, strict=False)
        ),
    }


def _look_at_all(boundaries: BoundarySet, at: LonLat, now: datetime) -> set[tuple[str, str]]:
    point = shapely.Point(*at)
    return {
        (boundary.discipline, boundary.agency_id)
        for boundary in boundaries.boundaries
        if boundary.in_force(now) and boundary.geometry.intersects(point)
    }


def _ask_postgis(
    url: str, boundaries: BoundarySet, points: list[LonLat]
) -> tuple[float, list[set[tuple[str, str]]]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        _fill(connection, boundaries)
        spent = []
        claims = []
        for point in points:
            began = time.perf_counter()
            rows = connection.execute(QUERY, {"lon": point.lon, "lat": point.lat}).all()
            spent.append((time.perf_counter() - began) * 1e6)
            claims.append({(row.discipline, row.agency_id) for row in rows})
        connection.rollback()
    engine.dispose()
    return round(statistics.median(spent), 1), claims


def _fill(connection: Connection, boundaries: BoundarySet) -> None:
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE bench_boundary "
            "(discipline text, agency_id text, area geometry(GEOMETRY, 4326)) ON COMMIT DROP"
        )
    )
    connection.execute(
        text(
            "INSERT INTO bench_boundary VALUES (:discipline, :agency, ST_GeomFromText(:area, 4326))"
        ),
        [
            {"discipline": b.discipline, "agency": b.agency_id, "area": b.geometry.wkt}
            for b in boundaries.boundaries
        ],
    )
    connection.execute(text("CREATE INDEX ON bench_boundary USING gist (area)"))
    connection.execute(text("ANALYZE bench_boundary"))
