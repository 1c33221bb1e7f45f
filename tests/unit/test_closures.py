"""Closures as sets on arcs: the worst of them holds, and lifting one leaves the others."""

from __future__ import annotations

import pytest

from geodata.closures import SHUT, ArcClosures, Effect
from geodata.vehicles import SHUT_MS, VEHICLES
from tests.road_factories import Street, arc_of, make_roads

SQUARE = [(8.0, 48.0), (8.01, 48.0), (8.01, 48.01), (8.0, 48.01)]
NETWORK = make_roads(SQUARE, [Street(0, 1), Street(1, 2), Street(2, 3), Street(3, 0)])
ARC, OTHER = arc_of(NETWORK, 0), arc_of(NETWORK, 1)


def car_ms(closures: ArcClosures, arc: int = ARC) -> int:
    return int(closures.weight_ms["car"][arc])


def test_lifting_one_of_two_closures_does_not_reopen_the_road() -> None:
    closures = ArcClosures(NETWORK)
    closures.apply("flood", [ARC], SHUT)
    assert not closures.apply("works", [ARC, ARC], SHUT)
    assert not closures.lift("flood")
    assert car_ms(closures) == SHUT_MS
    changes = closures.lift("works")
    assert changes.by_class["car"].arcs.tolist() == [ARC]
    assert car_ms(closures) == closures.free_ms["car"][ARC]


def test_the_worst_effect_holds_and_the_next_worst_after_it() -> None:
    closures = ArcClosures(NETWORK)
    free = int(closures.free_ms["car"][ARC])
    closures.apply("lane", [ARC], Effect(0.5))
    closures.apply("crowd", [ARC], Effect(0.25))
    assert car_ms(closures) == round(free / 0.25)
    closures.apply("fire", [ARC], SHUT)
    assert car_ms(closures) == SHUT_MS
    assert closures.reach_ms["car"][ARC] == round(free / 0.25)
    closures.lift("crowd")
    closures.lift("fire")
    assert car_ms(closures) == round(free / 0.5)


def test_a_closure_binds_only_its_vehicle_classes() -> None:
    closures = ArcClosures(NETWORK)
    changes = closures.apply("weak bridge", [ARC], Effect(0.0, frozenset({"heavy"})))
    assert set(changes.by_class) == {"heavy"}
    assert car_ms(closures) == closures.free_ms["car"][ARC]
    assert closures.weight_ms["heavy"][ARC] == SHUT_MS


def test_a_closure_given_again_replaces_itself() -> None:
    closures = ArcClosures(NETWORK)
    closures.apply("works", [ARC], SHUT)
    changes = closures.apply("works", [OTHER], SHUT)
    assert changes.arc_count == 2
    assert car_ms(closures) == closures.free_ms["car"][ARC]
    assert car_ms(closures, OTHER) == SHUT_MS
    assert closures.arcs_of("works") == (OTHER,)
    assert closures.on_arcs([ARC]) == {}
    assert set(closures.on_arcs([ARC, OTHER])) == closures.ids() == {"works"}


def test_lifting_what_is_not_in_force_changes_nothing() -> None:
    assert not ArcClosures(NETWORK).lift("never")


def test_an_arc_that_does_not_exist_is_refused_and_nothing_is_changed() -> None:
    closures = ArcClosures(NETWORK)
    closures.apply("works", [ARC], SHUT)
    with pytest.raises(IndexError):
        closures.apply("works", [OTHER, NETWORK.arc_count], SHUT)
    assert closures.arcs_of("works") == (ARC,)
    assert car_ms(closures) == SHUT_MS


def test_a_road_almost_at_a_standstill_is_not_shut() -> None:
    closures = ArcClosures(NETWORK)
    closures.apply("jam", [ARC], Effect(1e-12))
    assert car_ms(closures) == SHUT_MS - 1


@pytest.mark.parametrize(
    "wrong", [{"speed_factor": 1.0}, {"speed_factor": -0.1}, {"delay_s": -1.0}]
)
def test_an_effect_that_speeds_up_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"speed_factor|delay_s"):
        Effect(**wrong)  # type: ignore[arg-type]  # one field by name


def test_an_unknown_vehicle_class_is_refused() -> None:
    with pytest.raises(ValueError, match="tank"):
        Effect(0.0, frozenset({*VEHICLES, "tank"}))


def test_a_delay_is_shared_out_by_length_and_counted_once_for_both_directions() -> None:
    closures = ArcClosures(NETWORK)
    arcs = [ARC, OTHER, arc_of(NETWORK, 0, against=True)]
    free = [int(closures.free_ms["car"][arc]) for arc in arcs]
    closures.apply("said", arcs, Effect(1.0, delay_s=120.0))
    lost = [int(closures.weight_ms["car"][arc]) - ms for arc, ms in zip(arcs, free, strict=True)]
    assert lost[0] + lost[1] == pytest.approx(120_000, abs=2)
    assert lost[2] == lost[0]
    closures.apply("works", [ARC], Effect(0.5))
    assert car_ms(closures) == pytest.approx(2 * free[0] + lost[0], abs=2)
    closures.lift("said")
    closures.lift("works")
    assert [car_ms(closures, arc) for arc in arcs] == free


def test_what_is_shut_hard_may_not_even_be_left_or_reached() -> None:
    closures = ArcClosures(NETWORK)
    closures.apply("works", [ARC], SHUT)
    assert closures.reach_ms["car"][ARC] < SHUT_MS
    changes = closures.apply("own", [ARC], Effect(hard=True))
    assert changes.by_class["car"].reach_ms.tolist() == [SHUT_MS]
    closures.lift("own")
    assert closures.reach_ms["car"][ARC] < SHUT_MS
    assert car_ms(closures) == SHUT_MS
