"""The roads as a child of the hub: the command that starts them, and what is logged of their life.

It imports nothing heavy: the hub starts the roads before it imports itself, so that both come up
at the same time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import structlog

from dispatch.roads.supervisor import RoadsSupervisor

ROADS_COMMAND: Final = (sys.executable, "-m", "dispatch.services.roads_process")
"""What a supervisor starts; settings come from the environment, as everywhere."""


def coverage_child(socket: Path) -> RoadsSupervisor:
    """A supervisor of the coverage's own roads, not started yet; nobody waits for them, so no spare
    is kept.
    """
    return RoadsSupervisor(
        ROADS_COMMAND, environment={"HUB_ROADS_SOCKET": str(socket)}, spare=False
    )


def roads_child() -> RoadsSupervisor:
    """A supervisor of the roads with this process's environment, not started yet."""

    def told(name: str, fields: dict[str, object]) -> None:
        log = structlog.get_logger()
        log.warning(name, **fields) if name == "roads.ended" else log.info(name, **fields)

    return RoadsSupervisor(ROADS_COMMAND, on_change=told)
