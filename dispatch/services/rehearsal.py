"""Rehearses a restore: a backup, moved on by the live log, must come to the live state.

So damage that nobody has met yet, in the backup, in the log or in the live tables, is found at
night and not on the day when the backup is needed. Nothing is written to either database.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson
from sqlalchemy import Engine

from dispatch.domain.board import Board
from dispatch.domain.chain import Fault
from dispatch.domain.errors import InvalidInput
from dispatch.store.boards import load_board
from dispatch.store.event_log import find_hash, read_head, verify_log
from dispatch.store.kept_boards import board_of

FAULTS_MOST = 100


@dataclass(frozen=True)
class Rehearsal:
    """What came of it. Hashes are SHA-256 of the whole state after event ``live_seq``."""

    backup_seq: int
    """The last event of the backup."""
    live_seq: int
    replayed: str
    """The backup's state, moved on by the events that came after it."""
    live: str
    """The state as the live tables hold it."""
    faults: tuple[Fault, ...]
    """In the backup's own log."""
    parts: tuple[str, ...]
    """Where the two states differ: the snapshot's field names."""

    @property
    def whole(self) -> bool:
        """Whether the backup can be trusted."""
        return self.replayed == self.live and not self.faults


def rehearse_restore(live: Engine, restored: Engine) -> Rehearsal:
    """Bring the restored state up to the live one by the live log, and compare.

    Args:
        live: The hub's database; it may be at work.
        restored: The backup, restored somewhere else, of the same version of the hub.

    Raises:
        InvalidInput: The backup is empty, or its last event is not one of the live log.
    """
    with restored.connect() as connection, connection.begin():
        head = read_head(connection)
        faults = tuple(f for _, f in zip(range(FAULTS_MOST), verify_log(connection), strict=False))
    backup, now = load_board(restored), load_board(live)
    with live.connect() as connection, connection.begin():
        if head.seq == 0 or find_hash(connection, head.seq) != head.hash:
            raise InvalidInput(
                f"Event {head.seq}, the backup's last, is not in the live log: it is a backup of "
                "another hub, or the live log was restored from an older one since.",
                field="backup",
            )
        moved = board_of(connection, backup.board, now.head.seq)
    replayed, stands = _by_part(moved), _by_part(now.board)
    parts = tuple(name for name in stands if stands[name] != replayed.get(name))
    return Rehearsal(head.seq, now.head.seq, _hash(replayed), _hash(stands), faults, parts)


def _by_part(board: Board) -> dict[str, bytes]:
    """The snapshot's fields, each in one form whatever the order of its rows."""
    dumped = board.snapshot().model_dump(mode="json")
    return {name: orjson.dumps(_ordered(dumped[name])) for name in sorted(dumped)}


def _ordered(value: object) -> object:
    rows = value if isinstance(value, list) else [value]
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in rows)


def _hash(parts: dict[str, bytes]) -> str:
    return hashlib.sha256(b"\0".join(name.encode() + parts[name] for name in parts)).hexdigest()
