"""Routes of questions to a centre's query service: plates and warrants, for the law alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from dispatch.api.auth import Acting
from dispatch.api.parts import HubParts
from dispatch.api.schemas import CommandBody
from dispatch.domain.justice_query import KeptQuery, Purpose, QueryKind
from dispatch.domain.values import Id, Value

router = APIRouter(tags=["queries"])

QueryWords = Annotated[str, StringConstraints(min_length=2, max_length=100, strip_whitespace=True)]


class NewQuery(CommandBody):
    """What is asked for which purpose; ``unit_id`` is the unit on the stop that reads it too."""

    what: QueryKind
    words: QueryWords
    purpose: Purpose
    unit_id: Id | None = None


class QueryList(Value):
    """The last first."""

    queries: list[KeptQuery]


class MyQueries(QueryList):
    """``kinds``: what can be asked here; none, where the centre has no query service."""

    kinds: list[QueryKind]


@router.post("/incidents/{incident_id}/queries", status_code=201, operation_id="ask_query")
async def post_query(incident_id: Id, body: NewQuery, actor: Acting, parts: HubParts) -> KeptQuery:
    """Ask the service and wait for it; why none came is said in ``ended`` and ``why``."""
    return await parts.queries.ask(actor, incident_id=incident_id, **body.model_dump())


@router.get("/incidents/{incident_id}/queries", operation_id="list_queries")
async def get_queries(incident_id: Id, actor: Acting, parts: HubParts) -> QueryList:
    """Those that the viewer asked, and those shown to the viewer's unit."""
    return QueryList(queries=await parts.queries.of_incident(actor, incident_id))


@router.get("/queries", operation_id="list_my_queries")
async def get_my_queries(actor: Acting, parts: HubParts) -> MyQueries:
    """What the viewer asked and is still kept, about any incident; a crew: about its stop alone."""
    return MyQueries(kinds=parts.queries.kinds, queries=await parts.queries.asked_by(actor))
