"""The one table from a refusal to its HTTP status, and every error as a problem document."""

from __future__ import annotations

import traceback
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dispatch.domain import errors as e
from dispatch.realtime.messages import Problem, problem_of

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"

STATUS: dict[type[e.HubError], int] = {
    e.NotFound: 404,
    e.NotSignedIn: 401,
    e.SignInRefused: 401,
    e.TooManyAttempts: 429,
    e.NotAllowed: 403,
    e.InvalidInput: 422,
    e.RevisionConflict: 409,
    e.UnitNotAvailable: 409,
    e.RecommendationChanged: 409,
    e.TalkgroupTaken: 409,
    e.TransitionRefused: 409,
    e.AlreadyClosed: 409,
    e.OverrideNeedsReason: 422,
    e.LegOfAnother: 422,
    e.LeavesUncovered: 409,
    e.DivertRefused: 409,
    e.NothingToUndo: 409,
    e.UnitsStillAssigned: 409,
    e.NoRegion: 503,
    e.CoverageUnknown: 404,
    e.HistoryNotKept: 404,
    e.QueriesOff: 424,
    e.NotPlaced: 422,
    e.CommandIdTaken: 409,
    e.RepeatedTooLate: 409,
    e.OutcomeUnknown: 503,
    e.StorageFull: 503,
    e.Fenced: 409,
    e.LocationUnavailable: 424,
    e.RoadsUnavailable: 503,
    e.TooBusy: 503,
}

_RETRY_AFTER_S: dict[type[e.HubError], int] = {
    e.TooManyAttempts: 60,
    e.OutcomeUnknown: 1,
    e.RoadsUnavailable: 2,
    e.StorageFull: 5,
    e.TooBusy: 1,
}

_CODE_OF_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "media_type_not_supported",
}

_INPUTS_SHOWN = 20
_FRAMES_LOGGED = 6
"""Where a fault was, without its message: that may hold what a caller said."""


def status_of(error: e.HubError) -> int:
    """The status of a refusal; one that the table does not name is a fault of ours (500)."""
    return STATUS.get(type(error), 500)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """An answer that carries a problem document."""
    return Response(
        content=problem.model_dump_json(),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    app.add_exception_handler(e.HubError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, e.HubError)
    headers = {}
    if type(error) in _RETRY_AFTER_S:
        headers["Retry-After"] = str(_RETRY_AFTER_S[type(error)])
    if isinstance(error, e.NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(problem_of(error, status_of(error)), headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """What cannot be used: where it stands and why; never the value, which may be personal."""
    assert isinstance(error, RequestValidationError)
    inputs = [
        {"where": ".".join(str(part) for part in found["loc"]), "why": str(found["msg"])}
        for found in error.errors()[:_INPUTS_SHOWN]
    ]
    detail = "; ".join(f"{found['where']}: {found['why']}" for found in inputs[:3])
    problem = Problem(
        title=e.InvalidInput.title,
        status=422,
        code=e.InvalidInput.code,
        detail=detail,
        fields={"inputs": inputs},
    )
    return problem_response(problem)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    phrase = HTTPStatus(status).phrase
    problem = Problem(
        title=phrase,
        status=status,
        code=_CODE_OF_STATUS.get(status, "http_error"),
        detail=str(error.detail) if error.detail != phrase else "",
    )
    return problem_response(problem, dict(error.headers or {}))


async def _fault(request: Request, error: Exception) -> Response:
    where = traceback.format_tb(error.__traceback__)[-_FRAMES_LOGGED:]
    route = getattr(request.scope.get("route"), "path", "")
    log.error("request_failed", route=route, error=type(error).__name__, where=where)
    return problem_response(Problem(title="The hub failed.", status=500, code="internal_error"))


PROBLEM_ANSWERS: dict[int | str, dict[str, Any]] = {
    code: {"description": HTTPStatus(code).phrase, "content": {PROBLEM_JSON: {"schema": schema}}}
    for code in (401, 403, 404, 409, 413, 422, 429, 503)
    for schema in ({"$ref": "#/components/schemas/Problem"},)
}
"""For the OpenAPI document: what any route may answer besides its own."""
