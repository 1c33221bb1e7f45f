"""The interface of an adapter, and what it is given to send.

An adapter hands a message over and says what its receiver answered. It keeps nothing: trying
again, the next channel and the record are the hub's. The same message may come twice, after a crash
between sending and recording; ``Message.id`` is then the same, and the receiver acts on it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from dispatch.domain.crew_facts import FactChange
from dispatch.domain.delivery import About
from geodata.lonlat import LonLat


@dataclass(frozen=True)
class Message:
    """What a crew or station is told. It names no caller and carries no narrative.

    Times are aware, ``time_zone`` is the region's, for adapters that write for people.
    """

    id: str
    """The idempotency key: the same for every attempt."""
    about: About
    target: str
    """Where it goes, as the region says: a URL, an address or a printer, with its placeholders."""
    agency_id: str
    channel: str
    assignment_id: str | None
    """Of a cancel: the assignment that is taken back, and no other."""
    unit_id: str | None
    station: str
    incident_number: str
    type_label: str
    priority: int
    alarm_level: int
    address: str
    cross_street: str
    municipality: str
    at: LonLat
    talkgroup: str
    hazards: tuple[str, ...]
    assigned: tuple[str, ...]
    """All units on the incident, in the order of sending."""
    queued_at: datetime
    time_zone: str
    attempt: int
    """1 is the first."""
    changed: tuple[FactChange, ...] = ()
    """Of an update: what is another now, and what the crew was told before."""


class Receipt(NamedTuple):
    """What the receiver answered: ``sent``, it took it over; ``delivered``, it is with the crew."""

    state: Literal["sent", "delivered"]


class SendFailed(Exception):
    """The message was not taken over, as far as one can tell.

    Args:
        why: For the dispatcher's screen: a few words, no secret, nobody's address.
        again: Whether another attempt may help.
        retry_after_s: How long the receiver asks to be left alone.
        one_receiver: It says nothing of the channel: this unit alone has no receiver on it.
    """

    def __init__(
        self,
        why: str,
        *,
        again: bool,
        retry_after_s: float | None = None,
        one_receiver: bool = False,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.again = again
        self.retry_after_s = retry_after_s
        self.one_receiver = one_receiver


@runtime_checkable
class Watched(Protocol):
    """An adapter that can see whether what it handed over is taken from there."""

    async def untaken(self, target: str) -> str:
        """Why a channel reaches nobody though its messages are *sent*; empty: it does not.

        Args:
            target: As the region says it, with its placeholders.
        """
        ...


class Adapter(Protocol):
    """Hands messages to one kind of receiver."""

    async def send(self, message: Message) -> Receipt:
        """Hand the message over, once, within a time of the adapter's own.

        Raises:
            SendFailed: It was not taken over.
        """
        ...
