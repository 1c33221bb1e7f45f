"""Working an incident: change it, write into its narrative, number it, close its legs."""

from __future__ import annotations

from dispatch.domain.commands import AddNote, ChangeIncident, CloseLegs, GiveCaseNumber
from dispatch.domain.incident import Place
from dispatch.domain.values import Actor, Discipline
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
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
) -> Outcome:
    """Another type, priority or place; boundaries and plan are looked up again where they matter.

    Raises:
        RevisionConflict: Somebody changed it since ``revision``; both versions are in the fields.
    """
    incident = hub.visible_incident(actor, incident_id)
    advice = None
    if incident_type is not None or place is not None:
        shape = (place or incident.place).shape
        type_now = incident_type or incident.incident_type
        advice = hub.region().advise(type_now, shape, hub.now())
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
        advice=advice,
    )
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
) -> Outcome:
    """Close one discipline's leg, or all that are open; the last one closes the incident."""
    hub.visible_incident(actor, incident_id)
    command = CloseLegs(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        discipline=discipline,
        disposition=disposition,
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
