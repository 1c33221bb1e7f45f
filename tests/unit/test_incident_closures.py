"""When the road of an incident is proposed to be shut, and what opens it again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from dispatch.domain.board import Board
from dispatch.domain.closure import INCIDENT
from dispatch.domain.commands import Command, EndIncidentClosures, ProposeClosure
from dispatch.domain.errors import TooBusy
from dispatch.domain.incident import Incident
from dispatch.roads.protocol import Ahead
from dispatch.services.hub import Hub
from dispatch.services.incident_closures import IncidentClosures
from tests.factories import make_closure
from tests.recommend_factories import NOON, SCENE, make_assignment, make_incident, make_unit

CREW = make_unit("E1")
LINE = (SCENE, SCENE._replace(lon=SCENE.lon + 0.001))


class Asked:
    """A hub with one incident of a type that blocks its road, a crew on scene."""

    def __init__(self, incident: Incident) -> None:
        arrived = make_assignment(CREW, incident_id="i-1", status="on_scene", arrived_at=NOON)
        self.held = Board(seq=1, incidents={"i-1": incident}, assignments={"a-E1": arrived})
        agency = SimpleNamespace(
            id="ashby-fire",
            blocking_types=(make_incident().incident_type,),
            unconfirmed_block_s=None,
        )
        self.agencies = SimpleNamespace(agencies=(agency,))
        self.given: list[Command] = []
        self.busy = 0
        self.roads = self

    def board(self) -> Board:
        return self.held

    def policy(self) -> Any:
        return self.agencies

    def now(self) -> Any:
        return NOON

    async def ahead(self, at: object, *, reach_m: float) -> Ahead:
        return Ahead((1, 2), LINE, False, "Mill Rd", "net")

    async def submit(self, command: Command) -> None:
        if self.busy:
            self.busy -= 1
            raise TooBusy()
        self.given.append(command)


def look(hub: Asked, times: int = 1) -> list[Command]:
    async def looked() -> None:
        closures = IncidentClosures(cast("Hub", cast("Any", hub)), lambda: True)
        for _ in range(times):
            await closures.look()

    asyncio.run(looked())
    return hub.given


def test_it_is_proposed_once() -> None:
    (proposed,) = look(Asked(make_incident()), 2)
    assert isinstance(proposed, ProposeClosure)
    assert proposed.closure.description == "Mill Rd"


def test_a_proposal_that_the_hub_was_too_busy_for_is_made_again() -> None:
    hub = Asked(make_incident())
    hub.busy = 1
    (proposed,) = look(hub, 3)
    assert isinstance(proposed, ProposeClosure)


def test_a_confirmed_closure_outlives_another_type_but_not_its_incident() -> None:
    hub = Asked(make_incident(incident_type="SOMETHING_ELSE"))
    said = {"source": INCIDENT, "state": "active", "incident_id": "i-1"}
    hub.held.closures["c1"] = make_closure("c1", confirmed=True, **said)
    assert look(hub) == []
    hub.held.closures["c1"] = make_closure("c1", confirmed=False, **said)
    (ended,) = look(hub)
    assert isinstance(ended, EndIncidentClosures)
    hub.given.clear()
    hub.held.closures["c1"] = make_closure("c1", confirmed=True, **said)
    hub.held.incidents.clear()
    (ended,) = look(hub)
    assert isinstance(ended, EndIncidentClosures)
