"""All routes put together, each behind the permission table."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI

from dispatch.api import (
    alarms,
    assignments,
    bolos,
    call_history,
    calls,
    closures,
    conversation,
    coverage,
    deliveries,
    feeds,
    health,
    hospitals,
    incidents,
    infrastructure,
    intake,
    looking_back,
    map_faults,
    outside_units,
    paper,
    positions,
    premises,
    protocols,
    push,
    queries,
    records,
    region,
    sessions,
    snapshot,
    storms,
    stream,
    transfers,
    units,
    working,
)
from dispatch.api.auth import permitted
from dispatch.api.errors import PROBLEM_ANSWERS
from dispatch.api.permissions import V1
from dispatch.api.static import console_router, tiles_router
from dispatch.settings import HubSettings


def add_routes(app: FastAPI, settings: HubSettings) -> None:
    """Add the API, the stream, metrics, tiles and the console, the console last."""
    behind_the_table = APIRouter(
        prefix=V1, dependencies=[Depends(permitted)], responses=PROBLEM_ANSWERS
    )
    for router in (
        sessions.router,
        region.router,
        intake.router,
        conversation.router,
        transfers.router,
        transfers.listing,
        protocols.router,
        call_history.router,
        records.router,
        calls.router,
        premises.router,
        map_faults.router,
        incidents.router,
        assignments.router,
        units.router,
        units.emergencies_router,
        units.fixes_router,
        working.router,
        closures.router,
        infrastructure.router,
        coverage.router,
        alarms.router,
        snapshot.router,
        looking_back.router,
        paper.router,
        positions.router,
        storms.router,
        hospitals.router,
        outside_units.router,
        bolos.router,
        queries.router,
        health.router,
        push.router,
    ):
        behind_the_table.include_router(router)
    app.include_router(behind_the_table)
    app.include_router(feeds.router, prefix=V1, responses=PROBLEM_ANSWERS)
    app.include_router(deliveries.router, prefix=V1, responses=PROBLEM_ANSWERS)
    app.include_router(push.receipts_router, prefix=V1, responses=PROBLEM_ANSWERS)
    app.include_router(stream.router, prefix=V1)
    app.include_router(health.metrics_router)
    app.include_router(tiles_router(settings.storage.tiles_dir))
    app.include_router(console_router(settings.server.console_dir, training=settings.training))
