"""BOLOs: issued with an end and an audience, cancelled by whose they are, over by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.bolo import Bolo
from dispatch.domain.errors import InvalidInput, NotAllowed, NotFound
from dispatch.domain.events import BoloEnded, BoloIssued, Event
from dispatch.domain.looking_back import bare_snapshot, subjects_of, told_snapshot
from dispatch.domain.redaction import Profile, may_receive, redact_board
from dispatch.domain.timers import due_after
from dispatch.domain.values import Actor
from dispatch.services.bolos import audience_for
from tests.factories import DISPATCHER, NOON, World
from tests.hub_factories import AGENCIES

PLATE = "red pickup, plate KLM-1234"
BRILL = Actor(account_id="brill-desk", role="dispatcher", agencies=("law-b",))


def issue(world: World, **over: object) -> Event:
    fields: dict[str, object] = {
        "command_id": f"b-{world.board.seq}",
        "actor": DISPATCHER,
        "bolo_id": f"bolo-{world.board.seq}",
        "kind": "vehicle",
        "text": PLATE,
        "expires_at": NOON + timedelta(hours=8),
        "audience": ("law-a", "law-b"),
    }
    (issued,) = world.give(cmd.IssueBolo.model_validate({**fields, **over}))
    return issued


def cancel(world: World, **over: object) -> list[Event]:
    fields = {"command_id": f"c-{world.board.seq}", "actor": DISPATCHER, "reason": "found"}
    return world.give(cmd.CancelBolo.model_validate({**fields, "bolo_id": "bolo-0", **over}))


def test_its_text_is_a_personal_value_and_never_in_the_body() -> None:
    world = World()
    issued = issue(world)
    assert isinstance(issued.body, BoloIssued)
    assert issued.body.bolo.text == ""
    assert issued.private == {"bolo": PLATE}
    assert PLATE not in issued.body.model_dump_json()
    (standing,) = world.board.bolos.values()
    assert (standing.ref, standing.text, standing.author) == ("B1", PLATE, "dana")


def test_it_has_an_end_and_is_for_somebody() -> None:
    world = World()
    for wrong in (
        {"text": " "},
        {"audience": ()},
        {"expires_at": NOON},
        {"expires_at": NOON + timedelta(days=31)},
    ):
        with pytest.raises(InvalidInput):
            issue(world, **wrong)


def test_only_its_audience_gets_it_and_no_role_besides_floor_and_street() -> None:
    world = World()
    issued = issue(world)
    full: tuple[Profile, ...] = ("full", "crew")
    for profile in full:
        assert may_receive(issued, ("law-b",), profile)
        assert not may_receive(issued, ("fire-a",), profile)
        assert redact_board(world.board, ("law-b",), profile).bolos
        assert redact_board(world.board, ("fire-a",), profile).bolos == ()
    none: tuple[Profile, ...] = ("municipal", "audit", "nothing")
    for profile in none:
        assert not may_receive(issued, ("*",), profile)
        assert redact_board(world.board, ("*",), profile).bolos == ()


def test_its_author_its_agency_or_the_centre_cancels_it_with_a_reason() -> None:
    world = World()
    issue(world, agency_id="law-a")
    with pytest.raises(NotAllowed):
        cancel(world, actor=BRILL)
    with pytest.raises(NotFound):
        cancel(world, actor=BRILL.model_copy(update={"agencies": ("fire-b",)}))
    with pytest.raises(InvalidInput):
        cancel(world, reason="")
    (ended,) = cancel(world, actor=BRILL.model_copy(update={"agencies": ("law-a",)}))
    assert isinstance(ended.body, BoloEnded)
    assert (ended.body.ended, ended.body.reason) == ("cancelled", "found")
    assert world.board.bolos == {}


def test_it_is_over_by_itself_at_its_end_and_not_before() -> None:
    world = World()
    issued = issue(world)
    (due,) = due_after(issued)
    assert (due.at, due.kind) == (NOON + timedelta(hours=8), "bolo")
    fall = cmd.FallDue(
        command_id="due", actor=DISPATCHER, due_id=1, kind="bolo", ref=due.ref, fence=0
    )
    assert world.give(fall) == []
    world.later(8 * 3600)
    (ended,) = world.give(fall)
    assert isinstance(ended.body, BoloEnded)
    assert ended.body.ended == "expired"


def test_a_kept_board_has_no_text_and_gets_it_where_it_still_exists() -> None:
    world = World()
    issue(world)
    bare = bare_snapshot(world.board.snapshot())
    assert [bolo.text for bolo in bare.bolos] == [""]
    assert subjects_of(bare) == ("bolo-0",)
    assert told_snapshot(bare, {"bolo-0": {"bolo": PLATE}}).bolos[0].text == PLATE
    assert told_snapshot(bare, {}).bolos[0].text == ""


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({}, ("law-a", "law-b")),
        ({"municipality": "Brill"}, ("law-b",)),
        ({"disciplines": ("fire",), "municipality": "Ashby"}, ("fire-a",)),
        ({"agencies": ("ems-a",)}, ("ems-a",)),
        ({"agencies": ("ems-a",), "disciplines": ("law",)}, ("ems-a", "law-a", "law-b")),
        ({"everyone": True}, ("*",)),
        ({"disciplines": ("ems",), "municipality": "Brill"}, ()),
    ],
)
def test_who_gets_it_is_said_by_agency_discipline_or_area(
    said: dict[str, object], audience: tuple[str, ...]
) -> None:
    nothing: dict[str, object] = {
        "agencies": (),
        "disciplines": (),
        "municipality": "",
        "everyone": False,
    }
    assert audience_for(AGENCIES, **{**nothing, **said}) == audience  # type: ignore[arg-type]


def test_references_count_up() -> None:
    world = World()
    refs = [issue(world).body for _ in range(2)]
    made: list[Bolo] = [body.bolo for body in refs if isinstance(body, BoloIssued)]
    assert [bolo.ref for bolo in made] == ["B1", "B2"]
