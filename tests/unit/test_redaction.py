"""What each profile may read of an event and of the board."""

from __future__ import annotations

from typing import get_args

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.board import Board, BoardSnapshot, apply
from dispatch.domain.call import Transfer
from dispatch.domain.events import Event
from dispatch.domain.redaction import (
    PROFILES,
    Profile,
    may_receive,
    profile_of,
    redact_board,
    redact_call,
    redact_event,
)
from dispatch.domain.values import Role
from geodata.shapes import Circle
from tests import factories as make

PHONE, NAME, SAID, NOTE = "555-0100", "Ada Example", "by the old mill", "smoke from the roof"


def world() -> make.World:
    """One incident of fire-a and ems-a, with a call, a note, a recommendation and a unit on it."""
    world = make.World(make.make_unit("E12"), make.make_unit("P1", agency_id="law-b"))
    location = Circle(centre=make.HERE, radius_m=300)
    world.give(make.take_call(said=SAID, caller_location=location))
    advice = make.make_recommendation("i1", "E12")
    world.give(
        cmd.FreezeRecommendation(command_id="freeze", actor=make.DISPATCHER, recommendation=advice)
    )
    world.give(make.assign("assign", "E12"))
    return world


def text_of(value: Event | BoardSnapshot | None) -> str:
    return value.model_dump_json() if value is not None else ""


def test_every_role_has_a_profile() -> None:
    for role in get_args(Role):
        assert profile_of(role) in PROFILES


@pytest.mark.parametrize("profile", PROFILES)
def test_callers_values_reach_the_full_profile_alone(profile: Profile) -> None:
    events = "".join(text_of(redact_event(event, profile)) for event in world().events)
    board = text_of(redact_board(world().board, ("*",), profile))
    for value in (PHONE, NAME):
        assert (value in events) == (profile == "full")
        assert (value in board) == (profile == "full")


@pytest.mark.parametrize("profile", PROFILES)
def test_the_callers_place_reaches_those_who_work_the_call(profile: Profile) -> None:
    seen = (redact_event(event, profile) for event in world().events)
    streamed = Board()
    for event in seen:
        if event is not None:
            apply(streamed, event)
    for call in (*redact_board(world().board, ("*",), profile).calls, *streamed.calls.values()):
        assert (call.fixes[0].shape is not None) == (profile in ("full", "crew"))
        assert (call.said == SAID) == (profile != "municipal")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_municipality_reads_no_narrative(profile: Profile) -> None:
    events = "".join(text_of(redact_event(event, profile)) for event in world().events)
    board = text_of(redact_board(world().board, ("*",), profile))
    for text in (events, board):
        assert (NOTE in text) == (profile not in ("municipal", "nothing"))


@pytest.mark.parametrize("profile", PROFILES)
def test_recommendations_reach_those_who_decide_or_audit(profile: Profile) -> None:
    kinds = {event.kind for event in world().events if redact_event(event, profile) is not None}
    board = redact_board(world().board, ("*",), profile)
    shown = profile in ("full", "audit")
    assert ("recommendation.made" in kinds) == shown
    assert bool(board.recommendations) == shown


def test_an_agency_sees_its_incidents_and_units_and_nothing_foreign() -> None:
    board = redact_board(world().board, ("law-b",), "full")
    assert [unit.id for unit in board.units] == ["P1"]
    assert not any((board.incidents, board.calls, board.assignments, board.recommendations))
    fire = redact_board(world().board, ("fire-a",), "full")
    assert [incident.id for incident in fire.incidents] == ["i1"]
    assert [unit.id for unit in fire.units] == ["E12"]


def test_everyones_agencies_see_the_whole_board() -> None:
    board = world().board
    assert redact_board(board, ("*",), "full") == board.snapshot()


def test_redaction_leaves_the_event_as_it_was() -> None:
    event = world().events[0]
    before = event.model_dump()
    redact_event(event, "municipal")
    assert event.model_dump() == before


def session_event(audience: tuple[str, ...]) -> Event:
    body = ev.SessionClosed(session_id="s1", reason="revoked")
    return Event(seq=1, at=make.NOON, actor="hub", command_id="c", audience=audience, body=body)


def test_an_event_without_audience_goes_to_nobody() -> None:
    event = world().events[0].model_copy(update={"audience": ()})
    assert not may_receive(event, ("*",), "full")


@pytest.mark.parametrize("profile", PROFILES)
def test_sign_ins_are_never_streamed(profile: Profile) -> None:
    assert not may_receive(session_event(("*",)), ("*",), profile)
    assert redact_event(session_event(("*",)), profile) is None


def test_the_hubs_own_events_reach_no_agency() -> None:
    event = world().events[0].model_copy(update={"audience": ("hub",)})
    assert may_receive(event, ("*",), "full")
    assert not may_receive(event, ("fire-a",), "full")


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_written_by_hand_about_a_call_does_not_reach_municipalities(
    profile: Profile,
) -> None:
    transfer = Transfer(
        id="t1",
        centre_id="c1",
        centre_name="Next County",
        offered_at=make.NOON,
        offered_by="cato",
        due_at=make.NOON,
        reason=f"{NAME} is over there",
        answer=f"{NAME} is known here",
    )
    closed = ev.CallClosed(
        call_id="k1", outcome="other", by="cato", closed_at=make.NOON, note=f"{NAME} again"
    )
    reads = profile in ("full", "crew", "audit")
    for body in (closed, ev.TransferSet(call_id="k1", transfer=transfer)):
        event = Event(seq=1, at=make.NOON, actor="cato", command_id="c", audience=("*",), body=body)
        assert (NAME in text_of(redact_event(event, profile))) == reads
    call = next(iter(world().board.calls.values())).model_copy(update={"transfers": (transfer,)})
    assert (f"{NAME} is over there" in redact_call(call, profile).model_dump_json()) == reads
