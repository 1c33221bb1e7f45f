"""The region's policy in memory: boundaries, plans and agreements of one version, swapped whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from datetime import datetime
from zoneinfo import ZoneInfo

import shapely

from dispatch.domain.candidates import BeatPolicy, TurnoutTable
from dispatch.domain.commands import Advice
from dispatch.domain.errors import InvalidInput
from dispatch.domain.incident import Place
from dispatch.domain.substitution import SubstituteBook
from dispatch.domain.values import Discipline
from dispatch.store.regions import RegionRows
from geodata.lonlat import LonLat
from geodata.shapes import Point, Shape, centre_of
from jurisdictions.agreements import Agreement, AgreementBook
from jurisdictions.boundaries import Boundary, BoundarySet, Municipality
from jurisdictions.centres import Centre
from jurisdictions.driving import Driven, DrivingBook
from jurisdictions.hospitals import Hospital
from jurisdictions.limits import StatusLimit
from jurisdictions.plans import NOWHERE, Plan, PlanBook, PlanPlace, PlanRow
from jurisdictions.protocols import Determinant, DeterminantBook, ProtocolProgram
from jurisdictions.resolve import Resolution, resolve
from jurisdictions.roster import Agency, Station
from jurisdictions.sops import SopLine
from jurisdictions.targets import Stage, StageTarget, TargetBook
from jurisdictions.turnout import TurnoutBook

GATHERING_S = {"volunteer": 240.0, "combination": 140.0}
"""Turnout of agencies whose crews come from home: an assumption where ``turnout.csv`` says nothing
of them."""


class RegionPolicy:
    """Answers what boundaries, plans and agreements say, from one immutable version."""

    def __init__(self, rows: RegionRows) -> None:
        self.region = rows.region
        self.version = rows.region.region_version
        self.agencies = [Agency.model_validate(doc) for doc in rows.agencies]
        self.stations = [Station.model_validate(doc) for doc in rows.stations]
        self.municipalities = [
            Municipality(area.doc["name"], area.geometry) for area in rows.municipalities
        ]
        self.boundaries = BoundarySet(
            [boundary_of(area.doc, area.geometry) for area in rows.boundaries],
            self.municipalities,
            rows.region.border_m,
            self.version,
        )
        self.plans = PlanBook(PlanRow.model_validate(doc) for doc in rows.plan_rows)
        self._plan_areas = {area.doc["name"]: area.geometry for area in rows.plan_areas}
        shapely.prepare(list(self._plan_areas.values()))
        self.beats = BeatPolicy(
            within_s={a.id: a.beat_s for a in self.agencies if a.beat_s is not None},
            hold_s={a.id: a.beat_hold for a in self.agencies if a.beat_hold},
        )
        self.agreements = AgreementBook(Agreement.model_validate(doc) for doc in rows.agreements)
        self.hospitals = [Hospital.model_validate(doc) for doc in rows.hospitals]
        self.limits = [StatusLimit.model_validate(doc) for doc in rows.limits]
        self.sops = [SopLine.model_validate(doc) for doc in rows.sops]
        self.centres = [Centre.model_validate(doc) for doc in rows.centres]
        self.protocols = [ProtocolProgram.model_validate(doc) for doc in rows.protocols]
        self.determinants = DeterminantBook(
            Determinant.model_validate(doc) for doc in rows.determinants
        )
        self.targets = TargetBook(StageTarget.model_validate(doc) for doc in rows.targets)
        self._driving = DrivingBook(row for agency in self.agencies for row in agency.driving)
        self.turnout = TurnoutTable(
            by_agency_s={
                agency.id: GATHERING_S[agency.staffing]
                for agency in self.agencies
                if agency.staffing in GATHERING_S
            },
            book=TurnoutBook(row for agency in self.agencies for row in agency.turnout),
            staffing={agency.id: agency.staffing for agency in self.agencies},
        )
        self.substitutes = SubstituteBook({a.id: a.substitutes for a in self.agencies})
        self.volunteers = {a.id: a.volunteers for a in self.agencies if a.volunteers}
        self.query_kept_s = {
            a.id: a.query_kept_s for a in self.agencies if a.query_kept_s is not None
        }
        self.on_task_s = {a.id: a.on_task_s for a in self.agencies if a.on_task_s is not None}
        self.channels = {agency.id: agency.channels for agency in self.agencies}
        self._zone = ZoneInfo(rows.region.time_zone)

    def driven(
        self, agency_id: str, vehicle_class: str, at: datetime, *, lights: bool = True
    ) -> Driven:
        """How fast an agency drives at a time, and whether turn bans bind it."""
        hour = at.astimezone(self._zone).hour
        return self._driving.driven(
            agency=agency_id, vehicle_class=vehicle_class, hour=hour, lights=lights
        )

    def resolve(self, shape: Shape, at: datetime) -> Resolution:
        """The authorities for a shape at a time."""
        return resolve(self.boundaries, shape, at)

    def plan(
        self,
        incident_type: str,
        agency_id: str | None,
        at: datetime,
        *,
        storms: Container[str],
        priority: int | None = None,
        alarm_level: int = 1,
        place: Place | None = None,
    ) -> Plan | None:
        """The plan of the lead authority for a type, or None: a hole that the dispatcher sees.

        ``storms`` are the agencies that work by their storm plans. Without a ``place`` only plans
        that hold everywhere are looked at.
        """
        local = at.astimezone(self._zone)
        return self.plans.find(
            incident_type,
            agency_id=agency_id,
            local=local,
            priority=priority,
            alarm_level=alarm_level,
            storm=agency_id is not None and agency_id in storms,
            place=self._plan_place(incident_type, place, at),
        )

    def _plan_place(self, incident_type: str, place: Place | None, at: datetime) -> PlanPlace:
        """The areas and zones that a place lies in; nothing is looked up for a type without any."""
        if place is None or not self.plans.has_areas(incident_type):
            return NOWHERE
        point = LonLat(*place.at)
        drawn = {
            name
            for name, shape in self._plan_areas.items()
            if shapely.intersects_xy(shape, point.lon, point.lat)
        }
        found = self.resolve(Point(at=point), at).disciplines
        zones = {one.authority.zone for one in found if one.authority and one.authority.zone}
        return PlanPlace(frozenset(drawn | zones), place.address, place.municipality or "")

    def target_s(
        self, stage: Stage, agency_id: str | None, incident_type: str | None, at: datetime
    ) -> float | None:
        """The target of a stage that held at a moment, by the region's own calendar."""
        on = at.astimezone(self._zone).date()
        return self.targets.seconds(stage, agency_id=agency_id, incident_type=incident_type, on=on)

    def advise(
        self,
        incident_type: str,
        shape: Shape,
        at: datetime,
        *,
        storms: Container[str],
        priority: int | None = None,
        alarm_level: int = 1,
        before_level: int | None = None,
        place: Place | None = None,
    ) -> Advice:
        """What the region says of a type at a place.

        Args:
            incident_type: What happened.
            shape: Where.
            at: When; boundaries and plans may hold at some times only.
            priority: What the incident has now; None: the type's own.
            alarm_level: Of which alarm.
            before_level: The alarm that stood before: ``added`` says what is asked more.
            storms: Agencies that work by their storm plans.
            place: With its address, for plans of one address; without it the shape's centre counts.

        Raises:
            InvalidInput: The region knows no such type.
        """
        label = self.plans.labels.get(incident_type)
        if label is None:
            raise InvalidInput(
                f"There is no incident type {incident_type!r}.", field="incident_type"
            )
        resolution = self.resolve(shape, at)
        agency_of: dict[str, str] = {
            found.discipline: found.authority.agency_id
            for found in resolution.disciplines
            if found.authority is not None
        }
        lead: Discipline = self.plans.lead_of(incident_type)
        authority = agency_of.get(lead)
        where = place or Place(at=centre_of(shape), shape=shape)
        if where.municipality is None:
            where = where.model_copy(update={"municipality": resolution.municipality})

        def plan_at(level: int) -> Plan | None:
            return self.plan(
                incident_type,
                authority,
                at,
                priority=priority,
                alarm_level=level,
                storms=storms,
                place=where,
            )

        plan = plan_at(alarm_level)
        before = plan_at(before_level) if before_level else None
        disciplines = tuple(dict.fromkeys(slot.discipline for slot in plan.slots)) if plan else ()
        return Advice(
            type_label=label,
            priority=plan.priority if plan else self.plans.priority_of(incident_type),
            resolution=resolution,
            plan_id=plan.id if plan else None,
            lead=lead,
            disciplines=disciplines,
            added=_added(before, plan) if before and plan else (),
            region_version=self.version,
            agency_of=agency_of,
        )


def _added(before: Plan, after: Plan) -> tuple[Discipline, ...]:
    """Disciplines of which ``after`` wants more units than ``before``."""
    had = Counter(slot.discipline for slot in before.slots)
    wants = Counter(slot.discipline for slot in after.slots)
    return tuple(discipline for discipline in wants if wants[discipline] > had[discipline])


def boundary_doc(boundary: Boundary) -> dict[str, str | None]:
    """A boundary's properties as they are stored beside its geometry."""
    return {
        "agency_id": boundary.agency_id,
        "name": boundary.name,
        "discipline": boundary.discipline,
        "nguid": boundary.nguid,
        "zone": boundary.zone,
        "municipality": boundary.municipality,
        "effective": boundary.effective.isoformat() if boundary.effective else None,
        "expires": boundary.expires.isoformat() if boundary.expires else None,
    }


def boundary_of(doc: dict[str, str], geometry: object) -> Boundary:
    """The boundary that ``boundary_doc`` described."""
    times = {
        name: datetime.fromisoformat(doc[name]) if doc[name] else None
        for name in ("effective", "expires")
    }
    return Boundary(**{**doc, **times, "geometry": geometry})  # type: ignore[arg-type]  # as stored
