"""The OpenAPI document, the stream's messages included, and the command that writes it.

``python -m dispatch.api.openapi FILE`` writes the same bytes for the same code: the console's types
are made from it, and a test fails when the kept file is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from dispatch.api.errors import add_problem_handlers
from dispatch.api.routes import add_routes
from dispatch.realtime.messages import ClientMessage, Problem, ServerMessage
from dispatch.settings import HubSettings

KEPT = Path(__file__).parents[1] / "console" / "openapi.json"
_REF = "#/components/schemas/{model}"


def describe(app: FastAPI) -> None:
    """Make the application's document the one with the stream's messages."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title="Regional dispatch hub",
        version=app.version,
        openapi_version="3.1.0",
        summary="Calls, incidents, recommendations and assignments of a region, and their stream.",
        routes=app.routes,
    )
    schemas = made["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    _, problem = models_json_schema([(Problem, "serialization")], ref_template=_REF)
    schemas.update(problem["$defs"])
    made["webhooks"] = {
        "stream.server": _messages(ServerMessage, schemas, "What the hub sends on the stream."),
        "stream.client": _messages(ClientMessage, schemas, "What a console sends on the stream."),
    }
    made["components"]["securitySchemes"] = {"session": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"session": []}]
    _tell_refusals(made)
    return made


def _messages(union: Any, schemas: dict[str, Any], summary: str) -> dict[str, Any]:
    """A webhook whose body is one message of a union told apart by ``type``."""
    mode = "serialization" if union is ServerMessage else "validation"
    schema = TypeAdapter(union).json_schema(ref_template=_REF, mode=mode)  # type: ignore[arg-type]
    for name, part in schema.pop("$defs", {}).items():
        schemas.setdefault(name, part)
    return {
        "post": {
            "summary": summary,
            "description": "A JSON text message on the WebSocket `/api/v1/stream`.",
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": "Messages are not answered one by one."}},
        }
    }


def _tell_refusals(made: dict[str, Any]) -> None:
    """FastAPI's own form of 422 is not what the hub answers."""
    for path in made["paths"].values():
        for operation in path.values():
            answer = operation.get("responses", {}).get("422", {})
            content = answer.get("content", {})
            if "application/json" in content:
                answer["content"] = {
                    "application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}
                }


def described_app() -> FastAPI:
    """An application with all routes and no hub behind them."""
    app = FastAPI(title="Regional dispatch hub", version="1", openapi_url=None)
    add_problem_handlers(app)
    add_routes(app, HubSettings())
    describe(app)
    return app


def document_bytes() -> bytes:
    """The document of the routes, sorted, so that the same code gives the same bytes."""
    app = described_app()
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(app.openapi(), option=options)


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT
    out.write_bytes(document_bytes())
