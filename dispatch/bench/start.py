"""Bench ``start``: the hub is killed with a long history behind it; how soon it recommends again.

The history is made of copies of one real incident's events in the log and its rows in the tables.
"""

from __future__ import annotations

import time
from typing import Any, Final, NamedTuple

import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from dispatch.bench.call import body_of
from dispatch.bench.running_hub import RunningHub
from dispatch.store.copied_history import append_copies
from dispatch.store.event_log import read_head
from geodata.lonlat import LonLat

REPEATS: Final = 3
_LATE_S: Final = 20.0
_SETTLE_S: Final = 2.0


def run(network: str, events: int) -> dict[str, Any]:
    """Measure, and return the bench's figures; of three kills the middle one.

    Args:
        network: ``synthetic:NODES``, or the folder of a region pack.
        events: Wanted length of the log.
    """
    with RunningHub(network) as hub:
        began_s = time.monotonic()
        past = with_history(hub, events)
        made_s = time.monotonic() - began_s
        hub.start()
        hub.wait_until_healthy()
        measured = [
            _kill_and_wait(hub, past.taker, past.dispatcher, past.at, past.incident_type)
            for _ in range(REPEATS)
        ]
        return {
            "events": past.length,
            "cold_s": sorted(measured)[REPEATS // 2],
            "cold_s_worst": max(measured),
            "rss_mb": round(hub.rss_mb(), 1),
            "history_made_s": round(made_s, 1),
        }


class History(NamedTuple):
    """Length of the log, tokens of two people, and a place and type that want one unit."""

    length: int
    taker: str
    dispatcher: str
    at: LonLat
    incident_type: str


def with_history(hub: RunningHub, events: int) -> History:
    """Start the hub, let it work one incident, stop it, and copy that up to so many events."""
    hub.start()
    hub.wait_until_healthy()
    taker, dispatcher = hub.token("call_taker"), hub.token("dispatcher")
    at, incident_type = somewhere(hub, dispatcher)
    with hub.engine.connect() as connection, connection.begin():
        first_seq = read_head(connection).seq
    incident_id = whole_life(hub, taker, dispatcher, at, incident_type)
    hub.stop()
    with hub.engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            length = append_copies(writing, incident_id, first_seq, events)
    return History(length, taker, dispatcher, at, incident_type)


def somewhere(hub: RunningHub, token: str) -> tuple[LonLat, str]:
    """A place that a unit stands at, and a type that wants one unit of its kind."""
    unit = next(u for u in hub.get(token, "/snapshot")["board"]["units"] if u["kind"] == "patrol")
    types = hub.get(token, "/region")["incident_types"]
    law = next(known for known in types if known["lead"] == "law")
    return LonLat(*unit["home"]), str(law["incident_type"])


def whole_life(hub: RunningHub, taker: str, dispatcher: str, at: LonLat, incident_type: str) -> str:
    """One incident from its call to its end; its id."""
    called = hub.command(taker, "/calls", body_of(at, incident_type))
    incident_id = str(called["incident_id"])
    advice = hub.get(dispatcher, f"/incidents/{incident_id}/recommendation?min_seq={called['seq']}")
    sent = hub.command(
        dispatcher,
        f"/incidents/{incident_id}/assignments",
        {
            "recommendation_id": advice["id"],
            "unit_ids": [pick["unit_id"] for pick in advice["picks"]],
        },
    )
    for assignment in sent["assignments"]:
        path = f"/assignments/{assignment['id']}"
        hub.command(dispatcher, f"{path}/receipt", {})
        hub.command(dispatcher, f"{path}/acknowledgement", {"channel": "voice"})
        for status in ("enroute", "on_scene", "cleared"):
            hub.command(dispatcher, f"{path}/status", {"status": status})
    closing = {"discipline": None, "disposition": "measured"}
    hub.command(dispatcher, f"/incidents/{incident_id}/closings", closing)
    return incident_id


def _kill_and_wait(
    hub: RunningHub, taker: str, dispatcher: str, at: LonLat, incident_type: str
) -> float:
    """Seconds from the kill to the first recommendation by road on a console."""
    time.sleep(_SETTLE_S)
    began_s = time.monotonic()
    hub.kill()
    hub.start()
    console = hub.console_soon(dispatcher)
    answer = hub.command(taker, "/calls", body_of(at, incident_type))
    _wait_for_roads(console, str(answer["incident_id"]))
    cold_s = time.monotonic() - began_s
    console.close()
    end = {"discipline": None, "disposition": "measured"}
    hub.command(dispatcher, f"/incidents/{answer['incident_id']}/closings", end)
    return round(cold_s, 2)


def _wait_for_roads(console: ClientConnection, incident_id: str) -> None:
    """Until a recommendation for the incident comes that the roads answered for.

    Raises:
        TimeoutError: None came.
    """
    until = time.monotonic() + _LATE_S
    while time.monotonic() < until:
        try:
            message = orjson.loads(console.recv(timeout=_LATE_S))
        except ConnectionClosed as closed:
            raise TimeoutError("the console was cut") from closed
        if message["type"] != "event" or message["event"]["body"]["kind"] != "recommendation.made":
            continue
        made = message["event"]["body"]["recommendation"]
        if made["incident_id"] == incident_id and made["roads_seq"] is not None:
            return
    raise TimeoutError(f"no recommendation by road within {_LATE_S:.0f} s")
