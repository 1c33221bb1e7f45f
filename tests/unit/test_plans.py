"""Plans by agency and hour, and agreements by day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from jurisdictions.agreements import Agreement, AgreementBook
from jurisdictions.plans import PlanBook, PlanPlace, PlanRow

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NIGHT = datetime(2026, 7, 1, 23, tzinfo=UTC)


def make_row(**over: Any) -> PlanRow:
    fields: dict[str, Any] = {
        "incident_type": "FIRE",
        "label": "Building fire",
        "lead": "fire",
        "priority": 1,
        "discipline": "fire",
        "capability": "engine",
        "count": 1,
    }
    return PlanRow(**(fields | over))


def test_a_count_becomes_so_many_slots_in_the_order_of_the_plan() -> None:
    book = PlanBook([make_row(count=2), make_row(capability="ladder")])
    plan = book.find("FIRE", agency_id="a", local=NOON)
    assert plan is not None
    assert [slot.capability for slot in plan.slots] == ["engine", "engine", "ladder"]
    assert [slot.index for slot in plan.slots] == [0, 1, 2]


def test_an_agencys_own_plan_wins_over_everybodys() -> None:
    book = PlanBook([make_row(count=3), make_row(agency="a", count=1)])
    own = book.find("FIRE", agency_id="a", local=NOON)
    other = book.find("FIRE", agency_id="b", local=NOON)
    assert own is not None
    assert other is not None
    assert (len(own.slots), own.id) == (1, "FIRE/a")
    assert (len(other.slots), other.id) == (3, "FIRE/*")


def test_a_plan_for_the_hour_wins_over_all_day() -> None:
    book = PlanBook([make_row(count=3), make_row(hours=(22, 23, 0, 1), count=1)])
    night = book.find("FIRE", agency_id="a", local=NIGHT)
    assert night is not None
    assert len(night.slots) == 1


def test_of_two_equally_specific_plans_the_higher_rank_wins_and_never_the_newer() -> None:
    book = PlanBook([make_row(count=1, rank=5), make_row(count=4, rank=1)])
    plan = book.find("FIRE", agency_id="a", local=NOON)
    assert plan is not None
    assert len(plan.slots) == 1


def test_the_premises_plan_wins_over_the_areas_and_that_over_the_agencys() -> None:
    book = PlanBook(
        [
            make_row(agency="a", count=1, rank=9),
            make_row(area="River front", count=2),
            make_row(premise="12 Mill Rd., Ashby", count=3),
            make_row(area="River front", agency="a", priorities=(1,), count=4),
        ]
    )

    def slots_at(**place: Any) -> int:
        where = PlanPlace(**place)
        plan = book.find("FIRE", agency_id="a", local=NOON, place=where)
        assert plan is not None
        return len(plan.slots)

    river = frozenset({"River front", "B4"})
    assert slots_at() == 1
    assert slots_at(areas=river) == 4
    assert slots_at(areas=river, address="12  mill rd", municipality="Ashby") == 3
    assert slots_at(address="12 Mill Rd, Ashby") == 3
    assert slots_at(address="12 Mill Rd", municipality="Brill") == 1
    assert slots_at(address="112 Mill Rd", municipality="Ashby") == 1
    other = book.find("FIRE", agency_id="b", local=NOON, place=PlanPlace(river))
    assert other is not None
    assert (len(other.slots), other.id) == (2, "FIRE/* in River front")


def test_two_officers_are_two_slots_that_know_each_other_and_the_mode_is_the_plans() -> None:
    law = {"lead": "law", "discipline": "law", "capability": "patrol"}
    book = PlanBook([make_row(**law, officers=2, count=2, mode="normal")])
    plan = book.find("FIRE", agency_id="a", local=NOON)
    assert plan is not None
    assert [slot.second_of for slot in plan.slots] == [None, 0, None, 2]
    assert plan.mode == "normal"


def test_alarm_levels_add_up() -> None:
    book = PlanBook([make_row(), make_row(capability="ladder", alarm_level=2)])
    first = book.find("FIRE", agency_id="a", local=NOON)
    second = book.find("FIRE", agency_id="a", local=NOON, alarm_level=2)
    assert first is not None
    assert second is not None
    assert [len(first.slots), len(second.slots)] == [1, 2]


def test_a_type_without_a_plan_is_a_hole_and_no_error() -> None:
    assert PlanBook([make_row()]).find("FLOOD", agency_id="a", local=NOON) is None
    only_theirs = PlanBook([make_row(agency="b")])
    assert only_theirs.find("FIRE", agency_id="a", local=NOON) is None


def test_an_agreement_is_in_force_on_its_last_day_and_lapsed_on_the_next() -> None:
    last = date(2026, 6, 30)
    book = AgreementBook([Agreement(id="1", kind="mutual", lender="a", borrower="b", expires=last)])
    assert book.standing("a", "b", last).state == "in_force"
    assert book.standing("a", "b", date(2026, 7, 1)).state == "lapsed"
    assert book.standing("b", "a", last).state == "none"


def test_automatic_aid_goes_before_mutual_aid() -> None:
    book = AgreementBook(
        [
            Agreement(id="m", kind="mutual", lender="a", borrower="b"),
            Agreement(id="a", kind="automatic", lender="a", borrower="b", margin_s=60),
        ]
    )
    standing = book.standing("a", "b", date(2026, 1, 1))
    assert standing.agreement is not None
    assert standing.agreement.id == "a"
