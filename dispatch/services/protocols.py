"""Card protocols: launching a program for a call, and what its determinant means in the region."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final, NamedTuple

from dispatch.domain.call import Call
from dispatch.domain.commands import Advice, HandDeterminant, OpenProtocol, SettleDeterminant
from dispatch.domain.errors import InvalidInput, NotAllowed, NotFound, RevisionConflict
from dispatch.domain.incident import Incident
from dispatch.domain.protocol import ProtocolRun
from dispatch.domain.recommendation import Slot
from dispatch.domain.values import EVERYONE, Actor, Discipline, may_see
from dispatch.services.calls import derived_id, visible_call
from dispatch.services.hub import Hub
from dispatch.services.recommendations import asked_slots, slots_of, with_parts_apart
from dispatch.services.region import RegionPolicy
from dispatch.store.unit_of_work import Outcome
from geodata.lonlat import LonLat
from jurisdictions.protocols import ProtocolProgram, is_code, launch_url, origin_of

_TRIES: Final = 5
_BETWEEN_S: Final = 0.05
"""An incident that changes while its advice is looked up is looked at again."""


class Launched(NamedTuple):
    """The outcome, the run, and the URL to open."""

    outcome: Outcome
    run_id: str
    url: str


class _Lookup(NamedTuple):
    """What the region says of an incident as another type."""

    advice: Advice
    slots: tuple[Slot, ...]
    slots_now: tuple[Slot, ...]


def launchable(policy: RegionPolicy, origins: Collection[str]) -> list[ProtocolProgram]:
    """The region's programs whose URL the operator allows."""
    return [program for program in policy.protocols if origin_of(program.url) in origins]


async def open_protocol(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    program_id: str,
    origins: Collection[str],
    at: LonLat | None = None,
    address: str = "",
    callback: str = "",
    incident_type: str = "",
) -> Launched:
    """Launch a program for a call. What the form knows goes before what the hub knows by now.

    Raises:
        InvalidInput: The region lists no such program, or the operator does not allow its URL.
    """
    call = visible_call(hub, actor, call_id)
    listed = launchable(hub.region(), origins)
    program = next((p for p in listed if p.id == program_id), None)
    if program is None:
        raise InvalidInput(
            f"There is no program {program_id!r} that may be launched.", field="program_id"
        )
    command = OpenProtocol(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        run_id=derived_id(command_id, "protocol"),
        program_id=program.id,
        program_name=program.name,
        discipline=program.discipline,
        agency_id=program.agency or None,
    )
    incident = hub.board().incidents.get(call.incident_id or "")
    spot = at or (LonLat(*incident.place.at) if incident else None)
    url = launch_url(
        program.url,
        {
            "run_id": command.run_id,
            "call_id": call.id,
            "incident_id": incident.id if incident else "",
            "incident_number": incident.number if incident else "",
            "incident_type": incident_type or (incident.incident_type if incident else ""),
            "lon": f"{spot.lon:.6f}" if spot else "",
            "lat": f"{spot.lat:.6f}" if spot else "",
            "address": address or (incident.place.address if incident else ""),
            "callback": callback or call.callback or "",
        },
    )
    return Launched(await hub.submit(command), command.run_id, url)


async def hand_determinant(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    discipline: Discipline,
    determinant: str,
    run_id: str | None = None,
) -> Outcome:
    """Hand a determinant in. One that the table lacks is kept as it is, and shown.

    Raises:
        InvalidInput: It is no determinant.
        NotAllowed: The account is of an agency of another discipline.
        NotFound: There is no such call, or the account's agency has no part in it.
    """
    if not is_code(determinant):
        raise InvalidInput(f"{determinant!r} is no determinant.", field="determinant")
    _check_discipline(hub, actor, discipline)

    async def once() -> Outcome:
        call = hub.board().calls.get(call_id)
        incident = hub.board().incidents.get(call.incident_id or "") if call else None
        if not _may_determine(actor, call):
            raise NotFound(call_id=call_id)
        fields = _meaning(hub, call, incident, discipline, determinant, run_id) if call else {}
        command = HandDeterminant.model_validate(
            {
                "command_id": command_id,
                "actor": actor,
                "call_id": call_id,
                "run_id": run_id,
                "new_run_id": derived_id(command_id, "protocol"),
                "discipline": discipline,
                "determinant": determinant,
                **fields,
            }
        )
        return await hub.submit(command)

    return await _settled(once)


def _check_discipline(hub: Hub, actor: Actor, discipline: Discipline) -> None:
    own = {a.discipline for a in hub.region().agencies if a.id in actor.agencies}
    if EVERYONE not in actor.agencies and discipline not in own:
        raise NotAllowed(f"The account is of no {discipline} agency.", discipline=discipline)


def _may_determine(actor: Actor, call: Call | None) -> bool:
    """A call that is its agency's, or for which its agency's program was launched.

    One that has left the board is asked of the log, whose answer to a repeat is the first one.
    """
    if call is None:
        return EVERYONE in actor.agencies
    launched = {run.agency_id for run in call.protocol_runs if run.agency_id}
    return may_see(actor.agencies, call.audience) or not launched.isdisjoint(actor.agencies)


def _meaning(
    hub: Hub,
    call: Call,
    incident: Incident | None,
    discipline: Discipline,
    determinant: str,
    run_id: str | None,
) -> dict[str, object]:
    """What the table of the agency in whose area it is makes of the determinant."""
    policy = hub.region()
    run = next((run for run in call.protocol_runs if run.id == run_id), None)
    agency_id = _authority(incident, discipline) or (run.agency_id if run else None)
    row = policy.determinants.find(determinant, discipline, agency_id)
    if row is None or row.incident_type not in policy.plans.labels:
        return {}
    meaning: dict[str, object] = {
        "incident_type": row.incident_type,
        "type_label": policy.plans.labels[row.incident_type],
        "label": row.label,
        "priority": row.priority,
    }
    if incident is not None:
        looked_up = _look_up(hub, incident, row.incident_type, row.priority)
        meaning |= {"revision": incident.revision, **looked_up._asdict()}
    else:
        meaning["priority"] = row.priority or policy.plans.priority_of(row.incident_type)
    return meaning


def _authority(incident: Incident | None, discipline: Discipline) -> str | None:
    if incident is None:
        return None
    leg = incident.leg(discipline)
    if leg is not None:
        return leg.agency_id
    found = incident.resolution.of(discipline)
    return found.authority.agency_id if found and found.authority else None


def _look_up(hub: Hub, incident: Incident, incident_type: str, priority: int | None) -> _Lookup:
    policy, now, storms = hub.region(), hub.now(), hub.board().storms
    level = incident.alarm_level
    advice = policy.advise(
        incident_type,
        incident.place.shape,
        now,
        storms=storms,
        priority=priority,
        alarm_level=level,
        place=incident.place,
    )
    then = policy.plan(
        incident_type,
        advice.agency_of.get(advice.lead),
        now,
        storms=storms,
        priority=priority,
        alarm_level=level,
        place=incident.place,
    )
    book = policy.substitutes
    answering = {d: advice.agency_of[d] for d in advice.disciplines if d in advice.agency_of}
    asked = slots_of(then, book, answering)
    return _Lookup(
        advice,
        with_parts_apart(policy, incident, asked, now, storms),
        asked_slots(policy, incident, now, storms),
    )


async def settle_determinant(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    incident_id: str,
    run_id: str,
    accepted: bool,
    reason: str = "",
) -> Outcome:
    """Take over what a determinant proposes, or do not.

    Raises:
        NotFound: There is no such incident or run.
        OverrideNeedsReason: It makes less of the incident.
    """

    async def once() -> Outcome:
        incident = hub.visible_incident(actor, incident_id)
        run = find_run(hub, incident_id, run_id)
        fields: dict[str, object] = {}
        if accepted and run is not None and run.incident_type is not None:
            looked_up = _look_up(hub, incident, run.incident_type, run.priority)
            fields = {"revision": incident.revision, **looked_up._asdict()}
        command = SettleDeterminant.model_validate(
            {
                "command_id": command_id,
                "actor": actor,
                "incident_id": incident_id,
                "run_id": run_id,
                "accepted": accepted,
                "reason": reason,
                **fields,
            }
        )
        return await hub.submit(command)

    return await _settled(once)


def find_run(hub: Hub, incident_id: str, run_id: str) -> ProtocolRun | None:
    """A run of a call that speaks of the incident."""
    calls = (c for c in hub.board().calls.values() if c.incident_id == incident_id)
    return next((run for call in calls for run in call.protocol_runs if run.id == run_id), None)


async def _settled(once: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Look up and submit, again where the incident changed in between."""
    for _ in range(_TRIES - 1):
        try:
            return await once()
        except RevisionConflict:
            await asyncio.sleep(_BETWEEN_S)
    return await once()
