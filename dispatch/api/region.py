"""Routes of the region in force: what it is, finding places, and whose a spot is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import (
    AgencyAnswer,
    ChannelAnswer,
    IncidentTypeAnswer,
    PlaceCandidate,
    PlaceIndexAnswer,
    PlacesFound,
    ProtocolAnswer,
    RegionAnswer,
    StationAnswer,
    Whereabouts,
)
from dispatch.services.protocols import launchable
from dispatch.services.region import RegionPolicy
from jurisdictions.resolve import Resolution

router = APIRouter(tags=["region"])


@router.get("/region", operation_id="read_region")
async def read_region(actor: Acting, parts: HubParts, seen: Reading) -> RegionAnswer:
    """Agencies, stations, incident types and the map of the version in force."""
    policy = parts.hub.region()
    region = policy.region
    tiles = parts.settings.storage.tiles_dir / f"{region.region_version}.pmtiles"
    agency_at: dict[str, str] = {}
    for unit in parts.hub.board().units.values():
        agency_at.setdefault(unit.station, unit.agency_id)
    return RegionAnswer(
        region_version=region.region_version,
        name=region.name,
        time_zone=region.time_zone,
        border_m=region.border_m,
        bounds=_bounds(policy),
        tiles_url=f"/tiles/{tiles.name}" if tiles.exists() else None,
        agencies=[
            AgencyAnswer(
                id=agency.id,
                name=agency.name,
                discipline=agency.discipline,
                municipality=agency.municipality or None,
                talkgroups=agency.talkgroups,
                statuses=agency.statuses,
                channels=tuple(
                    ChannelAnswer(
                        name=channel.name,
                        adapter=channel.adapter,
                        limit_s=channel.limit_s,
                        pre_alert=channel.pre_alert,
                    )
                    for channel in agency.channels
                ),
                storm_plans=policy.plans.has_storm(agency.id, agency.discipline),
            )
            for agency in policy.agencies
        ],
        stations=[
            StationAnswer(
                id=station.code,
                name=station.code,
                agency_id=agency_at.get(station.code, ""),
                at=station.at,
            )
            for station in policy.stations
        ],
        incident_types=[
            IncidentTypeAnswer(
                incident_type=incident_type,
                label=label,
                lead=policy.plans.lead_of(incident_type),
                priority=policy.plans.priority_of(incident_type),
                highest_alarm=policy.plans.highest_alarm(incident_type),
            )
            for incident_type, label in policy.plans.labels.items()
        ],
        agreements=policy.agreements.all,
        limits=policy.limits,
        sops=policy.sops,
        hospitals=policy.hospitals,
        centres=policy.centres,
        protocols=[
            ProtocolAnswer(
                id=program.id,
                name=program.name,
                discipline=program.discipline,
                agency_id=program.agency or None,
            )
            for program in launchable(policy, parts.settings.protocols.protocol_origins)
        ],
        municipalities=[municipality.name for municipality in policy.municipalities],
    )


def _bounds(policy: RegionPolicy) -> tuple[float, float, float, float]:
    """West, south, east, north of the municipalities; the whole earth where there are none."""
    boxes = [municipality.geometry.bounds for municipality in policy.municipalities]
    if not boxes:
        return (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


@router.get("/places", operation_id="find_places")
async def find_places(
    actor: Acting,
    parts: HubParts,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=50)] = 9,
) -> PlacesFound:
    """Every place that the words may mean, in every municipality; none is chosen.

    ``index`` says how far the index of places is: while it is built, no match means nothing.
    """
    index = parts.places.state()  # before the search: what becomes ready meanwhile is said later
    found = await parts.in_thread(lambda: parts.places.find(q, limit))
    places = [
        PlaceCandidate(
            label=candidate.label,
            municipality=candidate.municipality or None,
            at=candidate.at,
            kind=candidate.kind,
            cross_street=candidate.cross_street,
            approximate=candidate.approximate,
            score=candidate.score,
        )
        for candidate in found
    ]
    return PlacesFound(places=places, index=PlaceIndexAnswer(**index._asdict()))


@router.get("/places/index", operation_id="read_place_index")
async def read_place_index(actor: Acting, parts: HubParts) -> PlaceIndexAnswer:
    """How far the index of places is, before anything is typed."""
    return PlaceIndexAnswer(**parts.places.state()._asdict())


@router.post("/resolution", operation_id="resolve")
async def post_resolution(body: Whereabouts, actor: Acting, parts: HubParts) -> Resolution:
    """One authority per discipline for a shape, as a call there would be given.

    Nothing is stored; outside everything is a result too.
    """
    return parts.hub.region().resolve(body.shape, parts.hub.now())
