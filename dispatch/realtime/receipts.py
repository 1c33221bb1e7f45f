"""What the consoles of this process were sent and acknowledged, until it is written down.

Sans I/O: time is an argument. It is bounded: at most two values a second and console, and what the
database does not take is dropped, the oldest first, and counted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from dispatch.domain.looking_back import ConsoleLink, Ended, Receipt
from dispatch.store.receipts import SEEN_EVERY_S, minute_of

SAVE_EVERY_S: Final = 5.0
_A_MINUTE_MOST: Final = 120
_WAITING_MOST: Final = 10_000

Minute = tuple[str, int, tuple[Receipt, ...]]
"""A connection's id, the minute since 1970, and what it was sent and acknowledged in it."""


class Unsaved(NamedTuple):
    """What is to be written: connections that began or ended, minutes, and who stands."""

    links: tuple[ConsoleLink, ...]
    minutes: tuple[Minute, ...]
    standing: tuple[str, ...]


class ReceiptBook:
    """By connection, the minute that is being written and those that wait."""

    def __init__(self) -> None:
        self.dropped = 0
        self._links: dict[str, ConsoleLink] = {}
        self._last: dict[str, Receipt] = {}
        self._changed_links: dict[str, ConsoleLink] = {}
        self._minutes: dict[tuple[str, int], list[Receipt]] = {}
        self._changed: set[tuple[str, int]] = set()
        self._saved_s = float("-inf")
        self._seen_s = float("-inf")

    def begin(self, link: ConsoleLink) -> None:
        """A console is connected; what it was sent to begin with is known."""
        self._links[link.id] = self._changed_links[link.id] = link
        self._last[link.id] = Receipt(link.began_at, 0, 0, None)
        held_at = link.began_at if link.held else None
        self._add(link.id, Receipt(link.began_at, link.began_with, link.held, held_at))

    def sent(self, link_id: str, seq: int, at: datetime) -> None:
        """Everything up to ``seq`` was written to it."""
        last = self._last.get(link_id)
        if last is not None and seq > last.sent:
            self._add(link_id, last._replace(at=at, sent=seq))

    def acknowledged(self, link_id: str, seq: int, at: datetime) -> None:
        """It says that it has everything up to ``seq``."""
        last = self._last.get(link_id)
        if last is not None and seq > last.acked:
            self._add(link_id, Receipt(at, max(seq, last.sent), seq, at))

    def end(self, link_id: str, at: datetime, how: Ended) -> None:
        """The connection is over."""
        link = self._links.pop(link_id, None)
        self._last.pop(link_id, None)
        if link is not None:
            self._changed_links[link_id] = link.model_copy(update={"ended_at": at, "ended": how})

    def take_unsaved(self, now_s: float, *, all_of_it: bool = False) -> Unsaved | None:
        """What to write now, every few seconds; None: not now, or nothing."""
        if not all_of_it and now_s - self._saved_s < SAVE_EVERY_S:
            return None
        self._saved_s = now_s
        standing: tuple[str, ...] = ()
        if all_of_it or now_s - self._seen_s >= SEEN_EVERY_S:
            self._seen_s, standing = now_s, tuple(self._links)
        links = tuple(self._changed_links.values())
        minutes = tuple(
            (link_id, minute, tuple(self._minutes[link_id, minute]))
            for link_id, minute in sorted(self._changed)
        )
        self._changed_links.clear()
        self._changed.clear()
        newest = dict(sorted(self._minutes))  # of each connection its last minute goes on
        self._minutes = {
            (link_id, minute): receipts
            for (link_id, minute), receipts in self._minutes.items()
            if link_id in self._links and newest[link_id] == minute
        }
        if not (links or minutes or standing):
            return None
        return Unsaved(links, minutes, standing)

    def put_back(self, unsaved: Unsaved) -> None:
        """The database did not take it: it waits for the next time, as far as there is room."""
        for link in unsaved.links:
            self._changed_links.setdefault(link.id, link)
        for link_id, minute, receipts in unsaved.minutes:
            if (link_id, minute) not in self._minutes:
                self._minutes[link_id, minute] = list(receipts)
            self._changed.add((link_id, minute))
        for key in sorted(self._changed, key=lambda key: key[1])[:-_WAITING_MOST]:
            self._changed.discard(key)
            self._minutes.pop(key, None)
            self.dropped += 1
        for link_id in list(self._changed_links)[:-_WAITING_MOST]:
            del self._changed_links[link_id]
            self.dropped += 1

    def _add(self, link_id: str, receipt: Receipt) -> None:
        self._last[link_id] = receipt
        key = link_id, minute_of(receipt.at)
        receipts = self._minutes.setdefault(key, [])
        if len(receipts) >= _A_MINUTE_MOST:
            receipts.pop()
        receipts.append(receipt)
        self._changed.add(key)
