"""Routes for operators: health, and metrics for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dispatch.api.auth import signed_in
from dispatch.api.parts import HubParts
from dispatch.api.schemas import Health

router = APIRouter(prefix="/health", tags=["operation"])
metrics_router = APIRouter(tags=["operation"])

_ESSENTIAL = ("writer", "follower")
_LOCAL = ("127.0.0.1", "::1")


@router.get("", operation_id="read_health", responses={503: {"model": Health}})
async def read_health(parts: HubParts, response: Response) -> Health:
    """Each part. 503 when this process cannot take calls; ``ok`` false when any part is unwell."""
    looked = await parts.health.look()
    if not all(looked[name].ok for name in _ESSENTIAL):
        response.status_code = 503
    return Health(
        ok=all(part.ok for part in looked.values()),
        seq=parts.follower.board.seq,
        epoch=parts.follower.epoch,
        training=parts.settings.training,
        parts={name: {"ok": part.ok, **part.facts} for name, part in looked.items()},
    )


@metrics_router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, parts: HubParts) -> Response:
    """Counters and times for Prometheus: for this machine, or a hub administrator."""
    host = request.client.host if request.client else ""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if not parts.settings.server.metrics_public and (forwarded or host not in _LOCAL):
        await signed_in(request, parts)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
