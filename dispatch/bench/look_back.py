"""Bench ``look-back``: the board of any moment of a long history, and what consoles had of it.

The history is made of copies of one real incident's events, as for ``start``; kept boards are made
along it as ``hub audit keep`` does, and moments are looked at anywhere in it.
"""

from __future__ import annotations

import random
import time
from typing import Any, Final

from dispatch.bench.running_hub import RunningHub
from dispatch.bench.start import with_history
from dispatch.domain.values import EVERYONE, Actor
from dispatch.services.board_keeper import keep_boards
from dispatch.services.looking_back import look_back
from dispatch.store.clock import database_now
from dispatch.store.kept_boards import kept_bytes

LOOKS: Final = 200
_AUDITOR: Final = Actor(account_id="bench", role="auditor", agencies=(EVERYONE,))


def run(network: str, events: int) -> dict[str, Any]:
    """Measure, and return the bench's figures in milliseconds.

    Args:
        network: ``synthetic:NODES``, or the folder of a region pack.
        events: Wanted length of the log.
    """
    with RunningHub(network) as hub:
        length = with_history(hub, events).length
        began_s = time.monotonic()
        kept = keep_boards(hub.engine)
        keeping_s = time.monotonic() - began_s
        chance = random.Random(21)  # noqa: S311  (no secret)
        took_ms = sorted(_look(hub, chance.randint(1, length)) for _ in range(LOOKS))
        with hub.engine.connect() as connection, connection.begin():
            kept_mb = kept_bytes(connection) / 1e6
        return {
            "events": length,
            "kept_boards": kept.made,
            "kept_mb": round(kept_mb, 1),
            "keeping_us_per_event": round(keeping_s / max(1, length) * 1e6, 1),
            "look_p50": took_ms[LOOKS // 2],
            "look_p99": took_ms[int(LOOKS * 0.99)],
            "look_max": took_ms[-1],
        }


def _look(hub: RunningHub, seq: int) -> float:
    began_s = time.perf_counter()
    with hub.engine.connect() as connection, connection.begin():
        now = database_now(connection)
        found = look_back(connection, _AUDITOR, "audit", now, seq=seq, at=None, session_id=None)
    assert found.seq == seq
    return round((time.perf_counter() - began_s) * 1000, 1)
