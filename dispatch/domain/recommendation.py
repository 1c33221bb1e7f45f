"""What a recommendation is: slots, picks, and every nearer unit that was not picked, with reasons.

Values only; the rule that makes one is in ``recommend``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.substitution import StandIn
from dispatch.domain.values import AgencySet, Discipline, Id, ShortText, UtcTime, Value
from geodata.lonlat import LonLat
from jurisdictions.plans import Mode

ReasonCode = Literal[
    "nearest",
    "joint_best",
    "only_capable",
    "substitute",
    "aid_agreement",
    "no_agreement",
    "agreement_lapsed",
    "assigned",
    "out_of_service",
    "lacks_capability",
    "unstaffed",
    "fix_stale",
    "no_fix",
    "no_route",
    "slower_by_road",
    "slower_turnout",
    "slot_taken",
    "phone_only",
    "route_estimated",
    "unconfirmed_block",
    "closure_on_way",
    "limit_on_way",
    "beat_unit",
    "other_beat",
    "beat_busy",
    "two_officers",
    "crew_out",
    "staffed_now",
    "page_unanswered",
    "own_speed",
    "turns_waived",
    "reserved",
    "reserved_for_it",
    "off_roads",
]

FixSource = Literal["fix", "stale_fix", "quarters", "station"]
"""On whose word a unit is ranked from where: its fix, an old one, its quarters by rule, or its
station for want of anything better."""


class Reason(Value):
    """A coded reason with its sentence of eight words or fewer."""

    code: ReasonCode
    text: ShortText


class Slot(Value):
    """One place in the plan: a capability that one unit must bring."""

    index: int
    discipline: Discipline
    capability: ShortText
    second_of: int | None = None
    """The slot whose second officer this is: a unit with two on board fills both."""
    stand_ins: tuple[StandIn, ...] = ()
    """What may stand in for it, the cheapest first, by the agency that answers for the incident;
    older recommendations lack it."""


class Without(Value):
    """The way that a pick would have with every road open, where it is another than its own."""

    travel_s: float
    route: tuple[Annotated[LonLat, Field()], ...] = ()
    avoids: tuple[ShortText, ...] = ()
    """What stands in that way, in driving order: closures and limits in words."""


class Pick(Value):
    """The unit proposed for a slot.

    ``travel_s`` is along the open roads, None when no route is known; ``eta_low_s`` and
    ``eta_high_s`` enclose turnout and travel. ``cost_s`` is what the joint solution weighed.
    """

    slot: int
    discipline: Discipline
    capability: ShortText
    unit_id: Id
    agency_id: Id
    aid: bool
    agreement_id: ShortText | None = None
    travel_s: float | None
    turnout_s: float
    eta_low_s: float | None
    eta_high_s: float | None
    cost_s: float
    estimated: bool
    fix_source: FixSource
    fix_age_s: float | None
    reasons: tuple[Reason, ...]
    route: tuple[Annotated[LonLat, Field()], ...] = ()
    also_slot: int | None = None
    """The slot of the second officer that it fills besides."""
    without: Without | None = None
    """None: closures and limits cost it nothing, or nobody has asked."""
    speed_share: float = 1.0
    """The share of the roads' usual speed that its seconds rest on: its agency's own."""
    waives_turns: bool = False
    """Its agency waives turn bans for it: its seconds and its way may go through them."""
    congestion: float = 1.0
    """How much it feels of what is slow because of traffic, 0 to 1: its agency's own share."""
    turns_waived: int = 0
    """How many turns of ``route`` a sign forbids to others."""


class PassedOver(Value):
    """A unit nearer than a pick of its discipline that was not picked, and why.

    ``nearer_than`` is that pick's unit; None where the slot stays open, and this unit has the
    capability but cannot go.
    """

    unit_id: Id
    agency_id: Id
    discipline: Discipline
    travel_s: float | None
    nearer_than: Id | None
    reasons: tuple[Reason, ...]


class Recommendation(Value):
    """Frozen advice with its inputs: what the dispatcher sees and accepts by ``id``."""

    id: Id
    incident_id: Id
    incident_revision: int
    made_at: UtcTime
    board_seq: int
    """The event number of the board that it was computed from."""
    roads_seq: int | None
    """The event number of the roads' closures; None when the roads did not answer."""
    network_id: ShortText | None
    region_version: Id
    plan_id: ShortText | None
    slots: tuple[Slot, ...]
    picks: tuple[Pick, ...]
    unfilled: tuple[int, ...]
    """Slots that no unit can fill."""
    passed_over: tuple[PassedOver, ...]
    mode: Mode = "lights"
    """How the plan has its crews drive; older recommendations lack it."""
    part_modes: dict[Discipline, Mode] = Field(default_factory=dict)
    """Of parts that have a type or priority of their own: how their plans do, where not alike."""
    degraded: tuple[ShortText, ...] = ()
    """Inputs that were missing or old, in words: ``roads did not answer``."""
    audience: AgencySet = ()
    """Who may see it: the incident's audience when it was frozen. Empty until then."""

    def mode_of(self, discipline: Discipline) -> Mode:
        """How crews of a discipline drive."""
        return self.part_modes.get(discipline, self.mode)
