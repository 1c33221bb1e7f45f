"""The line of an agency's procedure that is shown where a step is done: ``sops.csv``."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import Field

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import read_rows
from jurisdictions.values import Value

SOPS: Final = "sops.csv"
LINE_MOST: Final = 140
"""Characters: two lines on every screen. What is longer is read by nobody at that moment."""

SopStep = Literal[
    "call", "dispatch", "enroute", "scene", "close", "crew_enroute", "crew_scene", "crew_transport"
]
SOP_STEPS: Final[tuple[SopStep, ...]] = get_args(SopStep)
"""The call-taker's form; a part that waits for a unit, has one on its way, one there, none any
more; and on the crew's own screen the way there, the scene and the transport.
"""


class SopLine(Value):
    """A row of ``sops.csv``. ``agency`` empty: every agency's. ``incident_type`` empty: of any.

    An agency's own row goes before everybody's, and of those one for the type before one for any.
    """

    step: SopStep
    line: str = Field(min_length=1, max_length=LINE_MOST)
    agency: str = ""
    incident_type: str = ""


def read_sops(
    folder: Path, findings: Findings, agencies: Names, types: Collection[str]
) -> list[SopLine]:
    """The lines; none where there is no such file. Two rows for the same are a mistake.

    Args:
        folder: The pack.
        findings: Where mistakes are noted.
        agencies: Those of the pack.
        types: Incident types that its plans know.
    """
    if not (folder / SOPS).is_file():
        return []
    seen: dict[tuple[str, str, str], int] = {}
    lines = []
    for cells in read_rows(folder, SOPS, findings):
        step = cells.one_of("step", SOP_STEPS)
        text = cells.filled("line")
        agency = cells.text("agency") and cells.known("agency", agencies)
        incident_type = cells.text("incident_type")
        if len(text) > LINE_MOST:
            cells.wrong("line", f"it has {len(text)} characters, at most {LINE_MOST}: two lines")
        if incident_type and types and incident_type not in types:
            cells.wrong("incident_type", f"{incident_type} is not in response_plans.csv")
        key = (step, agency, incident_type)
        if cells.good and key in seen:
            cells.wrong("step", f"the same stands on line {seen[key]} already")
        seen.setdefault(key, cells.line)
        if cells.good:
            lines.append(SopLine(step=step, line=text, agency=agency, incident_type=incident_type))
    return lines
