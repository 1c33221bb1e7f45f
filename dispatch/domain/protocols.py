"""Card protocols: a program is launched for a call and hands its determinant back. Pure.

Before anybody is sent the plan follows the determinant, unless that makes less of the incident.
Afterwards it proposes the difference, and a dispatcher decides: no unit is ever cancelled by it.
"""

from __future__ import annotations

from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.call import Call
from dispatch.domain.call_progress import open_call
from dispatch.domain.commands import (
    Advice,
    ChangeIncident,
    Command,
    HandDeterminant,
    OpenProtocol,
    SettleDeterminant,
)
from dispatch.domain.errors import (
    InvalidInput,
    NotFound,
    OverrideNeedsReason,
    RevisionConflict,
    TransitionRefused,
)
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident
from dispatch.domain.protocol import (
    ASKS,
    Difference,
    ProtocolRun,
    is_downgrade,
    plan_difference,
    was_dispatched,
)
from dispatch.domain.recommendation import Slot
from dispatch.domain.state import State
from dispatch.domain.working import decide_change_incident, open_incident

RUNS_MOST: Final = 40
"""Runs of one call; a program that hands in more has gone wrong."""


def decide_open_protocol(state: State, command: OpenProtocol) -> list[Draft]:
    """A program is launched for a call; the run waits for its determinant.

    Raises:
        TransitionRefused: The call rings: answer it first.
        InvalidInput: It was launched too often.
    """
    call = open_call(state, command.call_id)
    if call.phase == "ringing":
        raise TransitionRefused("Answer the call first.", call_id=call.id)
    _check_room(call)
    run = ProtocolRun(
        id=command.run_id,
        program_id=command.program_id,
        program_name=command.program_name,
        discipline=command.discipline,
        agency_id=command.agency_id,
        opened_at=state.now,
        opened_by=command.actor.account_id,
        incident_id=call.incident_id,
    )
    return [_draft(call, run)]


def decide_hand_determinant(state: State, command: HandDeterminant) -> list[Draft]:
    """Keep the determinant with its call, and let the incident follow it where it may.

    The same determinant of the same run again changes nothing; another one of it is a run of its
    own. What an earlier determinant of the discipline still proposed is superseded.

    Raises:
        NotFound: The call has no such run.
        RevisionConflict: The incident is another than the advice was looked up for.
    """
    call = open_call(state, command.call_id)
    run = _run_of(state, call, command)
    if run is None:
        return []
    judged, changes = _judged(state, call, run, command)
    over = [r for r in call.protocol_runs if r.discipline == run.discipline and r.state in ASKS]
    drafts = [
        _draft(call, old.model_copy(update={"state": "superseded", "settled_at": state.now}))
        for old in over
        if old.id != run.id
    ]
    return [*drafts, _draft(call, judged), *changes]


def _run_of(state: State, call: Call, command: HandDeterminant) -> ProtocolRun | None:
    """The run that the determinant ends; None: it has just that one already."""
    named = next((run for run in call.protocol_runs if run.id == command.run_id), None)
    if command.run_id is not None and named is None:
        raise NotFound("The call has no such run.", run_id=command.run_id)
    given = {
        "determinant": command.determinant,
        "determined_at": state.now,
        "determined_by": command.actor.account_id,
    }
    if named is not None and named.discipline != command.discipline:
        raise InvalidInput(f"That run is of {named.discipline}.", field="discipline")
    if named is not None and not named.determinant:
        return named.model_copy(update=given)
    mine = [r for r in call.protocol_runs if r.discipline == command.discipline and r.determinant]
    if mine and mine[-1].determinant == command.determinant:
        return None
    _check_room(call)
    kept = {"program_id", "program_name", "agency_id", "opened_at", "opened_by"}
    before = named.model_dump(include=kept) if named is not None else {}
    fields = {**before, **given, "id": command.new_run_id, "discipline": command.discipline}
    return ProtocolRun.model_validate(fields)


def _judged(
    state: State, call: Call, run: ProtocolRun, command: HandDeterminant
) -> tuple[ProtocolRun, list[Draft]]:
    """The run with what it comes to, and the changes of the incident that follow at once."""
    if command.incident_type is None:
        return run.model_copy(update={"state": "unknown", "incident_id": call.incident_id}), []
    meaning = {
        "incident_type": command.incident_type,
        "type_label": command.type_label,
        "label": command.label,
        "priority": command.priority,
        "incident_id": call.incident_id,
    }
    run = run.model_copy(update=meaning)
    if call.incident_id is None:
        return run.model_copy(update={"state": "waiting"}), []
    incident = open_incident(state, call.incident_id)
    if command.advice is None or command.revision != incident.revision:
        raise RevisionConflict(incident_id=incident.id, revision=incident.revision)
    priority = command.priority or command.advice.priority
    difference = _difference(state, incident, command.slots)
    lesser = is_downgrade(incident, priority, command.slots_now, command.slots)
    run = run.model_copy(
        update={
            "priority": priority,
            "downgrade": lesser,
            "adds": difference.adds,
            "spares": difference.spares,
        }
    )
    if (command.incident_type, priority) == (incident.incident_type, incident.priority):
        return run.model_copy(update={"state": "same"}), []
    if lesser or was_dispatched(incident):
        return run.model_copy(update={"state": "proposed"}), []
    changes = _changes(state, command, incident, run, command.advice, difference)
    return run.model_copy(update={"state": "applied", "settled_at": state.now}), changes


def decide_settle_determinant(state: State, command: SettleDeterminant) -> list[Draft]:
    """A dispatcher takes over what a determinant proposes, or does not.

    Raises:
        NotFound: There is no such run at this incident.
        TransitionRefused: Nothing is proposed by it any more.
        OverrideNeedsReason: It makes less of the incident, and nobody said why.
        RevisionConflict: The incident is another than the advice was looked up for.
    """
    incident = open_incident(state, command.incident_id)
    found = [
        (call, run)
        for call in state.board.calls.values()
        if call.incident_id == incident.id
        for run in call.protocol_runs
        if run.id == command.run_id
    ]
    if not found:
        raise NotFound(run_id=command.run_id)
    call, run = found[0]
    if run.state not in ASKS or run.incident_type is None:
        raise TransitionRefused("Nothing is proposed by it any more.", run_id=run.id)
    settled = {
        "reason": command.reason,
        "settled_at": state.now,
        "settled_by": command.actor.account_id,
    }
    if not command.accepted:
        return [_draft(call, run.model_copy(update={**settled, "state": "refused"}))]
    if command.advice is None or command.revision != incident.revision:
        raise RevisionConflict(incident_id=incident.id, revision=incident.revision)
    priority = run.priority or command.advice.priority
    difference = _difference(state, incident, command.slots)
    lesser = is_downgrade(incident, priority, command.slots_now, command.slots)
    if lesser and not command.reason:
        raise OverrideNeedsReason(
            f"{run.determinant} makes less of it: give a reason.", run_id=run.id
        )
    run = run.model_copy(
        update={
            **settled,
            "state": "accepted",
            "incident_id": incident.id,
            "priority": priority,
            "downgrade": lesser,
            "adds": difference.adds,
            "spares": difference.spares,
        }
    )
    changes = _changes(state, command, incident, run, command.advice, difference)
    return [_draft(call, run), *changes]


def _changes(
    state: State,
    command: Command,
    incident: Incident,
    run: ProtocolRun,
    advice: Advice,
    difference: Difference,
) -> list[Draft]:
    """The incident by what the determinant is. Legs of which more is asked wait again."""
    change = ChangeIncident(
        command_id=command.command_id,
        actor=command.actor,
        incident_id=incident.id,
        revision=incident.revision,
        incident_type=run.incident_type,
        priority=run.priority,
        advice=advice.model_copy(update={"added": difference.short}),
    )
    return decide_change_incident(state, change)


def _difference(state: State, incident: Incident, slots: tuple[Slot, ...]) -> Difference:
    live = state.board.live_of_incident(incident.id)
    units = [state.board.units[a.unit_id] for a in live if a.unit_id in state.board.units]
    return plan_difference(incident, slots, units)


def _check_room(call: Call) -> None:
    if len(call.protocol_runs) >= RUNS_MOST:
        raise InvalidInput(f"The call has {RUNS_MOST} runs already.", field="call_id")


def _draft(call: Call, run: ProtocolRun) -> Draft:
    return Draft(body=ev.ProtocolSet(call_id=call.id, run=run), audience=call.audience)
