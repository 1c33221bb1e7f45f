"""What ``decide`` may look at: the rows of one command, read inside its transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dispatch.domain.board import Board
from dispatch.domain.closure import Closure
from dispatch.domain.commands import Policy
from dispatch.domain.events import Event, SessionOpened
from dispatch.domain.map_fault import MapFault
from dispatch.domain.premise import PremiseNote


@dataclass
class State:
    """Rows, counters and the database's time, for one command.

    ``counters`` holds the last number given out by scope (``incident:2026``); ``fence`` is the
    number of the present leader; ``session`` the session that the command names.
    """

    now: datetime
    board: Board = field(default_factory=Board)
    counters: dict[str, int] = field(default_factory=dict)
    policy: Policy = field(default_factory=lambda: Policy(local_year=1970))
    fence: int = 0
    premises: tuple[PremiseNote, ...] = ()
    """Notes near the place that the command names, or the one that it names."""
    map_faults: tuple[MapFault, ...] = ()
    """The fault of the place that the command names, or the one that it names."""
    ended_closure: Closure | None = None
    """Of ``ProposeClosure``: the one of this id that is over, as it ended."""
    undone: tuple[Event, ...] = ()
    """Of ``Undo``: the events of the command that is to be taken back."""
    session: SessionOpened | None = None
    last_session: bool = False
    """Whether the account of ``session`` has no other open one."""
    sign_ins_failed: int = 0
    """Failed sign-ins under the name that the command counts, within its time."""
    talkgroups_in_use: frozenset[str] = frozenset()
    """Talkgroups that open legs hold anywhere in the region, for commands that send units."""

    def next_number(self, scope: str) -> int:
        """The next number of a scope; asking again gives the one after it."""
        number = self.counters.get(scope, 0) + 1
        self.counters[scope] = number
        return number


def incident_scope(year: int) -> str:
    """The counter of the hub's own incident numbers."""
    return f"incident:{year}"


def case_scope(agency_id: str, year: int) -> str:
    """The counter of one agency's case numbers."""
    return f"case:{agency_id}:{year}"


def bolo_scope(year: int) -> str:
    """The counter of the references of BOLOs."""
    return f"bolo:{year}"
