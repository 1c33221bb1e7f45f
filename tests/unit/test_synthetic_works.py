"""The made-up county's works come again by the week, and its low bridge turns ladders away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatch.domain.recurrence import Recurrence
from dispatch.interop.formats import decode
from geodata.matching import match_line
from geodata.snapping import Snapper
from geodata.sources.osm import read_osm
from geodata.synthetic.county import make_county
from geodata.vehicles import VehicleSize, arcs_too_small
from jurisdictions.pack import read_pack

READ_AT = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    make_county(folder, seed=4, nodes=1500, calls=20)
    return folder


def test_whatever_the_hour_one_of_its_works_shuts_a_street(county: Path) -> None:
    pack = read_pack(county)
    assert pack.works is not None
    decoded = decode("closures", pack.works.read_bytes(), READ_AT)
    assert (decoded.listed, decoded.rejects) == (4, [])
    day, night, *_ = decoded.items
    for hour in range(24):
        at = READ_AT + timedelta(hours=hour)
        runs = [
            Recurrence(time_zone=pack.region.time_zone, hours=item.hours).run_at(
                at, item.begins_at, item.ends_at
            )
            for item in (day, night)
        ]
        assert sum(run is not None and run.holds for run in runs) == 1


def test_its_ladders_do_not_fit_under_its_low_bridge_and_its_engines_do(county: Path) -> None:
    pack = read_pack(county)
    tallest = {
        kind: max(unit.height_m or 0.0 for unit in pack.units if unit.kind == kind)
        for kind in ("ladder", "engine")
    }
    network = read_osm(pack.roads)
    low = arcs_too_small(network, VehicleSize(height_m=tallest["ladder"]))
    assert len(low)
    assert not len(arcs_too_small(network, VehicleSize(height_m=tallest["engine"])))
    assert network.name_of(int(low[0])) in (county / "README.md").read_text()


def test_its_works_lie_on_its_roads(county: Path) -> None:
    network = read_osm(county / "roads.osm.pbf")
    snapper = Snapper(network)
    for item in decode("closures", (county / "works.json").read_bytes(), READ_AT).items:
        found = match_line(network, snapper, item.line, item.direction, road_names=item.road_names)
        assert found.placed, (item.ref, found.why_not)
