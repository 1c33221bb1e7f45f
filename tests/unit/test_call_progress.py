"""A call before its form is saved: who has it, the hub's stamps, and where its device is."""

from __future__ import annotations

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.board import apply
from dispatch.domain.call import Call, CallerFix, CallForm
from dispatch.domain.errors import AlreadyClosed, TransitionRefused
from dispatch.domain.events import CallerLocated
from geodata.shapes import Circle
from tests import factories as make

OTHER = make.CALL_TAKER.model_copy(update={"account_id": "carla"})


def fix(radius_m: float = 300.0, **over: object) -> CallerFix:
    fields = {
        "at": make.NOON,
        "shape": Circle(centre=make.HERE, radius_m=radius_m),
        "source": "rebid",
        "by": "cato",
    }
    return CallerFix.model_validate(fields | over)


def ring(world: make.World, **over: object) -> str:
    fields: dict[str, object] = {
        "command_id": "ring",
        "actor": make.CALL_TAKER,
        "call_id": "c1",
        "ringing": True,
        "callback": "555-0100",
    }
    world.give(cmd.OpenCall.model_validate(fields | over))
    return "c1"


def answer(world: make.World, who: object = make.CALL_TAKER) -> None:
    world.give(cmd.AnswerCall.model_validate({"command_id": "a", "actor": who, "call_id": "c1"}))


def save(world: make.World, **over: object) -> Call:
    world.give(make.take_call("save", known_call_id="c1", call_id="c-new", **over))
    return world.board.calls["c1"]


def test_the_hub_stamps_the_ring_the_answer_and_each_stage_once() -> None:
    world = make.World()
    ring(world)
    world.later(7)
    answer(world)
    for stage in ("located", "typed", "located"):
        world.later(5)
        world.give(
            cmd.MarkStage.model_validate(
                {"command_id": stage, "actor": make.CALL_TAKER, "call_id": "c1", "stage": stage}
            )
        )
    world.later(5)
    call = save(world)
    assert (call.answered_at, call.located_at, call.typed_at, call.ready_at) == tuple(
        make.NOON + (world.state.now - make.NOON) * part / 27 for part in (7, 12, 17, 27)
    )


def test_compressions_are_stamped_with_the_recognition_that_nobody_keyed() -> None:
    world = make.World()
    ring(world)
    answer(world)
    world.later(60)
    pressed = {"command_id": "p", "actor": make.CALL_TAKER, "call_id": "c1"}
    world.give(cmd.MarkStage.model_validate({**pressed, "stage": "compressions"}))
    call = world.board.calls["c1"]
    assert call.cpr_recognised_at == call.compressions_at == world.state.now


def test_a_call_that_rings_is_answered_by_one_person() -> None:
    world = make.World()
    ring(world)
    answer(world)
    answer(world)
    with pytest.raises(TransitionRefused, match="Somebody else"):
        answer(world, OTHER)
    assert world.board.calls["c1"].taken_by == "cato"
    over = {"command_id": "o", "actor": OTHER, "call_id": "c1", "take_over": True}
    world.give(cmd.AnswerCall.model_validate(over))
    assert world.board.calls["c1"].taken_by == "carla"


def test_the_form_that_is_saved_makes_the_incident_of_the_call_that_it_was_opened_with() -> None:
    world = make.World()
    ring(world)
    answer(world)
    call = save(world, callback=None)
    assert list(world.board.calls) == ["c1"]
    assert (call.incident_id, call.phase, call.callback) == ("i1", "saved", "555-0100")
    assert call.audience == world.board.incidents["i1"].audience


def test_a_form_whose_call_was_closed_meanwhile_becomes_a_call_of_its_own() -> None:
    world = make.World()
    ring(world, callback=None)
    close = {"command_id": "x", "actor": make.CALL_TAKER, "call_id": "c1", "outcome": "misdial"}
    world.give(cmd.CloseCall.model_validate(close))
    world.give(make.take_call("save", known_call_id="c1", call_id="c-new"))
    assert world.board.calls["c-new"].incident_id == "i1"


def test_a_caller_who_hangs_up_while_it_rings_is_to_be_called_back() -> None:
    world = make.World()
    ring(world)
    hang_up = {"command_id": "h", "actor": make.CALL_TAKER, "call_id": "c1"}
    world.give(cmd.HangUp.model_validate(hang_up))
    call = world.board.calls["c1"]
    assert (call.phase, call.answered_at) == ("saved", None)
    assert call.callback_task is not None
    assert call.callback_task.cause == "abandoned"
    answer(world)
    assert not world.give(cmd.HangUp.model_validate(hang_up))


def test_a_closed_call_is_not_answered() -> None:
    world = make.World()
    ring(world)
    call = world.board.calls["c1"].model_copy(update={"closed_at": make.NOON})
    world.board.calls["c1"] = call
    with pytest.raises(AlreadyClosed):
        answer(world)


def test_each_fix_is_added_to_the_trail_and_fills_nothing_else() -> None:
    world = make.World()
    ring(world, fix=fix(800, source="call"))
    for radius_m in (250, 40):
        located = {"command_id": f"r{radius_m}", "actor": make.CALL_TAKER, "call_id": "c1"}
        world.give(cmd.LocateCaller.model_validate({**located, "fix": fix(radius_m)}))
    shapes = [f.shape for f in world.board.calls["c1"].fixes]
    assert [s.radius_m for s in shapes if isinstance(s, Circle)] == [800, 250, 40]
    assert world.board.calls["c1"].located_at is None
    assert not world.board.incidents


def test_where_the_caller_is_stands_beside_the_body_and_reaches_who_hears_with_the_link() -> None:
    world = make.World()
    ring(world, fix=fix(800))
    answer(world)
    save(world, caller_location=Circle(centre=make.HERE, radius_m=20))
    for event in world.events:
        assert "radius_m" not in event.body.model_dump_json(exclude={"incident"})
    linked = next(event for event in world.events if event.kind == "call.linked")
    assert [name for name in linked.private if name.startswith("shape")] == ["shape.0", "shape.1"]
    fresh = make.World()
    fresh.board.seq = linked.seq - 1
    apply(fresh.board, linked)
    assert fresh.board.calls["c1"] == world.board.calls["c1"]
    assert any(isinstance(event.body, CallerLocated) for event in world.events)


def fill(world: make.World, who: object = make.CALL_TAKER, **over: object) -> Call:
    fields: dict[str, object] = {
        "command_id": f"f{world.state.board.seq}",
        "actor": who,
        "call_id": "c1",
        "said": "mill",
        "callback": "555-0100",
        "note": "smoke, two children inside",
        "form": CallForm(place=make.make_place(), wanted="14:00"),
    }
    world.give(cmd.FillForm.model_validate(fields | over))
    return world.board.calls["c1"]


def test_what_is_typed_so_far_stands_at_the_hub_and_opens_on_another_screen() -> None:
    world = make.World()
    ring(world)
    answer(world)
    call = fill(world)
    assert (call.said, call.note) == ("mill", "smoke, two children inside")
    seq = world.board.seq
    assert fill(world) == call
    assert world.board.seq == seq, "the same again is not told again"
    over = {"command_id": "t", "actor": OTHER, "call_id": "c1", "take_over": True}
    world.give(cmd.AnswerCall.model_validate(over))
    with pytest.raises(TransitionRefused):
        fill(world, note="typed on the screen that lost it")
    taken = fill(world, OTHER, note="", form=CallForm())
    assert (taken.note, taken.form, taken.callback) == (None, CallForm(), "555-0100")


def test_what_was_noted_of_a_call_without_an_incident_stays_and_goes_with_its_link() -> None:
    world = make.World()
    ring(world)
    answer(world)
    call = save(world, incident_type=None, advice=None, note="smoke seen, no street known")
    assert call.incident_id is None
    assert call.form is not None
    assert call.form.place is not None
    world.give(make.take_call("other", incident_id="i2", note=None))
    link = {"command_id": "l", "actor": OTHER, "call_id": "c1", "incident_id": "i2"}
    world.give(cmd.LinkCall.model_validate({**link, "note_id": "n-link"}))
    linked, incident = world.board.calls["c1"], world.board.incidents["i2"]
    assert (linked.incident_id, linked.note, linked.form) == ("i2", None, CallForm())
    (note,) = incident.notes
    assert (note.text, note.author) == ("smoke seen, no street known", "cato")


def test_a_form_that_makes_its_incident_leaves_nothing_behind_with_the_call() -> None:
    world = make.World()
    ring(world)
    answer(world)
    fill(world)
    call = save(world, note="smoke, two children inside")
    assert (call.note, call.form) == (None, CallForm())
    (note,) = world.board.incidents[call.incident_id or ""].notes
    assert note.text == "smoke, two children inside"
