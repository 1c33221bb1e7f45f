"""Routes of coverage where no agency turned it on."""

from __future__ import annotations

from tests.api.conftest import RunningHub


def test_without_an_agency_that_wants_it_there_is_no_coverage(hub: RunningHub) -> None:
    answer = hub.desk("dana").get("/coverage")
    assert (answer.status_code, answer.json()["code"]) == (404, "coverage_unknown")
    assert answer.json()["fields"] == {"on": False}


def test_a_square_that_is_not_there_cannot_be_muted(hub: RunningHub) -> None:
    answer = hub.desk("dana").give("/coverage/mutes", {"zone_id": "fire-a/500/0/0", "muted": True})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_crew_does_not_read_coverage(hub: RunningHub) -> None:
    assert hub.desk("crew-p7").get("/coverage").status_code == 403
