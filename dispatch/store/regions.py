"""Versions of a region: boundaries, roster, plans, agreements. Written once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import orjson
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Table, insert, select

from dispatch.domain.events import RegionActivated
from dispatch.domain.unit import Unit
from dispatch.domain.values import Discipline
from dispatch.store import tables as t
from jurisdictions.driving import DrivingRow
from jurisdictions.roster import DeliveryChannel, VolunteerRule
from jurisdictions.statuses import AgencyStatus

CasePolicy = Literal["automatic", "on_request"]


STATUS_CHECK_S: Final = 600.0
"""Officers on scene are asked for a word after ten minutes, where their agency says nothing."""

PAR_S: Final = 1200.0
"""Crews on a fireground are accounted for every twenty minutes, where their agency says nothing."""


@dataclass(frozen=True)
class AgencyPolicy:
    """How agencies number their cases and look after their crews, and the region's time zone."""

    time_zone: str = "UTC"
    case_policy: dict[str, CasePolicy] = field(default_factory=dict)
    case_prefix: dict[str, str] = field(default_factory=dict)
    case_template: dict[str, str] = field(default_factory=dict)
    status_check_s: dict[str, float] = field(default_factory=dict)
    par_s: dict[str, float] = field(default_factory=dict)
    scheduled_lead_s: dict[str, float] = field(default_factory=dict)
    on_task_s: dict[str, float] = field(default_factory=dict)
    talkgroups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    channels: dict[str, tuple[DeliveryChannel, ...]] = field(default_factory=dict)
    statuses: dict[str, tuple[AgencyStatus, ...]] = field(default_factory=dict)
    volunteers: dict[str, VolunteerRule] = field(default_factory=dict)
    disciplines: dict[str, Discipline] = field(default_factory=dict)
    agency_names: dict[str, str] = field(default_factory=dict)
    municipalities: tuple[str, ...] = ()


class Area(NamedTuple):
    """A geometry of a version with its properties."""

    geometry: BaseGeometry
    doc: dict[str, Any]


@dataclass(frozen=True)
class RegionRows:
    """All rows of one version. ``doc`` values are JSON objects in the order of the pack."""

    region: RegionActivated
    municipalities: Sequence[Area] = ()
    boundaries: Sequence[Area] = ()
    agencies: Sequence[dict[str, Any]] = ()
    stations: Sequence[dict[str, Any]] = ()
    units: Sequence[Unit] = ()
    plan_rows: Sequence[dict[str, Any]] = ()
    plan_areas: Sequence[Area] = ()
    agreements: Sequence[dict[str, Any]] = ()
    centres: Sequence[dict[str, Any]] = ()
    protocols: Sequence[dict[str, Any]] = ()
    determinants: Sequence[dict[str, Any]] = ()
    targets: Sequence[dict[str, Any]] = ()
    limits: Sequence[dict[str, Any]] = ()
    sops: Sequence[dict[str, Any]] = ()
    hospitals: Sequence[dict[str, Any]] = ()


def has_version(connection: Connection, version_id: str) -> bool:
    """Whether the version was loaded before."""
    query = select(t.region_version.c.id).where(t.region_version.c.id == version_id)
    return connection.scalar(query) is not None


def save_version(connection: Connection, rows: RegionRows, loaded_at: datetime) -> None:
    """Write a version, whole. It takes effect only with the event that activates it."""
    version_id = rows.region.region_version
    connection.execute(
        insert(t.region_version).values(
            id=version_id, loaded_at=loaded_at, doc=rows.region.model_dump_json()
        )
    )
    for table, areas in (
        (t.municipality, rows.municipalities),
        (t.boundary, rows.boundaries),
        (t.plan_area, rows.plan_areas),
    ):
        _insert(
            connection,
            table,
            version_id,
            [{"geometry": area.geometry, "doc": _json(area.doc)} for area in areas],
        )
    for table, docs in (
        (t.agency, rows.agencies),
        (t.station, rows.stations),
        (t.plan_row, rows.plan_rows),
        (t.agreement, rows.agreements),
        (t.centre, rows.centres),
        (t.protocol_program, rows.protocols),
        (t.determinant, rows.determinants),
        (t.stage_target, rows.targets),
        (t.status_limit, rows.limits),
        (t.sop_line, rows.sops),
        (t.hospital, rows.hospitals),
    ):
        _insert(connection, table, version_id, [{"doc": _json(doc)} for doc in docs])
    units = [{"unit_id": unit.id, "doc": unit.model_dump_json()} for unit in rows.units]
    _insert(connection, t.unit, version_id, units)


def load_version(connection: Connection, version_id: str) -> RegionRows:
    """Read a version, whole."""
    doc = connection.scalar(
        select(t.region_version.c.doc).where(t.region_version.c.id == version_id)
    )
    assert doc is not None, version_id
    return RegionRows(
        region=RegionActivated.model_validate_json(doc),
        municipalities=_areas(connection, t.municipality, version_id),
        boundaries=_areas(connection, t.boundary, version_id),
        agencies=_docs(connection, t.agency, version_id),
        stations=_docs(connection, t.station, version_id),
        units=[
            Unit.model_validate_json(row)
            for row in connection.scalars(
                select(t.unit.c.doc)
                .where(t.unit.c.version_id == version_id)
                .order_by(t.unit.c.position)
            )
        ],
        plan_rows=_docs(connection, t.plan_row, version_id),
        plan_areas=_areas(connection, t.plan_area, version_id),
        agreements=_docs(connection, t.agreement, version_id),
        centres=_docs(connection, t.centre, version_id),
        protocols=_docs(connection, t.protocol_program, version_id),
        determinants=_docs(connection, t.determinant, version_id),
        targets=_docs(connection, t.stage_target, version_id),
        limits=_docs(connection, t.status_limit, version_id),
        sops=_docs(connection, t.sop_line, version_id),
        hospitals=_docs(connection, t.hospital, version_id),
    )


def driving_rows(connection: Connection, version_id: str | None) -> list[DrivingRow]:
    """How the agencies of a version drive; none where none is active."""
    if version_id is None:
        return []
    docs = _docs(connection, t.agency, version_id)
    return [DrivingRow.model_validate(row) for doc in docs for row in doc.get("driving", ())]


def agency_policy(connection: Connection, version_id: str | None) -> AgencyPolicy:
    """Numbering and time zone of a version; UTC and no agencies where none is active.

    A fire agency that says nothing counts its crews every twenty minutes.
    An agency of the law that says nothing asks its officers on scene after ten minutes. An agency
    that says nothing numbers fire and EMS cases by itself, law cases on request.
    """
    if version_id is None:
        return AgencyPolicy()
    region_doc = connection.scalar(
        select(t.region_version.c.doc).where(t.region_version.c.id == version_id)
    )
    agencies = _docs(connection, t.agency, version_id)
    policy: dict[str, CasePolicy] = {}
    prefix: dict[str, str] = {}
    checks: dict[str, float] = {}
    counts: dict[str, float] = {}
    pools = {a["id"]: tuple(a["talkgroups"]) for a in agencies if a.get("talkgroups")}
    for agency in agencies:
        by_discipline: CasePolicy = "on_request" if agency["discipline"] == "law" else "automatic"
        policy[agency["id"]] = agency.get("case_policy") or by_discipline
        prefix[agency["id"]] = agency.get("case_prefix") or ""
        asked_s = agency.get("status_check_s")
        if asked_s is None and agency["discipline"] == "law":
            asked_s = STATUS_CHECK_S
        if asked_s:
            checks[agency["id"]] = asked_s
        counted_s = agency.get("par_s")
        if counted_s is None and agency["discipline"] == "fire":
            counted_s = PAR_S
        if counted_s:
            counts[agency["id"]] = counted_s
    zone = orjson.loads(region_doc)["time_zone"] if region_doc else "UTC"
    return AgencyPolicy(
        time_zone=zone,
        case_policy=policy,
        case_prefix=prefix,
        case_template={a["id"]: a["case_template"] for a in agencies if a.get("case_template")},
        status_check_s=checks,
        par_s=counts,
        scheduled_lead_s=_given(agencies, "scheduled_lead_s"),
        on_task_s=_given(agencies, "on_task_s"),
        talkgroups=pools,
        channels={a["id"]: _channels(a["channels"]) for a in agencies if a.get("channels")},
        statuses={
            a["id"]: tuple(AgencyStatus.model_validate(doc) for doc in a["statuses"])
            for a in agencies
            if a.get("statuses")
        },
        volunteers={
            a["id"]: VolunteerRule.model_validate(a["volunteers"])
            for a in agencies
            if a.get("volunteers")
        },
        disciplines={agency["id"]: agency["discipline"] for agency in agencies},
        agency_names={agency["id"]: agency["name"] for agency in agencies},
        municipalities=tuple(doc["name"] for doc in _docs(connection, t.municipality, version_id)),
    )


def _given(agencies: list[dict[str, Any]], name: str) -> dict[str, float]:
    """Seconds by agency, of those that say any."""
    return {a["id"]: a[name] for a in agencies if a.get(name) is not None}


def _channels(docs: list[dict[str, Any]]) -> tuple[DeliveryChannel, ...]:
    return tuple(DeliveryChannel.model_validate(doc) for doc in docs)


def _json(doc: dict[str, Any]) -> str:
    return orjson.dumps(doc).decode()


def _insert(
    connection: Connection, table: Table, version_id: str, rows: list[dict[str, Any]]
) -> None:
    numbered = [
        {"version_id": version_id, "position": position, **row} for position, row in enumerate(rows)
    ]
    if numbered:
        connection.execute(insert(table), numbered)


def _docs(connection: Connection, table: Table, version_id: str) -> list[dict[str, Any]]:
    query = select(table.c.doc).where(table.c.version_id == version_id).order_by(table.c.position)
    return [orjson.loads(doc) for doc in connection.scalars(query)]


def _areas(connection: Connection, table: Table, version_id: str) -> list[Area]:
    query = (
        select(table.c.geometry, table.c.doc)
        .where(table.c.version_id == version_id)
        .order_by(table.c.position)
    )
    return [Area(row.geometry, orjson.loads(row.doc)) for row in connection.execute(query)]
