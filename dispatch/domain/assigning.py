"""How units are sent to an incident, all or none, and work that officers find themselves. Pure.

What follows the sending is in ``progress``; taking a unit from another incident in ``diverting``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.agency_statuses import first_code
from dispatch.domain.assignment import Assignment
from dispatch.domain.commands import AssignUnits, NewAssignment, StartOfficerWork, SwapUnits
from dispatch.domain.delivery import silence_limits_s
from dispatch.domain.diverting import (
    available_unit,
    check_divert,
    emptied_leg_drafts,
    release_draft,
    taken,
    unit_in_service,
)
from dispatch.domain.errors import (
    InvalidInput,
    OverrideNeedsReason,
    RecommendationChanged,
)
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.intake import new_incident, note_draft
from dispatch.domain.recommendation import Pick, Recommendation
from dispatch.domain.scheduling import colliding, kept_drafts
from dispatch.domain.state import State
from dispatch.domain.status_checks import check_due_at
from dispatch.domain.talkgroups import free_talkgroup, talkgroups_in_use
from dispatch.domain.unit import Unit
from dispatch.domain.values import audience_of
from dispatch.domain.working import case_number_draft, open_incident, share_drafts
from geodata.lonlat import LonLat, distance_m

ARRIVES_WITHIN_M: Final = 100.0
"""A way that is older than its incident's last change ends at most so far from the address."""


def decide_assign_units(state: State, command: AssignUnits) -> list[Draft]:
    """Send all of the units or none. Each leg gets its first unit, each agency its case number.

    With ``divert``, a unit that is on another incident is released from it first; what that leaves
    without a unit waits again.
    """
    incident = open_incident(state, command.incident_id)
    if len({new.unit_id for new in command.units}) != len(command.units):
        raise InvalidInput("A unit is named twice.", field="units")
    advice = _accepted(state, command, incident)
    picks = {pick.unit_id: pick for pick in advice.picks} if advice else {}
    reason = command.override_reason or ""
    units = [unit_in_service(state, new.unit_id) for new in command.units]
    diverted = {unit.id: live for unit in units if (live := state.board.live_of_unit(unit.id))}
    for unit_id, live in diverted.items():
        if not command.divert or live.incident_id == incident.id:
            raise taken(state, unit_id, live)
        check_divert(live, state.board.incidents.get(live.incident_id), incident, reason)
    outside = [unit.id for unit in units if unit.id not in picks and unit.id not in diverted]
    if outside and not reason:
        raise OverrideNeedsReason(
            f"{', '.join(outside)} is not recommended; give a reason.", units=outside
        )
    _check_reservations(state, command, incident, units, picks)
    audience = audience_of(*incident.audience, *(unit.agency_id for unit in units))
    drafts = _leaving_drafts(state, list(diverted.values()), f"diverted to {incident.number}")
    drafts += share_drafts(incident, audience, state.board.live_of_incident(incident.id))
    for new, unit in zip(command.units, units, strict=True):
        why = None
        if unit.id in diverted:
            holder = state.board.incidents.get(diverted[unit.id].incident_id)
            why = reason or f"more urgent than {holder.number if holder else 'its incident'}"
        elif unit.id in outside:
            why = reason
        sent = sent_unit(state, command.actor.account_id, incident, unit, new, audience, why)
        pick = picks.get(unit.id)
        if advice and unit.id not in outside:
            way = _as_picked(pick, advice, incident)
            sent = sent.model_copy(update={"recommendation_id": advice.id, **way})
        drafts.append(Draft(body=ev.UnitAssigned(assignment=sent), audience=audience))
    return drafts + involvement_drafts(state, incident, units, audience)


def _check_reservations(
    state: State,
    command: AssignUnits,
    incident: Incident,
    units: list[Unit],
    picks: dict[str, Pick],
) -> None:
    """A unit that is kept for another incident goes with a reason, or as the displayed
    recommendation proposes it, whose reasons name the reservation."""
    if command.override_reason:
        return
    reach_s = {new.unit_id: new.travel_s for new in command.units}
    for unit in units:
        pick = picks.get(unit.id)
        if pick is not None and any(reason.code == "reserved" for reason in pick.reasons):
            continue
        travel_s = pick.travel_s if pick else reach_s.get(unit.id)
        refuse_reserved(state, unit, incident, travel_s)


def refuse_reserved(
    state: State, unit: Unit, incident: Incident | None, travel_s: float | None
) -> None:
    """Without a reason no unit is taken from a reservation that it would hardly keep.

    Raises:
        OverrideNeedsReason: It names the incident that the unit is kept for.
    """
    for kept in colliding(state, unit, incident.id if incident else None, travel_s):
        raise OverrideNeedsReason(
            f"{unit.id} is reserved for {kept.number}; give a reason.",
            units=[unit.id],
            incident_id=kept.id,
        )


def _as_picked(pick: Pick | None, advice: Recommendation, incident: Incident) -> dict[str, object]:
    """Route, its waived turns and seconds as the recommendation knew them; none where its way leads
    to where the incident was before: the crew is given one to the present address as soon as the
    roads answer.
    """
    if pick is None:
        return {}
    if advice.incident_revision < incident.revision and pick.route:
        end, place = LonLat(*pick.route[-1]), LonLat(*incident.place.at)
        if distance_m(end, place) > ARRIVES_WITHIN_M:
            return {"travel_s": None, "route": (), "turns_waived": 0}
    return {"travel_s": pick.travel_s, "route": pick.route, "turns_waived": pick.turns_waived}


def sent_unit(
    state: State,
    by: str,
    incident: Incident,
    unit: Unit,
    new: NewAssignment,
    audience: tuple[str, ...],
    override_reason: str | None,
) -> Assignment:
    """The unit on the incident from this moment."""
    rule = state.policy.volunteers.get(unit.agency_id) if unit.logon is None else None
    limits_s = silence_limits_s(state.policy.channels.get(unit.agency_id, ()))
    return Assignment(
        id=new.assignment_id,
        incident_id=incident.id,
        unit_id=unit.id,
        agency_id=unit.agency_id,
        discipline=unit.discipline,
        agency_code=first_code(state, unit.agency_id, "DP"),
        status_at=state.now,
        assigned_at=state.now,
        assigned_by=by,
        override_reason=override_reason,
        travel_s=new.travel_s,
        route=new.route,
        turns_waived=new.turns_waived,
        ack_due_at=state.now + timedelta(seconds=limits_s[0]),
        mode=shown.mode_of(unit.discipline)
        if (shown := state.board.recommendations.get(incident.id))
        else None,
        staff_min=rule.minimum if rule else {},
        staff_due_at=state.now + timedelta(seconds=rule.within_s) if rule else None,
        audience=audience,
    )


def _leaving_drafts(state: State, leaving: list[Assignment], reason: str) -> list[Draft]:
    """Releases, and the legs that they leave without a unit."""
    drafts = [release_draft(live, state.now, reason) for live in leaving]
    left = {live.id for live in leaving}
    for incident_id in dict.fromkeys(live.incident_id for live in leaving):
        incident = state.board.incidents.get(incident_id)
        if incident is not None:
            drafts += emptied_leg_drafts(state, incident, left, incident.revision)
    return drafts


def decide_swap_units(state: State, command: SwapUnits) -> list[Draft]:
    """Each unit takes the other's incident; where one is free, it takes over and frees the other.

    Raises:
        InvalidInput: Both are free, both are on one incident, or it is the same unit twice.
        DivertRefused: One has a patient on board.
        OverrideNeedsReason: One is kept for a scheduled incident, and no reason is given.
    """
    pair = (command.first, command.second)
    units = [unit_in_service(state, new.unit_id) for new in pair]
    lives = [state.board.live_of_unit(unit.id) for unit in units]
    places = [live.incident_id if live else None for live in lives]
    if units[0].id == units[1].id or places[0] == places[1]:
        raise InvalidInput(
            "Name two units that are not on the same incident, one of them on one.", field="units"
        )
    incidents = [open_incident(state, place) if place else None for place in places]
    for live, held, other in zip(lives, incidents, reversed(incidents), strict=True):
        wanted = other or held
        if live is not None and wanted is not None:
            check_divert(live, held, wanted, command.reason or "swapped")
    if not command.reason:
        for new, unit, target in zip(pair, units, reversed(incidents), strict=True):
            if target is not None:
                refuse_reserved(state, unit, target, new.travel_s)
    drafts = [
        release_draft(live, state.now, f"swapped with {other.id}")
        for live, other in zip(lives, reversed(units), strict=True)
        if live is not None
    ]
    for new, unit, partner, target in zip(
        pair, units, reversed(units), reversed(incidents), strict=True
    ):
        if target is None:
            continue
        audience = audience_of(*target.audience, unit.agency_id)
        staying = [a for a in state.board.live_of_incident(target.id) if a.unit_id != partner.id]
        drafts += share_drafts(target, audience, staying)
        why = command.reason or f"swapped with {partner.id}"
        sent = sent_unit(state, command.actor.account_id, target, unit, new, audience, why)
        drafts.append(Draft(body=ev.UnitAssigned(assignment=sent), audience=audience))
        involved = involvement_drafts(state, target, [unit], audience)
        drafts += involved
        left = next(a for a in state.board.live_of_incident(target.id) if a.unit_id == partner.id)
        if left.discipline != unit.discipline:
            revision = target.revision + len(involved)
            seen = target.model_copy(update={"audience": audience})
            drafts += emptied_leg_drafts(state, seen, {left.id}, revision)
    return drafts


def _accepted(state: State, command: AssignUnits, incident: Incident) -> Recommendation | None:
    """The recommendation that the dispatcher accepts: the displayed one, or a refusal."""
    current = state.board.recommendations.get(incident.id)
    if command.recommendation_id is None:
        return None
    if current is None or current.id != command.recommendation_id:
        raise RecommendationChanged(
            incident_id=incident.id,
            current_id=current.id if current else None,
            current_units=[pick.unit_id for pick in current.picks] if current else [],
        )
    since = {leg.discipline for leg in incident.legs if _closed_since(leg, current)}
    wanted = {new.unit_id for new in command.units}
    if not command.override_reason and any(
        pick.unit_id in wanted and pick.discipline in since for pick in current.picks
    ):
        raise RecommendationChanged(
            incident_id=incident.id,
            current_id=current.id,
            current_units=[p.unit_id for p in current.picks if p.discipline not in since],
        )
    return current


def _closed_since(leg: Leg, current: Recommendation) -> bool:
    """Whether the leg wants nothing more of what was recommended while it was open."""
    return leg.closed_at is not None and leg.closed_at >= current.made_at


def involvement_drafts(
    state: State, incident: Incident, units: list[Unit], audience: tuple[str, ...]
) -> list[Draft]:
    """Legs that become active with these units, and automatic case numbers of their agencies.

    A leg that becomes active is given a free talkgroup of its agency, unless it has one.
    """
    drafts: list[Draft] = []
    revision = incident.revision
    if incident.hold is not None:
        revision += 1
        freed = ev.IncidentHeld(
            incident_id=incident.id, revision=revision, hold=None, was=incident.hold
        )
        drafts.append(Draft(body=freed, audience=audience))
    kept = kept_drafts(incident.model_copy(update={"audience": audience}), units, revision)
    revision += len(kept)
    drafts += kept
    legs = {leg.discipline: leg for leg in incident.legs}
    in_use = state.talkgroups_in_use | talkgroups_in_use(
        [*state.board.incidents.values(), incident]
    )
    for unit in units:
        before = legs.get(unit.discipline)
        if before is not None and before.state == "active":
            continue
        revision += 1
        leg = before or Leg(discipline=unit.discipline, agency_id=unit.agency_id)
        talkgroup = _talkgroup_for(state, leg, unit, in_use)
        in_use |= {talkgroup} if talkgroup else set()
        active = leg.model_copy(
            update={
                "state": "active",
                "talkgroup": talkgroup,
                "first_assigned_at": state.now,
                "closed_at": None,
                "disposition": None,
            }
        )
        legs[unit.discipline] = active
        body = ev.LegChanged(incident_id=incident.id, revision=revision, leg=active, was=before)
        drafts.append(Draft(body=body, audience=audience))
    widened = incident.model_copy(update={"audience": audience})
    for agency_id in dict.fromkeys(unit.agency_id for unit in units):
        automatic = state.policy.case_policy.get(agency_id) == "automatic"
        voided = any(number.agency_id == agency_id for number in incident.voided_numbers)
        if automatic and not voided and agency_id not in incident.case_numbers:
            revision += 1
            drafts.append(case_number_draft(state, widened, agency_id, revision))
    return drafts


def _talkgroup_for(state: State, leg: Leg, unit: Unit, in_use: frozenset[str]) -> str | None:
    """What the leg speaks on: what it has, else a free one of its agency, None: none is free.

    A closed leg has given its own back; it keeps it on being worked again only while it is free.
    """
    if leg.talkgroup and (leg.state != "closed" or leg.talkgroup not in in_use):
        return leg.talkgroup
    pool = state.policy.talkgroups.get(leg.agency_id or unit.agency_id, ())
    return free_talkgroup(pool, in_use)


def decide_start_officer_work(state: State, command: StartOfficerWork) -> list[Draft]:
    """An incident that begins on scene with the unit that found it: no call, no recommendation."""
    unit = available_unit(state, command.unit_id)
    incident = new_incident(
        state,
        incident_id=command.incident_id,
        incident_type=command.incident_type,
        priority=None,
        place=command.place,
        advice=command.advice,
        created_at=state.now,
        officer_initiated=True,
    )
    audience = audience_of(*incident.audience, unit.agency_id)
    own_leg = Leg(
        discipline=unit.discipline,
        agency_id=unit.agency_id,
        state="active",
        first_assigned_at=state.now,
    )
    talkgroup = _talkgroup_for(state, own_leg, unit, state.talkgroups_in_use)
    own_leg = own_leg.model_copy(update={"talkgroup": talkgroup})
    incident = incident.model_copy(update={"audience": audience, "legs": (own_leg,)})
    assignment = Assignment(
        id=command.assignment_id,
        incident_id=incident.id,
        unit_id=unit.id,
        agency_id=unit.agency_id,
        discipline=unit.discipline,
        status="on_scene",
        agency_code=first_code(state, unit.agency_id, "OS"),
        status_at=state.now,
        assigned_at=state.now,
        assigned_by=command.actor.account_id,
        received_at=state.now,
        acknowledged_at=state.now,
        acknowledged_by="voice",
        arrived_at=state.now,
        check_due_at=check_due_at(state, unit.agency_id, "on_scene", state.now),
        audience=audience,
    )
    drafts = [
        Draft(body=ev.IncidentCreated(incident=incident), audience=audience),
        Draft(body=ev.UnitAssigned(assignment=assignment), audience=audience),
    ]
    if command.note:
        author = command.actor.account_id
        drafts.append(note_draft(state, incident, command.note_id, command.note, author))
    return drafts
