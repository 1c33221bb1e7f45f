"""The recorded calls of a region pack as happenings that can be played."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from dispatch.simulation.scenario import Happening
from jurisdictions.pack_checks import CALLS
from jurisdictions.recorded_calls import BadCall, read_calls


def happenings_of(
    folder: Path, incident_types: Collection[str], *, doubtful: bool = False
) -> Iterator[Happening]:
    """The calls of a pack in the order of its file.

    Args:
        folder: Of the pack.
        incident_types: Those that the hub's region knows; others are left out.
        doubtful: Also rows that are flagged as bad: far away, repeated, without a municipality.

    Raises:
        BadCall: The file's header lacks a column.
        OSError: There is no such file.
    """
    for call in read_calls(folder / CALLS):
        if isinstance(call, BadCall) or call.incident_type not in incident_types:
            continue
        if call.bad and not doubtful:
            continue
        yield Happening(
            received_at=call.received_at,
            at=call.at,
            incident_type=call.incident_type,
            priority=call.priority,
            address=call.address,
            municipality=call.municipality,
            found_by_crew="officer_initiated" in call.flags,
        )
