"""An address corrected after units were sent: each crew must acknowledge the new one. Pure.

The correction reaches tablets by the stream and other channels as an ``update`` (``delivering``).
Here is what makes it certain: who acknowledged the old address has not acknowledged this one, and
silence about it grows loud by a time of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.assignment import NOT_ARRIVED, TRANSPORTS, Assignment, PlaceCorrection
from dispatch.domain.commands import FallDue
from dispatch.domain.crew_facts import MOVED_M
from dispatch.domain.delivery import DEFAULT_LIMIT_S, LOUD_STEPS
from dispatch.domain.events import Draft
from dispatch.domain.incident import Place
from dispatch.domain.state import State
from geodata.lonlat import LonLat, distance_m

FAR_M: Final = 200.0
"""A place farther than this from where crews were sent is an alarm, and asks those on scene too."""


def awaits_correction(assignment: Assignment, seen: int | None = None) -> bool:
    """Whether its crew has still to acknowledge a corrected address.

    Args:
        assignment: As it stands.
        seen: The revision that the answer is for; None: whether anything is to be answered at all.
    """
    correction = assignment.place_correction
    if correction is None or correction.acknowledged_at is not None:
        return False
    if not assignment.live or assignment.status in TRANSPORTS:
        return False
    return seen is None or seen >= correction.revision


def answered_draft(state: State, assignment: Assignment, channel: str, revision: int) -> Draft:
    """The crew has the corrected address; ``awaits_correction`` has said that it is asked for."""
    assert assignment.place_correction is not None
    answered = {
        "due_at": None,
        "acknowledged_at": state.now,
        "acknowledged_by": "voice" if channel == "voice" else "device",
    }
    correction = assignment.place_correction.model_copy(update=answered)
    return _draft(assignment, revision, correction)


def correction_drafts(state: State, drafts: Sequence[Draft]) -> list[Draft]:
    """What crews have to acknowledge since a command corrects where they were sent.

    Args:
        state: With the live assignments of every incident whose place the command changes.
        drafts: What it causes; none of it is applied yet.
    """
    released = {d.body.assignment_id for d in drafts if isinstance(d.body, ev.AssignmentReleased)}
    made = []
    for draft in drafts:
        for assignment, was, now in _sent_elsewhere(state, draft.body):
            if assignment.live and assignment.id not in released:
                correction = _correction(state, assignment, was, now)
                if correction is not None:
                    made.append(_draft(assignment, correction.revision, correction))
        if isinstance(draft.body, ev.AssignmentCorrected):
            made += _asked_again(state, draft.body)
    return made


def _asked_again(state: State, body: ev.AssignmentCorrected) -> list[Draft]:
    """It was released or on its transport by mistake: its silence counts from now on."""
    before = state.board.assignments.get(body.assignment_id)
    if before is None or before.place_correction is None or awaits_correction(before):
        return []
    again = before.model_copy(update={"released_at": None, "status": body.status})
    if not awaits_correction(again):
        return []
    due_at = state.now + timedelta(seconds=DEFAULT_LIMIT_S)
    correction = before.place_correction.model_copy(update={"due_at": due_at})
    return [_draft(before, body.revision + 1, correction)]


def _sent_elsewhere(state: State, body: ev.EventBody) -> Iterator[tuple[Assignment, Place, Place]]:
    """Assignments as they stand after the event, with the place before and after it."""
    if isinstance(body, ev.IncidentChanged):
        incident = state.board.incidents.get(body.incident_id)
        if incident is not None and body.place is not None:
            for assignment in state.board.live_of_incident(incident.id):
                yield assignment, incident.place, body.place
    elif isinstance(body, ev.IncidentMerged | ev.IncidentUnmerged):
        for assignment in body.assignments:
            before = state.board.assignments.get(assignment.id)
            was = state.board.incidents.get(before.incident_id) if before else None
            if was is not None and assignment.id in body.moved:
                after = body.incident if isinstance(body, ev.IncidentMerged) else body.other
                yield assignment, was.place, after.place


def _correction(
    state: State, assignment: Assignment, was: Place, now: Place
) -> PlaceCorrection | None:
    """None where nobody is sent elsewhere by it, or the crew is there already."""
    step_m = distance_m(LonLat(*was.at), LonLat(*now.at))
    same_words = (was.address, was.municipality) == (now.address, now.municipality)
    if same_words and step_m < MOVED_M:
        return None
    open_one = assignment.place_correction if awaits_correction(assignment) else None
    said, said_at = (open_one.was, open_one.was_at) if open_one else (_words(was), was.at)
    moved_m = distance_m(LonLat(*said_at), LonLat(*now.at))
    on_the_way = assignment.status in NOT_ARRIVED
    far_from_scene = assignment.status == "on_scene" and (open_one or moved_m > FAR_M)
    if not on_the_way and not far_from_scene:
        return None
    return PlaceCorrection(
        at=state.now,
        was=said,
        was_at=said_at,
        to=now.address or _spot(now),
        to_at=now.at,
        moved_m=round(moved_m, 1),
        revision=assignment.revision + 1,
        due_at=state.now + timedelta(seconds=DEFAULT_LIMIT_S),
    )


def _words(place: Place) -> str:
    named = ", ".join(part for part in (place.address, place.municipality) if part)
    return named[:200] or _spot(place)


def _spot(place: Place) -> str:
    lon, lat = place.at
    return f"{lat:.5f}, {lon:.5f}"


def decide_correction_due(state: State, command: FallDue) -> list[Draft]:
    """Louder by one, unless the crew has acknowledged it, moved on, or got a later correction."""
    assignment = state.board.assignments.get(command.ref)
    if assignment is None or not awaits_correction(assignment):
        return []
    correction = assignment.place_correction
    assert correction is not None
    if correction.due_at is None or correction.due_at > state.now:
        return []
    step = correction.step + 1
    again = state.now + timedelta(seconds=DEFAULT_LIMIT_S) if step < LOUD_STEPS else None
    louder = correction.model_copy(update={"step": step, "due_at": again})
    return [_draft(assignment, assignment.revision + 1, louder)]


def _draft(assignment: Assignment, revision: int, correction: PlaceCorrection) -> Draft:
    body = ev.AssignmentPlaceCorrected(
        assignment_id=assignment.id, revision=revision, correction=correction
    )
    return Draft(body=body, audience=assignment.audience)
