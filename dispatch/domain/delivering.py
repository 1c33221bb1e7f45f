"""What each event makes to be told to crews and stations, and what becomes of those messages. Pure.

The messages are events of the same command, so they stand in the outbox with what they tell of, or
not at all. Nothing here sends; how far a message has got is reported back by commands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from dispatch.domain import events as ev
from dispatch.domain.assignment import NOT_ARRIVED, Assignment
from dispatch.domain.channel_fault import FAILS_AFTER, ChannelFault, channel_id
from dispatch.domain.commands import Command, ReportChannel, ReportReceipt, ReportSending
from dispatch.domain.crew_facts import (
    CrewFacts,
    FactChange,
    changes_between,
    facts_of,
    matters_in,
    station_facts,
)
from dispatch.domain.delivery import (
    COALESCE_S,
    FORWARD,
    RETRY_AFTER_MAX_S,
    RETRY_AFTER_S,
    SURELY_HELD_S,
    About,
    Delivery,
    DeliveryState,
    delivery_id,
    last_step_begun,
    standing_alert,
    step_failed,
    steps_of,
)
from dispatch.domain.errors import NotFound
from dispatch.domain.events import Draft
from dispatch.domain.incident import Incident
from dispatch.domain.place_corrections import answered_draft, awaits_correction
from dispatch.domain.recommendation import Recommendation
from dispatch.domain.state import State
from dispatch.domain.values import Discipline, audience_of
from jurisdictions.roster import DeliveryChannel

_Changes = (
    ev.IncidentChanged
    | ev.LegChanged
    | ev.IncidentHeld
    | ev.HoldOver
    | ev.IncidentScheduled
    | ev.ScheduleDue
)


def delivery_drafts(state: State, command: Command, drafts: Sequence[Draft]) -> list[Draft]:
    """The messages that come of a command's events; none where no agency has channels.

    Args:
        state: With the messages of every assignment that the command may release.
        command: What was decided.
        drafts: What it causes; none of it is applied yet.
    """
    if not state.policy.channels:
        return []
    telling = _Telling(state, by_crew=command.actor.role == "responder")
    telling.sent = [d.body.assignment for d in drafts if isinstance(d.body, ev.UnitAssigned)]
    telling.expect(draft.body for draft in drafts)
    for draft in drafts:
        telling.follow(draft.body)
    telling.correct()
    telling.correct_stations()
    telling.stand_down(draft.body for draft in drafts)
    telling.alert_again()
    return telling.drafts


class _Telling:
    """The messages of one command, numbered after those that stand."""

    def __init__(self, state: State, *, by_crew: bool) -> None:
        self._state = state
        self._by_crew = by_crew
        self._known = dict(state.board.deliveries)
        self.sent: list[Assignment] = []
        """What the command sends: a unit's new message says where it goes."""
        self.drafts: list[Draft] = []
        self._after: dict[str, Incident] = {}
        """Incidents that the command makes or changes, as they stand after it."""
        self._released: set[str] = set()
        self._moved: set[str] = set()
        """Assignments that go over to another incident: their crews are told of that one anew."""

    def expect(self, bodies: Iterable[ev.EventBody]) -> None:
        """What messages say is what stands after the whole command."""
        for body in bodies:
            if isinstance(body, ev.IncidentCreated | ev.IncidentReopened | ev.IncidentShared):
                known = self._after.get(body.incident.id)
                self._after[body.incident.id] = known or body.incident
            elif isinstance(body, ev.IncidentMerged):
                self._after[body.incident.id] = body.incident
                self._moved.update(body.moved)
            elif isinstance(body, ev.IncidentUnmerged):
                self._after |= {one.id: one for one in (body.incident, body.other)}
                self._moved.update(body.moved)
            elif isinstance(body, _Changes):
                incident = self._incident(body.incident_id)
                if incident is not None:
                    self._after[incident.id] = _as_changed(incident, body)
            elif isinstance(body, ev.AssignmentReleased):
                self._released.add(body.assignment_id)

    def _incident(self, incident_id: str) -> Incident | None:
        return self._after.get(incident_id) or self._state.board.incidents.get(incident_id)

    def _facts(self, assignment: Assignment) -> CrewFacts | None:
        incident = self._incident(assignment.incident_id)
        return facts_of(incident, assignment.discipline) if incident else None

    def correct(self) -> None:
        """Who was told what is another now hears what it is, by each channel that told it."""
        for incident_id in self._after:
            for assignment in self._state.board.live_of_incident(incident_id):
                if assignment.id not in self._released | self._moved:
                    own = [d for d in self._of(assignment) if d.tells]
                    for channel in dict.fromkeys(d.channel for d in own if _may_be_known(d)):
                        self._correct_by(assignment, channel)

    def _correct_by(self, assignment: Assignment, channel: str) -> None:
        told = sorted(
            (
                d
                for d in self._of(assignment)
                if d.channel == channel and d.tells and _may_be_known(d)
            ),
            key=lambda d: d.place_in_line,
        )
        last, facts = told[-1], self._facts(assignment)
        held = len(told) > 1 and last.about == "update" and self._surely_held(last)
        before = (told[-2] if held else last).said or self._facts_before(assignment)
        if facts is None or before is None or facts == last.said:
            return
        matters = matters_in(assignment.status)
        differs = self._renewed(told, facts) if held else changes_between(before, facts)
        changed = tuple(c for c in differs if c.what in matters)
        if held and not changed:
            self._set(dropped(self._state, last, "it is as the crew was told"))
        elif held:
            self._set(last.model_copy(update={"said": facts, "changed": changed}))
        elif changed:
            self.queue("update", assignment, channel, changed=changed, wait_s=COALESCE_S)

    def _renewed(self, told: Sequence[Delivery], facts: CrewFacts) -> tuple[FactChange, ...]:
        """What the update that waits says now, where the facts were changed once more.

        A message says what stands when it leaves. Where the one before may have left while the
        update waited, it may have told what is taken back since: that is said too.
        """
        earlier, update = told[-2:]
        differs = changes_between(earlier.said, facts) if earlier.said else update.changed
        left_before = earlier.next_at is None and earlier.state_at < update.queued_at
        if left_before or self._surely_held(earlier) or update.said is None:
            return differs
        known = {change.what: change for change in update.changed}
        known |= {change.what: change for change in changes_between(update.said, facts)}
        known |= {change.what: change for change in differs}
        return tuple(known.values())

    def _surely_held(self, update: Delivery) -> bool:
        """Whether it has certainly not left: what left under an id must stay what it was."""
        if update.next_at is None or update.attempts:
            return False
        return update.next_at - self._state.now > timedelta(seconds=SURELY_HELD_S)

    def _facts_before(self, assignment: Assignment) -> CrewFacts | None:
        """Of messages that an older hub queued, which do not say what they told."""
        incident = self._state.board.incidents.get(assignment.incident_id)
        return facts_of(incident, assignment.discipline) if incident else None

    def follow(self, body: ev.EventBody) -> None:
        """Queue, drop or take back what this event asks for."""
        if isinstance(body, ev.UnitAssigned):
            if body.assignment.acknowledged_at is None:
                self.begin_step(body.assignment, 0)
            self._keep_up(body.assignment)
        elif isinstance(body, ev.AssignmentEscalated):
            if assignment := self._state.board.assignments.get(body.assignment_id):
                self.go_on(assignment, at_least=body.step)
        elif isinstance(body, ev.AssignmentPlaceCorrected):
            assignment = self._state.board.assignments.get(body.assignment_id)
            silent = body.correction.step > 0 and body.correction.acknowledged_at is None
            if assignment is not None and silent:
                self.go_on(assignment, at_least=body.correction.step)
        elif isinstance(body, ev.AssignmentReleased):
            if assignment := self._state.board.assignments.get(body.assignment_id):
                self._release(assignment, turns_back=body.was in NOT_ARRIVED)
        elif isinstance(body, ev.AssignmentCorrected):
            assignment = self._state.board.assignments.get(body.assignment_id)
            if assignment is not None and not assignment.live:
                self._tell_again(assignment)
        elif isinstance(body, ev.RecommendationMade):
            self._pre_alert(body.recommendation)
        elif isinstance(body, ev.IncidentMerged):
            self._follow_moved(body)
        elif isinstance(body, ev.IncidentUnmerged):
            for delivery in self._of_incident(body.other.id):
                self._set(delivery)
            self._follow_moved(body)
        elif isinstance(body, ev.IncidentReopened):
            for delivery in self._of_incident(body.incident.id):
                self._set(delivery)

    def _follow_moved(self, body: ev.IncidentMerged | ev.IncidentUnmerged) -> None:
        """Crews that were told of the one incident are told of the other, by the same channels."""
        for assignment in body.assignments:
            if assignment.id not in body.moved or not assignment.live or assignment.arrived:
                continue
            told = [d.channel for d in self._of(assignment) if d.about == "assignment" and d.out]
            for channel in dict.fromkeys(told):
                self.queue("assignment", assignment, channel)

    def begin_step(self, assignment: Assignment, index: int) -> None:
        """Queue what a step of the unit's agency sends; nothing after the last one."""
        steps = steps_of(self._channels(assignment.agency_id))
        for channel in steps[index].sent if index < len(steps) else ():
            self.queue("assignment", assignment, channel.name)

    def go_on(self, assignment: Assignment, *, at_least: int = 0) -> None:
        """Begin the step after the last one that was begun."""
        channels = self._channels(assignment.agency_id)
        begun = last_step_begun(channels, self._of(assignment))
        self.begin_step(assignment, max(at_least, begun + 1))

    def queue(
        self,
        about: About,
        assignment: Assignment,
        channel: str,
        *,
        changed: tuple[FactChange, ...] = (),
        wait_s: float = 0.0,
    ) -> None:
        """A message that names this assignment, to leave in ``wait_s`` seconds."""
        number = sum(d.about == about and d.channel == channel for d in self._of(assignment))
        self._set(
            Delivery(
                id=delivery_id(about, assignment.id, channel, number),
                incident_id=assignment.incident_id,
                assignment_id=assignment.id,
                unit_id=assignment.unit_id,
                agency_id=assignment.agency_id,
                channel=channel,
                about=about,
                number=number,
                said=None if about == "cancel" else self._facts(assignment),
                changed=changed,
                state_at=self._state.now,
                queued_at=self._state.now,
                next_at=self._state.now + timedelta(seconds=wait_s),
                audience=(assignment.agency_id,),
            )
        )

    def _set(self, delivery: Delivery) -> None:
        self._known[delivery.id] = delivery
        self.drafts.append(changed(delivery))

    def _channels(self, agency_id: str) -> tuple[DeliveryChannel, ...]:
        return self._state.policy.channels.get(agency_id, ())

    def _of(self, assignment: Assignment) -> list[Delivery]:
        return [d for d in self._known.values() if d.assignment_id == assignment.id]

    def _of_incident(self, incident_id: str) -> list[Delivery]:
        return [d for d in self._known.values() if d.incident_id == incident_id]

    def _release(self, assignment: Assignment, *, turns_back: bool) -> None:
        """Send nothing more of it; whoever was told and turns back is told to, by each channel.

        A crew that released itself knows, and one that is sent elsewhere by the same command is
        told where.
        """
        told = dict.fromkeys(
            d.channel for d in self._of(assignment) if d.about == "assignment" and d.out
        )
        for delivery in self._of(assignment):
            if delivery.state == "queued":
                self._set(dropped(self._state, delivery, "the unit was released"))
        replaced = any(sent.unit_id == assignment.unit_id for sent in self.sent)
        if turns_back and not self._by_crew and not replaced:
            for channel in told:
                self.take_back(assignment, channel)

    def take_back(self, assignment: Assignment, channel: str) -> None:
        """A cancel by this channel, unless one stands."""
        own = [d for d in self._of(assignment) if d.about == "cancel" and d.channel == channel]
        if all(cancel.state == "dropped" for cancel in own):
            self.queue("cancel", assignment, channel)

    def _tell_again(self, assignment: Assignment) -> None:
        """It was released by mistake: what was dropped or taken back is sent once more."""
        own = self._of(assignment)
        again: dict[str, None] = {}
        for delivery in own:
            if delivery.about == "cancel" and delivery.state == "queued":
                self._set(dropped(self._state, delivery, "the unit is on it again"))
            if delivery.out if delivery.about == "cancel" else delivery.state == "dropped":
                again[delivery.channel] = None
        for channel in again:
            self.queue("assignment", assignment, channel)

    def _pre_alert(self, advice: Recommendation) -> None:
        """Stations whose units are recommended hear of it, while their part waits.

        Once each, and again where they were stood down, or their units called back, since. Only
        those of agencies that may see the incident: a neighbour hears of it when it is asked.
        """
        incident = self._incident(advice.incident_id)
        if incident is None or not incident.asks_for_units:
            return
        for pick in advice.picks:
            leg, unit = incident.leg(pick.discipline), self._state.board.units.get(pick.unit_id)
            waits = leg is not None and leg.state == "pending"
            if not waits or unit is None or pick.agency_id not in incident.audience:
                continue
            for channel in self._channels(pick.agency_id):
                if channel.pre_alert:
                    self._alert_station(incident, pick.agency_id, unit.station, channel.name)

    def alert_again(self) -> None:
        """A hold that ended, by hand or by the clock, alerts the stations of what is displayed.

        What is displayed of a held incident is kept true. One that was scheduled waits for the
        next recommendation: what was displayed then is old by now.
        """
        for incident_id, incident in self._after.items():
            before = self._state.board.incidents.get(incident_id)
            held = before is not None and before.hold is not None and not before.scheduled
            if held and incident.asks_for_units and incident.pending:
                advice = self._state.board.recommendations.get(incident_id)
                if advice is not None:
                    self._pre_alert(advice)

    def _alert_station(
        self, incident: Incident, agency_id: str, station: str, channel: str
    ) -> None:
        """Unless it stands alerted. What would stand it down and has not left never does."""
        own = self._of_station(incident.id, agency_id, station, channel)
        if self._standing(own) is None:
            for delivery in own:
                if delivery.about == "cancel" and delivery.state == "queued":
                    self._set(dropped(self._state, delivery, "it is alerted again"))
            self._tell_station("pre_alert", incident, agency_id, station, channel)

    def _standing(self, own: Sequence[Delivery]) -> Delivery | None:
        """The alert by which a station waits; None: it waits for nothing, or its units were sent.

        Args:
            own: What one station was told of one incident by one channel.
        """
        alert = standing_alert(own)
        return None if alert is None or self._was_sent_since(alert) else alert

    def _was_sent_since(self, alert: Delivery) -> bool:
        """Whether a unit of the station was told to go: from then on its own messages count."""
        board, station = self._state.board, (alert.agency_id, alert.station)
        sent = [(a.unit_id, a.assigned_at) for a in self._assigned(alert.incident_id)]
        sent += [
            (d.unit_id, d.queued_at)
            for d in self._of_incident(alert.incident_id)
            if d.unit_id and d.about == "assignment"
        ]
        return any(
            at >= alert.queued_at
            and (unit := board.units.get(unit_id)) is not None
            and (unit.agency_id, unit.station) == station
            for unit_id, at in sent
        )

    def _assigned(self, incident_id: str) -> list[Assignment]:
        """All assignments of the incident, those that this command makes and released ones too."""
        known = [a for a in self._state.board.assignments.values() if a.incident_id == incident_id]
        return known + [a for a in self.sent if a.incident_id == incident_id]

    def _tell_station(
        self,
        about: About,
        incident: Incident,
        agency_id: str,
        station: str,
        channel: str,
        *,
        changed: tuple[FactChange, ...] = (),
        wait_s: float = 0.0,
    ) -> None:
        own = self._of_station(incident.id, agency_id, station, channel)
        number = sum(d.about == about for d in own)
        if about == "cancel":  # of the alert that it takes back
            number = max((d.number for d in own if d.about == "pre_alert"), default=number)
        self._set(
            Delivery(
                id=delivery_id(about, f"{incident.id}:{agency_id}:{station}", channel, number),
                incident_id=incident.id,
                station=station,
                agency_id=agency_id,
                channel=channel,
                about=about,
                number=number,
                said=None if about == "cancel" else self._station_facts(incident, agency_id),
                changed=changed,
                state_at=self._state.now,
                queued_at=self._state.now,
                next_at=self._state.now + timedelta(seconds=wait_s),
                audience=(agency_id,),
            )
        )

    def _alerted(self, incident_id: str) -> list[tuple[str, str, str]]:
        """Agency, station and channel of all that were ever alerted of an incident, once each."""
        own = self._of_incident(incident_id)
        alerts = ((d.agency_id, d.station, d.channel) for d in own if d.about == "pre_alert")
        return list(dict.fromkeys(alerts))

    def _of_station(
        self, incident_id: str, agency_id: str, station: str, channel: str
    ) -> list[Delivery]:
        """What a station was told of an incident by one channel, in that order."""
        own = [
            d
            for d in self._of_incident(incident_id)
            if (d.agency_id, d.station, d.channel) == (agency_id, station, channel)
        ]
        return sorted(own, key=lambda d: d.place_in_line)

    def correct_stations(self) -> None:
        """Stations that were alerted of what is another now hear what it is, while they wait."""
        for incident_id, incident in self._after.items():
            if incident.state == "closed" or not incident.pending:
                continue
            for agency_id, station, channel in self._alerted(incident_id):
                own = self._of_station(incident_id, agency_id, station, channel)
                alert = self._standing(own)
                if alert is not None and _may_be_known(alert):
                    self._correct_station(incident, _told_since(alert, own))

    def _station_facts(self, incident: Incident, agency_id: str) -> CrewFacts:
        return station_facts(incident, self._state.policy.disciplines.get(agency_id))

    def _correct_station(self, incident: Incident, told: Sequence[Delivery]) -> None:
        last = told[-1]
        facts = self._station_facts(incident, last.agency_id)
        held = len(told) > 1 and last.about == "update" and self._surely_held(last)
        before = (told[-2] if held else last).said
        if before is None or facts == last.said:
            return
        changed = self._renewed(told, facts) if held else changes_between(before, facts)
        if held and not changed:
            self._set(dropped(self._state, last, "it is as the station was told"))
        elif held:
            self._set(last.model_copy(update={"said": facts, "changed": changed}))
        elif changed:
            self._tell_station(
                "update",
                incident,
                last.agency_id,
                last.station,
                last.channel,
                changed=changed,
                wait_s=COALESCE_S,
            )

    def _keep_up(self, assignment: Assignment) -> None:
        """A station whose unit goes after all is not told to stand down."""
        unit = self._state.board.units.get(assignment.unit_id)
        own = (unit.agency_id, unit.station) if unit else None
        for delivery in self._of_incident(assignment.incident_id):
            waits = delivery.about == "cancel" and delivery.state == "queued"
            if waits and (delivery.agency_id, delivery.station) == own:
                self._set(dropped(self._state, delivery, "its unit is sent"))

    def stand_down(self, bodies: Iterable[ev.EventBody]) -> None:
        """Stations that were alerted and do not go hear it: others went, or all is over.

        While the displayed recommendation still names a unit of theirs that is not sent, they wait.
        """
        sent: dict[str, list[Assignment]] = {}
        for body in bodies:
            if isinstance(body, ev.UnitAssigned):
                sent.setdefault(body.assignment.incident_id, []).append(body.assignment)
            elif isinstance(body, ev.IncidentClosed):
                self._stand_down_all(body.incident_id, "the incident is closed")
            elif isinstance(body, ev.IncidentMerged):
                self._stand_down_all(body.merged.id, f"it is one with {body.incident.number}")
            elif isinstance(body, ev.RecommendationMade):
                self._stand_down_passed_over(body.recommendation)
        for incident_id, incident in self._after.items():
            before = self._state.board.incidents.get(incident_id)
            if before is not None and before.asks_for_units and not incident.asks_for_units:
                held = incident.hold is not None
                why = "the incident is held" if held else "it is scheduled for later"
                self._stand_down_all(incident_id, why)
            elif before is not None:
                over = {leg.discipline for leg in before.legs if leg.state != "closed"}
                over -= {leg.discipline for leg in incident.legs if leg.state != "closed"}
                self._stand_down_all(incident_id, "its part is over", over)
        for incident_id, assignments in sent.items():
            self._stand_down_others(incident_id, assignments)

    def _stand_down_all(
        self, incident_id: str, why: str, of: Collection[Discipline] | None = None
    ) -> None:
        """At its end, or while nobody is to go: all but those whose units were told to go.

        Args:
            incident_id: The incident.
            why: What is kept with a message that does not leave any more.
            of: The disciplines whose stations it is about; None: all.
        """
        if of is not None and not of:
            return
        units = self._state.board.units
        unknown = {
            d.agency_id
            for d in self._of_incident(incident_id)
            if d.unit_id and d.unit_id not in units
        }
        for agency_id, station, channel in self._alerted(incident_id):
            concerned = of is None or self._state.policy.disciplines.get(agency_id) in of
            if concerned and agency_id not in unknown:
                self._cancel(incident_id, agency_id, station, channel, why)

    def _stand_down_passed_over(self, advice: Recommendation) -> None:
        """Where units are on it already, what is recommended beside them says who still waits."""
        live = self._state.board.live_of_incident(advice.incident_id)
        if live:
            self._stand_down_others(advice.incident_id, live, advice)

    def _stand_down_others(
        self, incident_id: str, sent: Sequence[Assignment], advice: Recommendation | None = None
    ) -> None:
        """After units were sent: those of the same disciplines that are not asked any more."""
        board, policy = self._state.board, self._state.policy
        advice = advice or board.recommendations.get(incident_id)
        going = [a.unit_id for a in (*sent, *board.live_of_incident(incident_id))]
        going += [pick.unit_id for pick in advice.picks] if advice else []
        if any(unit_id not in board.units for unit_id in going):
            return
        incident = self._incident(incident_id)
        stay = {(board.units[u].agency_id, board.units[u].station) for u in going}
        agencies = {a.agency_id for a in sent}
        disciplines = {a.discipline for a in sent}
        if incident is not None:  # a part that still waits may be given to anybody yet
            disciplines -= {leg.discipline for leg in incident.legs if leg.state == "pending"}
        for agency_id, station, channel in self._alerted(incident_id):
            discipline = policy.disciplines.get(agency_id)
            concerned = agency_id in agencies or discipline in disciplines
            if concerned and (agency_id, station) not in stay:
                self._cancel(incident_id, agency_id, station, channel, "others were sent")

    def _cancel(
        self, incident_id: str, agency_id: str, station: str, channel: str, why: str
    ) -> None:
        """Drop what has not left, and take back what has, once."""
        own = self._of_station(incident_id, agency_id, station, channel)
        incident, alert = self._incident(incident_id), self._standing(own)
        for delivery in own:
            if delivery.tells and delivery.state == "queued":
                self._set(dropped(self._state, delivery, why))
        if incident is None or alert is None:
            return
        if any(d.out for d in _told_since(alert, own)):
            self._tell_station("cancel", incident, agency_id, station, channel)

    def take_back_alert(self, alert: Delivery) -> None:
        """It was on its way when it was dropped: its station waits for nothing.

        Unless it was alerted anew, or its units were sent since.
        """
        key = (alert.agency_id, alert.station, alert.channel)
        own = self._of_station(alert.incident_id, *key)
        incident = self._incident(alert.incident_id)
        arrived = alert.model_copy(update={"state": "sent"})
        standing = self._standing([arrived if d.id == alert.id else d for d in own])
        if incident is not None and standing is not None and standing.id == alert.id:
            self._tell_station("cancel", incident, *key)


def _as_changed(incident: Incident, body: _Changes) -> Incident:
    """The incident after the event, as far as crews and stations are told of it."""
    if isinstance(body, ev.LegChanged):
        return incident.model_copy(update={"legs": incident.with_leg(body.leg)})
    if isinstance(body, ev.IncidentHeld):
        return incident.model_copy(update={"hold": body.hold})
    if isinstance(body, ev.HoldOver):
        over = incident.hold and incident.hold.model_copy(update={"over": True})
        return incident.model_copy(update={"hold": over})
    if isinstance(body, ev.IncidentScheduled):
        return incident.model_copy(update={"schedule": body.schedule})
    if isinstance(body, ev.ScheduleDue):
        due = incident.schedule and incident.schedule.model_copy(update={"due": True})
        return incident.model_copy(update={"schedule": due})
    names = ("type_label", "priority", "place", "legs", "hazards")
    given = {name: value for name in names if (value := getattr(body, name)) is not None}
    return incident.model_copy(update=given)


def _told_since(alert: Delivery, own: Sequence[Delivery]) -> list[Delivery]:
    """An alert and what corrects it, of what its station knows or is about to, in that order."""
    updates = [
        d
        for d in own
        if d.about == "update" and d.queued_at >= alert.queued_at and _may_be_known(d)
    ]
    return [alert, *updates]


def _may_be_known(delivery: Delivery) -> bool:
    """Whether its receiver has it, may have it, or is about to get it."""
    return delivery.out or delivery.state == "queued"


def changed(delivery: Delivery) -> Draft:
    """The event that says how a message stands from now on."""
    return Draft(body=ev.DeliveryChanged(delivery=delivery), audience=delivery.audience)


def dropped(state: State, delivery: Delivery, why: str) -> Delivery:
    """The message, never to be sent."""
    update = {"state": "dropped", "state_at": state.now, "next_at": None, "why": why}
    return delivery.model_copy(update=update)


def decide_report_sending(state: State, command: ReportSending) -> list[Draft]:
    """What came of an attempt. One that arrived although its assignment ended is taken back.

    Raises:
        NotFound: There is no such message.
    """
    delivery = _delivery(state, command.delivery_id)
    if command.result == "sent" or command.result == "delivered":
        return _went(state, delivery, command.result) + _works_again(state, delivery)
    if delivery.state == "dropped" and command.result == "retry":
        tried = delivery.model_copy(update={"attempts": delivery.attempts + 1})
        return [changed(tried), *_take_back(state, tried)]  # it may have arrived all the same
    if delivery.state != "queued":
        return []
    if command.result == "dropped":
        gone = dropped(state, delivery, command.why)
        return [changed(gone), *(_take_back(state, gone) if delivery.attempts else ())]
    attempts = delivery.attempts + 1
    update: dict[str, object] = {"attempts": attempts, "why": command.why}
    if command.result == "retry" and attempts <= len(RETRY_AFTER_S):
        asked_s = min(command.retry_after_s or 0.0, RETRY_AFTER_MAX_S)
        wait_s = max(RETRY_AFTER_S[attempts - 1], asked_s)
        update["next_at"] = state.now + timedelta(seconds=wait_s)
        tried = delivery.model_copy(update=update)
        fails = attempts >= FAILS_AFTER
        return [changed(tried), *(_fails(state, tried, command.why) if fails else [])]
    update |= {"state": "failed", "state_at": state.now, "next_at": None}
    failed = delivery.model_copy(update=update)
    fault = [] if command.one_receiver else _fails(state, failed, command.why)
    return [changed(failed), *fault, *_after_failure(state, failed)]


def _fails(state: State, delivery: Delivery, why: str) -> list[Draft]:
    """Its channel fails from now on; the time stays while it does, the reason is the latest."""
    return _fault_drafts(state, delivery.agency_id, delivery.channel, why, standing=False)


def _fault_drafts(
    state: State, agency_id: str, channel: str, why: str, *, standing: bool
) -> list[Draft]:
    present = state.board.channel_faults.get(channel_id(agency_id, channel))
    if present is not None and (present.why == why or (present.standing and not standing)):
        return []
    own = state.policy.channels.get(agency_id, ())
    fault = ChannelFault(
        agency_id=agency_id,
        channel=channel,
        adapter=next((known.adapter for known in own if known.name == channel), ""),
        since=present.since if present else state.now,
        why=why,
        standing=standing,
        audience=audience_of(agency_id),
    )
    return [_channel_draft(agency_id, channel, fault)]


def _channel_draft(agency_id: str, channel: str, fault: ChannelFault | None) -> Draft:
    body = ev.ChannelSet(agency_id=agency_id, channel=channel, fault=fault)
    return Draft(body=body, audience=audience_of(agency_id))


def _works_again(state: State, delivery: Delivery) -> list[Draft]:
    fault = state.board.channel_faults.get(channel_id(delivery.agency_id, delivery.channel))
    if fault is None or fault.standing:
        return []
    return [_channel_draft(delivery.agency_id, delivery.channel, None)]


def decide_report_channel(state: State, command: ReportChannel) -> list[Draft]:
    """Nobody takes what the channel was given, or somebody does again; said once each."""
    present = state.board.channel_faults.get(channel_id(command.agency_id, command.channel))
    if command.why:
        return _fault_drafts(state, command.agency_id, command.channel, command.why, standing=True)
    if present is None or not present.standing:
        return []
    return [_channel_draft(command.agency_id, command.channel, None)]


def _went(state: State, delivery: Delivery, to: DeliveryState) -> list[Draft]:
    """It is out. Where its assignment ended meanwhile and the unit is free, it is taken back."""
    if FORWARD[to] <= FORWARD[delivery.state]:
        return []
    moved = _moved(state, delivery, to)
    return [changed(moved), *_take_back(state, moved, dropped=delivery.state == "dropped")]


def _take_back(state: State, delivery: Delivery, *, dropped: bool = True) -> list[Draft]:
    """The cancel of a message that went out, or may have, though what it tells of is over.

    Args:
        state: With the other messages about it, and the units that were sent.
        delivery: As it stands from now on.
        dropped: Whether it was dropped while it was on its way.
    """
    telling = _Telling(state, by_crew=False)
    assignment = state.board.assignments.get(delivery.assignment_id or "")
    if delivery.about == "assignment" and assignment is not None:
        free = state.board.live_of_unit(assignment.unit_id) is None
        if free and not assignment.live and not assignment.arrived:
            telling.take_back(assignment, delivery.channel)
    elif delivery.about == "pre_alert" and dropped:
        telling.take_back_alert(delivery)
    return telling.drafts


def _moved(state: State, delivery: Delivery, to: DeliveryState) -> Delivery:
    update = {"state": to, "state_at": state.now, "next_at": None, "why": ""}
    return delivery.model_copy(update=update)


def _after_failure(state: State, failed: Delivery) -> Iterable[Draft]:
    """The next step at once, where the one that failed had nothing else to wait for."""
    assignment = state.board.assignments.get(failed.assignment_id or "")
    if failed.about != "assignment" or assignment is None:
        return []
    if not assignment.live or assignment.acknowledged_at is not None:
        return []
    channels = state.policy.channels.get(assignment.agency_id, ())
    own = [
        failed if d.id == failed.id else d
        for d in state.board.deliveries.values()
        if d.assignment_id == assignment.id
    ]
    begun = last_step_begun(channels, own)
    if begun < 0 or not step_failed(steps_of(channels)[begun], own):
        return []
    telling = _Telling(state, by_crew=False)
    telling.go_on(assignment)
    return telling.drafts


def decide_report_receipt(state: State, command: ReportReceipt) -> list[Draft]:
    """How far a message has got, as its receiver says; an acknowledgement answers for the crew.

    It answers for the assignment that the message names alone: for a newer one of the same unit it
    says nothing.

    Raises:
        NotFound: There is no such message.
    """
    delivery = _delivery(state, command.delivery_id)
    if FORWARD[command.state] <= FORWARD[delivery.state]:
        return []
    drafts = [changed(_moved(state, delivery, command.state))]
    assignment = state.board.assignments.get(delivery.assignment_id or "")
    if command.state != "acknowledged" or assignment is None or not assignment.live:
        return drafts
    revision = assignment.revision
    if delivery.about == "assignment" and assignment.acknowledged_at is None:
        revision += 1
        body = ev.AssignmentAcknowledged(
            assignment_id=assignment.id,
            revision=revision,
            acknowledged_at=state.now,
            channel="device",
            by=command.actor.account_id,
        )
        drafts.append(Draft(body=body, audience=assignment.audience))
    correction = assignment.place_correction
    says = delivery.said
    named = correction and says and (says.address, says.at) == (correction.to, correction.to_at)
    if named and awaits_correction(assignment):
        drafts.append(answered_draft(state, assignment, "device", revision + 1))
    return drafts


def _delivery(state: State, delivery_id: str) -> Delivery:
    delivery = state.board.deliveries.get(delivery_id)
    if delivery is None:
        raise NotFound(delivery_id=delivery_id)
    return delivery
