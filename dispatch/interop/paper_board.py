"""The paper board: open incidents and units as a PDF, to work by when every screen is dark.

Black on white, the header and its time on every page.
It prints a board as it is given; what a viewer may see is decided before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch.domain.assignment import Assignment
from dispatch.domain.board import BoardSnapshot
from dispatch.domain.cross_staffing import parked_by
from dispatch.domain.incident import Incident
from dispatch.domain.outside import OutsideUnit
from dispatch.domain.unit import Unit, status_of

NOTES_SHOWN = 3

_HEAD = """#set document(title: {title}, date: none)
#set page(paper: "a4", flipped: true, margin: (x: 10mm, top: 18mm, bottom: 12mm),
  header: text(size: 11pt, weight: "bold")[#{title} #h(1fr) as of #{as_of} #h(1fr)
    page #context counter(page).display("1 of 1", both: true)])
#set text(size: 9pt, font: ("DejaVu Sans Mono", "Libertinus Serif"))
#set table(stroke: 0.4pt + luma(120), inset: 3pt)
"""


def paper_board(
    board: BoardSnapshot, at: datetime, time_zone: str, *, training: bool = False
) -> bytes:
    """The board as a PDF.

    Args:
        board: As the viewer may see it.
        at: When it stood so.
        time_zone: In which times are printed, for example ``America/New_York``.
        training: Whether its title says that nothing on it is real.

    Returns:
        The document's bytes.
    """
    import typst  # dear to import: a hub that starts again must stream first

    return typst.compile(paper_source(board, at, time_zone, training=training).encode())


def paper_source(
    board: BoardSnapshot, at: datetime, time_zone: str, *, training: bool = False
) -> str:
    """The same as Typst source; every text of the board stands in it as a string, never as code."""
    zone = ZoneInfo(time_zone)
    name = board.region.name if board.region else "Dispatch"
    if training:
        name = f"TRAINING, NOT REAL: {name}"
    live: dict[str, list[Assignment]] = {}
    for assignment in board.assignments:
        if assignment.live:
            live.setdefault(assignment.incident_id, []).append(assignment)
    by_unit = {a.unit_id: a for on in live.values() for a in on}
    numbers = {incident.id: incident.number for incident in board.incidents}
    as_of = at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    incidents = sorted(board.incidents, key=_order)
    parts = [
        _HEAD.format(title=typst_text(f"{name}: paper board"), as_of=typst_text(as_of)),
        _incidents(incidents, live, zone),
        _units(board.units, by_unit, numbers),
    ]
    return "\n".join(parts)


def typst_text(words: str) -> str:
    """Words as a Typst string: quotes and backslashes escaped, no line breaks."""
    flat = " ".join(words.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(columns: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = ", ".join(f"strong({typst_text(head)})" for head in heads)
    cells = ",\n  ".join(", ".join(typst_text(cell) for cell in row) for row in rows)
    body = f",\n  {cells}" if cells else ""
    return f"#table(columns: {columns}, table.header({header}){body})"


def _incidents(incidents: list[Incident], live: dict[str, list[Assignment]], zone: ZoneInfo) -> str:
    rows = []
    for incident in incidents:
        place = incident.place
        where = " / ".join(part for part in (place.address, place.cross_street) if part)
        lat_lon = f"{place.at[1]:.5f}, {place.at[0]:.5f}"
        crews = [
            " ".join(part for part in (a.unit_id, a.code, a.agency_code) if part)
            for a in live.get(incident.id, [])
        ]
        waits = "WAITS" if incident.pending else "" if incident.scheduled else "no unit"
        crews += [_promise(one, zone) for one in incident.outside if one.standing]
        units = ", ".join(crews) or waits
        hazards = [f"HAZARD {hazard.text}" for hazard in incident.hazards if hazard.level == 3]
        notes = [note.text for note in incident.notes[-NOTES_SHOWN:]]
        rows.append(
            (
                incident.number,
                str(incident.priority),
                incident.created_at.astimezone(zone).strftime("%H:%M"),
                "; ".join([incident.type_label, *_parts_apart(incident)]),
                f"{where or 'no address'}, {place.municipality or ''} ({lat_lon})",
                "; ".join(part for part in (_planned(incident, zone), units) if part),
                "; ".join([*hazards, *notes]),
            )
        )
    heads = ("Number", "P", "Since", "Type", "Where", "Units", "Hazards, notes")
    columns = "(auto, auto, auto, 1.2fr, 2fr, 1.2fr, 2.4fr)"
    title = f'#text(size: 12pt, weight: "bold")[#{typst_text(f"Open incidents: {len(rows)}")}]'
    return f"{title}\n{_table(columns, heads, rows)}"


def _order(incident: Incident) -> tuple[object, ...]:
    """What waits, then what is worked, then what is for later, by its time."""
    schedule = incident.schedule
    if schedule is not None and incident.scheduled:
        return (2, 0, schedule.wanted_at)
    return (0 if incident.pending else 1, incident.most_urgent, incident.created_at)


def _parts_apart(incident: Incident) -> list[str]:
    """``EMS P2 Breathing problem`` of each open part that is another than the whole."""
    whole = incident.asked_of(None)
    apart = []
    for leg in incident.legs:
        asked = incident.asked_of(leg.discipline)
        if leg.state != "closed" and asked != whole:
            label = "" if asked.type_label == whole.type_label else f" {asked.type_label}"
            apart.append(f"{leg.discipline.upper()} P{asked.priority}{label}")
    return apart


def _planned(incident: Incident, zone: ZoneInfo) -> str:
    """``SCHEDULED 2026-11-26 14:00, keeps M14``; of one whose time has come: ``WANTED 14:00``."""
    schedule = incident.schedule
    if schedule is None:
        return ""
    local = schedule.wanted_at.astimezone(zone)
    when = f"SCHEDULED {local:%Y-%m-%d %H:%M}" if incident.scheduled else f"WANTED {local:%H:%M}"
    return when + (f", keeps {' '.join(schedule.unit_ids)}" if schedule.unit_ids else "")


def _promise(one: OutsideUnit, zone: ZoneInfo) -> str:
    """``O1 Fairview E5 (engine) PROMISED 12:40``: what nobody here sees move."""
    at = one.arrived_at if one.state == "arrived" and one.arrived_at else one.eta_at
    what = f"{one.label} ({', '.join(one.capabilities)})"
    return f"{what} {one.state.upper()} {at.astimezone(zone).strftime('%H:%M')}"


def _units(units: Iterable[Unit], by_unit: dict[str, Assignment], numbers: dict[str, str]) -> str:
    rows = []
    by_id = {unit.id: unit for unit in units}
    for unit in sorted(by_id.values(), key=lambda u: (u.discipline, u.agency_id, u.id)):
        on = by_unit.get(unit.id)
        where = numbers.get(on.incident_id, "") if on else ""
        if unit.duty == "out_of_service":
            where = " ".join(said for said in (unit.duty_code, unit.duty_reason) if said)
        elif (other := parked_by(unit, by_id, by_unit)) is not None:
            where = f"PARKED: crew out with {other}"
        crew = str(unit.staffing)
        rows.append((unit.id, status_of(unit, on), unit.kind, crew, unit.station, where))
    heads = ("Unit", "Is", "Kind", "Crew", "Station", "On, or why out")
    title = f'#text(size: 12pt, weight: "bold")[#{typst_text(f"Units: {len(rows)}")}]'
    columns = "(auto, auto, auto, auto, auto, 1fr)"
    return f"#v(4mm)\n{title}\n#columns(2)[{_table(columns, heads, rows)}]"
