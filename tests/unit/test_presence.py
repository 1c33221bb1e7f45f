"""Who is at work: consoles arrive, look at something, and go; other processes are heard of."""

from __future__ import annotations

from dispatch.domain.presence import Presence, seen_presence
from dispatch.realtime.presence import SAVE_EVERY_S, PresenceBook
from tests.factories import World, take_call

DANA = Presence(account_id="a1", name="Dana", incident_id="i1", typing=True)
RHEA = Presence(account_id="a2", name="Rhea")


def test_everybody_is_told_once_for_each_change() -> None:
    book = PresenceBook()
    book.arrive("s1", DANA)
    assert book.take_changed() == [DANA]
    assert book.take_changed() is None
    book.leave("s1")
    assert book.take_changed() == []


def test_other_processes_hear_of_a_change_at_once_and_else_every_few_seconds() -> None:
    book = PresenceBook()
    book.arrive("s1", DANA)
    assert book.take_unsaved(0.0) == {"s1": DANA}
    assert book.take_unsaved(1.0) is None
    assert book.take_unsaved(SAVE_EVERY_S) == {"s1": DANA}


def test_what_another_process_says_of_our_own_console_is_older() -> None:
    book = PresenceBook()
    book.arrive("s1", DANA)
    book.merge({"s1": RHEA, "s2": RHEA})
    assert book.take_changed() == [DANA, RHEA]
    book.merge({"s2": RHEA})
    assert book.take_changed() is None


def test_nobody_learns_of_an_incident_by_who_looks_at_it() -> None:
    world = World()
    world.give(take_call("call-1", incident_id="i1"))
    incidents = world.board.incidents
    assert seen_presence([DANA], incidents, ("*",)) == (DANA,)
    (foreign,) = seen_presence([DANA], incidents, ("law-z",))
    assert (foreign.incident_id, foreign.typing) == (None, False)
    (closed,) = seen_presence([DANA], {}, ("*",))
    assert closed.incident_id is None
