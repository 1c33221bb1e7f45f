"""Restrictions of size in a work zone feed: those of the event, and those of all its open lanes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from dispatch.interop.feed_item import Limits

_FIELDS: Final = {
    "reduced-height": "max_height_m",
    "reduced-width": "max_width_m",
    "reduced-weight": "max_weight_t",
    "gross-weight-limit": "max_weight_t",
}
"""``RestrictionType`` to what it limits. A load by axle, a length or a word alone limits nothing
here: the hub does not know these of its units."""

_METRES: Final = {"feet": 0.3048, "inches": 0.0254, "centimeters": 0.01}
_TONNES: Final = {"pounds": 0.00045359237, "tons": 0.90718474, "kilograms": 0.001}
_LANES_APART: Final = frozenset(
    (
        "shoulder", "bike-lane", "sidewalk", "parking", "median", "exit-lane", "exit-ramp",
        "entrance-lane", "entrance-ramp", "two-way-center-turn-lane", "center-left-turn-lane",
    )
)  # fmt: skip
"""``LaneType`` of what is no way around a restricted lane."""


def limits_of(properties: dict[str, Any]) -> Limits:
    """The sizes that may not pass: by the event, or by every lane that is open.

    Where the open lanes have different limits the widest way counts.
    """
    found = _read(properties.get("restrictions"))
    lanes = [
        lane
        for lane in properties.get("lanes") or []
        if isinstance(lane, dict)
        and lane.get("status") != "closed"
        and lane.get("type") not in _LANES_APART
    ]
    each = [_read(lane.get("restrictions") or lane.get("lane_restrictions")) for lane in lanes]
    for field in _FIELDS.values():
        values = [limits[field] for limits in each if field in limits]
        if values and len(values) == len(lanes):
            found[field] = min(max(values), found.get(field, math.inf))
    return Limits(**found)


def _read(given: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for restriction in given if isinstance(given, list) else ():
        if not isinstance(restriction, dict):
            continue
        for field, limit in _limit(restriction):
            found[field] = min(limit, found.get(field, math.inf))
    return found


def _limit(restriction: dict[str, Any]) -> Iterable[tuple[str, float]]:
    """Field and limit in metres or tonnes; nothing where it states no value and unit."""
    kind = restriction.get("type") or restriction.get("restriction_type")
    field = _FIELDS.get(str(kind))
    value = restriction.get("value", restriction.get("restriction_value"))
    unit = restriction.get("unit") or restriction.get("restriction_units")
    per_unit = (_TONNES if field == "max_weight_t" else _METRES).get(str(unit))
    if field is None or per_unit is None or not isinstance(value, int | float) or value <= 0:
        return
    limit = round(value * per_unit, 3)
    if limit <= (200.0 if field == "max_weight_t" else 20.0):  # what is larger binds nobody
        yield field, limit
