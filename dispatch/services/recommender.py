"""Keeps the displayed recommendation of each waiting incident true: makes the first, and another
when something that it rests on has changed. How one is made is in ``recommendations``.

One process of an installation does it (``active``); the others only watch.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import structlog

from dispatch.domain import events as ev
from dispatch.domain.board import Board
from dispatch.domain.errors import AlreadyClosed, HubError, NoRegion, NotFound, RevisionConflict
from dispatch.domain.events import Event
from dispatch.domain.incident import Incident
from dispatch.domain.recommendation import PassedOver, Pick, Recommendation
from dispatch.services.recommendations import AdvisingHub, compute, freeze
from dispatch.store.event_log import LoggedEvent

APART_S: Final = 0.5
"""At most one recommendation for an incident in this time."""

SAME_S: Final = 5.0
"""Seconds by which a travel time may move without being worth another recommendation."""

AFTER_FAULT_S: Final = 2.0
"""What could not be computed is tried again so soon: nobody waits for ever because of a fault."""

_WORKERS: Final = 4
_LOOK_S: Final = 0.5
_LOOK_ESTIMATED_S: Final = 0.1

CHECKED_AFTER_S: Final = 5.0
"""A displayed recommendation that nothing has touched for so long is computed again, one at a look:
feeds fall silent, fixes grow old and units move without an event."""

MOVED_S: Final = 60.0
"""Seconds by which its picks may drift until such a look makes another."""

REGION_WITHIN_S: Final = 1.0
"""How long it is waited for another region's policy; then the last one's advises, and says so."""

_AGAIN_S: Final = 5.0
"""After a fault of its own."""

log = structlog.get_logger()


class Recommender:
    """Follows the events of one hub process, on its event loop.

    Attributes:
        made: How many recommendations were frozen.
        kept: How often the displayed one was found to be still true.
    """

    def __init__(self, hub: AdvisingHub, *, active: Callable[[], bool] = lambda: True) -> None:
        """Prepare; ``start`` starts.

        Args:
            hub: The running hub.
            active: Whether this process is the one that makes them; asked again and again.
        """
        self.made = 0
        self.kept = 0
        self._hub = hub
        self._active = active
        self._was_active = False
        self._due: dict[str, tuple[int, float]] = {}
        self._forced: set[str] = set()
        self._rerouted: set[str] = set()
        self._checked: set[str] = set()
        self._region_since_s: dict[str, float] = {}
        self._last_s: dict[str, float] = {}
        self._at_work: set[str] = set()
        self._hint = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin with what waits already."""
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._work(), name=f"recommender-{number}")
            for number in range(_WORKERS)
        ]
        self._tasks.append(loop.create_task(self._look(), name="recommender-look"))

    async def stop(self) -> None:
        """Make no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def on_events(self, page: Sequence[LoggedEvent]) -> None:
        """Take note of what the board has just taken in. Subscribe this to the follower."""
        if self._active():
            for logged in page:
                self._note(logged.event)

    def on_reload(self) -> None:
        """Another board took the place of the last one: look at every waiting incident."""
        if self._active():
            self._note_roads()

    def _note(self, event: Event) -> None:
        board = self._hub.board()
        body = event.body
        match body:
            case ev.IncidentCreated():
                if body.incident.pending:
                    self._put(body.incident.id, urgency=0, forced=True)
            case ev.IncidentChanged():
                if body.place or body.incident_type or body.legs or body.priority:
                    self._put(body.incident_id, urgency=1, forced=True)
            case ev.IncidentScheduled() | ev.ScheduleDue() | ev.ReservationLost():
                self._put(body.incident_id, urgency=1, forced=True)
                self._note_waiting(forced=False)
            case ev.LegChanged():
                is_other = body.was is not None and (
                    (body.was.incident_type, body.was.priority)
                    != (body.leg.incident_type, body.leg.priority)
                )
                if is_other or body.leg.state in ("pending", "closed"):
                    self._put(body.incident_id, urgency=0, forced=True)
            case ev.OutsideUnitSet():
                self._put(body.incident_id, urgency=1, forced=True)
            case ev.IncidentReopened():
                if body.incident.pending:
                    self._put(body.incident.id, urgency=0, forced=True)
            case ev.IncidentMerged():
                self._forget(body.merged.id)
                self._put(body.incident.id, urgency=0, forced=True)
            case ev.IncidentUnmerged():
                self._put(body.incident.id, urgency=0, forced=True)
                self._put(body.other.id, urgency=0, forced=True)
            case ev.ClosureOpened() | ev.ClosureBegan() | ev.ClosurePaused() | ev.ClosureEnded():
                self._note_roads()
            case ev.PageAnswered() | ev.CrewMissing():
                self._note_waiting(forced=False)
            case ev.StormSet():
                self._note_storm(board, body.agency_id)
            case ev.RegionActivated():
                self._note_waiting(forced=True)
            case ev.UnitAssigned():
                self._note_taken(board, body.assignment.unit_id)
                if body.assignment.override_reason:
                    self._put(body.assignment.incident_id, urgency=1)
            case ev.UnitDutyChanged():
                if body.duty == "in_service":
                    self._note_free(board, body.unit_id)
                else:
                    self._note_taken(board, body.unit_id)
            case ev.AssignmentReleased():
                released = board.assignments.get(body.assignment_id)
                if released is not None:
                    self._note_free(board, released.unit_id)
                    if released.override_reason:
                        self._put(released.incident_id, urgency=1)
            case ev.UnitLoggedOn() | ev.UnitLoggedOff():
                self._note_taken(board, body.unit_id)
                self._note_free(board, body.unit_id)
            case ev.IncidentClosed():
                self._forget(body.incident_id)
            case _:
                pass

    def _note_storm(self, board: Board, agency_id: str) -> None:
        """What waits in the agency's ground is asked for by other plans now."""
        for incident in _waiting(board):
            if any(leg.agency_id == agency_id for leg in incident.legs):
                self._put(incident.id, urgency=1, forced=True)

    def _note_taken(self, board: Board, unit_id: str) -> None:
        """Who was to get this unit, or one that shares its crew, gets another."""
        units = _sharing(board, unit_id)
        for incident in _waiting(board):
            shown = board.recommendations.get(incident.id)
            if shown is None or any(pick.unit_id in units for pick in shown.picks):
                self._put(incident.id, urgency=1)

    def _note_free(self, board: Board, unit_id: str) -> None:
        """Whoever lacked this unit, or passed it over, may want it now, or one that shares its
        crew."""
        units = _sharing(board, unit_id)
        for incident in _waiting(board):
            shown = board.recommendations.get(incident.id)
            if (
                shown is None
                or shown.unfilled
                or any(passed.unit_id in units for passed in shown.passed_over)
            ):
                self._put(incident.id, urgency=2)

    def _note_roads(self) -> None:
        """The roads may be others: the ways that are shown count, not their seconds alone."""
        self._rerouted.update(incident.id for incident in _waiting(self._hub.board()))
        self._note_waiting(forced=False)

    def _note_waiting(self, *, forced: bool) -> None:
        for incident in _waiting(self._hub.board()):
            self._put(incident.id, urgency=2, forced=forced)

    def _put(
        self,
        incident_id: str,
        *,
        urgency: int,
        forced: bool = False,
        check: bool = False,
        rerouted: bool = False,
        after_s: float = 0.0,
    ) -> None:
        """Make one for the incident, as soon as the last one is long enough ago.

        With ``check`` only if the displayed one is no longer true.
        """
        if forced:
            self._forced.add(incident_id)
        if rerouted:
            self._rerouted.add(incident_id)
        if check:
            self._checked.add(incident_id)
        else:
            self._checked.discard(incident_id)
        now_s = time.monotonic()
        due_s = max(now_s + after_s, self._last_s.get(incident_id, now_s - APART_S) + APART_S)
        before = self._due.get(incident_id)
        self._due[incident_id] = min(before, (urgency, due_s)) if before else (urgency, due_s)
        self._hint.set()

    def _forget(self, incident_id: str) -> None:
        self._due.pop(incident_id, None)
        self._forced.discard(incident_id)
        self._rerouted.discard(incident_id)
        self._checked.discard(incident_id)
        self._region_since_s.pop(incident_id, None)
        self._last_s.pop(incident_id, None)

    async def _work(self) -> None:
        while True:
            incident_id = self._next()
            if incident_id is None:
                self._hint.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._wait_s()):
                        await self._hint.wait()
                continue
            self._at_work.add(incident_id)
            try:
                await self._refresh(incident_id)
            except Exception:  # outer loop: one incident's fault must not stop the others
                log.exception("recommendation_failed", incident=incident_id)
                self._last_s[incident_id] = time.monotonic() + _AGAIN_S - APART_S
                self._put(incident_id, urgency=2)
            finally:
                self._at_work.discard(incident_id)
                self._hint.set()

    def _next(self) -> str | None:
        """The most urgent incident that is due and not at work."""
        now_s = time.monotonic()
        ready = [
            (when, incident_id)
            for incident_id, when in self._due.items()
            if when[1] <= now_s and incident_id not in self._at_work
        ]
        if not ready:
            return None
        _, incident_id = min(ready)
        del self._due[incident_id]
        return incident_id

    def _wait_s(self) -> float:
        now_s = time.monotonic()
        later = [due_s - now_s for _, due_s in self._due.values() if due_s > now_s]
        return min([*later, _LOOK_S])

    async def _refresh(self, incident_id: str) -> None:
        board = self._hub.board()
        incident = board.incidents.get(incident_id)
        if incident is None or not (incident.pending or _is_overridden(board, incident)):
            self._forget(incident_id)
            return
        forced = incident_id in self._forced
        self._forced.discard(incident_id)
        rerouted = incident_id in self._rerouted
        self._rerouted.discard(incident_id)
        checked = incident_id in self._checked
        self._checked.discard(incident_id)
        self._last_s[incident_id] = time.monotonic()
        try:
            if self._is_region_on_its_way(board, incident_id):
                self._put(incident_id, urgency=2, forced=forced, rerouted=rerouted)
                return
            made = await compute(self._hub, incident_id)
            shown = self._hub.board().recommendations.get(incident_id)
            same = still_holds if checked else partial(is_same_advice, routes=rerouted)
            if not forced and shown is not None and same(shown, made):
                self.kept += 1
                return
            await freeze(self._hub, made)
            self.made += 1
        except RevisionConflict:
            self._put(incident_id, urgency=1, forced=forced, rerouted=rerouted)
        except (NotFound, AlreadyClosed, NoRegion):
            self._forget(incident_id)
        except HubError as error:
            log.warning("recommendation_refused", incident=incident_id, code=error.code)
            self._put(incident_id, urgency=2, forced=forced, rerouted=rerouted)
        except Exception:
            after_s = AFTER_FAULT_S
            self._put(incident_id, urgency=2, forced=forced, rerouted=rerouted, after_s=after_s)
            raise

    def _is_region_on_its_way(self, board: Board, incident_id: str) -> bool:
        """Whether the board's region is still being read, and not for too long yet."""
        if not board.region or board.region.region_version == self._hub.region().version:
            self._region_since_s.pop(incident_id, None)
            return False
        now_s = time.monotonic()
        return now_s - self._region_since_s.setdefault(incident_id, now_s) < REGION_WITHIN_S

    async def _look(self) -> None:
        """Twice a second: has this process become the active one, do silent roads answer again?

        Where a crew's way is only estimated, ten times a second.
        """
        while True:
            active = self._active()
            if active and not self._was_active:
                self._note_unadvised()
            if active:
                self._look_at_shown()
            self._was_active = active
            estimated = active and await self._look_at_roads()
            await asyncio.sleep(_LOOK_ESTIMATED_S if estimated else _LOOK_S)

    def _note_unadvised(self) -> None:
        board = self._hub.board()
        for incident in _waiting(board):
            shown = board.recommendations.get(incident.id)
            behind = shown is not None and shown.incident_revision < incident.revision
            self._put(incident.id, urgency=1, forced=behind, rerouted=True)

    def _look_at_shown(self) -> None:
        """Compute again the one that has been looked at least lately."""
        board = self._hub.board()
        now_s = time.monotonic()
        idle = sorted(
            (self._last_s.get(incident.id, 0.0), incident.id)
            for incident in _waiting(board)
            if incident.id not in self._due and incident.id in board.recommendations
        )
        if idle and now_s - idle[0][0] >= CHECKED_AFTER_S:
            self._put(idle[0][1], urgency=3, check=True)

    async def _look_at_roads(self) -> bool:
        """Make those again that were made without roads; whether there are any."""
        board = self._hub.board()
        degraded = [
            incident.id
            for incident in _waiting(board)
            if (shown := board.recommendations.get(incident.id)) is not None
            and shown.roads_seq is None
            and shown.picks
        ]
        if not degraded:
            return False
        with contextlib.suppress(HubError):
            status = await self._hub.roads.status()
            if status.network_id:
                for incident_id in degraded:
                    self._put(incident_id, urgency=1)
        return True


def _sharing(board: Board, unit_id: str) -> frozenset[str]:
    """The unit and those that share its crew."""
    unit = board.units.get(unit_id)
    return frozenset((unit_id, *(unit.crew.units if unit and unit.crew else ())))


def _waiting(board: Board) -> list[Incident]:
    return [incident for incident in board.incidents.values() if incident.pending]


def _is_overridden(board: Board, incident: Incident) -> bool:
    """Whether a unit came or went by override since the displayed recommendation was made: which
    slots are still open is another matter then, and the rest is recommended."""
    shown = board.recommendations.get(incident.id)
    return incident.state != "closed" and any(
        one.override_reason is not None
        and (
            shown is None
            or max(one.assigned_at, one.released_at or one.assigned_at) >= shown.made_at
        )
        for one in board.assignments.values()
        if one.incident_id == incident.id
    )


def is_same_advice(shown: Recommendation, made: Recommendation, routes: bool = False) -> bool:
    """Whether a new recommendation says nothing that the displayed one does not say.

    Ids, times and event numbers do not count, nor travel times within ``SAME_S``. The ways of the
    picks count with ``routes`` only: without a change of the roads they differ as units move.
    """
    if (
        shown.plan_id != made.plan_id
        or (shown.mode, shown.part_modes) != (made.mode, made.part_modes)
        or shown.slots != made.slots
        or shown.unfilled != made.unfilled
        or shown.degraded != made.degraded
        or shown.region_version != made.region_version
        or len(shown.picks) != len(made.picks)
        or len(shown.passed_over) != len(made.passed_over)
    ):
        return False
    picks = zip(shown.picks, made.picks, strict=True)
    others = zip(shown.passed_over, made.passed_over, strict=True)
    same_ways = not routes or all(
        shown_pick.route == made_pick.route and _avoided(shown_pick) == _avoided(made_pick)
        for shown_pick, made_pick in zip(shown.picks, made.picks, strict=True)
    )
    return (
        same_ways
        and all(_same_pick(a, b) for a, b in picks)
        and all(_same_other(a, b) for a, b in others)
    )


def still_holds(shown: Recommendation, made: Recommendation) -> bool:
    """Whether the displayed recommendation may stand though units have moved a little.

    What was degraded, where its picks are ranked from and what stays open must be the same; other
    picks, or the same ones farther away, only count when the time they take is another.
    """
    if (shown.degraded, shown.unfilled, shown.plan_id) != (
        made.degraded, made.unfilled, made.plan_id,
    ):  # fmt: skip
        return False
    sources = {(pick.unit_id, pick.estimated, pick.fix_source) for pick in shown.picks}
    for pick in made.picks:
        was = {source for source in sources if source[0] == pick.unit_id}
        if was and (pick.unit_id, pick.estimated, pick.fix_source) not in was:
            return False
    drift_s = sum(pick.cost_s for pick in made.picks) - sum(pick.cost_s for pick in shown.picks)
    return abs(drift_s) < MOVED_S


def _same_pick(shown: Pick, made: Pick) -> bool:
    if (shown.slot, shown.unit_id, shown.estimated, shown.fix_source, _blocks(shown)) != (
        made.slot, made.unit_id, made.estimated, made.fix_source, _blocks(made),
    ):  # fmt: skip
        return False
    return _same_s(shown.travel_s, made.travel_s)


def _avoided(pick: Pick) -> tuple[str, ...]:
    return pick.without.avoids if pick.without else ()


def _blocks(pick: Pick) -> int:
    return sum(reason.code == "unconfirmed_block" for reason in pick.reasons)


def _same_other(shown: PassedOver, made: PassedOver) -> bool:
    return (
        shown.unit_id == made.unit_id
        and _causes(shown) == _causes(made)
        and _same_s(shown.travel_s, made.travel_s)
    )


def _causes(passed: PassedOver) -> list[tuple[str, str]]:
    """The codes of its reasons; of a closure or limit on its way, which one it is, too."""
    named = ("closure_on_way", "limit_on_way")
    return [(r.code, r.text if r.code in named else "") for r in passed.reasons]


def _same_s(shown: float | None, made: float | None) -> bool:
    if shown is None or made is None:
        return shown is made
    return abs(shown - made) <= SAME_S
