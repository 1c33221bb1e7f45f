"""The region's policy in memory: boundaries, plans and agreements of one version, swapped whole."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from jurisdictions.plans import Plan

from dispatch.domain.commands import Advice
from dispatch.domain.errors import InvalidInput
from dispatch.domain.values import Discipline
from dispatch.store.regions import StoredRegion
from geodata.shapes import Shape
from jurisdictions.resolve import Resolution, resolve


class RegionPolicy:
    """Answers what boundaries and plans say, from one immutable version."""

    def __init__(self, stored: StoredRegion) -> None:
        self.stored = stored
        self.version = stored.region.region_version

    @cached_property
    def incident_types(self) -> dict[str, str]:
        """Label by incident type, in the order of the plans."""
        return self.stored.plans.labels

    def resolve(self, shape: Shape, at: datetime) -> Resolution:
        """The authorities for a shape at a time."""
        return resolve(self.stored.boundaries, shape, at)

    def plan(self, incident_type: str, agency_id: str | None, at: datetime) -> Plan | None:
        """The plan of the lead authority for a type, or None: a hole that the dispatcher sees."""
        return self.stored.plans.find(incident_type, agency_id=agency_id, at=at)

    def advise(self, incident_type: str, shape: Shape, at: datetime) -> Advice:
        """What the region says of a type at a place.

        Raises:
            InvalidInput: The region knows no such type.
        """
        if incident_type not in self.incident_types:
            raise InvalidInput(
                f"There is no incident type {incident_type!r}.", field="incident_type"
            )
        resolution = self.resolve(shape, at)
        agency_of: dict[str, str] = {
            found.discipline: found.authority.agency_id
            for found in resolution.disciplines
            if found.authority is not None
        }
        lead: Discipline = self.stored.plans.lead_of(incident_type)
        plan = self.plan(incident_type, agency_of.get(lead), at)
        disciplines = tuple(dict.fromkeys(slot.discipline for slot in plan.slots)) if plan else ()
        return Advice(
            type_label=self.incident_types[incident_type],
            priority=plan.priority if plan else self.stored.plans.priority_of(incident_type),
            resolution=resolution,
            plan_id=plan.id if plan else None,
            lead=lead,
            disciplines=disciplines,
            region_version=self.version,
            agency_of=agency_of,
        )
