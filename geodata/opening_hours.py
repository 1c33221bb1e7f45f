"""Hours as OpenStreetMap writes them, and values that hold under a condition. Guesses nothing.

After the wiki's Key:opening_hours and Conditional restrictions, as far as hours of the week and
months go. What is beyond that (holidays alone, sunset, weeks, years, wet roads) is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from geodata.weekly_hours import DAY_MIN, Hours

_DAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_DAY: Final = f"(?:{'|'.join(_DAYS)}|ph|sh)"
_MONTH: Final = f"(?:{'|'.join(_MONTHS)})"
_CLOCK: Final = r"\d{1,2}:\d{2}"
_RULE: Final = re.compile(
    rf"^(?P<months>{_MONTH}(?:\s*[-,]\s*{_MONTH})*)?\s*:?\s*"
    rf"(?P<days>{_DAY}(?:\s*[-,]\s*{_DAY})*)?\s*:?\s*"
    rf"(?P<times>{_CLOCK}\s*-\s*{_CLOCK}(?:\s*,\s*{_CLOCK}\s*-\s*{_CLOCK})*)?$"
)
_HOLIDAYS_OFF: Final = re.compile(r"^(?:ph|sh)(?:\s*,\s*(?:ph|sh))*\s+(?:off|closed)$")
_NEXT_DAYS: Final = re.compile(rf"(?<=\d)\s*,\s*(?={_DAY})")


class Condition(NamedTuple):
    """A value that holds under a condition: ``no`` and ``Mo-Fr 07:00-09:00``."""

    value: str
    when: str


def conditions_of(text: str) -> list[Condition]:
    """The parts of a ``:conditional`` tag, in their order."""
    found: list[Condition] = []
    for part in _outside_parentheses(text):
        value, at, when = part.partition("@")
        if at:
            found.append(Condition(value.strip().lower(), _bare(when)))
        elif found and part.strip():  # its hours go on after a semicolon
            last = found.pop()
            found.append(Condition(last.value, f"{last.when}; {_bare(part)}"))
    return found


def _outside_parentheses(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for i, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ";" and depth <= 0:
            yield text[start:i]
            start = i + 1
    yield text[start:]


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def read_hours(text: str) -> tuple[Hours, ...] | None:
    """The hours that a text names; None where it says anything that cannot be read.

    A later rule takes its days from earlier ones. Days that holidays are left out (``PH off``)
    are days like others: where hours shut something, it is shut on a holiday too.
    """
    found: list[Hours] = []
    for part in re.split(r";|\|\|", text.strip().lower()):
        rule = part.strip()
        if not rule or _HOLIDAYS_OFF.match(rule):
            continue
        read: list[Hours] = []
        for piece in _NEXT_DAYS.split(rule):
            hours = _rule(piece.strip())
            if hours is None:
                return None
            read += hours
        found = _without_days(found, read) + read
    return tuple(found) or None


def _rule(text: str) -> list[Hours] | None:
    if text in ("24/7", "00:00-24:00"):
        return [Hours(frozenset(range(7)), 0, DAY_MIN)]
    match = _RULE.match(text)
    if not text or match is None:
        return None
    months = _numbers(match["months"], _MONTHS)
    days = _numbers(match["days"], _DAYS)
    if match["days"] and not days:
        return None  # holidays alone
    found = []
    for span in re.split(r"\s*,\s*", match["times"] or "00:00-24:00"):
        begin, end = (_minutes(clock) for clock in span.split("-"))
        if begin is None or end is None or begin >= DAY_MIN:
            return None
        last = end if end > begin else end + DAY_MIN
        if last > begin + DAY_MIN:
            return None
        every = frozenset(range(7))
        found.append(Hours(days or every, begin, last, months=frozenset(m + 1 for m in months)))
    return found


def _without_days(earlier: list[Hours], later: list[Hours]) -> list[Hours]:
    """Rules without the days of a later one that holds in every month."""
    taken = frozenset[int]().union(*(each.days for each in later if not each.months))
    kept = (replace(each, days=each.days - taken) for each in earlier if each.days - taken)
    return list(kept)


def _numbers(text: str | None, words: tuple[str, ...]) -> frozenset[int]:
    """``mo-fr,su`` as numbers, from 0; what is none of the words (``ph``) is left out."""
    found: set[int] = set()
    for part in re.split(r"\s*,\s*", text or ""):
        ends = [words.index(word) for word in re.split(r"\s*-\s*", part) if word in words]
        if len(ends) == 2:
            count = (ends[1] - ends[0]) % len(words)
            found.update((ends[0] + i) % len(words) for i in range(count + 1))
        else:
            found.update(ends)
    return frozenset(found)


def _minutes(clock: str) -> int | None:
    hour, _, minute = clock.strip().partition(":")
    total = int(hour) * 60 + int(minute)
    return total if int(minute) < 60 and total <= 2 * DAY_MIN else None
