"""A small region, its people and roads that answer at once, for tests that run a hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine

from dispatch.domain.board import Board
from dispatch.domain.commands import ActivateRegion
from dispatch.domain.errors import RoadsUnavailable
from dispatch.domain.events import RegionActivated
from dispatch.domain.values import HUB_ACTOR
from dispatch.roads.protocol import Ahead, PathFound, Paths, Placed, Ranking, RankUnit, RoadsStatus
from dispatch.services.accounts import create_account
from dispatch.services.region import boundary_doc
from dispatch.store.regions import Area, RegionRows, save_version
from dispatch.store.unit_of_work import Writer
from geodata.lonlat import LonLat, distance_m
from jurisdictions.hospitals import Hospital
from jurisdictions.plans import PlanRow
from jurisdictions.protocols import Determinant, ProtocolProgram
from jurisdictions.roster import Agency, Station
from jurisdictions.statuses import AgencyStatus
from jurisdictions.targets import StageTarget
from tests.factories import NOON, make_unit
from tests.region_factories import make_boundary, square
from tests.servers import free_port

NETWORK = "network-of-tests"
STATION_AT = LonLat(9.505, 47.104)

TEN_CODES = (
    AgencyStatus(code="10-50", label="Assigned", core="DP"),
    AgencyStatus(code="10-76", label="Responding", core="ER", allowed_from=("10-50",)),
    AgencyStatus(code="10-23", label="Arrived", core="OS", allowed_from=("10-50", "10-76")),
    AgencyStatus(
        code="10-6", label="With the party", core="OS", allowed_from=("10-23",), shortcut="BUSY"
    ),
    AgencyStatus(
        code="10-8",
        label="In service",
        core="AV",
        allowed_from=("10-50", "10-76", "10-23", "10-6"),
    ),
    AgencyStatus(code="10-7", label="Meal", core="OOS"),
)
"""Codes of an agency that has its own."""

AGENCIES = [
    Agency(id="fire-a", name="Ashby Fire", discipline="fire", municipality="Ashby"),
    Agency(id="ems-a", name="Ashby EMS", discipline="ems", municipality="Ashby"),
    Agency(
        id="law-a",
        name="Ashby Police",
        discipline="law",
        municipality="Ashby",
        blocking_types=("THEFT",),
    ),
    Agency(id="fire-b", name="Brill Fire", discipline="fire", municipality="Brill"),
    Agency(
        id="law-b",
        name="Brill Police",
        discipline="law",
        municipality="Brill",
        statuses=TEN_CODES,
    ),
]

TARGETS = [
    StageTarget(stage="ready", seconds=60, incident_type="FIRE"),
    StageTarget(stage="ready", seconds=45, agency="fire-a", incident_type="FIRE"),
    StageTarget(stage="first_unit", seconds=90, agency="fire-a"),
]

_CARDS_URL = "https://cards.example/run?id={run_id}&tel={callback}&at={lat},{lon}&what={address}"
PROTOCOLS = [
    ProtocolProgram(id="EMD", name="Medical cards", discipline="ems", url=_CARDS_URL),
    ProtocolProgram(id="FIRE", name="Fire cards", discipline="fire", url="cards:run/{call_id}"),
    ProtocolProgram(id="OLD", name="Old cards", discipline="ems", url="https://old.example/"),
]
DETERMINANTS = [
    Determinant(discipline="fire", determinant="69-D-*", incident_type="FIRE", label="On fire"),
    Determinant(discipline="fire", determinant="68-A-1", incident_type="SMELL"),
    Determinant(discipline="ems", determinant="17-D-3", incident_type="FALL", priority=2),
    Determinant(
        discipline="ems", determinant="17-D-3", incident_type="FALL", agency="ems-a", label="Fall"
    ),
]


WEST_PORT = free_port()
"""Where the other centre's system of a test listens."""

PEOPLE: dict[str, dict[str, str]] = {
    "cato": {"role": "call_taker"},
    "nora": {"role": "dispatcher"},  # signs in where sessions are counted, and nowhere else
    "dana": {"role": "dispatcher"},
    "dirk": {"role": "dispatcher"},
    "sven": {"role": "supervisor"},
    "crew-e12": {"role": "responder", "agency_id": "fire-a", "unit_id": "E12"},
    "crew-p7": {"role": "responder", "agency_id": "law-b", "unit_id": "P7"},
    "mayor-a": {"role": "municipal_admin", "municipality": "Ashby"},
    "mayor-b": {"role": "municipal_admin", "municipality": "Brill"},
    "audrey": {"role": "auditor"},
    "hugo": {"role": "hub_admin"},
    "lines": {"role": "call_system"},
    "cards": {"role": "protocol_system"},
    "trackers": {"role": "tracking_system"},
    "trackers-fire-a": {"role": "tracking_system", "agency_id": "fire-a"},
    "cards-fire-b": {"role": "protocol_system", "agency_id": "fire-b"},
    "brill-desk": {"role": "dispatcher", "agency_id": "law-b"},
    "ashby-desk": {"role": "dispatcher", "agency_id": "fire-a"},
    "lock-me-out": {"role": "call_taker"},
    "lock-me-at-once": {"role": "call_taker"},
    "lock-me-everywhere": {"role": "call_taker"},
}


Over = dict[str, dict[str, Any]]
"""By agency id: what is another of it."""


def region_rows(version: str = "region-1", over: Over | None = None) -> RegionRows:
    """Two towns side by side, each a kilometre wide, with an engine, a medic and police."""
    region = RegionActivated(
        region_version=version,
        name="Two Towns",
        time_zone="Europe/Vaduz",
        border_m=50.0,
        network_id=NETWORK,
    )
    towns = {"Ashby": square(0, 0), "Brill": square(1, 0)}
    discipline = {agency.id: agency.discipline for agency in AGENCIES}
    boundaries = [
        make_boundary(
            agency.id,
            towns[agency.municipality],
            discipline=agency.discipline,
            municipality=agency.municipality,
        )
        for agency in AGENCIES
    ]
    units = [
        ("E12", "fire-a", "engine"),
        ("E13", "fire-a", "engine"),
        ("M1", "ems-a", "als"),
        ("P1", "law-a", "patrol"),
        ("E21", "fire-b", "engine"),
        ("P7", "law-b", "patrol"),
    ]
    plans: list[dict[str, Any]] = [
        {"incident_type": "FIRE", "label": "Building fire", "lead": "fire", "priority": 1,
         "discipline": "fire", "capability": "engine", "count": 1},
        {"incident_type": "FIRE", "label": "Building fire", "lead": "fire", "priority": 1,
         "discipline": "ems", "capability": "als", "count": 1},
        {"incident_type": "FIRE", "label": "Building fire", "lead": "fire", "priority": 1,
         "discipline": "fire", "capability": "engine", "count": 1, "alarm_level": 2},
        {"incident_type": "FIRE", "label": "Building fire", "lead": "fire", "priority": 1,
         "discipline": "fire", "capability": "engine", "count": 1, "profile": "storm"},
        {"incident_type": "SMELL", "label": "Odd smell", "lead": "fire", "priority": 3,
         "discipline": "fire", "capability": "engine", "count": 1},
        {"incident_type": "FALL", "label": "Fall", "lead": "ems", "priority": 1,
         "discipline": "ems", "capability": "als", "count": 1},
        {"incident_type": "FALL", "label": "Fall", "lead": "ems", "priority": 1,
         "discipline": "law", "capability": "patrol", "count": 1},
        {"incident_type": "THEFT", "label": "Theft", "lead": "law", "priority": 4,
         "discipline": "law", "capability": "patrol", "count": 1},
    ]  # fmt: skip
    return RegionRows(
        region=region,
        municipalities=[Area(area, {"name": name}) for name, area in towns.items()],
        boundaries=[Area(b.geometry, boundary_doc(b)) for b in boundaries],
        agencies=[
            agency.model_copy(update=(over or {}).get(agency.id, {})).model_dump(mode="json")
            for agency in AGENCIES
        ],
        stations=[Station(code="ST1", kind="station", at=STATION_AT).model_dump(mode="json")],
        units=[
            make_unit(
                unit_id,
                agency_id=agency_id,
                discipline=discipline[agency_id],
                capabilities=(capability,),
                home=STATION_AT,
            )
            for unit_id, agency_id, capability in units
        ],
        hospitals=[
            Hospital(id="MERCY", name="Mercy", at=STATION_AT, capabilities=("trauma",)).model_dump(
                mode="json"
            )
        ],
        plan_rows=[PlanRow(**row).model_dump(mode="json") for row in plans],
        protocols=[program.model_dump(mode="json") for program in PROTOCOLS],
        determinants=[row.model_dump(mode="json") for row in DETERMINANTS],
        centres=[
            {"id": "EAST", "name": "Eastshore 911", "phone": "555-0191"},
            {"id": "WEST", "name": "West", "eido_url": f"http://127.0.0.1:{WEST_PORT}/eido"},
            {"id": "DOWN", "name": "Down", "eido_url": "https://down.example/eido"},
        ],
        targets=[target.model_dump(mode="json") for target in TARGETS],
        sops=[
            {"step": "scene", "line": "Ask command for a size-up.", "incident_type": "FIRE"},
        ],
    )


def make_region(engine: Engine, version: str = "region-1", over: Over | None = None) -> None:
    """Store the region, with what is another of its agencies, and activate it."""
    rows = region_rows(version, over)
    with engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            save_version(writing, rows, NOON)
    writer = Writer(engine)
    writer.start()
    activate = ActivateRegion(command_id=f"activate-{version}", actor=HUB_ACTOR, region=rows.region)
    writer.submit(activate).result(timeout=30)
    writer.stop()


def make_people(engine: Engine, password: str) -> None:
    """An account for each role and for some agencies, by sign-in name."""
    with engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            for login, fields in PEOPLE.items():
                create_account(writing, login=login, name=login, password=password, **fields)


class FakeRoads:
    """Roads as straight lines, driven at 10 metres a second; ``silent`` ones answer nothing."""

    def __init__(self, board: Callable[[], Board]) -> None:
        self._board = board
        self.silent = False

    def _answer(self) -> None:
        if self.silent:
            raise RoadsUnavailable("The roads did not answer.")

    async def rank(self, target: LonLat, units: Sequence[RankUnit], **options: Any) -> Ranking:
        self._answer()
        seconds = tuple(distance_m(LonLat(*unit.at), target) / 10 for unit in units)
        return Ranking(seconds, self._board().seq, NETWORK, False)

    async def paths(self, target: LonLat, units: Sequence[RankUnit], **options: Any) -> Paths:
        self._answer()
        lines = [(LonLat(*unit.at), LonLat(*target)) for unit in units]
        found = tuple(PathFound(distance_m(*line) / 10, line) for line in lines)
        return Paths(found, self._board().seq, (None,) * len(options.get("compared", ())))

    async def match(self, line: Sequence[LonLat], direction: str, **options: Any) -> Placed:
        self._answer()
        if line[0].lat > 60:
            return Placed((), 0.0, "no road within 30 m", NETWORK)
        return Placed((1, 2), 0.97, "", NETWORK)

    async def ahead(self, at: LonLat, *, reach_m: float, **options: Any) -> Ahead:
        self._answer()
        if at.lat > 60:
            return Ahead((), (), False, "", NETWORK)
        line = (LonLat(*at), LonLat(at.lon + reach_m / 75_600, at.lat))
        directed = bool(options.get("way")) or options.get("heading_deg") is not None
        return Ahead((1, 2), line, directed, "Mill Rd", NETWORK)

    async def status(self, **options: Any) -> RoadsStatus:
        self._answer()
        return RoadsStatus(self._board().seq, NETWORK, 2, 2, 0, (), 1.0, 1.0)

    async def close(self) -> None:
        """Nothing is open."""
