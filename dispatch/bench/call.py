"""Bench ``call``: a call posted by one console, its recommendation seen on another.

One call at a time, at an even pace, over the real processes: API, writer, stream, roads.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from dispatch.bench.running_hub import RunningHub
from geodata.lonlat import LonLat
from jurisdictions.pack_checks import CALLS
from jurisdictions.recorded_calls import RecordedCall, read_calls

CALLS_MEASURED: Final = 200
WARM_UP: Final = 20
EVERY_S: Final = 0.12
ACK_EVERY_S: Final = 1.0
_LATE_S: Final = 10.0


def run(network: str, units: int) -> dict[str, Any]:
    """Measure, and return the bench's figures in milliseconds.

    ``commit`` is until the call is answered, ``recommended`` until the recommendation stands in
    the log, ``console`` until another console has it.

    Args:
        network: ``synthetic:NODES``, or the folder of a region pack with calls.
        units: At least so many units in the region.
    """
    with RunningHub(network, units) as hub:
        hub.start()
        hub.wait_until_healthy()
        taker = hub.token("call_taker")
        console = hub.console(hub.token("dispatcher"))
        seen = _Watch(console)
        times = [
            _one(hub, taker, seen, place) for place in places_of(hub.pack, WARM_UP + CALLS_MEASURED)
        ][WARM_UP:]
        board = hub.get(hub.token("dispatcher"), "/snapshot")["board"]
        console.close()
    commit, recommended, shown = zip(*times, strict=True)
    return {
        "calls": len(times),
        "units": len(board["units"]),
        "commit_p50": quantile(commit, 0.5),
        "commit_p99": quantile(commit, 0.99),
        "recommended_p50": quantile(recommended, 0.5),
        "recommended_p99": quantile(recommended, 0.99),
        "console_p50": quantile(shown, 0.5),
        "console_p99": quantile(shown, 0.99),
    }


@dataclass
class _Seen:
    """When the recommendation of an incident was made and when it came."""

    made_at_s: float
    came_s: float


@dataclass
class _Watch:
    """Another console, in a thread of its own: notes when each first recommendation arrives."""

    console: ClientConnection
    first: dict[str, _Seen] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        acked_s = 0.0
        while True:
            try:
                text = self.console.recv()
            except ConnectionClosed:
                return
            came_s = time.time()
            message = orjson.loads(text)
            if message["type"] != "event":
                continue
            if came_s - acked_s > ACK_EVERY_S:
                acked_s = came_s
                self.console.send(orjson.dumps({"type": "ack", "seq": message["seq"]}).decode())
            event = message["event"]
            if event["body"]["kind"] == "recommendation.made":
                made_at_s = datetime.fromisoformat(event["at"]).timestamp()
                with self.news:
                    incident_id = event["body"]["recommendation"]["incident_id"]
                    self.first.setdefault(incident_id, _Seen(made_at_s, came_s))
                    self.news.notify_all()

    def wait(self, incident_id: str) -> _Seen:
        """The first recommendation of the incident.

        Raises:
            TimeoutError: None came.
        """
        with self.news:
            if not self.news.wait_for(lambda: incident_id in self.first, _LATE_S):
                raise TimeoutError(f"no recommendation within {_LATE_S:.0f} s")
            return self.first[incident_id]


def _one(
    hub: RunningHub, token: str, seen: _Watch, call: RecordedCall
) -> tuple[float, float, float]:
    """Milliseconds from posting to commit, to the recommendation, to the other console."""
    began_s = time.time()
    answer = hub.command(token, "/calls", body_of(call.at, call.incident_type))
    committed_s = time.time()
    found = seen.wait(answer["incident_id"])
    time.sleep(max(0.0, EVERY_S - (time.time() - began_s)))
    return (
        (committed_s - began_s) * 1000,
        (found.made_at_s - began_s) * 1000,
        (found.came_s - began_s) * 1000,
    )


def body_of(at: LonLat, incident_type: str) -> dict[str, Any]:
    """A call with a place and a type."""
    return {"place": {"at": list(at)}, "incident_type": incident_type, "said": "measured"}


def places_of(pack: Path, count: int) -> list[RecordedCall]:
    """Up to ``count`` of the pack's recorded calls, spread over all of them."""
    calls = [call for call in read_calls(pack / CALLS) if isinstance(call, RecordedCall)]
    good = [call for call in calls if not call.bad]
    return good[:: max(1, len(good) // count)][:count]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of all do not exceed."""
    if len(values) < 2:
        return round(values[0], 2)
    return round(statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1], 2)
