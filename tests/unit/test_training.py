"""An exercise is judged by its log alone; a training hub could not reach anybody if it tried."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from shapely import box
from sqlalchemy import create_engine

from dispatch.adapters.registry import adapter_makers
from dispatch.adapters.training import NothingLeaves
from dispatch.adapters.web_push import PushKey
from dispatch.api.static import training_page
from dispatch.domain import commands as cmd
from dispatch.domain.call_scores import CallTargetOf, ScriptedRing, score_calls
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.training import score
from dispatch.domain.values import HUB_ACTOR
from dispatch.interop.paper_board import paper_source
from dispatch.settings import (
    DeliverySettings,
    EidoSettings,
    HubSettings,
    LocationSettings,
    ProtocolSettings,
    StorageSettings,
    TranslationSettings,
)
from dispatch.simulation.exercise import (
    BadScenario,
    ScriptedCall,
    chance,
    drawn_scenario,
    read_scenario,
    words_of,
)
from dispatch.simulation.scenario import Happening, Scenario
from geodata.lonlat import LonLat
from jurisdictions.extent import Extent
from tests.factories import (
    CALL_TAKER,
    DISPATCHER,
    NOON,
    World,
    assign,
    make_recommendation,
    make_unit,
    take_call,
)

PAGE = '<html lang="en"><head><title>Regional</title></head><body><div id="root"></div></body>'


def exercised() -> World:
    """A fire for which E12 and M9 were recommended; E12 went after 40 s, and L3 without being."""
    world = World(make_unit("E12"), make_unit("L3"), make_unit("M9"))
    world.give(take_call())
    world.give(
        cmd.FreezeRecommendation(
            command_id="r1",
            actor=HUB_ACTOR,
            recommendation=make_recommendation("i1", "E12", "M9"),
        )
    )
    world.later(40)
    world.give(assign("a1", "E12"))
    world.later(20)
    world.give(assign("a2", "L3", override_reason="asked for by the chief"))
    return world


def test_times_are_held_against_targets_and_units_against_the_recommendation() -> None:
    world = exercised()
    made = score(world.events, lambda incident, leg: 60.0, world.state.now)
    (one,) = made.incidents
    assert (one.first_unit_s, one.target_s, one.late) == (40.0, 60.0, False)
    assert one.recommended == ("E12", "M9")
    assert one.as_recommended == ("E12",)
    assert [(a.unit_id, a.reason) for a in one.against] == [("L3", "asked for by the chief")]
    assert one.left_out == ("M9",)
    assert (made.in_time_share, made.as_recommended_share, made.reasons_missing) == (1.0, 0.5, 0)
    strict = score(world.events, lambda incident, leg: 30.0, world.state.now)
    assert (strict.late, strict.in_time_share) == (1, 0.0)


def test_whoever_waits_past_the_target_is_late_and_before_it_is_not_judged() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.later(50)
    early = score(world.events, lambda incident, leg: 60.0, world.state.now)
    assert (early.not_sent, early.late, early.in_time_share) == (1, 0, None)
    world.later(20)
    late = score(world.events, lambda incident, leg: 60.0, world.state.now)
    assert (late.not_sent, late.late, late.in_time_share) == (1, 1, 0.0)


def test_each_part_is_judged_by_its_own_target_and_by_what_it_was_when_its_unit_went() -> None:
    medic = {"agency_id": "ems-a", "discipline": "ems", "kind": "medic", "capabilities": ("als",)}
    world = World(make_unit("E12"), make_unit("M9", **medic))
    world.give(take_call())
    world.later(20)
    world.give(assign("a1", "E12"))
    world.give(
        cmd.ChangeLeg(
            command_id="l1",
            actor=DISPATCHER,
            incident_id="i1",
            discipline="ems",
            revision=world.board.incidents["i1"].revision,
            incident_type="CARDIAC",
            type_label="Chest pain",
            priority=1,
        )
    )

    def target_s(incident: Incident, leg: Leg) -> float | None:
        return 30.0 if incident.asked_of(leg.discipline).incident_type == "CARDIAC" else 60.0

    world.later(5)
    early = score(world.events, target_s, world.state.now)
    assert (early.late, early.in_time_share) == (0, 1.0), "the part that waits is not judged yet"
    world.later(20)
    world.give(assign("a2", "M9"))
    made = score(world.events, target_s, world.state.now)
    (one,) = made.incidents
    by = {part.discipline: part for part in one.parts}
    assert (by["fire"].first_unit_s, by["fire"].target_s, by["fire"].late) == (20.0, 60.0, False)
    assert (by["ems"].incident_type, by["ems"].priority) == ("CARDIAC", 1)
    assert (by["ems"].first_unit_s, by["ems"].target_s, by["ems"].late) == (45.0, 30.0, True)
    assert (one.first_unit_s, one.late, made.late, made.in_time_share) == (20.0, True, 1, 0.5)


def test_a_part_that_a_unit_itself_began_had_nothing_to_wait_for() -> None:
    world = World(make_unit("E12"), make_unit("P1", agency_id="law-a", discipline="law"))
    world.give(take_call())
    world.later(20)
    world.give(assign("a1", "E12"))
    world.later(300)
    world.give(assign("a2", "P1"))
    made = score(world.events, lambda incident, leg: 60.0, world.state.now)
    (one,) = made.incidents
    law = next(part for part in one.parts if part.discipline == "law")
    assert (law.first_unit_s, law.target_s, law.late) == (0.0, None, False)
    assert "ems" in {part.discipline for part in one.parts if part.late}, "it was asked for"
    assert made.in_time_share == 0.5


def test_an_exercise_in_which_nothing_happened_has_no_shares() -> None:
    made = score([], lambda incident, leg: 60.0, NOON)
    assert (made.incidents, made.in_time_share, made.as_recommended_share) == ((), None, None)


@pytest.mark.parametrize(
    "reaching",
    [
        {"delivery": DeliverySettings(delivery_webhooks={"https://pager.example": "s" * 20})},
        {"delivery": DeliverySettings(delivery_receipts_url="https://hub.example")},
        {"delivery": DeliverySettings(mail_host="mail.example")},
        {"delivery": DeliverySettings(print_dir=Path("/var/spool/station"))},
        {"delivery": DeliverySettings(push_services=("https://push.example",))},
        {"location": LocationSettings(location_url="https://lis.example/held")},
        {"location": LocationSettings(location_hosts=("lis.example",))},
        {"translation": TranslationSettings(translation_url="https://words.example/translate")},
        {"eido": EidoSettings(eido_centres={"https://east.example": SecretStr("token")})},
        {"protocols": ProtocolSettings(protocol_origins=("https://cards.example",))},
        {"storage": StorageSettings(redis_url="redis://127.0.0.1:6379")},
    ],
)
def test_a_training_hub_that_could_reach_somebody_does_not_start(reaching: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="may reach nobody: unset HUB_"):
        HubSettings(training=True, **reaching)
    HubSettings(training=False, **reaching)


def test_a_training_hub_may_ask_programs_on_its_own_machine() -> None:
    here = LocationSettings(location_url="http://127.0.0.1:9000/held")
    assert HubSettings(training=True, location=here).training


def test_in_training_no_adapter_has_a_way_to_send(tmp_path: Path) -> None:
    given = (create_engine("sqlite://"), PushKey(tmp_path / "push.key"))
    makers = adapter_makers(HubSettings(training=True), *given)
    adapters = {kind: make() for kind, make in makers.items()}
    assert set(adapters) == set(adapter_makers(HubSettings(), *given))
    assert all(isinstance(adapter, NothingLeaves) for adapter in adapters.values())


def test_every_page_of_a_training_hub_is_marked_before_any_script_runs() -> None:
    page = training_page(PAGE)
    assert "<html data-training" in page
    assert "<title>TRAINING" in page
    assert page.index("nothing is sent") < page.index('id="root"')


def test_the_paper_board_of_an_exercise_says_so() -> None:
    board = World().board.snapshot()
    assert "TRAINING, NOT REAL" in paper_source(board, NOON, "UTC", training=True)
    assert "TRAINING" not in paper_source(board, NOON, "UTC")


def scenario(path: Path, text: str) -> Path:
    file = path / "scenario.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_scenario_is_read_in_the_order_of_its_times(tmp_path: Path) -> None:
    text = (
        "after_s,incident_type,lon,lat,address,said\n"
        "90,FIRE,9.5,47.1,14 Mill Rd,flames\n"
        "5,THEFT,9.6,47.2,,\n"
    )
    calls = read_scenario(scenario(tmp_path, text), {"FIRE", "THEFT"})
    assert [(c.after_s, c.happening.incident_type, c.said) for c in calls] == [
        (5.0, "THEFT", ""),
        (90.0, "FIRE", "flames"),
    ]
    assert calls[0].happening.address == "47.20000, 9.60000"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("x,FIRE,9.5,47.1", "must be numbers"),
        ("5,FLOOD,9.5,47.1", "no incident type 'FLOOD'"),
        ("5,FIRE,9.5,97", "degrees"),
        ("-5,FIRE,9.5,47", "after_s must be"),
    ],
)
def test_a_mistake_in_a_scenario_is_named_with_its_line(
    tmp_path: Path, line: str, what: str
) -> None:
    file = scenario(tmp_path, f"after_s,incident_type,lon,lat\n{line}\n")
    with pytest.raises(BadScenario, match=f"scenario.csv:2: .*{what}"):
        read_scenario(file, {"FIRE"})


def test_every_mistake_of_a_scenario_is_named_at_once(tmp_path: Path) -> None:
    text = "after_s,incident_type,lon,lat\nx,FIRE,9.5,47.1\n5,FIRE,9.5,47.1\n5,FLOOD,9.5,47.1\n"
    with pytest.raises(BadScenario) as refused:
        read_scenario(scenario(tmp_path, text), {"FIRE"})
    assert [line.split(":")[1] for line in str(refused.value).splitlines()] == ["2", "4"]


def test_swapped_coordinates_and_misspelt_columns_are_found(tmp_path: Path) -> None:
    extent = Extent([box(9.4, 47.0, 9.6, 47.3)])
    file = scenario(tmp_path, "after_s,incident_type,lon,lat\n5,FIRE,47.1,9.5\n")
    with pytest.raises(BadScenario, match=r"scenario.csv:2: .*swapped"):
        read_scenario(file, {"FIRE"}, extent)
    file = scenario(tmp_path, "after_s,incident_type,lon,lat,adress\n5,FIRE,9.5,47.1,x\n")
    with pytest.raises(BadScenario, match="unknown column 'adress'"):
        read_scenario(file, {"FIRE"})
    with pytest.raises(BadScenario, match="cannot be read"):
        read_scenario(tmp_path / "none.csv", {"FIRE"})


def test_a_caller_says_the_scripts_words_else_what_happens_and_where() -> None:
    happening = Happening(NOON, LonLat(9.5, 47.1), "FIRE", 1, "Mill Rd & Ash St", "Ayr")
    assert words_of(ScriptedCall(3, happening, "help, flames"), "Fire") == "help, flames"
    assert words_of(ScriptedCall(3, happening), "Fire") == "Fire. It is at Mill Rd and Ash St, Ayr."


RINGS = cmd.OpenCall(command_id="ring-1", actor=CALL_TAKER, call_id="c9", ringing=True)


def ring(call_id: str, kind: str, at: LonLat) -> ScriptedRing:
    return ScriptedRing(call_id, 5.0, kind, at)


def taken_by_a_trainee(world: World) -> str:
    """A call that rings, is answered after 9 s, located, typed, and saved after 30 s; its id."""
    opened = world.give(
        cmd.OpenCall(
            command_id="ring-1", actor=CALL_TAKER, call_id="c9", ringing=True, channel="voice"
        )
    )
    assert opened
    world.later(9)
    world.give(cmd.AnswerCall(command_id="answer-1", actor=CALL_TAKER, call_id="c9"))
    world.later(10)
    for stage in ("located", "typed"):
        mark = cmd.MarkStage(command_id=stage, actor=CALL_TAKER, call_id="c9", stage=stage)
        world.give(mark)
    world.later(20)
    world.give(take_call(known_call_id="c9"))
    return "c9"


def test_a_call_takers_stages_are_held_against_the_targets_and_the_script() -> None:
    world = World(make_unit("E12"))
    call_id = taken_by_a_trainee(world)
    (incident,) = world.board.incidents.values()
    at, kind = incident.place.at, incident.incident_type

    def within(seconds: float) -> CallTargetOf:
        return lambda incident, call, stage: seconds

    made = score_calls(world.events, [ring(call_id, kind, at)], within(60), world.state.now)
    (one,) = made.calls
    assert {s.stage: s.took_s for s in one.stages} == {
        "answered": 9.0, "located": 10.0, "typed": 10.0, "ready": 30.0,
    }  # fmt: skip
    assert (one.number, one.right_type, one.off_m, one.far) == (incident.number, True, 0.0, False)
    assert (made.answered, made.late, made.in_time_share) == (1, 0, 1.0)

    elsewhere = LonLat(at.lon + 0.01, at.lat)
    strict = score_calls(
        world.events, [ring(call_id, "FLOOD", elsewhere)], within(15), world.state.now
    )
    assert [s.stage for s in strict.calls[0].stages if s.late] == ["ready"]
    assert (strict.late, strict.wrong_type, strict.far) == (1, 1, 1)


def test_a_call_that_nobody_answers_is_late_once_its_target_has_passed() -> None:
    world = World()
    world.give(
        cmd.OpenCall(
            command_id="ring-1", actor=CALL_TAKER, call_id="c9", ringing=True, channel="voice"
        )
    )
    rings = [ring("c9", "FIRE", LonLat(9.5, 47.1)), ring("never-rang", "FIRE", LonLat(9.5, 47.1))]
    world.later(10)
    early = score_calls(world.events, rings, lambda *_: 15.0, world.state.now)
    assert (early.rang, early.answered, early.late) == (1, 0, 0)
    world.later(10)
    late = score_calls(world.events, rings, lambda *_: 15.0, world.state.now)
    assert (late.late, late.without_incident, late.answered_median_s) == (1, 1, None)
    assert score_calls([], [], lambda *_: 15.0, NOON).in_time_share is None


def test_a_scenario_without_its_columns_or_calls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match="no column after_s, lon, lat"):
        read_scenario(scenario(tmp_path, "incident_type\nFIRE\n"), {"FIRE"})
    with pytest.raises(BadScenario, match="no calls"):
        read_scenario(scenario(tmp_path, "after_s,incident_type,lon,lat\n"), {"FIRE"})


def test_the_same_seed_draws_the_same_exercise() -> None:
    happenings = [
        Happening(NOON, LonLat(9.5 + n / 100, 47.1), "FIRE", 1, f"{n} Mill Rd", "Ashby")
        for n in range(20)
    ]

    def drawn(seed: int) -> list[tuple[float, str]]:
        calls = drawn_scenario(Scenario(happenings, [], chance(seed)), 600, 40)
        return [(call.after_s, call.happening.address) for call in calls]

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_what_stands_in_for_an_adapter_says_that_it_sent() -> None:
    message: Any = type("Message", (), {"channel": "pager", "about": "assignment"})()
    assert asyncio.run(NothingLeaves().send(message)).state == "sent"
