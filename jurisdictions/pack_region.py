"""``region.toml``: the region's own settings, checked."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jurisdictions.mistakes import Findings

REGION: Final = "region.toml"
BORDER_M_MAX: Final = 5000.0
KEYS: Final = ("name", "time_zone", "border_m")


@dataclass(frozen=True)
class Region:
    """The region's own settings. ``border_m``: nearer to a line than this is BORDER."""

    name: str
    time_zone: str
    border_m: float


def read_region(folder: Path, findings: Findings) -> Region | None:
    """The settings, or None with what is wrong noted."""
    path = folder / REGION
    if not path.is_file():
        findings.unread(REGION, "", "the file is missing")
        return None
    try:
        text = path.read_text(encoding="utf-8")
        fields = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        line = re.search(r"at line (\d+)", str(problem))
        where = f"line {line[1]}" if line else ""
        findings.unread(REGION, where, f"not TOML: {problem}")
        return None
    before = len(findings.mistakes)
    name, zone, border_m = (fields.get(key) for key in KEYS)
    if not isinstance(name, str) or not name.strip():
        findings.wrong(REGION, _line_of("name", text), "it is missing or empty", "name")
    if not _is_time_zone(zone):
        findings.wrong(
            REGION, _line_of("time_zone", text), f"{zone!r} is no time zone", "time_zone"
        )
    number = float(border_m) if isinstance(border_m, int | float) else -1.0
    if isinstance(border_m, bool) or not 0 <= number <= BORDER_M_MAX:
        message = f"{border_m!r} is not metres from 0 to {BORDER_M_MAX:.0f}"
        findings.wrong(REGION, _line_of("border_m", text), message, "border_m")
    extra = [key for key in fields if key not in KEYS]
    if extra:
        findings.notice(REGION, "", f"keys ignored: {', '.join(extra)}")
    if len(findings.mistakes) > before:
        return None
    return Region(str(name).strip(), str(zone), number)


def _is_time_zone(zone: object) -> bool:
    if not isinstance(zone, str) or not zone:
        return False
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _line_of(key: str, text: str) -> str:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\"?{key}\"?\s*=", line):
            return f"line {number}"
    return ""
