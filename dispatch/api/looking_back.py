"""Route of looking back: the board as it was, and what each console had received by then."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from dispatch.api.auth import Acting, profile_of_actor
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Read
from dispatch.domain.board import BoardSnapshot
from dispatch.domain.events import Event
from dispatch.domain.looking_back import ConsoleLink
from dispatch.domain.unit import Fix
from dispatch.domain.values import Id, UtcTime, Value
from dispatch.services.looking_back import ConsoleThen, LookBack, look_back, record_look

router = APIRouter(prefix="/look-back", tags=["looking back"])


class ConsoleAnswer(Value):
    """A console at the instant: what it had, and what it lacked of what the viewer may see."""

    link: ConsoleLink
    connected: bool
    sent: int
    """The last event that was written to it, as far as is known."""
    sent_most: int | None
    """Nothing after this event had been written to it; null: nobody knows."""
    sent_at: UtcTime | None
    acked: int
    """The last event that it said it has; 0: none."""
    acked_at: UtcTime | None
    known_until: UtcTime | None
    """What it was sent and acknowledged after this is not known, since the hub process that served
    it ended without a word, or has not written it down yet; null: all of it is known."""
    under_way: tuple[Event, ...]
    unsent: tuple[Event, ...]
    """Surely not sent."""
    unknown: tuple[Event, ...]
    """Whether these had been sent is not known."""
    more: int
    counted: bool
    """False: it was so far behind that what it lacked was not counted."""


class LookBackAnswer(Read):
    """The board after event ``as_of_seq``; ``seq`` of the answer is the present, not this."""

    at_seq: int
    """The last event at the instant."""
    committed_at: UtcTime | None
    asked_at: UtcTime
    as_of_seq: int
    head: int
    board: BoardSnapshot
    consoles: tuple[ConsoleAnswer, ...]
    steps: tuple[Event, ...]
    fixes: tuple[Fix, ...]
    """Of each unit its last kept fix at or before the instant."""
    positions_since: UtcTime | None
    """The first minute of which positions are kept; null: none are."""
    positions_kept: bool
    """False: nobody kept positions at the instant; the fixes are the last from before."""


@router.get("", operation_id="look_back")
async def get_look_back(
    actor: Acting,
    parts: HubParts,
    seq: Annotated[int | None, Query(ge=1, description="The event to stand at.")] = None,
    at: Annotated[UtcTime | None, Query(description="Or the instant, with its zone.")] = None,
    console: Annotated[
        Id | None, Query(description="A console's session: the board as it had it.")
    ] = None,
) -> LookBackAnswer:
    """The board as it was, as this viewer may see it. That they looked stands in the log."""
    profile = profile_of_actor(actor)
    now = parts.hub.now()
    await parts.live.save_receipts(all_of_it=True)
    found = await parts.read(
        lambda connection: look_back(
            connection, actor, profile, now, seq=seq, at=at, session_id=console
        )
    )
    await record_look(parts.hub, actor, found.asked_at, console)
    return _answer(found, parts.follower.board.seq)


def _answer(found: LookBack, seq: int) -> LookBackAnswer:
    return LookBackAnswer(
        seq=seq,
        degraded=False,
        at_seq=found.seq,
        committed_at=found.at,
        asked_at=found.asked_at,
        as_of_seq=found.as_of_seq,
        head=found.head,
        board=found.board,
        consoles=tuple(_console(console) for console in found.consoles),
        steps=found.steps,
        fixes=found.positions.fixes,
        positions_since=found.positions.since,
        positions_kept=found.positions.kept,
    )


def _console(then: ConsoleThen) -> ConsoleAnswer:
    known = then.known
    return ConsoleAnswer(
        link=known.link,
        connected=known.connected,
        sent=known.sent,
        sent_most=known.sent_most,
        sent_at=known.sent_at,
        acked=known.acked,
        acked_at=known.acked_at,
        known_until=known.known_until,
        under_way=then.under_way,
        unsent=then.unsent,
        unknown=then.unknown,
        more=then.more,
        counted=then.counted,
    )
