"""The dispatch floor at random, with pagers: none ends up on an old assignment."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dispatch.domain import commands as cmd
from dispatch.domain.delivery import Delivery, why_withheld
from dispatch.domain.values import HUB_ACTOR
from jurisdictions.roster import DeliveryChannel
from tests.property.test_life_cycle import UNITS, Floor

CHANNELS = (
    DeliveryChannel(name="pager", adapter="webhook", target="https://p.example", limit_s=15),
    DeliveryChannel(name="tablet", adapter="tablet", limit_s=15),
    DeliveryChannel(
        name="tones", adapter="webhook", target="https://t.example", limit_s=15, pre_alert=True
    ),
)
RESULTS = ("sent", "delivered", "retry", "failed")


class Pagers(Floor):
    """Every unit has a pager that obeys: an assignment, or a cancel that names what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.pagers: dict[str, str] = {}

    def _give(self, command: cmd.Command) -> bool:
        channels = {f"{unit[0]}-agency": CHANNELS for unit in UNITS}
        policy = self.world.state.policy
        self.world.state.policy = policy.model_copy(update={"channels": channels})
        return super()._give(command)

    def _queued(self) -> list[Delivery]:
        return [d for d in self.world.board.deliveries.values() if d.next_at is not None]

    def _attempt(self, delivery: Delivery, result: str) -> None:
        """As the courier does: look at what stands, then send or withhold."""
        board = self.world.board
        assignment = board.assignments.get(delivery.assignment_id or "")
        live = board.live_of_unit(delivery.unit_id or "")
        held = why_withheld(delivery, board.incidents[delivery.incident_id], assignment, live)
        if held:
            result = "dropped"
        elif delivery.channel == "pager" and delivery.unit_id and delivery.assignment_id:
            arrives = result in ("sent", "delivered", "retry")  # an answer may be lost
            if arrives and delivery.about == "assignment":
                self.pagers[delivery.unit_id] = delivery.assignment_id
            elif arrives and self.pagers.get(delivery.unit_id) == delivery.assignment_id:
                del self.pagers[delivery.unit_id]
        report = {
            "command_id": self._id(),
            "actor": HUB_ACTOR,
            "delivery_id": delivery.id,
            "result": result,
            "why": held,
        }
        assert self._give(cmd.ReportSending.model_validate(report))

    @rule(result=st.sampled_from(RESULTS), nth=st.integers(0, 5))
    def attempt(self, result: str, nth: int) -> None:
        if queued := self._queued():
            self._attempt(queued[nth % len(queued)], result)

    @rule()
    def send_all(self) -> None:
        while queued := self._queued():
            self._attempt(queued[0], "sent")
        for live in [a for a in self.world.board.assignments.values() if a.live]:
            told = [
                d
                for d in self.world.board.deliveries.values()
                if (d.assignment_id, d.channel, d.about) == (live.id, "pager", "assignment")
            ]
            if told and told[-1].state in ("sent", "delivered"):
                assert self.pagers[live.unit_id] == live.id

    @rule(state=st.sampled_from(("delivered", "seen", "acknowledged")), nth=st.integers(0, 5))
    def receipt(self, state: str, nth: int) -> None:
        board = self.world.board
        known = list(board.deliveries.values())
        if known:
            delivery = known[nth % len(known)]
            before = {a.id: a.acknowledged_at for a in board.assignments.values()}
            command = {
                "command_id": self._id(),
                "actor": HUB_ACTOR,
                "delivery_id": delivery.id,
                "state": state,
            }
            assert self._give(cmd.ReportReceipt.model_validate(command))
            answered = {i for i, a in before.items() if board.assignments[i].acknowledged_at != a}
            assert answered <= {delivery.assignment_id}

    @invariant()
    def only_what_is_queued_waits_to_be_sent(self) -> None:
        for delivery in self.world.board.deliveries.values():
            assert (delivery.state == "queued") == (delivery.next_at is not None)

    @invariant()
    def a_station_is_alerted_once_for_an_incident(self) -> None:
        alerts = [
            (d.incident_id, d.station, d.channel)
            for d in self.world.board.deliveries.values()
            if d.about == "pre_alert"
        ]
        assert len(alerts) == len(set(alerts))

    @invariant()
    def nothing_is_told_of_a_closed_incident(self) -> None:
        board = self.world.board
        assert {d.incident_id for d in board.deliveries.values()} <= board.incidents.keys()


Pagers.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPagers = Pagers.TestCase
