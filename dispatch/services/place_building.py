"""Builds the index of places, as ``python -m dispatch.services.place_building``, by itself.

Building one of a large county takes many seconds of Python's lock; in the hub's own process every
answer would wait for them. The order comes by standard input, the index goes into a file, and what
went wrong is said on standard output. It ends with the process that ordered it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
from shapely.geometry.base import BaseGeometry

from geodata.geocoding import PlaceFinder
from geodata.known_places import CommonPlace, KnownPlaces
from geodata.road_errors import NetworkFileUnreadable
from geodata.sources.kept import load_known_places, load_network
from geodata.sources.kept_finder import save_finder

COMMAND = (sys.executable, "-m", "dispatch.services.place_building")
_NICE = 10
"""The hub and its roads come first where there are few processors."""


class Order(NamedTuple):
    """What is to be indexed, and where the index goes."""

    network: Path
    known: Path
    areas: Mapping[str, BaseGeometry]
    stations: Sequence[CommonPlace]
    out: Path


class Built(NamedTuple):
    """What came of it: ``error`` where there is no file, ``known_error`` where it lacks names."""

    error: str = ""
    known_error: str = ""


def start_building() -> subprocess.Popen[bytes]:
    """The process, waiting for its order."""
    return subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # an interrupt at the terminal is the hub's to pass on
    )


def await_built(child: subprocess.Popen[bytes], order: Order) -> Built:
    """Give the process its order, and wait until it ends. For a thread that may wait."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(pickle.dumps(order))
        child.stdin.flush()
        said = child.stdout.read()
    except OSError as failure:
        said = orjson.dumps([repr(failure), ""])
    finally:
        child.wait()
        child.stdin.close()
        child.stdout.close()
    if not said:
        return Built(f"the process that builds it ended with {child.returncode}")
    return Built(*orjson.loads(said))


def build(order: Order) -> Built:
    """Read what is kept, index it, and write the index."""
    known, known_error = KnownPlaces(), ""
    try:
        network = load_network(order.network)
        try:
            known = load_known_places(order.known)
        except NetworkFileUnreadable as failure:  # a damaged file costs no street
            known_error = repr(failure)
        places = (*order.stations, *known.places)
        areas = order.areas
        finder = PlaceFinder.build(network, areas, places, known.addresses, known.mileposts)
        save_finder(finder, order.out)
    except (OSError, NetworkFileUnreadable) as failure:
        return Built(repr(failure), known_error)
    return Built("", known_error)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


def main() -> None:
    """Take the order, build, and say what came of it."""
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the hub that started it
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    os.nice(_NICE)
    sys.stdout.buffer.write(orjson.dumps(list(build(order))))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
