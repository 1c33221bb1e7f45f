"""What the hub has acknowledged, held against what its log says. Sans I/O.

A 2xx is a promise: the command stands in the log for ever. A command that changed nothing (a second
acknowledgement) has no event of its own; then the fact that it asked for must stand there instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.events import Event

FACTS_KEPT = 200_000
"""Older ones are forgotten: no client asks for what was done so long ago."""


class Promise(NamedTuple):
    """One acknowledged command: ``seq`` as answered, and the fact that would do in its stead."""

    command_id: str
    seq: int
    what: str
    fact: str | None = None


def facts_of(event: Event) -> Iterable[str]:
    """What an event proves, as words that a promise may name."""
    yield event.command_id
    body = event.body
    if isinstance(body, ev.AssignmentReceived):
        yield f"received:{body.assignment_id}"
    elif isinstance(body, ev.AssignmentAcknowledged):
        yield f"acknowledged:{body.assignment_id}"
    elif isinstance(body, ev.AssignmentStatusChanged):
        yield f"{body.status}:{body.assignment_id}"
    elif isinstance(body, ev.AssignmentReleased):
        yield f"cleared:{body.assignment_id}"
        yield f"received:{body.assignment_id}"
        yield f"acknowledged:{body.assignment_id}"
    elif isinstance(body, ev.UnitAssigned) and body.assignment.acknowledged_at is not None:
        yield f"received:{body.assignment.id}"
        yield f"acknowledged:{body.assignment.id}"


class Promises:
    """Promises still to be found in the log, and what was found of it so far."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self._open: dict[str, Promise] = {}
        self._facts: dict[str, None] = {}

    def add(self, promise: Promise) -> None:
        """The hub answered 2xx."""
        self.acknowledged += 1
        self._open[promise.command_id] = promise

    def take_in(self, events: Iterable[Event]) -> None:
        """The next stretch of the log, in order, without a gap."""
        for event in events:
            self._facts.update(dict.fromkeys(facts_of(event)))
        kept = [
            command_id
            for command_id, promise in self._open.items()
            if command_id in self._facts or promise.fact in self._facts
        ]
        for command_id in kept:
            del self._open[command_id]
        surplus = len(self._facts) - FACTS_KEPT
        for old in list(islice(self._facts, max(surplus, 0))):
            del self._facts[old]

    def broken(self) -> list[Promise]:
        """Promises that the log does not keep; ask when it was taken in to its end."""
        return list(self._open.values())
