"""Sending units, hearing from them, and work that officers begin themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from dispatch.domain.assignment import AckChannel, AssignmentStatus
from dispatch.domain.candidates import place_of
from dispatch.domain.commands import (
    AcknowledgeAssignment,
    AnswerCheck,
    AnswerPage,
    AssignUnits,
    NewAssignment,
    ReportReceived,
    SendHelp,
    SetAssignmentStatus,
    StartOfficerWork,
    SwapUnits,
)
from dispatch.domain.emergencies import HelpType, help_type
from dispatch.domain.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    RoadsUnavailable,
    TransitionRefused,
    UnitNotAvailable,
)
from dispatch.domain.incident import Incident, Place
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.road_blocks import units_that_report
from dispatch.domain.unit import Unit
from dispatch.domain.values import EVERYONE, Actor, audience_of, may_see
from dispatch.domain.volunteers import of_the_same_people
from dispatch.roads.protocol import PathFound
from dispatch.services.calls import derived_id
from dispatch.services.driving import asked_of, driven_by
from dispatch.services.hospitals import check_hospital
from dispatch.services.hub import Hub
from dispatch.services.recommendations import nearest_of
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat
from geodata.shapes import Point


async def assign_units(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    unit_ids: Sequence[str],
    recommendation_id: str | None = None,
    override_reason: str | None = None,
    divert: bool = False,
) -> Outcome:
    """Send units, all or none; with ``divert`` also those that are on less urgent incidents.

    Raises:
        UnitNotAvailable: Another dispatcher was first, and the fields name the holder.
        RecommendationChanged: What was accepted is not what is displayed now.
        OverrideNeedsReason: A unit is not among those recommended.
        DivertRefused: A unit has a patient on board.
    """
    incident = hub.visible_incident(actor, incident_id)
    ways = await _ways_of_others(hub, incident, unit_ids)
    units = tuple(_new(command_id, unit_id, ways.get(unit_id)) for unit_id in unit_ids)
    command = AssignUnits(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        recommendation_id=recommendation_id,
        units=units,
        override_reason=override_reason,
        divert=divert,
    )
    return await hub.submit(command)


def _new(command_id: str, unit_id: str, way: PathFound | None) -> NewAssignment:
    return NewAssignment(
        assignment_id=derived_id(command_id, f"assignment:{unit_id}"),
        unit_id=unit_id,
        travel_s=way.travel_s if way else None,
        route=way.line if way else (),
        turns_waived=way.turns_waived if way else 0,
    )


async def swap_units(
    hub: Hub, actor: Actor, *, command_id: str, first: str, second: str, reason: str = ""
) -> Outcome:
    """Each takes the other's incident; a free one takes over and frees the other.

    Raises:
        InvalidInput: Both are free, or both on the same incident.
        DivertRefused: One has a patient on board.
    """
    board = hub.board()
    pair = [visible_unit(hub, actor, unit_id) for unit_id in (first, second)]
    news = []
    for unit, other in zip(pair, reversed(pair), strict=True):
        live = board.live_of_unit(other.id)
        incident = board.incidents.get(live.incident_id) if live else None
        ways = await _ways_of_others(hub, incident, [unit.id]) if incident else {}
        news.append(_new(command_id, unit.id, ways.get(unit.id)))
    command = SwapUnits(
        command_id=command_id, actor=actor, first=news[0], second=news[1], reason=reason
    )
    return await hub.submit(command)


async def send_backup(
    hub: Hub, actor: Actor, *, command_id: str, unit_id: str, count: int = 1
) -> Outcome:
    """The nearest free units of the same kind to a unit that is on an incident, in one step.

    Where the unit waits for a crew that did not come, the next due is another company: units that
    wait for the same people go only where there is no other.

    Raises:
        TransitionRefused: The unit is on no incident: there is nowhere to send anybody.
        UnitNotAvailable: No unit of its kind is free.
    """
    unit = visible_unit(hub, actor, unit_id)
    live = hub.board().live_of_unit(unit_id)
    if live is None:
        raise TransitionRefused(
            f"{unit_id} is on no incident; send units to where it is with D.", unit_id=unit_id
        )
    incident = hub.visible_incident(actor, live.incident_id)
    roster = unit.logon.roster_capabilities if unit.logon else unit.capabilities
    capability = (roster or unit.capabilities or (unit.kind,))[0]
    missing = live.unstaffed_at is not None and live.staffed_at is None
    alike = of_the_same_people(unit, live, hub.board()) if missing else ()
    found = await nearest_of(hub, incident, unit.discipline, capability, count, alike)
    if len(found.picks) < count and alike:
        found = await nearest_of(hub, incident, unit.discipline, capability, count)
    if not found.picks:
        raise UnitNotAvailable(
            f"No unit with {capability} is free: divert one with DV.", unit_id=unit_id
        )
    command = AssignUnits(
        command_id=command_id,
        actor=actor,
        incident_id=incident.id,
        recommendation_id=None,
        units=tuple(
            NewAssignment(
                assignment_id=derived_id(command_id, f"assignment:{pick.unit_id}"),
                unit_id=pick.unit_id,
                travel_s=pick.travel_s,
                route=pick.route,
                turns_waived=pick.turns_waived,
            )
            for pick in found.picks
        ),
        override_reason=f"next due, {unit_id} has no crew" if missing else f"backup for {unit_id}",
    )
    return await hub.submit(command)


async def _ways_of_others(
    hub: Hub, incident: Incident, unit_ids: Sequence[str]
) -> dict[str, PathFound]:
    """The ways of units that were not recommended; none where the roads are silent."""
    shown = hub.board().recommendations.get(incident.id)
    picked = {pick.unit_id for pick in shown.picks} if shown else set()
    others = [unit_id for unit_id in unit_ids if unit_id not in picked]
    return await _ways(hub, others, LonLat(*incident.place.at), shown)


async def _ways(
    hub: Hub, unit_ids: Sequence[str], at: LonLat, shown: Recommendation | None
) -> dict[str, PathFound]:
    """The ways of units to a spot; none where the roads are silent."""
    board = hub.board()
    units = [board.units[unit_id] for unit_id in unit_ids if unit_id in board.units]
    if not units:
        return {}
    now, fixes = hub.now(), hub.fixes()
    reporting = units_that_report(board.closures.values())
    policy = hub.policy()
    lights = {u.id: shown is None or shown.mode_of(u.discipline) == "lights" for u in units}
    asked = [
        asked_of(
            unit,
            place_of(unit, None, fixes.get(unit.id), now).at,
            driven_by(policy, unit, now, lights=lights[unit.id]),
            reporting,
        )
        for unit in units
    ]
    try:
        found = await hub.roads.paths(at, asked, min_seq=board.seq)
    except RoadsUnavailable:
        return {}
    ways = zip(units, found.paths, strict=True)
    return {unit.id: way for unit, way in ways if way is not None}


async def report_received(
    hub: Hub, actor: Actor, *, command_id: str, assignment_id: str, seen: bool = False
) -> Outcome:
    """The crew's device says that it has the assignment, or (``seen``) that it shows it."""
    check_own_assignment(hub, actor, assignment_id)
    command = ReportReceived(
        command_id=command_id, actor=actor, assignment_id=assignment_id, seen=seen
    )
    return await hub.submit(command)


async def acknowledge_assignment(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    assignment_id: str,
    channel: AckChannel,
    revision: int | None = None,
) -> Outcome:
    """The crew has read it (device), or said so by radio (voice, by a dispatcher)."""
    check_own_assignment(hub, actor, assignment_id)
    command = AcknowledgeAssignment(
        command_id=command_id,
        actor=actor,
        assignment_id=assignment_id,
        channel="device" if actor.role == "responder" else channel,
        revision=revision,
    )
    return await hub.submit(command)


async def answer_check(
    hub: Hub, actor: Actor, *, command_id: str, assignment_id: str, channel: AckChannel
) -> Outcome:
    """The crew is well: by radio (voice, by a dispatcher) or on its device."""
    check_own_assignment(hub, actor, assignment_id)
    command = AnswerCheck(
        command_id=command_id,
        actor=actor,
        assignment_id=assignment_id,
        channel="device" if actor.role == "responder" else channel,
    )
    return await hub.submit(command)


async def answer_page(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    assignment_id: str,
    volunteer: str,
    skills: tuple[str, ...] = (),
    answer: Literal["responding", "not_coming"] = "responding",
    arrives_in_s: float | None = None,
    device_at: datetime | None = None,
) -> Outcome:
    """Somebody who was paged is coming or is not, and is at the station in so many seconds.

    A responder answers for every unit of the own station: whoever comes may be the crew of either.
    """
    check_own_page(hub, actor, assignment_id)
    command = AnswerPage(
        command_id=command_id,
        actor=actor,
        assignment_id=assignment_id,
        volunteer=volunteer,
        skills=skills,
        answer=answer,
        arrives_in_s=arrives_in_s,
        device_at=device_at,
    )
    return await hub.submit(command)


async def set_assignment_status(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    assignment_id: str,
    status: AssignmentStatus | None,
    code: str = "",
    revision: int | None = None,
    device_at: datetime | None = None,
    reason: str = "",
    hospital_id: str | None = None,
) -> Outcome:
    """The unit's next status on this incident, by its agency's own ``code`` or the common core's.

    ``cleared`` releases it.

    Raises:
        TransitionRefused: It cannot follow the present one.
        NotFound: The hospital that a transport is to go to is none of the region.
    """
    check_own_assignment(hub, actor, assignment_id)
    if hospital_id is not None:
        check_hospital(hub, hospital_id)
    command = SetAssignmentStatus(
        command_id=command_id,
        actor=actor,
        assignment_id=assignment_id,
        status=status,
        code=code,
        revision=revision,
        device_at=device_at,
        reason=reason,
        hospital_id=hospital_id,
    )
    return await hub.submit(command)


async def start_officer_work(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    unit_id: str,
    incident_type: str,
    place: Place | None = None,
    note: str | None = None,
) -> Outcome:
    """A unit begins work that it found itself; without a place it is where its last fix is."""
    unit = visible_unit(hub, actor, unit_id)
    if place is None:
        fix = hub.fixes().get(unit_id)
        if fix is None:
            raise InvalidInput(
                f"{unit_id} has sent no fix; say where it is.", field="place", unit_id=unit_id
            )
        place = Place(at=fix.at, shape=Point(at=fix.at), verified=False)
    advice = hub.region().advise(
        incident_type, place.shape, hub.now(), storms=hub.board().storms, place=place
    )
    advice = advice.model_copy(update={"lead": unit.discipline})
    if place.municipality is None:
        place = place.model_copy(update={"municipality": advice.resolution.municipality})
    command = StartOfficerWork(
        command_id=command_id,
        actor=actor,
        incident_id=derived_id(command_id, "incident"),
        assignment_id=derived_id(command_id, f"assignment:{unit_id}"),
        unit_id=unit_id,
        place=place,
        incident_type=incident_type,
        advice=advice,
        note=note,
        note_id=derived_id(command_id, "note"),
    )
    return await hub.submit(command)


async def send_help(
    hub: Hub, actor: Actor, *, command_id: str, emergency_id: str, unit_ids: Sequence[str]
) -> Outcome:
    """An incident where a unit that is on none calls for help, and these units go there.

    The place is its last fix, else that of the moment when it called. A repeat of the command is
    answered as the first was, though the call for help is over by then.

    Raises:
        NotFound: There is no such emergency, it is over, or it is another agency's.
        InvalidInput: Nobody knows where it is, or the region has no incident types.
        UnitNotAvailable: It is on an incident by now, or a unit cannot be sent: then nobody is.
    """
    emergency = hub.board().emergencies.get(emergency_id)
    if emergency is None or not may_see(actor.agencies, emergency.audience):
        if (done := await hub.done_already(actor, command_id)) is not None:
            return done
        raise NotFound("That call for help is over.", emergency_id=emergency_id)
    unit = visible_unit(hub, actor, emergency.unit_id)
    fix = hub.fixes().get(unit.id)
    at = fix.at if fix else emergency.at
    if at is None:
        raise InvalidInput(
            f"Nobody knows where {unit.id} is: say it with TS {unit.id} and the place.",
            field="place",
            unit_id=unit.id,
        )
    plans = hub.region().plans
    types = (
        HelpType(code, label, plans.lead_of(code), plans.priority_of(code))
        for code, label in plans.labels.items()
    )
    kind = help_type(types, emergency.kind, unit.discipline)
    if kind is None:
        raise InvalidInput("The region has no incident types.", field="incident_type")
    place = Place(at=at, shape=Point(at=at), verified=False)
    advice = hub.region().advise(
        kind.code, place.shape, hub.now(), storms=hub.board().storms, place=place
    )
    place = place.model_copy(update={"municipality": advice.resolution.municipality})
    told = {"lead": unit.discipline, "priority": kind.priority, "type_label": kind.label}
    ways = await _ways(hub, unit_ids, LonLat(*at), None)
    command = SendHelp(
        command_id=command_id,
        actor=actor,
        incident_id=derived_id(command_id, "incident"),
        assignment_id=derived_id(command_id, f"assignment:{unit.id}"),
        unit_id=unit.id,
        place=place,
        incident_type=kind.code,
        advice=advice.model_copy(update=told),
        note=f"{'MAYDAY' if emergency.kind == 'mayday' else 'EMERGENCY'} of {unit.id}",
        note_id=derived_id(command_id, "note"),
        emergency_id=emergency_id,
        helpers=tuple(_new(command_id, unit_id, ways.get(unit_id)) for unit_id in unit_ids),
    )
    return await hub.submit(command)


def visible_unit(hub: Hub, actor: Actor, unit_id: str) -> Unit:
    """A unit that this viewer may command.

    Raises:
        NotFound: There is none, it is another agency's, or a responder names another unit.
    """
    unit = hub.board().units.get(unit_id)
    foreign = actor.role == "responder" and actor.unit_id != unit_id
    if unit is None or foreign or not may_see(actor.agencies, (unit.agency_id,)):
        raise NotFound(f"There is no unit {unit_id}.", unit_id=unit_id)
    return unit


def check_own_page(hub: Hub, actor: Actor, assignment_id: str) -> None:
    """As ``check_own_assignment``; a responder's own are those of all units of its station."""
    board = hub.board()
    assignment = board.assignments.get(assignment_id)
    if actor.role == "responder" and assignment is not None:
        own = board.units.get(actor.unit_id or "")
        paged = board.units.get(assignment.unit_id)
        if own and paged and (own.agency_id, own.station) == (paged.agency_id, paged.station):
            return
    check_own_assignment(hub, actor, assignment_id)


def check_own_assignment(hub: Hub, actor: Actor, assignment_id: str) -> None:
    """Refuse one that is another agency's, or for a responder another unit's.

    On an incident that several agencies see a desk speaks for its own agency's crews, and for those
    that work its own agency's part.

    The board may be a moment behind the log: an assignment that it does not hold yet is left to
    the rows of the command, except for a responder, who acts only on what the board has shown.
    """
    assignment = hub.board().assignments.get(assignment_id)
    if assignment is None:
        if actor.role == "responder":
            raise NotFound(assignment_id=assignment_id)
        return
    foreign = actor.role == "responder" and actor.unit_id != assignment.unit_id
    if foreign or not may_see(actor.agencies, assignment.audience):
        raise NotFound(assignment_id=assignment_id)
    incident = hub.board().incidents.get(assignment.incident_id)
    leg = incident.leg(assignment.discipline) if incident else None
    whose = audience_of(assignment.agency_id, leg.agency_id if leg else EVERYONE)
    if not may_see(actor.agencies, whose):
        raise NotAllowed(
            f"{assignment.unit_id} is another agency's crew: let its own desk say so.",
            unit_id=assignment.unit_id,
            agency_id=assignment.agency_id,
        )
