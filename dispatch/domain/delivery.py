"""A delivery: one message to one crew or station on one channel, and how far it has got. Pure.

An agency's channels are tried in their order: those up to the first with a limit go out together as
one step, and when that limit passes in silence the next step goes out. The tablet is in the chain
for its limit alone: every assignment reaches it by the stream, and how far it got there stands on
the assignment.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final, Literal, NamedTuple

from dispatch.domain.assignment import Assignment
from dispatch.domain.crew_facts import CrewFacts, FactChange
from dispatch.domain.incident import Incident
from dispatch.domain.values import AgencySet, Id, ShortText, UtcTime, Value
from jurisdictions.roster import DeliveryChannel

DeliveryState = Literal["queued", "sent", "delivered", "seen", "acknowledged", "failed", "dropped"]
About = Literal["assignment", "update", "cancel", "pre_alert"]

TABLET: Final = "tablet"
DEFAULT_LIMIT_S: Final = 15.0
"""Seconds of silence before it grows louder, where no channel says otherwise."""
LOUD_STEPS: Final = 3
"""The console, a second position, the supervisor: silence grows louder at least so often."""
RETRY_AFTER_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""How long after each failed attempt the next one is made; after the last it has failed."""
COALESCE_S: Final = 3.0
"""How long an update waits for what else changes: an address is corrected in several keys."""
SURELY_HELD_S: Final = 1.0
"""An update that is due later than this has not left yet, so it can still be written anew."""
RETRY_AFTER_MAX_S: Final = 60.0
"""However long a receiver asks to be left alone: a crew waits for this."""

FORWARD: Final[dict[DeliveryState, int]] = {
    "queued": 0,
    "dropped": 0,
    "failed": 0,
    "sent": 1,
    "delivered": 2,
    "seen": 3,
    "acknowledged": 4,
}
"""A receipt moves a delivery forward only: they may come late, twice, or in another order."""


class Delivery(Value):
    """One message. ``id`` is the idempotency key of every attempt to send it.

    A message to a crew names its assignment and unit, one to a station before units are sent
    (``pre_alert``, and the ``update`` or ``cancel`` of one) the station. Where it goes is the
    region's to say, and does not stand here.
    """

    id: Id
    incident_id: Id
    assignment_id: Id | None = None
    unit_id: Id | None = None
    station: ShortText = ""
    agency_id: Id
    channel: ShortText
    about: About = "assignment"
    number: int = 0
    """The n-th message about this, by this channel."""
    said: CrewFacts | None = None
    """What stood when it was queued: the oldest that its receiver may have been told."""
    changed: tuple[FactChange, ...] = ()
    """Of an update: what is another now than the receiver was told before."""
    state: DeliveryState = "queued"
    state_at: UtcTime
    queued_at: UtcTime
    attempts: int = 0
    """Attempts that failed so far."""
    next_at: UtcTime | None = None
    """When it is to be sent; None: nothing is left to send."""
    why: ShortText = ""
    """Why the last attempt failed, or why it was never sent."""
    audience: AgencySet

    @property
    def out(self) -> bool:
        """Whether its receiver has it, or may have it though no answer came."""
        return FORWARD[self.state] > 0 or self.attempts > 0

    @property
    def tells(self) -> bool:
        """Whether it tells a crew or a station where to go and to what."""
        return self.about != "cancel"

    @property
    def place_in_line(self) -> tuple[datetime, bool, int]:
        """Orders the messages of one channel about one thing as they were queued."""
        return (self.queued_at, self.about not in ("assignment", "pre_alert"), self.number)

    @property
    def concerns(self) -> tuple[str, str]:
        """The assignment, or the incident and station, that it is about."""
        return (self.assignment_id or self.incident_id, self.station)

    @property
    def lane(self) -> tuple[str, str, str]:
        """Messages of one lane leave one after the other, so that none overtakes another."""
        return (self.agency_id, self.channel, self.unit_id or self.station)


def delivery_id(about: About, subject: str, channel: str, number: int) -> str:
    """The id of the n-th message about a subject (an assignment, or an incident and station)."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{about}:{subject}:{channel}:{number}").hex


def ready(queued: Iterable[Delivery], now: datetime) -> list[Delivery]:
    """What may leave now, the longest due first: no update overtakes what it corrects.

    Args:
        queued: What is to be sent, due or not.
        now: By the database's clock.
    """
    waiting = list(queued)
    due = [d for d in waiting if d.next_at is not None and d.next_at <= now]
    free = [d for d in due if d.about != "update" or not any(_goes_before(w, d) for w in waiting)]
    return sorted(free, key=lambda d: (d.next_at, d.id))


def _goes_before(other: Delivery, update: Delivery) -> bool:
    same = (other.concerns, other.channel) == (update.concerns, update.channel)
    earlier = other.place_in_line < update.place_in_line
    return same and other.tells and other.next_at is not None and earlier


def standing_alert(own: Iterable[Delivery]) -> Delivery | None:
    """The latest alert of a station that is neither dropped nor taken back; None: there is none.

    Args:
        own: What one station was told of one incident by one channel. A cancel has the number of
            the alert that it takes back.
    """
    told = list(own)
    alerts = [d for d in told if d.about == "pre_alert" and d.state != "dropped"]
    if not alerts:
        return None
    latest = max(alerts, key=lambda alert: alert.number)
    over = any(
        d.about == "cancel" and d.state != "dropped" and d.number >= latest.number for d in told
    )
    return None if over else latest


class Step(NamedTuple):
    """Channels that go out together, and the seconds of silence before the next step."""

    channels: tuple[DeliveryChannel, ...]
    limit_s: float

    @property
    def sent(self) -> tuple[DeliveryChannel, ...]:
        """Those that are sent: all but the tablet, which has it already."""
        return tuple(channel for channel in self.channels if channel.adapter != TABLET)


def steps_of(channels: Sequence[DeliveryChannel]) -> tuple[Step, ...]:
    """An agency's channels as the steps in which they are tried."""
    steps: list[Step] = []
    together: list[DeliveryChannel] = []
    for channel in channels:
        together.append(channel)
        if channel.limit_s > 0:
            steps.append(Step(tuple(together), channel.limit_s))
            together = []
    return (*steps, Step(tuple(together), DEFAULT_LIMIT_S)) if together else tuple(steps)


def silence_limits_s(channels: Sequence[DeliveryChannel]) -> tuple[float, ...]:
    """Seconds after sending at which silence grows louder, rising.

    One for each step of the channels, and at least ``LOUD_STEPS``: 15, 30 and 45 s where the agency
    names no channel (RELIABILITY: New York 2013).
    """
    waits = [step.limit_s for step in steps_of(channels)]
    waits += [DEFAULT_LIMIT_S] * (LOUD_STEPS - len(waits))
    return tuple(accumulate(waits))


def last_step_begun(channels: Sequence[DeliveryChannel], deliveries: Iterable[Delivery]) -> int:
    """The last step of which something was queued for an assignment; -1: none was."""
    told = {delivery.channel for delivery in deliveries if delivery.about == "assignment"}
    begun = [
        index
        for index, step in enumerate(steps_of(channels))
        if any(channel.name in told for channel in step.channels)
    ]
    return max(begun, default=-1)


def step_failed(step: Step, deliveries: Iterable[Delivery]) -> bool:
    """Whether nothing of the step can reach the crew any more, so that waiting is of no use."""
    if len(step.sent) < len(step.channels):
        return False
    state = {d.channel: d.state for d in deliveries if d.about == "assignment"}
    return all(state.get(channel.name) == "failed" for channel in step.channels)


def why_withheld(
    delivery: Delivery,
    incident: Incident,
    assignment: Assignment | None,
    live_of_unit: Assignment | None,
) -> str:
    """Why a message must not be sent any more; empty: send it.

    Args:
        delivery: What is about to be sent.
        incident: As it stands, open or closed.
        assignment: The one that the message names, as it stands; None: it names none.
        live_of_unit: What the message's unit is on now, or None.

    A cancel belongs to the assignment that it names: once another one of the unit stands, whoever
    is told "cancel" would turn back from that.
    """
    if delivery.station and delivery.about == "cancel":
        return ""
    if delivery.station:
        if incident.state == "closed":
            return "the incident is closed"
        if incident.scheduled:
            return "it is scheduled for later"
        return "" if incident.pending else "units are sent already"
    if assignment is None:
        return "its assignment is gone"
    if delivery.about == "cancel":
        if live_of_unit is None:
            return ""
        same = live_of_unit.id == assignment.id
        return "the unit is on it again" if same else "a newer assignment of the unit stands"
    return "" if assignment.live else "the unit was released before it was sent"
