"""What somebody may look for among past calls, and what of it they may be shown. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.call import Call
from dispatch.domain.errors import InvalidInput, NotAllowed
from dispatch.domain.incident import Incident
from dispatch.domain.redaction import Profile, redact_call, redact_incident
from dispatch.domain.values import (
    AgencySet,
    Discipline,
    Id,
    Priority,
    ShortText,
    UtcTime,
    Value,
    may_see,
)

DIGITS_MIN: Final = 4
"""Fewer digits of a number are everybody's."""
WORDS_MIN: Final = 3
SPAN_MOST: Final = timedelta(days=366)


class Sought(Value):
    """What is looked for: all that is given must hold. ``digits`` are those of a number's end."""

    digits: ShortText = ""
    name: ShortText = ""
    place: ShortText = ""
    since: UtcTime
    until: UtcTime

    def words(self) -> str:
        """The same for the record of who looked."""
        given = [
            f"{title} {value}"
            for title, value in (("number", self.digits), ("name", self.name), ("at", self.place))
            if value
        ]
        span = f"{self.since:%Y-%m-%dT%H:%MZ} to {self.until:%Y-%m-%dT%H:%MZ}"
        return f"{', '.join(given) or 'all'}; {span}"[:200]


def sought(
    profile: Profile, *, number: str, name: str, place: str, since: datetime, until: datetime
) -> Sought:
    """What may be looked for.

    Args:
        profile: Of who looks: one that may not read numbers or names may not look for them either.
        number: As it was typed; its digits count.
        name: Of the caller, or a part of it.
        place: Words of an address, a cross street or a town.
        since: The first moment; and
        until: the last: at most a year after it.

    Raises:
        InvalidInput: Too short to find anything by, or too long a time.
        NotAllowed: This profile may not look for numbers or names.
    """
    digits = "".join(letter for letter in number if letter.isdigit())
    name, place = " ".join(name.split()), " ".join(place.split())
    if (number.strip() or name) and profile != "full":
        raise NotAllowed("Callers' numbers and names are not yours to look for.")
    if number.strip() and len(digits) < DIGITS_MIN:
        raise InvalidInput(f"At least {DIGITS_MIN} digits of the number.", field="number")
    for field, words in (("name", name), ("place", place)):
        if words and len(words) < WORDS_MIN:
            raise InvalidInput(f"At least {WORDS_MIN} letters.", field=field)
    if not since < until:
        raise InvalidInput("The time must begin before it ends.", field="since")
    if until - since > SPAN_MOST:
        raise InvalidInput("At most a year at once.", field="since")
    return Sought(digits=digits, name=name, place=place, since=since, until=until)


class PastCall(Value):
    """A call with what became of it, as this viewer may read it."""

    call: Call
    incident_id: Id | None
    number: ShortText = ""
    type_label: ShortText = ""
    priority: Priority | None = None
    address: ShortText = ""
    cross_street: ShortText = ""
    municipality: ShortText = ""
    state: ShortText = ""
    dispositions: tuple[tuple[Discipline, ShortText], ...] = ()


def past_call(
    call: Call, incident: Incident | None, agencies: AgencySet, profile: Profile
) -> PastCall | None:
    """The call and its incident for this viewer; None when it is not theirs to see."""
    if not may_see(agencies, call.audience):
        return None
    shown = redact_call(call, profile)
    if incident is None or not may_see(agencies, incident.audience):
        return PastCall(call=shown, incident_id=None)
    seen = redact_incident(incident, profile)
    return PastCall(
        call=shown,
        incident_id=seen.id,
        number=seen.number,
        type_label=seen.type_label,
        priority=seen.priority,
        address=seen.place.address,
        cross_street=seen.place.cross_street,
        municipality=seen.place.municipality or "",
        state=seen.state,
        dispositions=tuple(
            (leg.discipline, leg.disposition) for leg in seen.legs if leg.disposition
        ),
    )


def is_at(incident: Incident | None, call: Call, place: str) -> bool:
    """Whether all words of a place stand in the address, the cross street, the town, or in what
    the caller said of it.
    """
    parts = [call.said]
    if incident is not None:
        where = incident.place
        parts += [where.address, where.cross_street, where.municipality or ""]
    text = " ".join(parts).casefold()
    return all(word in text for word in place.casefold().split())
