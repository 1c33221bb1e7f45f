"""Writes the files of a region pack. Every row comes from the caller; nothing is decided here."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.synthetic.land import to_lonlat

Row = Sequence[str]
URN = {"law": "police", "fire": "fire", "ems": "ambulance"}


def write_rows(path: Path, columns: Row, rows: Iterable[Row]) -> None:
    """A CSV with a header and ``\\n`` line ends; compressed where the name ends in ``.gz``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    raw = text.getvalue().encode()
    path.write_bytes(gzip.compress(raw, 6, mtime=0) if path.suffix == ".gz" else raw)


def write_json(path: Path, document: Any) -> None:
    """Compact JSON with one line end; the same document gives the same bytes."""
    path.write_text(
        json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n",
        encoding="utf-8",
    )


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": list(features)}


def feature(
    geometry: BaseGeometry, properties: dict[str, Any], id_: str | None = None
) -> dict[str, Any]:
    """A GeoJSON feature of a geometry in degrees."""
    shape = json.loads(shapely.to_geojson(geometry))
    whole: dict[str, Any] = {"type": "Feature"}
    if id_ is not None:
        whole["id"] = id_
    return whole | {"properties": properties, "geometry": shape}


def in_degrees(area: BaseGeometry) -> BaseGeometry:
    """Metres to degrees, corner by corner, so that neighbours still share their corners."""
    return shapely.transform(area, lambda c: to_lonlat(np.asarray(c, dtype=np.float64)))


def esb_properties(
    discipline: str,
    agency: str,
    name: str,
    station: str,
    municipality: str,
    number: int,
    effective: str,
) -> dict[str, Any]:
    """NENA's names for one emergency service boundary, with the station and municipality."""
    return {
        "Agency_ID": agency,
        "DsplayName": name,
        "ServiceURN": f"urn:service:sos.{URN[discipline]}",
        "Effective": effective,
        "Expire": None,
        "NGUID": f"urn:emergency:uid:gis:{discipline}:{station}-{number}:{agency}",
        "station": station,
        "municipality": municipality,
    }
