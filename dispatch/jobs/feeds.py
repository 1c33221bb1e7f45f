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

from dispatch.domain.closure import Closure
from dispatch.domain.errors import RoadsUnavailable
from dispatch.domain.events import FeedRead, FeedReject
from dispatch.interop.feed_item import FeedItem, FeedUnreadable
from dispatch.interop.formats import decode
from dispatch.jobs.fetching import FeedUnreachable, fetch, kept_of
from dispatch.roads.client import RoadsClient
from dispatch.settings import HubSettings
from dispatch.store.engine import make_engine
from dispatch.store.feeds import FeedSource, find_feed_source

PLACE_WITHIN_S = 5.0
REJECTS_LISTED = 200

log = structlog.get_logger()


def read_feed(feed_id: str) -> None:
    """The job: read one feed and hand in what it says now, or that it could not be read."""
    settings = HubSettings()
    engine = make_engine(settings.storage.database)
    with engine.connect() as connection, connection.begin():
        source = find_feed_source(connection, feed_id)
    engine.dispose()
    if source is None or not source.enabled:
        return
    asyncio.run(_read(settings, source))


async def _read(settings: HubSettings, source: FeedSource) -> None:
    now = datetime.now(UTC)
    closures: list[Closure] = []
    try:
        document = await fetch(source.url, kept_of(settings.storage.data_dir, source.id))
        decoded = decode(source.format, document, now)
        client = RoadsClient(settings.roads_socket, deadline_s=PLACE_WITHIN_S)
        try:
            closures, unplaced = await place(client, source.id, decoded.items)
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
        rejects = [*decoded.rejects, *unplaced]
        read = FeedRead(
            feed_id=source.id,
            read_at=now,
            ok=True,
            listed=decoded.listed,
            placed=len(closures),
            unplaced=len(unplaced),
            refused=len(decoded.rejects),
            harmless=decoded.harmless,
            interval_s=source.interval_s,
            rejects=tuple(rejects[:REJECTS_LISTED]),
        )
    await _hand_in(settings, read, closures)


async def place(
    roads: RoadsClient, feed_id: str, items: list[FeedItem]
) -> tuple[list[Closure], list[FeedReject]]:
    """Each entry on the arcs it runs over, and those that fit no road well enough.

    Raises:
        RoadsUnavailable: The roads do not answer; then nothing of the feed is taken over.
    """
    closures: list[Closure] = []
    unplaced: list[FeedReject] = []
    for item in items:
        placed = await roads.match(
            item.line,
            item.direction,
            follows_road=item.follows_road,
            is_area=item.is_area,
            road_names=item.road_names,
        )
        if placed.why_not:
            unplaced.append(FeedReject(ref=item.ref, why=placed.why_not[:200]))
            continue
        closures.append(
            Closure(
                id=uuid.uuid5(uuid.NAMESPACE_OID, f"{feed_id}:{item.ref}").hex,
                source=feed_id,
                source_ref=item.ref,
                description=item.description,
                line=item.line,
                direction=item.direction,
                speed_factor=item.speed_factor,
                vehicle_classes=item.vehicle_classes,
                begins_at=item.begins_at,
                ends_at=item.ends_at,
                network_id=placed.network_id,
                arcs=placed.arcs,
                confidence=placed.confidence,
                opened_by=feed_id,
            )
        )
    return closures, unplaced


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
