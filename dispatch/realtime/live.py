"""The live side of one hub process: the follower's events to streams, fixes and heartbeats each
second, sessions that end, and how a console begins. It decides nothing and commits nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import Engine

from dispatch.domain.events import Event, SessionClosed
from dispatch.domain.looking_back import ConsoleLink
from dispatch.domain.presence import Presence
from dispatch.domain.unit import Fix
from dispatch.domain.values import AgencySet
from dispatch.realtime.fixes import CLOCKS_DIFFER, FixCache, audience_of_fixes
from dispatch.realtime.follower import Follower
from dispatch.realtime.messages import Ailing, Problem, fixes_frame, problem_frame
from dispatch.realtime.presence import GONE_AFTER_S, PresenceBook
from dispatch.realtime.receipts import ReceiptBook, Unsaved
from dispatch.realtime.resuming import replayed
from dispatch.realtime.streams import StreamKey, Streams, seen_fixes
from dispatch.realtime.viewers import Limits, Sink, Viewer
from dispatch.settings import StreamSettings
from dispatch.store.engine import is_sqlite
from dispatch.store.event_log import LoggedEvent, read_events
from dispatch.store.fixes import read_fixes, save_fixes
from dispatch.store.presence import read_presence, save_presence
from dispatch.store.receipts import save_links, save_receipts, save_seen

log = structlog.get_logger()

SESSION_OVER = 4401
"""Close code: the session has ended; sign in again."""
ANOTHER_SCOPE = 4409
"""Close code: the account sees other things now; say hello again for a snapshot of them."""
AHEAD_WITHIN_S = 2.0
"""How long a console that knows more than this process waits for it."""
_FIX_OVERLAP = timedelta(seconds=2)
"""Fixes of other processes are read again this far back: they are stored up to a second later."""
_ALL_FIXES_EVERY_S = 10.0
"""What a process could not store for a while comes late: the whole table is read now and then."""


class Person(NamedTuple):
    """Who sits before a console."""

    account_id: str
    name: str
    role: str
    position: str


class Live:
    """Streams and fixes of this process.

    Args:
        engine: To read the log for consoles that come back, and to keep fixes.
        follower: Started by the caller; this subscribes to it.
        settings: Limits.
        now: The hub's clock.
        ailing: What consoles are to be told that the hub cannot do now.
    """

    def __init__(
        self,
        engine: Engine,
        follower: Follower,
        settings: StreamSettings,
        now: Callable[[], datetime],
        ailing: Callable[[], Ailing] = Ailing,
    ) -> None:
        self.fixes = FixCache()
        self.presence = PresenceBook()
        self.receipts = ReceiptBook()
        self._holder = secrets.token_hex(8)
        self.counts: Counter[str] = Counter()
        self._engine = engine
        self._follower = follower
        self._settings = settings
        self._now = now
        self._streams = Streams(
            follower.board, follower.epoch, settings.ring_frames, follower.behind_s, ailing
        )
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")
        self._task: asyncio.Task[None] | None = None
        self._fixes_since: datetime | None = None
        self._all_fixes_at_s = 0.0
        follower.on_events.append(self._on_events)
        follower.on_reload.append(self._on_reload)

    async def start(self) -> None:
        """Take over the follower's board and the stored fixes, then beat each second."""
        self._on_reload()
        await self._exchange_fixes(first=True)
        self._task = asyncio.get_running_loop().create_task(self._run(), name="live")

    async def stop(self) -> None:
        """Beat no more; what was received is stored."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._exchange_fixes(first=False)
        for viewer in self._streams.viewers():
            self._end_receipts(viewer)
        await self.save_receipts(all_of_it=True)
        self._threads.shutdown(wait=True)

    @property
    def viewer_count(self) -> int:
        """Consoles connected to this process."""
        return self._streams.viewer_count

    def epoch_of(self, key: StreamKey) -> str:
        """What a console of this key names to go on from where it was."""
        return self._streams.epoch_of(key)

    def viewer(self, sink: Sink, session_id: str, expires_at: datetime) -> Viewer:
        """A viewer with this process's limits."""
        limits = Limits(self._settings.queue_bytes, self._settings.ack_lag_s)
        return Viewer(sink, limits, session_id, expires_at)

    async def admit(
        self, viewer: Viewer, key: StreamKey, epoch: str | None, since: int | None
    ) -> str:
        """Begin: from the ring, else from the log, else with a snapshot.

        Returns:
            ``ring``, ``log`` or ``snapshot``.
        """
        known = epoch == self._streams.epoch_of(key) and since is not None
        if known and since is not None and since > self._follower.board.seq:
            # Another process was ahead of this one: never show what the console knows to be over.
            await self._follower.wait_for_seq(since, AHEAD_WITHIN_S)
        if self._streams.resume(viewer, key, epoch, since, time.monotonic()):
            self._send_fixes(viewer, key)
            return self._count("ring")
        if known and since is not None and await self._replay(viewer, key, since):
            self._send_fixes(viewer, key)
            return self._count("log")
        self._join(viewer, key)
        return self._count("snapshot")

    def write_down(self, viewer: Viewer, person: Person, key: StreamKey, held: int) -> None:
        """From now on it is kept what this console was sent and acknowledged.

        Args:
            viewer: Admitted.
            person: Who sits before it.
            key: Its stream.
            held: The number up to which it had everything already; 0: it was sent a whole board.
        """
        viewer.link_id = secrets.token_hex(8)
        viewer.sent_seq = max(viewer.sent_seq, self._streams.stream(key).last_seq)
        link = ConsoleLink(
            id=viewer.link_id,
            session_id=viewer.session_id,
            account_id=person.account_id,
            name=person.name,
            role=person.role,
            position=person.position,
            agencies=key.agencies,
            profile=key.profile,
            began_at=self._now(),
            began_with=viewer.sent_seq,
            held=held,
        )
        self.receipts.begin(link)

    def acknowledge(self, viewer: Viewer, seq: int) -> None:
        """The console has everything up to ``seq``; what was never sent to it, it cannot have."""
        viewer.acknowledge(seq)
        self.receipts.acknowledged(viewer.link_id, min(seq, viewer.sent_seq), self._now())

    def leave(self, viewer: Viewer, key: StreamKey) -> None:
        """The viewer is gone."""
        self._streams.leave(viewer, key)
        self._end_receipts(viewer)
        others = (other.session_id for other in self._streams.viewers())
        if viewer.session_id not in others:
            self.presence.leave(viewer.session_id)
        if viewer.cut:
            self.counts[f"cut_{viewer.cut}"] += 1
            log.info("viewer_cut", why=viewer.cut, session_id=viewer.session_id)

    def _end_receipts(self, viewer: Viewer) -> None:
        """Note what it was sent to the last, and that it is over."""
        now = self._now()
        self.receipts.sent(viewer.link_id, viewer.sent_seq, now)
        self.receipts.end(viewer.link_id, now, viewer.cut or "left")

    def end_session(self, session_id: str) -> None:
        """Close every stream that speaks for this session."""
        for viewer in self._streams.viewers():
            if viewer.session_id == session_id:
                self._say_goodbye(viewer)

    def session_ids(self) -> set[str]:
        """The sessions that streams speak for."""
        return {viewer.session_id for viewer in self._streams.viewers()}

    def hold_to(self, standing: Mapping[str, StreamKey], asked: Container[str]) -> set[str]:
        """Close what no longer stands, and what speaks for others than its account does now.

        Args:
            standing: The key of each session that stands.
            asked: The sessions that were asked for; those that came since are left.

        Returns:
            The sessions whose streams were closed.
        """
        closed = set()
        for viewer, key in self._streams.by_viewer():
            if viewer.session_id not in asked:
                continue
            now = standing.get(viewer.session_id)
            if now == key:
                continue
            closed.add(viewer.session_id)
            if now is None:
                self._say_goodbye(viewer)
            else:
                viewer.sink.close(ANOTHER_SCOPE, "say hello again")
        return closed

    def _count(self, how: str) -> str:
        self.counts[f"began_{how}"] += 1
        return how

    def _send_fixes(self, viewer: Viewer, key: StreamKey) -> None:
        """Where units are now, for a console that was away; a snapshot has them in itself."""
        fixes = list(self.fixes.latest.values())
        seen = seen_fixes(key, fixes, self._audience_of_fix())
        if seen:
            viewer.send(fixes_frame(self._now(), seen).wire, 0, time.monotonic())

    def _join(self, viewer: Viewer, key: StreamKey) -> None:
        self._streams.join(
            viewer,
            key,
            at=self._now(),
            now_s=time.monotonic(),
            fixes=list(self.fixes.latest.values()),
            audience_of_fix=self._audience_of_fix(),
        )

    async def _replay(self, viewer: Viewer, key: StreamKey, since: int) -> bool:
        head = self._follower.board.seq
        if not 0 <= head - since <= self._settings.replay_events:
            return False
        epoch, begun = self._streams.epoch_of(key), self._streams.begun
        last_seq = self._streams.follow_held(viewer, key)
        loop = asyncio.get_running_loop()
        missed = await loop.run_in_executor(self._threads, self._read_log, since, head)
        frames = replayed(key, missed, epoch=epoch, since=since, last_seq=last_seq)
        if frames is None or self._streams.begun != begun or len(missed) != head - since:
            self._streams.leave(viewer, key)
            viewer.release([], time.monotonic(), drop=True)
            return False
        viewer.release(frames, time.monotonic())
        return True

    def _read_log(self, since: int, head: int) -> list[Event]:
        with self._engine.connect() as connection, connection.begin():
            return [logged.event for logged in read_events(connection, since, head - since)]

    def _audience_of_fix(self) -> Callable[[Fix], AgencySet]:
        audiences = audience_of_fixes(self._follower.board)
        return lambda fix: audiences.get(fix.unit_id, ())

    def _on_events(self, page: Sequence[LoggedEvent]) -> None:
        events = [logged.event for logged in page]
        self._streams.deliver(events, time.monotonic())
        for event in events:
            if isinstance(event.body, SessionClosed):
                self.end_session(event.body.session_id)

    def _on_reload(self) -> None:
        self._streams.begin_again(
            self._follower.board,
            self._follower.epoch,
            at=self._now(),
            now_s=time.monotonic(),
            fixes=list(self.fixes.latest.values()),
            audience_of_fix=self._audience_of_fix(),
        )

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + self._settings.heartbeat_s, loop.time())
            await asyncio.sleep(due - loop.time())
            try:
                await self._exchange_fixes(first=False)
                await self._exchange_presence()
                self._beat()
                await self.save_receipts()
            except Exception:  # outer loop: a beat that fails must not be the last one
                log.exception("beat_failed")

    def _beat(self) -> None:
        now, now_s = self._now(), time.monotonic()
        moved = self.fixes.take_moved()
        if moved:
            self._streams.deliver_fixes(moved, self._audience_of_fix(), at=now, now_s=now_s)
        people = self.presence.take_changed()
        if people is not None:
            self._streams.deliver_people(people, now_s)
        self._streams.heartbeat(now, now_s)
        self._note_sent(now)
        for viewer in self._streams.viewers():
            if viewer.check(now_s) is None and viewer.expires_at <= now:
                self._say_goodbye(viewer)

    def _note_sent(self, now: datetime) -> None:
        for viewer in self._streams.viewers():
            self.receipts.sent(viewer.link_id, viewer.sent_seq, now)

    def _say_goodbye(self, viewer: Viewer) -> None:
        problem = Problem(title="Sign in first.", status=401, code="not_signed_in")
        viewer.sink.write(problem_frame(problem).wire)
        viewer.sink.close(SESSION_OVER, "session ended")

    async def _exchange_fixes(self, *, first: bool) -> None:
        """Store what came in here; read what came in elsewhere."""
        unsaved = self.fixes.take_unsaved()
        elsewhere = first or not is_sqlite(self._engine)
        if not unsaved and not elsewhere:
            return
        loop = asyncio.get_running_loop()
        since = self._fixes_since
        if time.monotonic() >= self._all_fixes_at_s:
            self._all_fixes_at_s = time.monotonic() + _ALL_FIXES_EVERY_S
            since = None
        try:
            found = await loop.run_in_executor(
                self._threads, self._exchange_in_thread, unsaved, since, elsewhere
            )
        except Exception:
            self.fixes.keep_unsaved(unsaved)
            raise
        now = self._now()
        if found:
            newest = min(max(fix.received_at for fix in found), now)
            self._fixes_since = newest - _FIX_OVERLAP
            self.fixes.merge(found, now)

    async def save_receipts(self, *, all_of_it: bool = False) -> None:
        """Write down what consoles were sent, every few seconds in one transaction."""
        now = self._now()  # all that was sent until now is in what is taken
        self._note_sent(now)
        unsaved = self.receipts.take_unsaved(time.monotonic(), all_of_it=all_of_it)
        if unsaved is None:
            return
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._receipts_in_thread, unsaved, now)
        except Exception:  # a database that is away must end neither the beat nor the stream
            self.receipts.put_back(unsaved)
            log.warning("receipts_not_saved", links=len(unsaved.links), exc_info=True)

    def _receipts_in_thread(self, unsaved: Unsaved, now: datetime) -> None:
        with self._engine.connect() as fresh:
            connection = fresh.execution_options(writing=True)
            with connection.begin():
                save_receipts(connection, unsaved.minutes)
                with_news = (link_id for link_id, _, _ in unsaved.minutes)
                save_seen(connection, list(dict.fromkeys([*unsaved.standing, *with_news])), now)
                save_links(
                    connection, unsaved.links, now
                )  # last: one that ended was seen till then

    async def _exchange_presence(self) -> None:
        """Tell the other processes who is here, and hear who is there; where there are any."""
        if is_sqlite(self._engine):
            return
        here = self.presence.take_unsaved(time.monotonic())
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._presence_in_thread, here)
        self.presence.merge(found)

    def _presence_in_thread(self, here: dict[str, Presence] | None) -> dict[str, Presence]:
        now = self._now()
        if here is not None:
            with self._engine.connect() as connection, connection.begin():
                save_presence(connection, self._holder, here, now)
        with self._engine.connect() as connection, connection.begin():
            return read_presence(connection, self._holder, now, GONE_AFTER_S)

    def _exchange_in_thread(
        self, unsaved: list[Fix], since: datetime | None, elsewhere: bool
    ) -> list[Fix]:
        if unsaved:
            with self._engine.connect() as fresh:
                connection = fresh.execution_options(writing=True)
                with connection.begin():
                    save_fixes(connection, unsaved, self._now() + CLOCKS_DIFFER)
        if not elsewhere:
            return []
        with self._engine.connect() as connection, connection.begin():
            return read_fixes(connection, since)
