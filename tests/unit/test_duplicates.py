"""A storm of calls about few events: proposals that are right, and nothing merged by itself."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta

import pytest

from dispatch.domain.duplicates import IncidentType, digits_of, find_duplicates, likeness
from dispatch.domain.incident import Incident, Leg
from geodata.lonlat import LonLat
from geodata.synthetic.plans import PLANS
from tests.factories import HERE, NOON, make_place, make_resolution

TYPES = {plan.type: IncidentType(plan.type, plan.lead) for plan in PLANS}  # type: ignore[arg-type]  # a discipline
CALLED = [plan for plan in PLANS if not plan.officer]
"""What people call about; the rest crews find themselves."""
SHARES = [plan.share for plan in CALLED]
M_LAT = 1 / 111_195
M_LON = M_LAT / math.cos(math.radians(HERE.lat))


def moved(at: LonLat, east_m: float, north_m: float) -> LonLat:
    return LonLat(at.lon + east_m * M_LON, at.lat + north_m * M_LAT)


def make_incident(number: int, kind: str, at: LonLat, created_at: datetime) -> Incident:
    return Incident(
        id=f"i{number}",
        number=f"2026-{number:06d}",
        created_at=created_at,
        incident_type=kind,
        type_label=kind,
        priority=2,
        place=make_place(at=at),
        resolution=make_resolution(),
        legs=(),
        region_version="v1",
        audience=("*",),
    )


def find(
    incidents: list[Incident],
    at: LonLat,
    kind: str | None,
    now: datetime = NOON,
    callback: str | None = None,
    callbacks: dict[str, frozenset[str]] | None = None,
) -> list[tuple[str, bool]]:
    found = find_duplicates(
        incidents,
        TYPES,
        callbacks or {},
        at=at,
        incident_type=kind,
        callback=callback,
        now=now,
    )
    return [(duplicate.incident_id, duplicate.likely) for duplicate in found]


def test_of_the_likely_proposals_in_a_storm_nineteen_of_twenty_are_right() -> None:
    """100 calls a second, one in five about an event that was reported before, as dense as in a
    county of 1,600 square kilometres after a minute of it."""
    dice = random.Random(7)
    open_now: list[Incident] = []
    right = wrong = missed = 0
    for count in range(2_500):
        now = NOON + timedelta(seconds=count / 100)
        if open_now and dice.random() < 0.2:
            event = dice.choice(open_now[-400:])
            bearing, metres = dice.uniform(0, 6.28), 150 * math.sqrt(dice.random())
            at = moved(
                LonLat(*event.place.at), metres * math.cos(bearing), metres * math.sin(bearing)
            )
            likely = [
                i for i, is_likely in find(open_now, at, event.incident_type, now) if is_likely
            ]
            # The first proposal is what one key takes.
            if not likely:
                missed += 1
            elif likely[0] == event.id:
                right += 1
            else:
                wrong += 1
            continue
        kind = dice.choices(CALLED, SHARES)[0].type
        at = moved(HERE, dice.uniform(-13_000, 13_000), dice.uniform(-13_000, 13_000))
        if any(is_likely for _, is_likely in find(open_now, at, kind, now)):
            wrong += 1
        open_now.append(make_incident(count, kind, at, now))
    assert right / (right + wrong) >= 0.95, (right, wrong, missed)
    assert right > missed


@pytest.mark.parametrize("seed", range(50))
def test_a_different_emergency_at_the_same_door_stays_apart(seed: int) -> None:
    dice = random.Random(seed)
    one, other = dice.sample(PLANS, 2)
    while likeness(TYPES[one.type], TYPES[other.type]) >= 0.8:
        one, other = dice.sample(PLANS, 2)
    standing = make_incident(1, one.type, HERE, NOON - timedelta(minutes=dice.uniform(0, 10)))
    assert not any(likely for _, likely in find([standing], HERE, other.type))


def test_the_same_number_calling_again_is_likely_about_the_same() -> None:
    standing = make_incident(1, "MVA", HERE, NOON - timedelta(minutes=8))
    far = moved(HERE, 600, 0)
    assert (
        find([standing], far, "MVA_INJURY") == [] or not find([standing], far, "MVA_INJURY")[0][1]
    )
    numbers = {"i1": frozenset({digits_of("(610) 555-0142")})}
    again = find([standing], far, "MVA_INJURY", callback="+1 610 555 0142", callbacks=numbers)
    assert again == [("i1", True)]


def test_two_words_for_one_crash_are_alike_and_two_alarms_are_not() -> None:
    assert likeness(TYPES["MVA"], TYPES["MVA_INJURY"]) == 0.8
    assert likeness(TYPES["FIRE_ALARM"], TYPES["STRUCTURE_FIRE"]) == 0.8
    assert likeness(TYPES["MEDICAL_ALARM"], TYPES["ALARM_LAW"]) < 0.5


def test_without_a_type_what_is_near_and_fresh_is_shown_by_nearness() -> None:
    near = make_incident(1, "THEFT", moved(HERE, 60, 0), NOON)
    nearer = make_incident(2, "MVA", moved(HERE, 10, 0), NOON)
    assert [i for i, _ in find([near, nearer], HERE, None)] == ["i2", "i1"]


def test_a_short_number_is_no_number() -> None:
    assert digits_of("911") == ""
    assert digits_of(None) == ""


def test_a_call_about_what_one_part_is_finds_the_incident_by_that_part() -> None:
    crash = make_incident(1, "MVA", HERE, NOON)
    part = Leg(discipline="ems", agency_id="ems-a", incident_type="CARDIAC", type_label="Pain")
    whole = crash.model_copy(update={"legs": (Leg(discipline="law", agency_id="law-a"), part)})
    near = moved(HERE, 40, 0)
    later = NOON + timedelta(minutes=2)
    assert find([crash], near, "CARDIAC", later) == [], "another matter at the same door"
    assert find([whole], near, "CARDIAC", later) == [("i1", True)]
    assert find([whole], near, "MVA", later) == [("i1", True)]
    (found,) = find_duplicates(
        [whole], TYPES, {}, at=near, incident_type="CARDIAC", callback=None, now=later
    )
    assert found.reasons == ("40 m away", "2 min ago", "same type")


def test_each_type_reaches_as_far_as_its_own_kind_of_event() -> None:
    crash = make_incident(1, "MVA", HERE, NOON)
    part = Leg(discipline="ems", agency_id="ems-a", incident_type="CARDIAC", type_label="Pain")
    whole = crash.model_copy(update={"legs": (part,)})
    assert find([whole], moved(HERE, 150, 0), "CARDIAC") == [], "that is not seen so far away"
    assert find([whole], moved(HERE, 150, 0), "MVA") == [("i1", True)]
