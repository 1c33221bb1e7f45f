"""Builds the index of places, as ``python -m dispatch.services.place_building``, by itself.

Building one of a large county takes many seconds of Python's lock; in the hub's own process every
answer would wait for them. The order comes by standard input and the index goes into a file; how
far it is, and at last what went wrong, is said on standard output, a line each. It ends with the
process that ordered it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
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


def await_built(
    child: subprocess.Popen[bytes],
    order: Order,
    built: Callable[[int], None] = lambda percent: None,
) -> Built:
    """Give the process its order, and wait until it ends. For a thread that may wait.

    Args:
        child: As ``start_building`` gave it.
        order: What it is to build.
        built: Told how many per cent are done, each time that the process says so.
    """
    assert child.stdin is not None
    assert child.stdout is not None
    result: Built | None = None
    try:
        child.stdin.write(pickle.dumps(order))
        child.stdin.flush()
        for line in child.stdout:
            said = orjson.loads(line)
            if isinstance(said, int):
                built(said)
            else:
                result = Built(*said)
    except (OSError, ValueError) as failure:  # killed in the middle of a line
        result = Built(repr(failure))
    finally:
        child.wait()
        child.stdout.close()
        with suppress(OSError):  # what it did not read any more is not said to anybody
            child.stdin.close()
    return result or Built(f"the process that builds it ended with {child.returncode}")


def build(order: Order, built: Callable[[int], None] = lambda percent: None) -> Built:
    """Read what is kept, index it, and write the index; ``built`` is told the per cent done."""
    known, known_error = KnownPlaces(), ""
    try:
        network = load_network(order.network)
        try:
            known = load_known_places(order.known)
        except NetworkFileUnreadable as failure:  # a damaged file costs no street
            known_error = repr(failure)
        built(10)
        places = (*order.stations, *known.places)
        areas = order.areas
        finder = PlaceFinder.build(network, areas, places, known.addresses, known.mileposts, built)
        save_finder(finder, order.out)
    except (OSError, NetworkFileUnreadable) as failure:
        return Built(repr(failure), known_error)
    return Built("", known_error)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


def _say(what: int | list[str]) -> None:
    sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
    sys.stdout.flush()


def main() -> None:
    """Take the order, build, and say what came of it."""
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the hub that started it
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    os.nice(_NICE)
    _say(list(build(order, _say)))


if __name__ == "__main__":
    main()
