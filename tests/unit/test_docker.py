"""What the containers promise, as far as their files show it: they are not run here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

DOCKER = Path(__file__).parents[2] / "docker"
OURS = "dispatch-hub:"
RELEASE = re.compile(r"^[\w./-]+:\d+[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$")


def test_only_443_is_published() -> None:
    published = {
        (name, port) for name, service in services().items() for port in service.get("ports", [])
    }
    assert published == {("proxy", "443:443")}
    assert not [name for name, service in services().items() if "network_mode" in service]


def test_every_image_is_pinned_to_a_release() -> None:
    images = {service["image"] for service in services().values()}
    dockerfile = (DOCKER / "Dockerfile").read_text()
    images |= set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    assert len(images) >= 5
    assert not [image for image in images if not RELEASE.match(image)]


def test_the_hub_runs_as_an_account_of_its_own_and_is_asked_whether_it_is_well() -> None:
    last_stage = (DOCKER / "Dockerfile").read_text().rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER hub$", last_stage, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n.*api/v1/health", last_stage, re.MULTILINE)


def test_two_hubs_a_worker_and_two_standbys_of_which_one_must_have_a_commit() -> None:
    assert {"hub-1", "hub-2", "worker", "primary", "standby-1", "standby-2"} <= set(services())
    primary = (DOCKER / "postgres/primary.sh").read_text()
    assert "synchronous_standby_names = 'ANY 1 (standby_1, standby_2)'" in primary
    for number in (1, 2):
        environment = services()[f"standby-{number}"]["environment"]
        assert environment["STANDBY_NAME"] == f"standby_{number}"


def test_no_secret_has_a_default() -> None:
    compose = (DOCKER / "compose.yml").read_text()
    asked = re.findall(r"\$\{(\w*PASSWORD\w*)([^}]*)\}", compose)
    assert asked
    assert not [name for name, rest in asked if not rest.startswith(":?")]


def test_the_database_and_redis_are_not_on_the_proxy_s_network() -> None:
    back = {"primary", "standby-1", "standby-2", "redis"}
    assert all(services()[name]["networks"] == ["back"] for name in back)
    assert compose()["networks"]["back"]["internal"] is True


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text())
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found
