"""BOLOs: issuing for an audience, cancelling, and finding those that stand or stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from dispatch.domain.bolo import Bolo, BoloKind
from dispatch.domain.commands import CancelBolo, IssueBolo
from dispatch.domain.errors import InvalidInput
from dispatch.domain.values import EVERYONE, Actor, AgencySet, Discipline, audience_of, may_see
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.store.bolos import list_bolos
from dispatch.store.unit_of_work import Outcome
from jurisdictions.roster import Agency

SEARCHED_MOST = 2_000


async def issue_bolo(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    kind: BoloKind,
    text: str,
    expires_at: datetime,
    agencies: Sequence[str],
    disciplines: Sequence[Discipline],
    municipality: str,
    everyone: bool,
    incident_id: str | None,
) -> Outcome:
    """Issue one for the agencies named, or for those of the disciplines and the municipality.

    Where neither is said, law agencies get it. The issuer's own agency always does.

    Raises:
        InvalidInput: An agency or municipality is not of the region, or nobody fits.
        NotFound: The incident is not the issuer's to see.
    """
    if incident_id is not None:
        hub.visible_incident(actor, incident_id)
    region = hub.region()
    towns = [town.name for town in region.municipalities]
    if municipality and municipality not in towns:
        raise InvalidInput(
            f"There is no municipality {municipality}.", field="municipality", known=towns
        )
    known = {agency.id for agency in region.agencies}
    unknown = [agency for agency in agencies if agency not in known]
    if unknown:
        raise InvalidInput(f"There is no agency {unknown[0]}.", field="agencies")
    own = actor.agencies[0] if len(actor.agencies) == 1 and actor.agencies[0] in known else None
    audience = audience_for(region.agencies, agencies, disciplines, municipality, everyone)
    command = IssueBolo(
        command_id=command_id,
        actor=actor,
        bolo_id=derived_id(command_id, "bolo"),
        kind=kind,
        text=text,
        expires_at=expires_at,
        agency_id=own,
        municipality=municipality,
        incident_id=incident_id,
        audience=audience_of(*audience, own) if audience else (),
    )
    return await hub.submit(command)


def audience_for(
    known: Iterable[Agency],
    agencies: Sequence[str],
    disciplines: Sequence[Discipline],
    municipality: str,
    everyone: bool,
) -> AgencySet:
    """Who is to have it: agencies named, and those of the disciplines in the municipality."""
    if everyone:
        return (EVERYONE,)
    wanted = tuple(disciplines)
    if not wanted and (municipality or not agencies):
        wanted = ("law",)
    fits = [
        agency.id
        for agency in known
        if agency.discipline in wanted and municipality in ("", agency.municipality)
    ]
    return audience_of(*agencies, *fits)


async def cancel_bolo(
    hub: Hub, actor: Actor, *, command_id: str, bolo_id: str, reason: str
) -> Outcome:
    """Take one off before its end.

    Raises:
        NotFound: There is none for this viewer.
        NotAllowed: It is another agency's.
    """
    command = CancelBolo(command_id=command_id, actor=actor, bolo_id=bolo_id, reason=reason)
    return await hub.submit(command)


def find_bolos(
    connection: Connection, actor: Actor, words: str, *, ended: bool, limit: int
) -> list[Bolo]:
    """Those that the viewer may see and that hold every word; newest first."""
    wanted = words.lower().split()
    found = []
    for bolo in list_bolos(connection, ended=ended, limit=SEARCHED_MOST):
        said = f"{bolo.ref} {bolo.kind} {bolo.municipality} {bolo.text}".lower()
        if may_see(actor.agencies, bolo.audience) and all(word in said for word in wanted):
            found.append(bolo)
    return found[:limit]
