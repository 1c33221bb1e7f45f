"""An exercise is judged by its log alone; a training hub could not reach anybody if it tried."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import create_engine

from dispatch.adapters.registry import make_adapters
from dispatch.adapters.training import NothingLeaves
from dispatch.adapters.web_push import PushKey
from dispatch.api.static import training_page
from dispatch.domain import commands as cmd
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
from dispatch.simulation.exercise import BadScenario, chance, drawn_scenario, read_scenario
from dispatch.simulation.scenario import Happening, Scenario
from geodata.lonlat import LonLat
from tests.factories import NOON, World, assign, make_recommendation, make_unit, take_call

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
    made = score(world.events, lambda incident: 60.0, world.state.now)
    (one,) = made.incidents
    assert (one.first_unit_s, one.target_s, one.late) == (40.0, 60.0, False)
    assert one.recommended == ("E12", "M9")
    assert one.as_recommended == ("E12",)
    assert [(a.unit_id, a.reason) for a in one.against] == [("L3", "asked for by the chief")]
    assert one.left_out == ("M9",)
    assert (made.in_time_share, made.as_recommended_share, made.reasons_missing) == (1.0, 0.5, 0)
    strict = score(world.events, lambda incident: 30.0, world.state.now)
    assert (strict.late, strict.in_time_share) == (1, 0.0)


def test_whoever_waits_past_the_target_is_late_and_before_it_is_not_judged() -> None:
    world = World(make_unit("E12"))
    world.give(take_call())
    world.later(50)
    early = score(world.events, lambda incident: 60.0, world.state.now)
    assert (early.not_sent, early.late, early.in_time_share) == (1, 0, None)
    world.later(20)
    late = score(world.events, lambda incident: 60.0, world.state.now)
    assert (late.not_sent, late.late, late.in_time_share) == (1, 1, 0.0)


def test_an_exercise_in_which_nothing_happened_has_no_shares() -> None:
    made = score([], lambda incident: 60.0, NOON)
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
    adapters = make_adapters(HubSettings(training=True), *given)
    assert set(adapters) == set(make_adapters(HubSettings(), *given))
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
