"""Crews that come from home: who has answered the page, whether that is a crew, and when it is not
one in time. Pure.

Each person fills one seat. The seats of a skill are filled by those who have it; ``any`` counts
heads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from dispatch.domain import events as ev
from dispatch.domain.assignment import Assignment, PageResponse
from dispatch.domain.board import Board
from dispatch.domain.commands import AnswerPage, FallDue
from dispatch.domain.errors import NotFound, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.unit import Unit
from dispatch.domain.values import seconds_between

ANY = "any"


def lacking(minimum: Mapping[str, int], responses: Iterable[PageResponse]) -> dict[str, int]:
    """What is missing of a crew, by skill; empty: it is one.

    Args:
        minimum: People by skill, ``any`` for heads in all.
        responses: Of everybody who was paged, the last of each.
    """
    coming = [one for one in responses if one.answer == "responding"]
    seats = [skill for skill, count in minimum.items() if skill != ANY for _ in range(count)]
    sits: dict[int, int] = {}

    def seated(seat: int, tried: set[int]) -> bool:
        for person, one in enumerate(coming):
            if person in tried or seats[seat] not in one.skills:
                continue
            tried.add(person)
            if person not in sits or seated(sits[person], tried):
                sits[person] = seat
                return True
        return False

    missing: dict[str, int] = {}
    for seat, skill in enumerate(seats):
        if not seated(seat, set()):
            missing[skill] = missing.get(skill, 0) + 1
    heads = minimum.get(ANY, 0) - len(coming)
    return missing | ({ANY: heads} if heads > 0 else {})


def decide_answer_page(state: State, command: AnswerPage) -> list[Draft]:
    """Somebody who was paged is coming or is not; a later answer replaces the same one's first.

    What counts is when it was said. An answer that waited on a device without a link, and was
    overtaken by one that the same person gave after it, changes nothing. No answer is older than
    its page or newer than now, whatever the device's clock says.

    Raises:
        NotFound: No such assignment.
        TransitionRefused: Its unit is released, or waits for nobody.
    """
    assignment = state.board.assignments.get(command.assignment_id)
    if assignment is None:
        raise NotFound(assignment_id=command.assignment_id)
    if not assignment.live or not assignment.staff_min:
        raise TransitionRefused(
            f"{assignment.unit_id} waits for nobody to come.", assignment_id=assignment.id
        )
    said_at = min(max(command.device_at or state.now, assignment.assigned_at), state.now)
    before = (one for one in assignment.responses if one.volunteer == command.volunteer)
    if any(one.answered_at > said_at for one in before):
        return []
    comes_in_s = command.arrives_in_s if command.answer == "responding" else None
    response = PageResponse(
        volunteer=command.volunteer,
        skills=command.skills,
        answer=command.answer,
        answered_at=said_at,
        arrives_at=None if comes_in_s is None else said_at + timedelta(seconds=comes_in_s),
    )
    all_now = answered(assignment.responses, response)
    complete = not lacking(assignment.staff_min, all_now)
    body = ev.PageAnswered(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        response=response,
        staffed_at=(assignment.staffed_at or state.now) if complete else None,
    )
    return [Draft(body=body, audience=assignment.audience)]


def answered(before: Sequence[PageResponse], response: PageResponse) -> tuple[PageResponse, ...]:
    """The answers with one more; the last of each person counts."""
    return (*(one for one in before if one.volunteer != response.volunteer), response)


def decide_staffing_due(state: State, command: FallDue) -> list[Draft]:
    """The crew did not come together in time: loud, unless it did or the unit has left."""
    assignment = state.board.assignments.get(command.ref)
    if assignment is None or not assignment.live or assignment.staff_due_at is None:
        return []
    rolled = assignment.status != "dispatched"
    if rolled or assignment.staffed_at or assignment.unstaffed_at:
        return []
    if assignment.staff_due_at > state.now:
        return []
    body = ev.CrewMissing(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        missing_at=state.now,
        lacks=lacking(assignment.staff_min, assignment.responses),
    )
    return [Draft(body=body, audience=assignment.audience)]


def gathered_s(
    unit: Unit,
    minimum: Mapping[str, int],
    at_station: Sequence[Assignment],
    now: datetime,
) -> float | None:
    """Seconds until more have come to the station than its other units need: a crew for this one.

    Args:
        unit: Free, and nobody is logged on to it.
        minimum: Its agency's.
        at_station: Live assignments of its agency's units of the same station.
        now: The hub's time.

    Returns:
        0 where all are there; None where those who answered are no crew for it besides.
    """
    waiting = [one for one in at_station if one.staff_min and one.unit_id != unit.id]
    responses: dict[str, PageResponse] = {}
    wanted = dict(minimum)
    for one in waiting:
        for response in one.responses:
            responses[response.volunteer] = response
        for skill, count in one.staff_min.items():
            wanted[skill] = wanted.get(skill, 0) + count
    if not waiting or lacking(wanted, responses.values()):
        return None
    arrivals = [r.arrives_at for r in responses.values() if r.answer == "responding"]
    return max((max(0.0, seconds_between(now, at)) for at in arrivals if at), default=0.0)


def page_failed(unit: Unit, at_station: Sequence[Assignment]) -> bool:
    """Whether a page of the unit's station has brought no crew in time, and none has come since."""
    return any(
        one.unstaffed_at is not None and one.staffed_at is None
        for one in at_station
        if one.unit_id != unit.id
    )


def of_the_same_people(unit: Unit, paged: Assignment, board: Board) -> frozenset[str]:
    """Other units that would wait for the people whom the page of this one has not brought.

    Those of its station without a crew on board, unless more have answered than it needs.
    """
    station = [
        other
        for other in board.units.values()
        if (other.agency_id, other.station) == (unit.agency_id, unit.station)
    ]
    ids = {other.id for other in station}
    out = [one for one in board.assignments.values() if one.live and one.unit_id in ids]
    return frozenset(
        other.id
        for other in station
        if other.id != unit.id
        and other.logon is None
        and gathered_s(other, paged.staff_min, out, paged.assigned_at) is None
    )
