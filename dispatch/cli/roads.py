"""``hub roads``: the roads process. It imports little, so that it is back soon after it ended."""

from __future__ import annotations

import typer

from dispatch.roads.opening import roads_opener
from dispatch.roads.server import serve
from dispatch.services.roads_log import StoredClosureLog
from dispatch.settings import HubSettings
from dispatch.store.engine import make_engine


def roads() -> None:
    """Run the roads process. The hub starts it by itself; by hand it serves a trial."""
    settings = HubSettings()
    engine = make_engine(settings.storage.database)
    opener = roads_opener(settings.storage.networks_dir, settings.storage.orders_dir)
    raise typer.Exit(serve(settings.roads_socket, StoredClosureLog(engine), opener))
