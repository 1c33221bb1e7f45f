"""``hub runs``, ``hub fit-turnout``: turnout and drive learnt from runs, judged by later ones."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.table import Table

from dispatch.cli.database import open_database
from dispatch.cli.output import console, refuse
from dispatch.domain.candidates import TurnoutTable
from dispatch.services.unit_runs import write_runs
from dispatch.settings import HubSettings
from jurisdictions.recorded_runs import RecordedRuns, Run, RunsUnreadable, read_runs
from jurisdictions.run_fit import (
    ROLLING_WITHIN_S,
    Off,
    RunFit,
    Split,
    fit_runs,
    is_rolling,
    off_by,
    off_by_spread,
    split_by_time,
)
from jurisdictions.turnout import TurnoutRow
from jurisdictions.values import DISCIPLINES, Discipline

RUNS_LEAST: Final = 100
CSV_COLUMNS: Final = ("agency", "staffing", "kind", "hours", "median_s", "p10_s", "p90_s")


def runs(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
) -> None:
    """Write this hub's own runs, as its log tells them, for hub fit-turnout."""
    engine = open_database(HubSettings())
    try:
        written, left_out = write_runs(engine, file)
    except OSError as failure:
        refuse(f"{file} cannot be written: {failure}")
    finally:
        engine.dispose()
    console.print(
        f"{written} runs; {left_out} left out, of units that are on no roster any more.",
        highlight=False,
    )


def fit_turnout(
    file: Annotated[Path, typer.Argument(help="Recorded runs: CSV, plain or gzip.")],
    agency: Annotated[str, typer.Option(help="Of the runs that name none.")] = "",
    staffing: Annotated[str, typer.Option(help="career, volunteer, …, likewise.")] = "",
    discipline: Annotated[
        list[str] | None,
        typer.Option(help="KIND=law, fire or ems, for the assumptions to compare with; else fire."),
    ] = None,
    learn: Annotated[
        float, typer.Option(min=0.1, max=0.9, help="Share of the runs, the first, to learn from.")
    ] = 0.7,
    write: Annotated[
        Path | None, typer.Option(help="Write turnout.csv, learnt from all runs.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, the last line.")
    ] = False,
) -> None:
    """Learn turnout and drive from recorded runs, and say how far off both are on later runs."""
    disciplines = _disciplines(discipline or [])
    try:
        recorded = read_runs(file, agency=agency, staffing=staffing)
    except RunsUnreadable as failure:
        refuse(str(failure))
    split = split_by_time(recorded.runs, learn)
    if min(_count(split.learnt), _count(split.held_out)) < RUNS_LEAST:
        refuse(
            f"{file.name}: too few whole runs: {_count(split.learnt)} to learn from and "
            f"{_count(split.held_out)} to judge by, of each at least {RUNS_LEAST}."
        )
    figures = _judge(split, disciplines)
    rows = fit_runs(recorded.runs, _turnout).turnout_rows()
    if write is not None:
        _write(write, rows)
    report = {
        "runs": len(recorded.runs),
        "left_out": dict(sorted(recorded.left_out.items())),
        "learnt": len(split.learnt),
        "held_out": len(split.held_out),
        "held_out_from": split.held_out[0].at.isoformat(),
        **figures,
        "rows": [row.model_dump() for row in rows],
    }
    if as_json:
        print(orjson.dumps(report).decode())
    else:
        _show(recorded, split, figures, rows)


def _disciplines(given: Sequence[str]) -> dict[str, Discipline]:
    found: dict[str, Discipline] = {}
    for text in given:
        kind, _, word = text.partition("=")
        known = next((each for each in DISCIPLINES if each == word), None)
        if not kind or known is None:
            refuse(f"{text!r} is not like medic=ems.")
        found[kind.lower()] = known
    return found


def _turnout(run: Run) -> float | None:
    return run.turnout_s


def _drive(run: Run) -> float | None:
    return run.drive_s


def _whole(run: Run) -> float | None:
    return None if run.turnout_s is None or run.drive_s is None else run.turnout_s + run.drive_s


def _of_route(run: Run) -> float | None:
    """How many times the foretold drive the real one took."""
    return None if run.drive_s is None or run.route_s is None else run.drive_s / run.route_s


def _count(runs: Sequence[Run]) -> int:
    return sum(_whole(run) is not None for run in runs)


def _judge(split: Split, disciplines: dict[str, Discipline]) -> dict[str, Any]:
    """Learnt and assumed seconds beside the real ones of the held-out runs."""
    turnout, drive = fit_runs(split.learnt, _turnout), fit_runs(split.learnt, _drive)
    whole = fit_runs(split.learnt, _whole)
    any_drive_s = _middle([run.drive_s for run in split.learnt if run.drive_s is not None])
    table = TurnoutTable()

    def assumed_s(run: Run) -> float:
        if is_rolling(run):
            return table.on_the_road_s
        return table.in_quarters_s(disciplines.get(run.kind, "fire"), run.agency, run.hour)

    def pair(
        fit: RunFit, seconds: Callable[[Run], float | None], plain: Callable[[Run], float]
    ) -> dict[str, Any]:
        return _pair(fit, seconds, plain, split.held_out)

    parts = {
        "turnout": pair(turnout, _turnout, assumed_s),
        "drive": pair(drive, _drive, lambda _run: any_drive_s),
        "alert_to_scene": pair(whole, _whole, lambda run: assumed_s(run) + any_drive_s),
    }
    parts |= _by_route(split)
    in_quarters = [run for run in split.held_out if not is_rolling(run)]
    parts["turnout_in_quarters_by_kind"] = {
        kind: _pair(turnout, _turnout, assumed_s, runs)
        for kind, runs in _by_kind(in_quarters, _turnout).items()
    }
    parts["drive_by_kind"] = {
        kind: _pair(drive, _drive, lambda _run: any_drive_s, runs)
        for kind, runs in _by_kind(split.held_out, _drive).items()
    }
    rolling = turnout.rolling()
    return {**parts, "on_the_road": rolling._asdict() if rolling else None}


def _pair(
    fit: RunFit,
    seconds: Callable[[Run], float | None],
    plain: Callable[[Run], float],
    runs: Sequence[Run],
) -> dict[str, Any]:
    judged = [(run, value) for run in runs if (value := seconds(run)) is not None]
    real = [value for _, value in judged]
    return {
        "learnt": off_by_spread([fit.spread(run) for run, _ in judged], real)._asdict(),
        "assumed": off_by([plain(run) for run, _ in judged], real)._asdict(),
    }


def _by_route(split: Split) -> dict[str, Any]:
    """The drive as the roads foretold it, times what is learnt; beside it as foretold.

    Empty where the file does not say what was foretold of ``RUNS_LEAST`` runs on either side.
    """
    learnt, held_out = (
        [run for run in runs if _of_route(run) is not None]
        for runs in (split.learnt, split.held_out)
    )
    if min(len(learnt), len(held_out)) < RUNS_LEAST:
        return {}
    fit = fit_runs(learnt, _of_route)
    foretold = [run.route_s or 0.0 for run in held_out]
    real = [run.drive_s or 0.0 for run in held_out]
    spreads = [fit.spread(run).times(s) for run, s in zip(held_out, foretold, strict=True)]
    pair = {"learnt": off_by_spread(spreads, real), "assumed": off_by(foretold, real)}
    return {"drive_by_route": {name: off._asdict() for name, off in pair.items()}}


def _by_kind(runs: Sequence[Run], seconds: Callable[[Run], float | None]) -> dict[str, list[Run]]:
    """The runs that have these seconds, by kind of unit in the order of the alphabet."""
    found: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if seconds(run) is not None:
            found[run.kind].append(run)
    return dict(sorted(found.items()))


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _hours(row: TurnoutRow) -> str:
    return f"{row.hours[0]}-{row.hours[-1] + 1}" if row.hours else ""


def _write(path: Path, rows: Sequence[TurnoutRow]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(CSV_COLUMNS)
            for row in rows:
                seconds = (f"{value:g}" for value in (row.median_s, row.p10_s, row.p90_s))
                table.writerow([row.agency, row.staffing, row.kind, _hours(row), *seconds])
    except OSError as failure:
        refuse(f"{path} cannot be written: {failure}")


def _show(
    recorded: RecordedRuns, split: Split, figures: dict[str, Any], rows: Sequence[TurnoutRow]
) -> None:
    console.print(
        f"{len(recorded.runs)} runs; learnt from {len(split.learnt)}, judged by the "
        f"{len(split.held_out)} from {split.held_out[0].at:%Y-%m-%d %H:%M} on.",
        highlight=False,
    )
    for why, count in sorted(recorded.left_out.items()):
        console.print(f"  left out: {count} {why}", highlight=False)
    shown = Table("off by: half, 9 in 10", "runs", "learnt", "in interval", "assumed")
    whole = ("turnout", "drive", "drive_by_route", "alert_to_scene")
    named = {name: figures[name] for name in whole if name in figures}
    for part in ("turnout_in_quarters_by_kind", "drive_by_kind"):
        word = part.partition("_")[0]
        named |= {f"{word}, {kind}": pair for kind, pair in figures[part].items()}
    for name, pair in named.items():
        learnt, assumed = Off(**pair["learnt"]), Off(**pair["assumed"])
        shown.add_row(
            name.replace("_", " "),
            str(learnt.runs),
            f"{learnt.median_s:.0f} s, {learnt.p90_s:.0f} s",
            f"{(learnt.within or 0.0) * 100:.0f} %",
            f"{assumed.median_s:.0f} s, {assumed.p90_s:.0f} s",
        )
    console.print(shown)
    if rolling := figures["on_the_road"]:
        console.print(
            f"On the road (free for less than {ROLLING_WITHIN_S / 60:.0f} min): median "
            f"{rolling['median_s']:.0f} s, 10th {rolling['p10_s']:.0f} s, 90th "
            f"{rolling['p90_s']:.0f} s, of {rolling['runs']} runs. Out of quarters:",
            highlight=False,
        )
    table = Table("agency", "staffing", "kind", "hours", "median", "10th", "90th")
    for row in rows:
        seconds = (f"{value:.0f} s" for value in (row.median_s, row.p10_s, row.p90_s))
        table.add_row(row.agency, row.staffing, row.kind, _hours(row), *seconds)
    console.print(table)
