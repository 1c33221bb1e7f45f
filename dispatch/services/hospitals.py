"""Hospitals divert and open; patients are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dispatch.domain.commands import CountPatients, SetHospital
from dispatch.domain.errors import NotFound
from dispatch.domain.hospital import Intake
from dispatch.domain.values import Actor
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome


def check_hospital(hub: Hub, hospital_id: str) -> None:
    """Refuse one that the region does not know.

    Raises:
        NotFound: There is no such hospital; the known ones are in the fields.
    """
    known = [hospital.id for hospital in hub.region().hospitals]
    if hospital_id not in known:
        raise NotFound(
            f"There is no hospital {hospital_id}.", hospital_id=hospital_id, known=known[:50]
        )


async def set_hospital(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    hospital_id: str,
    intake: Intake | None,
    without: Sequence[str],
    reason: str,
    until: datetime | None,
) -> Outcome:
    """Say that a hospital diverts, is closed, or (``intake`` None) takes everybody again."""
    check_hospital(hub, hospital_id)
    command = SetHospital(
        command_id=command_id,
        actor=actor,
        hospital_id=hospital_id,
        intake=intake,
        without=tuple(without),
        reason=reason,
        until=until,
    )
    return await hub.submit(command)


async def count_patients(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    red: int,
    yellow: int,
    green: int,
    black: int,
) -> Outcome:
    """How many patients there are, by triage colour."""
    hub.visible_incident(actor, incident_id)
    command = CountPatients(
        command_id=command_id,
        actor=actor,
        incident_id=incident_id,
        red=red,
        yellow=yellow,
        green=green,
        black=black,
    )
    return await hub.submit(command)
