"""An agency's own status codes, each with the common core's code that it means."""

from __future__ import annotations

from typing import Literal, get_args

from jurisdictions.values import Value

CoreCode = Literal["DP", "ER", "ST", "OS", "TR", "AH", "AV", "OOS"]
CORE_CODES: tuple[CoreCode, ...] = get_args(CoreCode)


class AgencyStatus(Value):
    """A row of ``statuses.csv``: ``code`` and ``label`` are the agency's, ``core`` everybody's.

    Several codes may mean one core status, as *at the door* and *with the patient* both mean OS.
    ``allowed_from`` are the agency's own codes that it may follow; empty for DP, which sending
    gives, and for OOS, which only a free unit takes.
    """

    code: str
    label: str
    core: CoreCode
    allowed_from: tuple[str, ...] = ()
    shortcut: str = ""
    """A shorter word that consoles take for it; empty: there is none."""
