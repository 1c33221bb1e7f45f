"""A conversation in text: lines with their language, the original beside any translation."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.call import Call, TextLine
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused
from dispatch.domain.redaction import redact_event
from tests import factories as make
from tests.unit.test_call_progress import answer, ring, save

PT, EN = "meu pai caiu e não respira", "my father fell and is not breathing"


def say(world: make.World, text: str = PT, **over: Any) -> Call:
    n = len(world.events)
    fields = {"id": f"line-{n}", "at": world.state.now, "direction": "in", "by": "lines"}
    line = TextLine.model_validate({**fields, "text": text, **over})
    world.give(cmd.SayLine(command_id=f"say-{n}", actor=make.CALL_TAKER, call_id="c1", line=line))
    return world.board.calls["c1"]


def change(world: make.World, index: int, **over: Any) -> None:
    line_id = world.board.calls["c1"].transcript[index].id
    fields = {"command_id": f"ch-{len(world.events)}", "actor": make.CALL_TAKER, "call_id": "c1"}
    world.give(cmd.ChangeLine.model_validate({"line_id": line_id, **fields, **over}))


def world_with_a_call() -> make.World:
    world = make.World()
    ring(world, channel="text")
    return world


def test_the_callers_first_line_says_the_language_of_those_that_do_not() -> None:
    world = world_with_a_call()
    say(world, language="pt-BR")
    call = say(world, "rápido")
    assert call.language == "pt-BR"
    assert [line.language for line in call.transcript] == ["pt-BR", "pt-BR"]


def test_a_translation_stands_beside_the_original_with_who_made_it() -> None:
    world = world_with_a_call()
    say(world, language="pt")
    change(world, 0, translation=EN, translation_language="en", translated_by="engine")
    (line,) = world.board.calls["c1"].transcript
    assert (line.text, line.translation, line.translated_by) == (PT, EN, "engine")


def test_an_answer_waits_until_somebody_took_the_call_and_is_delivered_once() -> None:
    world = world_with_a_call()
    with pytest.raises(TransitionRefused, match="Answer the call"):
        say(world, "Where are you?", direction="out")
    answer(world)
    say(world, "Where are you?", direction="out", language="en")
    world.later(3)
    change(world, 0, delivered=True)
    arrived = world.state.now
    world.later(3)
    change(world, 0, delivered=True)
    (line,) = world.board.calls["c1"].transcript
    assert line.delivered_at == arrived


def test_an_empty_line_and_a_line_that_is_not_there_are_refused() -> None:
    world = world_with_a_call()
    with pytest.raises(InvalidInput):
        say(world, "  ")
    missing = {"command_id": "x", "actor": make.CALL_TAKER, "call_id": "c1", "line_id": "none"}
    with pytest.raises(NotFound):
        world.give(cmd.ChangeLine.model_validate({**missing, "delivered": True}))


def test_what_was_written_stays_out_of_the_chained_bodies_and_away_from_municipalities() -> None:
    world = world_with_a_call()
    say(world, language="pt")
    change(world, 0, translation=EN, translation_language="en")
    answer(world)
    save(world)
    for event in world.events:
        body = event.body.model_dump_json()
        assert PT not in body
        assert EN not in body
        seen = redact_event(event, "municipal")
        assert seen is None or PT not in seen.model_dump_json()
    linked = next(event for event in world.events if event.kind == "call.linked")
    assert (linked.private["text.0"], linked.private["translation.0"]) == (PT, EN)
