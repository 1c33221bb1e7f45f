"""Turnout as it is fitted from recorded runs, and looked up by agency, staffing, kind and hour."""

from __future__ import annotations

import gzip
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dispatch.cli import app
from jurisdictions.recorded_runs import Run, RunsUnreadable, read_runs
from jurisdictions.run_fit import (
    SHRINK_RUNS,
    Spread,
    fit_runs,
    is_rolling,
    off_by,
    off_by_spread,
    split_by_time,
)
from jurisdictions.turnout import TurnoutBook, TurnoutRow

MIDNIGHT = datetime(2026, 6, 1)  # noqa: DTZ001 - the clock of a file
HEADER = "unit,kind,dispatched_at,enroute_at,on_scene_at,available_at\n"


def make_run(turnout_s: float | None = 80.0, **over: object) -> Run:
    given: dict[str, object] = {
        "unit": "E1",
        "kind": "engine",
        "agency": "ashby-fire",
        "staffing": "career",
        "at": MIDNIGHT + timedelta(hours=12),
        "turnout_s": turnout_s,
        "drive_s": 200.0,
        "free_for_s": None,
    }
    return Run(**{**given, **over})  # type: ignore[arg-type]


def turnout_of(run: Run) -> float | None:
    return run.turnout_s


def row(median_s: float, **over: object) -> TurnoutRow:
    given = {"median_s": median_s, "p10_s": median_s / 2, "p90_s": median_s * 2}
    return TurnoutRow.model_validate({**given, **over})


def test_an_agency_goes_before_staffing_before_kind_before_hours() -> None:
    book = TurnoutBook(
        [
            row(1),
            row(2, kind="engine"),
            row(3, kind="engine", hours=(3, 4)),
            row(4, staffing="volunteer"),
            row(5, agency="ashby-fire"),
            row(6, agency="ashby-fire", kind="engine", hours=(3,)),
        ]
    )

    def found(agency: str, staffing: str, kind: str, hour: int) -> float:
        row = book.find(agency=agency, staffing=staffing, kind=kind, hour=hour)
        assert row is not None
        return row.median_s

    assert found("x", "career", "ladder", 3) == 1
    assert found("x", "career", "engine", 12) == 2
    assert found("x", "career", "engine", 4) == 3
    assert found("x", "volunteer", "engine", 4) == 4
    assert found("ashby-fire", "volunteer", "engine", 4) == 5
    assert found("ashby-fire", "volunteer", "engine", 3) == 6


def test_a_book_without_a_fitting_row_says_so() -> None:
    assert TurnoutBook().find(agency="a", staffing="", kind="engine", hour=3) is None
    night = TurnoutBook([row(100, hours=(22, 23))])
    assert night.find(agency="a", staffing="", kind="engine", hour=3) is None


def test_runs_are_read_by_our_names_with_how_long_each_unit_had_been_free(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(
        HEADER + "E1,Engine,2026-06-01T12:20:00,2026-06-01T12:20:05,,\n"
        "E1,Engine,2026-06-01T12:00:00,2026-06-01T12:01:20,2026-06-01T12:05:00,"
        "2026-06-01T12:15:00\n"
    )
    recorded = read_runs(path, agency="ashby-fire", staffing="career")
    first, second = recorded.runs
    assert first[:4] == ("E1", "engine", "ashby-fire", "career")
    assert (first.turnout_s, first.drive_s, first.free_for_s) == (80.0, 220.0, None)
    assert (second.turnout_s, second.drive_s, second.free_for_s) == (5.0, None, 300.0)
    assert is_rolling(second)
    assert not is_rolling(first)
    assert recorded.left_out == {"no drive recorded": 1}


def test_runs_of_a_public_cad_export_are_read_by_its_names_from_gzip(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write(
            "Unit ID,Unit Type,Dispatch DtTm,Response DtTm,On Scene DtTm\n"
            "E32,ENGINE,04/07/2020 11:55:56 PM,04/07/2020 11:58:22 PM,04/08/2020 12:00:00 AM\n"
        )
    (run,) = read_runs(path).runs
    assert (run.kind, run.hour, run.turnout_s, run.drive_s) == ("engine", 23, 146.0, 98.0)


def test_what_cannot_be_believed_is_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    noon = "2026-06-01T12:00:00"
    path.write_text(
        HEADER + f"E1,engine,{noon},2026-06-01T11:00:00,,\n"  # rolled before it was alerted
        f"E1,engine,{noon},2026-06-01T12:01:00,2026-06-01T12:01:01,\n"  # arrived at once
        f"E1,engine,soon,{noon},,\n"
        f",engine,{noon},{noon},,\n"
        "E1,engine,,,,\n"
    )
    recorded = read_runs(path)
    assert [(run.turnout_s, run.drive_s) for run in recorded.runs] == [(None, None), (60.0, None)]
    assert recorded.left_out == {
        "turnout below 0 or above 1800 s": 1,
        "drive below 10 or above 7200 s": 1,
        "no drive recorded": 1,
        "a time cannot be read": 1,
        "no unit or kind": 1,
        "never alerted": 1,
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"unit,kind\nE1,engine\n", "line 1: columns missing: dispatched_at, enroute_at"),
        (b"", "line 1: columns missing: unit, kind, dispatched_at, enroute_at"),
        (b"unit,kind,dispatched_at,enroute_at\n\xff\xfe\n", "invalid start byte"),
        (
            b"unit,kind,dispatched_at,enroute_at\nE1,engine,2026-06-01T12:00:00,\n"
            b"E1,engine,2026-06-01T12:00:00+02:00,\n",
            "some times have an offset and some have none",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes(content)
    with pytest.raises(RunsUnreadable, match=r"runs\.csv: ") as refused:
        read_runs(path)
    assert why in refused.value.why
    with pytest.raises(RunsUnreadable, match="No such file"):
        read_runs(tmp_path / "nothing.csv")


def test_a_group_of_few_runs_is_drawn_towards_the_group_above_it() -> None:
    many = [make_run(80.0) for _ in range(200)]
    few = [make_run(200.0, agency="brook-fire") for _ in range(10)]
    fit = fit_runs(many + few, turnout_of)
    share = 10 / (10 + SHRINK_RUNS)
    drawn_s = fit.spread(few[0]).median_s
    by_agency_s = share * 200 + (1 - share) * 80
    assert drawn_s == pytest.approx(share * 200 + (1 - share) * by_agency_s)  # agency, then hours
    assert fit.spread(many[0]).median_s == pytest.approx(80.0)


def test_a_run_of_a_group_that_was_never_seen_gets_the_nearest_group_above() -> None:
    fit = fit_runs([make_run(80.0) for _ in range(50)], turnout_of)
    unseen = make_run(None, kind="ladder", agency="far-fire")
    assert fit.spread(unseen) == Spread(80.0, 80.0, 80.0, 50)


def test_units_on_the_road_are_kept_apart_from_those_in_quarters() -> None:
    parked = [make_run(80.0) for _ in range(50)]
    rolling = [make_run(5.0, free_for_s=60.0) for _ in range(50)]
    fit = fit_runs(parked + rolling, turnout_of)
    assert fit.spread(rolling[0]).median_s < 15 < 70 < fit.spread(parked[0]).median_s
    found = fit.rolling()
    assert found is not None
    assert found.runs == 50
    assert {row.median_s for row in fit.turnout_rows()} <= set(range(70, 81))


def test_one_wild_run_moves_neither_the_median_nor_the_interval_by_much() -> None:
    chance = random.Random(7)
    runs = [make_run(chance.gauss(80, 10)) for _ in range(300)]
    calm = fit_runs(runs, turnout_of).spread(runs[0])
    wild = fit_runs([*runs, make_run(1_700.0)], turnout_of).spread(runs[0])
    assert abs(calm.median_s - wild.median_s) < 1
    assert abs(calm.p90_s - wild.p90_s) < 1


def test_fitted_rows_find_their_own_hours_again_in_a_book() -> None:
    runs = [
        make_run(60.0 + 60.0 * (hour < 6), at=MIDNIGHT + timedelta(hours=hour))
        for hour in range(24)
        for _ in range(40)
    ]
    book = TurnoutBook(fit_runs(runs, turnout_of).turnout_rows())
    night = book.find(agency="ashby-fire", staffing="career", kind="engine", hour=4)
    noon = book.find(agency="ashby-fire", staffing="career", kind="engine", hour=12)
    assert night is not None
    assert noon is not None
    assert (night.hours, noon.hours) == ((3, 4, 5), (12, 13, 14))
    assert night.median_s > 105 > 65 > noon.median_s


def test_later_runs_judge_what_earlier_ones_taught() -> None:
    runs = [make_run(at=MIDNIGHT + timedelta(minutes=i)) for i in range(10)]
    split = split_by_time(runs, 0.7)
    assert (len(split.learnt), len(split.held_out)) == (7, 3)
    assert max(run.at for run in split.learnt) < min(run.at for run in split.held_out)


def test_errors_are_told_by_median_ninth_tenth_bias_and_share_inside() -> None:
    off = off_by([10.0, 10.0, 10.0], [10.0, 20.0, 30.0])
    assert (off.runs, off.median_s, off.bias_s, off.within) == (3, 10.0, -10.0, None)
    assert off.p90_s == pytest.approx(18.0)
    assert off_by_spread([Spread(5, 10, 25, 9)] * 3, [10.0, 20.0, 30.0]).within == pytest.approx(
        2 / 3
    )
    with pytest.raises(ValueError, match="nothing to compare"):
        off_by([], [])
    with pytest.raises(ValueError, match="no run to fit"):
        fit_runs([make_run(None)], turnout_of)


def write_made_runs(path: Path, count: int, factor: float) -> None:
    """Engines whose drive takes ``factor`` times what the roads foretold, give or take a tenth."""
    chance = random.Random(11)
    lines = [HEADER.strip() + ",route_s"]
    for i in range(count):
        at = MIDNIGHT + timedelta(hours=i)
        rolled = at + timedelta(seconds=chance.gauss(80, 8))
        route_s = chance.uniform(100, 600)
        arrived = rolled + timedelta(seconds=route_s * factor * chance.uniform(0.9, 1.1))
        times = ",".join(each.isoformat() for each in (at, rolled, arrived))
        lines.append(f"E1,engine,{times},,{route_s:.1f}")
    path.write_text("\n".join(lines) + "\n")


def test_drives_that_the_roads_foretold_too_short_are_stretched_by_what_is_learnt(
    tmp_path: Path,
) -> None:
    path = tmp_path / "runs.csv"
    write_made_runs(path, 600, 1.5)
    result = CliRunner().invoke(app, ["fit-turnout", str(path), "--json"])
    assert result.exit_code == 0, result.output
    pair = json.loads(result.output.splitlines()[-1])["drive_by_route"]
    assert pair["learnt"]["median_s"] < 0.25 * pair["assumed"]["median_s"]
    assert abs(pair["learnt"]["bias_s"]) < 10 < 100 < -pair["assumed"]["bias_s"]
    shown = CliRunner().invoke(app, ["fit-turnout", str(path)])
    assert "drive by route" in shown.output


def test_too_few_runs_and_words_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    write_made_runs(path, 120, 1.0)
    few = CliRunner().invoke(app, ["fit-turnout", str(path)])
    assert few.exit_code == 1
    wrong = CliRunner().invoke(app, ["fit-turnout", str(path), "--discipline", "medic=navy"])
    assert wrong.exit_code == 1
    absent = CliRunner().invoke(app, ["fit-turnout", str(tmp_path / "none.csv")])
    assert absent.exit_code == 1
