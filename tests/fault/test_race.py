"""Sixteen dispatchers, at two hub processes where there may be two, reach for one unit at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dispatch.domain.commands import ActivateRegion, AssignUnits, NewAssignment
from dispatch.domain.errors import UnitNotAvailable
from dispatch.domain.events import RegionActivated
from dispatch.domain.values import HUB_ACTOR, Actor
from dispatch.store.boards import load_board
from dispatch.store.clock import database_now
from dispatch.store.engine import make_engine
from dispatch.store.event_log import verify_log
from dispatch.store.migrations import migrate
from dispatch.store.regions import RegionRows, save_version
from dispatch.store.unit_of_work import Outcome, Writer
from tests.factories import make_unit, take_call

DISPATCHERS = 16
UNITS = 200
REGION = RegionActivated(
    region_version="v1", name="Race", time_zone="UTC", border_m=50.0, network_id="n1"
)


@pytest.fixture(params=["sqlite", "postgis"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = (
        f"sqlite:///{tmp_path / 'race.sqlite'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgis").fresh_database()
    )
    migrate(url)
    made = make_engine(url)
    with made.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            units = [make_unit(f"U{number}") for number in range(UNITS)]
            save_version(writing, RegionRows(REGION, units=units), database_now(writing))
    yield made
    made.dispose()


@pytest.fixture
def writers(engine: Engine) -> Iterator[list[Writer]]:
    """As of two hub processes; SQLite has one writing process, whose writer both are."""
    count = 1 if engine.dialect.name == "sqlite" else 2
    engines = [make_engine(engine.url.render_as_string(hide_password=False)) for _ in range(count)]
    started = [Writer(own) for own in engines]
    for writer in started:
        writer.start()
    yield started
    for writer in started:
        writer.stop()
    for own in engines:
        own.dispose()


def dispatcher(number: int) -> Actor:
    return Actor(account_id=f"dispatcher-{number}", role="dispatcher", agencies=("*",))


def reach_for(unit_id: str, number: int) -> AssignUnits:
    command_id = f"{unit_id}-by-{number}"
    return AssignUnits(
        command_id=command_id,
        actor=dispatcher(number),
        incident_id=f"i{number}",
        recommendation_id=None,
        units=(NewAssignment(assignment_id=f"a-{command_id}", unit_id=unit_id),),
        override_reason="nearest by eye",
    )


def race(writers: list[Writer]) -> dict[str, list[Future[Outcome]]]:
    """Every dispatcher reaches for every unit; all of them for the same one at the same moment."""
    barrier = threading.Barrier(DISPATCHERS)
    answers: dict[str, list[Future[Outcome]]] = {f"U{number}": [] for number in range(UNITS)}
    lock = threading.Lock()

    def dispatch(number: int) -> None:
        for unit_id in answers:
            barrier.wait()
            answer = writers[number % len(writers)].submit(reach_for(unit_id, number))
            answer.exception(timeout=60)
            with lock:
                answers[unit_id].append(answer)

    threads = [threading.Thread(target=dispatch, args=(n,)) for n in range(DISPATCHERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_each_unit_has_one_winner_and_the_others_are_told_who_it_is(
    engine: Engine, writers: list[Writer]
) -> None:
    writers[0].submit(ActivateRegion(command_id="activate", actor=HUB_ACTOR, region=REGION)).result(
        30
    )
    for number in range(DISPATCHERS):
        call = take_call(f"call-{number}", call_id=f"c{number}", incident_id=f"i{number}")
        writers[0].submit(call).result(30)

    answers = race(writers)

    wins: Counter[str] = Counter()
    for unit_id, futures in answers.items():
        winners = [f.result() for f in futures if f.exception() is None]
        refusals = [error for f in futures if (error := f.exception()) is not None]
        assert len(winners) == 1, unit_id
        assert len(refusals) == DISPATCHERS - 1
        holder = winners[0].events[0].actor
        wins[holder] += 1
        for refusal in refusals:
            assert isinstance(refusal, UnitNotAvailable)
            assert refusal.fields["unit_id"] == unit_id
            assert refusal.fields["assigned_by"] == holder
            assert refusal.fields["incident_number"]
            assert holder in refusal.detail
    assert sum(wins.values()) == UNITS

    board = load_board(engine).board
    held = Counter(a.unit_id for a in board.assignments.values() if a.live)
    assert held == {f"U{number}": 1 for number in range(UNITS)}
    with engine.connect() as connection, connection.begin():
        assert list(verify_log(connection)) == []
