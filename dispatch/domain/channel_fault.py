"""A channel of an agency that reaches nobody: since when, and why. It stands until it works."""

from __future__ import annotations

from dispatch.domain.values import AgencySet, Id, ShortText, UtcTime, Value

FAILS_AFTER: int = 2
"""Attempts of one message that fail in a row before its channel is said to fail: one may be lost
on any line, and is tried again within a second."""


class ChannelFault(Value):
    """What the dispatcher is told of a channel that fails, whatever message it failed with.

    ``standing`` says that nobody takes what the channel was given (pages that lie in a printer's
    folder): only its being taken ends that. Any other fault ends with the next message sent.
    """

    agency_id: Id
    channel: ShortText
    adapter: ShortText
    since: UtcTime
    why: ShortText
    standing: bool = False
    audience: AgencySet

    @property
    def id(self) -> str:
        """Of the channel: ``fire-a/pager``."""
        return channel_id(self.agency_id, self.channel)


def channel_id(agency_id: str, channel: str) -> str:
    """One word for a channel of an agency."""
    return f"{agency_id}/{channel}"
