"""Positions: what each workstation answers for, who sits at it, and whether anything is left over.

Pure. A position is a set of agencies, disciplines, areas and talkgroups. Folded into another, it is
answered for there until somebody takes it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from dispatch.domain.values import EVERYONE, Actor, Discipline, Id, ShortText, UtcTime, Value


class Position(Value):
    """A workstation. Empty ``agencies`` or ``municipalities`` mean all; disciplines are named.

    ``held_by`` is the account that sits at it; ``folded_into`` the position that answers for it
    while nobody does.
    """

    id: Id
    name: ShortText = ""
    disciplines: Annotated[tuple[Discipline, ...], Field(min_length=1)]
    agencies: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    municipalities: Annotated[tuple[ShortText, ...], Field(max_length=200)] = ()
    talkgroups: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    held_by: Id | None = None
    held_by_name: ShortText = ""
    folded_into: Id | None = None
    since: UtcTime
    """Since when it is held, folded or empty as it is now."""

    def covers(self, discipline: Discipline, agency_id: str | None, area: str | None) -> bool:
        """Whether it answers for this. What has no agency or no area yet is everybody's."""
        return (
            discipline in self.disciplines
            and (not self.agencies or agency_id is None or agency_id in self.agencies)
            and (not self.municipalities or area is None or area in self.municipalities)
        )


class Gap(Value):
    """An agency for which nobody answers, in one area; ``municipality`` None: nowhere."""

    agency_id: Id
    municipality: ShortText | None = None


def answered_by(positions: Iterable[Position]) -> dict[str, list[Position]]:
    """By held position: itself and those folded into it."""
    known = list(positions)
    held = {position.id: [position] for position in known if position.held_by is not None}
    for position in known:
        if position.held_by is None and position.folded_into in held:
            held[position.folded_into].append(position)
    return held


def answers_for(
    positions: Iterable[Position],
    actor: Actor,
    discipline: Discipline,
    agency_id: str | None,
    area: str | None,
) -> bool:
    """Whether it is this person's to end or change what is this agency's alone.

    An agency's own account answers for its agencies. One of the centre answers by the positions
    that it holds and those folded into them. What nobody at a position answers for is everybody's,
    and so is what has no agency.

    Args:
        positions: All of the centre's. Where there are none, everybody answers for everything.
        actor: Who gives the command.
        discipline: Of the part that it is about.
        agency_id: Whose part it is.
        area: The municipality that it lies in.
    """
    if actor.role == "hub" or agency_id is None:
        return True
    if EVERYONE not in actor.agencies:
        return agency_id in actor.agencies
    known = list(positions)
    holders = {position.id: position.held_by for position in known}
    answering = {
        holders[held]
        for held, parts in answered_by(known).items()
        if any(part.covers(discipline, agency_id, area) for part in parts)
    }
    return not answering or actor.account_id in answering


def uncovered(
    disciplines: Mapping[str, Discipline],
    municipalities: Sequence[str],
    positions: Iterable[Position],
) -> tuple[Gap, ...]:
    """Every agency and area for which no held position answers.

    Args:
        disciplines: By agency of the region.
        municipalities: Of the region, in its order.
        positions: All of the centre's. Where there are none, everybody answers for everything.

    Returns:
        By agency id; an agency that nobody answers for anywhere is named once, without area.
    """
    known = list(positions)
    if not known:
        return ()
    answering = [part for parts in answered_by(known).values() for part in parts]
    gaps: list[Gap] = []
    for agency_id in sorted(disciplines):
        discipline = disciplines[agency_id]
        of_agency = [p for p in answering if p.covers(discipline, agency_id, None)]
        if any(not position.municipalities for position in of_agency):
            continue
        left = [
            area
            for area in municipalities
            if not any(position.covers(discipline, agency_id, area) for position in of_agency)
        ]
        if len(left) == len(municipalities):
            gaps.append(Gap(agency_id=agency_id))
        else:
            gaps += [Gap(agency_id=agency_id, municipality=area) for area in left]
    return tuple(gaps)
