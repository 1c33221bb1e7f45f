"""A console without a screen: the stream, the board that it shows, and what it missed.

It resumes where it was after a cut or a restart, acknowledges what it has, and counts every event
that came twice or not at all. It gives no commands.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import orjson
import structlog
from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dispatch.domain.board import Board, apply, board_from
from dispatch.domain.events import Event
from dispatch.domain.unit import Fix
from dispatch.realtime.messages import (
    EventMessage,
    Fixes,
    Heartbeat,
    People,
    ProblemMessage,
    Resumed,
    ServerMessage,
    Snapshot,
)
from dispatch.simulation.hub_client import API, HubClient, Refused, Unreachable

MESSAGE: TypeAdapter[
    Snapshot | Resumed | EventMessage | Heartbeat | Fixes | People | ProblemMessage
] = TypeAdapter(ServerMessage)

SILENCE_S: Final = 12.0
"""Without a message for so long the link counts as dead, as on a real console."""
ACK_EVERY_S: Final = 2.0
_AGAIN_S: Final = (0.1, 0.3, 0.8, 1.5)

log = structlog.get_logger()


class Gap(Exception):
    """An event of the stream is missing: begin again with a snapshot."""


_CLOSING_S = 0.5
"""A hub that hangs must not keep a robot from ending."""


class Console:
    """What one account sees.

    Attributes:
        board: As of ``board.seq``; replaced after a snapshot, changed in place otherwise.
        fixes: The newest fix by unit.
        missed: How often the chain of the stream had a gap.
        doubled: Events that came again.
    """

    def __init__(self, client: HubClient, base_url: str) -> None:
        self.client = client
        self.board = Board()
        self.fixes: dict[str, Fix] = {}
        self.epoch: str | None = None
        self.seq: int | None = None
        self.missed = 0
        self.doubled = 0
        self.snapshots = 0
        self.resumes = 0
        self.on_event: list[Callable[[Event], None]] = []
        self.on_snapshot: list[Callable[[], None]] = []
        self.ready = asyncio.Event()
        self._url = f"ws{base_url.removeprefix('http')}{API}/stream"
        self._acked_s = 0.0

    async def run(self) -> None:
        """Stay connected until cancelled."""
        tries = 0
        while True:
            token = None
            try:
                token = await self.client.token()
                async with connect(
                    self._url, max_size=None, open_timeout=5, close_timeout=_CLOSING_S
                ) as socket:
                    tries = 0
                    await self._follow(socket, token)
            except (OSError, TimeoutError, WebSocketException, Unreachable) as failure:
                log.debug("console.cut", login=self.client.login, why=repr(failure))
            except Gap:
                self.missed += 1
                self.seq = None
            except Refused as refusal:
                if refusal.status != 401:
                    raise
                await self.client.token(instead_of=token)
            await asyncio.sleep(_AGAIN_S[min(tries, len(_AGAIN_S) - 1)])
            tries += 1

    async def wait_for(
        self, holds: Callable[[Board], bool], timeout_s: float, every_s: float = 0.1
    ) -> bool:
        """Wait until the board shows something; False when the time is over first."""
        until = time.monotonic() + timeout_s
        while not holds(self.board):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(every_s)
        return True

    async def _follow(self, socket: ClientConnection, token: str) -> None:
        hello = {"type": "hello", "token": token, "epoch": self.epoch, "since": self.seq}
        await socket.send(orjson.dumps(hello).decode())
        while True:
            async with asyncio.timeout(SILENCE_S):
                text = await socket.recv()
            self.take(MESSAGE.validate_json(text))
            if self.seq is not None and time.monotonic() - self._acked_s >= ACK_EVERY_S:
                self._acked_s = time.monotonic()
                await socket.send(orjson.dumps({"type": "ack", "seq": self.seq}).decode())

    def take(
        self,
        message: Snapshot | Resumed | EventMessage | Heartbeat | Fixes | People | ProblemMessage,
    ) -> None:
        """Take in one message.

        Raises:
            Gap: An event before it is missing.
            Refused: The hub ends the stream, and this is why.
        """
        if isinstance(message, EventMessage):
            self._take_event(message)
        elif isinstance(message, Snapshot):
            self.snapshots += 1
            self.board = board_from(message.board, message.seq)
            self.fixes = {fix.unit_id: fix for fix in message.fixes}
            self.epoch, self.seq = message.epoch, message.seq
            for told in self.on_snapshot:
                told()
            self.ready.set()
        elif isinstance(message, Resumed):
            self.resumes += 1
            self.epoch, self.seq = message.epoch, message.seq
        elif isinstance(message, Fixes):
            self.fixes.update({fix.unit_id: fix for fix in message.fixes})
        elif isinstance(message, ProblemMessage):
            raise Refused(message.problem.status, message.problem.model_dump())
        elif isinstance(message, Heartbeat) and self.seq is not None and message.seq > self.seq:
            raise Gap

    def _take_event(self, message: EventMessage) -> None:
        if self.seq is None or message.prev > self.seq:
            raise Gap
        if message.seq <= self.seq:
            self.doubled += 1
            return
        apply(self.board, message.event)
        self.seq = message.seq
        for told in self.on_event:
            told(message.event)
