"""The units that a pack made from OSM is assumed to have: one fixed template for each station."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

Template = tuple[tuple[str, str, str, int], ...]
UnitRow = tuple[str, str, str, str, str, str]
"""agency, unit, kind, station, capabilities, staffing"""

FIRE: Final[Template] = (
    ("engine", "E{n}", "engine;suppression;first_response", 4),
    ("engine", "E{n}-2", "engine;suppression", 4),
    ("chief", "C{n}", "command", 1),
)
ODD_FIRE: Final[Template] = (("ladder", "L{n}", "ladder;ventilation", 3),)
EVEN_FIRE: Final[Template] = (("rescue", "R{n}", "rescue;extrication;water_rescue", 3),)
EMS: Final[Template] = (
    ("medic", "M{n}", "als;transport", 2),
    ("medic", "M{n}-2", "als;transport", 2),
    ("ambulance", "A{n}", "bls;transport", 2),
    ("ambulance", "A{n}-2", "bls;transport", 2),
)
LAW: Final[Template] = (("patrol", "P{n}", "patrol;traffic", 1),)
PATROLS_MIN: Final = 4


def assumed_units(
    fire: Sequence[tuple[str, str]],
    ems: Sequence[tuple[str, str]],
    law: Sequence[tuple[str, str]],
    municipalities: int,
) -> list[UnitRow]:
    """Two engines and a chief at each fire station, with a ladder or a rescue in turn; two medic
    units and two ambulances at each EMS station; one patrol for each municipality, four at least.

    Args:
        fire: (agency, station code) of each fire station.
        ems: The same for ambulance stations.
        law: The same for police stations, at least one; patrols are dealt out among them.
        municipalities: How many there are.

    Returns:
        Rows whose callsigns are unique.
    """
    rows: list[UnitRow] = []
    for number, (agency, code) in enumerate(fire, start=1):
        rows += _crew(agency, code, (*FIRE, *(ODD_FIRE if number % 2 else EVEN_FIRE)), number)
    for number, (agency, code) in enumerate(ems, start=1):
        rows += _crew(agency, code, EMS, number)
    for number in range(1, max(PATROLS_MIN, municipalities) + 1):
        agency, code = law[number % len(law)]
        rows += _crew(agency, code, LAW, number)
    return rows


def _crew(agency: str, station: str, template: Template, number: int) -> Iterator[UnitRow]:
    for kind, callsign, capabilities, crew in template:
        yield agency, callsign.format(n=number), kind, station, capabilities, str(crew)
