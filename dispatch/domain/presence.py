"""Who is at a console now, what they have open, whether they type; not in the log.

Pure values; how they travel is ``realtime``'s matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dispatch.domain.incident import Incident
from dispatch.domain.values import AgencySet, Id, ShortText, Value, may_see


class Presence(Value):
    """One console of the floor. ``incident_id`` is what it has open, None: nothing."""

    account_id: Id
    name: ShortText
    incident_id: Id | None = None
    typing: bool = False


def seen_presence(
    people: Iterable[Presence], incidents: Mapping[str, Incident], agencies: AgencySet
) -> tuple[Presence, ...]:
    """The same as these agencies may see it: nobody learns of an incident by who looks at it."""
    found = []
    for person in people:
        incident = incidents.get(person.incident_id or "")
        if person.incident_id and (incident is None or not may_see(agencies, incident.audience)):
            person = person.model_copy(update={"incident_id": None, "typing": False})
        found.append(person)
    return tuple(sorted(found, key=lambda p: (p.name, p.account_id, p.incident_id or "")))
