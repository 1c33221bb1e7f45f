"""Routes of hospitals and patients."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody, Done
from dispatch.domain.hospital import Count, Intake
from dispatch.domain.values import Id, ShortText, UtcTime
from dispatch.services.hospitals import count_patients, set_hospital

router = APIRouter(tags=["hospitals"])


class NewHospitalState(CommandBody):
    """``intake`` null: it takes everybody again. ``without``: what it cannot take."""

    intake: Intake | None
    without: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    reason: ShortText = ""
    until: UtcTime | None = None


class NewCount(CommandBody):
    """Patients by the colour of the triage tag."""

    red: Count = 0
    yellow: Count = 0
    green: Count = 0
    black: Count = 0


@router.post("/hospitals/{hospital_id}", operation_id="set_hospital")
async def post_hospital(
    hospital_id: Id, body: NewHospitalState, actor: Acting, parts: HubParts
) -> Done:
    """A hospital diverts, is closed, or is open again."""
    outcome = await set_hospital(parts.hub, actor, hospital_id=hospital_id, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/incidents/{incident_id}/patients", operation_id="count_patients")
async def post_patients(incident_id: Id, body: NewCount, actor: Acting, parts: HubParts) -> Done:
    """How many patients there are, by triage colour; the latest count stands."""
    outcome = await count_patients(parts.hub, actor, incident_id=incident_id, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)
