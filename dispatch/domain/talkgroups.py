"""Which talkgroup an incident's leg speaks on: the first free one of its agency's pool. Pure.

A talkgroup is taken while an open leg holds it, so it is free again when that leg closes: nothing
is kept beside the legs, and so nothing can be forgotten. A dispatcher may give a leg another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dispatch.domain import events as ev
from dispatch.domain.commands import GiveTalkgroup
from dispatch.domain.errors import AlreadyClosed, InvalidInput, TalkgroupTaken
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.state import State
from dispatch.domain.working import open_incident, override_drafts


def talkgroups_in_use(incidents: Iterable[Incident]) -> frozenset[str]:
    """The talkgroups that open legs of open incidents hold, in the whole region."""
    return frozenset(
        leg.talkgroup
        for incident in incidents
        if incident.state == "open"
        for leg in incident.legs
        if leg.talkgroup is not None and leg.state != "closed"
    )


def free_talkgroup(pool: Sequence[str], in_use: Collection[str]) -> str | None:
    """The first of the pool, in the agency's own order, on which nobody else works.

    Returns:
        None where the agency has no pool or all of it is taken: nobody is sent to a talkgroup on
        which another incident works.
    """
    return next((talkgroup for talkgroup in pool if talkgroup not in in_use), None)


def decide_give_talkgroup(state: State, command: GiveTalkgroup) -> list[Draft]:
    """Another talkgroup for one leg, of whichever pool; the legs of one incident may share one.

    Raises:
        InvalidInput: There is no such leg or talkgroup, or the incident has several legs to choose.
        AlreadyClosed: The leg is closed.
        TalkgroupTaken: Another incident works on it.
        LegOfAnother: The actor does not answer for the leg, and there is no reason.
    """
    incident = open_incident(state, command.incident_id)
    leg = _leg_meant(incident, command)
    if leg.talkgroup == command.talkgroup:
        return []
    known = {name for pool in state.policy.talkgroups.values() for name in pool}
    if command.talkgroup is not None and command.talkgroup not in known:
        raise InvalidInput(
            f"There is no talkgroup {command.talkgroup} in this region.",
            field="talkgroup",
            talkgroups=sorted(known),
        )
    elsewhere = state.talkgroups_in_use - talkgroups_in_use([incident])
    if command.talkgroup in elsewhere:
        raise TalkgroupTaken(
            f"Another incident works on {command.talkgroup}.", talkgroup=command.talkgroup
        )
    told = override_drafts(state, command, incident, [leg], "Talkgroup changed")
    given = leg.model_copy(update={"talkgroup": command.talkgroup})
    body = ev.LegChanged(
        incident_id=incident.id, revision=incident.revision + 1, leg=given, was=leg
    )
    return [*told, Draft(body=body, audience=incident.audience)]


def _leg_meant(incident: Incident, command: GiveTalkgroup) -> Leg:
    """The leg of the discipline that is named, or the only one that is open."""
    still_open = [leg for leg in incident.legs if leg.state != "closed"]
    if command.discipline is None:
        if len(still_open) != 1:
            raise InvalidInput(
                "Say which part: law, fire or ems.",
                field="discipline",
                disciplines=[leg.discipline for leg in still_open],
            )
        return still_open[0]
    leg = incident.leg(command.discipline)
    if leg is None:
        raise InvalidInput(f"It has no part for {command.discipline}.", field="discipline")
    if leg.state == "closed":
        raise AlreadyClosed("That part is closed.", incident_id=incident.id)
    return leg
