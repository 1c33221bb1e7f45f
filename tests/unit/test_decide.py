"""The rules of a call's life, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain import commands as cmd
from dispatch.domain.case_account import case_account
from dispatch.domain.errors import (
    AlreadyClosed,
    Fenced,
    InvalidInput,
    LegOfAnother,
    NotFound,
    OverrideNeedsReason,
    RecommendationChanged,
    RevisionConflict,
    TransitionRefused,
    UnitNotAvailable,
    UnitsStillAssigned,
)
from dispatch.domain.events import FeedRead
from dispatch.domain.position import Position
from dispatch.domain.timers import due_after
from dispatch.domain.values import HUB_ACTOR, Actor
from geodata.lonlat import LonLat
from geodata.shapes import Point
from jurisdictions.case_numbers import template_fault
from jurisdictions.resolve import Authority, DisciplineResolution
from tests.factories import (
    CALL_TAKER,
    CREW,
    DISPATCHER,
    NOON,
    World,
    assign,
    make_advice,
    make_closure,
    make_place,
    make_recommendation,
    make_resolution,
    make_unit,
    take_call,
)


def test_a_call_with_place_and_type_commits_an_incident_with_a_leg_for_each_discipline() -> None:
    world = World()
    kinds = [event.kind for event in world.give(take_call())]
    assert kinds == ["call.received", "incident.created", "incident.note_added"]
    incident = world.board.incidents["i1"]
    assert [leg.discipline for leg in incident.legs] == ["fire", "ems"]
    assert incident.number == "2026-000001"
    assert incident.audience == ("ems-a", "fire-a")


def test_personal_values_stay_out_of_the_body_and_reach_the_board_beside_it() -> None:
    world = World()
    received = world.give(take_call())[0]
    assert "555-0100" not in received.body.model_dump_json()
    assert received.private == {"callback": "555-0100", "caller_name": "Ada Example"}
    assert world.board.calls["call-cmd-call"].callback == "555-0100"


def test_a_call_without_a_type_stays_a_call_that_only_the_hub_sees() -> None:
    world = World()
    events = world.give(take_call(incident_type=None, advice=None))
    assert [event.kind for event in events] == ["call.received"]
    assert events[0].audience == ("hub",)
    assert not world.board.incidents


def test_a_second_caller_joins_the_open_incident() -> None:
    world = World()
    world.give(take_call())
    world.give(take_call("second", join_incident_id="i1"))
    assert len(world.board.incidents) == 1
    assert {call.incident_id for call in world.board.calls.values()} == {"i1"}


def test_the_displayed_recommendation_is_accepted_by_its_id_and_brings_route_and_seconds() -> None:
    world = World(make_unit("E12"), make_unit("E14"))
    world.give(take_call())
    made = make_recommendation("i1", "E12", "E14")
    world.give(cmd.FreezeRecommendation(command_id="f", actor=HUB_ACTOR, recommendation=made))
    world.give(assign("a", "E12", "E14", recommendation_id=made.id, override_reason=None))
    assert world.assignment("E12").route == made.picks[0].route
    assert world.assignment("E14").travel_s == 101.0
    assert world.board.incidents["i1"].leg("fire").state == "active"  # type: ignore[union-attr]


def test_advice_for_the_address_before_sends_nobody_a_way_to_it() -> None:
    world = World(make_unit("E12"))
    there, elsewhere = LonLat(9.51, 47.11), LonLat(9.55, 47.11)
    world.give(take_call(place=make_place(at=there, shape=Point(at=there))))
    made = make_recommendation("i1", "E12")
    world.give(cmd.FreezeRecommendation(command_id="f", actor=HUB_ACTOR, recommendation=made))
    world.give(
        cmd.ChangeIncident(
            command_id="moved",
            actor=CALL_TAKER,
            incident_id="i1",
            revision=1,
            place=make_place(at=elsewhere, shape=Point(at=elsewhere), address="16 Mill Rd"),
            advice=make_advice(),
        )
    )
    world.give(assign("a", "E12", recommendation_id=made.id, override_reason=None))
    sent = world.assignment("E12")
    assert (sent.route, sent.travel_s) == ((), None)  # the rerouter finds one to where it is now


def test_advice_of_before_a_change_that_left_the_address_brings_its_way() -> None:
    world = World(make_unit("E12"))
    there = LonLat(9.51, 47.11)
    world.give(take_call(place=make_place(at=there, shape=Point(at=there))))
    made = make_recommendation("i1", "E12")
    world.give(cmd.FreezeRecommendation(command_id="f", actor=HUB_ACTOR, recommendation=made))
    change = {"incident_id": "i1", "revision": 1, "priority": 2}
    world.give(cmd.ChangeIncident(command_id="urgent", actor=DISPATCHER, **change))
    world.give(assign("a", "E12", recommendation_id=made.id, override_reason=None))
    assert world.assignment("E12").route == made.picks[0].route


def test_a_recommendation_that_is_no_longer_displayed_is_refused_with_the_present_one() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    made = make_recommendation("i1", "E12")
    world.give(cmd.FreezeRecommendation(command_id="f", actor=HUB_ACTOR, recommendation=made))
    with pytest.raises(RecommendationChanged) as refused:
        world.give(assign("a", "E12", recommendation_id="older"))
    assert refused.value.fields["current_units"] == ["E12"]


def test_what_was_recommended_for_a_part_that_was_closed_since_is_sent_by_override_alone() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    made = make_recommendation("i1", "E12")
    world.give(cmd.FreezeRecommendation(command_id="f", actor=HUB_ACTOR, recommendation=made))
    over = {"incident_id": "i1", "discipline": "fire", "disposition": "nothing for us"}
    world.give(cmd.CloseLegs(command_id="over", actor=DISPATCHER, **over))
    with pytest.raises(RecommendationChanged) as refused:
        world.give(assign("a", "E12", recommendation_id=made.id, override_reason=None))
    assert refused.value.fields["current_units"] == []
    world.give(assign("b", "E12", recommendation_id=made.id, override_reason="smoke again"))
    assert world.board.incidents["i1"].leg("fire").state == "active"  # type: ignore[union-attr]


def test_a_unit_outside_the_recommendation_needs_a_reason() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    with pytest.raises(OverrideNeedsReason):
        world.give(assign("a", "E12", override_reason=None))


def test_a_unit_is_on_one_incident_only_and_the_second_dispatcher_learns_who_has_it() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.give(take_call("other", incident_id="i2"))
    world.give(assign("a", "E12"))
    with pytest.raises(UnitNotAvailable) as refused:
        world.give(assign("b", "E12", incident_id="i2"))
    assert refused.value.fields["incident_number"] == "2026-000001"
    assert refused.value.fields["assigned_by"] == "dana"


def test_all_units_of_a_command_are_sent_or_none() -> None:
    world = World(make_unit("E12"), make_unit("E14", duty="out_of_service"))
    world.give(take_call())
    with pytest.raises(UnitNotAvailable):
        world.give(assign("a", "E12", "E14"))
    assert not world.board.assignments


def test_a_unit_of_another_agency_shares_the_incident_with_it() -> None:
    world = World(make_unit("M9", agency_id="ems-b", discipline="ems"))
    world.give(take_call())
    events = world.give(assign("a", "M9"))
    assert events[0].kind == "incident.shared"
    assert "ems-b" in events[0].audience
    assert "ems-b" in world.board.incidents["i1"].audience


def test_status_follows_the_table_and_moving_acknowledges() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.give(assign("a", "E12"))
    moved = world.give(
        cmd.SetAssignmentStatus(
            command_id="s", actor=CREW, assignment_id="a-E12", status="enroute", revision=1
        )
    )
    assert [e.kind for e in moved] == ["assignment.acknowledged", "assignment.status_changed"]
    assert world.assignment("E12").acknowledged_by == "device"
    with pytest.raises(TransitionRefused):
        world.give(
            cmd.SetAssignmentStatus(
                command_id="t", actor=CREW, assignment_id="a-E12", status="at_hospital"
            )
        )


def test_the_same_status_again_changes_nothing() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.give(assign("a", "E12"))
    again = cmd.SetAssignmentStatus(
        command_id="s", actor=CREW, assignment_id="a-E12", status="dispatched"
    )
    assert world.give(again) == []


def test_an_acknowledgement_for_a_revision_not_yet_made_is_refused() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.give(assign("a", "E12"))
    with pytest.raises(RevisionConflict):
        world.give(
            cmd.AcknowledgeAssignment(
                command_id="k", actor=CREW, assignment_id="a-E12", channel="device", revision=9
            )
        )


def test_silence_grows_loud_in_three_steps_and_stops_with_an_acknowledgement() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    events = world.give(assign("a", "E12"))
    waits = []
    for step in range(1, 4):
        due = [d for event in events for d in due_after(event) if d.kind == "unacknowledged"]
        waits.append((due[0].at - NOON).total_seconds())
        world.state.now = due[0].at
        events = world.give(
            cmd.FallDue(
                command_id=f"d{step}",
                actor=HUB_ACTOR,
                due_id=step,
                kind="unacknowledged",
                ref="a-E12",
                fence=0,
            )
        )
        assert world.assignment("E12").escalation == step
    assert waits == [15.0, 30.0, 45.0]
    assert not [d for event in events for d in due_after(event)]


def test_a_former_leader_is_fenced() -> None:
    world = World()
    world.state.fence = 2
    with pytest.raises(Fenced):
        world.give(
            cmd.FallDue(
                command_id="d", actor=HUB_ACTOR, due_id=1, kind="closure_ends", ref="c1", fence=1
            )
        )


def test_legs_close_alone_and_the_last_one_closes_the_incident() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    close_ems = cmd.CloseLegs(
        command_id="c1", actor=DISPATCHER, incident_id="i1", discipline="ems", disposition="none"
    )
    assert [e.kind for e in world.give(close_ems)] == ["leg.changed"]
    close_all = cmd.CloseLegs(
        command_id="c2", actor=DISPATCHER, incident_id="i1", discipline=None, disposition="out"
    )
    assert [e.kind for e in world.give(close_all)] == ["leg.changed", "incident.closed"]
    assert "i1" not in world.board.incidents
    assert not world.board.calls


def test_a_leg_does_not_close_under_a_unit() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.give(assign("a", "E12"))
    with pytest.raises(UnitsStillAssigned):
        world.give(
            cmd.CloseLegs(
                command_id="c",
                actor=DISPATCHER,
                incident_id="i1",
                discipline="fire",
                disposition="out",
            )
        )


ASHBY_DESK = Actor(account_id="ashby", role="dispatcher", agencies=("fire-a",))


def close(discipline: str | None, **over: Any) -> cmd.CloseLegs:
    fields = {"command_id": "c", "actor": ASHBY_DESK, "incident_id": "i1", "note_id": "n-c"}
    given = {"discipline": discipline, "disposition": "out"}
    return cmd.CloseLegs.model_validate({**fields, **given, **over})


def test_a_desk_closes_the_legs_that_it_answers_for_and_leaves_the_others() -> None:
    world = World(make_unit("M1", agency_id="ems-a", discipline="ems"))
    world.give(take_call())
    world.give(assign("a", "M1"))
    closed = world.give(close(None))
    assert [e.kind for e in closed] == ["leg.changed"]
    states = {leg.discipline: leg.state for leg in world.board.incidents["i1"].legs}
    assert states == {"fire": "closed", "ems": "active"}


def test_another_agencys_leg_is_closed_with_a_reason_that_its_agency_reads() -> None:
    world = World()
    names = {"ems-a": "Ashby Ambulance"}
    world.state.policy = world.state.policy.model_copy(update={"agency_names": names})
    world.give(take_call())
    with pytest.raises(LegOfAnother) as refused:
        world.give(close("ems"))
    assert "EMS of Ashby Ambulance" in refused.value.detail
    assert refused.value.fields == {"agencies": ["ems-a"], "disciplines": ["ems"]}
    note, changed = world.give(close("ems", reason="they asked us by phone"))
    assert (note.kind, changed.kind) == ("incident.note_added", "leg.changed")
    assert "ems-a" in note.audience
    text = world.board.incidents["i1"].notes[-1].text
    assert text == "Closed by another desk, EMS of Ashby Ambulance: they asked us by phone"
    world.give(cmd.Undo(command_id="u", actor=ASHBY_DESK, undone_id="c"))
    ems = world.board.incidents["i1"].leg("ems")
    assert ems is not None
    assert ems.state == "pending"


def test_a_desk_of_the_centre_closes_what_its_position_covers() -> None:
    world = World()
    world.give(take_call())
    for position_id, discipline, holder in (("F", "fire", "dana"), ("M", "ems", "rhea")):
        world.board.positions[position_id] = Position(
            id=position_id, disciplines=(discipline,), held_by=holder, since=NOON
        )
    with pytest.raises(LegOfAnother):
        world.give(close("ems", actor=DISPATCHER))
    world.board.positions["M"] = world.board.positions["M"].model_copy(
        update={"held_by": None, "folded_into": "F"}
    )
    closed = world.give(close(None, actor=DISPATCHER))
    assert [e.kind for e in closed] == ["leg.changed", "leg.changed", "incident.closed"]


def test_two_edits_of_one_revision_keep_both_texts_and_tell_the_second() -> None:
    world = World()
    world.give(take_call())
    first = cmd.ChangeIncident(
        command_id="x", actor=DISPATCHER, incident_id="i1", revision=1, priority=2
    )
    world.give(first)
    with pytest.raises(RevisionConflict) as refused:
        world.give(first.model_copy(update={"command_id": "y", "priority": 3}))
    assert refused.value.fields["current"]["priority"] == 2
    assert refused.value.fields["yours"]["priority"] == 3


def test_on_a_border_the_agencies_of_both_sides_see_the_incident() -> None:
    world = World()
    sides = tuple(
        Authority(agency_id=a, name=a, zone=None, nguid=a, area_share=1.0, away_m=away)
        for a, away in (("fire-a", 0.0), ("fire-b", 40.0))
    )
    near = make_resolution(
        disciplines=(
            DisciplineResolution(
                discipline="fire", authority=sides[0], candidates=sides, border=True, line_m=40.0
            ),
        ),
        border=True,
    )
    world.give(take_call(advice=make_advice(resolution=near)))
    assert set(world.board.incidents["i1"].audience) == {"ems-a", "fire-a", "fire-b"}
    world.give(
        cmd.ChangeIncident(
            command_id="c-move",
            actor=DISPATCHER,
            incident_id="i1",
            revision=1,
            place=make_place(address="1 Far Rd"),
            advice=make_advice(agency_of={"fire": "fire-c", "ems": "ems-a"}, resolution=near),
        )
    )
    assert "fire-c" in world.board.incidents["i1"].audience
    assert "fire-b" in world.board.incidents["i1"].audience


def test_a_place_in_another_town_tells_its_agencies_and_keeps_legs_that_have_units() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.give(assign("a", "E12"))
    incident = world.board.incidents["i1"]
    moved = make_advice(agency_of={"fire": "fire-b", "ems": "ems-b"})
    events = world.give(
        cmd.ChangeIncident(
            command_id="m",
            actor=CALL_TAKER,
            incident_id="i1",
            revision=incident.revision,
            place=make_place(address="16 Mill Rd"),
            advice=moved,
        )
    )
    assert [e.kind for e in events] == [
        "incident.changed",
        "incident.shared",
        "assignment.place_corrected",
    ]
    legs = {leg.discipline: leg.agency_id for leg in world.board.incidents["i1"].legs}
    assert legs == {"fire": "fire-a", "ems": "ems-b"}


def test_case_numbers_are_automatic_or_on_request_by_the_agencys_policy() -> None:
    world = World(make_unit("E12"))
    world.state.policy = cmd.Policy(
        local_year=2026, case_policy={"fire-a": "automatic"}, case_prefix={"fire-a": "F"}
    )
    world.give(take_call())
    world.give(assign("a", "E12"))
    assert world.board.incidents["i1"].case_numbers == {"fire-a": "F26-00001"}
    on_request = cmd.GiveCaseNumber(
        command_id="n", actor=DISPATCHER, incident_id="i1", agency_id="ems-a"
    )
    world.give(on_request)
    assert world.board.incidents["i1"].case_numbers["ems-a"] == "26-00001"
    assert world.give(on_request) == []


def test_officer_initiated_work_starts_on_scene_without_a_call() -> None:
    world = World(make_unit("P75", agency_id="pd-a", discipline="law", kind="patrol"))
    world.give(
        cmd.StartOfficerWork(
            command_id="ts",
            actor=DISPATCHER,
            incident_id="i9",
            assignment_id="a9",
            unit_id="P75",
            place=make_place(),
            incident_type="TRAFFIC_STOP",
            advice=make_advice(lead="law", disciplines=("law",), agency_of={"law": "pd-a"}),
            note="plate ABC 123",
            note_id="n9",
        )
    )
    assert world.assignment("P75").status == "on_scene"
    assert world.board.incidents["i9"].officer_initiated
    assert not world.board.calls


def test_a_road_that_is_shut_now_is_shut_though_the_hub_is_a_moment_ahead_of_the_database() -> None:
    world = World()
    soon = make_closure(begins_at=NOON + timedelta(seconds=0.2))
    world.give(cmd.OpenClosure(command_id="o", actor=DISPATCHER, closure=soon))
    (opened,) = world.board.closures.values()
    assert (opened.state, opened.begins_at) == ("active", NOON)


def test_a_closure_begins_and_ends_by_time_and_lifting_it_is_final() -> None:
    world = World()
    starts = NOON + timedelta(minutes=10)
    opened = world.give(
        cmd.OpenClosure(command_id="o", actor=DISPATCHER, closure=make_closure(begins_at=starts))
    )
    assert world.board.closures["c1"].state == "planned"
    assert [d.kind for d in due_after(opened[0])] == ["closure_begins", "closure_ends"]
    world.state.now = starts
    begins = cmd.FallDue(
        command_id="b", actor=HUB_ACTOR, due_id=1, kind="closure_begins", ref="c1", fence=0
    )
    assert [e.kind for e in world.give(begins)] == ["closure.began"]
    assert [c.state for c in world.board.closures.values()] == ["active"]
    world.give(cmd.LiftClosure(command_id="l", actor=DISPATCHER, closure_id="c1"))
    assert not world.board.closures
    with pytest.raises(NotFound):
        world.give(cmd.LiftClosure(command_id="l2", actor=DISPATCHER, closure_id="c1"))


def test_a_feed_that_lists_a_closure_no_more_ends_it_and_a_failed_reading_ends_none() -> None:
    world = World()
    feed = {"feed_id": "county", "read_at": NOON}
    shut = make_closure("f1", source="county", source_ref="r1")
    read = FeedRead(ok=True, listed=1, placed=1, **feed)
    world.give(cmd.RecordFeed(command_id="1", actor=HUB_ACTOR, read=read, closures=(shut,)))
    world.give(cmd.RecordFeed(command_id="2", actor=HUB_ACTOR, read=read, closures=(shut,)))
    assert [e.kind for e in world.events] == ["closure.opened", "feed.read", "feed.read"]
    failed = FeedRead(ok=False, error="no answer", **feed)
    world.give(cmd.RecordFeed(command_id="3", actor=HUB_ACTOR, read=failed))
    assert "f1" in world.board.closures
    world.give(cmd.RecordFeed(command_id="4", actor=HUB_ACTOR, read=read))
    assert not world.board.closures


def test_a_closure_that_would_be_over_is_refused() -> None:
    world = World()
    over = make_closure(begins_at=NOON - timedelta(hours=2), ends_at=NOON - timedelta(hours=1))
    with pytest.raises(InvalidInput):
        world.give(cmd.OpenClosure(command_id="o", actor=DISPATCHER, closure=over))


def test_a_closed_incident_takes_no_call() -> None:
    world = World()
    world.give(take_call())
    incident = world.board.incidents["i1"]
    world.board.incidents["i1"] = incident.model_copy(update={"state": "closed"})
    with pytest.raises(AlreadyClosed):
        world.give(take_call("late", join_incident_id="i1"))


def test_a_voided_number_is_never_given_again_and_says_why_it_is_missing() -> None:
    world = World(make_unit(), make_unit("E13"))
    world.state.policy = cmd.Policy(local_year=2026, case_policy={"fire-a": "automatic"})
    world.give(take_call())
    world.give(assign("c-1", "E12"))
    void = {"actor": DISPATCHER, "incident_id": "i1", "agency_id": "fire-a"}
    with pytest.raises(InvalidInput):
        world.give(cmd.VoidCaseNumber(command_id="v-0", **void))
    world.give(cmd.VoidCaseNumber(command_id="v-1", reason="another county's", **void))
    incident = world.board.incidents["i1"]
    assert incident.case_numbers == {}
    (gone,) = incident.voided_numbers
    assert (gone.number, gone.reason, gone.by) == ("26-00001", "another county's", "dana")
    with pytest.raises(NotFound):
        world.give(cmd.VoidCaseNumber(command_id="v-2", reason="again", **void))
    world.give(assign("c-2", "E13"))
    assert world.board.incidents["i1"].case_numbers == {}
    world.give(cmd.GiveCaseNumber(command_id="g-1", **void))
    assert world.board.incidents["i1"].case_numbers == {"fire-a": "26-00002"}


def test_a_number_is_written_by_its_agencys_template_and_accounted_for() -> None:
    world = World(make_unit())
    world.state.policy = cmd.Policy(
        local_year=2026,
        case_prefix={"fire-a": "AF"},
        case_template={"fire-a": "{n:04}/{yyyy} {prefix}"},
    )
    world.give(take_call())
    fire = {"actor": DISPATCHER, "incident_id": "i1", "agency_id": "fire-a"}
    world.give(cmd.GiveCaseNumber(command_id="g-1", **fire))
    assert world.board.incidents["i1"].case_numbers == {"fire-a": "0001/2026 AF"}
    found = case_account(world.events, "fire-a", 2026, 2)
    assert ([row.number for row in found.rows], found.missing) == (["0001/2026 AF"], (2,))
    assert case_account(world.events, "fire-a", 2025, 0).rows == ()


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{prefix}{yy}-{n:05}", None),
        ("{yy}{n}", None),
        ("{yy}", "{n} stands"),
        ("{n}", "{yy} or {yyyy}"),
        ("{yy}-{yyyy}-{n}", "{yy} or {yyyy}"),
        ("{year}-{n}", "only {prefix}"),
        ("{yy:02}-{n}", "only {n} is filled"),
        ("{yy}-{n}" + "x" * 40, "longer"),
    ],
)
def test_a_template_holds_year_and_count_once(template: str, fault: str | None) -> None:
    found = template_fault(template, "F")
    assert (found is None) == (fault is None)
    assert fault is None or (found is not None and fault in found)


def test_every_number_is_accounted_for_and_a_gap_without_a_reason_is_named() -> None:
    world = World(make_unit())
    world.give(take_call())
    fire = {"actor": DISPATCHER, "incident_id": "i1", "agency_id": "fire-a"}
    world.give(cmd.GiveCaseNumber(command_id="g-1", **fire))
    world.give(cmd.VoidCaseNumber(command_id="v-1", reason="twice", **fire))
    world.give(cmd.GiveCaseNumber(command_id="g-2", **fire))
    found = case_account(world.events, "fire-a", 2026, 2)
    told = [(row.number, row.voided.reason if row.voided else None) for row in found.rows]
    assert told == [("26-00001", "twice"), ("26-00002", None)]
    assert found.missing == ()
    assert case_account(world.events, "fire-a", 2026, 3).missing == (3,)
    assert case_account(world.events, "ems-a", 2026, 0).rows == ()
