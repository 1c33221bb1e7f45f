"""A roads process on a log that is a file of events, one a line, for the tests of its faults.

Called with the folder of everything: ``networks/``, ``orders/``, ``log.jsonl``, ``roads.sock``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dispatch.domain.board import Board, apply
from dispatch.domain.events import Event
from dispatch.roads.following import Batch, Standing
from dispatch.roads.opening import roads_opener
from dispatch.roads.server import serve

EPOCH = "e1"


class FileLog:
    """Events from a file that only grows."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log.jsonl"
        self._network_id = next((folder / "networks").glob("*.npz")).stem

    def load(self) -> Standing:
        board = Board()
        for event in self._events():
            apply(board, event)
        return Standing(EPOCH, board.seq, self._network_id, tuple(board.closures.values()))

    def read(self, after: int) -> Batch:
        events = [event for event in self._events() if event.seq > after]
        return Batch(EPOCH, events[-1].seq if events else after, tuple(events))

    def _events(self) -> list[Event]:
        lines = self._path.read_text().splitlines(keepends=True)
        return [Event.model_validate_json(line) for line in lines if line.endswith("\n")]


def main() -> int:
    folder = Path(sys.argv[1])
    opener = roads_opener(folder / "networks", folder / "orders")
    return serve(folder / "roads.sock", FileLog(folder), opener)


if __name__ == "__main__":
    sys.exit(main())
