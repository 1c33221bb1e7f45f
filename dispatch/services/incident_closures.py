"""Proposes to shut the road that an incident blocks, and opens it when the incident is over.

Which types of incidents block their road is each agency's own choice (``blocking_types``). A
proposal is made when the first crew is on scene; a dispatcher confirms or refuses it.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from dispatch.domain import events as ev
from dispatch.domain.closure import INCIDENT, Closure
from dispatch.domain.commands import EndIncidentClosures, ProposeClosure
from dispatch.domain.errors import HubError, OutcomeUnknown, RoadsUnavailable, TooBusy
from dispatch.domain.incident import Incident
from dispatch.domain.road_blocks import INCIDENT_LASTS, PENALTY_S
from dispatch.domain.values import HUB_ACTOR
from dispatch.services.hub import Hub
from dispatch.store.event_log import LoggedEvent
from geodata.lonlat import LonLat
from jurisdictions.roster import Agency

LOOK_S: Final = 30.0
"""What no event told is found so soon."""

AGAIN_S: Final = 1.0
"""What could not be looked at is tried again so soon: another process leads, roads are silent."""

REACH_M: Final = 50.0
"""How far to either side of the incident its road is drawn; what is shut is the whole stretch."""

_CALLS_FOR_A_LOOK: Final = (
    ev.AssignmentStatusChanged,
    ev.UnitAssigned,
    ev.IncidentChanged,
    ev.LegChanged,
    ev.IncidentClosed,
    ev.IncidentReopened,
    ev.IncidentMerged,
    ev.IncidentUnmerged,
    ev.RegionActivated,
)

log = structlog.get_logger()


class IncidentClosures:
    """Follows the events of one hub process, on its event loop.

    Args:
        hub: The running hub.
        active: Whether this process is the one that does it; asked again and again.
    """

    def __init__(self, hub: Hub, active: Callable[[], bool]) -> None:
        self._hub = hub
        self._active = active
        self._hint = asyncio.Event()
        self._asked: set[str] = set()

    def on_events(self, page: Sequence[LoggedEvent]) -> None:
        """Look again when something happened to an incident. Subscribe this to the follower."""
        if any(isinstance(logged.event.body, _CALLS_FOR_A_LOOK) for logged in page):
            self._hint.set()

    def on_reload(self) -> None:
        """Another board took the place of the last one."""
        self._hint.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._hint.wait()
            if not self._active():
                await asyncio.sleep(AGAIN_S)  # the hint stays: this process may lead next
                continue
            self._hint.clear()
            try:
                await self.look()
            except Exception:  # outer loop: one incident's fault must not hide the next one
                log.exception("incident_closures_failed")

    async def look(self) -> None:
        """Make the closures of incidents those that should stand now."""
        board = self._hub.board()
        wanted = {
            closure_id: incident
            for incident in board.incidents.values()
            if self._by(incident) is not None
            for closure_id in [_closure_id(incident)]
        }
        for closure in list(board.closures.values()):
            of = board.incidents.get(closure.incident_id or "")
            if of is not None and (of.merged or closure.confirmed) and closure.id not in wanted:
                # It came over with a merged incident, or a person has confirmed it and the incident
                # has another type or place since: a person lifts it, or the incident's end does.
                continue
            if closure.incident_id is not None and closure.id not in wanted:
                await self._submit(
                    EndIncidentClosures(
                        command_id=f"over-{closure.id}-{closure.revision}",
                        actor=HUB_ACTOR,
                        incident_id=closure.incident_id,
                    )
                )
        self._asked &= wanted.keys()
        for closure_id, incident in wanted.items():
            if closure_id not in self._asked and closure_id not in board.closures:
                await self._propose(closure_id, incident)

    def _by(self, incident: Incident) -> Agency | None:
        """The agency by whose choice the incident blocks its road now; None for no."""
        policy = self._hub.policy()
        types = {
            leg.agency_id: incident.asked_of(leg.discipline).incident_type for leg in incident.legs
        }
        choosing = (
            agency
            for agency in (policy.agencies if policy else ())
            if types.get(agency.id) in agency.blocking_types
        )
        agency = next(choosing, None)
        if agency is None:
            return None
        sent = self._hub.board().assignments.values()
        arrived = any(a.incident_id == incident.id and a.arrived_at is not None for a in sent)
        return agency if arrived else None

    async def _propose(self, closure_id: str, incident: Incident) -> None:
        agency = self._by(incident)
        try:
            ahead = await self._hub.roads.ahead(LonLat(*incident.place.at), reach_m=REACH_M)
        except RoadsUnavailable:
            asyncio.get_running_loop().call_later(AGAIN_S, self._hint.set)
            return
        if not ahead.arcs or agency is None:
            self._asked.add(closure_id)
            return
        now = self._hub.now()
        penalty_s = agency.unconfirmed_block_s
        closure = Closure(
            id=closure_id,
            source=INCIDENT,
            description=ahead.name,
            line=ahead.line,
            begins_at=now,
            ends_at=now + INCIDENT_LASTS,
            network_id=ahead.network_id,
            arcs=ahead.arcs,
            opened_by=HUB_ACTOR.account_id,
            confirmed=False,
            penalty_s=PENALTY_S if penalty_s is None else penalty_s,
            incident_id=incident.id,
        )
        # An id of its own each time: the tables know what was refused, and what may be asked again.
        proposal = ProposeClosure(
            command_id=f"blocks-{uuid.uuid4().hex}", actor=HUB_ACTOR, closure=closure
        )
        if await self._submit(proposal):
            self._asked.add(closure_id)

    async def _submit(self, command: ProposeClosure | EndIncidentClosures) -> bool:
        """Whether the hub has answered; what it was too busy for is looked at again."""
        try:
            await self._hub.submit(command)
        except (OutcomeUnknown, TooBusy):
            asyncio.get_running_loop().call_later(AGAIN_S, self._hint.set)
            return False
        except HubError:  # closed in this moment: the next look sees it
            return True
        return True


def _closure_id(incident: Incident) -> str:
    """One for each incident, type and place: what was refused once is not asked again."""
    lon, lat = incident.place.at
    said = f"{incident.id}:{incident.incident_type}:{lon:.5f}:{lat:.5f}"
    return uuid.uuid5(uuid.NAMESPACE_OID, said).hex
