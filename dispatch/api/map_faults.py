"""Routes of map faults: what the map lacks, for whoever owns it there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts, Reading
from dispatch.api.schemas import CommandBody, Done, Read
from dispatch.domain.map_fault import FaultOutcome, MapFault
from dispatch.domain.values import Id, ShortText
from dispatch.services.map_faults import close_map_fault, own_map_fault, own_map_faults

router = APIRouter(prefix="/map-faults", tags=["map-faults"])


class MapFaultList(Read):
    """Open map faults, the one that an incident met last first."""

    faults: tuple[MapFault, ...]


class MapFaultClosing(CommandBody):
    """What became of a map fault."""

    outcome: FaultOutcome
    note: ShortText = ""


@router.get("", operation_id="list_map_faults")
async def get_map_faults(
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> MapFaultList:
    """Places that incidents were sent to though the map did not know them."""
    faults = await parts.read(lambda connection: own_map_faults(connection, actor, limit))
    return MapFaultList(seq=seen.seq, degraded=seen.degraded, faults=faults)


@router.post("/{fault_id}/closings", status_code=201, operation_id="close_map_fault")
async def post_closing(fault_id: Id, body: MapFaultClosing, actor: Acting, parts: HubParts) -> Done:
    """The map has it now, or nothing was wrong with it."""
    await parts.read(lambda connection: own_map_fault(connection, actor, fault_id))
    outcome = await close_map_fault(
        parts.hub,
        actor,
        command_id=body.command_id,
        fault_id=fault_id,
        outcome=body.outcome,
        note=body.note,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)
