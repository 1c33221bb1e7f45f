"""uvicorn's WebSocket protocol with its transport at hand, so that viewers can share a frame.

Given to uvicorn by its public ``ws=`` setting. uvicorn is pinned: ``tests/api/test_stream.py`` runs
a real server and holds this to what uvicorn does.
"""

from __future__ import annotations

from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

SINK = "hub.sink"
"""Key in the scope's ``extensions`` under which the application finds the ``FrameSink``."""


class FrameSink:
    """Writes whole frames to the transport of one connection (``viewers.Sink``)."""

    def __init__(self, protocol: FrameProtocol) -> None:
        self._protocol = protocol

    def write(self, wire: bytes) -> None:
        """Hand over whole frames; nothing once the connection closes."""
        if not self._protocol.close_sent and not self._protocol.transport.is_closing():
            self._protocol.transport.write(wire)

    def buffered(self) -> int:
        """Bytes that the kernel has not taken yet."""
        transport = self._protocol.transport
        return 0 if transport.is_closing() else transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after what was written; uvicorn ends the connection."""
        protocol = self._protocol
        if protocol.close_sent or protocol.transport.is_closing():
            return
        protocol.conn.send_close(code, reason)
        protocol.transport.write(b"".join(protocol.conn.data_to_send()))
        protocol.close_sent = True
        protocol.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        protocol.close_timer = protocol.loop.call_later(2.0, protocol.transport.close)

    def abort(self) -> None:
        """End at once and drop what is buffered."""
        self._protocol.transport.abort()


class FrameProtocol(WebSocketsSansIOProtocol):
    """The same protocol; the application finds the sink in the scope."""

    async def run_asgi(self) -> None:
        """Run the application with the sink in its scope."""
        extensions = cast(dict[str, object], self.scope["extensions"])
        extensions[SINK] = FrameSink(self)
        await super().run_asgi()
