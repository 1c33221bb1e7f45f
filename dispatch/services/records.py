"""Records of calls between centres (EIDO): ours to another centre, another centre's as a call here.

What goes out goes to origins that the operator names alone, with the token for each; an answer that
does not come is said, and the call stays ours whatever becomes of its record.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import orjson
import structlog

from dispatch.domain.call import Call
from dispatch.domain.commands import RecordReading, ReportRecord
from dispatch.domain.errors import HubError, InvalidInput, NotFound
from dispatch.domain.transfers import OURS, offered, owner_of
from dispatch.domain.values import HUB_ACTOR, Actor
from dispatch.interop.eido import EidoUnreadable, decode_eido, encode_eido
from dispatch.services.call_progress import open_call
from dispatch.services.calls import visible_call
from dispatch.services.hub import Hub
from dispatch.settings import EidoSettings
from dispatch.store.unit_of_work import Outcome
from jurisdictions.centres import Centre

log = structlog.get_logger()

_TYPE: Final = "application/emergency.eido+json"
_TRIES: Final = 3
_BETWEEN_S: Final = 1.0
_TAKEN: Final = frozenset({200, 201, 202, 204})


class RecordSender:
    """Hands records over in the background, so that no offer waits for another centre's system.

    Args:
        hub: The parts.
        settings: Which centres, how long.
    """

    def __init__(self, hub: Hub, settings: EidoSettings) -> None:
        self._hub = hub
        self._settings = settings
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, actor: Actor, call_id: str, transfer_id: str) -> None:
        """Send the record of a call that was just offered, if its centre takes records."""
        call = self._hub.board().calls.get(call_id)
        waiting = offered(call) if call is not None else None
        if call is None or waiting is None or waiting.id != transfer_id:
            return
        centre = next((c for c in self._hub.region().centres if c.id == waiting.centre_id), None)
        if centre is None or not centre.eido_url:
            return
        document = document_of(self._hub, self._settings, actor, call)
        task = asyncio.create_task(self._deliver(centre, document, call_id, transfer_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Send nothing more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(
        self, centre: Centre, document: dict[str, Any], call_id: str, transfer_id: str
    ) -> None:
        why = ""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(_BETWEEN_S * attempt)
            why = await self._post(centre.eido_url, document)
            if not why:
                break
        command = ReportRecord(
            command_id=f"record-{uuid.uuid4().hex}",
            actor=HUB_ACTOR,
            call_id=call_id,
            transfer_id=transfer_id,
            taken=not why,
            why=why,
        )
        try:
            await self._hub.submit(command)
        except HubError as refusal:
            log.warning("record_not_reported", code=refusal.code)

    async def _post(self, url: str, document: dict[str, Any]) -> str:
        """Why it was not taken; empty when it was."""
        parts = urlsplit(url)
        token = self._settings.eido_centres.get(f"{parts.scheme}://{parts.netloc}".lower())
        if token is None:
            return "the operator allows no records to that address"
        headers = {
            "Content-Type": _TYPE,
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {token.get_secret_value()}",
        }
        try:
            async with (
                asyncio.timeout(self._settings.eido_within_s),
                httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url, content=orjson.dumps(document), headers=headers) as got,
            ):
                return "" if got.status_code in _TAKEN else f"it answered {got.status_code}"
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as failure:
            return f"it does not answer ({type(failure).__name__})"


def document_of(hub: Hub, settings: EidoSettings, actor: Actor, call: Call) -> dict[str, Any]:
    """The record of a call as it stands."""
    board = hub.board()
    incident = board.incidents.get(call.incident_id or "")
    return encode_eido(
        call,
        incident,
        board.live_of_incident(incident.id) if incident else (),
        domain=settings.eido_domain,
        name=hub.region().region.name,
        at=hub.now(),
        account_id=actor.account_id,
    )


async def read_document(
    hub: Hub, settings: EidoSettings, actor: Actor, call_id: str
) -> dict[str, Any]:
    """The record of a call, for whoever is to take it; the log keeps who read it.

    Raises:
        NotFound: There is no such call, or a system asks for one that is not handed over.
    """
    call = visible_call(hub, actor, call_id)
    handed = offered(call) is not None or owner_of(call) != OURS
    if actor.role == "call_system" and not handed:
        raise NotFound(call_id=call_id)
    document = document_of(hub, settings, actor, call)
    reading = RecordReading(
        command_id=f"read-{uuid.uuid4().hex}", actor=actor, what="eido", about=call_id
    )
    await hub.submit(reading)
    return document


async def take_document(
    hub: Hub, settings: EidoSettings, document: Any, size_bytes: int
) -> Outcome:
    """Another centre's record becomes a call that rings here.

    The same incident of the same centre again is the same call: whatever a ring of centres sends
    round, it is taken once.

    Raises:
        InvalidInput: It is no EIDO, it is our own, or it is too large.
    """
    if size_bytes > settings.eido_max_bytes:
        raise InvalidInput(
            f"A record has {settings.eido_max_bytes} bytes at most.", field="document"
        )
    try:
        found = decode_eido(document)
    except EidoUnreadable as failure:
        raise InvalidInput(f"The document is no EIDO: {failure}.", field="document") from None
    if found.incident_id.endswith(f":{settings.eido_domain}"):
        raise InvalidInput("The record is this hub's own.", field="$id")
    name = hashlib.sha256(found.incident_id.encode()).hexdigest()[:40]
    located = found.located
    # By the hub: nobody else can take such an id first, and so keep a call from coming in.
    return await open_call(
        hub,
        HUB_ACTOR,
        command_id=f"eido-{name}",
        ringing=True,
        callback=found.callback or None,
        location_key=found.location_url or None,
        record=found.text or None,
        handed_over_by=found.sender,
        said=found.said,
        shape=located.shape if located else None,
        confidence_pct=located.confidence_pct if located else None,
        class_of_service=located.class_of_service if located else "",
        measured_at=located.measured_at if located else None,
    )
