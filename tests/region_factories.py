"""Small regions for tests: squares of boundaries, and packs written into a folder."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import osmium
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from jurisdictions.boundaries import Boundary, BoundarySet, Municipality
from jurisdictions.values import Discipline

WEST, SOUTH = 9.5, 47.1
KM_LON, KM_LAT = 0.01321, 0.008993
"""About one kilometre in degrees at 47.1 degrees north."""

URN: dict[Discipline, str] = {
    "law": "urn:service:sos.police",
    "fire": "urn:service:sos.fire",
    "ems": "urn:service:sos.ambulance",
}


def square(x_km: float, y_km: float, size_km: float = 1.0) -> BaseGeometry:
    """A square whose south-west corner lies so many kilometres from the origin."""
    west, south = WEST + x_km * KM_LON, SOUTH + y_km * KM_LAT
    return box(west, south, west + size_km * KM_LON, south + size_km * KM_LAT)


def make_boundary(agency_id: str, geometry: BaseGeometry, **over: Any) -> Boundary:
    fields: dict[str, Any] = {
        "agency_id": agency_id,
        "name": agency_id.title(),
        "discipline": "fire",
        "nguid": f"urn:{agency_id}:{geometry.bounds[0]:.4f}",
        "zone": "Z1",
        "municipality": None,
        "geometry": geometry,
    }
    return Boundary(**(fields | over))


def make_boundaries(*boundaries: Boundary, border_m: float = 100.0, **over: Any) -> BoundarySet:
    fields: dict[str, Any] = {
        "municipalities": [Municipality("Ashby", square(0, 0)), Municipality("Brill", square(1, 0))]
    }
    return BoundarySet(boundaries, border_m=border_m, version="v1", **(fields | over))


def write_pack(folder: Path) -> Path:
    """A pack of two towns without a mistake; its roads are one street."""
    (folder / "esb").mkdir(parents=True)
    (folder / "region.toml").write_text(
        'name = "Two Towns"\ntime_zone = "Europe/Vaduz"\nborder_m = 100\n'
    )
    write_street(folder / "roads.osm.pbf")
    towns = [("Ashby", square(0, 0)), ("Brill", square(1, 0))]
    write_features(
        folder / "municipalities.geojson", [({"name": name}, area) for name, area in towns]
    )
    agencies = ["agency,name,discipline,municipality"]
    for discipline in URN:
        areas = []
        for name, area in towns:
            agency = f"{name.lower()}-{discipline}"
            agencies.append(f"{agency},{name} {discipline},{discipline},{name}")
            areas.append((boundary_properties(agency, discipline), area))
        write_features(folder / f"esb/{discipline}.geojson", areas)
    (folder / "agencies.csv").write_text("\n".join(agencies) + "\n")
    write_features(
        folder / "stations.geojson",
        [({"code": "S1", "kind": "fire", "municipality": "Ashby"}, square(0.5, 0.5).centroid)],
    )
    (folder / "units.csv").write_text(
        "agency,unit,kind,station,capabilities,staffing\n"
        "ashby-fire,E1,engine,S1,engine;suppression,4\n"
        "ashby-fire,L1,ladder,S1,ladder,3\n"
        "ashby-ems,M1,medic,S1,als;transport,2\n"
        "ashby-law,P1,patrol,S1,patrol,1\n"
    )
    (folder / "response_plans.csv").write_text(
        "incident_type,label,lead,priority,discipline,capability,count\n"
        "FIRE,Building fire,fire,1,fire,engine,2\n"
        "FIRE,Building fire,fire,1,ems,als,1\n"
    )
    (folder / "agreements.csv").write_text(
        "kind,lender,borrower,margin_s,expires\nautomatic,ashby-fire,brill-fire,60,2030-12-31\n"
    )
    return folder


def write_street(path: Path, west: float = WEST, south: float = SOUTH) -> None:
    """An OSM file with one street of two nodes."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for ref in (1, 2):
            node = osmium.osm.mutable.Node(
                id=ref, location=(west + ref * KM_LON / 4, south + KM_LAT / 2)
            )
            writer.add_node(node)
        tags = {"highway": "residential", "name": "Elm St"}
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags=tags))


def boundary_properties(agency: str, discipline: Discipline, **over: Any) -> dict[str, Any]:
    fields = {
        "Agency_ID": agency,
        "DsplayName": agency,
        "ServiceURN": URN[discipline],
        "NGUID": f"urn:{agency}",
        "Effective": None,
        "Expire": None,
    }
    return fields | over


def write_features(path: Path, features: list[tuple[dict[str, Any], BaseGeometry]]) -> None:
    """A FeatureCollection of these."""
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": properties,
                        "geometry": geometry.__geo_interface__,
                    }
                    for properties, geometry in features
                ],
            },
            default=lambda time: time.isoformat() if isinstance(time, datetime) else str(time),
        )
    )
