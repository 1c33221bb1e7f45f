"""Which slots of a plan still wait for a unit, given the units on the incident. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.domain.incident import Incident
from dispatch.domain.pairing import cheapest_pairs
from dispatch.domain.recommendation import Slot
from dispatch.domain.unit import Unit


def open_slots(incident: Incident, slots: Sequence[Slot], live: Sequence[Unit]) -> tuple[Slot, ...]:
    """The slots that a recommendation has to fill, with the index that they have in the plan.

    A leg that is closed wants nothing more. Each unit on the incident covers one slot, so that as
    many as possible are covered: by its capability, else, sent by override, any one of its
    discipline.

    Args:
        incident: With its legs as they stand.
        slots: All slots of its plan.
        live: The units on it now.
    """
    closed = {leg.discipline for leg in incident.legs if leg.state == "closed"}
    wanted = [slot for slot in slots if slot.discipline not in closed]
    if not wanted or not live:
        return tuple(wanted)
    cover = np.zeros((len(wanted), len(live)))
    for row, slot in enumerate(wanted):
        for column, unit in enumerate(live):
            if unit.discipline == slot.discipline:
                cover[row, column] = 1000.0 if slot.capability in unit.capabilities else 1.0
    rows, columns = cheapest_pairs(cover, maximize=True)
    covered = {
        row for row, column in zip(rows, columns, strict=True)
        if cover[row, column] > 0
    }  # fmt: skip
    return tuple(slot for row, slot in enumerate(wanted) if row not in covered)
