"""The tail reader on both databases: it keeps up, waits, and starts anew with another history."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from dispatch.realtime.follower import Follower
from dispatch.store import tables as t
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.event_log import LoggedEvent
from dispatch.store.migrations import migrate
from dispatch.store.unit_of_work import Writer, submit_alone
from tests.factories import take_call
from tests.hub_factories import make_region


@pytest.fixture(params=["sqlite", "postgis"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty database of either kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    else:
        url = request.getfixturevalue("postgis").fresh_database()
    migrate(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()


class Following:
    """A follower, a writer that wakes it, and what was told."""

    def __init__(self, engine: Engine, poll_s: float) -> None:
        self.engine = engine
        self.follower = Follower(engine, poll_s=poll_s)
        self.writer = Writer(engine, on_commit=self.follower.wake)
        self.seqs: list[int] = []
        self.reloads: list[str] = []
        self.follower.on_events.append(self._told)
        self.follower.on_reload.append(lambda: self.reloads.append(self.follower.epoch))

    def _told(self, page: object) -> None:
        assert isinstance(page, list)
        for logged in page:
            assert isinstance(logged, LoggedEvent)
            self.seqs.append(logged.event.seq)

    async def call(self, number: int) -> int:
        command = take_call(f"call-{number}", incident_id=f"i{number}")
        return (await asyncio.wrap_future(self.writer.submit(command))).last_seq

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():  # noqa: ASYNC110  # what it waits for is no event of a loop
                await asyncio.sleep(0.01)

    @contextmanager
    def reading_nothing(self) -> Iterator[None]:
        """Its one reading thread is busy meanwhile: what is written inside is read as a whole."""
        holds, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            holds.set()
            go_on.wait(60)

        self.follower._thread.submit(hold)
        try:
            assert holds.wait(30)
            yield
        finally:
            go_on.set()

    def is_the_tables(self) -> bool:
        loaded = load_board(self.engine)
        return self.follower.board.snapshot() == loaded.board.snapshot()


def follow(
    engine: Engine, scenario: Callable[[Following], Awaitable[None]], poll_s: float = 0.05
) -> None:
    async def run() -> None:
        following = Following(engine, poll_s)
        following.writer.start()
        await following.follower.start()
        try:
            await scenario(following)
        finally:
            await asyncio.to_thread(following.writer.stop)
            await following.follower.stop()

    asyncio.run(run())


def test_it_takes_in_every_event_once_and_in_order(engine: Engine) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        began = following.follower.board.seq
        last = 0
        for number in range(30):
            last = await following.call(number)
        assert await following.follower.wait_for_seq(last, 30.0)
        assert following.seqs == list(range(began + 1, last + 1))
        assert following.is_the_tables()
        assert following.reloads == []

    follow(engine, scenario)


def test_waiting_for_a_number_that_never_comes_ends_in_time(engine: Engine) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert not await following.follower.wait_for_seq(10_000, 0.3)
        assert 0.25 < loop.time() - began < 60.0

    follow(engine, scenario)


def test_an_empty_database_is_followed_from_its_first_event(engine: Engine) -> None:
    async def scenario(following: Following) -> None:
        assert following.follower.board.seq == 0
        await asyncio.to_thread(make_region, engine)
        await following.until(lambda: following.follower.board.region is not None)
        assert "E12" in following.follower.board.units
        assert await following.follower.wait_for_seq(await following.call(1), 30.0)
        assert following.is_the_tables()

    follow(engine, scenario)


def test_another_region_reloads_the_board_with_its_units(engine: Engine) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        await following.call(1)
        await asyncio.to_thread(make_region, engine, "region-2")
        await following.until(lambda: bool(following.reloads))
        region = following.follower.board.region
        assert region is not None
        assert region.region_version == "region-2"
        assert following.is_the_tables()
        assert following.seqs == list(range(2, following.follower.board.seq + 1))

    follow(engine, scenario)


@pytest.mark.parametrize("fault", ["a number is missing", "a hash is another"])
def test_what_does_not_join_on_is_never_taken_for_the_next(engine: Engine, fault: str) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        follower = following.follower
        known = await following.call(1)
        assert await follower.wait_for_seq(known, 30.0)
        before, told = follower.epoch, list(following.seqs)
        with following.reading_nothing():
            for number in (2, 3):
                call = take_call(f"call-{number}", incident_id=f"i{number}")
                await asyncio.to_thread(submit_alone, engine, call)
            with engine.connect().execution_options(writing=True) as connection, connection.begin():
                if fault == "a hash is another":
                    next_one = update(t.event).where(t.event.c.seq == known + 1)
                    connection.execute(next_one.values(prev_hash="f" * 64))
                else:
                    of = t.event_private.c.seq == known + 1
                    connection.execute(delete(t.event_private).where(of))
                    connection.execute(delete(t.event).where(t.event.c.seq == known + 1))
        follower.wake()
        await following.until(lambda: bool(following.reloads))
        assert following.seqs == told, "not one event of it was told"
        assert follower.epoch != before
        assert following.is_the_tables()

    follow(engine, scenario, poll_s=600.0)


@pytest.mark.parametrize("change", [{"epoch": "restored"}, {"hash": "f" * 64}])
def test_another_history_is_another_epoch_and_a_fresh_board(
    engine: Engine, change: dict[str, str]
) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        await following.call(1)
        before = following.follower.epoch
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(update(t.head).values(**change))
        await following.until(lambda: bool(following.reloads))
        assert following.follower.epoch != before
        assert load_board(engine).head.epoch == following.follower.epoch, "a new one for everybody"
        assert following.is_the_tables()

    follow(engine, scenario)


def test_a_follower_that_cannot_read_says_how_long_it_knows_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        follower = following.follower
        refused: list[float] = []

        def away(*_: object) -> None:
            refused.append(follower.caught_up_at_s)
            raise OSError("no such host")

        with monkeypatch.context() as broken:
            broken.setattr(follower, "_read", away)
            await following.until(lambda: len(refused) > 1)
            await following.until(lambda: follower.behind_s() > 0.5)
            assert set(refused) == {follower.caught_up_at_s}, "it knows nothing new"
        mended = time.monotonic()
        await following.until(lambda: follower.caught_up_at_s > mended)
        assert follower.behind_s() <= time.monotonic() - mended

    follow(engine, scenario)


def test_the_board_goes_on_after_the_database_was_away(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_region(engine)

    async def scenario(following: Following) -> None:
        read = following.follower._read
        away, refused = True, 0

        def sometimes(after: int) -> object:
            nonlocal refused
            if away:
                refused += 1
                raise OSError("the database is away")
            return read(after)

        monkeypatch.setattr(following.follower, "_read", sometimes)
        await following.until(lambda: refused > 0)  # the last reading that could is over
        last = await following.call(1)
        assert not await following.follower.wait_for_seq(last, 0.2)
        away = False
        assert await following.follower.wait_for_seq(last, 30.0)
        assert following.is_the_tables()

    follow(engine, scenario)
