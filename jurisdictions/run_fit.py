"""What runs of units take: medians and 10th to 90th percentiles by group, and how far they are off.

A group of few runs is drawn towards the group above it. No file and no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from jurisdictions.recorded_runs import Run
from jurisdictions.turnout import TurnoutRow

ROLLING_WITHIN_S: Final = 600.0
"""A unit alerted so soon after it was free is held to be on the road still: files do not say."""

BAND_H: Final = 3
"""Hours that are fitted as one: 0 to 3, 3 to 6 and so on."""

SHRINK_RUNS: Final = 20.0
"""So many runs of its own weigh as much in a group as the whole group above it."""

LEAST_RUNS: Final = 5
"""A group of fewer runs has no row of its own."""

QUANTILES: Final = (0.1, 0.5, 0.9)

Key = tuple[str, ...]


class Spread(NamedTuple):
    """Seconds that one run in ten undercuts, the median, what one in ten exceeds; ``runs`` seen."""

    p10_s: float
    median_s: float
    p90_s: float
    runs: int

    def times(self, factor: float) -> Spread:
        """The same of something so much longer."""
        return Spread(self.p10_s * factor, self.median_s * factor, self.p90_s * factor, self.runs)


class RunFit:
    """Seconds by nested groups: all, on the road or not, staffing, kind, agency, hours of day."""

    def __init__(self, spreads: dict[Key, Spread]) -> None:
        self._spreads = spreads

    def spread(self, run: Run) -> Spread:
        """What a run like this takes, by the narrowest group that was fitted."""
        key = _path(run)
        while key not in self._spreads:
            key = key[:-1]
        return self._spreads[key]

    def turnout_rows(self) -> list[TurnoutRow]:
        """The fitted groups out of quarters as rows of ``turnout.csv``, by agency and kind."""
        rows = []
        for key, spread in self._spreads.items():
            if len(key) < 4 or key[0] != _QUARTERS:
                continue
            begin = int(key[4]) * BAND_H if len(key) > 4 else 0
            rows.append(
                TurnoutRow(
                    agency=key[3],
                    staffing=key[1],
                    kind=key[2],
                    hours=tuple(range(begin, begin + BAND_H)) if len(key) > 4 else (),
                    median_s=round(spread.median_s),
                    p10_s=round(spread.p10_s),
                    p90_s=round(spread.p90_s),
                )
            )
        return sorted(rows, key=lambda row: (row.agency, row.kind, row.staffing, row.hours))

    def rolling(self) -> Spread | None:
        """What units on the road take, all of them; None where no run was held to be such."""
        return self._spreads.get((_ROLLING,))


_QUARTERS: Final = "quarters"
_ROLLING: Final = "rolling"


def is_rolling(run: Run) -> bool:
    """Whether the unit was on the road when it was alerted, as far as its last run tells."""
    return run.free_for_s is not None and run.free_for_s < ROLLING_WITHIN_S


def _path(run: Run) -> Key:
    place = _ROLLING if is_rolling(run) else _QUARTERS
    return (place, run.staffing, run.kind, run.agency, str(run.hour // BAND_H))


def fit_runs(runs: Iterable[Run], seconds: Callable[[Run], float | None]) -> RunFit:
    """Fit groups of runs, each drawn towards the one above it.

    A group's quantile is ``(n * own + SHRINK_RUNS * above) / (n + SHRINK_RUNS)`` with n runs: the
    shrinkage of Efron and Morris, "Data analysis using Stein's estimator and its generalizations",
    JASA 70 (1975), put on quantiles, with a fixed weight in place of an estimated one. Medians and
    percentiles do not heed how wild the outliers are.

    Args:
        runs: Those to learn from; those without ``seconds`` are passed over.
        seconds: What is fitted of a run.

    Raises:
        ValueError: No run has any.
    """
    members: dict[Key, list[float]] = defaultdict(list)
    for run in runs:
        value = seconds(run)
        if value is not None:
            path = _path(run)
            for depth in range(len(path) + 1):
                members[path[:depth]].append(value)
    if not members:
        raise ValueError("there is no run to fit")
    spreads: dict[Key, Spread] = {}
    for key in sorted(members, key=len):
        own = np.quantile(members[key], QUANTILES)
        count = len(members[key])
        if key and (count < LEAST_RUNS or key[:-1] not in spreads):
            continue
        if key:
            above = np.array(spreads[key[:-1]][:3])
            own = (count * own + SHRINK_RUNS * above) / (count + SHRINK_RUNS)
        p10_s, median_s, p90_s = own.tolist()
        spreads[key] = Spread(p10_s, median_s, p90_s, count)
    return RunFit(spreads)


class Off(NamedTuple):
    """How far seconds foretold were from those that came, over ``runs`` runs.

    ``bias_s`` is the median of foretold minus real. ``within`` is the share of runs inside the
    10th to 90th percentile foretold, None where none was; 0.8 is right.
    """

    runs: int
    median_s: float
    p90_s: float
    bias_s: float
    within: float | None


def off_by(foretold: Sequence[float], real: Sequence[float]) -> Off:
    """Median and 90th percentile of the absolute error, without an interval.

    Raises:
        ValueError: The two are not equally long, or empty.
    """
    if len(foretold) != len(real) or not real:
        raise ValueError("there is nothing to compare")
    error = np.array(foretold, np.float64) - np.array(real, np.float64)
    median_s, p90_s = np.quantile(np.abs(error), (0.5, 0.9)).tolist()
    return Off(len(real), median_s, p90_s, float(np.median(error)), None)


def off_by_spread(foretold: Sequence[Spread], real: Sequence[float]) -> Off:
    """As ``off_by`` for the medians, and how many runs fell inside the interval."""
    off = off_by([spread.median_s for spread in foretold], real)
    inside = [
        spread.p10_s <= value <= spread.p90_s for spread, value in zip(foretold, real, strict=True)
    ]
    return off._replace(within=sum(inside) / len(inside))


@dataclass(frozen=True)
class Split:
    """Runs to learn from, and the later ones to be judged by."""

    learnt: Sequence[Run]
    held_out: Sequence[Run]


def split_by_time(runs: Sequence[Run], learn_share: float) -> Split:
    """The first share of the runs and the rest, by the moment of the alert: no run is foretold
    from a later one.

    Args:
        runs: In the order of their alerts.
        learn_share: Above 0 and below 1.
    """
    at = round(len(runs) * learn_share)
    return Split(runs[:at], runs[at:])
