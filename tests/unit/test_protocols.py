"""Card protocols: before anybody is sent the plan follows them; afterwards they propose."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import commands as cmd
from dispatch.domain.errors import (
    InvalidInput,
    NotFound,
    OverrideNeedsReason,
    RevisionConflict,
    TransitionRefused,
)
from dispatch.domain.protocol import ProtocolRun, plan_difference
from dispatch.domain.protocols import RUNS_MOST
from dispatch.domain.recommendation import Slot
from jurisdictions.protocols import (
    Determinant,
    DeterminantBook,
    code_parts,
    launch_url,
    origin_of,
    template_fault,
)
from tests import factories as make

CALL = "call-cmd-call"
ENGINE = Slot(index=0, discipline="fire", capability="engine")
LADDER = Slot(index=1, discipline="fire", capability="ladder")
MEDIC = Slot(index=0, discipline="ems", capability="als")


def world() -> make.World:
    made = make.World(
        make.make_unit("E12"),
        make.make_unit("L3", kind="ladder", capabilities=("ladder",)),
        make.make_unit("M7", agency_id="ems-a", discipline="ems", capabilities=("als",)),
    )
    made.give(make.take_call())
    return made


def hand(made: make.World, determinant: str = "17-D-3", **over: Any) -> ProtocolRun:
    incident = made.board.incidents["i1"]
    advice = make.make_advice(type_label="Fall", lead="ems", disciplines=("ems",), plan_id="FALL")
    fields: dict[str, Any] = {
        "command_id": f"hand-{determinant}-{len(made.events)}",
        "actor": make.CALL_TAKER,
        "call_id": CALL,
        "new_run_id": f"run-{len(made.events)}",
        "discipline": "ems",
        "determinant": determinant,
        "incident_type": "FALL",
        "type_label": "Fall",
        "priority": 1,
        "revision": incident.revision,
        "advice": advice,
        "slots": (MEDIC, ENGINE),
        "slots_now": (ENGINE, MEDIC),
    }
    made.give(cmd.HandDeterminant.model_validate(fields | over))
    return made.board.calls[CALL].protocol_runs[-1]


def settle(made: make.World, run_id: str, accepted: bool = True, **over: Any) -> None:
    advice = make.make_advice(type_label="Fall", lead="ems", disciplines=("ems",), plan_id="FALL")
    fields: dict[str, Any] = {
        "command_id": f"settle-{len(made.events)}",
        "actor": make.DISPATCHER,
        "incident_id": "i1",
        "run_id": run_id,
        "accepted": accepted,
        "revision": made.board.incidents["i1"].revision,
        "advice": advice,
        "slots": (MEDIC, ENGINE),
        "slots_now": (ENGINE, MEDIC),
    }
    made.give(cmd.SettleDeterminant.model_validate(fields | over))


def test_before_anybody_is_sent_the_plan_follows_the_determinant() -> None:
    made = world()
    run = hand(made)
    incident = made.board.incidents["i1"]
    assert (run.state, run.downgrade) == ("applied", False)
    assert (incident.incident_type, incident.plan_id, incident.revision) == ("FALL", "FALL", 2)
    assert [leg.discipline for leg in incident.legs] == ["ems"]


def test_after_dispatch_it_only_proposes_what_would_be_added_and_spared() -> None:
    made = world()
    made.give(make.assign("cmd-assign", "E12", "L3"))
    before = made.board.incidents["i1"]
    run = hand(made)
    assert (run.state, run.adds, run.spares) == ("proposed", ("als",), ("L3",))
    assert made.board.incidents["i1"] == before
    assert made.events[-1].kind == "call.protocol_set"


def test_a_dispatcher_takes_it_over_and_no_unit_is_cancelled() -> None:
    made = world()
    made.give(make.assign("cmd-assign", "E12", "L3"))
    run = hand(made)
    settle(made, run.id)
    incident = made.board.incidents["i1"]
    taken = made.board.calls[CALL].protocol_runs[-1]
    assert (taken.state, taken.settled_by) == ("accepted", "dana")
    assert (incident.incident_type, incident.priority) == ("FALL", 1)
    assert {a.unit_id for a in made.board.live_of_incident("i1")} == {"E12", "L3"}
    assert {leg.discipline: leg.state for leg in incident.legs} == {
        "fire": "active",
        "ems": "pending",
    }
    with pytest.raises(TransitionRefused):
        settle(made, run.id)


def test_a_leg_of_which_more_is_asked_waits_again_with_its_units() -> None:
    made = world()
    made.give(make.assign("cmd-assign", "E12"))
    run = hand(made, slots=(ENGINE, LADDER))
    assert run.adds == ("ladder",)
    settle(made, run.id, slots=(ENGINE, LADDER))
    leg = made.board.incidents["i1"].leg("fire")
    assert leg is not None
    assert leg.state == "pending"
    assert [a.unit_id for a in made.board.live_of_incident("i1")] == ["E12"]


@pytest.mark.parametrize("over", [{"priority": 3}, {"slots": (MEDIC,)}])
def test_making_less_of_it_is_never_done_by_itself_and_needs_a_reason(over: dict[str, Any]) -> None:
    made = world()
    run = hand(made, **over)
    assert (run.state, run.downgrade) == ("proposed", True)
    assert made.board.incidents["i1"].incident_type == "STRUCTURE_FIRE"
    slots = {"slots": over["slots"]} if "slots" in over else {}
    with pytest.raises(OverrideNeedsReason):
        settle(made, run.id, **slots)
    settle(made, run.id, reason="caller is a nurse", **slots)
    incident = made.board.incidents["i1"]
    assert (incident.incident_type, incident.priority) == ("FALL", over.get("priority", 1))
    assert made.board.calls[CALL].protocol_runs[-1].reason == "caller is a nurse"


def test_a_refused_one_changes_nothing() -> None:
    made = world()
    made.give(make.assign("cmd-assign", "E12"))
    before = made.board.incidents["i1"]
    settle(made, hand(made).id, accepted=False, reason="the crew is there")
    run = made.board.calls[CALL].protocol_runs[-1]
    assert (run.state, run.reason) == ("refused", "the crew is there")
    assert made.board.incidents["i1"] == before


def test_an_unknown_determinant_is_kept_and_changes_nothing() -> None:
    made = world()
    before = made.board.incidents["i1"]
    run = hand(made, "99-X-9", incident_type=None, advice=None, slots=(), revision=None)
    assert (run.state, run.determinant, run.incident_type) == ("unknown", "99-X-9", None)
    assert made.board.incidents["i1"] == before


def test_a_call_without_an_incident_keeps_it_until_there_is_one() -> None:
    made = make.World()
    made.give(make.take_call(place=None, advice=None, note=None))
    run = None
    fields: dict[str, Any] = {"revision": None, "advice": None, "slots": (), "slots_now": ()}
    made.board.incidents.clear()
    command = cmd.HandDeterminant.model_validate(
        {
            "command_id": "hand-early",
            "actor": make.CALL_TAKER,
            "call_id": CALL,
            "new_run_id": "run-early",
            "discipline": "ems",
            "determinant": "17-D-3",
            "incident_type": "FALL",
            "priority": 1,
            **fields,
        }
    )
    made.give(command)
    run = made.board.calls[CALL].protocol_runs[-1]
    assert (run.state, run.incident_type, run.priority) == ("waiting", "FALL", 1)


def test_the_same_again_changes_nothing_and_a_later_one_supersedes_what_was_proposed() -> None:
    made = world()
    made.give(make.assign("cmd-assign", "E12"))
    first = hand(made)
    told = len(made.events)
    hand(made)
    assert len(made.events) == told
    hand(made, "17-B-1")
    states = [(run.determinant, run.state) for run in made.board.calls[CALL].protocol_runs]
    assert states == [("17-D-3", "superseded"), ("17-B-1", "proposed")]
    with pytest.raises(TransitionRefused):
        settle(made, first.id)


def opened(made: make.World, run_id: str = "run-1") -> None:
    fields = {"command_id": f"open-{run_id}", "actor": make.CALL_TAKER, "call_id": CALL}
    program = {"program_id": "EMD", "program_name": "Medical cards", "discipline": "ems"}
    made.give(cmd.OpenProtocol.model_validate({**fields, **program, "run_id": run_id}))


def test_a_run_that_was_launched_here_gets_its_determinant_and_the_next_is_its_own() -> None:
    made = world()
    opened(made)
    assert made.board.calls[CALL].protocol_runs[0].state == "opened"
    hand(made, run_id="run-1")
    hand(made, "17-B-1", run_id="run-1")
    first, second = made.board.calls[CALL].protocol_runs
    assert (first.id, first.opened_by, first.determinant) == ("run-1", "cato", "17-D-3")
    assert (second.program_id, second.determinant) == ("EMD", "17-B-1")
    with pytest.raises(NotFound):
        hand(made, "17-C-1", run_id="nobody")
    with pytest.raises(InvalidInput):
        hand(made, "17-C-1", run_id="run-1", discipline="fire")


def test_advice_for_another_revision_is_looked_up_again() -> None:
    made = world()
    with pytest.raises(RevisionConflict):
        hand(made, revision=7)


def test_a_program_that_has_gone_wrong_is_stopped() -> None:
    made = world()
    for n in range(RUNS_MOST):
        opened(made, f"run-{n}")
    with pytest.raises(InvalidInput):
        opened(made, "one-more")


def test_equal_wants_are_counted_once() -> None:
    incident = world().board.incidents["i1"]
    twice = (ENGINE, ENGINE.model_copy(update={"index": 1}))
    assert plan_difference(incident, twice, ()).adds == ("engine ×2",)


def row(determinant: str, incident_type: str, **over: Any) -> Determinant:
    fields = {"discipline": "ems", "determinant": determinant, "incident_type": incident_type}
    return Determinant.model_validate(fields | over)


def test_an_agencys_own_rows_go_first_then_whole_codes_then_longer_beginnings() -> None:
    book = DeterminantBook(
        [
            row("17-D-3", "A"),
            row("17*", "B"),
            row("17-D*", "C"),
            row("17*", "OWN", agency="ems-a"),
        ]
    )

    def found(code: str, agency: str | None = None) -> str | None:
        fit = book.find(code, "ems", agency)
        return fit.incident_type if fit else None

    assert [found(c) for c in ("17d03", "17-D-4", "17-B-1", "18-D-3")] == ["A", "C", "B", None]
    assert found("17-D-3", "ems-a") == "OWN"
    assert book.find("17-D-3", "fire", None) is None


@given(st.integers(0, 99), st.sampled_from("ABCDE"), st.integers(0, 40), st.sampled_from("- ."))
def test_a_code_is_the_same_however_it_is_written(a: int, level: str, b: int, sign: str) -> None:
    written = f"{a:02}{sign}{level}{sign}{b:02}"
    assert code_parts(written) == code_parts(f"{a}{level.lower()}{b}") == (str(a), level, str(b))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://cards.example/?id={run_id}", ""),
        ("proqa:start?call={call_id}&n={callback}", ""),
        ("javascript:alert({callback})", "no scheme"),
        ("data:text/html,{address}", "no scheme"),
        ("/relative/{run_id}", "no scheme"),
        ("https:///x", "no host"),
        ("https://{address}/x", "fixed"),
        ("https://user@cards.example/", "no host"),
        ("https://cards.example/?{caller_name}", "not one of"),
        ("https://cards.example/?{", "no URL"),
        ("https://cards.example/?{run_id.__class__}", "not one of"),
        ("https://cards.example/?{run_id!r}", "only names"),
        ("https://cards.example/?{run_id:>9}", "only names"),
    ],
)
def test_a_launch_url_is_checked_where_it_is_written(url: str, fault: str) -> None:
    found = template_fault(url)
    assert (fault in found) if fault else found == ""


def test_values_of_a_launch_url_never_become_part_of_its_structure() -> None:
    url = launch_url(
        "https://cards.example/?tel={callback}&where={address}",
        {"callback": "+1 555&x=1", "address": "14 Mill Rd #2/3"},
    )
    assert url == "https://cards.example/?tel=%2B1%20555%26x%3D1&where=14%20Mill%20Rd%20%232%2F3"
    assert origin_of("HTTPS://Cards.Example/x") == "https://cards.example"
    assert origin_of("ProQA:start") == "proqa:"
