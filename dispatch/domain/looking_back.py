"""The board as it was, and what a console had of it by then. Pure: it reads no log and no clock.

A kept board never holds personal values: they are filled in from where they stand when somebody
looks, so that what was deleted since stays deleted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from dispatch.domain.board import Board, BoardSnapshot, apply
from dispatch.domain.events import Event, RegionActivated
from dispatch.domain.redaction import Profile, may_receive
from dispatch.domain.unit import Unit
from dispatch.domain.values import EVERYONE, AgencySet, Id, ShortText, UtcTime, Value

Ended = Literal["left", "queue", "ack", "unseen"]
"""How a console's connection ended: it went, it was cut for being too slow, or nobody knows, since
the hub process that served it ended without a word."""


def board_at(
    base: Board,
    events: Iterable[Event],
    seq: int,
    roster_of: Callable[[str], Sequence[Unit]],
) -> Board:
    """The board after event ``seq``.

    Args:
        base: A board at or before ``seq``; it is moved and returned.
        events: Those after ``base.seq`` in order, without a gap; more than needed do no harm.
        seq: The number to stop at.
        roster_of: The units of a region's version as its files name them, without duty and crew.

    Raises:
        ValueError: The events leave a number out, or end before ``seq``.
    """
    for event in events:
        if event.seq > seq:
            break
        if event.seq != base.seq + 1:
            raise ValueError(f"event {event.seq} does not follow {base.seq}")
        apply(base, event)
        if isinstance(event.body, RegionActivated):
            base.units = _roster(base.units, roster_of(event.body.region_version))
    if base.seq != seq:
        raise ValueError(f"the events end at {base.seq}, before {seq}")
    return base


def _roster(before: Mapping[str, Unit], roster: Sequence[Unit]) -> dict[str, Unit]:
    """The new roster with the duty and the crews that the units had."""
    units = {}
    for unit in roster:
        was = before.get(unit.id)
        if was is not None:
            duty = {
                "duty": was.duty,
                "duty_reason": was.duty_reason,
                "duty_code": was.duty_code,
                "duty_since": was.duty_since,
            }
            unit = unit.model_copy(update=duty)
            if was.logon is not None:
                lacks = tuple(c for c in unit.capabilities if c not in was.logon.capabilities)
                crew = {
                    "roster_capabilities": unit.capabilities,
                    "roster_staffing": unit.staffing,
                    "lacks": lacks,
                }
                unit = unit.logged_on(was.logon.model_copy(update=crew))
        units[unit.id] = unit
    return units


def bare_snapshot(snapshot: BoardSnapshot) -> BoardSnapshot:
    """The board as it may be kept: without any personal value."""
    units = tuple(
        unit.model_copy(update={"logon": unit.logon.model_copy(update={"names": ""})})
        if unit.logon is not None and unit.logon.names
        else unit
        for unit in snapshot.units
    )
    calls = tuple(call.without_personal() for call in snapshot.calls)
    bolos = tuple(bolo.model_copy(update={"text": ""}) for bolo in snapshot.bolos)
    return snapshot.model_copy(update={"units": units, "calls": calls, "bolos": bolos})


def subjects_of(snapshot: BoardSnapshot) -> tuple[str, ...]:
    """Whose personal values a kept board lacks: its calls, its crews and its BOLOs."""
    crews = (unit.logon.id for unit in snapshot.units if unit.logon is not None)
    return (*(call.id for call in snapshot.calls), *crews, *(bolo.id for bolo in snapshot.bolos))


def told_snapshot(
    snapshot: BoardSnapshot, private: Mapping[str, Mapping[str, str]]
) -> BoardSnapshot:
    """A kept board with the personal values that still exist, by subject and name."""
    units = []
    for unit in snapshot.units:
        names = private.get(unit.logon.id, {}).get("names") if unit.logon else None
        if unit.logon is not None and names:
            logon = unit.logon.model_copy(update={"names": names})
            unit = unit.model_copy(update={"logon": logon})
        units.append(unit)
    calls = tuple(call.told(private.get(call.id, {})) for call in snapshot.calls)
    bolos = tuple(
        bolo.model_copy(update={"text": private.get(bolo.id, {}).get("bolo", "")})
        for bolo in snapshot.bolos
    )
    return snapshot.model_copy(update={"units": tuple(units), "calls": calls, "bolos": bolos})


class ConsoleLink(Value):
    """One connection of a console to the stream: whose it was, and what it could be sent.

    ``began_with`` is the number that it was brought to when it began; ``held`` the one that it
    said it had already (0: none, it was sent the whole board).
    """

    id: Id
    session_id: Id
    account_id: Id
    name: ShortText
    role: ShortText
    position: ShortText = ""
    agencies: AgencySet
    profile: Profile
    began_at: UtcTime
    began_with: int
    held: int = 0
    ended_at: UtcTime | None = None
    ended: Ended | None = None


class Receipt(NamedTuple):
    """At a moment: the last number written to a console, and the last it acknowledged (0: none).

    ``acked_at`` is when that acknowledgement was heard, None where there is none.
    """

    at: datetime
    sent: int
    acked: int
    acked_at: datetime | None


class LinkTrace(NamedTuple):
    """What was written down of one connection.

    ``known_until`` is the instant up to which it is all there is; None: to its end. What a hub
    process that was killed had sent since it last wrote that down, nobody knows.
    """

    link: ConsoleLink
    receipts: Sequence[Receipt]
    known_until: datetime | None = None


class Known(NamedTuple):
    """What a console had at an instant; times are None where nothing is known.

    It had been sent ``sent`` at least, and ``sent_most`` at most; None: nobody knows how much more.
    ``known_until``: what it was sent and said after this is not known; None: all of it is.
    """

    link: ConsoleLink
    connected: bool
    sent: int
    sent_at: datetime | None
    acked: int
    acked_at: datetime | None
    sent_most: int | None = None
    known_until: datetime | None = None


def receipt_at(receipts: Sequence[Receipt], at: datetime) -> Receipt | None:
    """The last receipt at or before an instant; None when there is none.

    Args:
        receipts: Of one console, in the order of time.
        at: The instant.
    """
    index = bisect_right(receipts, at, key=lambda receipt: receipt.at)
    return receipts[index - 1] if index else None


def most_sent(trace: LinkTrace, at: datetime) -> int | None:
    """The number that a console had been sent at most at an instant; None: nobody knows.

    What was sent is looked at now and then: what was noted next may have been sent just before.
    """
    index = bisect_right(trace.receipts, at, key=lambda receipt: receipt.at)
    if index < len(trace.receipts):
        return trace.receipts[index].sent
    if trace.known_until is not None and trace.known_until < at:
        return None
    return trace.receipts[-1].sent if trace.receipts else trace.link.began_with


def known_by(traces: Iterable[LinkTrace], at: datetime) -> tuple[Known, ...]:
    """What each console had by an instant, one row a session, by name.

    A console that was cut off goes on showing what it had: it is named with its last connection.
    Of one name's consoles those that were connected come first, the latest before the others.
    """
    by_session: dict[str, list[LinkTrace]] = {}
    for trace in traces:
        if trace.link.began_at <= at:
            by_session.setdefault(trace.link.session_id, []).append(trace)
    found = []
    for mine in by_session.values():
        mine.sort(key=lambda trace: (trace.link.began_at, trace.link.id))
        newest = mine[-1]
        link, until = newest.link, newest.known_until
        last = receipt_at(newest.receipts, at)
        acked, acked_at = _acknowledged(mine, at)
        found.append(
            Known(
                link=link,
                connected=link.ended_at is None or link.ended_at > at,
                sent=last.sent if last else link.began_with,
                sent_at=last.at if last else link.began_at,
                acked=acked,
                acked_at=acked_at,
                sent_most=most_sent(newest, at),
                known_until=until if until is not None and until < at else None,
            )
        )
    found.sort(key=lambda known: (known.link.began_at, known.link.session_id), reverse=True)
    return tuple(sorted(found, key=lambda known: (known.link.name, not known.connected)))


def _acknowledged(traces: Sequence[LinkTrace], at: datetime) -> tuple[int, datetime | None]:
    """The last number that the session had acknowledged, and when that was heard."""
    for link, receipts, _ in reversed(traces):
        last = receipt_at(receipts, at)
        if last is not None and last.acked:
            return last.acked, last.acked_at
        if link.held:
            return link.held, link.began_at
    return 0, None


class Lacked(NamedTuple):
    """What a console had not acknowledged: sent to it, surely not sent, and what nobody knows."""

    under_way: list[Event]
    unsent: list[Event]
    unknown: list[Event]


def lacked(
    known: Known, events: Iterable[Event], seq: int, agencies: AgencySet, profile: Profile
) -> Lacked:
    """What a console lacked of the log up to ``seq``.

    Args:
        known: The console at that instant.
        events: Those after what it acknowledged, in order.
        seq: The end of the log at that instant.
        agencies: Of whoever asks: what they may not see is not counted either.
        profile: The same.
    """
    link = known.link
    found = Lacked([], [], [])
    for event in events:
        if not known.acked < event.seq <= seq:
            continue
        if not may_receive(event, link.agencies, link.profile):
            continue
        if not may_receive(event, agencies, profile):
            continue
        if event.seq <= known.sent:
            found.under_way.append(event)
        elif known.sent_most is not None and event.seq > known.sent_most:
            found.unsent.append(event)
        else:
            found.unknown.append(event)
    return found


def may_look_at(agencies: AgencySet, link: ConsoleLink) -> bool:
    """Whether a viewer of these agencies may see a console: those of the floor, and their own."""
    if EVERYONE in agencies or link.profile == "full":
        return True
    return bool(link.agencies) and set(link.agencies) <= set(agencies)
