"""A supervisor's desk over HTTP, for tests that need a crew on a long way."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from tests.fault.hub_child import wait_until

PASSWORD = "quiet river under bridges"


class Desk:
    """A dispatcher over HTTP."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx2.Client(base_url=f"{base_url}/api/v1", timeout=60.0)
        answer = self.http.post("/sessions", json={"login": "sue", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['token']}"

    def get(self, path: str) -> dict[str, Any]:
        answer = self.http.get(path)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def give(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What was answered, once the hub's board has it, too."""
        answer = self.post(path, body)
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        wait_until(
            lambda: not self.get(f"/incidents?min_seq={done['seq']}")["degraded"],
            60,
            "the board does not follow",
        )
        return done

    def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        command_id = f"desk-{uuid.uuid4().hex}"
        return self.http.post(path, json={"command_id": command_id, **body})

    def assignment(self, assignment_id: str) -> dict[str, Any]:
        board = self.get("/snapshot")["board"]
        found: dict[str, Any] = next(a for a in board["assignments"] if a["id"] == assignment_id)
        return found

    def sent_far(self) -> dict[str, Any]:
        """A patrol on its way to an incident that is far from every one of them."""
        region = self.get("/region")
        law = next(t for t in region["incident_types"] if t["lead"] == "law")
        west, south, east, north = region["bounds"]
        for step in range(1, 24):
            x, y = step % 5 / 5 + 0.1, step // 5 / 5 + 0.1
            place = {
                "at": [west + x * (east - west), south + y * (north - south)],
                "address": f"field {step}",
                "verified": True,
            }
            body = {"said": "far away", "incident_type": law["incident_type"], "place": place}
            taken = self.give("/calls", body)
            path = f"/incidents/{taken['incident_id']}"
            made = self._send_far(path)
            if made is not None:
                self.give(f"/assignments/{made['id']}/status", {"status": "enroute"})
                return self.assignment(made["id"])
            self.give(f"{path}/closings", {"discipline": None, "disposition": "test"})
        raise AssertionError("no incident of this county is far from every patrol")

    def _send_far(self, path: str) -> dict[str, Any] | None:
        """A recommended unit that is far, sent by what is displayed: the hub may make another
        recommendation between reading and sending, and is read again then, as a dispatcher would.
        """
        while True:
            advice = self.get(f"{path}/recommendation?fresh=true")
            far = next((p for p in advice["picks"] if len(p["route"]) > 25), None)
            if far is None:
                return None
            sent = {"recommendation_id": advice["id"], "unit_ids": [far["unit_id"]]}
            answer = self.post(f"{path}/assignments", sent)
            if answer.is_success:
                made: dict[str, Any] = answer.json()["assignments"][0]
                return made
            assert answer.json()["code"] == "recommendation_changed", answer.text

    def shut(self, line: list[list[float]], description: str, direction: str = "both") -> None:
        ends_at = datetime.now(UTC) + timedelta(hours=1)
        body = {
            "line": line,
            "direction": direction,
            "speed_factor": 0.0,
            "ends_at": ends_at.isoformat(),
            "description": description,
        }
        self.give("/closures", body)
