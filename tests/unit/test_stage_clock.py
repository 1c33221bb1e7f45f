"""How long each stage took, beside the target that held: the agency's own, by type and date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dispatch.domain.call import Call
from dispatch.domain.stage_clock import stage_clock
from jurisdictions.targets import COMPRESSIONS_S, Stage, StageTarget, TargetBook
from tests import factories as make

NOON = make.NOON


def call(**seconds: float) -> Call:
    stamps = {f"{name}_at": NOON + timedelta(seconds=after) for name, after in seconds.items()}
    fields: dict[str, Any] = {"id": "c1", "channel": "voice", "taken_by": "cato", "audience": ()}
    return Call(**fields, received_at=NOON, **stamps)


def targets(**seconds: float) -> Any:
    return lambda stage: seconds.get(stage)


def seconds(book: TargetBook, stage: Stage = "ready", **over: Any) -> float | None:
    asked: dict[str, Any] = {"agency_id": None, "incident_type": None, "on": date(2026, 7, 1)}
    return book.seconds(stage, **(asked | over))


def test_the_answer_counts_from_the_ring_and_all_else_from_the_answer() -> None:
    marks = {
        mark.stage: mark for mark in stage_clock(call(answered=10, located=40), None, targets())
    }
    later = NOON + timedelta(seconds=70)
    assert [marks[stage].seconds(later) for stage in ("answered", "located", "typed")] == [
        10,
        30,
        60,
    ]
    assert marks["typed"].at is None


def test_late_is_what_took_longer_than_its_target_or_lasts_longer_by_now() -> None:
    marks = stage_clock(
        call(answered=16, located=30), None, targets(answered=15, located=20, typed=60)
    )
    late = {m.stage: m.late(NOON + timedelta(seconds=75)) for m in marks}
    assert late == {
        "answered": True, "located": False, "typed": False, "ready": False, "first_unit": False
    }  # fmt: skip
    assert {m.stage for m in marks if m.late(NOON + timedelta(seconds=77))} == {"answered", "typed"}


def test_nothing_is_late_before_its_clock_begins() -> None:
    marks = stage_clock(call(), None, targets(answered=15, ready=60))
    assert {m.stage for m in marks if m.late(NOON + timedelta(hours=1))} == {"answered"}


def test_the_first_unit_is_the_first_of_any_leg_and_an_officers_work_has_no_other_stage() -> None:
    world = make.World(make.make_unit("E12"))
    world.give(make.take_call())
    world.later(50)
    world.give(make.assign("send", "E12"))
    incident = world.board.incidents["i1"]
    first = world.board.calls["call-cmd-call"]
    assert stage_clock(first, incident, targets())[-1].seconds(world.state.now) == 50
    (alone,) = stage_clock(None, incident, targets())
    assert (alone.stage, alone.seconds(world.state.now)) == ("first_unit", 50)
    assert stage_clock(None, None, targets()) == ()


def test_cpr_has_a_clock_once_it_is_recognised() -> None:
    assert "compressions" not in {m.stage for m in stage_clock(call(answered=5), None, targets())}
    pressed = call(answered=5, cpr_recognised=60, compressions=190)
    *_, recognised, begun = stage_clock(pressed, None, targets(compressions=180))
    assert (recognised.seconds(NOON), begun.seconds(NOON)) == (55, 185)
    assert (recognised.late(NOON), begun.late(NOON)) == (False, True)


def test_an_agencys_own_row_goes_first_and_one_for_the_type_before_one_for_all() -> None:
    book = TargetBook(
        [
            StageTarget(stage="ready", seconds=60),
            StageTarget(stage="ready", seconds=90, incident_type="STROKE"),
            StageTarget(stage="ready", seconds=75, agency="ems-a"),
            StageTarget(stage="ready", seconds=40, agency="ems-a", incident_type="STROKE"),
        ]
    )
    assert seconds(book) == 60
    assert seconds(book, incident_type="STROKE") == 90
    assert seconds(book, agency_id="ems-a", incident_type="FALL") == 75
    assert seconds(book, agency_id="ems-a", incident_type="STROKE") == 40
    assert seconds(book, agency_id="ems-b", incident_type="FALL") == 60


def test_a_target_holds_from_its_date_on_until_the_next() -> None:
    rows = [(120.0, None), (90.0, date(2026, 1, 1)), (60.0, date(2026, 8, 1))]
    book = TargetBook(StageTarget(stage="ready", seconds=s, effective=on) for s, on in rows)
    assert [
        seconds(book, on=on) for on in (date(2025, 5, 5), date(2026, 7, 31), date(2026, 8, 1))
    ] == [120, 90, 60]


def test_without_a_row_only_compressions_have_a_target() -> None:
    assert seconds(TargetBook()) is None
    assert seconds(TargetBook(), "compressions") == COMPRESSIONS_S
