"""Routes of what is known of a spot: premise notes, earlier incidents, hazards that were read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.call_schemas import (
    EarlierIncident,
    EarlierPart,
    HazardReading,
    History,
    NewPremise,
    PremiseList,
    SpotOrNumber,
)
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import Done
from dispatch.domain.errors import InvalidInput
from dispatch.domain.values import Id
from dispatch.services.premises import (
    acknowledge_hazard,
    authors_of,
    earlier_at,
    note_premise,
    own_note,
    own_premises,
    premises_at,
    withdraw_premise,
)
from geodata.lonlat import LonLat

router = APIRouter(tags=["premises"])


@router.get("/premises", operation_id="list_premises")
async def get_premises(
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> PremiseList:
    """Notes that hold at a spot, the gravest first; without one, those of one's own agencies."""
    if (lon is None) != (lat is None):
        raise InvalidInput("A spot is lon and lat.", field="lat" if lat is None else "lon")
    if lon is not None and lat is not None and actor.role != "municipal_admin":
        at = LonLat(lon, lat)
        notes = await parts.read(lambda connection: premises_at(connection, at, parts.hub.now()))
    else:
        now = parts.hub.now()
        own = await parts.read(lambda connection: own_premises(connection, actor, limit, now))
        notes = tuple(own)
    names = await parts.read(lambda connection: authors_of(connection, notes))
    return PremiseList(seq=seen.seq, degraded=seen.degraded, notes=notes, authors=names)


@router.post("/premises", status_code=201, operation_id="note_premise")
async def post_premise(body: NewPremise, actor: Acting, parts: HubParts) -> Done:
    """A note about a place: what is there, never who."""
    outcome = await note_premise(
        parts.hub,
        actor,
        command_id=body.command_id,
        agency_id=body.agency_id,
        at=LonLat(*body.at),
        radius_m=body.radius_m,
        address=body.address,
        level=body.level,
        text=body.text,
        review_on=body.review_on,
        until=body.until,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.delete("/premises/{note_id}", operation_id="withdraw_premise")
async def delete_premise(
    note_id: Id, actor: Acting, parts: HubParts, command_id: Annotated[Id, Query()]
) -> Done:
    """It holds no more. Incidents that it went with keep it."""
    await parts.read(lambda connection: own_note(connection, actor, note_id))
    outcome = await withdraw_premise(parts.hub, actor, command_id=command_id, note_id=note_id)
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/calls/history", operation_id="list_history")
async def post_history(
    body: SpotOrNumber, actor: Acting, parts: HubParts, seen: Reading
) -> History:
    """Incidents of the past year at a spot, or that a number called about. Nothing is stored."""
    at = LonLat(*body.at) if body.at else None
    found = await parts.read(
        lambda connection: earlier_at(connection, parts.hub, actor, at, body.callback)
    )
    earlier = tuple(
        EarlierIncident(
            incident_id=incident.id,
            number=incident.number,
            type_label=incident.type_label,
            priority=incident.priority,
            parts_apart=tuple(
                EarlierPart(
                    discipline=discipline, type_label=asked.type_label, priority=asked.priority
                )
                for discipline, asked in incident.parts_apart
            ),
            address=incident.place.address,
            created_at=incident.created_at,
            closed_at=incident.closed_at,
            dispositions=tuple(leg.disposition for leg in incident.legs if leg.disposition),
            why=why,
        )
        for incident, why in found
    )
    return History(seq=seen.seq, degraded=seen.degraded, earlier=earlier)


@router.post("/assignments/{assignment_id}/hazard-reading", operation_id="acknowledge_hazard")
async def post_hazard_reading(
    assignment_id: Id, body: HazardReading, actor: Acting, parts: HubParts
) -> Done:
    """The crew has read the hazard; said again it changes nothing."""
    outcome = await acknowledge_hazard(
        parts.hub,
        actor,
        command_id=body.command_id,
        assignment_id=assignment_id,
        channel=body.channel,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
