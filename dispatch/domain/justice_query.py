"""A question to a centre's own query service, about a plate or a warrant. Values only.

What was asked for and what was answered are criminal justice information: neither stands in an
event, on a board or in a log. They lie in a store of their own, for a short while.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dispatch.domain.values import AgencySet, Id, ShortText, UtcTime, Value

QueryKind = Literal["plate", "warrant"]
Purpose = Literal["traffic_stop", "investigation", "warrant_service", "officer_safety"]
"""A closed list: words of one's own could name whom the log must not."""

QueryEnd = Literal["answered", "timed_out", "failed", "off"]

AnswerLine = Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)]


class JusticeQuery(Value):
    """Who asked what kind for what purpose, on which incident: all that the log keeps of it."""

    id: Id
    what: QueryKind
    purpose: Purpose
    incident_id: Id
    unit_id: Id | None = None
    """The unit on the stop that is shown the answer too."""
    agency_id: Id
    """Of the law; its retention holds for the answer."""
    asked_by: Id
    asked_at: UtcTime
    audience: AgencySet


class QueryAnswer(Value):
    """What the service said. ``caution`` is the first thing that is read, empty: none."""

    found: bool
    caution: AnswerLine = ""
    lines: Annotated[tuple[AnswerLine, ...], Field(max_length=40)] = ()


class KeptQuery(Value):
    """Out of the store: the question with its words, and how it ended; None: not yet, or never."""

    query: JusticeQuery
    words: ShortText
    ended: QueryEnd | None = None
    why: ShortText = ""
    answer: QueryAnswer | None = None
    kept_until: UtcTime
