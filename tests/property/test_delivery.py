"""The dispatch floor at random, with pagers: none ends up on an old assignment."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dispatch.domain import commands as cmd
from dispatch.domain.assignment import Assignment
from dispatch.domain.crew_facts import CrewFacts, changes_between, facts_of
from dispatch.domain.delivery import COALESCE_S, Delivery, ready, why_withheld
from dispatch.domain.values import HUB_ACTOR
from jurisdictions.roster import DeliveryChannel
from tests.factories import DISPATCHER, assign, make_advice, make_place
from tests.property.test_life_cycle import UNITS, Floor

CHANNELS = (
    DeliveryChannel(name="pager", adapter="webhook", target="https://p.example", limit_s=15),
    DeliveryChannel(name="tablet", adapter="tablet", limit_s=15),
    DeliveryChannel(
        name="tones", adapter="webhook", target="https://t.example", limit_s=15, pre_alert=True
    ),
)
RESULTS = ("sent", "delivered", "retry", "unheard", "failed")
"""``retry``: it arrived and the answer was lost; ``unheard``: it did not arrive."""


class Pagers(Floor):
    """Every unit has a pager that obeys without thinking: any cancel takes off what it shows.

    It acts on an id once, so what comes again under an id says nothing new to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pagers: dict[str, str] = {}
        self.shown: dict[str, CrewFacts] = {}
        """By assignment: what its unit's pager shows of it."""
        self.arrived: set[str] = set()
        """Messages that reached their receiver, whether or not the hub heard so."""

    def _give(self, command: cmd.Command) -> bool:
        channels = {f"{unit[0]}-agency": CHANNELS for unit in UNITS}
        policy = self.world.state.policy
        self.world.state.policy = policy.model_copy(update={"channels": channels})
        return super()._give(command)

    def _queued(self) -> list[Delivery]:
        """What may leave; where only time is waited for, it passes."""
        board = self.world.board
        waiting = [d for d in board.deliveries.values() if d.next_at is not None]
        for at in sorted(d.next_at for d in waiting if d.next_at is not None):
            if not ready(waiting, self.world.state.now):
                self.world.state.now = max(self.world.state.now, at)
        return ready(waiting, self.world.state.now)

    def _attempt(self, delivery: Delivery, result: str) -> None:
        """As the courier does: look at what stands, then send or withhold."""
        board = self.world.board
        assignment = board.assignments.get(delivery.assignment_id or "")
        live = board.live_of_unit(delivery.unit_id or "")
        held = why_withheld(delivery, board.incidents[delivery.incident_id], assignment, live)
        if held:
            result = "dropped"
        elif result not in ("failed", "unheard"):
            self._arrive(delivery)
        report = {
            "command_id": self._id(),
            "actor": HUB_ACTOR,
            "delivery_id": delivery.id,
            "result": "retry" if result == "unheard" else result,
            "why": held,
        }
        assert self._give(cmd.ReportSending.model_validate(report))

    def _arrive(self, delivery: Delivery) -> None:
        again = delivery.id in self.arrived
        self.arrived.add(delivery.id)
        if delivery.channel != "pager" or not delivery.unit_id or not delivery.assignment_id:
            return
        if delivery.about == "cancel":
            self.pagers.pop(delivery.unit_id, None)
            return
        told = {
            d.about
            for d in self.world.board.deliveries.values()
            if d.id in self.arrived
            and (d.assignment_id, d.channel) == (delivery.assignment_id, delivery.channel)
        }
        assert "assignment" in told or self._first_failed(delivery), "an update came first"
        self.pagers[delivery.unit_id] = delivery.assignment_id
        if not again:
            self.shown[delivery.assignment_id] = self._facts(delivery.assignment_id)

    def _first_failed(self, update: Delivery) -> bool:
        """Whether what the update corrects was given up: it then says all of it itself."""
        return any(
            (d.assignment_id, d.channel, d.about, d.state)
            == (update.assignment_id, update.channel, "assignment", "failed")
            for d in self.world.board.deliveries.values()
        )

    def _facts(self, assignment_id: str) -> CrewFacts:
        assignment = self.world.board.assignments[assignment_id]
        incident = self.world.board.incidents[assignment.incident_id]
        return facts_of(incident, assignment.discipline)

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
                self._shows_what_stands(live)

    def _shows_what_stands(self, live: Assignment) -> None:
        """Of what the crew has acted on ever since, its pager shows nothing that is no more so."""
        failed = any(
            d.assignment_id == live.id and d.state == "failed"
            for d in self.world.board.deliveries.values()
        )
        if live.status in ("dispatched", "enroute", "staged") and not live.arrived and not failed:
            shown = self.shown[live.id]
            assert changes_between(shown, self._facts(live.id)) == ()

    @rule(
        incident=Floor.incidents,
        number=st.integers(1, 3),
        wait_s=st.sampled_from((0.0, 0.5, 2.5, COALESCE_S, 10.0)),
        results=st.lists(st.sampled_from(RESULTS), max_size=3),
    )
    def correct(self, incident: str, number: int, wait_s: float, results: list[str]) -> None:
        """The address and the type are another, twice within the time of one message.

        Between the two, messages leave, the youngest of those that may first.
        """
        for part in (number, number + 1):
            known = self.world.board.incidents.get(incident)
            self._give(
                cmd.ChangeIncident(
                    command_id=self._id(),
                    actor=DISPATCHER,
                    incident_id=incident,
                    revision=known.revision if known else 1,
                    place=make_place(address=f"{part} Mill Rd"),
                    incident_type="FIRE",
                    advice=make_advice(type_label=f"Fire {part}"),
                )
            )
            self.world.later(wait_s)
            for result in results:
                self.attempt(result, -1)
        self.send_all()

    @rule(incident=Floor.incidents, talkgroup=st.sampled_from(("F1", "F2", None)))
    def speak_elsewhere(self, incident: str, talkgroup: str | None) -> None:
        pools = {"E-agency": ("F1", "F2")}
        policy = self.world.state.policy
        self.world.state.policy = policy.model_copy(update={"talkgroups": pools})
        give = {"command_id": self._id(), "actor": DISPATCHER, "incident_id": incident}
        self._give(
            cmd.GiveTalkgroup.model_validate({**give, "discipline": "fire", "talkgroup": talkgroup})
        )

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
    def an_update_says_what_changed_and_names_a_live_assignment(self) -> None:
        board = self.world.board
        for delivery in board.deliveries.values():
            assert (delivery.about == "update") == bool(delivery.changed)
            waits = delivery.about == "update" and delivery.state == "queued"
            if waits and delivery.assignment_id is not None:
                assert board.assignments[delivery.assignment_id].live

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
