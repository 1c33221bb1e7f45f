"""What a command reads in its transaction, on both databases: enough, and nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

from dispatch.domain import commands as cmd
from dispatch.domain.events import RegionActivated
from dispatch.domain.values import HUB_ACTOR
from dispatch.store.boards import load_board
from dispatch.store.engine import make_engine
from dispatch.store.migrations import migrate
from dispatch.store.regions import RegionRows, save_version
from dispatch.store.unit_of_work import Writer
from jurisdictions.roster import DeliveryChannel
from tests.factories import DISPATCHER, NOON, assign, make_recommendation, make_unit, take_call

REGION = RegionActivated(
    region_version="v1", name="Two Towns", time_zone="Europe/Vaduz", border_m=100, network_id="n1"
)
TONES = DeliveryChannel(name="tones", adapter="tablet", limit_s=30, pre_alert=True)
UNITS = [
    *(make_unit(f"E{number}", station=f"ST{number}") for number in range(4)),
    *(
        make_unit(f"A{number}", agency_id="ems-a", discipline="ems", kind="ambulance")
        for number in range(3)
    ),
]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    migrate(database_url)
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@contextmanager
def centre(engine: Engine, *channels: DeliveryChannel) -> Iterator[Writer]:
    """A writer with a region whose agencies are told by these channels; three incidents."""
    told = [channel.model_dump(mode="json") for channel in channels]
    agencies = [
        {"id": f"{discipline}-a", "name": discipline, "discipline": discipline, "channels": told}
        for discipline in ("fire", "ems")
    ]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        save_version(connection, RegionRows(REGION, units=UNITS, agencies=agencies), NOON)
    writer = Writer(engine)
    writer.start()
    try:
        give(writer, cmd.ActivateRegion(command_id="v1", actor=HUB_ACTOR, region=REGION))
        for number in range(3):
            give(writer, take_call(f"c{number}", incident_id=f"i{number}"))
        yield writer
    finally:
        writer.stop()


def give(writer: Writer, command: cmd.Command) -> None:
    writer.submit(command).result(timeout=60)


def advise(writer: Writer, incident_id: str, *unit_ids: str, **over: Any) -> None:
    made = make_recommendation(incident_id, *unit_ids, **over)
    give(
        writer,
        cmd.FreezeRecommendation(
            command_id=f"advice-{incident_id}", actor=HUB_ACTOR, recommendation=made
        ),
    )


def swap(command_id: str, first: str, second: str) -> cmd.SwapUnits:
    return cmd.SwapUnits(
        command_id=command_id,
        actor=DISPATCHER,
        first=cmd.NewAssignment(assignment_id=f"{command_id}-1", unit_id=first),
        second=cmd.NewAssignment(assignment_id=f"{command_id}-2", unit_id=second),
        reason="nearer",
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Counter[str]]:
    """How often each table is read, and, by its whole text with its values, each statement."""
    seen: Counter[str] = Counter()

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("SELECT") and (found := re.search(r"FROM (\w+)", statement)):
            seen[found[1]] += 1
            seen[f"{statement} {values}"] += 1

    listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("channels", [(TONES,), (TONES.model_copy(update={"pre_alert": False}),)])
def test_a_command_reads_no_row_of_messages_assignments_and_advice_a_second_time(
    engine: Engine, channels: tuple[DeliveryChannel, ...]
) -> None:
    send = assign("send-0", "E0", "A0", incident_id="i0", override_reason="first")
    divert = assign("divert", "E0", incident_id="i1", divert=True, override_reason="worse")
    undo = cmd.Undo(command_id="undo", actor=DISPATCHER, undone_id="swap")
    merge = cmd.MergeIncidents(
        command_id="merge", actor=DISPATCHER, incident_id="i1", other_id="i0", note_id="n1"
    )
    read = {}
    with centre(engine, *channels) as writer:
        for number in range(3):
            advise(writer, f"i{number}", f"E{number}")
        for command in (send, divert, swap("swap", "A0", "A1"), undo, merge):
            with reading(engine) as seen:
                give(writer, command)
            read[command.command_id] = seen
    for name, seen in read.items():
        tables = {
            table: seen[table] for table in ("delivery", "recommendation") if seen[table] != 1
        }
        assert not tables, name
        assert seen["assignment"] <= 3, name  # those of the incidents, of the units, and by id
        again = [text for text, times in seen.items() if " " in text and times > 1]
        assert not again, name


def test_a_swap_leaves_a_part_active_on_which_a_released_unit_had_arrived(engine: Engine) -> None:
    """Nobody's station is alerted here: what the swap reads must not hang on that."""
    with centre(engine) as writer:
        give(writer, assign("send-0", "E0", "E1", incident_id="i0", override_reason="first"))
        for status in ("on_scene", "cleared"):
            give(
                writer,
                cmd.SetAssignmentStatus(
                    command_id=f"E0-{status}",
                    actor=DISPATCHER,
                    assignment_id="a-E0",
                    status=status,
                ),
            )
        give(writer, swap("swap", "E1", "A1"))
    incident = load_board(engine).board.incidents["i0"]
    assert {leg.discipline: leg.state for leg in incident.legs} == {
        "fire": "active",
        "ems": "active",
    }


def test_who_is_swapped_in_drives_as_the_incident_was_advised(engine: Engine) -> None:
    with centre(engine) as writer:
        advise(writer, "i0", "E0", mode="normal")
        give(writer, assign("send-0", "E0", incident_id="i0", override_reason="first"))
        give(writer, swap("swap", "E0", "E1"))
    board = load_board(engine).board
    modes = {a.unit_id: a.mode for a in board.assignments.values() if a.live}
    assert modes == {"E1": "normal"}
