"""Networks, routing orders and known places kept on disk, so that a hub starts in a second.

Networks and places are ``.npz`` files of arrays, an order one ``.npy`` file of its network's id.
Neither holds pickled objects, and a damaged file is an error, not a crash.
"""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from geodata.known_places import AddressPoints, CommonPlace, KnownPlaces, Milepost
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork, RoadsReport, Weights
from geodata.road_errors import NetworkFileUnreadable

_FORMAT: Final = "roads-1"
_PLACES_FORMAT: Final = "places-1"


def save_network(network: RoadNetwork, path: Path) -> None:
    """Write the network, whole or not at all; an older file of the name is replaced."""
    about = {
        "format": _FORMAT,
        "network_id": network.network_id,
        "names": network.names,
        "hours": network.hours,
        "report": asdict(network.report),
    }
    arrays: dict[str, Any] = dict(network.arrays())
    text = json.dumps(about, ensure_ascii=False).encode()
    arrays["about"] = np.frombuffer(text, np.uint8)
    _write(arrays, path)


def _write(arrays: dict[str, Any], path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def load_network(path: Path) -> RoadNetwork:
    """Read what ``save_network`` wrote.

    Raises:
        NetworkFileUnreadable: Missing, damaged, or written by another version.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            arrays: dict[str, Any] = {name: held[name] for name in held.files}
        about = json.loads(arrays.pop("about").tobytes())
        if about["format"] != _FORMAT:
            raise NetworkFileUnreadable(path, f"format {about['format']}, not {_FORMAT}")
        report = RoadsReport(**about["report"])
        names, hours = tuple(about["names"]), tuple(about.get("hours", ()))
        network = RoadNetwork(**arrays, names=names, hours=hours, report=report)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
    ) as cause:
        raise NetworkFileUnreadable(path, str(cause) or type(cause).__name__) from cause
    if network.network_id != about["network_id"]:
        raise NetworkFileUnreadable(path, "its content does not match its id")
    return network


def known_places_path(folder: Path, version: str) -> Path:
    """Where the places of a region's version are kept."""
    return folder / f"{version}.places.npz"


def save_known_places(known: KnownPlaces, path: Path) -> None:
    """Write the places, whole or not at all; an older file of the name is replaced."""
    about = {
        "format": _PLACES_FORMAT,
        "places": [[p.name, p.kind, *p.at, *p.also] for p in known.places],
        "mileposts": [[m.road, m.distance, *m.at, m.direction, m.unit] for m in known.mileposts],
        "streets": known.addresses.streets,
    }
    houses = known.addresses
    arrays = {name: getattr(houses, name) for name in ("street", "number", "lon", "lat")}
    arrays["about"] = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
    _write(arrays, path)


def load_known_places(path: Path) -> KnownPlaces:
    """Read what ``save_known_places`` wrote; nothing where there is no such file.

    Raises:
        NetworkFileUnreadable: Damaged, or written by another version.
    """
    if not path.exists():
        return KnownPlaces()
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            arrays: dict[str, Any] = {name: held[name] for name in held.files}
        about = json.loads(arrays.pop("about").tobytes())
        if about["format"] != _PLACES_FORMAT:
            raise NetworkFileUnreadable(path, f"format {about['format']}, not {_PLACES_FORMAT}")
        return KnownPlaces(
            places=tuple(
                CommonPlace(name, LonLat(lon, lat), kind, tuple(also))
                for name, kind, lon, lat, *also in about["places"]
            ),
            mileposts=tuple(
                Milepost(road, distance, LonLat(lon, lat), direction, unit)
                for road, distance, lon, lat, direction, unit in about["mileposts"]
            ),
            addresses=AddressPoints(streets=tuple(about["streets"]), **arrays),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as cause:
        raise NetworkFileUnreadable(path, str(cause) or type(cause).__name__) from cause


def order_path(folder: Path, network_id: str) -> Path:
    """Where a network's order is kept."""
    return folder / f"{network_id}.order.npy"


def save_order(order: Weights, folder: Path, network_id: str) -> None:
    """Keep a network's order; the folder must exist."""
    path = order_path(folder, network_id)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as out:
        np.save(out, order, allow_pickle=False)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def find_order(folder: Path, network_id: str) -> Weights | None:
    """The order kept for a network; None where there is none, or only a damaged one."""
    try:
        with order_path(folder, network_id).open("rb") as file:
            order = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = order.ndim == 1 and order.dtype == np.uint32
    if not whole or not np.array_equal(np.sort(order), np.arange(len(order))):
        return None
    kept: Weights = order
    return kept
