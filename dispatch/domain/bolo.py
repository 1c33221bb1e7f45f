"""A BOLO: whom or what crews are to look out for. Values only; the rules are in ``bolos``."""

from __future__ import annotations

from typing import Literal

from dispatch.domain.values import AgencySet, Id, LongText, ShortText, UtcTime, Value

BoloKind = Literal["person", "vehicle", "property", "other"]
BoloEnd = Literal["expired", "cancelled"]


class Bolo(Value):
    """One notice, with its end and its audience from the first.

    ``text`` is a personal value: it travels beside the event's body, lies apart from the log's
    chain, and is empty where it was deleted. ``ref`` is what people say: ``B12``.
    """

    id: Id
    ref: ShortText
    kind: BoloKind = "other"
    text: LongText = ""
    agency_id: Id | None = None
    """On whose behalf it was issued; None: the centre's."""
    municipality: ShortText = ""
    """The area that it is for; empty: not for one alone."""
    incident_id: Id | None = None
    author: Id
    issued_at: UtcTime
    expires_at: UtcTime
    ended_at: UtcTime | None = None
    ended: BoloEnd | None = None
    ended_by: Id | None = None
    ended_why: ShortText = ""
    audience: AgencySet
