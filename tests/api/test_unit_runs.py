"""The hub's own runs as a file, and the file read back for fitting."""

from __future__ import annotations

from pathlib import Path

from dispatch.services.unit_runs import write_runs
from jurisdictions.recorded_runs import read_runs
from tests.api.conftest import RunningHub


def test_runs_are_written_as_they_were_and_read_back(hub: RunningHub, tmp_path: Path) -> None:
    incident_id = hub.call()["incident_id"]
    body = {"unit_ids": ["E12", "M1"], "override_reason": "asked for"}
    answer = hub.desk("dana").give(f"/incidents/{incident_id}/assignments", body)
    assert answer.status_code == 201, answer.text
    engine_run = next(a for a in answer.json()["assignments"] if a["unit_id"] == "E12")
    for status in ("enroute", "on_scene", "cleared"):
        step = f"/assignments/{engine_run['id']}/status"
        assert hub.desk("dana").give(step, {"status": status}).status_code == 200
    path = tmp_path / "runs.csv"
    written, _ = write_runs(hub.parts.hub.engine, path)
    newest = {run.unit: run for run in sorted(read_runs(path).runs, key=lambda run: run.at)}
    engine, medic = newest["E12"], newest["M1"]
    assert (engine.agency, engine.at.tzinfo is not None) == ("fire-a", True)
    assert engine.turnout_s is not None
    assert engine.turnout_s < 60
    assert medic.turnout_s is None
    lines = path.read_text().splitlines()
    assert len(lines) == 1 + written
    assert written >= 2  # other tests of this hub have sent units too
    assert all("+0" in line for line in lines[1:])  # the region's own clock
