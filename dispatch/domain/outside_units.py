"""Units asked for by phone from outside: promised, arrived, cancelled, gone. Pure.

A promised unit counts in the plan, so that nobody is sent twice, but a leg that has nothing else
goes on waiting: a promise is no unit on the way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.domain import events as ev
from dispatch.domain.commands import AskOutside, ChangeOutside
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.state import State
from dispatch.domain.talkgroups import free_talkgroup, talkgroups_in_use
from dispatch.domain.working import open_incident

PROMISED_WITHIN = timedelta(hours=12)
"""A promise beyond this is a mistake of typing, or a scheduled call."""

_NEXT = {"promised": ("arrived", "cancelled"), "arrived": ("left",), "cancelled": (), "left": ()}


def decide_ask_outside(state: State, command: AskOutside) -> list[Draft]:
    """One more placeholder on the incident.

    Raises:
        InvalidInput: Nobody was asked, or the promised time is past or too far.
    """
    incident = open_incident(state, command.incident_id)
    if not command.asked_of:
        raise InvalidInput("Say who was asked.", field="asked_of")
    _check_promise(state, command.eta_at)
    asked = OutsideUnit(
        ref=f"O{len(incident.outside) + 1}",
        discipline=command.discipline,
        capabilities=command.capabilities,
        asked_of=command.asked_of,
        name=command.name,
        asked_by=command.actor.account_id,
        asked_at=state.now,
        eta_at=command.eta_at,
        slot=command.slot,
    )
    return [_told(incident, asked, None, incident.revision + 1)]


def _check_promise(state: State, eta_at: datetime) -> None:
    if not state.now < eta_at <= state.now + PROMISED_WITHIN:
        raise InvalidInput("It is promised for a time in the coming 12 hours.", field="eta_at")


def _told(incident: Incident, unit: OutsideUnit, was: OutsideUnit | None, revision: int) -> Draft:
    body = ev.OutsideUnitSet(incident_id=incident.id, revision=revision, unit=unit, was=was)
    return Draft(body=body, audience=incident.audience)


def decide_change_outside(state: State, command: ChangeOutside) -> list[Draft]:
    """It was promised for another time, arrived, was cancelled, or left again.

    With its arrival a leg that waited is worked. Cancelled, the plan lacks it: a leg that counted
    on it waits again, so that another unit is recommended. The same again changes nothing.

    Raises:
        NotFound: The incident has no such placeholder.
        TransitionRefused: It is past that, as one that left cannot arrive; ``allowed`` says what
            may follow.
        InvalidInput: A cancellation has no reason, or the new time is past or too far.
    """
    incident = open_incident(state, command.incident_id)
    unit = next((one for one in incident.outside if one.ref == command.ref), None)
    if unit is None:
        raise NotFound(
            f"There is no {command.ref} on this incident.",
            ref=command.ref,
            known=[one.ref for one in incident.outside],
        )
    target = command.state or "promised"
    if target == unit.state and (target != "promised" or command.eta_at in (None, unit.eta_at)):
        return []
    if target != unit.state and target not in _NEXT[unit.state]:
        raise TransitionRefused(
            f"{unit.label} is {unit.state}; {target} cannot follow.",
            ref=unit.ref,
            status=unit.state,
            allowed=list(_NEXT[unit.state]),
        )
    if target == "cancelled" and not command.reason:
        raise InvalidInput("Say why it is cancelled.", field="reason")
    update: dict[str, object] = {"state": target, "reason": command.reason}
    if target == "promised" and command.eta_at is not None:
        _check_promise(state, command.eta_at)
        update["eta_at"] = command.eta_at
    elif target == "arrived":
        update["arrived_at"] = state.now
    else:
        update["ended_at"] = state.now
    changed = unit.model_copy(update=update)
    revision = incident.revision + 1
    drafts = [_told(incident, changed, unit, revision)]
    leg = incident.leg(unit.discipline)
    after = _leg_after(state, leg, changed)
    if after is not None:
        body = ev.LegChanged(incident_id=incident.id, revision=revision + 1, leg=after, was=leg)
        drafts.append(Draft(body=body, audience=incident.audience))
    return drafts


def _leg_after(state: State, leg: Leg | None, unit: OutsideUnit) -> Leg | None:
    """The leg as it stands with the unit there, or without it; None: as it stood."""
    if unit.state == "arrived" and (leg is None or leg.state == "pending"):
        before = leg or Leg(discipline=unit.discipline, agency_id=None)
        in_use = state.talkgroups_in_use | talkgroups_in_use(state.board.incidents.values())
        pool = state.policy.talkgroups.get(before.agency_id or "", ())
        return before.model_copy(
            update={
                "state": "active",
                "talkgroup": before.talkgroup or free_talkgroup(pool, in_use),
                "first_assigned_at": before.first_assigned_at or state.now,
            }
        )
    if unit.state == "cancelled" and unit.slot is not None and leg and leg.state == "active":
        return leg.model_copy(update={"state": "pending"})
    return None
