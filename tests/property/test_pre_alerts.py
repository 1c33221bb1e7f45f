"""Stations at random: none stays alerted for a call that will not come, none waits unalerted.

Each station obeys without thinking: an alert that arrives is waited for until a cancel arrives, or
its unit is sent. Messages may be on their way while the world changes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from dispatch.domain import commands as cmd
from dispatch.domain.crew_facts import CrewFacts, changes_between, station_facts
from dispatch.domain.delivery import Delivery, ready, why_withheld
from dispatch.domain.errors import HubError
from dispatch.domain.events import IncidentMerged
from dispatch.domain.incident import Incident
from dispatch.domain.values import HUB_ACTOR, Discipline
from jurisdictions.roster import DeliveryChannel
from tests.factories import (
    DISPATCHER,
    World,
    assign,
    make_advice,
    make_place,
    make_recommendation,
    make_unit,
    take_call,
)

TONES = DeliveryChannel(
    name="tones", adapter="webhook", target="https://t.example", limit_s=0, pre_alert=True
)
PAGER = DeliveryChannel(name="pager", adapter="webhook", target="https://p.example", limit_s=15)
STATION = {"E1": "north", "E2": "south", "E3": "south", "M1": "north"}
UNITS = tuple(STATION)
THEN = st.sampled_from(("nothing", "one leaves", "all arrives", "all arrives"))
"""What the courier does after a rule, so that messages cross what happens next."""
DISCIPLINES: dict[str, Discipline] = {"fire-a": "fire", "ems-a": "ems"}


def agency_of(unit_id: str) -> str:
    return "ems-a" if unit_id.startswith("M") else "fire-a"


class Stations(RuleBasedStateMachine):
    incidents = Bundle("incidents")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(
            *(
                make_unit(
                    unit,
                    station=station,
                    agency_id=agency_of(unit),
                    discipline=DISCIPLINES[agency_of(unit)],
                )
                for unit, station in STATION.items()
            )
        )
        self.world.state.policy = cmd.Policy(
            local_year=2026,
            channels={"fire-a": (TONES, PAGER), "ems-a": (TONES,)},
            disciplines=DISCIPLINES,
        )
        self.count = 0
        self.known: dict[str, Incident] = {}
        self.messages: dict[str, Delivery] = {}
        """All that were ever queued, as the tables keep them."""
        self.on_the_way: dict[tuple[str, str, str], tuple[Delivery, CrewFacts]] = {}
        """By lane: what left and has not been answered, with what it tells."""
        self.waiting: dict[tuple[str, str, str], tuple[Delivery, CrewFacts]] = {}
        """By incident, agency and station: the alert that it waits by, and what it was told."""
        self.unsure: set[tuple[str, str, str]] = set()
        """Stations that a message about the incident was given up for: they are rung up."""

    def _id(self) -> str:
        self.count += 1
        return f"c{self.count}"

    def _give(self, command: cmd.Command) -> bool:
        """With what the store would read besides; what it read of closed ones goes again."""
        self.world.later(0.001)
        board = self.world.board
        lent: set[str] = set()
        if isinstance(command, cmd.ReportSending):
            incident = self.known[self.messages[command.delivery_id].incident_id]
            lent = self._lend(incident)
        elif isinstance(command, cmd.UnmergeIncidents):
            self._lend_messages(command.other_id)
        elif isinstance(command, cmd.Undo):
            for event in self.world.events:
                if event.command_id == command.undone_id and isinstance(event.body, IncidentMerged):
                    self._lend_messages(event.body.merged.id)
        done = True
        try:
            events = self.world.give(command)
        except HubError:
            done, events = False, []
        for event in events:
            delivery = getattr(event.body, "delivery", None)
            if isinstance(delivery, Delivery):
                self.messages[delivery.id] = delivery
        for incident_id in lent:
            board.incidents.pop(incident_id, None)
        board.deliveries = {
            key: one for key, one in board.deliveries.items() if one.incident_id in board.incidents
        }
        self.messages |= board.deliveries
        for event in events:
            closed = getattr(event.body, "merged", None)
            if isinstance(closed, Incident):
                self.known[closed.id] = closed
            gone = getattr(event.body, "incident_id", None)
            if gone in self.known and gone not in board.incidents:
                self.known[gone] = self.known[gone].model_copy(update={"state": "closed"})
        self.known |= board.incidents
        return done

    def _lend(self, incident: Incident) -> set[str]:
        self._lend_messages(incident.id)
        if incident.id in self.world.board.incidents:
            return set()
        self.world.board.incidents[incident.id] = incident
        return {incident.id}

    def _lend_messages(self, incident_id: str) -> None:
        own = {key: one for key, one in self.messages.items() if one.incident_id == incident_id}
        self.world.board.deliveries |= own

    @rule(target=incidents, units=st.lists(st.sampled_from(UNITS), unique=True, max_size=3))
    def call(self, units: list[str]) -> str:
        incident_id = f"i-{self._id()}"
        assert self._give(take_call(self._id(), incident_id=incident_id))
        self.recommend(incident_id, units)
        return incident_id

    def _then(self, then: str) -> None:
        if then == "one leaves":
            self.begin(0)
        elif then == "all arrives":
            self.all_arrives()

    @rule(
        incident=incidents,
        units=st.lists(st.sampled_from(UNITS), unique=True, min_size=1, max_size=3),
    )
    def recommend(self, incident: str, units: list[str]) -> None:
        """As the recommender does: while a part waits, and only who is free."""
        shown = self.world.board.incidents.get(incident)
        if shown is None or not shown.pending:
            return
        busy = self.world.board.live_units()
        free = [unit for unit in units if unit not in busy]
        made = make_recommendation(
            incident, *free, id=self._id(), incident_revision=shown.revision, audience=("*",)
        )
        picks = [
            pick.model_copy(
                update={
                    "agency_id": agency_of(pick.unit_id),
                    "discipline": DISCIPLINES[agency_of(pick.unit_id)],
                }
            )
            for pick in made.picks
        ]
        made = made.model_copy(update={"picks": tuple(picks)})
        assert self._give(
            cmd.FreezeRecommendation(command_id=self._id(), actor=HUB_ACTOR, recommendation=made)
        )

    @rule()
    def all_arrives(self) -> None:
        """Once the courier is done, the station waits for what it should, and for nothing else."""
        self._drain()
        for key, (alert, told) in self.waiting.items():
            incident_id, agency, station = key
            if key in self.unsure or self._sent_since(alert):
                continue
            stands = self.world.board.incidents.get(incident_id)
            assert stands is not None, "it waits for what is over"
            assert stands.asks_for_units, "it waits for what is held or scheduled"
            leg = stands.leg(DISCIPLINES[agency])
            assert leg is not None
            assert leg.state != "closed", "it waits for a part that is over"
            if leg.state == "active":
                assert (agency, station) in self._asked(incident_id), "others were sent"
            else:
                assert changes_between(told, station_facts(stands, "fire")) == ()
        self._none_is_forgotten()

    def _none_is_forgotten(self) -> None:
        """Whoever is to go, by what is displayed, waits for it."""
        for stands in self.world.board.incidents.values():
            advice = self.world.board.recommendations.get(stands.id)
            if advice is None or not stands.asks_for_units or self._is_old(stands):
                continue
            for pick in advice.picks:
                leg = stands.leg(pick.discipline)
                key = (stands.id, pick.agency_id, STATION[pick.unit_id])
                if leg is not None and leg.state == "pending" and key not in self.unsure:
                    assert key in self.waiting, "it hears nothing of what it is to go to"

    def _is_old(self, incident: Incident) -> bool:
        """Whether another recommendation is to be made, since this one's part waits again."""
        made_at = max(
            event.seq
            for event in self.world.events
            if event.body.kind == "recommendation.made"
            and event.body.recommendation.incident_id == incident.id
        )
        again = ("leg.changed", "incident.scheduled", "incident.schedule_due", "incident.merged")
        return any(
            event.seq > made_at
            and event.body.kind in (*again, "incident.unmerged", "incident.reopened")
            for event in self.world.events
        )

    def _sent_since(self, alert: Delivery) -> bool:
        """Whether a unit of the station was sent to it: its own messages count from then on."""
        return any(
            event.body.kind == "unit.assigned"
            and event.body.assignment.incident_id == alert.incident_id
            and event.at >= alert.queued_at
            and STATION[event.body.assignment.unit_id] == alert.station
            and event.body.assignment.agency_id == alert.agency_id
            for event in self.world.events
        )

    def _asked(self, incident_id: str) -> set[tuple[str, str]]:
        advice = self.world.board.recommendations.get(incident_id)
        picks = [pick.unit_id for pick in advice.picks] if advice else []
        live = [a.unit_id for a in self.world.board.live_of_incident(incident_id)]
        return {(agency_of(unit), STATION[unit]) for unit in (*picks, *live)}

    @rule(
        incident=incidents,
        units=st.lists(st.sampled_from(UNITS), min_size=1, max_size=2, unique=True),
        then=THEN,
    )
    def send(self, incident: str, units: list[str], then: str) -> None:
        news = tuple(cmd.NewAssignment(assignment_id=self._id(), unit_id=unit) for unit in units)
        self._give(assign(self._id(), incident_id=incident, units=news))
        self._then(then)

    @rule(unit=st.sampled_from(UNITS))
    def call_back(self, unit: str) -> None:
        live = self.world.board.live_of_unit(unit)
        if live is not None:
            self._give(
                cmd.SetAssignmentStatus(
                    command_id=self._id(),
                    actor=DISPATCHER,
                    assignment_id=live.id,
                    status="cleared",
                )
            )

    @rule(incident=incidents, minutes=st.sampled_from((None, 5)), then=THEN)
    def hold(self, incident: str, minutes: int | None, then: str) -> None:
        until = self.world.state.now + timedelta(minutes=minutes) if minutes else None
        self._give(
            cmd.HoldIncident(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=incident,
                reason="weather",
                until=until,
            )
        )
        self._then(then)

    @rule(incident=incidents, minutes=st.sampled_from((None, 90)), then=THEN)
    def schedule(self, incident: str, minutes: int | None, then: str) -> None:
        wanted_at = self.world.state.now + timedelta(minutes=minutes) if minutes else None
        self._give(
            cmd.ScheduleIncident(
                command_id=self._id(), actor=DISPATCHER, incident_id=incident, wanted_at=wanted_at
            )
        )
        self._then(then)

    def _falls_due(self, kind: Literal["hold_over", "schedule"], incident: str) -> None:
        self._give(
            cmd.FallDue(
                command_id=self._id(),
                actor=HUB_ACTOR,
                due_id=self.count,
                kind=kind,
                ref=incident,
                fence=0,
            )
        )

    @rule(incident=incidents, then=THEN)
    def hold_is_over(self, incident: str, then: str) -> None:
        """By the clock: nobody has to act for its stations to hear of it."""
        self.world.later(6 * 60)
        self._falls_due("hold_over", incident)
        self._then(then)

    @rule(incident=incidents)
    def comes_due(self, incident: str) -> None:
        self.world.later(2 * 3600)
        self._falls_due("schedule", incident)

    @rule(kept=incidents, other=incidents, then=THEN)
    def merge(self, kept: str, other: str, then: str) -> None:
        self._give(
            cmd.MergeIncidents(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=kept,
                other_id=other,
                note_id=self._id(),
            )
        )
        self._then(then)

    @rule(kept=incidents, other=incidents)
    def take_apart(self, kept: str, other: str) -> None:
        self._give(
            cmd.UnmergeIncidents(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=kept,
                other_id=other,
                note_id=self._id(),
            )
        )

    @rule(incident=incidents, number=st.integers(1, 3))
    def correct(self, incident: str, number: int) -> None:
        known = self.world.board.incidents.get(incident)
        self._give(
            cmd.ChangeIncident(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=incident,
                revision=known.revision if known else 1,
                place=make_place(address=f"{number} Mill Rd"),
                advice=make_advice(),
            )
        )

    @rule(incident=incidents, discipline=st.sampled_from(("fire", "ems", None)), then=THEN)
    def close(self, incident: str, discipline: Discipline | None, then: str) -> None:
        self._give(
            cmd.CloseLegs(
                command_id=self._id(),
                actor=DISPATCHER,
                incident_id=incident,
                discipline=discipline,
                disposition="done",
            )
        )
        self._then(then)

    @rule(back=st.integers(1, 4), then=THEN)
    def undo(self, back: int, then: str) -> None:
        mine = [e.command_id for e in self.world.events if e.actor == DISPATCHER.account_id]
        mine = list(dict.fromkeys(mine))
        if mine:
            undone = mine[-min(back, len(mine))]
            self._give(cmd.Undo(command_id=self._id(), actor=DISPATCHER, undone_id=undone))
        self._then(then)

    def _ready(self) -> list[Delivery]:
        """What may leave now; of the tables, for messages of what is closed leave too."""
        waiting = [d for d in self.messages.values() if d.next_at is not None]
        free = ready(waiting, self.world.state.now)
        return [d for d in free if d.lane not in self.on_the_way]

    @rule(nth=st.integers(0, 3))
    def begin(self, nth: int) -> None:
        """One message leaves, with what stands at this moment, unless it is withheld."""
        if not (free := self._ready()):
            return
        delivery = free[nth % len(free)]
        board, incident = self.world.board, self.known[delivery.incident_id]
        assignment = board.assignments.get(delivery.assignment_id or "")
        live = board.live_of_unit(delivery.unit_id or "")
        held = why_withheld(delivery, incident, assignment, live)
        if held:
            self._report(delivery, "dropped")
        else:
            self.on_the_way[delivery.lane] = (delivery, station_facts(incident, "fire"))

    @rule(
        result=st.sampled_from(("sent", "delivered", "retry", "unheard", "failed")),
        nth=st.integers(0, 3),
    )
    def end(self, result: str, nth: int) -> None:
        """``retry``: it arrived and the answer was lost; ``unheard``: it did not arrive."""
        if self.on_the_way:
            self._end(list(self.on_the_way)[nth % len(self.on_the_way)], result)

    def _end(self, lane: tuple[str, str, str], result: str) -> None:
        delivery, facts = self.on_the_way.pop(lane)
        key = (delivery.incident_id, delivery.agency_id, delivery.station)
        if delivery.station and result == "failed":
            self.unsure.add(key)
        elif delivery.station and result != "unheard":
            if delivery.about == "cancel":
                self.waiting.pop(key, None)
            elif delivery.about == "pre_alert" or key in self.waiting:
                alert = delivery if delivery.about == "pre_alert" else self.waiting[key][0]
                self.waiting[key] = (alert, facts)
        self._report(delivery, "retry" if result == "unheard" else result)

    def _report(self, delivery: Delivery, result: str) -> None:
        report = {
            "command_id": self._id(),
            "actor": HUB_ACTOR,
            "delivery_id": delivery.id,
            "result": result,
        }
        assert self._give(cmd.ReportSending.model_validate(report))

    def _drain(self) -> None:
        for lane in list(self.on_the_way):
            self._end(lane, "sent")
        while waits := [d.next_at for d in self.messages.values() if d.next_at is not None]:
            self.world.state.now = max(self.world.state.now, min(waits))
            while self._ready():
                self.begin(0)
                for lane in list(self.on_the_way):
                    self._end(lane, "sent")

    @invariant()
    def a_station_is_not_alerted_twice_for_the_same(self) -> None:
        """Between two alerts lies a cancel, a dropped alert, or a unit that was sent."""
        alerts: dict[tuple[str, str, str], list[Delivery]] = {}
        for delivery in self.messages.values():
            if delivery.about == "pre_alert":
                key = (delivery.incident_id, delivery.agency_id, delivery.station)
                alerts.setdefault(key, []).append(delivery)
        for (incident_id, agency_id, station), own in alerts.items():
            own.sort(key=lambda d: d.number)
            cancels = {
                d.number
                for d in self.messages.values()
                if d.about == "cancel"
                and (d.incident_id, d.agency_id, d.station) == (incident_id, agency_id, station)
            }
            for before in own[:-1]:
                ended = before.number in cancels or before.state == "dropped"
                assert ended or self._sent_since(before)


Stations.TestCase.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, derandomize=True
)
TestStations = Stations.TestCase
