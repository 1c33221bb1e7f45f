"""The roads process: answers on a local socket, and follows the event log between answers.

One thread owns the router and answers; only the reading of the log happens in another. It ends
when it cannot go on, and whoever supervises it starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from dispatch.domain.events import RegionActivated
from dispatch.domain.values import VEHICLE_CLASSES
from dispatch.roads.following import Batch, ClosureLog
from dispatch.roads.live_roads import LiveRoads
from dispatch.roads.memory import give_back
from dispatch.roads.protocol import (
    HEADER_BYTES,
    MAX_PATHS,
    MAX_TARGETS,
    MAX_UNITS,
    BadFrame,
    BadRequest,
    body_length,
    frame,
    line_from_wire,
    line_to_wire,
    parse,
    point_from_wire,
    points_from_wire,
    socket_address,
    units_from_wire,
)
from dispatch.roads.supervisor import GO, PARENT_VARIABLE
from geodata.road_errors import RoadError, RouterFailed
from jurisdictions.driving import RoadsKept

POLL_S: Final = 0.025
_SETTLE_AFTER_S: Final = 1.0
"""Right after the start come the questions that waited for it; they need few vehicle classes."""
EXIT_IN_USE: Final = 73
EXIT_ROUTER_FAILED: Final = 70
EXIT_OTHER_NETWORK: Final = 75
"""Another network is in force: a fresh process loads it."""

_EVERYBODYS: Final = tuple(map(RoadsKept, VEHICLE_CLASSES))

OpenRoads = Callable[[str], LiveRoads]
"""Loads the network of an id and builds its router, in the calling thread."""

_PR_SET_PDEATHSIG: Final = 1

log = structlog.get_logger()


class SocketInUse(Exception):
    """Another process answers on this socket."""


def serve(socket_path: Path, closure_log: ClosureLog, open_roads: OpenRoads) -> int:
    """Run the roads process until it is told to end.

    Args:
        socket_path: Where to listen; a socket that a dead process left there is removed.
        closure_log: Which network is in force, which closures stand, what changes.
        open_roads: Makes the roads of a network, all open.

    Returns:
        The exit code: 0 after a signal, else one of the ``EXIT_*``.
    """
    if os.environ.get(PARENT_VARIABLE):
        _be_killed_with_parent()
        if not _told_to_go():
            return 0
        threading.Thread(target=_end_with_parent, name="roads-parent", daemon=True).start()
    server = RoadsServer(closure_log, open_roads)
    try:
        return asyncio.run(server.run(socket_path))
    except SocketInUse:
        log.error("roads.socket_in_use", path=str(socket_path))
        return EXIT_IN_USE
    except RouterFailed as failure:
        log.error("roads.router_failed", cause=str(failure))
        return EXIT_ROUTER_FAILED


def _told_to_go() -> bool:
    """Wait for the word to begin; False when the parent ended instead."""
    word = b""
    while len(word) < len(GO):
        more = os.read(sys.stdin.fileno(), len(GO) - len(word))
        if not more:
            return False
        word += more
    return word == GO


def _be_killed_with_parent() -> None:
    """Have the kernel end this process with the hub: one that a signal stopped cannot itself."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _end_with_parent() -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    os._exit(0)


class RoadsServer:
    """The socket, the log and the roads between them; no roads while no region is loaded."""

    def __init__(self, closure_log: ClosureLog, open_roads: OpenRoads) -> None:
        self._log = closure_log
        self._open_roads = open_roads
        self._roads: LiveRoads | None = None
        self._epoch = ""
        self._seq = 0
        self._reading = asyncio.Lock()
        self._unsettled = False
        self._kept: tuple[RoadsKept, ...] = _EVERYBODYS
        self._began = time.monotonic()
        self._end: asyncio.Future[int] | None = None

    async def run(self, socket_path: Path) -> int:
        """Load, listen and follow; see ``serve``."""
        self._end = asyncio.get_running_loop().create_future()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, self._finish, 0)
        address = socket_address(socket_path)
        _claim(address)
        self._load()
        if self._roads is not None:
            self._roads.settle(_EVERYBODYS[0])  # the others once questions are answered
        gc.freeze()  # what is loaded stays: to go through it again and again holds up the answers
        give_back()
        listening = await asyncio.start_unix_server(self._talk, address)
        os.chmod(address, 0o600)  # noqa: PTH101  # a moment, on a local file system
        log.info("roads.listening", path=address, seq=self._seq, network=self._network_id)
        following = asyncio.create_task(self._follow(), name="roads-follow")
        try:
            return await self._end
        finally:
            following.cancel()
            listening.close()
            await asyncio.gather(following, return_exceptions=True)
            _unlink(address)

    @property
    def _network_id(self) -> str:
        return self._roads.network.network_id if self._roads is not None else ""

    def _finish(self, code: int) -> None:
        if self._end is not None and not self._end.done():
            self._end.set_result(code)

    def _fail(self, failure: BaseException) -> None:
        if self._end is not None and not self._end.done():
            self._end.set_exception(failure)

    def _load(self) -> None:
        """Let stand what stands; only then is the event reached, else it is tried again."""
        standing = self._log.load()
        if standing.network_id is not None:
            if self._roads is None:
                self._roads = self._open_roads(standing.network_id)
            elif self._roads.network.network_id != standing.network_id:
                self._finish(EXIT_OTHER_NETWORK)
                return
            self._roads.stand(standing.seq, standing.closures, standing.sizes, standing.time_zone)
            self._roads.tell_time(datetime.now(UTC))
            self._kept = (*_EVERYBODYS, *standing.kept)
            self._unsettled = True
            for closure_id in sorted(self._roads.unplaced):
                log.warning("roads.closure_unplaced", closure=closure_id)
        self._epoch, self._seq = standing.epoch, standing.seq

    async def _follow(self) -> None:
        began_s = time.monotonic()
        while True:
            try:
                await self._catch_up(0)
                if self._roads is not None and self._roads.tell_time(datetime.now(UTC)):
                    self._unsettled = True
                    log.info("roads.hours_changed", seq=self._seq)
                if time.monotonic() - began_s > _SETTLE_AFTER_S:
                    await self._settle()
            except RouterFailed as failure:
                self._fail(failure)
                return
            except Exception as error:
                log.warning("roads.log_unreadable", cause=repr(error), seq=self._seq)
                await asyncio.sleep(0.5)
            await asyncio.sleep(POLL_S)

    async def _settle(self) -> None:
        """Work off what changed, one vehicle class at a time; questions may come in between."""
        if not self._unsettled:
            return
        self._unsettled = False
        for kept in self._kept:
            if self._roads is not None:
                self._roads.settle(kept)
            await asyncio.sleep(0)
        for kept in self._kept:
            if self._roads is not None and self._roads.bind_somewhere:
                self._roads.settle_open(kept)
            await asyncio.sleep(0)

    async def _catch_up(self, min_seq: int) -> None:
        """Take over what the log has; at once when ``min_seq`` is not reached yet."""
        async with self._reading:
            if min_seq and self._seq >= min_seq:
                return
            while True:
                before = self._seq
                batch = await asyncio.to_thread(self._log.read, before)
                self._take(batch)
                if self._seq >= min_seq or self._seq == before:
                    return

    def _take(self, batch: Batch) -> None:
        if batch.epoch != self._epoch or batch.seq < self._seq:
            log.warning("roads.other_epoch", epoch=batch.epoch, seq=batch.seq)
            self._load()
            return
        if any(isinstance(event.body, RegionActivated) for event in batch.events):
            self._load()
            return
        if self._roads is not None:
            self._roads.take(batch.seq, batch.events)
            if batch.events:
                self._unsettled = True
                log.info("roads.changed", seq=batch.seq, events=len(batch.events))
        self._seq = batch.seq

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                header = await reader.readexactly(HEADER_BYTES)
                request = parse(await reader.readexactly(body_length(header)))
                reply = await self._answer(request)
                if reply is not None:
                    writer.write(frame({"id": request.get("id"), **reply}))
                    await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        except asyncio.CancelledError:
            pass  # the process ends; the stream's own callback would print it as a fault
        except BadFrame as error:
            log.warning("roads.bad_frame", cause=str(error))
        except RouterFailed as failure:
            self._fail(failure)
        finally:
            writer.close()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The reply's fields; None when nobody waits for it any more."""
        try:
            min_seq = int(request.get("min_seq", 0))
            expires = float(request["expires"])
            if min_seq > self._seq:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, expires - time.monotonic())):
                        await self._catch_up(min_seq)
            if time.monotonic() > expires:
                return None
            return self._ANSWERS[request["op"]](self, request)
        except RouterFailed:
            raise
        except (BadRequest, KeyError, TypeError, ValueError) as error:
            return _error("bad_request", str(error) or repr(error))
        except RoadError as error:
            return _error(error.code, str(error))

    def _open(self) -> LiveRoads:
        if self._roads is None:
            raise NoNetwork("no region is loaded")
        return self._roads

    def _rank(self, request: dict[str, Any]) -> dict[str, Any]:
        roads = self._open()
        units = units_from_wire(request["units"], MAX_UNITS)
        ranked = roads.rank(point_from_wire(request["target"]), units)
        return {
            "seconds": ranked.seconds,
            "seq": roads.seq,
            "network_id": roads.network.network_id,
            "off_network": ranked.off_network,
            "off_roads_m": list(ranked.off_roads_m.items()),
        }

    def _rank_many(self, request: dict[str, Any]) -> dict[str, Any]:
        roads = self._open()
        units = units_from_wire(request["units"], MAX_UNITS)
        targets = points_from_wire(request["targets"], MAX_TARGETS)
        return {
            "rows": roads.rank_many(targets, units),  # JSON has null for what is no number
            "seq": roads.seq,
            "network_id": roads.network.network_id,
        }

    def _paths(self, request: dict[str, Any]) -> dict[str, Any]:
        roads = self._open()
        units = units_from_wire(request["units"], MAX_PATHS)
        target = point_from_wire(request["target"])
        found = roads.paths(target, units)
        compared, now_s = request.get("compared", ([], []))
        without = roads.without(target, units_from_wire(compared, MAX_PATHS), now_s)
        return {
            "paths": [
                None
                if path is None
                else [path.travel_s, line_to_wire(path.line), path.closures, path.turns_waived]
                for path in found
            ],
            "without": [
                None
                if way is None
                else [
                    way.travel_s,
                    line_to_wire(way.line),
                    way.closures,
                    way.max_height_m,
                    way.max_weight_t,
                    way.by_hour,
                ]
                for way in without
            ],
            "seq": roads.seq,
        }

    def _match(self, request: dict[str, Any]) -> dict[str, Any]:
        roads = self._open()
        direction = request["direction"]
        if direction not in ("both", "along", "unknown"):
            raise BadRequest("direction is both, along or unknown")
        placed = roads.place(
            line_from_wire(request["line"]),
            direction,
            follows_road=bool(request.get("follows_road", True)),
            is_area=bool(request.get("is_area", False)),
            road_names=[str(name) for name in request.get("road_names", ())],
        )
        return {
            "arcs": list(placed.arcs),
            "confidence": placed.confidence,
            "why_not": placed.why_not,
            "network_id": roads.network.network_id,
            "proposal": list(placed.proposal),
        }

    def _ahead(self, request: dict[str, Any]) -> dict[str, Any]:
        roads = self._open()
        way, heading = request.get("way") or [], request.get("heading_deg")
        found = roads.ahead(
            point_from_wire(request["at"]),
            reach_m=float(request["reach_m"]),
            way=line_from_wire(way) if way else [],
            heading_deg=None if heading is None else float(heading),
        )
        return {
            "arcs": list(found.arcs) if found else [],
            "line": line_to_wire(found.line) if found else [],
            "directed": found.directed if found else False,
            "name": roads.network.name_of(found.arcs[0]) if found else "",
            "network_id": roads.network.network_id,
        }

    def _status(self, request: dict[str, Any]) -> dict[str, Any]:
        roads = self._roads
        return {
            "seq": self._seq,
            "network_id": self._network_id,
            "nodes": roads.network.node_count if roads else 0,
            "arcs": roads.network.arc_count if roads else 0,
            "closures": roads.closures if roads else 0,
            "unplaced": sorted(roads.unplaced) if roads else [],
            "rss_mb": _rss_mb(),
            "up_s": round(time.monotonic() - self._began, 3),
        }

    _ANSWERS: Final = {
        "rank": _rank,
        "rank_many": _rank_many,
        "paths": _paths,
        "match": _match,
        "ahead": _ahead,
        "status": _status,
    }


class NoNetwork(RoadError):
    """No region is loaded, so there are no roads."""

    code = "no_network"


def _error(code: str, detail: str) -> dict[str, Any]:
    return {"error": {"code": code, "detail": detail}}


def _claim(address: str) -> None:
    """Remove a socket that nobody answers on.

    Raises:
        SocketInUse: Somebody does.
    """
    Path(address).parent.mkdir(parents=True, exist_ok=True)
    if not Path(address).exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.settimeout(0.5)
        try:
            trial.connect(address)
        except OSError:
            _unlink(address)
            return
    raise SocketInUse(address)


def _unlink(address: str) -> None:
    Path(address).unlink(missing_ok=True)


def _rss_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return round(pages * resource.getpagesize() / 2**20, 1)
    except OSError:
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1)
