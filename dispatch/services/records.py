"""Records of calls between centres (EIDO): ours to another centre, another centre's as a call here.

What goes out goes to origins that the operator names alone, with the token for each; an answer that
does not come is said, and the call stays ours whatever becomes of its record.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

import httpx2
import orjson
import structlog
from sqlalchemy import Connection

from dispatch.domain.call import Call, CallerFix, RecordPart
from dispatch.domain.commands import OpenCall, RecordReading, ReportRecord, TakeVersion
from dispatch.domain.errors import AlreadyClosed, HubError, InvalidInput, NotFound
from dispatch.domain.incident import Incident
from dispatch.domain.records import lines_of, news_between
from dispatch.domain.transfers import may_be_read
from dispatch.domain.values import HUB_ACTOR, Actor, may_see
from dispatch.interop.eido import EidoUnreadable, ReceivedEido, decode_eido, encode_eido
from dispatch.services.calls import derived_id
from dispatch.services.hub import Hub
from dispatch.settings import EidoSettings
from dispatch.store.call_history import call_by_id
from dispatch.store.unit_of_work import Outcome
from jurisdictions.centres import Centre

log = structlog.get_logger()

_TYPE: Final = "application/emergency.eido+json"
_TRIES: Final = 3
_BETWEEN_S: Final = 1.0
_TAKEN: Final = frozenset({200, 201, 202, 204})
_MAY_PASS: Final = frozenset({408, 425, 429})
_ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)
HOPS_MOST: Final = 20

Hops = tuple[str, ...]
"""Domains that a record came through, the first one first."""


class Version(NamedTuple):
    """What one version of a record says, without its words.

    ``digest`` is the same whenever it is written; ``entries`` of its narrative; ``parts``: what is
    another than in the version before, where this process sent that.
    """

    digest: str
    entries: int
    parts: tuple[RecordPart, ...]


class RecordSender:
    """Hands records over in the background, so that no offer waits for another centre's system.

    Args:
        hub: The parts.
        settings: Which centres, how long.
    """

    def __init__(self, hub: Hub, settings: EidoSettings) -> None:
        self._hub = hub
        self._settings = settings
        self._under_way: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.sent: dict[tuple[str, str], str] = {}
        """By call and transfer: a digest of what was sent last by this process."""
        self.said: dict[tuple[str, str], str] = {}
        """By call and transfer: the words of the version that was taken last."""

    def version_of(self, key: tuple[str, str], document: dict[str, Any], digest: str) -> Version:
        """What is said of a version in the log, beside the one that was taken before it."""
        text = decode_eido(document).text
        before = self.said.get(key)
        parts = news_between(before, text)[0] if before is not None else ()
        return Version(digest, len(lines_of(text).entries), parts)

    def send(self, actor: Actor, call_id: str, transfer_id: str) -> None:
        """Send the record of a call that was just offered, if its centre takes records."""
        key = (call_id, transfer_id)
        call = self._hub.board().calls.get(call_id)
        last = call.transfers[-1] if call is not None and call.transfers else None
        if call is None or last is None or last.id != transfer_id or key in self._under_way:
            return
        if last.state not in ("offered", "accepted"):
            return
        centre = next((c for c in self._hub.region().centres if c.id == last.centre_id), None)
        if centre is None or not centre.eido_url:
            return
        document = document_of(self._hub, self._settings, actor, call)
        digest = content_of(self._hub, self._settings, call)
        self.sent[key] = digest
        task = asyncio.create_task(self._deliver(centre, document, call.record_hops, key, digest))
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))

    async def stop(self) -> None:
        """Send nothing more."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(
        self,
        centre: Centre,
        document: dict[str, Any],
        hops: Hops,
        key: tuple[str, str],
        digest: str,
    ) -> None:
        call_id, transfer_id = key
        version = self.version_of(key, document, digest)
        why, _ = await self.post(centre.eido_url, document, hops)
        if not why:
            self.said[key] = decode_eido(document).text
        command = ReportRecord(
            command_id=f"record-{uuid.uuid4().hex}",
            actor=HUB_ACTOR,
            call_id=call_id,
            transfer_id=transfer_id,
            taken=not why,
            why=why,
            **version._asdict(),
        )
        try:
            await self._hub.submit(command)
        except HubError as refusal:
            log.warning("record_not_reported", code=refusal.code)

    async def post(self, url: str, document: dict[str, Any], hops: Hops) -> tuple[str, bool]:
        """Why it was not taken, empty when it was, and whether it may be taken another time."""
        why, again = "", True
        for attempt in range(_TRIES):
            if not again:
                break
            if attempt:
                await asyncio.sleep(_BETWEEN_S * attempt)
            why, again = await self._post(url, document, hops)
        return why, again

    async def _post(self, url: str, document: dict[str, Any], hops: Hops) -> tuple[str, bool]:
        """Why it was not taken, and whether another try may help."""
        parts = urlsplit(url)
        token = self._settings.eido_centres.get(f"{parts.scheme}://{parts.netloc}".lower())
        if token is None:
            return "the operator allows no records to that address", False
        headers = {
            "Content-Type": _TYPE,
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {token.get_secret_value()}",
            "Via": ", ".join(f"1.1 {hop}" for hop in (*hops, self._settings.eido_domain)),
        }
        try:
            async with (
                asyncio.timeout(self._settings.eido_within_s),
                httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url, content=orjson.dumps(document), headers=headers) as got,
            ):
                if got.status_code in _TAKEN:
                    return "", False
                again = got.status_code >= 500 or got.status_code in _MAY_PASS
                return f"it answered {got.status_code}", again
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as failure:
            return f"it does not answer ({type(failure).__name__})", True


def sending_s(settings: EidoSettings) -> float:
    """Seconds after which a record that was sent has been taken or not, with all its tries."""
    return _TRIES * settings.eido_within_s + _BETWEEN_S * sum(range(_TRIES)) + 1.0


def document_of(
    hub: Hub,
    settings: EidoSettings,
    actor: Actor,
    call: Call,
    incident: Incident | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The record of a call as it stands.

    Args:
        hub: The parts.
        settings: By what this hub is known.
        actor: Who hands it over.
        call: With its personal values.
        incident: That the call speaks of, where it has left the board; None: as the board has it.
        at: The time of the document; None: now.
    """
    board = hub.board()
    incident = incident or board.incidents.get(call.incident_id or "")
    return encode_eido(
        call,
        incident,
        board.live_of_incident(incident.id) if incident else (),
        domain=settings.eido_domain,
        name=hub.region().region.name,
        at=at or hub.now(),
        account_id=actor.account_id,
        ref=(call.transfers[-1].ref if call.transfers else "") or call.record_ref,
    )


def content_of(
    hub: Hub, settings: EidoSettings, call: Call, incident: Incident | None = None
) -> str:
    """A digest of what the record says, whenever it is written."""
    document = document_of(hub, settings, HUB_ACTOR, call, incident, _ALWAYS)
    return hashlib.sha256(orjson.dumps(document)).hexdigest()


async def read_document(
    hub: Hub, settings: EidoSettings, actor: Actor, call: Call, incident: Incident | None
) -> dict[str, Any]:
    """The record of a call, for whoever is to take it; the log keeps who read it.

    Args:
        hub: The parts.
        settings: By what this hub is known.
        actor: Who reads it.
        call: As ``readable_call`` found it, with
        incident: that it speaks of, where it has left the board.

    Raises:
        NotFound: A system asks for one that is not handed over, or no longer.
    """
    if actor.role == "call_system" and not may_be_read(call, hub.now()):
        raise NotFound(call_id=call.id)
    document = document_of(hub, settings, actor, call, incident)
    await keep_reading(hub, settings, actor, "eido", call, incident)
    return document


async def keep_reading(
    hub: Hub,
    settings: EidoSettings,
    actor: Actor,
    what: Literal["eido", "record"],
    call: Call,
    incident: Incident | None = None,
) -> None:
    """Write who read the record of a call, and which version of it."""
    text = decode_eido(document_of(hub, settings, HUB_ACTOR, call, incident)).text
    reading = RecordReading(
        command_id=f"read-{uuid.uuid4().hex}",
        actor=actor,
        what=what,
        about=call.id,
        call_id=call.id,
        digest=content_of(hub, settings, call, incident),
        entries=len(lines_of(text).entries),
    )
    await hub.submit(reading)


def handed_over(
    connection: Connection, actor: Actor, call_id: str, now: datetime
) -> tuple[Call, Incident | None]:
    """A call that has left the board while another centre reads on, with its incident.

    Raises:
        NotFound: There is none that was handed over today, or it is another agency's.
    """
    found = call_by_id(connection, call_id)
    if found is None or not may_see(actor.agencies, found[0].audience):
        raise NotFound(call_id=call_id)
    if not may_be_read(found[0], now):
        raise NotFound(call_id=call_id)
    return found


async def take_document(
    hub: Hub, settings: EidoSettings, document: Any, size_bytes: int, via: str = ""
) -> tuple[Outcome, str]:
    """Another centre's record becomes a call that rings here, or news of the one that it became.

    The same incident of the same centre again is the same call: whatever a ring of centres sends
    round, it is taken once, and a later version is told as what is new in it. A call that was
    closed here meanwhile does not stand again: what is new rings as another one, unless the
    incident is over there too.

    Args:
        hub: The parts.
        settings: By what this hub is known, and how large a record may be.
        document: The JSON value.
        size_bytes: Its length as it came.
        via: The header of that name: the domains that it came through.

    Returns:
        What came of it, and the call's id.

    Raises:
        InvalidInput: It is no EIDO, it is our own or has been here, or it is too large.
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
    hops = hops_of(via) or (found.sender,)
    if settings.eido_domain.lower() in (hop.lower() for hop in hops):
        raise InvalidInput("The record has been here: it goes round.", field="Via")
    if len(hops) > HOPS_MOST:
        raise InvalidInput(f"A record goes through {HOPS_MOST} centres at most.", field="Via")
    stands = _standing(hub, found.incident_id)
    if stands is not None:
        return await _take_version(hub, found, hops, stands), stands
    name = _name(found.incident_id)
    first = await _ring(hub, found, hops, name)
    if not first.repeated:
        return first, _call_of(name)
    try:
        return await _take_version(hub, found, hops, _call_of(name)), _call_of(name)
    except AlreadyClosed:
        if found.over:
            return first, _call_of(name)
    name = _name(f"{found.incident_id} {found.updated_at} {found.text}")
    return await _ring(hub, found, hops, name), _call_of(name)


def hops_of(via: str) -> Hops:
    """The domains of a ``Via`` header (RFC 9110), the first one first; other parts are left out."""
    words = (part.split() for part in via.split(","))
    return tuple(each[1][:200] for each in words if len(each) >= 2)


def _name(text: str) -> str:
    return f"eido-{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _call_of(command_id: str) -> str:
    return derived_id(command_id, "call")


def _standing(hub: Hub, ref: str) -> str | None:
    """The open call that this incident of another centre became last."""
    calls = [c for c in hub.board().calls.values() if c.record_ref == ref and c.closed_at is None]
    return max(calls, key=lambda call: call.received_at).id if calls else None


def _fix(hub: Hub, found: ReceivedEido) -> CallerFix | None:
    located = found.located
    if located is None:
        return None
    return CallerFix(
        at=hub.now(),
        measured_at=located.measured_at,
        shape=located.shape,
        confidence_pct=located.confidence_pct,
        class_of_service=located.class_of_service,
        method=located.method,
        source="call",
        by=HUB_ACTOR.account_id,
    )


async def _ring(hub: Hub, found: ReceivedEido, hops: Hops, command_id: str) -> Outcome:
    # By the hub: nobody else can take such an id first, and so keep a call from coming in.
    command = OpenCall(
        command_id=command_id,
        actor=HUB_ACTOR,
        call_id=_call_of(command_id),
        ringing=True,
        callback=found.callback or None,
        location_key=found.location_url or None,
        record=found.text or None,
        handed_over_by=found.sender,
        record_ref=found.incident_id,
        record_at=found.updated_at,
        record_hops=hops,
        said=found.said,
        fix=_fix(hub, found),
    )
    return await hub.submit(command)


async def _take_version(hub: Hub, found: ReceivedEido, hops: Hops, call_id: str) -> Outcome:
    command = TakeVersion(
        command_id=f"version-{uuid.uuid4().hex}",
        actor=HUB_ACTOR,
        call_id=call_id,
        news_id=f"news-{uuid.uuid4().hex}",
        record=found.text,
        updated_at=found.updated_at,
        hops=hops,
        fix=_fix(hub, found),
    )
    return await hub.submit(command)
