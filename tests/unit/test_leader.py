"""What the leader does when something that is due cannot be dealt with, or its lease runs out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from dispatch.domain.commands import Command, FallDue
from dispatch.domain.errors import NotFound
from dispatch.services import leader as leading
from dispatch.services.hub import Hub
from dispatch.services.leader import Leader, Look
from dispatch.store.due import DueRow

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


class Due:
    """A hub that deals with what is due, except where it fails."""

    def __init__(self, *failures: BaseException | None) -> None:
        self.left = [DueRow(n, NOW, "unacknowledged", f"a{n}") for n in range(len(failures))]
        self.failures = dict(enumerate(failures))
        self.tried: list[int] = []

    def now(self) -> datetime:
        return NOW

    async def submit(self, command: Command) -> None:
        assert isinstance(command, FallDue)
        self.tried.append(command.due_id)
        failure = self.failures.get(command.due_id)
        if failure is not None:
            raise failure
        self.left = [row for row in self.left if row.id != command.due_id]


LEASE_S = 3600.0
"""Longer than any of these tests is held up."""


class Led(Leader):
    """A leader whose looks are given."""

    def __init__(self, due: Due, look: Callable[[], Look] | None = None) -> None:
        super().__init__(cast("Hub", cast("Any", due)), "one")
        self._given = look or (lambda: Look(1, LEASE_S, tuple(due.left)))

    def _look(self) -> Look:
        return self._given()


def test_what_cannot_be_dealt_with_keeps_nothing_else_waiting() -> None:
    due = Due(NotFound(assignment_id="a0"), None, ZeroDivisionError(), None)
    leader = Led(due)
    assert asyncio.run(leader.step()) == 4
    assert due.tried == [0, 1, 2, 3]
    assert [row.id for row in due.left] == [0, 2]
    assert leader.leads


def test_what_failed_is_tried_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    due = Due(ZeroDivisionError())
    leader = Led(due)

    monkeypatch.setattr(leading, "AGAIN_AFTER_S", 3600.0)

    async def steps() -> None:
        await leader.step()
        await leader.step()
        assert due.tried == [0]
        monkeypatch.setattr(leading, "AGAIN_AFTER_S", 0.0)
        leader._again_s = dict.fromkeys(leader._again_s, time.monotonic())
        due.failures[0] = None
        await leader.step()

    asyncio.run(steps())
    assert due.tried == [0, 0]
    assert due.left == []


def test_no_fault_ends_the_leading_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([ValueError("a row of no use"), ValueError("again")])

    def look() -> Look:
        fault = next(looks, None)
        if fault is not None:
            raise fault
        return Look(1, 5.0, tuple(due.left))

    due = Due(None)
    leader = Led(due, look)

    async def story() -> None:
        running = asyncio.create_task(leader.run())
        limit_s = time.monotonic() + 60.0
        while due.left:
            assert time.monotonic() < limit_s
            assert not running.done()
            await asyncio.sleep(0.005)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    monkeypatch.setattr(leading, "EVERY_S", 0.001)
    asyncio.run(story())
    assert due.tried == [0]


def test_a_lease_that_nobody_renewed_is_no_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    leader = Led(Due(), lambda: Look(3, LEASE_S))
    asyncio.run(leader.step())
    assert (leader.leads, leader.fence) == (True, 3)
    later_s = time.monotonic() + LEASE_S + 1.0
    monkeypatch.setattr("dispatch.services.leader.time.monotonic", lambda: later_s)
    assert (leader.leads, leader.fence) == (False, None)
