"""Response plans of the made-up county, and how often each type happens. Invented, and says so.

What a crew would find plausible: no ladder at chest pains, no ambulance at a parking complaint.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One incident type: its slots by (discipline, capability, count), its share of a year's calls.

    ``rhythm`` names the hours at which it happens; ``officer`` work begins with a crew on scene.
    """

    type: str
    label: str
    lead: str
    priority: int
    slots: tuple[tuple[str, str, int], ...]
    share: float
    rhythm: str = "day"
    officer: bool = False
    more: tuple[tuple[tuple[str, str, int], ...], ...] = ()
    """What the second alarm adds, the third, and so on."""
    storm: tuple[tuple[str, str, int], ...] = ()
    """The first alarm while the agency works by its storm plans; empty: the same."""
    officers: int = 1
    """2: of the law two officers come, on one unit or on two."""


_ALS = (("ems", "als", 1), ("ems", "transport", 1))
_BLS = (("ems", "transport", 1),)
_ENGINE = ("fire", "engine", 1)
_POLICE = (("law", "patrol", 1),)
_TWO_POLICE = (("law", "patrol", 2),)
_SECOND = (
    ("fire", "engine", 2),
    ("fire", "ladder", 1),
    ("fire", "command", 1),
    ("ems", "transport", 1),
)
_THIRD = (("fire", "engine", 2), ("fire", "ladder", 1), ("ems", "als", 1))
_MORE_CREWS = (("fire", "engine", 1), ("ems", "als", 1), ("ems", "transport", 1))

PLANS = (
    Plan(
        "CARDIAC_ARREST",
        "Cardiac or respiratory arrest, unconscious",
        "ems",
        1,
        (*_ALS, _ENGINE, *_POLICE),
        0.9,
    ),
    Plan("CARDIAC", "Chest pain, cardiac emergency", "ems", 1, _ALS, 3.6),
    Plan("BREATHING", "Breathing problem, choking, allergic reaction", "ems", 1, _ALS, 3.8),
    Plan("STROKE", "Stroke", "ems", 1, _ALS, 1.3),
    Plan("SEIZURE", "Seizure", "ems", 2, _ALS, 1.3),
    Plan("OVERDOSE", "Overdose, poisoning", "ems", 1, (*_ALS, *_POLICE), 1.1, "evening"),
    Plan("TRAUMA_MAJOR", "Haemorrhage, amputation, burns, electrocution", "ems", 1, _ALS, 0.9),
    Plan("TRAUMA_MINOR", "Fall, fracture, laceration, bite", "ems", 3, _BLS, 5.6),
    Plan("ALTERED", "Altered mental status, fainting, diabetic", "ems", 2, _ALS, 3.0),
    Plan("SICK", "Sick person, pain, weakness", "ems", 3, _BLS, 6.2),
    Plan("MATERNITY", "Maternity", "ems", 2, _ALS, 0.3, "any"),
    Plan("MEDICAL_ALARM", "Medical alert alarm, unknown medical", "ems", 3, _BLS, 1.7),
    Plan(
        "VIOLENCE",
        "Shooting, stabbing, assault",
        "law",
        1,
        (("law", "patrol", 2), *_ALS),
        0.7,
        "evening",
    ),
    Plan(
        "STRUCTURE_FIRE",
        "Building fire",
        "fire",
        1,
        (
            ("fire", "engine", 3),
            ("fire", "ladder", 1),
            ("fire", "rescue", 1),
            ("fire", "command", 1),
            *_ALS,
            *_POLICE,
        ),
        0.5,
        "evening",
        more=(_SECOND, _THIRD),
    ),
    Plan(
        "FIRE_ALARM",
        "Automatic fire alarm",
        "fire",
        2,
        (("fire", "engine", 1), ("fire", "ladder", 1)),
        3.4,
        storm=(_ENGINE,),
    ),
    Plan(
        "FIRE_INVESTIGATION",
        "Smoke or odour investigation, unknown fire",
        "fire",
        2,
        (_ENGINE,),
        0.9,
        "evening",
    ),
    Plan(
        "APPLIANCE_FIRE",
        "Appliance or chimney fire",
        "fire",
        2,
        (("fire", "engine", 2), ("fire", "ladder", 1), ("fire", "command", 1)),
        0.3,
        "evening",
        more=(_SECOND,),
        storm=(_ENGINE, ("fire", "command", 1)),
    ),
    Plan("VEHICLE_FIRE", "Vehicle fire", "fire", 2, (_ENGINE, *_POLICE), 0.4),
    Plan("OUTSIDE_FIRE", "Woods, field, rubbish fire", "fire", 2, (_ENGINE,), 0.7),
    Plan("ELECTRICAL_HAZARD", "Wires down, electrical fire outside", "fire", 2, (_ENGINE,), 0.7),
    Plan(
        "GAS_LEAK",
        "Gas odour or leak",
        "fire",
        2,
        (("fire", "engine", 1), ("fire", "command", 1)),
        0.6,
        storm=(_ENGINE,),
    ),
    Plan("CO_ALARM", "Carbon monoxide detector", "fire", 2, (_ENGINE, *_BLS), 0.5, "evening"),
    Plan(
        "HAZMAT",
        "Hazardous materials, fuel spill",
        "fire",
        2,
        (("fire", "engine", 2), ("fire", "command", 1), *_POLICE),
        0.2,
    ),
    Plan("RESCUE_ELEVATOR", "Lift rescue", "fire", 3, (("fire", "ladder", 1),), 0.2),
    Plan(
        "RESCUE_TECHNICAL",
        "Technical or general rescue, industrial accident",
        "fire",
        1,
        (("fire", "engine", 1), ("fire", "rescue", 1), ("fire", "command", 1), *_ALS),
        0.1,
    ),
    Plan(
        "WATER_RESCUE",
        "Water rescue, drowning",
        "fire",
        1,
        (("fire", "engine", 1), ("fire", "water_rescue", 2), ("fire", "command", 1), *_ALS),
        0.1,
    ),
    Plan("FIRE_SERVICE", "Fire special service, standby", "fire", 4, (_ENGINE,), 0.5),
    Plan(
        "MVA_INJURY",
        "Vehicle accident with injury or entrapment",
        "ems",
        1,
        (("fire", "engine", 1), ("fire", "extrication", 1), *_ALS, *_POLICE),
        1.9,
        "commute",
        more=(_MORE_CREWS,),
    ),
    Plan("MVA", "Vehicle accident, no injury", "law", 2, _POLICE, 5.2, "commute"),
    Plan("DISABLED_VEHICLE", "Disabled vehicle", "law", 4, _POLICE, 2.6, "commute"),
    Plan("ROAD_HAZARD", "Road obstruction, debris, hazard", "law", 3, _POLICE, 1.6, "commute"),
    Plan(
        "MASS_CASUALTY",
        "Train, bus or plane crash",
        "fire",
        1,
        (
            ("fire", "engine", 4),
            ("fire", "ladder", 1),
            ("fire", "rescue", 2),
            ("fire", "command", 2),
            ("ems", "als", 4),
            ("ems", "transport", 4),
            ("law", "patrol", 4),
        ),
        0.005,
    ),
    Plan("POLICE", "Weapon, bomb, active shooter", "law", 1, _TWO_POLICE, 0.5, "evening"),
    Plan("DOMESTIC", "Domestic dispute", "law", 2, _POLICE, 3.6, "evening", officers=2),
    Plan("DISTURBANCE", "Disturbance, fight, noise", "law", 3, _POLICE, 5.2, "night"),
    Plan("BURGLARY", "Burglary in progress or found", "law", 2, _TWO_POLICE, 1.3, "night"),
    Plan("THEFT", "Theft, vandalism, report only", "law", 4, _POLICE, 3.6),
    Plan("SUSPICIOUS", "Suspicious person or vehicle", "law", 3, _POLICE, 5.0, "evening"),
    Plan("WELFARE_CHECK", "Welfare check", "law", 3, _POLICE, 3.0),
    Plan("ALARM_LAW", "Burglar or hold-up alarm", "law", 2, _TWO_POLICE, 4.0, "any"),
    Plan("MENTAL_HEALTH", "Mental health crisis", "law", 2, (*_TWO_POLICE, *_BLS), 1.2, "evening"),
    Plan("PARKING", "Parking complaint", "law", 4, _POLICE, 1.4),
    Plan("TRAFFIC_STOP", "Traffic stop", "law", 4, _POLICE, 11.0, "patrol", officer=True),
    Plan(
        "PROPERTY_CHECK", "Property or foot patrol", "law", 4, _POLICE, 6.0, "patrol", officer=True
    ),
)


_ROUTINE = 3
"""From this priority on the first unit may take longer."""

HOSPITAL_COLUMNS = ("hospital", "name", "lon", "lat", "capabilities")

LIMIT_COLUMNS = ("status", "seconds", "agency", "priority")
LIMITS = (
    ("waiting", "60", "", "1"),
    ("waiting", "120", "", "2"),
    ("waiting", "300", "", "3"),
    ("waiting", "900", "", "0"),
    ("DP", "120", "", "1"),
    ("DP", "240", "", "0"),
    ("ER", "900", "", "1"),
    ("ER", "1800", "", "0"),
    ("AH", "1800", "", "0"),
)
"""Rows of ``limits.csv`` in ``LIMIT_COLUMNS``. Invented."""

SOP_COLUMNS = ("step", "line", "agency", "incident_type")
SOPS = (
    ("call", "Is everybody out? Nobody goes back in. Close the doors behind you.", "",
     "STRUCTURE_FIRE"),
    ("dispatch", "Second alarm on the word of the first officer, or two calls that see flames.", "",
     "STRUCTURE_FIRE"),
    ("scene", "Ask command for a size-up, then for the first PAR.", "", "STRUCTURE_FIRE"),
    ("crew_scene", "Size-up by radio, then command by name. Two out before two in.", "",
     "STRUCTURE_FIRE"),
    ("close", "Ask command whether the utilities and the owner were told.", "", "STRUCTURE_FIRE"),
    ("call", "Count the hurt. Is anybody trapped? Does anything burn or leak?", "", "MVA_INJURY"),
    ("scene", "Ask the first unit for lanes blocked and patients by colour.", "", "MVA_INJURY"),
    ("crew_transport", "Give the hospital age, complaint and minutes away.", "", ""),
)  # fmt: skip
"""Rows of ``sops.csv`` in ``SOP_COLUMNS``. Invented."""

STATUS_COLUMNS = ("agency", "code", "label", "core", "allowed_from", "shortcut")
TEN_CODES = (
    ("10-50", "Assigned", "DP", "", ""),
    ("10-76", "Responding", "ER", "10-50", ""),
    ("10-23", "Arrived", "OS", "10-50;10-76", ""),
    ("10-6", "With the party", "OS", "10-23", "BUSY"),
    ("10-15", "Prisoner aboard", "TR", "10-23;10-6", ""),
    ("10-19", "At the station with a prisoner", "AH", "10-15", ""),
    ("10-8", "In service", "AV", "10-50;10-76;10-23;10-6;10-15;10-19", ""),
    ("10-7", "Meal", "OOS", "", ""),
    ("10-42", "End of tour", "OOS", "", ""),
)
"""Of ``statuses.csv`` after the agency: codes of one that keeps its own. Invented."""

CENTRE_COLUMNS = ("centre", "name", "phone")
CENTRES = (
    ("EAST", "Eastshore County 911", "+1-555-0191"),
    ("STATE", "State Police Communications", "+1-555-0192"),
)
"""Rows of ``centres.csv``. Invented."""

DETERMINANT_COLUMNS = ("discipline", "determinant", "incident_type", "priority", "label")
DETERMINANTS = tuple(
    (p.lead, f"{card}-{level}*", p.type, "" if level == "D" else str(p.priority + 1), p.label)
    for card, p in enumerate((p for p in PLANS if p.lead != "law"), start=1)
    for level in ("B", "D")
)
"""Rows of ``determinants.csv``: a card for each type, B below D. Invented."""

TARGET_COLUMNS = ("stage", "seconds", "agency", "incident_type", "effective")
TARGETS = (
    ("answered", "15", "", "", ""),
    ("located", "40", "", "", ""),
    ("typed", "50", "", "", ""),
    ("ready", "60", "", "", ""),
    ("first_unit", "106", "", "", ""),
    ("first_unit", "90", "", "", "2020-01-01"),
    ("cpr_recognised", "90", "", "", ""),
    *(("first_unit", "300", "", p.type, "") for p in PLANS if p.priority >= _ROUTINE),
)
"""Rows of ``targets.csv`` in ``TARGET_COLUMNS``; one of them holds from a date on. Invented."""
