"""The WebSocket of the stream: hello, then frames; acknowledgements in between.

It only brings a console and its stream together; what the console gets is ``realtime``'s matter.
"""

from __future__ import annotations

import asyncio
from collections import deque
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from dispatch.api.auth import profile_of_actor
from dispatch.api.errors import status_of
from dispatch.api.parts import Parts
from dispatch.api.permissions import V1, is_open_to
from dispatch.domain.errors import HubError, InvalidInput, NotAllowed
from dispatch.domain.presence import Presence
from dispatch.realtime.frame_protocol import SINK
from dispatch.realtime.frames import payloads_of
from dispatch.realtime.live import Person
from dispatch.realtime.messages import (
    CLIENT_MESSAGE,
    Ack,
    Hello,
    Looking,
    problem_frame,
    problem_of,
)
from dispatch.realtime.streams import StreamKey
from dispatch.realtime.viewers import Sink
from dispatch.services.accounts import SignedIn

POLICY_VIOLATION = 1008
_FIRST_MESSAGE_BYTES = 4096

router = APIRouter(tags=["stream"])


class TextSink:
    """Sends by the server's own way, where it gives no access to its transport."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._close: tuple[int, str] | None = None
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run(), name="text-sink")

    def write(self, wire: bytes) -> None:
        """Hand over whole frames."""
        for payload in payloads_of(wire):
            self._waiting.append(payload)
            self._bytes += len(payload)
        self._wake.set()

    def buffered(self) -> int:
        """Bytes not sent yet."""
        return self._bytes

    def close(self, code: int, reason: str) -> None:
        """End after what was written."""
        self._close = (code, reason)
        self._wake.set()

    def abort(self) -> None:
        """End at once."""
        self._waiting.clear()
        self.close(POLICY_VIOLATION, "too slow")

    async def end(self) -> None:
        """Stop sending."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                payload = self._waiting.popleft()
                await self._socket.send_text(payload.decode())
                self._bytes -= len(payload)
            if self._close is not None:
                await self._socket.close(*self._close)
                return


def origin_allowed(origin: str | None, host: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether a page of this origin may open the stream: our own, or one that is listed.

    A program that is no browser sends no origin.
    """
    if origin is None or origin in allowed:
        return True
    return bool(host) and urlsplit(origin).netloc == host


@router.websocket("/stream")
async def stream(socket: WebSocket) -> None:
    """Subscribe, then the snapshot, then what follows; or from where the console was."""
    parts: Parts = socket.app.state.parts
    headers = socket.headers
    if not origin_allowed(
        headers.get("origin"), headers.get("host"), parts.settings.server.allowed_origins
    ):
        await socket.close(POLICY_VIOLATION, "origin")
        return
    await socket.accept()
    shared: Sink | None = socket.scope.get("extensions", {}).get(SINK)
    sink: Sink = shared or TextSink(socket)
    try:
        hello = await _first_message(socket, parts.settings.stream.hello_s)
        while True:
            hello = await _serve(socket, sink, parts, hello)
    except HubError as refusal:
        sink.write(problem_frame(problem_of(refusal, status_of(refusal))).wire)
        sink.close(4000 + status_of(refusal), refusal.code)
        await _until_closed(socket)
    except WebSocketDisconnect:
        pass
    finally:
        if isinstance(sink, TextSink):
            await sink.end()


async def _serve(socket: WebSocket, sink: Sink, parts: Parts, hello: Hello) -> Hello:
    """Frames until the console says hello anew, goes, is too slow, or its session ends."""
    caller = await parts.accounts.who_asks(hello.token)
    if not is_open_to(caller.actor.role, "WS", f"{V1}/stream"):
        raise NotAllowed(role=caller.actor.role)
    key = StreamKey(caller.actor.agencies, profile_of_actor(caller.actor))
    viewer = parts.live.viewer(sink, caller.session_id, caller.expires_at)
    try:
        how = await parts.live.admit(viewer, key, hello.epoch, hello.since)
        held = 0 if how == "snapshot" else hello.since or 0
        parts.live.write_down(viewer, _person(caller), key, held)
        _be_present(parts, caller, Looking())
        while True:
            message = _parsed(await _receive(socket))
            if isinstance(message, Hello):
                return message
            if isinstance(message, Looking):
                _be_present(parts, caller, message)
            else:
                parts.live.acknowledge(viewer, message.seq)
    finally:
        parts.live.leave(viewer, key)


def _person(caller: SignedIn) -> Person:
    account = caller.account
    return Person(account.id, account.name, account.role, account.position or "")


def _be_present(parts: Parts, caller: SignedIn, looking: Looking) -> None:
    """Those who work on the floor are seen there; crews and municipalities are not."""
    if profile_of_actor(caller.actor) != "full":
        return
    person = Presence(
        account_id=caller.account.id,
        name=caller.account.name,
        incident_id=looking.incident_id,
        typing=looking.typing,
    )
    parts.live.presence.arrive(caller.session_id, person)


async def _first_message(socket: WebSocket, within_s: float) -> Hello:
    try:
        async with asyncio.timeout(within_s):
            text = await _receive(socket)
    except TimeoutError:
        raise InvalidInput("The first message did not come in time.", field="hello") from None
    message = _parsed(text)
    if not isinstance(message, Hello):
        raise InvalidInput("The first message must be a hello.", field="type")
    return message


async def _receive(socket: WebSocket) -> str:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    text = message.get("text")
    if text is None:
        raise InvalidInput("Messages are text.")
    assert isinstance(text, str)
    return text


def _parsed(text: str) -> Hello | Ack | Looking:
    if len(text) > _FIRST_MESSAGE_BYTES:
        raise InvalidInput("The message is too long.")
    try:
        return CLIENT_MESSAGE.validate_json(text)
    except ValidationError as error:
        raise InvalidInput(
            "The message cannot be read.", inputs=[found["msg"] for found in error.errors()]
        ) from None


async def _until_closed(socket: WebSocket) -> None:
    """Read on, so that the refusal arrives before the connection ends."""
    try:
        async with asyncio.timeout(2.0):
            while True:
                await _receive(socket)
    except (TimeoutError, WebSocketDisconnect, InvalidInput):
        return
