"""Map faults by the API: opened by an unverified place, read and closed by whoever owns the map."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import CALL, RunningHub

ASHBY = [9.5066, 47.1045]
OUTSIDE = [9.9, 47.9]


def faults(hub: RunningHub, login: str) -> dict[str, dict[str, Any]]:
    answer = hub.desk(login).get("/map-faults")
    assert answer.status_code == 200, answer.text
    return {fault["place"]: fault for fault in answer.json()["faults"]}


def test_an_unverified_place_is_dispatched_to_and_told_to_its_municipality(hub: RunningHub) -> None:
    place = {"at": ASHBY, "address": "behind the old quarry"}
    made = hub.call(place=place)
    assert made["incident_id"]
    assert hub.call(place={"at": ASHBY, "address": "14 Mill Rd", "verified": True})["incident_id"]
    fault = faults(hub, "mayor-a")["behind the old quarry"]
    assert (fault["municipality"], fault["incident_id"]) == ("Ashby", made["incident_id"])
    assert "14 Mill Rd" not in faults(hub, "mayor-a")
    assert "behind the old quarry" not in faults(hub, "mayor-b")
    assert "behind the old quarry" in faults(hub, "hugo")
    assert "behind the old quarry" in faults(hub, "sven")
    hub.call(place=place)
    assert faults(hub, "mayor-a")["behind the old quarry"]["times"] == 2
    path = f"/map-faults/{fault['id']}/closings"
    body = {"outcome": "map_corrected", "note": "the quarry has a name now"}
    assert hub.desk("mayor-b").give(path, body).status_code == 404
    assert hub.desk("sven").give(path, body).status_code == 403
    assert hub.desk("mayor-a").give(path, body).status_code == 201
    assert hub.desk("mayor-a").give(path, body).status_code == 409
    assert "behind the old quarry" not in faults(hub, "mayor-a")
    hub.call(place=place)
    assert faults(hub, "mayor-a")["behind the old quarry"]["times"] == 1


def test_a_correction_to_a_pin_is_told_and_outside_of_all_towns_it_is_the_hubs(
    hub: RunningHub,
) -> None:
    made = hub.call()
    answer = hub.desk("dana").give(
        f"/incidents/{made['incident_id']}",
        {"revision": 1, "place": {"at": OUTSIDE, "address": "on the far shore"}},
        method="PATCH",
    )
    assert answer.status_code == 200, answer.text
    assert faults(hub, "hugo")["on the far shore"]["municipality"] == ""
    assert "on the far shore" not in faults(hub, "mayor-a")


def test_a_hub_without_an_index_reads_coordinates_and_says_that_it_has_none(
    hub: RunningHub,
) -> None:
    found = hub.desk("cato").get("/places", q="47 6.27 N 9 30.4 E").json()
    (spot,) = found["places"]
    assert (spot["kind"], spot["municipality"]) == ("coordinates", "Ashby")
    assert found["index"]["state"] in ("building", "failed")
    assert found["index"]["older"] is False
    assert hub.desk("cato").get("/places/index").json()["state"] in ("building", "failed")


@pytest.mark.parametrize("street", ["Daniel Street", "Daniel Avenue"])
def test_suffix_town_and_spot_reach_the_crew_as_they_were_taken(
    hub: RunningHub, street: str
) -> None:
    place = {
        "at": [9.506612345678, 47.104512345678],
        "address": f"14 {street}",
        "cross_street": "Mill Rd",
        "municipality": "Ashby",
        "verified": True,
        "found_as": "address",
    }
    made = hub.call(place=place)
    sent = hub.desk("dana").give(
        f"/incidents/{made['incident_id']}/assignments",
        {"unit_ids": ["E12"], "override_reason": "asked for"},
    )
    assert sent.status_code == 201, sent.text
    for login in ("dana", "crew-e12"):
        board = hub.desk(login).get("/snapshot").json()["board"]
        (seen,) = (i["place"] for i in board["incidents"] if i["id"] == made["incident_id"])
        assert {name: seen[name] for name in place} == place, login


@pytest.mark.parametrize(
    ("address", "at"),
    [
        ("", ASHBY),
        ("", [0.0, 0.0]),
        ("Mill Rd bridge over the brook", ASHBY),
        ("A 7 ramp to Coast Road heading N", OUTSIDE),
        ("A 7 E mile 12.4", ASHBY),
        ("47.104500 N, 9.506600 E", ASHBY),
        ("8FVF4GQ9+22", [9.5175625, 47.1375625]),
        ("somewhere by the water, she said", OUTSIDE),
        ("ñ 高速 #7 <b>", ASHBY),
    ],
)
def test_whatever_the_place_is_called_it_makes_an_incident(
    hub: RunningHub, address: str, at: list[float]
) -> None:
    place = {"at": at, "address": address, "cross_street": "Mill Rd & Oak Ave"}
    made = hub.call(place=place)
    got = hub.desk("dana").get(f"/incidents/{made['incident_id']}").json()["incident"]["place"]
    assert (got["at"], got["address"], got["verified"]) == (at, address, False)
    assert got["cross_street"] == "Mill Rd & Oak Ave"
    assert CALL["place"]["address"] != address
