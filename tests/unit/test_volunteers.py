"""Crews from home: who has answered, whether that is a crew, and what follows when it is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.assignment import PageResponse
from dispatch.domain.board import Board
from dispatch.domain.errors import TransitionRefused
from dispatch.domain.timers import due_after
from dispatch.domain.unit import Fix, LogOn
from dispatch.domain.values import HUB_ACTOR
from dispatch.domain.volunteers import lacking, of_the_same_people
from dispatch.services.recommendations import compute, nearest_of
from jurisdictions.roster import VolunteerRule
from tests.factories import DISPATCHER, World, assign, make_unit, take_call
from tests.recommend_factories import NOON, MadePolicy, make_assignment, make_plan_row
from tests.recommend_factories import make_unit as make_fire_unit
from tests.unit.test_recommend_service import east, known_of

RULE = VolunteerRule(minimum={"any": 3, "driver": 1, "officer": 1}, within_s=300)


def response(volunteer: str, *skills: str, answer: Any = "responding", **over: Any) -> PageResponse:
    return PageResponse(volunteer=volunteer, skills=skills, answer=answer, answered_at=NOON, **over)


def test_each_person_fills_one_seat_of_those_that_they_can_fill() -> None:
    both = response("V1", "driver", "officer")
    assert lacking(RULE.minimum, []) == {"driver": 1, "officer": 1, "any": 3}
    assert lacking(RULE.minimum, [both]) == {"officer": 1, "any": 2}
    assert lacking(RULE.minimum, [both, response("V2", "driver")]) == {"any": 1}
    crew = [both, response("V2", "driver"), response("V3")]
    assert lacking(RULE.minimum, crew) == {}
    gone = response("V3", answer="not_coming")
    assert lacking(RULE.minimum, [*crew[:2], gone]) == {"any": 1}


@pytest.fixture
def world() -> World:
    world = World(make_unit("E7", agency_id="vol"), make_unit("E8", agency_id="career"))
    world.state.policy = world.state.policy.model_copy(update={"volunteers": {"vol": RULE}})
    world.give(take_call("one", incident_id="i1"))
    world.give(assign("send", "E7", incident_id="i1"))
    return world


def answer(world: World, volunteer: str, *skills: str, **over: Any) -> ev.PageAnswered:
    command = cmd.AnswerPage(
        command_id=f"{volunteer}{world.board.seq}",
        actor=DISPATCHER,
        assignment_id=world.assignment("E7").id,
        volunteer=volunteer,
        skills=skills,
        **over,
    )
    (event,) = world.give(command)
    assert isinstance(event.body, ev.PageAnswered)
    return event.body


def due(world: World) -> list[ev.EventBody]:
    command = cmd.FallDue(
        command_id=f"due{world.board.seq}", actor=HUB_ACTOR, due_id=1, kind="staffing",
        ref=world.assignment("E7").id, fence=0,
    )  # fmt: skip
    return [event.body for event in world.give(command)]


def test_a_paged_unit_waits_for_its_agencys_crew_within_its_limit(world: World) -> None:
    sent = world.assignment("E7")
    assert sent.staff_min == RULE.minimum
    event = next(e for e in world.events if isinstance(e.body, ev.UnitAssigned))
    assert (300.0, "staffing") in [
        ((each.at - world.state.now).total_seconds(), each.kind) for each in due_after(event)
    ]
    answer(world, "V1", "driver")
    answer(world, "V2", "officer")
    assert world.assignment("E7").staffed_at is None
    assert answer(world, "V3").staffed_at == world.state.now
    world.later(400)
    assert due(world) == []


def test_somebody_who_turns_back_leaves_the_crew_open_again(world: World) -> None:
    for volunteer, *skills in (("V1", "driver"), ("V2", "officer"), ("V3",)):
        answer(world, volunteer, *skills)
    answer(world, "V2", answer="not_coming")
    assert world.assignment("E7").staffed_at is None
    assert len(world.assignment("E7").responses) == 3


def test_an_answer_counts_from_when_it_was_pressed_and_within_the_life_of_its_page(
    world: World,
) -> None:
    paged_at = world.state.now
    world.later(120)
    waited = answer(world, "V1", arrives_in_s=300, device_at=paged_at + timedelta(seconds=60))
    assert waited.response.answered_at == paged_at + timedelta(seconds=60)
    assert waited.response.arrives_at == paged_at + timedelta(seconds=360)
    early = answer(world, "V2", arrives_in_s=0, device_at=paged_at - timedelta(days=1))
    assert early.response.arrives_at == paged_at
    ahead = answer(world, "V3", arrives_in_s=60, device_at=world.state.now + timedelta(days=1))
    assert ahead.response.arrives_at == world.state.now + timedelta(seconds=60)


def test_an_answer_that_was_overtaken_by_a_later_one_changes_nothing(world: World) -> None:
    paged_at = world.state.now
    world.later(120)
    answer(world, "V1", answer="not_coming")
    late = cmd.AnswerPage(
        command_id="late",
        actor=DISPATCHER,
        assignment_id=world.assignment("E7").id,
        volunteer="V1",
        device_at=paged_at + timedelta(seconds=60),
    )
    assert world.give(late) == []
    (stands,) = world.assignment("E7").responses
    assert stands.answer == "not_coming"


def test_who_does_not_come_arrives_never(world: World) -> None:
    assert answer(world, "V1", answer="not_coming", arrives_in_s=60).response.arrives_at is None


def test_a_crew_that_does_not_come_in_time_is_loud_once_with_what_it_lacks(world: World) -> None:
    answer(world, "V1", "driver")
    assert due(world) == []
    world.later(300)
    (missing,) = due(world)
    assert isinstance(missing, ev.CrewMissing)
    assert missing.lacks == {"officer": 1, "any": 2}
    assert due(world) == []
    assert world.assignment("E7").unstaffed_at == world.state.now


def test_a_unit_whose_crew_is_logged_on_or_of_a_career_agency_waits_for_nobody(
    world: World,
) -> None:
    world.give(assign("send-8", "E8", incident_id="i1"))
    assert world.assignment("E8").staff_due_at is None
    command = cmd.AnswerPage(
        command_id="v", actor=DISPATCHER, assignment_id=world.assignment("E8").id, volunteer="V1"
    )
    with pytest.raises(TransitionRefused):
        world.give(command)


def advice(*answers: PageResponse, **over: Any) -> Any:
    """E7 is out with these answers; E6 of the same station is free, and E9 elsewhere."""
    policy = MadePolicy([make_plan_row()])
    policy.volunteers = {"ashby-fire": RULE}
    paged = make_fire_unit("E7", station="ST7", home=east(1))
    free = make_fire_unit("E6", station="ST7", home=east(1), staffing=0)
    other = make_fire_unit("E9", station="ST9", home=east(2.5))
    known = known_of(paged, free, other, policy=policy)
    known.held_fixes = {
        unit.id: Fix(unit_id=unit.id, at=unit.home, received_at=NOON)
        for unit in (paged, free, other)
    }
    known.held.assignments["a"] = make_assignment(
        paged, staff_min=RULE.minimum, responses=answers, **over
    )
    return asyncio.run(compute(known, "i-1"))


LOGON = LogOn(
    id="l", staffing=4, capabilities=("rescue",), at=NOON, roster_capabilities=("rescue",),
    roster_staffing=4,
)  # fmt: skip
CREW = [response("V1", "driver"), response("V2", "officer"), response("V3")]
MORE = [response("V4", "driver"), response("V5", "officer"), response("V6")]


def test_more_who_answered_than_the_first_unit_needs_are_a_crew_for_the_next() -> None:
    without = advice(*CREW)
    assert without.picks[0].unit_id == "E9"
    with_more = advice(*CREW, *MORE)
    assert with_more.picks[0].unit_id == "E6"
    assert "staffed now: crew is there" in {r.text for r in with_more.picks[0].reasons}
    assert with_more.picks[0].turnout_s < without.picks[0].turnout_s + 1


def test_a_crew_that_is_still_driving_in_is_waited_for_in_the_turnout() -> None:
    late = [*MORE[:2], response("V6", arrives_at=NOON.replace(minute=1))]
    made = advice(*CREW, *late)
    there = advice(*CREW, *MORE)
    assert made.picks[0].turnout_s == pytest.approx(there.picks[0].turnout_s + 60)
    assert "staffed now: crew there in 60 s" in {r.text for r in made.picks[0].reasons}


def test_a_page_that_nobody_answered_counts_against_the_station() -> None:
    made = advice(unstaffed_at=NOON)
    assert made.picks[0].unit_id == "E9"
    (passed,) = [each for each in made.passed_over if each.unit_id == "E6"]
    assert passed.reasons[0].text == "E6 nearer 150 s: last page unanswered"


def test_who_waits_for_the_same_people_is_of_no_use_as_the_next_due() -> None:
    paged = make_fire_unit("E7", station="ST7")
    sibling, elsewhere = make_fire_unit("L7", station="ST7"), make_fire_unit("E9", station="ST9")
    others = make_fire_unit("X7", station="ST7", agency_id="other-fire")
    crewed = make_fire_unit("R7", station="ST7", logon=LOGON)
    units = {unit.id: unit for unit in (paged, sibling, elsewhere, others, crewed)}

    def of(*answers: PageResponse) -> frozenset[str]:
        live = make_assignment(paged, staff_min=RULE.minimum, responses=answers, unstaffed_at=NOON)
        return of_the_same_people(paged, live, Board(units=units, assignments={"a": live}))

    assert of() == {"L7"}
    assert of(*CREW, *MORE) == frozenset()


def test_a_next_due_company_goes_before_a_nearer_unit_of_the_same_people() -> None:
    policy = MadePolicy([make_plan_row()])
    policy.volunteers = {"ashby-fire": RULE}
    paged = make_fire_unit("E7", station="ST7", home=east(1))
    sibling = make_fire_unit("E6", station="ST7", home=east(1))
    far = make_fire_unit("E9", station="ST9", home=east(9))
    known = known_of(paged, sibling, far, policy=policy)
    live = make_assignment(paged, staff_min=RULE.minimum, unstaffed_at=NOON)
    known.held.assignments["a"] = live
    incident = known.held.incidents["i-1"]
    alike = of_the_same_people(paged, live, known.held)

    def next_due(without: frozenset[str]) -> str:
        found = asyncio.run(nearest_of(known, incident, "fire", "engine", 1, without))
        return str(found.picks[0].unit_id)

    assert next_due(frozenset()) == "E6"
    assert next_due(alike) == "E9"
