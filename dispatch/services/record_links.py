"""Later versions of records that another centre has: sent when what they say changes, gathered.

Linked is a call whose record was taken with an offer, while that offer waits or was accepted. The
last version says that the incident is over. One version is under way for each link at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog

from dispatch.domain import events as ev
from dispatch.domain.call import Call, Transfer
from dispatch.domain.commands import ReportRecord
from dispatch.domain.errors import HubError
from dispatch.domain.incident import Incident
from dispatch.domain.transfers import linked, unreported
from dispatch.domain.values import HUB_ACTOR
from dispatch.interop.eido import decode_eido
from dispatch.services.hub import Hub
from dispatch.services.records import RecordSender, content_of, document_of, sending_s
from dispatch.settings import EidoSettings
from dispatch.store.event_log import LoggedEvent

LOOK_S: Final = 30.0
"""What no event told is found so soon, and what was not taken is tried again."""

log = structlog.get_logger()

Key = tuple[str, str]
"""A call and its transfer."""


class _Link(NamedTuple):
    """A link as it stood last: what is sent when its incident has left the board."""

    call: Call
    transfer: Transfer
    incident: Incident | None


class RecordLinks:
    """Follows the events of one hub process, on its event loop.

    Args:
        hub: The running hub.
        sender: That posts, and knows what it has sent.
        settings: How long changes are gathered.
        active: Whether this process is the one that does it; asked again and again.
    """

    def __init__(
        self, hub: Hub, sender: RecordSender, settings: EidoSettings, active: Callable[[], bool]
    ) -> None:
        self._hub = hub
        self._sender = sender
        self._settings = settings
        self._active = active
        self._report_within_s = sending_s(settings)
        self._hint = asyncio.Event()
        self._links: dict[Key, _Link] = {}
        self._closed: dict[str, ev.IncidentClosed] = {}
        self._flying: dict[Key, asyncio.Task[None]] = {}
        self._not_before_s: dict[Key, float] = {}

    @property
    def in_flight(self) -> int:
        """Versions that are under way now."""
        return len(self._flying)

    def unsent(self) -> int:
        """Links of which the other centre has not been sent what stands now."""
        sent, standing = self._sender.sent, self._links.copy()
        return sum(
            sent.get(key) != content_of(self._hub, self._settings, link.call, link.incident)
            for key, link in standing.items()
        )

    def on_events(self, page: Sequence[LoggedEvent]) -> None:
        """Something changed. Subscribe this to the follower."""
        for logged in page:
            body = logged.event.body
            if isinstance(body, ev.IncidentClosed):
                if any(link.call.incident_id == body.incident_id for link in self._links.values()):
                    self._closed[body.incident_id] = body
            elif isinstance(body, ev.IncidentReopened):
                self._closed.pop(body.incident.id, None)
        self._hint.set()

    def on_reload(self) -> None:
        """Another board took the place of the last one."""
        self._hint.set()

    async def run(self) -> None:
        """Until it is cancelled; what is under way then is given up."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._hint.wait()
                await asyncio.sleep(self._settings.eido_gather_s)
                self._hint.clear()
                if not self._active():
                    continue
                try:
                    self.look()
                except Exception:  # outer loop: one record's fault must not end all links
                    log.exception("record_links_failed")
        finally:
            for task in self._flying.values():
                task.cancel()
            await asyncio.gather(*self._flying.values(), return_exceptions=True)

    def look(self) -> None:
        """Send a version of each record that says something else than the one before."""
        board = self._hub.board()
        standing: set[Key] = set()
        for call in list(board.calls.values()):
            transfer = linked(call)
            if transfer is None:
                if (lost := unreported(call, self._hub.now(), self._report_within_s)) is not None:
                    self._sender.send(HUB_ACTOR, call.id, lost.id)  # its sender died on the way
                continue
            key = (call.id, transfer.id)
            standing.add(key)
            link = _Link(call, transfer, board.incidents.get(call.incident_id or ""))
            self._links[key] = link
            self._send(key, link)
        for key in [key for key in self._links if key not in standing]:
            self._end(key)

    def _end(self, key: Key) -> None:
        """The call has left the board. When its incident was closed, that is the last version."""
        link = self._links[key]
        closed = self._closed.get(link.call.incident_id or "")
        if closed is not None and link.incident is not None:
            update = {"state": "closed", "closed_at": closed.closed_at}
            link = link._replace(incident=link.incident.model_copy(update=update))
            if not self._send(key, link):
                return  # under way, or to be tried again
            if key in self._flying:
                return  # gone when it was taken
        self._links.pop(key)
        self._sender.sent.pop(key, None)
        self._sender.said.pop(key, None)
        self._not_before_s.pop(key, None)

    def _send(self, key: Key, link: _Link) -> bool:
        """False where it has to wait: for the version before, or until a failure is tried again."""
        content = content_of(self._hub, self._settings, link.call, link.incident)
        if self._sender.sent.get(key) == content:
            return True
        now_s = asyncio.get_running_loop().time()
        if key in self._flying or now_s < self._not_before_s.get(key, 0.0):
            return False
        centres = self._hub.region().centres
        centre = next((c for c in centres if c.id == link.transfer.centre_id), None)
        if centre is None or not centre.eido_url:
            return True
        document = document_of(self._hub, self._settings, HUB_ACTOR, link.call, link.incident)
        task = asyncio.create_task(self._deliver(key, link, centre.eido_url, document, content))
        self._flying[key] = task
        task.add_done_callback(lambda _: self._landed(key))
        return True

    def _landed(self, key: Key) -> None:
        self._flying.pop(key, None)
        self._hint.set()  # what changed meanwhile is the next version

    async def _deliver(
        self, key: Key, link: _Link, url: str, document: dict[str, object], content: str
    ) -> None:
        why, again = await self._sender.post(url, document, link.call.record_hops)
        if why:
            log.warning("record_version_not_taken", centre=link.transfer.centre_id, why=why)
        if again:
            self._not_before_s[key] = asyncio.get_running_loop().time() + LOOK_S
        else:  # taken, or refused for good: the next that goes says something else
            self._sender.sent[key] = content
            self._not_before_s.pop(key, None)
        version = self._sender.version_of(key, document, content)
        if not why:
            self._sender.said[key] = decode_eido(document).text
        report = ReportRecord(
            command_id=f"record-{uuid.uuid4().hex}",
            actor=HUB_ACTOR,
            call_id=link.call.id,
            transfer_id=link.transfer.id,
            taken=not why,
            why=why,
            later=True,
            **version._asdict(),
        )
        try:
            await self._hub.submit(report)
        except HubError as refusal:
            log.warning("record_not_reported", code=refusal.code)
