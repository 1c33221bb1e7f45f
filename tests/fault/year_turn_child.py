"""``python -m tests.fault.year_turn_child URL KILLS``: a writer that is killed again and again as
the year turns by the database's clock. Each line that it prints was acknowledged before that.

It forks, so it must never have a thread of its own.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from unittest.mock import patch

from sqlalchemy import Connection

from dispatch.domain import commands as cmd
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import Writer
from tests.factories import DISPATCHER, take_call

NEARLY = datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC)
SPAN_S = 4.0
"""From the first kill to the last, by the clock that the database is said to have."""


def write(url: str, began: datetime, turn: int, said: int) -> None:
    """Take calls and number their cases until the end, which comes from outside."""
    began_s = time.monotonic()

    def now(_: Connection) -> datetime:
        return began + timedelta(seconds=time.monotonic() - began_s)

    with patch("dispatch.store.unit_of_work.database_now", now):
        writer = Writer(make_engine(url))
        writer.start()
        for number in count():
            incident_id = f"i{turn}-{number}"
            writer.submit(take_call(f"c{turn}-{number}", incident_id=incident_id)).result(60)
            case = cmd.GiveCaseNumber(
                command_id=f"n{turn}-{number}",
                actor=DISPATCHER,
                incident_id=incident_id,
                agency_id="fire-a",
            )
            writer.submit(case).result(60)
            os.write(said, f"{incident_id}\n".encode())


def main(url: str, kills: int) -> None:
    """So many writers, one after the other, each killed after its first acknowledgement."""
    chance = random.Random(28)
    for turn in range(kills):
        heard, said = os.pipe()
        child = os.fork()
        if child == 0:
            write(url, NEARLY + timedelta(seconds=turn * SPAN_S / kills), turn, said)
        os.close(said)
        acknowledged = os.read(heard, 65_536)
        time.sleep(chance.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(heard, 65_536):
            acknowledged += more
        os.close(heard)
        print(acknowledged.decode(), end="", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
