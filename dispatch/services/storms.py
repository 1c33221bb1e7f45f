"""The storm switch: an agency works by its reduced plans until a supervisor ends it."""

from __future__ import annotations

from datetime import datetime

from dispatch.domain.commands import SetStorm
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.values import Actor
from dispatch.services.hub import Hub
from dispatch.store.unit_of_work import Outcome


async def set_storm(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    agency_id: str,
    ask_at: datetime | None,
    reason: str,
) -> Outcome:
    """Put an agency on its storm plans until ``ask_at``, when it is asked about; None ends it.

    Raises:
        NotFound: There is no such agency.
        InvalidInput: The region has no storm plans for it: the switch would change nothing.
    """
    region = hub.region()
    agency = next((a for a in region.agencies if a.id == agency_id), None)
    if agency is None:
        raise NotFound(f"There is no agency {agency_id}.", agency_id=agency_id)
    if ask_at is not None and not region.plans.has_storm(agency_id, agency.discipline):
        raise InvalidInput(
            f"{agency.name} has no storm plans: load rows with the profile storm first.",
            field="agency_id",
        )
    command = SetStorm(
        command_id=command_id, actor=actor, agency_id=agency_id, ask_at=ask_at, reason=reason
    )
    return await hub.submit(command)
