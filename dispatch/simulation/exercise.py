"""An exercise: calls that come in by a script, and crews that answer, for a trainee at the board.

It is `Play` without the robots that would do the trainee's work. It speaks to a training hub only.
"""

from __future__ import annotations

import asyncio
import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import httpx2

from dispatch.domain.call import Call
from dispatch.domain.call_scores import ScriptedRing
from dispatch.domain.events import Event
from dispatch.simulation.callers import call_body, incident_body
from dispatch.simulation.console import Console
from dispatch.simulation.driving import Driver
from dispatch.simulation.hub_client import HubClient
from dispatch.simulation.play import Play
from dispatch.simulation.scenario import Caller, Happening, Scenario, spoken
from geodata.lonlat import LonLat, away
from jurisdictions.extent import Extent

Seat = Literal["dispatcher", "call_taker"]
"""Whose work the trainee does: a call-taker's calls ring until they are answered."""

COLUMNS: Final = ("after_s", "incident_type", "lon", "lat", "address", "municipality", "said")
_NEEDED: Final = COLUMNS[:4]
TOWER_M: Final = 600.0
"""Radius of what the network says of a caller; its middle is not where they are."""
LISTEN_EVERY_S: Final = 0.5
SPEAKS_AFTER_S: Final = 1.0


class BadScenario(Exception):
    """The scenario's file, with the line and what is wrong with it."""


@dataclass(frozen=True)
class ScriptedCall:
    """A call of a scenario: ``after_s`` seconds from its beginning."""

    after_s: float
    happening: Happening
    said: str = ""


MISTAKES_MOST: Final = 20
"""Lines with a mistake that are named; the rest are counted."""


def read_scenario(path: Path, types: set[str], extent: Extent | None = None) -> list[ScriptedCall]:
    """The calls of a scenario's CSV file, in their order.

    Args:
        path: With the columns ``COLUMNS``; the last three may be absent or empty.
        types: Incident types that the region knows.
        extent: Of the region, to find longitude and latitude swapped; None: not looked for.

    Raises:
        BadScenario: Some lines cannot be read; each is named with what is wrong with it.
    """
    calls: list[ScriptedCall] = []
    mistakes: list[str] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or ()
            missing = [name for name in _NEEDED if name not in names]
            if missing:
                raise BadScenario(f"{path}: no column {', '.join(missing)}")
            if others := [name for name in names if name not in COLUMNS]:
                raise BadScenario(f"{path}: unknown column {', '.join(map(repr, others))}")
            for row in reader:
                try:
                    calls.append(_call(row, f"{path}:{reader.line_num}", types, extent))
                except BadScenario as mistake:
                    mistakes.append(str(mistake))
    except (OSError, UnicodeDecodeError, csv.Error) as failure:
        raise BadScenario(f"{path}: it cannot be read: {failure}") from failure
    if len(mistakes) > MISTAKES_MOST:
        mistakes[MISTAKES_MOST:] = [f"{path}: {len(mistakes) - MISTAKES_MOST} more lines"]
    if mistakes:
        raise BadScenario("\n".join(mistakes))
    if not calls:
        raise BadScenario(f"{path}: no calls")
    return sorted(calls, key=lambda call: call.after_s)


def _call(row: dict[str, Any], where: str, types: set[str], extent: Extent | None) -> ScriptedCall:
    try:
        after_s, lon, lat = (float(row[name]) for name in ("after_s", "lon", "lat"))
    except (TypeError, ValueError):
        raise BadScenario(f"{where}: after_s, lon and lat must be numbers") from None
    if not (0 <= after_s <= 86_400 and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadScenario(f"{where}: after_s must be 0 to 86400, lon and lat degrees")
    if extent is not None and (wrong := extent.point_misplaced(LonLat(lon, lat))):
        raise BadScenario(f"{where}: {wrong}")
    kind = (row["incident_type"] or "").strip()
    if kind not in types:
        raise BadScenario(f"{where}: the region knows no incident type {kind!r}")
    happening = Happening(
        received_at=datetime.now(UTC),
        at=LonLat(lon, lat),
        incident_type=kind,
        priority=0,
        address=(row.get("address") or "").strip() or f"{lat:.5f}, {lon:.5f}",
        municipality=(row.get("municipality") or "").strip(),
    )
    return ScriptedCall(after_s, happening, (row.get("said") or "").strip())


def drawn_scenario(scenario: Scenario, seconds: float, every_s: float) -> list[ScriptedCall]:
    """Calls drawn from the region's recorded ones; the same for the same chance.

    Args:
        scenario: Draws.
        seconds: How long calls come in.
        every_s: Mean time between two.
    """
    calls, after_s = [], 3.0
    while after_s < seconds:
        calls.append(ScriptedCall(after_s, scenario.next_call(scenario.rng.randrange(24))))
        after_s += max(4.0, scenario.rng.expovariate(1 / every_s))
    return calls


def words_of(call: ScriptedCall, label: str) -> str:
    """What the caller says: the script's words, else what happens and where."""
    return call.said or f"{label}. It is at {spoken(call.happening)}."


class Exercise(Play):
    """Plays a script of calls; the log's events are kept for the score.

    Args:
        calls: In their order.
        seat: Whose work is left to the trainee.
        labels: Of incident types, for callers whose words the script leaves out.
    """

    def __init__(
        self,
        *given: Any,
        calls: Sequence[ScriptedCall],
        seat: Seat,
        labels: Mapping[str, str],
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self.events: list[Event] = []
        self.come_in = 0
        self.rings: list[ScriptedRing] = []
        self._calls = calls
        self._seat = seat
        self._labels = labels
        self._words: dict[str, str] = {}
        self._heard: dict[str, int] = {}

    def _take_in(self, events: Sequence[Event]) -> None:
        super()._take_in(events)
        self.events += events

    async def _work(
        self,
        tasks: asyncio.TaskGroup,
        http: httpx2.AsyncClient,
        desk_console: Console,
        desk_client: HubClient,
        driver: Driver,
        region: dict[str, Any],
    ) -> None:
        if self._seat == "call_taker":
            tasks.create_task(self._desk(desk_console).run())
            if self._cast.lines:
                lines = HubClient(http, self._cast.lines, self._promises)
                tasks.create_task(self._callers(desk_console, lines))
        tasks.create_task(self._script(http))

    async def _callers(self, console: Console, lines: HubClient) -> None:
        """Say what each caller says once somebody answers, and again whenever they are asked.

        A voice has no other way to the trainee's screen: its words stand there as lines of text.
        """
        while True:
            await asyncio.sleep(LISTEN_EVERY_S)
            for call in list(console.board.calls.values()):
                if call.id in self._words and call.phase != "ringing":
                    with self.troubles.noted("caller"):
                        await self._answer(call, lines)

    async def _answer(self, call: Call, lines: HubClient) -> None:
        asked = sum(line.direction == "out" for line in call.transcript)
        if self._heard.get(call.id, -1) >= asked or call.outcome is not None:
            return
        self._heard[call.id] = asked
        await asyncio.sleep(SPEAKS_AFTER_S)
        said = {"text": self._words[call.id], "language": "en"}
        await lines.command(f"/calls/{call.id}/messages", said)

    async def _script(self, http: httpx2.AsyncClient) -> None:
        cast = self._cast
        taker = HubClient(http, cast.call_taker, self._promises)
        lines = HubClient(http, cast.lines, self._promises) if cast.lines else None
        began = asyncio.get_running_loop().time()
        for call in self._calls:
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, began + call.after_s - now))
            with self.troubles.noted("caller"):
                await self._come_in(call, taker, lines)
                self.come_in += 1

    async def _come_in(self, call: ScriptedCall, taker: HubClient, lines: HubClient | None) -> None:
        caller = self._scenario.caller()
        if self._locations is not None:
            self._locations.note(caller.callback, call.happening.at)
        if self._seat == "call_taker" and lines is not None:
            await self._ring(call, caller, lines)
            return
        body = call_body(call.happening, caller) | incident_body(call.happening)
        if call.said:
            body["said"] = call.said[:200]
        await taker.command("/calls", body)

    async def _ring(self, call: ScriptedCall, caller: Caller, lines: HubClient) -> None:
        rng, happening = self._scenario.rng, call.happening
        middle = away(happening.at, rng.uniform(0, 360), rng.uniform(0, TOWER_M / 2))
        circle = {"kind": "circle", "centre": list(middle), "radius_m": TOWER_M}
        ringing = {
            "callback": caller.callback,
            "caller_name": caller.name,
            "location": circle,
            "confidence_pct": 90,
            "class_of_service": "WPH1",
        }
        call_id = str((await lines.command("/calls/ringing", ringing))["call_id"])
        label = self._labels.get(happening.incident_type, happening.incident_type)
        self._words[call_id] = words_of(call, label)[:1000]
        kind, at = happening.incident_type, happening.at
        self.rings.append(ScriptedRing(call_id, call.after_s, kind, at))


def chance(seed: int) -> random.Random:
    """The chance of an exercise: the same for the same seed, so that it can be repeated."""
    return random.Random(seed)  # noqa: S311  # play, not secrecy
