"""Agencies' own status codes over the common core: what may follow, and what a word means. Pure."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.domain.assignment import CODES, TRANSITIONS, Assignment, AssignmentStatus
from dispatch.domain.errors import InvalidInput, TransitionRefused
from dispatch.domain.state import State
from dispatch.domain.unit import Duty, Unit
from jurisdictions.statuses import AgencyStatus, CoreCode

STATUS_OF: dict[str, AssignmentStatus] = {code: status for status, code in CODES.items()}
"""The core's status by its code; OOS is a duty and has none."""


class Step(NamedTuple):
    """A status of the core, and the agency's own code for it, empty where it has none."""

    status: AssignmentStatus
    agency_code: str


def first_code(state: State, agency_id: str, core: CoreCode) -> str:
    """The first of the agency's own codes that means ``core``; empty where it has none."""
    own = state.policy.statuses.get(agency_id, ())
    return next((status.code for status in own if status.core == core), "")


def next_step(
    state: State, assignment: Assignment, status: AssignmentStatus | None, code: str
) -> Step:
    """The step that is meant, if it may follow the present status; the present one may.

    Args:
        state: With the agencies' own codes.
        assignment: As it stands.
        status: Of the core; None: as ``code`` says. With codes of its own, the agency goes by the
            first of them that means it and may follow.
        code: The agency's own, or empty.

    Raises:
        InvalidInput: The agency has no such code, neither is given, or they contradict each other.
        TransitionRefused: It may not follow; ``allowed`` says what may.
    """
    own = state.policy.statuses.get(assignment.agency_id, ())
    if code:
        meant = [_named(state, assignment.agency_id, code)]
        core = STATUS_OF.get(meant[0].core)
        if core is None or status not in (None, core):
            raise InvalidInput(
                f"{code} means {meant[0].core}, which is not meant here.", field="code"
            )
    elif status is None:
        raise InvalidInput("Name the status or the agency's code.", field="status")
    else:
        meant = [one for one in own if one.core == CODES[status]]
        if not own:
            return _core_step(assignment, status)
    present = _present_code(own, assignment)
    for one in meant:
        if one.code == present:
            return Step(STATUS_OF[one.core], one.code)
    for one in meant:
        after_core = not present and STATUS_OF[one.core] in TRANSITIONS[assignment.status]
        if present in one.allowed_from or after_core:
            return Step(STATUS_OF[one.core], one.code)
    raise _refused(own, assignment, present, code or (CODES[status] if status else ""))


def late_step(
    state: State, assignment: Assignment, status: AssignmentStatus | None, code: str
) -> Step:
    """The step that is meant by what happened before the present status; nothing forbids it now.

    Raises:
        InvalidInput: The agency has no such code, neither is given, or they contradict each other.
    """
    if not code and status is not None:
        own = state.policy.statuses.get(assignment.agency_id, ())
        return Step(status, next((one.code for one in own if one.core == CODES[status]), ""))
    if not code:
        raise InvalidInput("Name the status or the agency's code.", field="status")
    found = _named(state, assignment.agency_id, code)
    core = STATUS_OF.get(found.core)
    if core is None or status not in (None, core):
        message = f"{code} means {found.core}, which is not meant here."
        raise InvalidInput(message, field="code")
    return Step(core, code)


def _core_step(assignment: Assignment, status: AssignmentStatus) -> Step:
    if status != assignment.status and status not in TRANSITIONS[assignment.status]:
        raise TransitionRefused(
            f"{assignment.unit_id} is {assignment.status}; {status} cannot follow.",
            assignment_id=assignment.id,
            status=assignment.status,
            allowed=sorted(TRANSITIONS[assignment.status]),
        )
    return Step(status, "")


def _named(state: State, agency_id: str, code: str) -> AgencyStatus:
    own = state.policy.statuses.get(agency_id, ())
    found = next((one for one in own if one.code == code), None)
    if found is None:
        known = [one.code for one in own]
        raise InvalidInput(
            f"{state.policy.agency_names.get(agency_id, agency_id)} has no code {code}"
            + (f"; it has {', '.join(known)}." if known else "; it goes by the common ones."),
            field="code",
            known=known,
        )
    return found


def _present_code(own: tuple[AgencyStatus, ...], assignment: Assignment) -> str:
    """What the assignment stands in; one of before the agency had codes, in the first that fits.

    Empty where none of its codes means the present status: then the common transitions hold, so
    that a region loaded anew never keeps a unit from being cleared.
    """
    if any(one.code == assignment.agency_code for one in own):
        return assignment.agency_code
    return next((one.code for one in own if one.core == assignment.code), "")


def _refused(
    own: tuple[AgencyStatus, ...], assignment: Assignment, present: str, wanted: str
) -> TransitionRefused:
    after = [one for one in own if present in one.allowed_from]
    label = next((one.label for one in own if one.code == present), assignment.status)
    can = ", ".join(f"{one.code} {one.label}" for one in after)
    return TransitionRefused(
        f"{assignment.unit_id} is {present} {label}; {wanted} cannot follow, next can be {can}.",
        assignment_id=assignment.id,
        status=assignment.status,
        code=present,
        allowed=[one.code for one in after],
    )


def duty_code(state: State, unit: Unit, duty: Duty, code: str) -> AgencyStatus | None:
    """The agency's own code for a duty, where one is given.

    Raises:
        InvalidInput: The agency has no such code, or it means another duty.
    """
    if not code:
        return None
    found = _named(state, unit.agency_id, code)
    if found.core != ("AV" if duty == "in_service" else "OOS"):
        raise InvalidInput(f"{code} means {found.core}, which is not meant here.", field="code")
    return found
