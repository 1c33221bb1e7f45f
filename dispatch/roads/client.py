"""The hub's side of the roads: asks over the local socket, and never waits past its deadline.

Whatever goes wrong comes out as ``RoadsUnavailable``; the caller then estimates and says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dispatch.domain.errors import RoadsUnavailable
from dispatch.roads.protocol import (
    HEADER_BYTES,
    Ahead,
    BadFrame,
    OpenWay,
    PathFound,
    Paths,
    Placed,
    Ranking,
    Rankings,
    RankUnit,
    RoadsStatus,
    body_length,
    frame,
    line_of_answer,
    parse,
    socket_address,
    units_to_wire,
)
from geodata.lonlat import LonLat
from geodata.matching import Direction

DEADLINE_S: Final = 0.2
MATCH_WITHIN_S: Final = 2.0
"""A line of many kilometres takes longer than a ranking, and a person waits for it."""


class RoadsClient:
    """One connection, made when first needed and again after it broke. For one event loop."""

    def __init__(self, socket_path: Path, deadline_s: float = DEADLINE_S) -> None:
        self._address = socket_address(socket_path)
        self._deadline_s = deadline_s
        self._next_id = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()

    async def rank(
        self,
        target: LonLat,
        units: Sequence[RankUnit],
        *,
        min_seq: int = 0,
        deadline_s: float | None = None,
    ) -> Ranking:
        """Seconds from each unit to the target along the roads open now.

        Args:
            target: The incident's point.
            units: Where the units are; seconds come back in this order.
            min_seq: The roads first take over the log up to this event, if it is there.
            deadline_s: Instead of the client's own.

        Raises:
            RoadsUnavailable: No answer in time, for whatever reason.
        """
        asked = {"target": list(target), "units": units_to_wire(units), "min_seq": min_seq}
        answer = await self._ask("rank", asked, deadline_s)
        return Ranking(
            tuple(answer["seconds"]),
            answer["seq"],
            answer["network_id"],
            answer["off_network"],
            dict(answer["off_roads_m"]),
        )

    async def rank_many(
        self,
        targets: Sequence[LonLat],
        units: Sequence[RankUnit],
        *,
        min_seq: int = 0,
        deadline_s: float | None = None,
    ) -> Rankings:
        """Seconds from each unit to each of up to ``MAX_TARGETS`` targets, a row for each target.

        Raises:
            RoadsUnavailable: No answer in time, for whatever reason.
        """
        asked = {
            "targets": [list(target) for target in targets],
            "units": units_to_wire(units),
            "min_seq": min_seq,
        }
        answer = await self._ask("rank_many", asked, deadline_s)
        rows = tuple(None if row is None else tuple(row) for row in answer["rows"])
        return Rankings(rows, answer["seq"], answer["network_id"])

    async def paths(
        self,
        target: LonLat,
        units: Sequence[RankUnit],
        *,
        min_seq: int = 0,
        deadline_s: float | None = None,
        compared: Sequence[tuple[RankUnit, float | None]] = (),
    ) -> Paths:
        """The way of each of a few units to the target.

        Args:
            target: The incident's point.
            units: Where the units are.
            min_seq: As for ``rank``.
            deadline_s: Instead of the client's own.
            compared: Units with their seconds by ``rank``: what closures and limits cost each of
                them is told as well, in this order.

        Raises:
            RoadsUnavailable: No answer in time, for whatever reason.
        """
        asked = {
            "target": list(target),
            "units": units_to_wire(units),
            "min_seq": min_seq,
            "compared": (units_to_wire([u for u, _ in compared]), [s for _, s in compared]),
        }
        answer = await self._ask("paths", asked, deadline_s)
        return Paths(
            tuple(
                None
                if row is None
                else PathFound(row[0], line_of_answer(row[1]), tuple(row[2]), row[3])
                for row in answer["paths"]
            ),
            answer["seq"],
            tuple(
                None
                if row is None
                else OpenWay(row[0], line_of_answer(row[1]), tuple(row[2]), *row[3:])
                for row in answer["without"]
            ),
        )

    async def match(
        self,
        line: Sequence[LonLat],
        direction: Direction = "both",
        *,
        follows_road: bool = True,
        is_area: bool = False,
        road_names: Sequence[str] = (),
        deadline_s: float | None = None,
    ) -> Placed:
        """The arcs that a closure's line runs over, or why it cannot be placed.

        Args:
            line: One point or more, in the order of traffic where ``direction`` is ``along``.
            direction: Which traffic is meant.
            follows_road: False where only the points lie on the road (a multipoint).
            is_area: The line is an outline, and all roads in it are meant, both directions.
            road_names: Names stated with it; roads of these names are likelier.
            deadline_s: Instead of two seconds, or the client's own where that is longer.

        Raises:
            RoadsUnavailable: No answer in time, for whatever reason.
        """
        asked = {
            "line": [list(point) for point in line],
            "direction": direction,
            "follows_road": follows_road,
            "is_area": is_area,
            "road_names": list(road_names),
        }
        within_s = max(self._deadline_s, MATCH_WITHIN_S) if deadline_s is None else deadline_s
        answer = await self._ask("match", asked, within_s)
        return Placed(
            tuple(answer["arcs"]),
            answer["confidence"],
            answer["why_not"],
            answer["network_id"],
            tuple(answer["proposal"]),
        )

    async def ahead(
        self,
        at: LonLat,
        *,
        reach_m: float,
        way: Sequence[LonLat] = (),
        heading_deg: float | None = None,
        deadline_s: float | None = None,
    ) -> Ahead:
        """The road before a vehicle; see ``geodata.road_ahead``.

        Raises:
            RoadsUnavailable: No answer in time, for whatever reason.
        """
        asked = {
            "at": list(at),
            "reach_m": reach_m,
            "way": [list(point) for point in way],
            "heading_deg": heading_deg,
        }
        answer = await self._ask("ahead", asked, deadline_s)
        return Ahead(
            tuple(answer["arcs"]),
            line_of_answer(answer["line"]),
            answer["directed"],
            answer["name"],
            answer["network_id"],
        )

    async def status(self, *, deadline_s: float | None = None) -> RoadsStatus:
        """How the roads stand.

        Raises:
            RoadsUnavailable: No answer in time, for whatever reason.
        """
        answer = await self._ask("status", {}, deadline_s)
        del answer["id"]
        return RoadsStatus(**{**answer, "unplaced": tuple(answer["unplaced"])})

    async def close(self) -> None:
        """End the connection; a later question opens another."""
        self._broken("the client was closed")
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _ask(
        self, op: str, asked: dict[str, Any], deadline_s: float | None
    ) -> dict[str, Any]:
        limit_s = self._deadline_s if deadline_s is None else deadline_s
        expires = time.monotonic() + limit_s
        self._next_id += 1
        number = self._next_id
        try:
            async with asyncio.timeout(max(0.0, limit_s)):
                writer = await self._connected()
                answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
                self._waiting[number] = answer
                writer.write(frame({"id": number, "op": op, "expires": expires, **asked}))
                reply = await answer
        except TimeoutError as error:
            raise RoadsUnavailable(
                f"The roads did not answer within {limit_s * 1000:.0f} ms.", op=op
            ) from error
        except (OSError, BadFrame) as error:
            raise RoadsUnavailable(f"The roads cannot be reached: {error}", op=op) from error
        finally:
            self._waiting.pop(number, None)
        if "error" in reply:
            raise RoadsUnavailable(
                f"The roads refused: {reply['error']['detail']}",
                op=op,
                cause=reply["error"]["code"],
            )
        return reply

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._connecting:
            if self._writer is not None and not self._writer.is_closing():
                return self._writer
            reader, writer = await asyncio.open_unix_connection(self._address)
            self._writer = writer
            self._reading = asyncio.create_task(self._read(reader, writer), name="roads-replies")
            return writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        why = "the connection ended"
        try:
            while True:
                header = await reader.readexactly(HEADER_BYTES)
                reply = parse(await reader.readexactly(body_length(header)))
                answer = self._waiting.pop(reply.get("id", 0), None)
                if answer is not None and not answer.done():
                    answer.set_result(reply)
        except (asyncio.IncompleteReadError, OSError, BadFrame) as error:
            why = str(error) or why
        finally:
            if self._writer is writer:
                self._broken(why)
            else:
                writer.close()

    def _broken(self, why: str) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError(why))
