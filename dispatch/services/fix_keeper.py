"""Keeps where units were, thinned, so that the look-back has a map.

The leader does it, off the event loop and beside the command path, in one transaction every few
seconds; it appends nothing to the log. What a process that is killed had not written yet is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from dispatch.domain.kept_fixes import is_kept
from dispatch.domain.unit import Fix
from dispatch.services.hub import Hub
from dispatch.store.kept_fixes import NOBODY, drop_kept_fixes, save_kept_fixes
from dispatch.store.receipts import minute_of

LOOK_EVERY_S: Final = 1.0
SAVE_EVERY_S: Final = 5.0
DROP_EVERY_S: Final = 3_600.0
WAITING_MOST: Final = 20_000
"""Minutes of units that wait for a database that is away; beyond, the oldest are dropped."""

log = structlog.get_logger()

Minutes = dict[tuple[str, int], list[Fix]]
"""By unit and minute since 1970."""


class FixBook:
    """The minute of each unit that is being written, and those that wait. Sans I/O, and bounded."""

    def __init__(self) -> None:
        self.dropped = 0
        self._last: dict[str, Fix] = {}
        self._minutes: Minutes = {}
        self._changed: set[tuple[str, int]] = set()

    def take(self, latest: Iterable[Fix], now: datetime) -> None:
        """Look at the newest fix of each unit, and keep what is due; and that somebody looked."""
        looked = NOBODY, minute_of(now)
        if looked not in self._minutes:
            self._minutes[looked] = []
            self._changed.add(looked)
        for fix in latest:
            last = self._last.get(fix.unit_id)
            if last is fix or not is_kept(last, fix):
                continue
            self._last[fix.unit_id] = fix
            key = fix.unit_id, minute_of(fix.received_at)
            self._minutes.setdefault(key, []).append(fix)
            self._changed.add(key)

    def take_unsaved(self) -> Minutes:
        """What is to be written now. Of each unit the last minute stays: it goes on."""
        unsaved = {key: list(self._minutes[key]) for key in self._changed}
        self._changed.clear()
        newest = dict(sorted(self._minutes))  # by unit the last of its minutes
        self._minutes = {
            (unit_id, minute): fixes
            for (unit_id, minute), fixes in self._minutes.items()
            if newest[unit_id] == minute
        }
        return unsaved

    def put_back(self, unsaved: Mapping[tuple[str, int], list[Fix]]) -> None:
        """The database did not take it: it waits for the next time, as far as there is room."""
        for key, fixes in unsaved.items():
            if len(self._minutes.get(key, ())) < len(fixes):
                self._minutes[key] = list(fixes)
            self._changed.add(key)
        for key in sorted(self._changed, key=lambda key: key[1])[:-WAITING_MOST]:
            self._changed.discard(key)
            self._minutes.pop(key, None)
            self.dropped += 1

    def forget(self) -> None:
        """Another process leads: it keeps them from now on."""
        self._last.clear()
        self._minutes.clear()
        self._changed.clear()


class FixKeeper:
    """Takes the fixes that consoles are drawn from.

    Args:
        hub: The parts of this process.
        leads: Whether this process leads.
        writer: A name of this process that no other has.
        kept_days: How long they are kept; 0: none are, and those that were are deleted.
    """

    def __init__(self, hub: Hub, leads: Callable[[], bool], writer: str, kept_days: float) -> None:
        self.book = FixBook()
        self._hub = hub
        self._leads = leads
        self._writer = writer
        self._kept_days = kept_days

    async def run(self) -> None:
        """Until it is cancelled; what was taken is written then."""
        since_save_s, since_drop_s = 0.0, DROP_EVERY_S
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                since_save_s += LOOK_EVERY_S
                since_drop_s += LOOK_EVERY_S
                if not self._leads():
                    self.book.forget()
                    continue
                if self._kept_days:
                    self.book.take(self._hub.fixes().values(), self._hub.now())
                if since_save_s >= SAVE_EVERY_S:
                    since_save_s = 0.0
                    await self.save()
                if since_drop_s >= DROP_EVERY_S:
                    since_drop_s = 0.0
                    await self._drop()
        finally:
            self._save_in_thread(self.book.take_unsaved())

    async def save(self) -> None:
        """Write what is to be written; what the database does not take waits."""
        unsaved = self.book.take_unsaved()
        try:
            await asyncio.to_thread(self._save_in_thread, unsaved)
        except Exception:  # the database may be away for a while
            self.book.put_back(unsaved)
            log.warning("fixes_not_kept", units=len(unsaved), exc_info=True)

    def _save_in_thread(self, unsaved: Minutes) -> None:
        if not unsaved:
            return
        with self._hub.engine.connect() as fresh:
            connection = fresh.execution_options(writing=True)
            with connection.begin():
                save_kept_fixes(connection, self._writer, unsaved)

    async def _drop(self) -> None:
        before = self._hub.now() - timedelta(days=self._kept_days)

        def drop() -> None:
            with self._hub.engine.connect() as fresh:
                connection = fresh.execution_options(writing=True)
                with connection.begin():
                    drop_kept_fixes(connection, before)

        try:
            await asyncio.to_thread(drop)
        except Exception:  # outer loop: it is tried again in an hour
            log.exception("kept_fixes_not_dropped")
