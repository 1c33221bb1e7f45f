"""A road changes under a crew: whether its way is cut, and whether it is told."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain.closure import Closure
from dispatch.domain.rerouting import (
    Ahead,
    Told,
    ahead_of,
    is_same_way,
    may_touch,
    metres_on,
    worth_telling,
)
from geodata.lonlat import LonLat
from tests.factories import make_closure

# A way of about 2.2 km to the north along one meridian.
WAY = [LonLat(9.5, 47.10), LonLat(9.5, 47.11), LonLat(9.5, 47.12)]
START = WAY[0]


def ahead(at: LonLat = START) -> Ahead:
    found = ahead_of(WAY, at)
    assert found is not None
    return found


def closure(*line: tuple[float, float], **over: object) -> Closure:
    return make_closure("c1", line=tuple(LonLat(*point) for point in line), **over)


ON_THE_WAY = ((9.5, 47.112), (9.5, 47.115))
BEHIND = ((9.5, 47.101), (9.5, 47.104))


def told_of(**over: Any) -> Told | None:
    fields: dict[str, Any] = {"unit_id": "E1", "known_s": 200.0, "ahead": ahead()}
    return worth_telling(**(fields | over))


def test_what_lies_behind_the_crew_does_not_count() -> None:
    driven = ahead(LonLat(9.5, 47.105))
    assert metres_on(driven, closure(*BEHIND), "car") == 0.0
    assert metres_on(driven, closure(*ON_THE_WAY), "car") > 300.0
    assert driven.share == pytest.approx(0.75, abs=0.01)


def test_a_crew_that_drives_elsewhere_has_no_known_way_ahead() -> None:
    assert ahead_of(WAY, LonLat(9.51, 47.11)) is None
    assert ahead_of([], START) is None


def test_a_road_that_only_crosses_the_way_is_not_on_it() -> None:
    crossing = closure((9.495, 47.115), (9.505, 47.115))
    assert metres_on(ahead(), crossing, "car") == 0.0


def test_a_long_shut_road_of_which_the_way_takes_a_part_is_on_it() -> None:
    """Three kilometres are shut, and the crew would drive the first of them."""
    far = ((9.5, 47.111), (9.5, 47.12), (9.527, 47.12))
    assert metres_on(ahead(), closure(*far), "car") == pytest.approx(1000.0, abs=50.0)
    along = closure(*far, direction="along")
    assert metres_on(ahead(), along, "car") > 900.0
    against = closure(*reversed(far), direction="along")
    assert metres_on(ahead(), against, "car") == 0.0
    crossings = ((9.495, 47.112), (9.505, 47.112), (9.505, 47.116), (9.495, 47.116))
    assert metres_on(ahead(), closure(*crossings), "car") == 0.0


def test_a_crew_that_is_past_most_of_a_shut_road_still_drives_its_rest() -> None:
    driven = ahead(LonLat(9.5, 47.117))
    assert metres_on(driven, closure((9.5, 47.10), (9.5, 47.119)), "car") > 200.0


def test_the_other_direction_of_the_same_road_is_not_on_the_way() -> None:
    there = closure(*ON_THE_WAY, direction="along")
    back = closure(*reversed(ON_THE_WAY), direction="along")
    assert metres_on(ahead(), there, "car") > 0.0
    assert metres_on(ahead(), back, "car") == 0.0


def test_a_closure_binds_only_its_vehicle_classes() -> None:
    for_heavy = closure(*ON_THE_WAY, vehicle_classes=("heavy",))
    assert metres_on(ahead(), for_heavy, "heavy") > 0.0
    assert metres_on(ahead(), for_heavy, "car") == 0.0


def test_a_cut_way_is_always_told_even_without_another() -> None:
    shut = closure(*ON_THE_WAY, speed_factor=0.0)
    told = told_of(affected=[(shut, 300.0)], new_s=None)
    assert told is not None
    assert told.cut


def test_a_gain_below_the_limit_is_not_told() -> None:
    assert told_of(affected=[], new_s=150.0) is None
    told = told_of(affected=[], new_s=130.0)
    assert told is not None
    assert told.gain_s == pytest.approx(70.0)


def test_only_what_is_left_of_the_way_can_be_gained() -> None:
    half = ahead(LonLat(9.5, 47.11))
    assert told_of(known_s=200.0, ahead=half, affected=[], new_s=90.0) is None


def test_a_slowed_road_counts_by_its_length_and_factor() -> None:
    slow = closure(*ON_THE_WAY, speed_factor=0.1)
    # 2,224 m in 222 s: 300 m of it take 30 s, and ten times as long now.
    told = told_of(known_s=222.4, ahead=ahead(), affected=[(slow, 300.0)], new_s=250.0)
    assert told is not None
    assert told.gain_s == pytest.approx(222.4 + 270.0 - 250.0, abs=1.0)


def test_traffic_counts_by_the_share_that_the_crew_feels_of_it() -> None:
    jam = closure(*ON_THE_WAY, speed_factor=0.1, congestion=True)

    def gain_s(slow: Closure, share: float) -> float | None:
        told = told_of(
            known_s=222.4,
            ahead=ahead(),
            affected=[(slow, 300.0)],
            new_s=250.0,
            limit_s=1.0,
            congestion=share,
        )
        return told.gain_s if told else None

    assert gain_s(jam, 1.0) == pytest.approx(222.4 + 270.0 - 250.0, abs=1.0)
    assert gain_s(jam, 0.2) == pytest.approx(222.4 + 54.0 - 250.0, abs=1.0)
    assert gain_s(jam, 0.0) is None
    lanes = closure(*ON_THE_WAY, speed_factor=0.1)
    assert gain_s(lanes, 0.0) == gain_s(jam, 1.0), "a missing lane is missing to everybody"


def test_the_agencys_own_limit_decides() -> None:
    assert told_of(affected=[], new_s=190.0, limit_s=5.0) is not None


def test_a_closure_far_away_is_told_by_its_box() -> None:
    assert may_touch(ahead(), closure(*ON_THE_WAY))
    assert not may_touch(ahead(), closure((9.6, 47.112), (9.6, 47.115)))


def test_the_way_that_the_crew_drives_already_is_the_same_way() -> None:
    driven = ahead(LonLat(9.5, 47.105))
    assert is_same_way(driven, [LonLat(9.5, 47.105), LonLat(9.5, 47.11), LonLat(9.5, 47.12)])
    assert not is_same_way(driven, [LonLat(9.5, 47.105), LonLat(9.51, 47.11), LonLat(9.5, 47.12)])
    assert not is_same_way(driven, [])


def test_a_crews_own_block_cuts_its_way_and_costs_others_its_penalty() -> None:
    said = closure(*ON_THE_WAY, confirmed=False, penalty_s=120.0, reported_by=("E1",))
    cut = told_of(affected=[(said, 330.0)], new_s=400.0)
    assert cut is not None
    assert cut.cut
    told = told_of(unit_id="E2", affected=[(said, 330.0)], new_s=250.0)
    assert told is not None
    assert not told.cut
    assert told.gain_s == pytest.approx(200.0 + 120.0 - 250.0, abs=2.0)
    assert told_of(unit_id="E2", affected=[(said, 330.0)], new_s=300.0) is None
    assert told_of(unit_id="E2", affected=[(said, 165.0)], new_s=230.0) is None


def test_the_part_of_a_way_that_lies_in_a_shut_area_is_cut() -> None:
    outline = ((9.49, 47.112), (9.51, 47.112), (9.51, 47.114), (9.49, 47.114), (9.49, 47.112))
    within = metres_on(ahead(), closure(*outline, shape="area"), "car")
    assert within == pytest.approx(222.0, abs=3.0)
    assert told_of(affected=[(closure(*outline, shape="area"), within)], new_s=230.0) == Told(
        cut=True, gain_s=None
    )
    beside = tuple((lon + 0.02, lat) for lon, lat in outline)
    assert metres_on(ahead(), closure(*beside, shape="area"), "car") == 0.0


def test_two_points_on_a_way_shut_what_lies_between_them_however_it_bends() -> None:
    bent = [LonLat(9.5, 47.10), LonLat(9.505, 47.11), LonLat(9.5, 47.12)]
    found = ahead_of(bent, bent[0])
    assert found is not None
    ends = ((9.5, 47.10), (9.5, 47.12))
    assert metres_on(found, closure(*ends), "car") == 0.0, "as a line it lies elsewhere"
    assert metres_on(found, closure(*ends, shape="points"), "car") > 2200.0
    back = closure(*ends[::-1], shape="points", direction="along")
    assert metres_on(found, back, "car") == 0.0
    off = ((9.5, 47.10), (9.49, 47.12))
    assert metres_on(found, closure(*off, shape="points"), "car") == 0.0
