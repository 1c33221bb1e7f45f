"""Column types that are alike on both databases: UTC times and geometry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import shapely
from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from shapely.geometry.base import BaseGeometry
from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine

SRID = 4326


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime; naive ones are refused. SQLite keeps it as UTC text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Shapes(TypeDecorator[BaseGeometry]):
    """A shapely geometry in WGS 84: PostGIS geometry, or WKB on SQLite. Versioned tables only."""

    impl = LargeBinary
    cache_ok = True
    spatial_index = False  # these three are read by GeoAlchemy2's table hooks
    use_N_D_index = False  # noqa: N815  (GeoAlchemy2's own name)
    management = False

    def __init__(self, kind: str = "GEOMETRY") -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        if dialect is not None and dialect.name == "postgresql":
            return dialect.type_descriptor(Geometry(self.kind, srid=SRID, spatial_index=False))
        return LargeBinary()

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        with_srid = shapely.set_srid(value, SRID)
        in_postgis = dialect.name == "postgresql"
        return shapely.to_wkb(with_srid, hex=in_postgis, include_srid=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        if value is None:
            return None
        raw = value.data if isinstance(value, WKBElement) else value
        return shapely.from_wkb(bytes(raw) if isinstance(raw, memoryview) else raw)
