"""The roads process by itself: ``python -m dispatch.services.roads_process``.

What ``dispatch.roads.child`` starts. It imports little, since it has to be back two seconds after
it was killed; ``hub roads`` runs the same.
"""

from __future__ import annotations

import sys

from dispatch.roads.opening import roads_opener
from dispatch.roads.server import serve
from dispatch.services.roads_log import StoredClosureLog
from dispatch.settings import HubSettings
from dispatch.store.engine import make_engine


def run(settings: HubSettings) -> int:
    """Serve the roads of this installation until told to end; gives the exit code."""
    storage = settings.storage
    opener = roads_opener(storage.networks_dir, storage.orders_dir)
    engine = make_engine(storage.database)
    return serve(settings.roads_socket, StoredClosureLog(engine), opener)


if __name__ == "__main__":
    sys.exit(run(HubSettings()))
