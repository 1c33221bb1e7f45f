"""What crews report from the street, what incidents may block, what a dispatcher makes of it. Pure.

A report is a closure of source ``responder``. It binds the crew that stands before it at once; for
all others it is a penalty and a flag until a dispatcher confirms or refuses it. What an incident
may block is a proposal in the same way, which binds nobody, and ends with the incident.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.closure import RESPONDER, Closure
from dispatch.domain.commands import (
    ConfirmClosure,
    EndIncidentClosures,
    ProposeClosure,
    ReportBlock,
    WithdrawBlock,
)
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.values import EVERYONE

LASTS: Final = timedelta(minutes=30)
"""A crew's word alone stands so long, from when it was given."""

INCIDENT_LASTS: Final = timedelta(hours=2)
"""What an incident blocks stands at most so long, if it does not end before."""

REACH_M: Final = 200.0
"""So much of the road before the crew is taken as blocked."""

PENALTY_S: Final = 120.0
"""What others are thought to lose there until it is confirmed, where their agency says nothing."""

_ALL = (EVERYONE,)
_SAME_SHARE = 0.5


def decide_report_block(state: State, command: ReportBlock) -> list[Draft]:
    """Open it; where another crew's report lies on the same road, both are one from now on.

    Raises:
        InvalidInput: It was said so long ago that it would be over already.
    """
    closure = command.closure
    if closure.ends_at <= state.now:
        raise InvalidInput("That was said too long ago to count now.", field="device_at")
    standing = state.board.closures.values()
    before = next((c for c in standing if _is_same_block(c, closure)), None)
    if before is None:
        opened = closure.model_copy(update={"state": "active"})
    else:
        opened = before.model_copy(
            update={
                "reported_by": tuple(dict.fromkeys((*before.reported_by, *closure.reported_by))),
                "line": closure.line,
                "direction": closure.direction if closure.direction == before.direction else "both",
                "arcs": tuple(dict.fromkeys((*before.arcs, *closure.arcs))),
                "ends_at": max(before.ends_at, closure.ends_at),
                "penalty_s": max(before.penalty_s, closure.penalty_s),
                "revision": before.revision + 1,
            }
        )
    return [Draft(body=ev.ClosureOpened(closure=opened), audience=_ALL)]


def _is_same_block(before: Closure, now: Closure) -> bool:
    """Whether two crews, or one twice, speak of the same thing: half of the shorter one in common.

    What is confirmed already is left as the dispatcher has it.
    """
    if before.confirmed or before.source != RESPONDER or before.network_id != now.network_id:
        return False
    common = len(set(before.arcs) & set(now.arcs))
    return common > 0 and common >= _SAME_SHARE * min(len(before.arcs), len(now.arcs))


def decide_propose_closure(state: State, command: ProposeClosure) -> list[Draft]:
    """Open it as a proposal, if its incident is still open and blocks nothing yet.

    What a person refused or lifted is not asked again; what ended with its incident is, once the
    incident is open again, and so is what ended because the incident had another type or place.
    """
    closure = command.closure
    if closure.incident_id not in state.board.incidents or closure.ends_at <= state.now:
        return []
    if any(c.incident_id == closure.incident_id for c in state.board.closures.values()):
        return []
    before = state.ended_closure
    if before is not None and before.ended_why != "incident_over":
        return []
    update = {"state": "active", "revision": before.revision + 1 if before else closure.revision}
    opened = ev.ClosureOpened(closure=closure.model_copy(update=update))
    return [Draft(body=opened, audience=_ALL)]


def decide_end_incident_closures(state: State, command: EndIncidentClosures) -> list[Draft]:
    """Open again what the incident blocked, confirmed or not."""
    return [
        Draft(body=ev.ClosureEnded(closure_id=c.id, reason="incident_over"), audience=_ALL)
        for c in state.board.closures.values()
        if c.incident_id == command.incident_id
    ]


def decide_withdraw_block(state: State, command: WithdrawBlock) -> list[Draft]:
    """The crew's word counts no more; when it was the only one, the road is open again.

    Raises:
        NotFound: There is no such closure, or this unit has not reported it.
        InvalidInput: A dispatcher has confirmed it: it is theirs to lift.
    """
    closure = state.board.closures.get(command.closure_id)
    if closure is None or command.unit_id not in closure.reported_by:
        raise NotFound(closure_id=command.closure_id)
    if closure.confirmed:
        raise InvalidInput("The dispatcher has confirmed it: ask there to lift it.", field="id")
    left = tuple(unit_id for unit_id in closure.reported_by if unit_id != command.unit_id)
    if not left:
        ended = ev.ClosureEnded(closure_id=closure.id, reason="withdrawn")
        return [Draft(body=ended, audience=_ALL)]
    update = {"reported_by": left, "revision": closure.revision + 1}
    opened = ev.ClosureOpened(closure=closure.model_copy(update=update))
    return [Draft(body=opened, audience=_ALL)]


def decide_confirm_closure(state: State, command: ConfirmClosure) -> list[Draft]:
    """It binds everybody; said again it changes nothing.

    Raises:
        NotFound: There is no such closure.
        InvalidInput: Its new end would be over already.
    """
    closure = state.board.closures.get(command.closure_id)
    if closure is None:
        raise NotFound(closure_id=command.closure_id)
    if closure.confirmed:
        return []
    if command.ends_at is not None and command.ends_at <= state.now:
        raise InvalidInput("The closure would be over already.", field="ends_at")
    update: dict[str, object] = {
        "confirmed": True,
        "confirmed_by": command.actor.account_id,
        "penalty_s": 0.0,
        "ends_at": command.ends_at or closure.ends_at,
        "description": command.description or closure.description,
        "revision": closure.revision + 1,
    }
    if command.direction is not None and command.arcs:
        update |= {
            "direction": command.direction,
            "arcs": command.arcs,
            "network_id": command.network_id,
        }
    opened = ev.ClosureOpened(closure=closure.model_copy(update=update))
    return [Draft(body=opened, audience=_ALL)]


def units_that_report(closures: Iterable[Closure]) -> frozenset[str]:
    """The units that some closure binds by their own word."""
    return frozenset(unit_id for closure in closures for unit_id in closure.reported_by)
