"""kill -9 of the writer while the year turns: no human number twice, and none is missing.

RELIABILITY section 3, row 28. The clock is the database's, said to stand at 31 December 23:59:58.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from dispatch.domain.commands import ActivateRegion
from dispatch.domain.events import RegionActivated
from dispatch.domain.incident import Incident
from dispatch.domain.values import HUB_ACTOR
from dispatch.services.audit import account_for_numbers
from dispatch.store import tables as t
from dispatch.store.engine import make_engine
from dispatch.store.event_log import verify_log
from dispatch.store.migrations import migrate
from dispatch.store.regions import RegionRows, save_version
from dispatch.store.unit_of_work import submit_alone
from tests.factories import NOON, make_unit
from tests.fault.hub_child import ROOT

KILLS = 20
REGION = RegionActivated(
    region_version="v1", name="Two Towns", time_zone="UTC", border_m=100, network_id="n1"
)


@pytest.fixture(params=["sqlite", "postgis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of either kind with a region in force."""
    made = (
        f"sqlite:///{tmp_path / 'hub.sqlite'}"
        if request.param == "sqlite"
        else str(request.getfixturevalue("postgis").fresh_database())
    )
    migrate(made)
    engine = make_engine(made)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        agencies = [{"id": "fire-a", "name": "Ashby Fire", "discipline": "fire"}]
        rows = RegionRows(REGION, units=[make_unit("E1")], agencies=agencies)
        save_version(connection, rows, NOON)
    submit_alone(engine, ActivateRegion(command_id="v1", actor=HUB_ACTOR, region=REGION))
    engine.dispose()
    return made


def test_numbers_are_unique_and_whole_when_writers_are_killed_as_the_year_turns(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fault.year_turn_child", url, str(KILLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    acknowledged = done.stdout.split()
    assert len({said.split("-")[0] for said in acknowledged}) == KILLS, "each writer wrote"

    engine = make_engine(url)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    with engine.connect() as connection, connection.begin():
        docs = connection.scalars(select(t.incident.c.doc))
        incidents = {found.id: found for found in map(Incident.model_validate_json, docs)}
        for incident in incidents.values():
            year, number = incident.number.split("-")
            assert year == str(incident.created_at.year)
            numbers[year].append(int(number))
        for turned in (2026, 2027):
            account = account_for_numbers(connection, "fire-a", turned)
            assert account.rows
            assert account.missing == ()
            assert len({row.number for row in account.rows}) == len(account.rows)
        assert not list(verify_log(connection))
    engine.dispose()
    assert all("fire-a" in incidents[said].case_numbers for said in acknowledged)
    assert sorted(numbers) == ["2026", "2027"]
    for given in numbers.values():
        assert sorted(given) == list(range(1, len(given) + 1)), "a gap, or a number given twice"
