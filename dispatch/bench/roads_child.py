"""The roads process as the benches start it, on a database, a folder and a socket they name."""

from __future__ import annotations

import sys
from pathlib import Path

from dispatch.roads.opening import roads_opener
from dispatch.roads.server import serve
from dispatch.services.roads_log import StoredClosureLog
from dispatch.store.engine import make_engine


def main() -> int:
    """Serve until told to end; arguments: database URL, folder."""
    url, folder = sys.argv[1], Path(sys.argv[2])
    opener = roads_opener(folder / "networks", folder / "orders")
    return serve(folder / "roads.sock", StoredClosureLog(make_engine(url)), opener)


if __name__ == "__main__":
    sys.exit(main())
