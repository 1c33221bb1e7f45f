"""Crews with a device in each vehicle: they acknowledge, drive, work, and say each step.

An agency's crews share one stream, as stations do; each gives its commands under its own account.
Whatever a person does for a unit first is taken as it stands.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from dispatch.domain.assignment import Assignment, AssignmentStatus
from dispatch.domain.board import Board
from dispatch.domain.events import Event, UnitAssigned
from dispatch.domain.hospital import HospitalState
from dispatch.domain.place_corrections import awaits_correction
from dispatch.domain.unit import Unit
from dispatch.simulation.console import Console
from dispatch.simulation.driving import Driver
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import HubClient, Refused
from geodata.lonlat import LonLat, distance_m
from jurisdictions.hospitals import Hospital

ACKNOWLEDGE_S: Final = (3.0, 14.0)
LOOK_S: Final = (0.5, 3.0)
"""From the tone until the assignment stands on a lit screen before somebody."""
SILENT_SHARE: Final = 0.05
"""Crews that do not look at their device: the row grows loud, and they are called by radio."""
LATE_SHARE: Final = 0.06
TURNOUT_S: Final = {"law": (5.0, 30.0), "fire": (50.0, 110.0), "ems": (40.0, 80.0)}
SCENE_S: Final = {"law": (420.0, 1100.0), "fire": (500.0, 1300.0), "ems": (500.0, 900.0)}
CHECK_AT: Final = (0.4, 0.9)
"""When an officer on scene says that all is well: a share of the time that is left to say so."""
CHECK_LATE_S: Final = 60.0
CALLED_IN_S: Final = 240.0
"""An officer whose work a person entered stays for so long, however fast the play: until a status
check has run out and somebody has asked."""
TRANSPORT_SHARE: Final = 0.7
AT_HOSPITAL_S: Final = (500.0, 900.0)
MOVED_ON: Final = frozenset({"transition_refused", "revision_conflict", "not_found"})


def nearest_open(
    here: LonLat, hospitals: Iterable[Hospital], states: Mapping[str, HospitalState]
) -> Hospital | None:
    """Where a crew takes its patient: the nearest that takes everybody, else that is not closed.

    Args:
        here: Where the crew is.
        hospitals: Of the region.
        states: Those that do not take everybody, by id.
    """
    by_distance = sorted(hospitals, key=lambda hospital: distance_m(here, LonLat(*hospital.at)))
    takes = [hospital for hospital in by_distance if hospital.id not in states]
    half = [h for h in by_distance if h.id in states and states[h.id].intake != "closed"]
    return next(iter([*takes, *half]), None)


class Crews:
    """All crews of one agency.

    Args:
        console: Of an account of this agency with the responder's role.
        client_of: The account of a unit; the dispatcher's, who speaks for it, where it has none.
        driver: Moves the vehicles.
        pace: By how much the play is faster than life; acknowledging is not sped up.
        unit_ids: Of the agency.
        patient_s: Extra seconds before each step by unit, where a person may sit at the device.
        hospitals: Of the region, where transports go.
        by_radio: Whether the crew of an assignment answers status checks by radio alone, when
            somebody asks.
    """

    def __init__(
        self,
        console: Console,
        client_of: Callable[[str], HubClient],
        driver: Driver,
        troubles: Troubles,
        rng: random.Random,
        *,
        pace: float,
        unit_ids: frozenset[str],
        patient_s: dict[str, float] | None = None,
        hospitals: Sequence[Hospital] = (),
        by_radio: Callable[[Assignment], bool] = lambda assignment: False,
    ) -> None:
        self._console = console
        self._client_of = client_of
        self._driver = driver
        self._troubles = troubles
        self._rng = rng
        self._pace = pace
        self._unit_ids = unit_ids
        self._patient_s = patient_s or {}
        self._hospitals = {hospital.id: hospital for hospital in hospitals}
        self._by_radio = by_radio
        self._at_work: set[str] = set()
        self._tasks: asyncio.TaskGroup | None = None
        console.on_event.append(self._on_event)
        console.on_snapshot.append(self._on_snapshot)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._on_snapshot()
            await asyncio.Event().wait()

    def _on_snapshot(self) -> None:
        """Go on where the board says that each crew is."""
        for assignment in list(self._console.board.assignments.values()):
            self._begin(assignment)

    def _on_event(self, event: Event) -> None:
        if isinstance(event.body, UnitAssigned):
            self._begin(event.body.assignment)

    def _begin(self, assignment: Assignment) -> None:
        unit = self._console.board.units.get(assignment.unit_id)
        if self._tasks is None or unit is None or unit.id not in self._unit_ids:
            return
        if assignment.live and assignment.id not in self._at_work:
            self._at_work.add(assignment.id)
            self._tasks.create_task(self._work(unit, assignment.id))

    def _live(self, assignment_id: str) -> Assignment | None:
        assignment = self._console.board.assignments.get(assignment_id)
        return assignment if assignment is not None and assignment.live else None

    async def _work(self, unit: Unit, assignment_id: str) -> None:
        """From the alarm to the way home, one step after the other."""
        silent = self._rng.random() < SILENT_SHARE
        while (assignment := self._live(assignment_id)) is not None:
            with self._troubles.noted("crew"):
                try:
                    await self._step(unit, assignment, silent)
                except Refused as refusal:
                    if refusal.code not in MOVED_ON:
                        raise
                    await asyncio.sleep(0.5)
                continue
            await asyncio.sleep(2.0)
        self._at_work.discard(assignment_id)
        with self._troubles.noted("crew"):
            await self._driver.go_home(unit, lambda: self._free(unit.id))

    def _free(self, unit_id: str) -> bool:
        return self._console.board.live_of_unit(unit_id) is None

    async def _step(self, unit: Unit, assignment: Assignment, silent: bool) -> None:
        if not _answered(assignment):
            await self._acknowledge(unit, assignment, silent)
        elif assignment.status == "dispatched":
            await self._turn_out(unit, assignment)
        elif assignment.status in ("enroute", "staged"):
            await self._drive(unit, assignment)
        elif assignment.status == "on_scene":
            await self._work_scene(unit, assignment)
        elif assignment.status == "transporting":
            hospital = self._hospitals.get(assignment.hospital_id or "")
            await self._driver.carry(
                unit,
                assignment,
                lambda: self._stands(assignment),
                hospital.at if hospital else None,
            )
            await self._say(unit, assignment, "at_hospital")
        elif assignment.status == "at_hospital":
            await self._wait(unit, assignment, AT_HOSPITAL_S)
            await self._say(unit, assignment, "cleared")

    async def _acknowledge(self, unit: Unit, assignment: Assignment, silent: bool) -> None:
        client, path = self._client_of(unit.id), f"/assignments/{assignment.id}"
        if unit.phone_only or silent:
            await self._told(assignment, _answered, 60.0)
            return
        if assignment.received_at is None:
            await asyncio.sleep(self._rng.uniform(0.2, 1.0))
            await client.command(f"{path}/receipt", fact=f"received:{assignment.id}")
        if assignment.seen_at is None:  # somebody looks at the screen, and answers after that
            await asyncio.sleep(self._rng.uniform(*LOOK_S))
            seen = {"seen": True}
            await client.command(f"{path}/receipt", seen, fact=f"received:{assignment.id}")
        extra_s = self._patient_s.get(unit.id, 0.0)
        wait_s = self._rng.uniform(*ACKNOWLEDGE_S) + extra_s
        if await self._told(assignment, _answered, wait_s):
            return
        body = {"channel": "device", "revision": self._revision(assignment)}
        await client.command(f"{path}/acknowledgement", body, fact=f"acknowledged:{assignment.id}")
        await self._told(assignment, _answered, 5.0)

    async def _turn_out(self, unit: Unit, assignment: Assignment) -> None:
        late = 4.0 if self._rng.random() < LATE_SHARE else 1.0
        least_s, most_s = TURNOUT_S[unit.discipline]
        await self._wait(unit, assignment, (least_s * late, most_s * late))
        await self._say(unit, assignment, "enroute")

    async def _drive(self, unit: Unit, assignment: Assignment) -> None:
        incident = self._console.board.incidents.get(assignment.incident_id)
        if incident is not None:
            way = assignment.route, incident.place.at
            await self._driver.go(unit, *way, assignment.travel_s, lambda: self._stands(assignment))
        await self._say(unit, assignment, "on_scene")

    async def _work_scene(self, unit: Unit, assignment: Assignment) -> None:
        least_s, most_s = SCENE_S[unit.discipline]
        left_s = self._rng.uniform(least_s, most_s) / self._pace
        left_s += self._patient_s.get(unit.id, 0.0)
        if self._by_radio(assignment):
            left_s = max(left_s, CALLED_IN_S)
        while left_s > 0:
            wait_s = min(left_s, self._says_well_in_s(assignment))
            left_s -= wait_s
            if await self._told(assignment, lambda now: now.status != assignment.status, wait_s):
                break
            if left_s > 0:
                client = self._client_of(unit.id)
                path = f"/assignments/{assignment.id}/checks"
                await client.command(path, {"channel": "device"})
        carries = unit.discipline == "ems" and "transport" in unit.capabilities
        goes = carries and self._rng.random() < TRANSPORT_SHARE
        if not goes:
            await self._say(unit, assignment, "cleared")
            return
        here = self._driver.place_of(unit)
        chosen = nearest_open(here, self._hospitals.values(), self._console.board.hospitals)
        where = {"hospital_id": chosen.id} if chosen else {}
        await self._say(unit, assignment, "transporting", where)

    def _says_well_in_s(self, assignment: Assignment) -> float:
        """Seconds until the crew answers its status check by itself; ``inf``: it does not."""
        now = self._live(assignment.id)
        if now is None or now.check_due_at is None or self._by_radio(now):
            return math.inf
        due_s = (now.check_due_at - datetime.now(UTC)).total_seconds()
        if self._rng.random() < SILENT_SHARE:
            return max(1.0, due_s + CHECK_LATE_S)
        return max(1.0, due_s * self._rng.uniform(*CHECK_AT))

    def _stands(self, assignment: Assignment) -> bool:
        """Whether nobody has moved the assignment on in the meantime."""
        now = self._live(assignment.id)
        return now is not None and now.status == assignment.status

    def _revision(self, assignment: Assignment) -> int:
        now = self._live(assignment.id)
        return now.revision if now is not None else assignment.revision

    async def _wait(self, unit: Unit, assignment: Assignment, lasts_s: tuple[float, float]) -> None:
        """As long as it lasts at the play's pace, unless somebody moves the assignment on."""
        wait_s = self._rng.uniform(*lasts_s) / self._pace + self._patient_s.get(unit.id, 0.0)
        await self._told(assignment, lambda now: now.status != assignment.status, wait_s)

    async def _told(
        self, assignment: Assignment, holds: Callable[[Assignment], bool], timeout_s: float
    ) -> bool:
        """Wait until the board says so of the assignment, or it is over."""

        def over(board: Board) -> bool:
            now = board.assignments.get(assignment.id)
            return now is None or not now.live or holds(now)

        return await self._console.wait_for(over, timeout_s, every_s=0.2)

    async def _say(
        self,
        unit: Unit,
        assignment: Assignment,
        status: AssignmentStatus,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Press the button, unless the status has changed since."""
        if not self._stands(assignment):
            return
        body = {
            "status": status,
            "revision": self._revision(assignment),
            "device_at": datetime.now(UTC).isoformat(),
            **(more or {}),
        }
        client = self._client_of(unit.id)
        fact = f"{status}:{assignment.id}"
        await client.command(f"/assignments/{assignment.id}/status", body, fact=fact)
        await self._told(assignment, lambda now: now.status == status, 5.0)


def _answered(assignment: Assignment) -> bool:
    """Whether the crew has acknowledged that it is sent, and where to by now."""
    return assignment.acknowledged_at is not None and not awaits_correction(assignment)
