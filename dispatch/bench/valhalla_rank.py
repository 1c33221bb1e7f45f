"""The same question put to Valhalla, where the programs of its ``pyvalhalla`` wheel are at hand.

Stands beside the hub's own figures only; nothing of the product uses it. The wheel's own server
answers, over a connection that stays open; what a request costs that asks for nothing is measured
beside it.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import osmium

import geodata.network as net
from dispatch.bench.running_hub import free_port
from geodata.lonlat import LonLat
from geodata.network import RoadNetwork

_UP_WITHIN_S: Final = 60.0
_MATRIX_LIMIT: Final = 10_000
"""Beyond what a public server is set to answer."""


class ValhallaFailed(Exception):
    """Valhalla was asked for and could not be measured; the message says why."""


def find_programs(folder: Path | None) -> Path | None:
    """The folder ``valhalla`` of the wheel, with its ``bin``; None where there is none.

    Args:
        folder: Where a wheel was unpacked, for a Python that cannot install it; None looks among
            the installed packages, and takes no wheel without programs (below 3.5).

    Raises:
        ValhallaFailed: The folder holds none.
    """
    if folder is not None:
        if not (folder / "valhalla" / "bin" / "valhalla_service").is_file():
            raise ValhallaFailed(f"{folder}: no unpacked wheel of pyvalhalla 3.5 or later")
        return folder / "valhalla"
    spec = importlib.util.find_spec("valhalla")
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent
    return found if (found / "bin" / "valhalla_service").is_file() else None


def matrix_ms(
    programs: Path,
    write_osm: Callable[[Path], Path],
    units: Sequence[LonLat],
    incidents: Sequence[LonLat],
) -> tuple[list[float], list[float]]:
    """Milliseconds of Valhalla's time-distance matrix from all units, for each incident.

    Args:
        programs: What ``find_programs`` found.
        write_osm: Gives the ``.osm.pbf`` file, in that folder or elsewhere; its tiles are built
            first, outside the clock.
        units: The matrix's sources.
        incidents: Its one target, in turn.

    Returns:
        As many times as incidents, and as many of a request that asks for nothing.

    Raises:
        ValhallaFailed: No tiles, no server, or an answer that is none.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        settings = _settings(programs, folder, port)
        builder = str(_program(programs, "valhalla_build_tiles"))
        _run([builder, "-c", str(settings)], write_osm(folder))
        with _served(programs, settings, port) as http:
            took = [_ask(http, units, incident) for incident in incidents]
            idle = [_timed(lambda: http.get("/status")) for _ in incidents]
    return took, idle


def write_roads(roads: RoadNetwork, path: Path) -> Path:
    """A made network as an OSM file: each edge a way of its class and speed; no turn is banned.

    Returns:
        The path.
    """
    ways = osmium.SimpleWriter(str(path), overwrite=True)
    mutable = osmium.osm.mutable
    for number, at in enumerate(zip(roads.node_lon, roads.node_lat, strict=True)):
        ways.add_node(mutable.Node(id=number + 1, location=(float(at[0]), float(at[1])), version=1))
    classes = [net.ROAD_CLASSES[c] for c in roads.edge_class.tolist()]
    forth, back = (roads.edge_arcs[:, side].tolist() for side in (0, 1))
    for edge, (there, again) in enumerate(zip(forth, back, strict=True)):
        arc = there if there >= 0 else again
        tags = {"highway": classes[edge], "maxspeed": str(int(roads.edge_speed_kph[edge]))}
        if there < 0 or again < 0:
            tags["oneway"] = "yes"
        ends = [int(roads.arc_tail[arc]) + 1, int(roads.arc_head[arc]) + 1]
        ways.add_way(mutable.Way(id=edge + 1, nodes=ends, tags=tags, version=1))
    ways.close()
    return path


def _program(programs: Path, name: str) -> Path:
    program = programs / "bin" / name
    program.chmod(program.stat().st_mode | 0o111)  # an unpacked wheel has lost it
    return program


def _settings(programs: Path, folder: Path, port: int) -> Path:
    tiles = folder / "tiles"
    tiles.mkdir()
    maker = [sys.executable, str(programs / "valhalla_build_config.py")]
    made = subprocess.run(
        [*maker, "--mjolnir-tile-dir", str(tiles), "--mjolnir-tile-extract", ""],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        raise ValhallaFailed(f"no settings of Valhalla: {made.stderr[-300:].decode()}")
    config: dict[str, Any] = json.loads(made.stdout)
    # Of its algorithms the faster one by far for many sources and one target.
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    config["service_limits"]["auto"]["max_matrix_location_pairs"] = _MATRIX_LIMIT
    config["service_limits"]["auto"]["max_locations"] = _MATRIX_LIMIT
    config["service_limits"]["auto"]["max_matrix_distance"] = 1e6
    service = config["httpd"]["service"]
    service["listen"] = f"tcp://127.0.0.1:{port}"
    for socket in ("loopback", "interrupt"):
        service[socket] = f"ipc://{folder}/{socket}"
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config))
    return path


def _run(command: Sequence[str], osm: Path) -> None:
    built = subprocess.run([*command, str(osm.resolve())], check=False, capture_output=True)
    if built.returncode:
        raise ValhallaFailed(f"{osm.name}: no tiles: {built.stderr[-300:].decode()}")


@contextmanager
def _served(programs: Path, settings: Path, port: int) -> Iterator[httpx2.Client]:
    command = [str(_program(programs, "valhalla_service")), str(settings), "1"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60.0) as http:
            until = time.monotonic() + _UP_WITHIN_S
            while not _is_up(http):
                if server.poll() is not None or time.monotonic() > until:
                    raise ValhallaFailed("its server did not come up")
                time.sleep(0.1)
            yield http
    finally:
        server.terminate()
        try:
            server.wait(5.0)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _is_up(http: httpx2.Client) -> bool:
    try:
        return http.get("/status").is_success
    except httpx2.TransportError:
        return False


def _ask(http: httpx2.Client, units: Sequence[LonLat], incident: LonLat) -> float:
    request = {
        "sources": [{"lon": unit.lon, "lat": unit.lat} for unit in units],
        "targets": [{"lon": incident.lon, "lat": incident.lat}],
        "costing": "auto",
    }
    return _timed(lambda: http.post("/sources_to_targets", json=request))


def _timed(ask: Callable[[], httpx2.Response]) -> float:
    begun = time.perf_counter()
    answer = ask()
    took = (time.perf_counter() - begun) * 1000
    if not answer.is_success:
        raise ValhallaFailed(f"it answered {answer.status_code}: {answer.text[:300]}")
    return took
