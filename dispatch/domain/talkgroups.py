"""Which talkgroup an incident's leg speaks on: the first free one of its agency's pool. Pure.

A talkgroup is taken while an open leg holds it, so it is free again when that leg closes: nothing
is kept beside the legs, and so nothing can be forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dispatch.domain.incident import Incident


def talkgroups_in_use(incidents: Iterable[Incident]) -> frozenset[str]:
    """The talkgroups that open legs of open incidents hold, in the whole region."""
    return frozenset(
        leg.talkgroup
        for incident in incidents
        if incident.state == "open"
        for leg in incident.legs
        if leg.talkgroup is not None and leg.state != "closed"
    )


def free_talkgroup(pool: Sequence[str], in_use: Collection[str]) -> str | None:
    """The first of the pool, in the agency's own order, on which nobody else works.

    Returns:
        None where the agency has no pool or all of it is taken: nobody is sent to a talkgroup on
        which another incident works.
    """
    return next((talkgroup for talkgroup in pool if talkgroup not in in_use), None)
