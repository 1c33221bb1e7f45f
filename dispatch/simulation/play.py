"""A whole county at work on a running hub: callers, dispatcher, crews, patrols, roads, auditor.

Everything goes through the public API and the stream. ``run`` plays until it is told to stop, and
then holds everything that was acknowledged against the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx2

from dispatch.domain.assignment import Assignment
from dispatch.domain.events import Event
from dispatch.simulation.callers import Callers
from dispatch.simulation.console import Console
from dispatch.simulation.crews import Crews
from dispatch.simulation.desk import Desk
from dispatch.simulation.driving import Driver
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import HubClient, SignIn, Unreachable
from dispatch.simulation.location_server import DemoLocationServer
from dispatch.simulation.log_check import LogCheck, LogUnreadable
from dispatch.simulation.patrols import Patrols
from dispatch.simulation.promises import Promise, Promises
from dispatch.simulation.road_crew import RoadCrew
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.tally import Tally
from jurisdictions.hospitals import Hospital

CHECK_EVERY_S: Final = 20.0


@dataclass(frozen=True)
class Cast:
    """Accounts of the robots. ``crews`` is by unit; the desk speaks for a unit without one."""

    call_taker: SignIn
    desk: SignIn
    auditor: SignIn
    crews: dict[str, SignIn]
    lines: SignIn | None = None
    """The telephone system; without it no call rings before it is answered."""


@dataclass(frozen=True)
class Tempo:
    """How lively the play is.

    ``pace`` is by how much crews are faster than life. ``patient_s`` are extra seconds by unit at
    whose device a person may sit.
    """

    pace: float = 12.0
    call_every_s: float = 11.0
    find_every_s: float = 40.0
    open_most: int = 13
    send_after_s: tuple[float, float] = (6.0, 14.0)
    patient_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What the log and the consoles say of the play.

    ``broken`` are acknowledged commands that the log does not hold. ``unreadable`` says why the log
    could not be read back, and then nothing is proven.
    """

    tally: Tally
    commands: int
    broken: tuple[Promise, ...]
    missed: int
    doubled: int
    troubles: dict[str, int]
    unreadable: str = ""

    @property
    def lost(self) -> int:
        """Commands not kept, and events that a console missed or got twice."""
        return len(self.broken) + self.missed + self.doubled


class Play:
    """One play.

    Args:
        base_url: Of the hub.
        cast: Accounts.
        scenario: What happens; its chance decides everything.
        tempo: How lively.
        locations: Told from where each caller calls; None: nobody can be located.
    """

    def __init__(
        self,
        base_url: str,
        cast: Cast,
        scenario: Scenario,
        tempo: Tempo,
        locations: DemoLocationServer | None = None,
    ) -> None:
        self.tally = Tally()
        self.troubles = Troubles()
        self._base_url = base_url
        self._cast = cast
        self._scenario = scenario
        self._tempo = tempo
        self._locations = locations
        self._promises = Promises()
        self._consoles: list[Console] = []
        self._clients: dict[str, HubClient] = {}
        self._unreadable = ""
        self._zone = ZoneInfo("UTC")

    @property
    def open_incidents(self) -> int:
        """As the desk's console shows it."""
        return len(self._consoles[0].board.incidents) if self._consoles else 0

    async def run(self, stop: asyncio.Event) -> Findings:
        """Play until ``stop``; then what there is to say of it."""
        limits = httpx2.Limits(max_connections=60, max_keepalive_connections=60)
        async with httpx2.AsyncClient(base_url=self._base_url, timeout=12.0, limits=limits) as http:
            log_check = LogCheck(HubClient(http, self._cast.auditor), self._base_url, self._take_in)
            await log_check.begin()
            robots = asyncio.create_task(self._robots(http), name="robots")
            try:
                await self._until(stop, robots, log_check)
            finally:
                robots.cancel()
                await asyncio.gather(robots, return_exceptions=True)
            await self._check(log_check)
        return self._findings()

    async def _until(
        self, stop: asyncio.Event, robots: asyncio.Task[None], log_check: LogCheck
    ) -> None:
        """Read the log back now and then, until it is enough; a robot's end ends the play."""
        while not stop.is_set():
            waiting = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait(
                {waiting, robots}, timeout=CHECK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()
            if robots in done:
                robots.result()
                return
            if not done:
                await self._check(log_check)

    async def _check(self, log_check: LogCheck) -> None:
        try:
            await log_check.advance()
        except (LogUnreadable, Unreachable) as failure:
            self._unreadable = str(failure)
            with contextlib.suppress(Unreachable):  # a hub that is only slow ends no play
                await log_check.begin()

    def _take_in(self, events: Sequence[Event]) -> None:
        self.tally.take_in(events)
        self._promises.take_in(events)

    async def _robots(self, http: httpx2.AsyncClient) -> None:
        cast, tempo = self._cast, self._tempo
        desk_client = HubClient(http, cast.desk, self._promises)
        desk_console = self._console(desk_client)
        region = await desk_client.read("/region")
        self._zone = ZoneInfo(region["time_zone"])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(desk_console.run())
            await desk_console.ready.wait()
            places = {fix.unit_id: fix.at for fix in desk_console.fixes.values()}

            def client_of(unit_id: str) -> HubClient:
                return self._client_of(http, desk_console, desk_client, unit_id)

            driver = Driver(client_of, tempo.pace)
            driver.places.update(places)
            robot = str(desk_client.account["id"])
            for crews, console in self._crews(desk_console, client_of, driver, region, robot):
                if console is not desk_console:
                    tasks.create_task(console.run())
                tasks.create_task(crews.run())
            await self._work(tasks, http, desk_console, desk_client, driver, region)

    def _desk(self, desk_console: Console, taker: HubClient | None = None) -> Desk:
        """The robot at the dispatcher's; calls of another than this taker are a person's."""
        return Desk(
            desk_console,
            self.troubles,
            self._rng(),
            send_after_s=self._tempo.send_after_s,
            is_person=lambda account_id: (
                taker is not None and account_id != taker.account.get("id")
            ),
        )

    async def _work(
        self,
        tasks: asyncio.TaskGroup,
        http: httpx2.AsyncClient,
        desk_console: Console,
        desk_client: HubClient,
        driver: Driver,
        region: dict[str, Any],
    ) -> None:
        """Start those who make work and those who send."""
        cast, scenario, tempo = self._cast, self._scenario, self._tempo
        taker = HubClient(http, cast.call_taker, self._promises)
        tasks.create_task(self._desk(desk_console, taker).run())
        municipality_of = {a["id"]: a["municipality"] for a in region["agencies"]}
        patrols = Patrols(
            desk_console,
            lambda unit_id: desk_client,
            driver,
            scenario,
            municipality_of,
            self.troubles,
            mean_s=tempo.find_every_s,
            open_most=tempo.open_most,
        )
        tasks.create_task(patrols.run())
        road_crew = RoadCrew(desk_console, scenario, lambda: datetime.now(UTC), self.troubles)
        tasks.create_task(road_crew.run())
        callers = Callers(
            taker,
            scenario,
            lambda: desk_console.board,
            lambda: datetime.now(self._zone),
            self.troubles,
            mean_s=tempo.call_every_s,
            open_most=tempo.open_most,
            lines=HubClient(http, cast.lines, self._promises) if cast.lines else None,
            located=self._locations.note if self._locations else None,
        )
        tasks.create_task(callers.run())

    def _crews(
        self,
        desk_console: Console,
        client_of: Callable[[str], HubClient],
        driver: Driver,
        region: dict[str, Any],
        robot: str,
    ) -> list[tuple[Crews, Console]]:
        """One console for each agency, under the account of its first unit that has one."""
        hospitals = [Hospital.model_validate(each) for each in region["hospitals"]]
        units_of: dict[str, list[str]] = defaultdict(list)
        for unit in desk_console.board.units.values():
            units_of[unit.agency_id].append(unit.id)
        made = []
        for unit_ids in units_of.values():
            first = next((u for u in sorted(unit_ids) if u in self._cast.crews), None)
            console = desk_console if first is None else self._console(client_of(first))
            crews = Crews(
                console,
                client_of,
                driver,
                self.troubles,
                self._rng(),
                pace=self._tempo.pace,
                patient_s=self._tempo.patient_s,
                by_radio=lambda assignment: _called_in(assignment, robot),
                unit_ids=frozenset(unit_ids),
                hospitals=hospitals,
            )
            made.append((crews, console))
        return made

    def _console(self, client: HubClient) -> Console:
        console = Console(client, self._base_url)
        self._consoles.append(console)
        return console

    def _client_of(
        self, http: httpx2.AsyncClient, desk: Console, by_voice: HubClient, unit_id: str
    ) -> HubClient:
        sign_in = self._cast.crews.get(unit_id)
        unit = desk.board.units.get(unit_id)
        if sign_in is None or unit is None or unit.phone_only:
            return by_voice
        if unit_id not in self._clients:
            self._clients[unit_id] = HubClient(http, sign_in, self._promises)
        return self._clients[unit_id]

    def _rng(self) -> random.Random:
        return random.Random(self._scenario.rng.random())  # noqa: S311  # play, not secrecy

    def _findings(self) -> Findings:
        return Findings(
            tally=self.tally,
            commands=self._promises.acknowledged,
            broken=tuple(self._promises.broken()),
            missed=sum(console.missed for console in self._consoles),
            doubled=sum(console.doubled for console in self._consoles),
            troubles=dict(self.troubles.counts),
            unreadable=self._unreadable,
        )


def _called_in(assignment: Assignment, robot: str) -> bool:
    """Whether a person entered an officer's own work: who calls in by radio is asked by radio."""
    return assignment.arrived_at == assignment.assigned_at and assignment.assigned_by != robot
