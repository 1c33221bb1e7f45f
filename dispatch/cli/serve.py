"""``hub serve``: the hub's process. The roads are started first, the rest is imported meanwhile."""

from __future__ import annotations

import gc
import signal
from types import FrameType

from dispatch.roads.child import roads_child
from dispatch.settings import HubSettings


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def serve() -> None:
    """Run the hub: the API, the stream and the console. It starts and supervises the roads."""
    settings = HubSettings()
    settings.storage.data_dir.mkdir(parents=True, exist_ok=True)
    gc.disable()  # all that is made from here on stays; the application enables it when it is up
    roads = roads_child() if settings.roads.roads_supervise else None
    if roads is not None:
        roads.start()
    signal.signal(signal.SIGTERM, _end)  # the default would leave the roads behind
    try:
        from dispatch.main import run  # dear to import: see above

        run(settings, roads)
    finally:
        if roads is not None:
            roads.stop()
