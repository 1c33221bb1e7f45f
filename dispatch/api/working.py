"""Routes of working incidents: holds, links, benchmarks, swaps, backup, and taking back."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Assigned, Done
from dispatch.api.working_schemas import (
    BackupRequest,
    IncidentLink,
    IncidentMerge,
    IncidentUnmerge,
    Merging,
    NewBenchmark,
    NewHold,
    NewSchedule,
    Swap,
    TalkgroupChoice,
    Undone,
    UndoRequest,
)
from dispatch.domain.events import (
    AssignmentCorrected,
    AssignmentReleased,
    IncidentMerged,
    IncidentUnmerged,
)
from dispatch.domain.values import Id
from dispatch.services.assignments import send_backup, swap_units
from dispatch.services.incidents import (
    give_talkgroup,
    hold_incident,
    link_incidents,
    merge_incidents,
    report_benchmark,
    schedule_incident,
    undo,
    unmerge_incidents,
)
from dispatch.store.unit_of_work import Outcome

router = APIRouter(tags=["working"])


@router.post("/incidents/{incident_id}/holds", status_code=201, operation_id="hold_incident")
async def post_hold(incident_id: Id, body: NewHold, actor: Acting, parts: HubParts) -> Done:
    """Let it wait on purpose; at the end of the hold it is loud."""
    outcome = await hold_incident(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        reason=body.reason,
        until=body.until,
        unit_ids=body.unit_ids,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post(
    "/incidents/{incident_id}/schedules", status_code=201, operation_id="schedule_incident"
)
async def post_schedule(incident_id: Id, body: NewSchedule, actor: Acting, parts: HubParts) -> Done:
    """It is wanted at a time: until its agency's lead before it, it waits for nobody."""
    outcome = await schedule_incident(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        wanted_at=body.wanted_at,
        unit_ids=body.unit_ids,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post(
    "/incidents/{incident_id}/incident-links", status_code=201, operation_id="link_incidents"
)
async def post_link(incident_id: Id, body: IncidentLink, actor: Acting, parts: HubParts) -> Done:
    """Two incidents belong together; each keeps its own legs."""
    outcome = await link_incidents(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        other_id=body.other_id,
        linked=body.linked,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/incidents/{incident_id}/merges", status_code=201, operation_id="merge_incidents")
async def post_merge(
    incident_id: Id, body: IncidentMerge, actor: Acting, parts: HubParts
) -> Merging:
    """The other incident is this one: calls, narrative and units come over, and it closes."""
    outcome = await merge_incidents(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        other_id=body.other_id,
        reason=body.reason,
    )
    return _merging(await parts.shown(outcome))


@router.post("/incidents/{incident_id}/unmerges", status_code=201, operation_id="unmerge_incidents")
async def post_unmerge(
    incident_id: Id, body: IncidentUnmerge, actor: Acting, parts: HubParts
) -> Merging:
    """They are two after all: what came over goes back, and nothing that was said is lost."""
    outcome = await unmerge_incidents(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        other_id=body.other_id,
    )
    return _merging(await parts.shown(outcome))


def _merging(outcome: Outcome) -> Merging:
    tell = [
        assignment.unit_id
        for event in outcome.events
        if isinstance(event.body, IncidentMerged | IncidentUnmerged)
        for assignment in event.body.assignments
        if assignment.id in event.body.moved and assignment.live
    ]
    return Merging(seq=outcome.last_seq, tell=tuple(tell))


@router.post(
    "/incidents/{incident_id}/benchmarks", status_code=201, operation_id="report_benchmark"
)
async def post_benchmark(
    incident_id: Id, body: NewBenchmark, actor: Acting, parts: HubParts
) -> Done:
    """What command on scene reported, with the hub's time."""
    outcome = await report_benchmark(
        parts.hub, actor, command_id=body.command_id, incident_id=incident_id, code=body.code
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/incidents/{incident_id}/talkgroups", status_code=201, operation_id="give_talkgroup")
async def post_talkgroup(
    incident_id: Id, body: TalkgroupChoice, actor: Acting, parts: HubParts
) -> Done:
    """Another talkgroup for one part of the incident; its crews see it at once."""
    outcome = await give_talkgroup(
        parts.hub,
        actor,
        command_id=body.command_id,
        incident_id=incident_id,
        discipline=body.discipline,
        talkgroup=body.talkgroup,
        reason=body.reason,
    )
    return Done(seq=(await parts.shown(outcome)).last_seq)


@router.post("/swaps", status_code=201, operation_id="swap_units")
async def post_swap(body: Swap, actor: Acting, parts: HubParts) -> Assigned:
    """Each unit takes the other's incident."""
    outcome = await swap_units(
        parts.hub,
        actor,
        command_id=body.command_id,
        first=body.first,
        second=body.second,
        reason=body.reason,
    )
    return Assigned.of(await parts.shown(outcome))


@router.post("/units/{unit_id}/backup", status_code=201, operation_id="send_backup")
async def post_backup(unit_id: Id, body: BackupRequest, actor: Acting, parts: HubParts) -> Assigned:
    """The nearest free units of its kind go to the unit's help."""
    outcome = await send_backup(
        parts.hub, actor, command_id=body.command_id, unit_id=unit_id, count=body.count
    )
    return Assigned.of(await parts.shown(outcome))


@router.post("/undo", status_code=201, operation_id="undo")
async def post_undo(body: UndoRequest, actor: Acting, parts: HubParts) -> Undone:
    """Take back one's own command of the last ten seconds; the log keeps both."""
    outcome = await undo(parts.hub, actor, command_id=body.command_id, undone_id=body.undone_id)
    await parts.shown(outcome)
    board = parts.hub.board()
    touched = [
        event.body.assignment_id
        for event in outcome.events
        if isinstance(event.body, AssignmentReleased | AssignmentCorrected)
    ]
    tell = {board.assignments[a].unit_id for a in touched if a in board.assignments}
    tell |= set(_merging(outcome).tell)
    corrected = [
        event.body.assignment_id
        for event in outcome.events
        if isinstance(event.body, AssignmentCorrected)
    ]
    going = {board.assignments[a].unit_id for a in corrected if a in board.assignments}
    return Undone(seq=outcome.last_seq, tell=tuple(sorted(tell)), going=tuple(sorted(going & tell)))
