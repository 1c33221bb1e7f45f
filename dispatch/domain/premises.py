"""How premise notes are written and withdrawn, and how a crew says that it has read one. Pure."""

from __future__ import annotations

from dispatch.domain import events as ev
from dispatch.domain.commands import AcknowledgeHazard, NotePremise, WithdrawPremise
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.premise import PremiseNote
from dispatch.domain.state import State

_UNSEEN = ()
"""Notes are asked for by place; no console carries all of them on its board."""


def decide_note_premise(state: State, command: NotePremise) -> list[Draft]:
    """A new note, or another text under the same id.

    Raises:
        InvalidInput: Its review or its end lies in the past.
    """
    if command.until is not None and command.until <= state.now:
        raise InvalidInput("A note ends at an instant to come.", field="until")
    if command.review_on <= state.now.date():
        raise InvalidInput("A note is reviewed on a day to come.", field="review_on")
    note = PremiseNote(
        id=command.note_id,
        agency_id=command.agency_id,
        at=command.at,
        radius_m=command.radius_m,
        address=command.address,
        level=command.level,
        text=command.text,
        author=command.actor.account_id,
        noted_at=state.now,
        review_on=command.review_on,
        until=command.until,
    )
    return [Draft(body=ev.PremiseNoted(note=note), audience=_UNSEEN)]


def decide_withdraw_premise(state: State, command: WithdrawPremise) -> list[Draft]:
    """It holds no more; incidents that it went with keep it.

    Raises:
        NotFound: There is no such note.
    """
    note = next((n for n in state.premises if n.id == command.note_id), None)
    if note is None:
        raise NotFound(note_id=command.note_id)
    body = ev.PremiseWithdrawn(note_id=note.id, by=command.actor.account_id, withdrawn_at=state.now)
    return [Draft(body=body, audience=_UNSEEN)]


def decide_acknowledge_hazard(state: State, command: AcknowledgeHazard) -> list[Draft]:
    """The crew has read the hazard; said once.

    Raises:
        NotFound: No such assignment.
        TransitionRefused: It is released, or nothing hazardous is known there.
    """
    assignment = state.board.assignments.get(command.assignment_id)
    if assignment is None:
        raise NotFound(assignment_id=command.assignment_id)
    if assignment.hazard_read_at is not None:
        return []
    incident = state.board.incidents.get(assignment.incident_id)
    if not assignment.live or incident is None or not incident.hazards:
        raise TransitionRefused(
            f"There is no hazard for {assignment.unit_id} to read.", assignment_id=assignment.id
        )
    body = ev.HazardRead(
        assignment_id=assignment.id,
        revision=assignment.revision + 1,
        read_at=state.now,
        channel=command.channel,
        by=command.actor.account_id,
    )
    return [Draft(body=body, audience=assignment.audience)]
