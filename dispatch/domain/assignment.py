"""An assignment: one unit on one incident. State lives here; which steps are legal is a table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.values import AgencySet, Discipline, Id, ShortText, UtcTime, Value
from geodata.lonlat import LonLat

AssignmentStatus = Literal[
    "dispatched", "enroute", "staged", "on_scene", "transporting", "at_hospital", "cleared"
]
StatusCode = Literal["AV", "DP", "ER", "ST", "OS", "TR", "AH", "OOS"]
AckChannel = Literal["device", "voice"]

CODES: dict[AssignmentStatus, StatusCode] = {
    "dispatched": "DP",
    "enroute": "ER",
    "staged": "ST",
    "on_scene": "OS",
    "transporting": "TR",
    "at_hospital": "AH",
    "cleared": "AV",
}

UNDER_WAY: frozenset[AssignmentStatus] = frozenset({"dispatched", "enroute"})
"""On the way to the incident, or about to be."""

TRANSPORTS: frozenset[AssignmentStatus] = frozenset({"transporting", "at_hospital"})
"""With a patient aboard, or handing one over."""
NOT_ARRIVED: frozenset[AssignmentStatus] = UNDER_WAY | {"staged"}
"""Released from one of these, a unit leaves its part of the work undone."""

TRANSITIONS: dict[AssignmentStatus, frozenset[AssignmentStatus]] = {
    "dispatched": frozenset({"enroute", "staged", "on_scene", "cleared"}),
    "enroute": frozenset({"staged", "on_scene", "cleared"}),
    "staged": frozenset({"enroute", "on_scene", "cleared"}),
    "on_scene": frozenset({"transporting", "cleared"}),
    "transporting": frozenset({"at_hospital", "cleared"}),
    "at_hospital": frozenset({"cleared"}),
    "cleared": frozenset(),
}
"""The common core of APCO 1.116.2: what may follow what."""


class PageResponse(Value):
    """What somebody who was paged has answered. ``volunteer`` is a number of the agency's roster,
    never a name."""

    volunteer: Id
    skills: tuple[ShortText, ...] = ()
    answer: Literal["responding", "not_coming"]
    answered_at: UtcTime
    """When they said so; without a link that is earlier than the hub heard it."""
    arrives_at: UtcTime | None = None
    """When they will be at the station; None: they did not say."""


class PlaceCorrection(Value):
    """The address became another after the unit was sent: its crew must acknowledge that one.

    Attributes:
        at: When it was corrected, the last time.
        was: What the crew last answered for, or was sent to; address and municipality.
        was_at: Its point, WGS 84 degrees, (lon, lat).
        to: The address now, which is to be acknowledged.
        to_at: Its point.
        moved_m: Metres from ``was_at`` to ``to_at``.
        revision: Of the assignment that says so; an older one answers for the old address alone.
        due_at: When its silence grows louder next; None: no more.
        step: How often it was made louder.
    """

    at: UtcTime
    was: ShortText
    was_at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    to: ShortText
    to_at: Annotated[LonLat, Field(description="[lon, lat] in WGS 84 degrees")]
    moved_m: float
    revision: int
    due_at: UtcTime | None = None
    step: int = 0
    acknowledged_at: UtcTime | None = None
    acknowledged_by: AckChannel | None = None


class StatusTime(Value):
    """A status that the crew had, in the order in which it happened.

    Attributes:
        at: When the crew pressed it, or was heard to say it.
        heard_at: When the hub took it in.
        late: Whether a later status stood by then, which it left as it was.
    """

    status: AssignmentStatus
    agency_code: ShortText = ""
    at: UtcTime
    heard_at: UtcTime
    late: bool = False


class Assignment(Value):
    """One unit on one incident, from sending to release.

    ``revision`` rises with each change; a device answers for the revision that it has seen.
    ``route`` is the path that the recommendation knew, along the roads open then; ``travel_s`` its
    seconds, None when the route was unknown.
    """

    id: Id
    incident_id: Id
    unit_id: Id
    agency_id: Id
    discipline: Discipline
    revision: int = 1
    status: AssignmentStatus = "dispatched"
    agency_code: ShortText = ""
    """Its agency's own code for ``status``; empty: the agency has none of its own."""
    status_at: UtcTime
    status_device_at: UtcTime | None = None
    status_times: tuple[StatusTime, ...] = ()
    """Its statuses since it was sent, by when they happened; older assignments lack them."""
    assigned_at: UtcTime
    assigned_by: Id
    recommendation_id: Id | None = None
    override_reason: ShortText | None = None
    mode: Literal["lights", "normal"] | None = None
    """How its crew is to drive; None: no plan says."""
    travel_s: float | None = None
    route: tuple[Annotated[LonLat, Field()], ...] = ()
    turns_waived: int = 0
    """How many turns of ``route`` a sign forbids to others, which its agency waives for it."""
    rerouted_at: UtcTime | None = None
    """When ``route`` was last replaced, since a road had changed; None: it is the first one."""
    reroute_reason: ShortText = ""
    received_at: UtcTime | None = None
    seen_at: UtcTime | None = None
    """When it first stood on the crew's lit screen; None: not yet, or nobody can say."""
    acknowledged_at: UtcTime | None = None
    acknowledged_by: AckChannel | None = None
    escalation: int = 0
    """How often its silence was made louder: 0 none, 1 repeat, 2 second position, 3 supervisor."""
    ack_due_at: UtcTime | None = None
    """When its silence grows louder next; None: no more, or nobody waits for an answer."""
    check_due_at: UtcTime | None = None
    """When the crew must be heard of; None while no status check runs."""
    checks_missed: int = 0
    """How often the silence after ``check_due_at`` was made louder."""
    place_correction: PlaceCorrection | None = None
    """The last correction of the address since it was sent; None: it is the one it was sent to."""
    hazard_read_at: UtcTime | None = None
    """When the crew said that it has read the hazard; None: not yet, or there is none."""
    hospital_id: Id | None = None
    """Where its transport goes; None: nobody has said, or it transports nobody."""
    staff_min: dict[str, int] = Field(default_factory=dict)
    """People by skill who must have answered the page; empty: it waits for nobody."""
    staff_due_at: UtcTime | None = None
    responses: tuple[PageResponse, ...] = ()
    staffed_at: UtcTime | None = None
    """When those who answered were a crew; None: not yet, or no more."""
    unstaffed_at: UtcTime | None = None
    """When they should have been one and were not: the next due must go."""
    arrived_at: UtcTime | None = None
    """When it was first on scene; None: never, or taken back."""
    released_at: UtcTime | None = None
    audience: AgencySet

    @property
    def live(self) -> bool:
        """True until the unit is released from the incident."""
        return self.released_at is None

    @property
    def arrived(self) -> bool:
        """Whether it has been on scene."""
        return self.arrived_at is not None

    @property
    def code(self) -> StatusCode:
        """The status as crews and consoles write it."""
        return CODES[self.status]
