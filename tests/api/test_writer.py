"""The writer and the log on both databases: no gap, no doubled command, every forgery found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Executable, delete, insert, select, text, update
from sqlalchemy.event import listens_for
from sqlalchemy.exc import DataError, IntegrityError

from dispatch.domain import commands as cmd
from dispatch.domain.board import apply
from dispatch.domain.errors import (
    CommandIdTaken,
    HubError,
    InvalidInput,
    OutcomeUnknown,
    TooBusy,
    UnitNotAvailable,
)
from dispatch.domain.events import RegionActivated
from dispatch.domain.incident import Place
from dispatch.domain.state import State
from dispatch.domain.unit import CrewShare
from dispatch.domain.values import HUB_ACTOR
from dispatch.realtime.due_watch import DueWatch
from dispatch.services.audit import Anchors, verify_audit
from dispatch.services.region import RegionPolicy
from dispatch.store import tables as t
from dispatch.store.boards import load_board
from dispatch.store.clock import database_now
from dispatch.store.due import drop_due, find_lead, list_due, take_lead
from dispatch.store.engine import is_sqlite, make_engine
from dispatch.store.event_log import read_events, read_head, verify_log
from dispatch.store.migrations import check_schema, migrate, migrate_down
from dispatch.store.regions import Area, RegionRows, load_version, save_version
from dispatch.store.rows import Rows
from dispatch.store.unit_of_work import Writer
from geodata.lonlat import LonLat
from geodata.shapes import Point
from jurisdictions.plans import PlanRow
from tests.factories import DISPATCHER, NOON, assign, make_unit, take_call
from tests.hub_factories import region_rows
from tests.region_factories import square

UNITS = [make_unit(f"E{number}") for number in range(12)]
REGION = RegionActivated(
    region_version="v1", name="Two Towns", time_zone="Europe/Vaduz", border_m=100, network_id="n1"
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database with one region."""
    migrate(database_url)
    engine = make_engine(database_url)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        rows = RegionRows(
            REGION,
            units=UNITS,
            agencies=[{"id": "fire-a", "name": "Ashby Fire", "discipline": "fire"}],
        )
        save_version(connection, rows, NOON)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    """A writer with the region active."""
    writer = Writer(engine)
    writer.start()
    activate = cmd.ActivateRegion(command_id="region", actor=HUB_ACTOR, region=REGION)
    writer.submit(activate).result(timeout=60)
    yield writer
    writer.stop()


def test_a_talkgroup_that_another_incident_holds_is_not_given_again(engine: Engine) -> None:
    version = REGION.model_copy(update={"region_version": "v2"})
    pool = [
        {
            "id": "fire-a",
            "name": "Ashby Fire",
            "discipline": "fire",
            "talkgroups": ["TAC 1", "TAC 2"],
        }
    ]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        save_version(connection, RegionRows(version, units=UNITS, agencies=pool), NOON)
    writer = Writer(engine)
    writer.start()
    writer.submit(cmd.ActivateRegion(command_id="v2", actor=HUB_ACTOR, region=version)).result(60)
    for number in range(3):
        call = take_call(f"call-{number}", incident_id=f"i{number}")
        writer.submit(call).result(60)
        sent = assign(f"send-{number}", f"E{number}", incident_id=f"i{number}")
        writer.submit(sent).result(60)
    writer.stop()
    incidents = load_board(engine).board.incidents
    given = [leg.talkgroup for n in range(3) if (leg := incidents[f"i{n}"].leg("fire"))]
    assert given == ["TAC 1", "TAC 2", None]


def work_a_while(writer: Writer, incidents: int = 4) -> None:
    """Calls, assignments, refusals and closings."""
    for number in range(incidents):
        writer.submit(take_call(f"c{number}", incident_id=f"i{number}")).result(timeout=60)
        unit = cmd.NewAssignment(assignment_id=f"a{number}", unit_id=f"E{number}")
        send = assign(f"s{number}", incident_id=f"i{number}", units=(unit,))
        writer.submit(send).result(timeout=60)
    again = assign("refused", incident_id="i0", units=(unit,))
    assert isinstance(writer.submit(again).exception(timeout=60), UnitNotAvailable)
    clear = cmd.SetAssignmentStatus(
        command_id="clear", actor=DISPATCHER, assignment_id="a0", status="cleared"
    )
    writer.submit(clear).result(timeout=60)
    close = cmd.CloseLegs(
        command_id="close", actor=DISPATCHER, incident_id="i0", discipline=None, disposition="out"
    )
    writer.submit(close).result(timeout=60)


def test_migrations_go_up_down_and_up_and_leave_what_the_code_says(database_url: str) -> None:
    migrate(database_url)
    migrate_down(database_url)
    migrate(database_url)
    check_schema(database_url)


def test_events_are_numbered_without_a_gap_and_refusals_leave_no_trace(
    engine: Engine, writer: Writer
) -> None:
    work_a_while(writer)
    with engine.connect() as connection, connection.begin():
        seqs = list(connection.scalars(select(t.event.c.seq).order_by(t.event.c.seq)))
        assert seqs == list(range(1, len(seqs) + 1))
        assert read_head(connection).seq == seqs[-1]
        assert not list(verify_log(connection))


def test_the_same_command_id_gives_the_first_outcome_again(engine: Engine, writer: Writer) -> None:
    first = writer.submit(take_call("c1")).result(timeout=60)
    again = writer.submit(take_call("c1", incident_id="another")).result(timeout=60)
    assert again.repeated
    assert (again.first_seq, again.last_seq) == (first.first_seq, first.last_seq)
    assert [event.kind for event in again.events] == [event.kind for event in first.events]
    assert len(load_board(engine).board.incidents) == 1


def test_an_id_answers_only_to_its_own_actor_and_for_what_was_asked(writer: Writer) -> None:
    first = writer.submit(take_call("c1"), "asked").result(timeout=60)
    stranger = take_call("c1", actor=DISPATCHER, incident_id="i2")
    for taken in (
        writer.submit(stranger, "asked"),
        writer.submit(take_call("c1", incident_id="i2"), "something else"),
    ):
        refusal = taken.exception(timeout=60)
        assert isinstance(refusal, CommandIdTaken)
    again = writer.submit(take_call("c1"), "asked").result(timeout=60)
    assert (again.repeated, again.last_seq) == (True, first.last_seq)


def test_one_command_that_cannot_be_stored_fails_alone(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As NUL in a path does on PostgreSQL, where the driver refuses the statement."""
    read = Rows.read

    def unfit(self: Rows, connection: Connection, command: cmd.Command, *rest: Any) -> State:
        if command.command_id == "unfit":
            raise DataError("select", {}, ValueError("NUL"))
        return read(self, connection, command, *rest)

    monkeypatch.setattr(Rows, "read", unfit)
    futures = [
        writer.submit(take_call(name, incident_id=f"i-{name}")) for name in ("c1", "unfit", "c2")
    ]
    before, failed, after = futures
    assert isinstance(failed.exception(timeout=60), InvalidInput)
    assert after.result(timeout=60).last_seq > before.result(timeout=60).last_seq


def test_the_board_from_the_tables_is_the_log_folded(engine: Engine, writer: Writer) -> None:
    folded = load_board(engine).board
    work_a_while(writer)
    with engine.connect() as connection, connection.begin():
        for logged in read_events(connection, folded.seq):
            apply(folded, logged.event)
    loaded = load_board(engine).board
    assert loaded.seq == folded.seq
    assert loaded.snapshot() == folded.snapshot()


def test_personal_values_stand_beside_the_log_and_the_chain_outlives_their_deletion(
    engine: Engine, writer: Writer
) -> None:
    writer.submit(take_call("c1")).result(timeout=60)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        payloads = "".join(connection.scalars(select(t.event.c.payload)))
        documents = "".join(connection.scalars(select(t.call.c.doc)))
        assert "555-0100" not in payloads + documents
        assert load_board(engine).board.calls["call-c1"].callback == "555-0100"
        connection.execute(delete(t.event_private))
        assert not list(verify_log(connection))
    assert load_board(engine).board.calls["call-c1"].callback is None


def test_sixteen_dispatchers_race_for_each_unit_and_one_wins(
    engine: Engine, writer: Writer
) -> None:
    for number in range(16):
        writer.submit(take_call(f"c{number}", incident_id=f"i{number}")).result(timeout=60)
    refusals: list[HubError] = []
    wins: list[str] = []
    barrier = threading.Barrier(16)

    def race(dispatcher: int) -> None:
        for unit in UNITS:
            barrier.wait()
            new = cmd.NewAssignment(assignment_id=f"{dispatcher}-{unit.id}", unit_id=unit.id)
            send = assign(f"{dispatcher}>{unit.id}", incident_id=f"i{dispatcher}", units=(new,))
            try:
                writer.submit(send).result(timeout=60)
                wins.append(unit.id)
            except UnitNotAvailable as refused:
                refusals.append(refused)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == sorted(unit.id for unit in UNITS)
    assert len(refusals) == 15 * len(UNITS)
    assert all(refused.fields["incident_number"].startswith("20") for refused in refusals)


def test_the_database_itself_refuses_a_second_live_assignment(
    engine: Engine, writer: Writer
) -> None:
    row = {"incident_id": "i", "unit_id": "E1", "released_at": None, "doc": "{}"}
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(insert(t.assignment).values(id="one", **row))
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(insert(t.assignment).values(id="two", **row))


def test_two_writers_share_one_log_without_gap_or_deadlock(engine: Engine, writer: Writer) -> None:
    if not is_sqlite(engine):  # a deadlock is found in any case; a busy machine only takes longer

        @listens_for(engine, "begin")
        def _(connection: Connection) -> None:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")

    other = Writer(engine)
    other.start()
    futures = [
        (writer if number % 2 else other).submit(take_call(f"c{number}", incident_id=f"i{number}"))
        for number in range(60)
    ]
    for future in futures:
        future.result(timeout=60)
    other.stop()
    numbers = {incident.number for incident in load_board(engine).board.incidents.values()}
    assert len(numbers) == 60
    with engine.connect() as connection, connection.begin():
        assert not list(verify_log(connection))


FORGERIES: dict[str, Executable] = {
    "a changed row": update(t.event)
    .where(t.event.c.seq == 3)
    .values(payload=t.event.c.payload.concat(" ")),
    "a changed kind": update(t.event).where(t.event.c.seq == 3).values(kind="call.linked"),
    "a deleted row": text("DELETE FROM event WHERE seq = 4"),
    "a truncated log": text("DELETE FROM event WHERE seq > 5"),
    "another value of a person": update(t.event_private).values(value="555-0199"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_row_is_found(engine: Engine, writer: Writer, forgery: str) -> None:
    work_a_while(writer)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if forgery in ("a deleted row", "a truncated log"):
            connection.execute(text("DELETE FROM event_private"))
        connection.execute(FORGERIES[forgery])
        assert list(verify_log(connection))


def test_two_swapped_rows_are_found(engine: Engine, writer: Writer) -> None:
    work_a_while(writer)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        rows = {
            row.seq: row.payload
            for row in connection.execute(select(t.event).where(t.event.c.seq.in_((6, 7))))
        }
        for seq, other in ((6, 7), (7, 6)):
            connection.execute(
                update(t.event).where(t.event.c.seq == seq).values(payload=rows[other])
            )
        assert {fault.seq for fault in verify_log(connection)} >= {6, 7}


def test_a_log_written_anew_with_its_head_is_found_by_the_anchor(
    engine: Engine, writer: Writer, tmp_path: Path
) -> None:
    work_a_while(writer)
    anchors = Anchors(tmp_path / "anchors.jsonl", tmp_path / "anchor.key")
    anchored = anchors.append(engine, NOON)
    assert anchored is not None
    assert not verify_audit(engine, anchors).faults
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("DELETE FROM event_private"))
        connection.execute(delete(t.event).where(t.event.c.seq > 3))
        last = connection.execute(select(t.event.c.hash).where(t.event.c.seq == 3)).scalar_one()
        connection.execute(update(t.head).values(seq=3, hash=last))
        assert not list(verify_log(connection)), "without its anchors the short log looks whole"
    found = verify_audit(engine, anchors)
    assert [fault.what for fault in found.faults] == ["it was anchored and is gone"]


def test_a_forged_anchor_is_found(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    work_a_while(writer)
    anchors = Anchors(tmp_path / "anchors.jsonl", tmp_path / "anchor.key")
    anchors.append(engine, NOON)
    line = anchors.path.read_text()
    anchors.path.write_text(line.replace('"seq":', '"seq":1'))
    assert "is not a signed anchor" in verify_audit(engine, anchors).faults[0].what
    assert anchors.key_path.stat().st_mode & 0o077 == 0


def test_what_falls_due_is_dealt_with_once_under_the_leaders_fence(
    engine: Engine, writer: Writer
) -> None:
    writer.submit(take_call("c1")).result(timeout=60)
    new = cmd.NewAssignment(assignment_id="a1", unit_id="E1")
    writer.submit(assign("s1", units=(new,))).result(timeout=60)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        first = take_lead(connection, "hub-1", 30)
        assert first == 1
        assert take_lead(connection, "hub-2", 30) is None
        connection.execute(update(t.due).values(at=database_now(connection)))
        (due,) = list_due(connection)

    def fall(fence: int, command_id: str) -> cmd.FallDue:
        return cmd.FallDue(
            command_id=command_id,
            actor=HUB_ACTOR,
            due_id=due.id,
            kind=due.kind,
            ref=due.ref,
            fence=fence,
        )

    stale = writer.submit(fall(0, "stale")).exception(timeout=60)
    assert isinstance(stale, HubError)
    assert stale.code == "fenced"
    done = writer.submit(fall(1, f"due-{due.id}")).result(timeout=60)
    assert [event.kind for event in done.events] == ["assignment.escalated"]
    assert writer.submit(fall(1, f"due-{due.id}")).result(timeout=60).repeated


def database_time(engine: Engine) -> datetime:
    with engine.connect() as connection:
        return database_now(connection)


def test_a_scheduled_call_is_made_pending_by_its_row_under_whoever_leads_then(
    engine: Engine, writer: Writer
) -> None:
    writer.submit(take_call("c1", wanted_at=database_time(engine) + timedelta(hours=2))).result(
        timeout=60
    )
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        assert take_lead(connection, "hub-1", -1) == 1
        fence = take_lead(connection, "hub-2", 30)
        row = connection.execute(select(t.due)).one()
    assert (row.kind, row.ref, fence) == ("schedule", "i1", 2)
    due = cmd.FallDue(
        command_id=f"due-{row.id}",
        actor=HUB_ACTOR,
        due_id=row.id,
        kind=row.kind,
        ref=row.ref,
        fence=2,
    )
    early = writer.submit(due.model_copy(update={"command_id": "early", "due_id": 0}))
    assert early.result(timeout=60).events == ()
    done = writer.submit(due.model_copy(update={"due_at": row.at})).result(timeout=60)
    assert [event.kind for event in done.events] == ["incident.schedule_due"]
    with engine.connect() as connection:
        assert connection.execute(select(t.due)).all() == []
    assert load_board(engine).board.incidents["i1"].pending


def test_a_lead_that_lapses_passes_on_with_a_higher_fence(engine: Engine) -> None:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        assert take_lead(connection, "hub-1", -1) == 1
        assert take_lead(connection, "hub-2", 30) == 2
        lead = find_lead(connection)
    assert lead is not None
    assert (lead.number, lead.holder) == (2, "hub-2")


def test_a_lease_of_a_clock_that_was_set_back_holds_nobody_up(engine: Engine) -> None:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        assert take_lead(connection, "hub-1", 3600.0) == 1
        assert take_lead(connection, "hub-2", 5.0) == 2
        assert take_lead(connection, "hub-3", 5.0) is None


def test_a_commit_that_fails_is_an_unknown_outcome_and_the_writer_lives_on(
    engine: Engine, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr("dispatch.store.unit_of_work._lock_head", fails)
        failed = writer.submit(take_call("c1")).exception(timeout=60)
    assert isinstance(failed, OutcomeUnknown)
    assert writer.submit(take_call("c1")).result(timeout=60).first_seq == 2


def test_a_stopped_writer_finishes_what_waits_and_takes_no_more(
    engine: Engine, writer: Writer
) -> None:
    futures = [
        writer.submit(take_call(f"c{number}", incident_id=f"i{number}")) for number in range(40)
    ]
    writer.stop()
    assert all(future.result(timeout=1) for future in futures)
    assert isinstance(writer.submit(take_call("late")).exception(timeout=1), TooBusy)


def test_the_id_of_something_due_never_comes_again(engine: Engine, writer: Writer) -> None:
    row = {"kind": "unacknowledged", "ref": "a"}
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(insert(t.due).values(at=NOON, **row))
        (first,) = list_due(connection)
        drop_due(connection, first.id)
        connection.execute(insert(t.due).values(at=NOON, **row))
        (second,) = list_due(connection)
    assert second.id > first.id


def test_what_is_due_and_waits_is_loud_after_five_seconds_whoever_leads(engine: Engine) -> None:
    now_s = 0.0
    watch = DueWatch(engine, lambda: now_s)

    def change(statement: Executable) -> None:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(statement)
        watch.look()

    watch.look()
    row = {"kind": "unacknowledged", "ref": "a1"}
    change(insert(t.due).values(at=datetime.now(UTC) + timedelta(days=1), **row))
    now_s = 60.0
    assert watch.unwatched_s() == 0.0, "it is not due yet"
    change(insert(t.due).values(at=NOON, **row))
    now_s = 64.9
    assert watch.unwatched_s() == 0.0
    now_s = 65.5
    assert watch.unwatched_s() == 5.5
    change(delete(t.due).where(t.due.c.at <= NOON))
    assert watch.unwatched_s() == 0.0


def test_plans_of_areas_beats_and_addresses_are_kept_with_their_version(engine: Engine) -> None:
    version = REGION.model_copy(update={"region_version": "v3"})
    rows = region_rows("v3")
    base = PlanRow.model_validate(rows.plan_rows[0])
    plans = [
        base,
        base.model_copy(update={"area": "Yard", "count": 2}),
        base.model_copy(update={"area": "Z1", "count": 3, "rank": -1}),
        base.model_copy(update={"premise": "12 Mill Rd, Ashby", "count": 4}),
    ]
    rows = replace(
        rows,
        region=version,
        plan_rows=[row.model_dump(mode="json") for row in plans],
        plan_areas=[Area(square(0, 0, 0.2), {"name": "Yard"})],
    )
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        save_version(connection, rows, NOON)
    with engine.connect() as connection:
        policy = RegionPolicy(load_version(connection, "v3"))

    def slots(at: LonLat, address: str = "") -> int:
        place = Place(at=at, shape=Point(at=at), address=address, municipality="Ashby")
        plan = policy.plan("FIRE", "fire-a", NOON, storms=(), place=place)
        assert plan is not None
        return len(plan.slots)

    in_yard, in_zone = (LonLat(*square(x, 0.05, 0.1).centroid.coords[0]) for x in (0.05, 0.7))
    outside = LonLat(*square(5, 5).centroid.coords[0])
    assert [slots(in_yard), slots(in_zone), slots(outside)] == [2, 3, 1]
    assert slots(outside, "12 Mill Rd") == 4
    nowhere = policy.plan("FIRE", "fire-a", NOON, storms=())
    assert nowhere is not None
    assert len(nowhere.slots) == 1
    advice = policy.advise("FIRE", Point(at=in_yard), NOON, storms=())
    assert advice.plan_id == "FIRE/* in Yard"


def test_a_vehicle_whose_crew_is_out_is_refused_by_the_rows_themselves(engine: Engine) -> None:
    version = REGION.model_copy(update={"region_version": "v4"})
    share = CrewShare(id="ST7", units=("E1", "E2"))
    units = [unit.model_copy(update={"crew": share}) for unit in UNITS[1:3]]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        save_version(connection, RegionRows(version, units=units), NOON)
    writer = Writer(engine)
    writer.start()
    writer.submit(cmd.ActivateRegion(command_id="v4", actor=HUB_ACTOR, region=version)).result(60)
    for name in ("one", "two"):
        writer.submit(take_call(f"call-{name}", incident_id=name)).result(60)
    writer.submit(assign("send-1", "E1", incident_id="one")).result(60)
    with pytest.raises(UnitNotAvailable) as refused:
        writer.submit(assign("send-2", "E2", incident_id="two")).result(60)
    assert refused.value.fields["crew_out_with"] == "E1"
    on = cmd.LogOnUnit(command_id="on", actor=HUB_ACTOR, unit_id="E2", logon_id="l1", staffing=3)
    writer.submit(on).result(60)
    writer.submit(assign("send-3", "E2", incident_id="two")).result(60)
    off = cmd.LogOffUnit(command_id="off", actor=HUB_ACTOR, unit_id="E2")
    with pytest.raises(UnitNotAvailable):
        writer.submit(off).result(60)
    writer.stop()
    board = load_board(engine).board
    assert board.live_units() == {"E1", "E2"}
    logon = board.units["E2"].logon
    assert logon is not None
    assert logon.added


@pytest.mark.parametrize("ended", [2**31 - 5, 2**53 - 15])
def test_a_log_past_any_number_of_a_program_refuses_nothing_and_keeps_its_order(
    writer: Writer, engine: Engine, ended: int
) -> None:
    with engine.execution_options(writing=True).begin() as connection:
        connection.execute(update(t.head).values(seq=ended))
    done = [writer.submit(take_call(f"c{n}", incident_id=f"i{n}")).result(60) for n in range(10)]
    assert done[0].first_seq == ended + 1
    with engine.connect() as connection, connection.begin():
        read = [logged.event.seq for logged in read_events(connection, ended)]
    assert read == list(range(ended + 1, done[-1].last_seq + 1))


@pytest.mark.parametrize("given_out", [2**31 - 5, 2**53 - 5])
def test_a_counter_past_any_limit_of_a_program_refuses_nothing_and_keeps_its_order(
    writer: Writer, engine: Engine, given_out: int
) -> None:
    writer.submit(take_call("first", incident_id="first")).result(timeout=60)
    with engine.execution_options(writing=True).begin() as connection:
        connection.execute(update(t.counter).values(number=given_out))
    for n in range(10):
        writer.submit(take_call(f"c{n}", incident_id=f"i{n}")).result(timeout=60)
    incidents = load_board(engine).board.incidents
    numbers = [int(incidents[f"i{n}"].number.rsplit("-", 1)[1]) for n in range(10)]
    assert numbers == list(range(given_out + 1, given_out + 11))
