"""The tail reader: one per hub process. It keeps the board at the end of the log.

It reads in a thread of its own and changes the board on the event loop only. A wake-up is a hint:
it polls anyway. It knows no viewer: who wants events subscribes. The one thing that it writes is
another epoch, when the history under a known name is not the one that it followed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from sqlalchemy import Engine

from dispatch.domain.board import Board, apply
from dispatch.domain.chain import Anchor
from dispatch.domain.events import RegionActivated
from dispatch.store.boards import LoadedBoard, load_board
from dispatch.store.epochs import renew_epoch
from dispatch.store.event_log import Head, LoggedEvent, read_events, read_head

log = structlog.get_logger()

OnEvents = Callable[[Sequence[LoggedEvent]], None]
OnReload = Callable[[], None]
_T = TypeVar("_T")

_PAGE = 500
_BUSY_S = 0.002
_JOIN_S = 0.010
"""When telling the subscribers takes long, events of so many seconds are told together."""
_BACK_OFF_S = 0.5


class Follower:
    """Follows the log.

    Attributes:
        board: What is going on, at ``board.seq``. Read it on the event loop; it changes in place,
            and another one takes its place after a reload.
        epoch: The history that ``board`` belongs to.
        on_events: Called on the loop with what the board has just taken in, in order.
        on_reload: Called on the loop when another board took the place of the last one.
    """

    def __init__(self, engine: Engine, *, poll_s: float = 0.05) -> None:
        self.board = Board()
        self.epoch = ""
        self.on_events: list[OnEvents] = []
        self.on_reload: list[OnReload] = []
        self._engine = engine
        self._poll_s = poll_s
        self._hash = ""
        self._hint = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="follower")
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._told_s = 0.0
        self.caught_up_at_s = 0.0
        """When the board was last at the end of the log (monotonic seconds)."""

    async def start(self) -> None:
        """Load the board, then follow until ``stop``."""
        self._loop = asyncio.get_running_loop()
        began = time.monotonic()
        self._take(await self._in_thread(load_board, self._engine))
        self.caught_up_at_s = began
        self._task = self._loop.create_task(self._run(), name="follower")

    async def stop(self) -> None:
        """Follow no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown(wait=True)

    def wake(self, seq: int = 0) -> None:
        """There may be something new. Any thread may call this at any time."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hint.set)

    @property
    def end(self) -> Anchor:
        """Up to where the log was followed."""
        return Anchor(self.board.seq, self._hash)

    def behind_s(self) -> float:
        """For how long the end of the log has not been known; near zero while all is well."""
        return max(0.0, time.monotonic() - self.caught_up_at_s)

    async def wait_for_seq(self, seq: int, timeout_s: float = 0.3) -> bool:
        """Wait until the board has taken in event ``seq``; False when the time is over first."""
        if self.board.seq >= seq:
            return True
        reached = asyncio.get_running_loop().create_future()
        self._waiters.append((seq, reached))
        try:
            async with asyncio.timeout(timeout_s):
                await reached
        except TimeoutError:
            return self.board.seq >= seq
        finally:
            self._waiters = [waiter for waiter in self._waiters if waiter[1] is not reached]
        return True

    async def _run(self) -> None:
        while True:
            self._hint.clear()
            began = time.monotonic()
            try:
                moved = await self._step()
            except Exception as failure:  # outer loop: the database may be away for a while
                log.error("follower_failed", error=repr(failure), seq=self.board.seq)
                await asyncio.sleep(_BACK_OFF_S)
                continue
            if moved:
                await asyncio.sleep(self._pause_s(began))
                continue
            try:
                async with asyncio.timeout(self._poll_s):
                    await self._hint.wait()
            except TimeoutError:
                continue

    def _pause_s(self, began: float) -> float:
        """How long to gather more before the next telling; 0 while telling is quick."""
        took = time.monotonic() - began
        return max(0.0, _JOIN_S - took) if self._told_s > _BUSY_S else 0.0

    async def _step(self) -> bool:
        """Take in the next page of the log; whether there was one."""
        began = time.monotonic()
        head, page = await self._in_thread(self._read, self.board.seq)
        if self._is_other_history(head):
            await self._reload("another history", broken=head.epoch == self.epoch)
            return True
        if not page:
            self.caught_up_at_s = began
            return False
        if not self._fits(page):
            await self._reload("the chain does not fit", broken=True)
            return True
        if any(isinstance(logged.event.body, RegionActivated) for logged in page):
            self._tell(page)
            await self._reload("another region", told=page[-1].event.seq)
            return True
        for logged in page:
            apply(self.board, logged.event)
        self._hash = page[-1].hash
        if self.board.seq >= head.seq:
            self.caught_up_at_s = began
        telling = time.monotonic()
        self._tell(page)
        self._told_s = time.monotonic() - telling
        self._wake_waiters()
        return True

    def _is_other_history(self, head: Head) -> bool:
        if head.epoch != self.epoch or head.seq < self.board.seq:
            return True
        return head.seq == self.board.seq and head.hash != self._hash

    def _fits(self, page: Sequence[LoggedEvent]) -> bool:
        seq, last_hash = self.board.seq, self._hash
        for logged in page:
            if logged.event.seq != seq + 1 or logged.prev_hash != last_hash:
                return False
            seq, last_hash = logged.event.seq, logged.hash
        return True

    async def _reload(self, why: str, *, broken: bool = False, told: int | None = None) -> None:
        """Another board from the tables.

        Args:
            why: For the log.
            broken: The history is not the one followed, although the database names it alike: it
                gets another name, so that no process goes on with it for a console of the old one.
            told: Up to where the subscribers know the events; they are told the rest.
        """
        log.warning("board_reloaded", why=why, seq=self.board.seq)
        began = time.monotonic()
        if broken:
            await self._in_thread(renew_epoch, self._engine, self.epoch)
        loaded = await self._in_thread(load_board, self._engine)
        while told is not None and told < loaded.head.seq:
            _, page = await self._in_thread(self._read, told)
            page = [logged for logged in page if logged.event.seq <= loaded.head.seq]
            if not page:
                break
            self._tell(page)
            told = page[-1].event.seq
        self._take(loaded)
        self.caught_up_at_s = began
        for reloaded in self.on_reload:
            reloaded()
        self._wake_waiters()

    def _take(self, loaded: LoadedBoard) -> None:
        self.board = loaded.board
        self._hash = loaded.head.hash
        self.epoch = loaded.head.epoch

    def _read(self, after: int) -> tuple[Head, list[LoggedEvent]]:
        with self._engine.connect() as connection, connection.begin():
            head = read_head(connection)
            page = read_events(connection, after, _PAGE) if head.seq > after else []
        return head, page

    def _tell(self, page: Sequence[LoggedEvent]) -> None:
        for told in self.on_events:
            try:
                told(page)
            except Exception:  # one subscriber's fault must not keep the events from the others
                log.exception("subscriber_failed", first=page[0].event.seq)

    def _wake_waiters(self) -> None:
        for seq, reached in self._waiters:
            if seq <= self.board.seq and not reached.done():
                reached.set_result(None)

    async def _in_thread(self, function: Callable[..., _T], *args: object) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, function, *args)
