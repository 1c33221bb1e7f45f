"""Working an incident: change it, write into its narrative, number it, close its legs."""

from __future__ import annotations

from datetime import datetime

from dispatch.domain.commands import (
    AddNote,
    Advice,
    ChangeIncident,
    ChangeLeg,
    CloseLegs,
    GiveCaseNumber,
    GiveTalkgroup,
    HoldIncident,
    LinkIncidents,
    MergeIncidents,
    ReportBenchmark,
    ScheduleIncident,
    Undo,
    UnmergeIncidents,
    VoidCaseNumber,
)
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.incident import Incident, Place
from dispatch.domain.open_slots import surplus_of_plan
from dispatch.domain.recommendation import Slot
from dispatch.domain.values import Actor, Discipline
from dispatch.domain.working import leg_as_asked, more_asked
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.services.recommendations import asked_slots, priority_by_type, units_on
from dispatch.store.unit_of_work import Outcome


async def change_incident(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    revision: int,
    incident_type: str | None = None,
    priority: int | None = None,
    place: Place | None = None,
    alarm_level: int | None = None,
) -> Outcome:
    """Another type, priority, place or alarm; boundaries and plan are looked up where they matter.

    Raises:
        RevisionConflict: Somebody changed it since ``revision``; both versions are in the fields.
    """
    incident = hub.visible_incident(actor, incident_id)
    advice = None
    if incident_type is not None or place is not None or alarm_level is not None:
        shape = (place or incident.place).shape
        type_now = incident_type or incident.incident_type
        advice = hub.region().advise(
            type_now,
            shape,
            hub.now(),
            storms=hub.board().storms,
            priority=priority or (None if incident_type else incident.priority),
            alarm_level=alarm_level or incident.alarm_level,
            before_level=incident.alarm_level,
            place=place or incident.place,
        )
        _refuse_same_plan(hub, incident, alarm_level)
        advice = _with_parts_apart(hub, incident, advice, alarm_level)
        if place is not None and place.municipality is None:
            place = place.model_copy(update={"municipality": advice.resolution.municipality})
    command = ChangeIncident(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        revision=revision,
        incident_type=incident_type,
        priority=priority,
        place=place,
        alarm_level=alarm_level,
        advice=advice,
    )
    return await hub.submit(command)


def _with_parts_apart(
    hub: Hub, incident: Incident, advice: Advice, alarm_level: int | None
) -> Advice:
    """The advice with what another alarm adds to the parts that have a plan of their own."""
    own = {leg.discipline for leg in incident.legs if leg.stands_apart}
    if not own or alarm_level is None:
        return advice
    raised = incident.model_copy(update={"alarm_level": alarm_level})
    more = more_asked(slots_now(hub, incident), slots_now(hub, raised))
    added = (*(d for d in advice.added if d not in own), *(d for d in more if d in own))
    return advice.model_copy(update={"added": added})


async def change_leg(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    discipline: Discipline,
    revision: int,
    incident_type: str | None = None,
    priority: int | None = None,
    reason: str = "",
) -> Outcome:
    """Another type or priority for the part of one discipline; the incident's own: as that again.

    A new type brings its plan's priority, unless one is given.

    Raises:
        NotFound: It has no such part.
        InvalidInput: The region knows no such type, or nothing is to be another.
        RevisionConflict: Somebody changed it since ``revision``; both values are in the fields.
        LegOfAnother: The actor does not answer for that part, and gives no reason.
    """
    incident = hub.visible_incident(actor, incident_id)
    label = None
    if incident_type is not None:
        label = hub.region().plans.labels.get(incident_type)
        if label is None:
            raise InvalidInput(
                f"There is no incident type {incident_type!r}.", field="incident_type"
            )
        if priority is None and incident_type != incident.incident_type:
            whole = incident.model_copy(update={"incident_type": incident_type})
            priority = priority_by_type(hub.region(), whole, hub.now(), hub.board().storms)
    command = ChangeLeg(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        discipline=discipline,
        revision=revision,
        incident_type=incident_type,
        type_label=label,
        priority=priority,
        reason=reason,
        note_id=derived_id(command_id, "note"),
        slots_now=slots_now(hub, incident),
    )
    leg = incident.leg(discipline)
    if leg is not None:
        after = incident.with_leg(leg_as_asked(incident, leg, command))
        slots = slots_now(hub, incident.model_copy(update={"legs": after}))
        command = command.model_copy(update={"slots": slots})
    return await hub.submit(command)


def _refuse_same_plan(hub: Hub, incident: Incident, alarm_level: int | None) -> None:
    """A higher alarm that asks for nothing more is a hole in the plans, and is said so."""
    if alarm_level is None or alarm_level <= incident.alarm_level:
        return
    plans = hub.region().plans
    types = {incident.asked_of(leg.discipline).incident_type for leg in incident.legs}
    highest = max(plans.highest_alarm(t) for t in types | {incident.incident_type})
    if alarm_level > highest:
        raise InvalidInput(
            f"The plans for {incident.type_label} go to alarm {highest}; "
            "send more units with D! and a reason.",
            field="alarm_level",
            highest=highest,
        )


def surplus_of(hub: Hub, incident: Incident) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What its plan does not ask for at its present alarm: ids of units, refs of outside ones."""
    live = units_on(hub.board(), incident.id)
    arrived = {a.unit_id for a in hub.board().live_of_incident(incident.id) if a.arrived}
    spared = surplus_of_plan(incident, slots_now(hub, incident), live, arrived)
    return tuple(unit.id for unit in spared.units), tuple(one.ref for one in spared.outside)


def slots_now(hub: Hub, incident: Incident) -> tuple[Slot, ...]:
    """What the incident's plan, and those of parts that stand apart, ask for at its alarm."""
    return asked_slots(hub.region(), incident, hub.now(), hub.board().storms)


async def hold_incident(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    reason: str,
    until: datetime | None,
    unit_ids: tuple[str, ...] = (),
) -> Outcome:
    """Let it wait on purpose until a time, or (``until`` None) no longer."""
    hub.visible_incident(actor, incident_id)
    command = HoldIncident(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        reason=reason,
        until=until,
        unit_ids=unit_ids,
    )
    return await hub.submit(command)


async def schedule_incident(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    wanted_at: datetime | None,
    unit_ids: tuple[str, ...] = (),
) -> Outcome:
    """Want it at a time, with these units reserved, or (``wanted_at`` None) as soon as can be.

    Raises:
        InvalidInput: The time is past, or too far away.
        UnitsStillAssigned: It is being worked.
    """
    hub.visible_incident(actor, incident_id)
    command = ScheduleIncident(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        wanted_at=wanted_at,
        unit_ids=unit_ids,
    )
    return await hub.submit(command)


async def link_incidents(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, other_id: str, linked: bool
) -> Outcome:
    """Two incidents belong together, or no longer."""
    hub.visible_incident(actor, incident_id)
    hub.visible_incident(actor, other_id)
    command = LinkIncidents(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        other_id=other_id,
        linked=linked,
    )
    return await hub.submit(command)


async def merge_incidents(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, other_id: str, reason: str = ""
) -> Outcome:
    """The other incident is this one: it goes into it, and closes under its own number.

    A repeat of the command is answered as the first was, though the other one has left the board.

    Raises:
        OverrideNeedsReason: They are far apart.
    """
    kept = hub.visible_incident(actor, incident_id)
    if all(record.command_id != command_id for record in kept.merged):
        hub.visible_incident(actor, other_id)
    command = MergeIncidents(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        other_id=other_id,
        note_id=derived_id(command_id, "note"),
        reason=reason,
        slots=slots_now(hub, kept),
    )
    return await hub.submit(command)


async def unmerge_incidents(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, other_id: str
) -> Outcome:
    """They are two after all.

    Raises:
        NotFound: The other one was not merged into this.
    """
    hub.visible_incident(actor, incident_id)
    command = UnmergeIncidents(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        other_id=other_id,
        note_id=derived_id(command_id, "note"),
    )
    return await hub.submit(command)


async def report_benchmark(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, code: str
) -> Outcome:
    """What command on scene said by radio, with its time."""
    hub.visible_incident(actor, incident_id)
    command = ReportBenchmark(
        command_id=command_id, actor=actor, incident_id=incident_id, code=code
    )
    return await hub.submit(command)


async def undo(hub: Hub, actor: Actor, *, command_id: str, undone_id: str) -> Outcome:
    """Take back what one's own command did a moment ago.

    Raises:
        NothingToUndo: Too late, another's, or the world has moved on since.
    """
    command = Undo(command_id=command_id, actor=actor, undone_id=undone_id)
    return await hub.submit(command)


async def add_note(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, text: str
) -> Outcome:
    """One more line of narrative."""
    hub.visible_incident(actor, incident_id)
    command = AddNote(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        note_id=derived_id(command_id, "note"),
        text=text,
    )
    return await hub.submit(command)


async def close_legs(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    discipline: Discipline | None,
    disposition: str,
    reason: str = "",
) -> Outcome:
    """Close one discipline's leg, or all the actor's; the last one closes the incident.

    A repeat of the command is answered as the first was, though the incident has left the board.

    Raises:
        LegOfAnother: The actor answers for none of them, and gives no reason.
    """
    try:
        hub.visible_incident(actor, incident_id)
    except NotFound:
        if (done := await hub.done_already(actor, command_id)) is not None:
            return done
        raise
    command = CloseLegs(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        discipline=discipline,
        disposition=disposition,
        reason=reason,
        note_id=derived_id(command_id, "note"),
    )
    return await hub.submit(command)


async def give_talkgroup(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    discipline: Discipline | None,
    talkgroup: str | None,
    reason: str = "",
) -> Outcome:
    """Let one part of an incident speak on another talkgroup, or (None) on none.

    Raises:
        LegOfAnother: It is a part that the actor does not answer for, and there is no reason.
        TalkgroupTaken: Another incident works on it.
        InvalidInput: There is no such talkgroup or part, or several parts are open.
    """
    hub.visible_incident(actor, incident_id)
    command = GiveTalkgroup(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        discipline=discipline,
        talkgroup=talkgroup,
        reason=reason,
        note_id=derived_id(command_id, "note"),
    )
    return await hub.submit(command)


async def give_case_number(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, agency_id: str
) -> Outcome:
    """The agency's next case number for this incident."""
    hub.visible_incident(actor, incident_id)
    command = GiveCaseNumber(
        command_id=command_id, actor=actor, incident_id=incident_id, agency_id=agency_id
    )
    return await hub.submit(command)


async def void_case_number(
    hub: Hub, actor: Actor, *, command_id: str, incident_id: str, agency_id: str, reason: str
) -> Outcome:
    """The agency's number counts no more, and why; it is never given again.

    Raises:
        NotFound: The agency has none for this incident.
    """
    hub.visible_incident(actor, incident_id)
    command = VoidCaseNumber(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        agency_id=agency_id,
        reason=reason,
    )
    return await hub.submit(command)
