"""The permission table names every route, topic and role, and the code carries it out."""

from __future__ import annotations

from typing import get_args

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from dispatch.api.errors import STATUS
from dispatch.api.openapi import described_app
from dispatch.api.permissions import EVERY_ROLE, INSTALLATION, PUBLIC, RECEIVER, ROUTES, TOPICS, V1
from dispatch.domain import events as ev
from dispatch.domain.errors import HubError
from dispatch.domain.redaction import HIDDEN_KINDS, profile_of
from dispatch.domain.values import Role

ROLES: tuple[Role, ...] = get_args(Role)
KINDS = [body.model_fields["kind"].default for body in get_args(get_args(ev.EventBody)[0])]


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path of every route that is no file of the console or map."""
    found = set()
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        if route.methods is None:
            found.add(("WS", path))
        elif path == "/metrics" or route.include_in_schema:
            found |= {(method, path) for method in route.methods}
    return found


def test_the_table_and_the_application_have_the_same_routes() -> None:
    assert routes_of(described_app()) == set(ROUTES)


def test_a_route_that_the_table_lacks_is_found() -> None:
    app = described_app()
    app.add_api_route(f"{V1}/secrets", lambda: None)
    assert routes_of(app) - set(ROUTES) == {("GET", f"{V1}/secrets")}


def test_every_row_names_known_roles() -> None:
    for access in ROUTES.values():
        assert access in (PUBLIC, INSTALLATION, RECEIVER) or set(access) <= EVERY_ROLE


def test_every_kind_of_event_is_a_topic() -> None:
    assert set(TOPICS) == set(KINDS)


@pytest.mark.parametrize("role", ROLES)
def test_redaction_carries_the_topics_out(role: Role) -> None:
    hidden = HIDDEN_KINDS[profile_of(role)]
    for kind, roles in TOPICS.items():
        assert (kind not in hidden) == (role in roles), (role, kind)


def test_every_refusal_has_a_status() -> None:
    own = "dispatch.domain"
    refusals = {error for error in HubError.__subclasses__() if error.__module__.startswith(own)}
    assert refusals == set(STATUS)
