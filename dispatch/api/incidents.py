"""Routes of incidents: reading them, working them, their recommendation and their assignments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting, profile_of_actor
from dispatch.api.parts import HubParts, Parts, Reading, Seen
from dispatch.api.schemas import (
    Assigned,
    CaseNumberAnswer,
    CaseNumberRequest,
    CaseNumberVoiding,
    Closing,
    Done,
    IncidentChange,
    IncidentDetail,
    IncidentList,
    IncidentState,
    LegChange,
    NewAssignments,
    NewNote,
)
from dispatch.api.working_schemas import ChangeDone
from dispatch.domain.errors import NotFound
from dispatch.domain.events import CaseNumberGiven
from dispatch.domain.incident import Incident
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.redaction import HIDDEN_KINDS, redact_call, redact_incident
from dispatch.domain.values import Actor, Discipline, Id, UtcTime, may_see
from dispatch.services.assignments import assign_units
from dispatch.services.incidents import (
    add_note,
    change_incident,
    change_leg,
    close_legs,
    give_case_number,
    surplus_of,
    void_case_number,
)
from dispatch.services.recommendations import make_recommendation
from dispatch.store.history import IncidentFile, find_incident_file, list_closed_incidents

_MAKES_ADVICE = ("call_taker", "dispatcher", "supervisor")

router = APIRouter(prefix="/incidents", tags=["incidents"])


@router.get("", operation_id="list_incidents")
async def list_incidents(
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    state: IncidentState = "open",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    closed_before: UtcTime | None = None,
) -> IncidentList:
    """Open incidents from the board, or closed ones from the tables; newest first."""
    if state == "open":
        found = sorted(
            parts.hub.board().incidents.values(), key=lambda i: (i.created_at, i.id), reverse=True
        )
    else:
        found = await parts.read(lambda c: list_closed_incidents(c, limit, closed_before))
    profile = profile_of_actor(actor)
    visible = [i for i in found if may_see(actor.agencies, i.audience)][:limit]
    incidents = [redact_incident(incident, profile) for incident in visible]
    return IncidentList(seq=seen.seq, degraded=seen.degraded, incidents=incidents)


@router.get("/{incident_id}", operation_id="read_incident")
async def read_incident(
    incident_id: Id, actor: Acting, parts: HubParts, seen: Reading
) -> IncidentDetail:
    """One incident, open or closed, with its calls, assignments and last recommendation."""
    file = _file_on_board(parts, incident_id) or await parts.read(
        lambda c: find_incident_file(c, incident_id)
    )
    if file is None or not may_see(actor.agencies, file.incident.audience):
        raise NotFound(incident_id=incident_id)
    return _detail(file, actor, seen)


@router.patch("/{incident_id}", operation_id="change_incident")
async def patch_incident(
    incident_id: Id, body: IncidentChange, actor: Acting, parts: HubParts
) -> ChangeDone:
    """Another type, priority, place or alarm; a stale ``revision`` is told what stands now."""
    outcome = await change_incident(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        revision=body.revision,
        incident_type=body.incident_type,
        priority=body.priority,
        place=body.place.as_place() if body.place else None,
        alarm_level=body.alarm_level,
    )
    await parts.shown(outcome)
    surplus: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    if body.alarm_level is not None:
        incident = parts.hub.visible_incident(actor, incident_id)
        surplus, outside = surplus_of(parts.hub, incident)
    return ChangeDone(seq=outcome.last_seq, surplus=surplus, surplus_outside=outside)


@router.patch("/{incident_id}/legs/{discipline}", operation_id="change_leg")
async def patch_leg(
    incident_id: Id, discipline: Discipline, body: LegChange, actor: Acting, parts: HubParts
) -> Done:
    """Another type or priority for one part; the incident's own makes it follow that again."""
    outcome = await change_leg(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        discipline=discipline,
        revision=body.revision,
        incident_type=body.incident_type,
        priority=body.priority,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{incident_id}/notes", status_code=201, operation_id="add_note")
async def post_note(incident_id: Id, body: NewNote, actor: Acting, parts: HubParts) -> Done:
    """One more line of narrative."""
    outcome = await add_note(
        parts.hub, actor, command_id=body.command_id, incident_id=incident_id, text=body.text
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{incident_id}/closings", status_code=201, operation_id="close_legs")
async def post_closing(incident_id: Id, body: Closing, actor: Acting, parts: HubParts) -> Done:
    """Close one leg or all; the incident closes with its last one."""
    outcome = await close_legs(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        discipline=body.discipline,
        disposition=body.disposition,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/{incident_id}/case-numbers", status_code=201, operation_id="give_case_number")
async def post_case_number(
    incident_id: Id, body: CaseNumberRequest, actor: Acting, parts: HubParts
) -> CaseNumberAnswer:
    """The agency's case number for this incident; asked again, the same one."""
    if not may_see(actor.agencies, (body.agency_id,)):
        raise NotFound(agency_id=body.agency_id)
    outcome = await give_case_number(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        agency_id=body.agency_id,
    )
    await parts.shown(outcome)
    given = [e.body.number for e in outcome.events if isinstance(e.body, CaseNumberGiven)]
    if not given:
        incident = parts.hub.visible_incident(actor, incident_id)
        given = [incident.case_numbers[body.agency_id]]
    return CaseNumberAnswer(seq=outcome.last_seq, agency_id=body.agency_id, number=given[0])


@router.post("/{incident_id}/case-number-voidings", operation_id="void_case_number")
async def post_case_number_voiding(
    incident_id: Id, body: CaseNumberVoiding, actor: Acting, parts: HubParts
) -> Done:
    """A number counts no more; it is never given again, and the log says why it is missing."""
    if not may_see(actor.agencies, (body.agency_id,)):
        raise NotFound(agency_id=body.agency_id)
    outcome = await void_case_number(parts.hub, actor, incident_id=incident_id, **body.model_dump())
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.get("/{incident_id}/recommendation", operation_id="read_recommendation")
async def read_recommendation(
    incident_id: Id,
    actor: Acting,
    parts: HubParts,
    seen: Reading,
    fresh: Annotated[bool, Query(description="Make it anew for the present moment.")] = False,
) -> Recommendation:
    """The recommendation that is displayed: accept it by its ``id``.

    Whoever may send units gets one made where there is none for the incident as it stands.
    """
    incident = parts.hub.visible_incident(actor, incident_id)
    found = parts.hub.board().recommendations.get(incident_id)
    outdated = found is None or fresh or found.incident_revision < incident.revision
    if outdated and actor.role in _MAKES_ADVICE:
        found = await make_recommendation(parts.hub, incident_id)
    if found is None or not may_see(actor.agencies, found.audience):
        raise NotFound("There is no recommendation.", incident_id=incident_id)
    return found


@router.post("/{incident_id}/assignments", status_code=201, operation_id="assign_units")
async def post_assignments(
    incident_id: Id, body: NewAssignments, actor: Acting, parts: HubParts
) -> Assigned:
    """Send units, all or none. A conflict names who holds the unit."""
    outcome = await assign_units(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        unit_ids=body.unit_ids,
        recommendation_id=body.recommendation_id,
        override_reason=body.override_reason,
        divert=body.divert,
    )
    return Assigned.of(await parts.shown(outcome))


def _file_on_board(parts: Parts, incident_id: str) -> IncidentFile | None:
    board = parts.hub.board()
    incident: Incident | None = board.incidents.get(incident_id)
    if incident is None:
        return None
    return IncidentFile(
        incident=incident,
        calls=[c for c in board.calls.values() if c.incident_id == incident_id],
        assignments=[a for a in board.assignments.values() if a.incident_id == incident_id],
        recommendation=board.recommendations.get(incident_id),
    )


def _detail(file: IncidentFile, actor: Actor, seen: Seen) -> IncidentDetail:
    """The part of the file that this viewer may see, as their profile may read it."""
    profile, agencies = profile_of_actor(actor), actor.agencies
    advice = file.recommendation
    if advice is not None and (
        "recommendation.made" in HIDDEN_KINDS[profile] or not may_see(agencies, advice.audience)
    ):
        advice = None
    return IncidentDetail(
        seq=seen.seq,
        degraded=seen.degraded,
        incident=redact_incident(file.incident, profile),
        calls=[redact_call(c, profile) for c in file.calls if may_see(agencies, c.audience)],
        assignments=[a for a in file.assignments if may_see(agencies, a.audience)],
        recommendation=advice,
    )
