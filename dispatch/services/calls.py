"""Taking calls: the call is committed at once, and with place and type its incident too."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from dispatch.domain.call import Call, CallbackCause, CallbackResult, CallOutcome, Channel
from dispatch.domain.commands import (
    CloseCall,
    LinkCall,
    PlanCallback,
    ReportCallback,
    TakeCall,
)
from dispatch.domain.duplicates import Duplicate, IncidentType, digits_of, find_duplicates
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.incident import Place
from dispatch.domain.values import EVERYONE, Actor, may_see
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat
from geodata.shapes import Shape

AHEAD_MAX = timedelta(minutes=5)
"""How far a device's clock may run ahead of the hub's."""


async def take_call(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str | None = None,
    channel: Channel = "voice",
    received_at: datetime | None = None,
    callback: str | None = None,
    caller_name: str | None = None,
    caller_location: Shape | None = None,
    said: str = "",
    place: Place | None = None,
    incident_type: str | None = None,
    priority: int | None = None,
    note: str | None = None,
    join_incident_id: str | None = None,
    wanted_at: datetime | None = None,
    wanted: str = "",
) -> Outcome:
    """Commit a call. A repeated ``command_id`` gives the first outcome again.

    The call's and incident's ids follow from the command id: a repeat names the same ones.
    ``call_id`` is the call that the form was opened with, where the hub knows it already;
    ``wanted_at`` the later time for which its incident is wanted.
    """
    now = hub.now()
    if received_at is not None and received_at > now + AHEAD_MAX:
        raise InvalidInput("The call would have come in the future.", field="received_at")
    advice = None
    if place is not None and incident_type is not None and join_incident_id is None:
        advice = hub.region().advise(
            incident_type, place.shape, now, storms=hub.board().storms, place=place
        )
        if place.municipality is None:
            place = place.model_copy(update={"municipality": advice.resolution.municipality})
    command = TakeCall(
        command_id=command_id,
        actor=actor,
        call_id=derived_id(command_id, "call"),
        known_call_id=call_id,
        incident_id=derived_id(command_id, "incident"),
        channel=channel,
        received_at=received_at,
        callback=callback,
        caller_name=caller_name,
        caller_location=caller_location,
        said=said,
        place=place,
        incident_type=incident_type,
        priority=priority,
        advice=advice,
        note=note,
        note_id=derived_id(command_id, "note"),
        join_incident_id=join_incident_id,
        wanted_at=wanted_at,
        wanted=wanted,
    )
    return await hub.submit(command)


async def link_call(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, incident_id: str | None
) -> Outcome:
    """Say which incident the call speaks of, or that it speaks of none.

    Raises:
        NotFound: There is no such open call or incident, or it is another agency's.
    """
    visible_call(hub, actor, call_id)
    if incident_id is not None:
        hub.visible_incident(actor, incident_id)
    command = LinkCall(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        incident_id=incident_id,
        note_id=derived_id(command_id, "note"),
    )
    return await hub.submit(command)


async def plan_callback(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, cause: CallbackCause
) -> Outcome:
    """The caller said nothing or hung up: somebody must call back within a minute."""
    visible_call(hub, actor, call_id)
    command = PlanCallback(command_id=command_id, actor=actor, call_id=call_id, cause=cause)
    return await hub.submit(command)


async def report_callback(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, result: CallbackResult
) -> Outcome:
    """Somebody called back, and this came of it."""
    visible_call(hub, actor, call_id)
    command = ReportCallback(command_id=command_id, actor=actor, call_id=call_id, result=result)
    return await hub.submit(command)


async def close_call(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, outcome: CallOutcome, note: str = ""
) -> Outcome:
    """Say what became of a call that made no incident; it leaves the board.

    A repeat of the command is answered as the first was, though the call has left the board.
    """
    command = CloseCall(
        command_id=command_id, actor=actor, call_id=call_id, outcome=outcome, note=note
    )
    if call_id in hub.board().calls:
        visible_call(hub, actor, call_id)
    elif EVERYONE not in actor.agencies:
        raise NotFound(call_id=call_id)
    return await hub.submit(command)


def duplicates_of(
    hub: Hub,
    actor: Actor,
    *,
    at: LonLat,
    incident_type: str | None = None,
    callback: str | None = None,
) -> tuple[Duplicate, ...]:
    """Open incidents that a call being taken may speak of. Nothing is stored, nothing is merged."""
    board = hub.board()
    plans = hub.region().plans
    types = {code: IncidentType(code, plans.lead_of(code)) for code in plans.labels}
    callbacks: dict[str, set[str]] = {}
    for call in board.calls.values():
        if call.incident_id is not None and (digits := digits_of(call.callback)):
            callbacks.setdefault(call.incident_id, set()).add(digits)
    return find_duplicates(
        (i for i in board.incidents.values() if may_see(actor.agencies, i.audience)),
        types,
        {incident_id: frozenset(numbers) for incident_id, numbers in callbacks.items()},
        at=at,
        incident_type=incident_type,
        callback=callback,
        now=hub.now(),
    )


def visible_call(hub: Hub, actor: Actor, call_id: str) -> Call:
    """A call on the board that this viewer may see.

    Raises:
        NotFound: There is none, or it is another agency's.
    """
    call = hub.board().calls.get(call_id)
    if call is None or not may_see(actor.agencies, call.audience):
        raise NotFound(call_id=call_id)
    return call


def derived_id(command_id: str, noun: str) -> str:
    """The id of a new thing, the same whenever the command is given again."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{noun}:{command_id}").hex
