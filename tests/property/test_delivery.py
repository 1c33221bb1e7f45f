"""The dispatch floor at random, with pagers: none ends up on an old assignment."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dispatch.domain import commands as cmd
from dispatch.domain.delivery import Delivery, why_withheld
from dispatch.domain.values import HUB_ACTOR
from jurisdictions.roster import DeliveryChannel
from tests.factories import DISPATCHER, assign
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
    """Every unit has a pager that obeys without thinking: any cancel takes off what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.pagers: dict[str, str] = {}
        self.arrived: set[str] = set()
        """Messages that reached their receiver, whether or not the hub heard so."""

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
        elif result != "failed":  # after "retry" too: an answer may be lost
            self._arrive(delivery)
        report = {
            "command_id": self._id(),
            "actor": HUB_ACTOR,
            "delivery_id": delivery.id,
            "result": result,
            "why": held,
        }
        assert self._give(cmd.ReportSending.model_validate(report))

    def _arrive(self, delivery: Delivery) -> None:
        self.arrived.add(delivery.id)
        if delivery.channel != "pager" or not delivery.unit_id or not delivery.assignment_id:
            return
        if delivery.about == "assignment":
            self.pagers[delivery.unit_id] = delivery.assignment_id
        else:
            self.pagers.pop(delivery.unit_id, None)

    @rule(result=st.sampled_from(RESULTS), nth=st.integers(0, 5))
    def attempt(self, result: str, nth: int) -> None:
        if queued := self._queued():
            self._attempt(queued[nth % len(queued)], result)

    @rule(incident=Floor.incidents, unit=st.sampled_from(UNITS), first=st.sampled_from(RESULTS))
    def send_back_and_forth(self, incident: str, unit: str, first: str) -> None:
        """A unit is sent, told or not, called back and sent again, which it hears of first."""
        new = cmd.NewAssignment(assignment_id=self._id(), unit_id=unit)
        if not self._give(assign(self._id(), incident_id=incident, units=(new,))):
            return
        self.attempt(first, -1)
        back = cmd.SetAssignmentStatus(
            command_id=self._id(),
            actor=DISPATCHER,
            assignment_id=new.assignment_id,
            status="cleared",
        )
        assert self._give(back)
        self.send(incident, [unit])
        self.attempt("sent", -1)

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
                assert self.pagers.get(live.unit_id) == live.id

    @rule(state=st.sampled_from(("delivered", "seen", "acknowledged")), nth=st.integers(0, 5))
    def receipt(self, state: str, nth: int) -> None:
        board = self.world.board
        known = [d for d in board.deliveries.values() if d.id in self.arrived]
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
