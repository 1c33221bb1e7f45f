"""Looks at every crew on its way when a road changes, and gives it another way where it must.

Which changes are worth a crew's eyes is decided in ``domain.rerouting``. Waiting incidents are the
recommender's business.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from dispatch.domain import events as ev
from dispatch.domain.assignment import UNDER_WAY, Assignment
from dispatch.domain.candidates import place_of
from dispatch.domain.closure import Closure
from dispatch.domain.commands import RerouteAssignment
from dispatch.domain.errors import HubError, RoadsUnavailable
from dispatch.domain.rerouting import (
    GAIN_S,
    Ahead,
    Told,
    ahead_of,
    is_same_way,
    metres_on,
    worth_telling,
)
from dispatch.domain.road_blocks import units_that_report
from dispatch.domain.unit import Unit
from dispatch.domain.values import HUB_ACTOR
from dispatch.domain.vehicle_limits import sizes_of
from dispatch.roads.protocol import PathFound, RankUnit
from dispatch.services.hub import Hub
from dispatch.store.event_log import LoggedEvent
from geodata.lonlat import LonLat

AGAIN_S: Final = 0.5
_ANSWER_WITHIN_S: Final = 2.0
_LOOK_S: Final = 0.5
"""How soon a process that becomes the active one looks at what is shut already."""

_TRIES: Final = 60
"""Half a minute: roads that are silent for longer are red on every screen by then."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _RoadChange:
    seq: int
    closure_id: str
    words: str


class Rerouter:
    """Follows the events of one hub process, on its event loop.

    Args:
        hub: The running hub.
        active: Whether this process is the one that does it; asked again and again.
    """

    def __init__(self, hub: Hub, active: Callable[[], bool]) -> None:
        self._hub = hub
        self._active = active
        self._changes: list[_RoadChange] = []
        self._words: dict[str, str] = {}
        self._hint = asyncio.Event()
        self._was_active = False

    def on_events(self, page: Sequence[LoggedEvent]) -> None:
        """Take note of what the board has just taken in. Subscribe this to the follower."""
        for logged in page:
            body, seq = logged.event.body, logged.event.seq
            match body:
                case ev.ClosureOpened():
                    self._words[body.closure.id] = body.closure.description
                    if body.closure.state == "active":
                        self._note(seq, body.closure.id, closed_words(body.closure))
                case ev.ClosureBegan():
                    if closure := self._hub.board().closures.get(body.closure_id):
                        self._note(seq, closure.id, closed_words(closure))
                case ev.ClosureEnded():
                    name = self._words.pop(body.closure_id, "") or "a road"
                    self._note(seq, body.closure_id, f"{name} is open again")
                case _:
                    pass

    def on_reload(self) -> None:
        """Another board took the place of the last one."""
        closures = self._hub.board().closures.values()
        self._words = {closure.id: closure.description for closure in closures}

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._hint.wait()
            self._hint.clear()
            active = self._active()
            if active and not self._was_active:
                self._note_standing()
            self._was_active = active
            if not self._changes:
                continue
            changes, self._changes = self._changes, []
            for assignment in list(self._hub.board().assignments.values()):
                if not assignment.live or assignment.status not in UNDER_WAY:
                    continue
                try:
                    await self._look_at(changes, assignment)
                except Exception:  # outer loop: one crew's fault must not hide the next one
                    log.exception("reroute_failed", assignment=assignment.id)
                await asyncio.sleep(0)

    def _note_standing(self) -> None:
        """What is shut now, as if it had just been: nobody may have told crews before this one."""
        board = self._hub.board()
        for closure in board.closures.values():
            if closure.state == "active":
                self._note(board.seq, closure.id, closed_words(closure))

    def _note(self, seq: int, closure_id: str, words: str) -> None:
        if self._active():
            self._changes.append(_RoadChange(seq, closure_id, words))
            self._hint.set()

    async def _look_at(self, changes: Sequence[_RoadChange], assignment: Assignment) -> None:
        """One crew, for all that changed since the last look; one that drives elsewhere is quick.

        A feed may open two thousand closures at once: each crew's way is cut out once, and most
        closures are told from it by their box.
        """
        board = self._hub.board()
        unit = board.units.get(assignment.unit_id)
        incident = board.incidents.get(assignment.incident_id)
        if unit is None or incident is None:
            return
        fix = self._hub.fixes().get(unit.id)
        at = place_of(unit, assignment, fix, self._hub.now()).at
        ahead = ahead_of([LonLat(*point) for point in assignment.route], at)
        lost = ahead is None and not assignment.route
        if ahead is None and not lost:
            return  # it drives another way than the hub gave it
        sizes = sizes_of(board.units.values())
        near = [
            change
            for change in changes
            if (closure := board.closures.get(change.closure_id)) is None
            or (ahead is not None and metres_on(ahead, closure, unit.vehicle_class, sizes) > 0.0)
        ]
        if not near:
            return
        change = near[-1]
        goal = LonLat(*incident.place.at)
        own = unit.id if unit.id in units_that_report(board.closures.values()) else ""
        found, known = await self._way(goal, RankUnit(at, unit.vehicle_class, own), change.seq)
        if not known:
            log.warning("reroute_without_roads", unit=unit.id, closure=change.closure_id)
            return
        told = self._told(unit, assignment, ahead, found)
        if told is None or (found is None and lost):
            return
        if found is not None and ahead is not None and is_same_way(ahead, found.line):
            return  # the closure holds the incident itself: there is no way around
        command = RerouteAssignment(
            command_id=f"reroute-{assignment.id}-{change.seq}",
            actor=HUB_ACTOR,
            assignment_id=assignment.id,
            revision=assignment.revision,
            route=found.line if found else (),
            travel_s=found.travel_s if found else None,
            cut=told.cut,
            gain_s=told.gain_s,
            closure_id=change.closure_id,
            reason=change.words[:200],
        )
        with contextlib.suppress(HubError):  # released or closed in this moment: nobody drives
            await self._hub.submit(command)

    def _told(
        self, unit: Unit, assignment: Assignment, ahead: Ahead | None, found: PathFound | None
    ) -> Told | None:
        if ahead is None:
            return Told(cut=False, gain_s=None)  # no road led there, and one does again
        sizes = sizes_of(self._hub.board().units.values())
        affected = [
            (closure, metres)
            for closure in self._hub.board().closures.values()
            if closure.state == "active"
            and (metres := metres_on(ahead, closure, unit.vehicle_class, sizes)) > 0.0
        ]
        policy = self._hub.policy()
        agency = next(
            (a for a in (policy.agencies if policy else ()) if a.id == unit.agency_id), None
        )
        limit_s = agency.reroute_gain_s if agency else None
        return worth_telling(
            unit_id=unit.id,
            known_s=assignment.travel_s,
            ahead=ahead,
            affected=affected,
            new_s=found.travel_s if found else None,
            limit_s=GAIN_S if limit_s is None else limit_s,
        )

    async def _way(self, goal: LonLat, unit: RankUnit, seq: int) -> tuple[PathFound | None, bool]:
        """The quickest way on the roads as they are since ``seq``, and whether they said it."""
        for _ in range(_TRIES):
            with contextlib.suppress(RoadsUnavailable):
                paths = await self._hub.roads.paths(
                    goal, [unit], min_seq=seq, deadline_s=_ANSWER_WITHIN_S
                )
                if paths.seq >= seq:
                    return paths.paths[0], True
            await asyncio.sleep(AGAIN_S)
        return None, False


def closed_words(closure: Closure) -> str:
    """What a crew reads of a closure on its way."""
    name = closure.description or "a road"
    if not closure.confirmed:
        return f"{name}: blocked, {closure.said_by}; not confirmed"
    if closure.speed_factor == 0.0:
        return f"{name}: closed"
    return f"{name}: slowed to {closure.speed_factor:.0%}"
