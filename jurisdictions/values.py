"""The base of all values here, and the words for disciplines and their NENA service names."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Discipline = Literal["law", "fire", "ems"]
DISCIPLINES: tuple[Discipline, ...] = ("law", "fire", "ems")

SERVICE_URNS: dict[str, Discipline] = {
    "urn:service:sos.police": "law",
    "urn:service:sos.fire": "fire",
    "urn:service:sos.ambulance": "ems",
    "urn:nena:service:sos.police": "law",
    "urn:nena:service:sos.fire": "fire",
    "urn:nena:service:sos.ambulance": "ems",
}
"""Discipline by service URN (RFC 5031 section 4.2; NENA-STA-006 ServiceURN)."""


class Value(BaseModel):
    """Frozen and closed: an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
