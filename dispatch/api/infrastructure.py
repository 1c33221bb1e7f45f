"""The route of infrastructure faults: a signal out, a bridge shut, a hydrant or a main out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done, GroundPoint
from dispatch.domain.closure import Closure
from dispatch.domain.events import ClosureOpened, PremiseNoted
from dispatch.domain.infrastructure import InfrastructureFault
from dispatch.domain.premise import PremiseNote
from dispatch.domain.values import Id, ShortText, UtcTime
from dispatch.services.infrastructure import report_fault

router = APIRouter(tags=["infrastructure"])


class NewFault(CommandBody):
    """Something that is broken until ``ends_at``.

    ``line`` is the spot, or points along the road. ``agency_id`` is needed where crews are told:
    whose they are.
    """

    fault: InfrastructureFault
    line: Annotated[list[GroundPoint], Field(min_length=1, max_length=2000)]
    ends_at: UtcTime
    agency_id: Id | None = None
    text: ShortText = ""


class FaultAnswer(Done):
    """What it became: a closure, a premise note, or both. Each is ended early by its own id."""

    closure: Closure | None
    note: PremiseNote | None


@router.post("/infrastructure-faults", status_code=201, operation_id="report_fault")
async def post_fault(body: NewFault, actor: Acting, parts: HubParts) -> FaultAnswer:
    """Shut or slow the road, and tell crews that are sent near it, as the fault asks."""
    became = await report_fault(
        parts.hub,
        actor,
        command_id=body.command_id,
        fault=body.fault,
        line=body.line,
        ends_at=body.ends_at,
        agency_id=body.agency_id,
        text=body.text,
    )
    await parts.shown(became.last)
    events = [e.body for outcome in became if outcome is not None for e in outcome.events]
    return FaultAnswer(
        seq=became.last.last_seq,
        closure=next((e.closure for e in events if isinstance(e, ClosureOpened)), None),
        note=next((e.note for e in events if isinstance(e, PremiseNoted)), None),
    )
