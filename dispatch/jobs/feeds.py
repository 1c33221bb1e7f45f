"""Reading a closure feed: fetch, decode, place on the roads, hand in. Safe to run twice.

What cannot be placed is counted and listed by name; it is never guessed. The raw document is kept
beside the data so that a refusal can be looked at.
"""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import httpx2
import structlog

from dispatch.domain.closure import Closure, Shape
from dispatch.domain.errors import RoadsUnavailable
from dispatch.domain.events import FeedRead, FeedReject
from dispatch.domain.recurrence import Recurrence
from dispatch.interop.feed_item import FeedItem, FeedUnreadable
from dispatch.interop.formats import decode
from dispatch.jobs.fetching import FeedUnreachable, fetch, kept_of
from dispatch.roads.client import RoadsClient
from dispatch.roads.protocol import Placed
from dispatch.settings import HubSettings
from dispatch.store.engine import make_engine
from dispatch.store.entities import region_of
from dispatch.store.event_log import read_head
from dispatch.store.feeds import FeedSource, find_feed_source

PLACE_WITHIN_S = 5.0
REJECTS_LISTED = 200
PROPOSALS_LISTED = 10
"""A reading is an event each minute, so it carries few of them, and none that is long."""
PROPOSAL_POINTS, PROPOSAL_ARCS = 100, 300

log = structlog.get_logger()


def read_feed(feed_id: str) -> None:
    """The job: read one feed and hand in what it says now, or that it could not be read."""
    settings = HubSettings()
    engine = make_engine(settings.storage.database)
    with engine.connect() as connection, connection.begin():
        source = find_feed_source(connection, feed_id)
        region = region_of(connection, read_head(connection).region_version)
    engine.dispose()
    if source is None or not source.enabled:
        return
    asyncio.run(_read(settings, source, region.time_zone if region else "UTC"))


async def _read(settings: HubSettings, source: FeedSource, time_zone: str) -> None:
    now = datetime.now(UTC)
    closures: list[Closure] = []
    try:
        document = await fetch(source.url, kept_of(settings.storage.data_dir, source.id))
        decoded = decode(source.format, document, now)
        client = RoadsClient(settings.roads_socket, deadline_s=PLACE_WITHIN_S)
        try:
            closures, unplaced = await place(client, source.id, decoded.items, time_zone)
        finally:
            await client.close()
    except (FeedUnreachable, FeedUnreadable, RoadsUnavailable) as failure:
        wait_s = failure.retry_after_s if isinstance(failure, FeedUnreachable) else None
        read = FeedRead(
            feed_id=source.id,
            read_at=now,
            ok=False,
            error=str(failure)[:200],
            interval_s=source.interval_s,
            not_before=now + timedelta(seconds=wait_s) if wait_s else None,
        )
    else:
        rejects = [*unplaced, *decoded.rejects]  # what a person may accept comes first
        read = FeedRead(
            feed_id=source.id,
            read_at=now,
            ok=True,
            listed=decoded.listed,
            placed=len(decoded.items) - len(unplaced),
            unplaced=len(unplaced),
            refused=len(decoded.rejects),
            harmless=decoded.harmless,
            interval_s=source.interval_s,
            rejects=tuple(rejects[:REJECTS_LISTED]),
        )
    await _hand_in(settings, read, closures)


async def place(
    roads: RoadsClient, feed_id: str, items: list[FeedItem], time_zone: str
) -> tuple[list[Closure], list[FeedReject]]:
    """Each entry on the arcs it runs over, and those that fit no road well enough.

    ``time_zone`` is the region's, for hours that name none.

    Raises:
        RoadsUnavailable: The roads do not answer; then nothing of the feed is taken over.
    """
    closures: list[Closure] = []
    unplaced: list[FeedReject] = []
    proposals = 0
    for item in items:
        placed = await roads.match(
            item.line,
            item.direction,
            follows_road=item.follows_road,
            is_area=item.is_area,
            road_names=item.road_names,
        )
        if placed.why_not:
            proposal = None
            short = len(item.line) <= PROPOSAL_POINTS and len(placed.proposal) <= PROPOSAL_ARCS
            if placed.proposal and short and proposals < PROPOSALS_LISTED:
                proposals += 1
                as_proposed = placed._replace(arcs=placed.proposal)
                proposal = closures_of(item, feed_id, as_proposed, time_zone)[0]
            why = placed.why_not[:200]
            unplaced.append(FeedReject(ref=item.ref, why=why, proposal=proposal))
            continue
        closures += closures_of(item, feed_id, placed, time_zone)
    return closures, unplaced


def closures_of(item: FeedItem, feed_id: str, placed: Placed, time_zone: str) -> list[Closure]:
    """What an entry is: a closure, and another one for the sizes that it bars altogether."""
    recurrence = None
    if item.hours:
        recurrence = Recurrence(time_zone=item.time_zone or time_zone, hours=item.hours)
    shape: Shape = "area" if item.is_area else "line" if item.follows_road else "points"
    closure = Closure(
        id=_id(feed_id, item.ref),
        source=feed_id,
        source_ref=item.ref,
        description=item.description,
        line=item.line,
        shape=shape,
        direction=item.direction,
        speed_factor=item.speed_factor,
        congestion=item.congestion,
        vehicle_classes=item.vehicle_classes,
        **item.over.model_dump(),
        begins_at=item.begins_at,
        ends_at=item.ends_at,
        recurrence=recurrence,
        network_id=placed.network_id,
        arcs=placed.arcs,
        confidence=placed.confidence,
        opened_by=feed_id,
    )
    if not item.bars:
        return [closure]
    ref = f"{item.ref[:180]} (limit)"
    barred = {"id": _id(feed_id, ref), "source_ref": ref, "speed_factor": 0.0, "congestion": False}
    return [closure, closure.model_copy(update=barred | item.bars.model_dump())]


def _id(feed_id: str, ref: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{feed_id}:{ref}").hex


async def _hand_in(settings: HubSettings, read: FeedRead, closures: list[Closure]) -> None:
    token = settings.storage.internal_token_path.read_text().strip()
    address = f"http://{settings.server.host}:{settings.server.port}"
    body = {
        "command_id": f"feed-{uuid.uuid4().hex}",
        "read": read.model_dump(mode="json"),
        "closures": [closure.model_dump(mode="json") for closure in closures],
    }
    async with httpx2.AsyncClient(base_url=address, timeout=30.0) as client:
        response = await client.post(
            f"/api/v1/internal/feeds/{read.feed_id}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        )
        response.raise_for_status()
    log.info("feed_read", feed=read.feed_id, ok=read.ok, placed=read.placed)
