"""A call: one contact by voice, text or alarm. Many calls may speak of one incident, or none."""

from __future__ import annotations

from typing import Literal

from dispatch.domain.values import AgencySet, Id, ShortText, UtcTime, Value
from geodata.shapes import Shape

Channel = Literal["voice", "text", "alarm"]

CallOutcome = Literal[
    "administrative",
    "information",
    "misdial",
    "silent",
    "abandoned",
    "alarm_company",
    "repossession",
    "transferred",
    "duplicate",
    "other",
]
"""What became of a call that made no incident (NENA-STA-020 asks for each to be accounted for)."""

PERSONAL_FIELDS = ("callback", "caller_name")
"""Fields of a call that never stand in the chained body of an event."""


CallbackCause = Literal["silent", "abandoned"]
CallbackResult = Literal["answered", "no_answer", "busy"]


class CallbackTry(Value):
    """One attempt to call back, and what came of it."""

    at: UtcTime
    by: Id
    result: CallbackResult


class Callback(Value):
    """A caller who must be called back: why, by when, and what was tried.

    ``due_at`` None: nobody needs to try again.
    """

    cause: CallbackCause
    due_at: UtcTime | None
    tries: tuple[CallbackTry, ...] = ()


class Call(Value):
    """One contact.

    ``caller_location`` is where the caller's device is said to be; the incident's place is another
    thing and is never filled from it. ``callback`` and ``caller_name`` are personal values: they
    travel beside the event's body and are None for whoever may not see them.
    """

    id: Id
    channel: Channel
    received_at: UtcTime
    answered_at: UtcTime | None = None
    callback: ShortText | None = None
    caller_name: ShortText | None = None
    caller_location: Shape | None = None
    said: ShortText = ""
    """The place as the caller said it."""
    incident_id: Id | None = None
    taken_by: Id
    callback_task: Callback | None = None
    outcome: CallOutcome | None = None
    """Of a call that made no incident and is done with; None while it is open."""
    closed_at: UtcTime | None = None
    audience: AgencySet
