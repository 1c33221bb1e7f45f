"""Looking back: the board as it was at an instant or an event, and what each console had of it.

Whoever looks sees what they may see now, by their own agencies and role, never more because it is
long ago; and that they looked stands in the log.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from dispatch.domain.board import Board, BoardSnapshot, board_from
from dispatch.domain.commands import RecordReading
from dispatch.domain.errors import HistoryNotKept, InvalidInput, NotFound
from dispatch.domain.events import Event
from dispatch.domain.looking_back import ConsoleLink, Known, known_by, lacked, may_look_at
from dispatch.domain.redaction import Profile, may_receive, redact_board, redact_event
from dispatch.domain.unit import Fix
from dispatch.domain.values import Actor, may_see
from dispatch.realtime.fixes import audience_of_fixes
from dispatch.services.hub import Hub
from dispatch.store.event_log import read_events, read_head
from dispatch.store.kept_boards import board_of, nearest_board, seq_at, time_of
from dispatch.store.kept_fixes import fixes_at, kept_since, kept_then
from dispatch.store.receipts import links_at

FOLD_MOST = 20_000
"""Events read for one look at most; from a kept board it is a tenth of that."""
NAMED_FOR = timedelta(minutes=15)
"""A console that is gone goes on showing what it had: it is named so long."""
MISSING_MOST = 200
_UNREAD_MOST = 5_000
STEPS_EACH_WAY = 100


@dataclass(frozen=True)
class ConsoleThen:
    """What a console had at the instant; the lists hold what it lacked, oldest first."""

    known: Known
    under_way: tuple[Event, ...]
    unsent: tuple[Event, ...]
    unknown: tuple[Event, ...]
    """Whether these had been sent nobody knows."""
    more: int
    """How many more it lacked than are listed."""
    counted: bool
    """False: it was so far behind that what it lacked was not counted."""


@dataclass(frozen=True)
class LookBack:
    """The board at an event, as this viewer may see it, and the consoles of that instant."""

    seq: int
    at: datetime | None
    """When the event was committed."""
    asked_at: datetime
    """The instant that is looked at: what was asked for, or the event's own."""
    head: int
    board: BoardSnapshot
    as_of_seq: int
    """The event that ``board`` stands at: ``seq``, or what the chosen console had acknowledged."""
    consoles: tuple[ConsoleThen, ...]
    steps: tuple[Event, ...]
    """Events around it that this viewer may see, to step by."""
    positions: Positions


@dataclass(frozen=True)
class Positions:
    """Where the units were that this viewer may see: of each its last fix at or before the instant.

    ``since`` is the first minute of which positions are kept; None: none are. ``kept`` is False
    where nobody kept any at the instant: then the fixes are the last from before that.
    """

    fixes: tuple[Fix, ...]
    since: datetime | None
    kept: bool


def look_back(
    connection: Connection,
    actor: Actor,
    profile: Profile,
    now: datetime,
    *,
    seq: int | None,
    at: datetime | None,
    session_id: str | None,
) -> LookBack:
    """The board as it was, from the nearest kept board and the events after it.

    Args:
        connection: Reading.
        actor: Who looks.
        profile: Of their role.
        now: This moment.
        seq: The event to stand at; or
        at: the instant: the last event until then.
        session_id: Of a console: the board is then the part of it that this one had acknowledged.

    Raises:
        InvalidInput: Neither or both of ``seq`` and ``at``, or after the end of the log.
        HistoryNotKept: No kept board is near.
        NotFound: No such console then, or not for this viewer.
    """
    head = read_head(connection).seq
    if (seq is None) == (at is None):
        raise InvalidInput("Say either the event's number or the instant.", field="seq")
    if seq is None:
        assert at is not None
        if at > now:
            raise InvalidInput("That instant has not come yet.", field="at")
        seq = seq_at(connection, at)
    if not 1 <= seq <= head:
        raise InvalidInput(f"The log goes from 1 to {head}.", field="seq")
    committed_at = time_of(connection, seq)
    instant = at or committed_at or now
    consoles = _consoles_then(connection, actor, profile, instant, now, seq)
    as_of, drawn_at, link = seq, instant, None
    if session_id is None:
        board = _board(connection, seq)
    else:
        chosen = next((c for c in consoles if c.known.link.session_id == session_id), None)
        if chosen is None:
            raise NotFound(session_id=session_id)
        link = chosen.known.link
        drawn_at = instant if chosen.known.connected else link.ended_at or instant
        as_of = min(chosen.known.acked, seq)
        whole = _board(connection, as_of)
        board = board_from(redact_board(whole, link.agencies, link.profile), as_of)
    return LookBack(
        seq=seq,
        at=committed_at,
        asked_at=instant,
        head=head,
        board=redact_board(board, actor.agencies, profile),
        as_of_seq=as_of,
        consoles=consoles,
        steps=_steps(connection, actor, profile, seq),
        positions=_positions(connection, board, actor, link, drawn_at),
    )


def _positions(
    connection: Connection, board: Board, actor: Actor, link: ConsoleLink | None, at: datetime
) -> Positions:
    """As the stream would show them: by the agencies of the board of then, and of a console's."""
    wanted = [
        unit_id
        for unit_id, audience in sorted(audience_of_fixes(board).items())
        if may_see(actor.agencies, audience) and (link is None or may_see(link.agencies, audience))
    ]
    fixes = tuple(fixes_at(connection, wanted, at))
    return Positions(fixes, kept_since(connection), kept_then(connection, at))


def _board(connection: Connection, seq: int) -> Board:
    base = nearest_board(connection, seq)
    if seq - base.seq > FOLD_MOST:
        raise HistoryNotKept(seq=seq, kept=base.seq)
    return board_of(connection, base, seq)


def _consoles_then(
    connection: Connection,
    actor: Actor,
    profile: Profile,
    at: datetime,
    now: datetime,
    seq: int,
) -> tuple[ConsoleThen, ...]:
    known = [
        known
        for known in known_by(links_at(connection, at, now, NAMED_FOR), at)
        if may_look_at(actor.agencies, known.link)
    ]
    first = min((k.acked for k in known if seq - k.acked <= _UNREAD_MOST), default=seq)
    events = [logged.event for logged in read_events(connection, first, max(1, seq - first))]
    found = []
    for console in known:
        if seq - console.acked > _UNREAD_MOST:
            found.append(ConsoleThen(console, (), (), (), 0, counted=False))
            continue
        room, listed = MISSING_MOST, []
        lacks = lacked(console, events, seq, actor.agencies, profile)
        for some in (lacks.under_way, lacks.unknown, lacks.unsent):  # as their numbers rise
            listed.append(_readable(some[:room], profile))
            room -= len(some[:room])
        under_way, unknown, unsent = listed
        more = sum(map(len, lacks)) - (MISSING_MOST - room)
        found.append(ConsoleThen(console, under_way, unsent, unknown, more, counted=True))
    return tuple(found)


def _steps(connection: Connection, actor: Actor, profile: Profile, seq: int) -> tuple[Event, ...]:
    around = read_events(connection, max(0, seq - STEPS_EACH_WAY), 2 * STEPS_EACH_WAY)
    mine = [e.event for e in around if may_receive(e.event, actor.agencies, profile)]
    return _readable(mine, profile)


def _readable(events: list[Event], profile: Profile) -> tuple[Event, ...]:
    redacted = (redact_event(event, profile) for event in events)
    return tuple(event for event in redacted if event is not None)


async def record_look(hub: Hub, actor: Actor, about: datetime, session_id: str | None) -> None:
    """Write that somebody looked: once an hour for each minute, and console, that is looked at."""
    await hub.submit(look_of(actor, about, session_id, hub.now()))


def look_of(
    actor: Actor, about: datetime, session_id: str | None, now: datetime, person: str = ""
) -> RecordReading:
    """The command that writes down a look; the same within an hour for the same minute and console.

    Args:
        actor: Who looks.
        about: The instant that is looked at.
        session_id: Of the console whose board is looked at.
        now: This moment.
        person: Who that is at this machine, where the actor does not say it.
    """
    whose = f"{actor.account_id} {session_id or ''} {about:%Y%m%d%H%M} {now:%Y%m%d%H} {person}"
    what_for = (f"{about:%Y-%m-%dT%H:%M}Z", session_id or "", person and f"by {person}")
    return RecordReading(
        command_id=f"look-{hashlib.sha256(whose.strip().encode()).hexdigest()[:32]}",
        actor=actor,
        what="board",
        about=" ".join(part for part in what_for if part)[:200],
    )
