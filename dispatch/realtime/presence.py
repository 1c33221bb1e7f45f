"""Who is at the consoles of this process and of others. Sans I/O: rows go in and out as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dispatch.domain.presence import Presence

SAVE_EVERY_S: Final = 5.0
GONE_AFTER_S: Final = 15.0
"""A console of another process that was not written again for so long is gone with it."""


class PresenceBook:
    """By session: one browser counts once, however often it connects."""

    def __init__(self) -> None:
        self._here: dict[str, Presence] = {}
        self._elsewhere: dict[str, Presence] = {}
        self._changed = False
        self._unsaved = False
        self._saved_s = float("-inf")

    def arrive(self, session_id: str, presence: Presence) -> None:
        """This console is here, or looks at something else now."""
        self._here[session_id] = presence
        self._changed = self._unsaved = True

    def leave(self, session_id: str) -> None:
        """This console is gone."""
        if self._here.pop(session_id, None) is not None:
            self._changed = self._unsaved = True

    def take_unsaved(self, now_s: float) -> dict[str, Presence] | None:
        """What other processes must know: at each change, and every few seconds; None: not now."""
        if not self._unsaved and now_s - self._saved_s < SAVE_EVERY_S:
            return None
        self._unsaved, self._saved_s = False, now_s
        return dict(self._here)

    def merge(self, elsewhere: Mapping[str, Presence]) -> None:
        """The consoles of other processes, as they stand in the table."""
        others = {key: value for key, value in elsewhere.items() if key not in self._here}
        if others != self._elsewhere:
            self._elsewhere, self._changed = others, True

    def take_changed(self) -> list[Presence] | None:
        """Everybody, if anything changed since the last time; else None."""
        if not self._changed:
            return None
        self._changed = False
        return [*self._here.values(), *self._elsewhere.values()]
