"""A message in words, for receivers that are read by people. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dispatch.adapters.adapter import Message


def headline(message: Message) -> str:
    """One line that says whom it is for and what to do, the act first.

    A cancel says which incident it is about, so that nobody turns back from another.
    """
    what = f"{message.type_label}, {place_of(message)} ({message.incident_number})"
    whom = message.unit_id or f"PRE-ALERT {message.station}"
    if message.about == "cancel":
        return f"CANCEL {whom}: {what}"
    if message.about == "pre_alert":
        return f"{whom}: {what}"
    if message.about == "update":
        return f"CHANGED {changed_words(message)}: {whom}: {what}"
    return f"{message.unit_id}: {what}"


def changed_words(message: Message) -> str:
    """``ADDRESS AND TYPE``: what an update corrects, as a heading."""
    names = [change.what.upper() for change in message.changed]
    return " AND ".join((", ".join(names[:-1]), names[-1])) if names[1:] else "".join(names)


def place_of(message: Message) -> str:
    """The address and municipality; the point alone where there is no address."""
    parts = (message.address or point_of(message), message.municipality)
    return ", ".join(part for part in parts if part)


def point_of(message: Message) -> str:
    """Latitude and longitude in degrees, as people say them."""
    lon, lat = message.at
    return f"{lat:.5f}, {lon:.5f}"


def told(message: Message) -> list[tuple[str, str]]:
    """What is known, as labels and words; what is empty is left out."""
    queued = message.queued_at.astimezone(ZoneInfo(message.time_zone))
    alarm = f", alarm {message.alarm_level}" if message.alarm_level > 1 else ""
    before = [(f"{change.what} before", change.was or "none") for change in message.changed]
    rows = [
        ("Incident", message.incident_number),
        ("Type", message.type_label),
        ("Priority", f"{message.priority}{alarm}"),
        ("Address", message.address),
        ("Cross street", message.cross_street),
        ("Municipality", message.municipality),
        ("Point", point_of(message)),
        ("Talkgroup", message.talkgroup),
        ("Units", " ".join(message.assigned)),
        ("Time", queued.strftime("%Y-%m-%d %H:%M:%S %Z")),
        *((label.capitalize(), words) for label, words in before),
    ]
    return [(label, words) for label, words in rows if words]


def act(message: Message) -> str:
    """What the message is, in capitals, for a heading."""
    whose = "" if message.unit_id else "PRE-ALERT "
    if message.about == "cancel":
        return f"{whose}CANCEL"
    if message.about == "update":
        return f"{whose}CHANGED {changed_words(message)}"
    return "PRE-ALERT" if message.about == "pre_alert" else "RESPOND"
