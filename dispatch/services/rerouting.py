"""Looks at every crew on its way when a road changes, and gives it another way where it must.

Which changes are worth a crew's eyes is decided in ``domain.rerouting``. Waiting incidents are the
recommender's business.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from dispatch.domain import events as ev
from dispatch.domain.assignment import UNDER_WAY, Assignment
from dispatch.domain.board import Board
from dispatch.domain.candidates import place_of
from dispatch.domain.closure import Closure
from dispatch.domain.commands import RerouteAssignment
from dispatch.domain.errors import HubError, OutcomeUnknown, RoadsUnavailable, TooBusy
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
from dispatch.domain.vehicle_limits import Sizes, sizes_of
from dispatch.roads.protocol import PathFound, RankUnit
from dispatch.services.driving import asked_of, driven_by
from dispatch.services.hub import Hub
from dispatch.store.event_log import LoggedEvent
from geodata.lonlat import LonLat
from jurisdictions.driving import Driven

_ANSWER_WITHIN_S: Final = 2.0
_LOOK_S: Final = 0.5
"""How soon a process that becomes the active one looks at what is shut already, and how soon a crew
is looked at again that could not be told: the roads were silent, or the hub was too busy.
"""

_AGAIN_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""How long after each unexpected failure a crew is looked at again; the last one stays."""
_UNTOLD_S: Final = 10.0
"""A crew that could not be led around a shut road for so long hears at least that it is shut."""

_LATER: Final = (OutcomeUnknown, TooBusy)
"""Refusals after which the same is asked again: the crew may not have been told."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Change:
    """Why crews are looked at, from event ``seq`` on; ``moved``: where they go is another place."""

    seq: int
    closure_id: str | None
    words: str
    moved: bool = False


@dataclass(slots=True)
class _Wait:
    """A crew that could not be told so far; times by the process's own clock."""

    since_s: float
    failures: int = 0
    next_s: float = 0.0
    why: str = ""
    said: bool = False


class Rerouter:
    """Follows the events of one hub process, on its event loop.

    Args:
        hub: The running hub.
        active: Whether this process is the one that does it; asked again and again.
    """

    def __init__(self, hub: Hub, active: Callable[[], bool]) -> None:
        self._hub = hub
        self._active = active
        self._changes: list[_Change] = []
        self._of_one: list[tuple[str, _Change]] = []
        self._untold: dict[str, dict[str | None, _Change]] = {}
        """By assignment and closure: what its crew is to be told, until the roads have answered."""
        self._waits: dict[str, _Wait] = {}
        """By assignment: since when, and why, what stands in ``_untold`` could not be told."""
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
                        self._note(_Change(seq, body.closure.id, closed_words(body.closure)))
                case ev.ClosureBegan():
                    if closure := self._hub.board().closures.get(body.closure_id):
                        self._note(_Change(seq, closure.id, closed_words(closure)))
                case ev.ClosurePaused():
                    name = self._words.get(body.closure_id, "") or "a road"
                    self._note(_Change(seq, body.closure_id, f"{name} is open again"))
                case ev.ClosureEnded():
                    name = self._words.pop(body.closure_id, "") or "a road"
                    self._note(_Change(seq, body.closure_id, f"{name} is open again"))
                case ev.UnitAssigned():
                    self._note_sent(seq, body.assignment)
                case ev.IncidentMerged() | ev.IncidentUnmerged():
                    for assignment_id in body.moved:
                        self._note_one(
                            assignment_id,
                            _Change(seq, None, "the incident is another", moved=True),
                        )
                case ev.IncidentChanged():
                    if body.place is not None:
                        self._note_moved(seq, body.incident_id)
                case _:
                    pass

    def on_reload(self) -> None:
        """Another board took the place of the last one: what was shut in between was not told."""
        closures = self._hub.board().closures.values()
        self._words = {closure.id: closure.description for closure in closures}
        if self._active():
            self._note_standing()

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
            if not active:  # whoever leads now looks at all that stands
                self._untold.clear()
                self._waits.clear()
            await self._gather()
            for assignment_id in list(self._untold):
                await self._try(assignment_id)

    async def _try(self, assignment_id: str) -> None:
        """Tell one crew, or keep what it is to be told until that is done."""
        now_s = time.monotonic()
        wait = self._waits.get(assignment_id)
        if wait is not None and now_s < wait.next_s:
            return
        why, failed = "the roads, or the hub, do not answer in time", False
        try:
            done = await self._look_at(assignment_id)
        except Exception as failure:  # outer loop: one crew's fault must not hide the next one
            done, failed, why = False, True, type(failure).__name__
            if wait is None or not wait.failures:
                log.exception("reroute_failed", assignment=assignment_id)
            else:
                log.warning("reroute_failed_again", assignment=assignment_id, error=why)
        if done:
            del self._untold[assignment_id]
            self._waits.pop(assignment_id, None)
            return
        wait = self._waits.setdefault(assignment_id, _Wait(since_s=now_s))
        wait.why = why
        if failed:
            wait.next_s = now_s + _AGAIN_S[min(wait.failures, len(_AGAIN_S) - 1)]
            wait.failures += 1
        if not wait.said and time.monotonic() - wait.since_s >= _UNTOLD_S:
            await self._say_shut(assignment_id, wait)

    async def _say_shut(self, assignment_id: str, wait: _Wait) -> None:
        """No way around was found in time: the crew hears at least what is shut before it."""
        board = self._hub.board()
        assignment = board.assignments.get(assignment_id)
        changes = self._untold[assignment_id]
        shut = [
            change
            for change in changes.values()
            if (closure := board.closures.get(change.closure_id or "")) is not None
            and closure.state == "active"
            and closure.speed_factor == 0.0
        ]
        if assignment is None or not shut:
            return
        change = max(shut, key=lambda each: each.seq)
        command = RerouteAssignment(
            command_id=f"reroute-{assignment_id}-{change.seq}-untold",
            actor=HUB_ACTOR,
            assignment_id=assignment_id,
            revision=assignment.revision,
            route=(),
            travel_s=None,
            turns_waived=0,
            cut=True,
            gain_s=None,
            closure_id=change.closure_id,
            reason=f"{change.words[:150]}; no other way is reckoned yet",
        )
        try:
            await self._hub.submit(command)
        except HubError as refusal:
            log.warning("reroute_not_recorded", assignment=assignment_id, code=refusal.code)
            return
        wait.said = True
        changes[None] = _Change(change.seq, None, "another way is known again")

    def untold(self) -> dict[str, dict[str, object]]:
        """Crews that could not be told for long, by unit: since how many seconds, and why."""
        now_s, board = time.monotonic(), self._hub.board()
        found: dict[str, dict[str, object]] = {}
        for assignment_id, wait in self._waits.items():
            assignment = board.assignments.get(assignment_id)
            waited_s = now_s - wait.since_s
            if assignment is not None and waited_s >= _UNTOLD_S:
                found[assignment.unit_id] = {"for_s": round(waited_s), "error": wait.why}
        return found

    def _note_standing(self) -> None:
        """What is shut now, as if it had just been: nobody may have told crews before this one."""
        board = self._hub.board()
        for closure in board.closures.values():
            if closure.state == "active":
                self._note(_Change(board.seq, closure.id, closed_words(closure)))
        for assignment in board.assignments.values():
            if assignment.live and not assignment.route:
                self._note_way_wanted(board.seq, assignment.id)

    def _note_sent(self, seq: int, sent: Assignment) -> None:
        """Its way is the recommendation's: what was shut between the two is on nobody's list."""
        if not sent.route:
            self._note_way_wanted(seq, sent.id)
        for closure in self._hub.board().closures.values():
            if closure.state == "active" and closure.speed_factor == 0.0:
                self._note_one(sent.id, _Change(seq, closure.id, closed_words(closure)))

    def _note_way_wanted(self, seq: int, assignment_id: str) -> None:
        """No way was known when it was sent: the roads were silent, or none led there."""
        self._note_one(assignment_id, _Change(seq, None, "a road leads there"))

    def _note_moved(self, seq: int, incident_id: str) -> None:
        """Its crews drive to where it was said to be before."""
        for assignment in self._hub.board().live_of_incident(incident_id):
            self._note_one(assignment.id, _Change(seq, None, "the address is another", moved=True))

    def _note_one(self, assignment_id: str, change: _Change) -> None:
        if self._active():
            self._of_one.append((assignment_id, change))
            self._hint.set()

    def _note(self, change: _Change) -> None:
        if self._active():
            self._changes.append(change)
            self._hint.set()

    async def _gather(self) -> None:
        """Sort what changed by the crews whose way it touches.

        A feed may open two thousand closures at once: each crew's way is cut out once, and most
        closures are told from it by their box.
        """
        changes, self._changes = self._changes, []
        of_one, self._of_one = self._of_one, []
        if not changes and not of_one:
            return
        own: defaultdict[str, list[_Change]] = defaultdict(list)
        for assignment_id, change in of_one:
            own[assignment_id].append(change)
        for assignment in list(self._hub.board().assignments.values()):
            asked = changes + own[assignment.id] if assignment.id in own else changes
            crew = self._crew(assignment) if asked else None
            if crew is None:
                continue
            touching = {change.closure_id: change for change in asked if crew.is_touched(change)}
            if touching:
                self._untold.setdefault(assignment.id, {}).update(touching)
            await asyncio.sleep(0)

    def _crew(self, assignment: Assignment) -> _Crew | None:
        """The crew and what is left of its way; None for one that drives nowhere."""
        board = self._hub.board()
        unit = board.units.get(assignment.unit_id)
        incident = board.incidents.get(assignment.incident_id)
        under_way = assignment.live and assignment.status in UNDER_WAY
        if unit is None or incident is None or not under_way:
            return None
        at = place_of(unit, assignment, self._hub.fixes().get(unit.id), self._hub.now()).at
        ahead = ahead_of([LonLat(*point) for point in assignment.route], at)
        goal, sizes = LonLat(*incident.place.at), sizes_of(board.units.values())
        return _Crew(assignment, unit, goal, at, ahead, board, sizes)

    async def _look_at(self, assignment_id: str) -> bool:
        """One crew, for all that changed since it was last told; False: look at it again."""
        board = self._hub.board()
        assignment = board.assignments.get(assignment_id)
        crew = self._crew(assignment) if assignment is not None else None
        if crew is None:
            return True
        changes = [c for c in self._untold[assignment_id].values() if crew.is_touched(c)]
        if not changes:
            return True
        change = max(changes, key=lambda each: (each.moved, each.seq))
        seq = max(each.seq for each in changes)
        unit = crew.unit
        lights = crew.assignment.mode != "normal"
        driven = driven_by(self._hub.policy(), unit, self._hub.now(), lights=lights)
        asked = asked_of(unit, crew.at, driven, units_that_report(board.closures.values()))
        found, known = await self._way(crew.goal, asked, seq)
        if not known:
            log.warning("reroute_waits_for_roads", unit=unit.id, closure=change.closure_id)
            return False
        told = Told(cut=False, gain_s=None) if change.moved else self._told(crew, found, driven)
        if told is None or (found is None and crew.lost):
            return True
        if found is not None and crew.ahead is not None and is_same_way(crew.ahead, found.line):
            return True  # the closure holds the incident itself: there is no way around
        command = RerouteAssignment(
            command_id=f"reroute-{assignment_id}-{seq}",
            actor=HUB_ACTOR,
            assignment_id=assignment_id,
            revision=crew.assignment.revision,
            route=found.line if found else (),
            travel_s=found.travel_s if found else None,
            turns_waived=found.turns_waived if found else 0,
            cut=told.cut,
            gain_s=told.gain_s,
            closure_id=change.closure_id,
            reason=change.words[:200],
        )
        try:
            await self._hub.submit(command)
        except _LATER as refusal:
            log.warning("reroute_not_recorded", unit=unit.id, code=refusal.code)
            return False
        except HubError:  # released or closed in this moment: nobody drives
            return True
        return True

    def _told(self, crew: _Crew, found: PathFound | None, driven: Driven) -> Told | None:
        if crew.ahead is None:
            return Told(cut=False, gain_s=None)  # no road led there, and one does again
        unit = crew.unit
        affected = [
            (closure, metres)
            for closure in self._hub.board().closures.values()
            if closure.state == "active"
            and (metres := metres_on(crew.ahead, closure, unit.vehicle_class, crew.sizes)) > 0.0
        ]
        policy = self._hub.policy()
        agency = next(
            (a for a in (policy.agencies if policy else ()) if a.id == unit.agency_id), None
        )
        limit_s = agency.reroute_gain_s if agency else None
        return worth_telling(
            unit_id=unit.id,
            known_s=crew.assignment.travel_s,
            ahead=crew.ahead,
            affected=affected,
            new_s=found.travel_s if found else None,
            limit_s=GAIN_S if limit_s is None else limit_s,
            congestion=driven.congestion,
        )

    async def _way(self, goal: LonLat, unit: RankUnit, seq: int) -> tuple[PathFound | None, bool]:
        """The quickest way on the roads as they are since ``seq``, and whether they said it."""
        with contextlib.suppress(RoadsUnavailable):
            paths = await self._hub.roads.paths(
                goal, [unit], min_seq=seq, deadline_s=_ANSWER_WITHIN_S
            )
            if paths.seq >= seq:
                return paths.paths[0], True
        return None, False


@dataclass(frozen=True, slots=True)
class _Crew:
    """A crew on its way, as the board has it at one moment."""

    assignment: Assignment
    unit: Unit
    goal: LonLat
    at: LonLat
    ahead: Ahead | None
    board: Board
    sizes: Sizes

    @property
    def lost(self) -> bool:
        """Whether it was sent without a way."""
        return self.ahead is None and not self.assignment.route

    def is_touched(self, change: _Change) -> bool:
        """Whether the change is on its way; one that drives elsewhere than it was led is left."""
        if change.moved:
            return True
        if self.ahead is None and not self.lost:
            return False
        closure = self.board.closures.get(change.closure_id) if change.closure_id else None
        if closure is None or closure.state != "active":
            return True  # open again: another way may be the better one
        return (
            self.ahead is not None
            and metres_on(self.ahead, closure, self.unit.vehicle_class, self.sizes) > 0.0
        )


def closed_words(closure: Closure) -> str:
    """What a crew reads of a closure on its way."""
    name = closure.description or "a road"
    if not closure.confirmed:
        return f"{name}: blocked, {closure.said_by}; not confirmed"
    if closure.speed_factor == 0.0:
        return f"{name}: closed"
    traffic = " by traffic" if closure.congestion else ""
    return f"{name}: slowed{traffic} to {closure.speed_factor:.0%}"
