"""A year of calls that could have happened: by hour, weekday, season and place. Invented.

Officer-initiated work pauses while shifts change; a few events are reported twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.synthetic import drawing
from geodata.synthetic.drawing import Points
from geodata.synthetic.land import Land, to_lonlat
from geodata.synthetic.plans import PLANS, Plan
from geodata.synthetic.ways import Roads
from geodata.synthetic.zones import Zone

YEAR = 2025
CALLS = 38_000
SHIFT_CHANGES_H = (7, 15, 23)
REPORTED_TWICE = 0.02
SUMMER_TIME = (np.datetime64("2025-03-09T07:00:00"), np.datetime64("2025-11-02T06:00:00"))
HOURS = {
    "any": (1,) * 24,
    "day": (3, 2, 2, 2, 2, 3, 4, 6, 8, 9, 10, 10, 10, 10, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4),
    "evening": (5, 4, 3, 2, 2, 2, 2, 3, 4, 4, 5, 5, 6, 6, 6, 7, 8, 9, 10, 10, 10, 9, 8, 7),
    "night": (8, 8, 7, 4, 2, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 6, 6, 7, 8, 9, 10, 10, 9),
    "commute": (2, 1, 1, 1, 1, 3, 6, 10, 9, 6, 5, 6, 7, 7, 8, 10, 11, 11, 8, 5, 4, 4, 3, 3),
    "patrol": (7, 6, 4, 2, 1, 1, 2, 4, 8, 9, 9, 8, 7, 7, 5, 4, 7, 9, 9, 9, 9, 8, 5, 5),
}
MONTHS = (10, 9.4, 9.4, 9.6, 10, 10.4, 10.8, 10.6, 10, 10.2, 9.8, 10.6)
COLUMNS = (
    "received_at",
    "lat",
    "lon",
    "title",
    "incident_type",
    "priority",
    "addr",
    "municipality",
    "station",
    "flags",
    "bad",
    "source_row",
)
Text = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Places:
    """Junctions where calls come from, with what a record says of each; all of length n."""

    lonlat: Points
    addr: list[str]
    municipality: list[str]
    station: dict[str, list[str]]
    homes: Points
    traffic: Points


def places_of(roads: Roads, land: Land, zones: dict[str, list[Zone]]) -> Places:
    """Every junction of a named road, and how likely a call of each sort comes from there."""
    names: dict[int, list[str]] = {}
    through = np.zeros(len(roads.at))
    for way in roads.ways:
        name, class_ = way.tags.get("name", ""), way.tags.get("highway", "")
        if not name or not class_:
            continue
        busy = {"motorway": 5.0, "primary": 6.0, "secondary": 5.0, "tertiary": 2.0}.get(class_, 0.4)
        for stop in way.stops:
            kept = names.setdefault(stop, [])
            if name not in kept:
                kept.append(name)
            through[stop] = max(through[stop], busy)
    stops = np.array(sorted(names))
    at = roads.at[stops]
    city = land.towns[0]
    core = np.exp(-((np.linalg.norm(at - np.array(city.at), axis=1) / city.radius_m) ** 2))
    homes = np.where(through[stops] == 5.0, 0.2, 1.0) * (1 + 1.5 * core)
    station = {
        discipline: [areas[k].station for k in drawing.holding([z.area for z in areas], at)]
        for discipline, areas in zones.items()
    }
    return Places(
        to_lonlat(at),
        [" & ".join(names[s][:2]) for s in stops.tolist()],
        land.municipality_at(at),
        station,
        homes / homes.sum(),
        through[stops] / through[stops].sum(),
    )


def history_rows(places: Places, seed: int, calls: int = CALLS) -> Iterator[tuple[str, ...]]:
    """Rows in ``COLUMNS``, in the order in which the calls came in.

    Args:
        places: Where calls come from.
        seed: The same gives the same year.
        calls: Calls in the year, before those that report an event again.
    """
    rng = np.random.default_rng([seed, 8])
    shares = np.array([p.share for p in PLANS])
    kinds = rng.choice(len(PLANS), calls, p=shares / shares.sum())
    where = np.zeros(calls, int)
    local = np.zeros(calls, dtype="datetime64[s]")
    for k, plan in enumerate(PLANS):
        mine = np.flatnonzero(kinds == k)
        weights = places.traffic if plan.rhythm in ("commute", "patrol") else places.homes
        where[mine] = rng.choice(len(weights), len(mine), p=weights)
        local[mine] = _moments(plan, len(mine), rng)
    again = np.flatnonzero((rng.random(calls) < REPORTED_TWICE) & ~_officer(kinds))
    kinds, where = np.append(kinds, kinds[again]), np.append(where, where[again])
    later = local[again] + rng.integers(20, 400, len(again)).astype("timedelta64[s]")
    repeated = np.append(np.zeros(calls, bool), np.ones(len(again), bool))
    stamps, order = _stamps(np.append(local, later))
    spread = rng.normal(0, 0.00022, (len(kinds), 2))
    lonlat = np.round(places.lonlat[where] + spread, 7)
    for number, i in enumerate(order.tolist(), start=1):
        plan = PLANS[kinds[i]]
        at = int(where[i])
        flag = "duplicate" if repeated[i] else "officer_initiated" if plan.officer else ""
        yield (
            str(stamps[i]),
            f"{lonlat[i, 1]:.7f}",
            f"{lonlat[i, 0]:.7f}",
            f"{'EMS' if plan.lead == 'ems' else plan.lead.title()}: {plan.label.upper()}",
            plan.type,
            str(plan.priority),
            places.addr[at],
            places.municipality[at],
            places.station[plan.lead][at],
            flag,
            "1" if repeated[i] else "0",
            str(number),
        )


def _officer(kinds: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return np.array([p.officer for p in PLANS])[kinds]


def _moments(plan: Plan, count: int, rng: np.random.Generator) -> npt.NDArray[np.datetime64]:
    """Local clock times in the year, by the plan's hours; fewer where a shift changes."""
    days = np.arange(f"{YEAR}-01-01", f"{YEAR + 1}-01-01", dtype="datetime64[D]")
    month = days.astype("datetime64[M]").astype(int) % 12
    weekday = (days.astype(int) + 3) % 7
    by_day = np.array(MONTHS)[month] * np.where((weekday >= 4) & (plan.rhythm == "night"), 1.4, 1.0)
    if plan.type == "OUTSIDE_FIRE":
        by_day = by_day * np.where((month == 2) | (month == 3), 2.5, 0.8)
    hours = np.array(HOURS[plan.rhythm], dtype=np.float64)
    day = rng.choice(days, count, p=by_day / by_day.sum())
    second = rng.choice(24, count, p=hours / hours.sum()) * 3600 + rng.integers(0, 3600, count)
    if plan.officer:
        for change in SHIFT_CHANGES_H:
            near = np.abs(second - change * 3600) < 1500
            moved = near & (rng.random(count) < 0.85)
            second = np.where(moved, (second + 3200) % 86_400, second)
    moments = day.astype("datetime64[s]") + second.astype("timedelta64[s]")
    return np.asarray(moments, dtype="datetime64[s]")


def _stamps(
    local: npt.NDArray[np.datetime64],
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Written times with their offset, in the order given; and the order in which they happened."""
    guess = local + np.timedelta64(5, "h")
    summer = (guess >= SUMMER_TIME[0]) & (guess < SUMMER_TIME[1])
    utc = np.where(summer, local + np.timedelta64(4, "h"), guess)
    summer = (utc >= SUMMER_TIME[0]) & (utc < SUMMER_TIME[1])
    wall = utc - np.where(summer, np.timedelta64(4, "h"), np.timedelta64(5, "h"))
    text = np.datetime_as_string(wall, unit="s")
    stamps = [f"{t}{'-04:00' if s else '-05:00'}" for t, s in zip(text, summer, strict=True)]
    return stamps, np.argsort(utc, kind="stable")
