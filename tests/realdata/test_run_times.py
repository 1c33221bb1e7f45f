"""Turnout and drive learnt from two weeks of a big city's runs, judged by the days after."""

from __future__ import annotations

from pathlib import Path

import orjson
from typer.testing import CliRunner

from dispatch.cli import app
from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_turnout import read_turnout


def test_learnt_turnout_is_nearer_than_the_assumed_one_on_runs_not_seen(
    test_data: Path, tmp_path: Path
) -> None:
    runs = test_data / "calls" / "sf_fire_unit_times.csv.gz"
    given = ["--agency", "city-fire", "--staffing", "career", "--json"]
    kinds = ["--discipline", "medic=ems", "--discipline", "private=ems"]
    out = tmp_path / "turnout.csv"
    result = CliRunner().invoke(
        app, ["fit-turnout", str(runs), *given, *kinds, "--write", str(out)]
    )
    assert result.exit_code == 0, result.output
    report = orjson.loads(result.output.splitlines()[-1])
    assert report["runs"] == 10_410
    turnout = report["turnout"]
    assert turnout["learnt"]["median_s"] < 0.5 * turnout["assumed"]["median_s"]
    assert turnout["learnt"]["p90_s"] < 0.8 * turnout["assumed"]["p90_s"]
    assert 0.75 <= turnout["learnt"]["within"] <= 0.85
    assert report["drive"]["learnt"]["median_s"] < report["drive"]["assumed"]["median_s"]
    whole = report["alert_to_scene"]
    assert whole["learnt"]["p90_s"] < whole["assumed"]["p90_s"]
    findings = Findings()
    rows = read_turnout(tmp_path, findings, Names("agencies.csv", {"city-fire"}), set())
    assert not findings.mistakes
    assert [row.model_dump(mode="json") for row in rows] == report["rows"]
