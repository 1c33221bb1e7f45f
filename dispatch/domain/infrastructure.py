"""Faults of infrastructure: what a signal that is out, a shut bridge or a dry hydrant means. Pure.

A fault is no thing of its own on the board: it becomes the state of a road, a premise note, or
both, and ends with them.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

InfrastructureFault = Literal["signal_out", "bridge_shut", "hydrant_out", "main_out", "main_burst"]


class FaultEffect(NamedTuple):
    """What becomes of a fault.

    Attributes:
        words: How it is named on boards and to crews.
        speed_factor: Of the road at the spot, 0 for shut; None: the road is as ever.
        note_radius_m: How far around the spot a crew that is sent there is told; None: nobody is.
    """

    words: str
    speed_factor: float | None = None
    note_radius_m: float | None = None


FAULT_EFFECTS: Final[dict[InfrastructureFault, FaultEffect]] = {
    "signal_out": FaultEffect("Signal out", speed_factor=0.5),
    "bridge_shut": FaultEffect("Bridge shut", speed_factor=0.0),
    "hydrant_out": FaultEffect("Hydrant out of service", note_radius_m=150.0),
    "main_out": FaultEffect("Water main out of service", note_radius_m=400.0),
    "main_burst": FaultEffect("Water main burst", speed_factor=0.0, note_radius_m=400.0),
}
"""The half at a signal that is out, and how far a hydrant is missed, are assumptions."""


def said_of(fault: InfrastructureFault, text: str) -> str:
    """The fault in words with what the reporter adds, at most 200 characters."""
    words = FAULT_EFFECTS[fault].words
    return f"{words}: {text}"[:200] if text else words
