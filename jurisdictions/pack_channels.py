"""``channels.csv`` of a region pack, which may be absent: how each agency's crews are told.

The order of an agency's lines is the order in which its channels are tried. What a target names
(a host, an address, a printer) is the operator's to allow; here only its form is checked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jurisdictions.mistakes import Findings, Names
from jurisdictions.pack_tables import YES_OR_NO, Cells, read_rows
from jurisdictions.roster import AdapterKind, DeliveryChannel

CHANNELS: Final = "channels.csv"
ADAPTERS: Final[tuple[AdapterKind, ...]] = ("tablet", "webhook", "email", "printer", "push")
UNTARGETED: Final[frozenset[AdapterKind]] = frozenset({"tablet", "push"})
"""Those that reach the crew's own device, wherever it is."""
LIMIT_MAX_S: Final = 600.0

_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
_PLACEHOLDERS = re.compile(r"\{(?:unit|station)\}")
_FORMS: Final[dict[AdapterKind, re.Pattern[str]]] = {
    "email": re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"),
    "printer": re.compile(r"[A-Za-z0-9_-]{1,40}"),
}


def read_channels(
    folder: Path, findings: Findings, agencies: Names
) -> dict[str, tuple[DeliveryChannel, ...]]:
    """The channels of each agency that has any, in the order of trying them."""
    if not (folder / CHANNELS).is_file():
        return {}
    found: dict[str, list[DeliveryChannel]] = {}
    last: dict[str, Cells] = {}
    for cells in read_rows(folder, CHANNELS, findings):
        agency = cells.known("agency", agencies)
        adapter = cells.one_of("adapter", ADAPTERS)
        if not cells.good:
            continue  # of an agency or a kind that is not there nothing more can be said
        channel = DeliveryChannel(
            name=_name(cells, adapter, [known.name for known in found.get(agency, [])]),
            adapter=adapter,
            target=_target(cells, adapter),
            limit_s=cells.number("limit_s", 0, LIMIT_MAX_S),
            pre_alert=cells.one_of("pre_alert", YES_OR_NO) in ("1", "true", "yes"),
        )
        if channel.pre_alert and (adapter in UNTARGETED or "{unit}" in channel.target):
            cells.wrong("pre_alert", "a station is alerted before it is known which unit goes")
        found.setdefault(agency, []).append(channel)
        last[agency] = cells
    for agency, cells in last.items():
        if cells.good and found[agency][-1].limit_s == 0:
            cells.wrong("limit_s", f"the last channel of {agency} needs a limit above 0")
    return {agency: tuple(channels) for agency, channels in found.items()}


def _name(cells: Cells, adapter: AdapterKind, earlier: list[str]) -> str:
    name = cells.filled("channel")
    if name and not _NAME.fullmatch(name):
        cells.wrong("channel", f"{name!r} is not a word of up to 16 small letters, digits, hyphens")
    elif (name == "tablet") != (adapter == "tablet"):
        cells.wrong("channel", "the channel tablet has the adapter tablet, and no other has it")
    elif name in earlier:
        cells.wrong("channel", f"the agency has a channel {name} already")
    return name


def _target(cells: Cells, adapter: AdapterKind) -> str:
    """Where messages go: a URL, an address, or the name of a printer's folder."""
    if adapter in UNTARGETED:
        if cells.text("target"):
            cells.wrong("target", "a tablet has no target")
        return ""
    target = cells.filled("target")
    plain = _PLACEHOLDERS.sub("X", target)
    if not target:
        return target
    if "{" in plain or "}" in plain:
        cells.wrong("target", "only {unit} and {station} are filled in")
    elif adapter == "webhook":
        if why := _url_fault(target):
            cells.wrong("target", f"{target!r} {why}")
    elif not _FORMS[adapter].fullmatch(plain) or "{" in target.partition("@")[2]:
        what = "e-mail address" if adapter == "email" else "printer's name"
        cells.wrong("target", f"{target!r} is no {what}")
    return target


def _url_fault(target: str) -> str:
    """Why a URL cannot be posted to; empty when it can."""
    try:
        parts = urlsplit(target)
        named = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        named = False
    if not named or not target.isascii() or any(letter.isspace() for letter in target):
        return "is no http or https URL"
    if "@" in parts.netloc or parts.fragment:
        return "carries a sign-in or a fragment"
    return "fills in the host" if "{" in parts.netloc else ""
