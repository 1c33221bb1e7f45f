"""The OpenAPI document: fresh, whole, and with the stream's messages told apart."""

from __future__ import annotations

from typing import Any

import orjson

from dispatch.api.openapi import KEPT, document_bytes

STALE = "run `python -m dispatch.api.openapi`, then `npm run types` in dispatch/console"


def document() -> dict[str, Any]:
    made: dict[str, Any] = orjson.loads(document_bytes())
    return made


def test_the_kept_document_is_what_the_code_says() -> None:
    assert KEPT.read_bytes() == document_bytes(), STALE


def test_the_document_is_the_same_each_time() -> None:
    assert document_bytes() == document_bytes()


def test_every_reference_leads_somewhere() -> None:
    made = document()
    names = set(made["components"]["schemas"])

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            reference = part.get("$ref")
            if isinstance(reference, str):
                assert reference.rpartition("/")[2] in names, reference
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(made)


def test_the_streams_messages_are_told_apart_by_their_type() -> None:
    made = document()
    expected = {
        "stream.server": {
            "snapshot",
            "resumed",
            "event",
            "heartbeat",
            "fixes",
            "people",
            "problem",
        },
        "stream.client": {"hello", "ack", "looking"},
    }
    for name, types in expected.items():
        body = made["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
        assert set(body["schema"]["discriminator"]["mapping"]) == types


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [
        operation["operationId"]
        for path in document()["paths"].values()
        for operation in path.values()
    ]
    assert len(ids) == len(set(ids))
