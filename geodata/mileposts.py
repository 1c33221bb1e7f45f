"""Finds a spot by road and distance, as posts beside the road count it: ``I 76 mile 12.4 east``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from geodata.known_places import Milepost
from geodata.lonlat import LonLat
from geodata.name_index import NameIndex
from geodata.street_names import plain

GAP_MOST: Final = 5.0
"""Between two posts further apart than this (in their unit) no spot is guessed."""
BEYOND_MOST: Final = 1.0
"""So far beyond the last post its own spot is given, as approximate."""
ROADS_TRIED: Final = 12
_MARK: Final = re.compile(
    r"(?<!\w)(?:mile\s*-?(?:post|marker)|mile|mi|mp|mm|post|kilomet(?:er|re)|km|pk|kp)"
    r"[\s.#:]*(\d{1,4}(?:[.,]\d{1,3})?|\d{1,4}\+\d{3})(?![\w.])",
    re.IGNORECASE,
)
_NAMED_AFTER: Final = re.compile(r"(?<!\w)(\d{1,4}(?:[.,]\d{1,3})?)\s*km(?!\w)", re.IGNORECASE)
_DIRECTION: Final = re.compile(
    r"(?<!\w)(?:(north|south|east|west)(?:\s*-?bound)?|([nsew])\.?b|([nsew])\.?)\s*$", re.IGNORECASE
)
_FILLING: Final = re.compile(r"(?<!\w)(?:on|of|at|the)(?!\w)|[,@]", re.IGNORECASE)


class Asked(NamedTuple):
    """What a text asks for; ``road`` and ``direction`` may be empty."""

    road: str
    distance: float
    direction: str


class Found(NamedTuple):
    """A spot by the road; ``exact`` where a post stands there."""

    road: str
    distance: float
    unit: str
    direction: str
    at: LonLat
    exact: bool
    score: float

    @property
    def label(self) -> str:
        """``I 76 E mile 12.4``, as a queue row shows it."""
        word = "mile" if self.unit == "mi" else "km"
        return " ".join(filter(None, (self.road, self.direction, word, f"{self.distance:g}")))


@dataclass(frozen=True, slots=True)
class _Line:
    """The posts of one road and direction, in the order of their distance."""

    road: str
    direction: str
    unit: str
    posts: Sequence[Milepost]

    def spot(self, distance: float) -> tuple[LonLat, bool] | None:
        above = next((k for k, p in enumerate(self.posts) if p.distance >= distance - 0.0005), None)
        if above is None or (above == 0 and self.posts[0].distance > distance + 0.0005):
            end = self.posts[-1 if above is None else 0]
            near = abs(end.distance - distance) <= BEYOND_MOST
            return (end.at, False) if near else None
        b = self.posts[above]
        if b.distance - distance < 0.0005:
            return b.at, True
        a = self.posts[above - 1]
        if b.distance - a.distance > GAP_MOST:
            return None
        share = (distance - a.distance) / (b.distance - a.distance)
        lon = a.at.lon + (b.at.lon - a.at.lon) * share
        return LonLat(lon, a.at.lat + (b.at.lat - a.at.lat) * share), False


class MilepostIndex:
    """The posts of a region by road; built once, then only read."""

    def __init__(self, posts: Iterable[Milepost]) -> None:
        by_line: dict[tuple[str, str, str], list[Milepost]] = defaultdict(list)
        for post in posts:
            by_line[post.road, post.direction, post.unit].append(post)
        self._lines = [
            _Line(road, direction, unit, sorted(line, key=lambda post: post.distance))
            for (road, direction, unit), line in sorted(by_line.items())
        ]
        self._roads = NameIndex([plain(line.road) for line in self._lines])

    def find(self, text: str) -> list[Found]:
        """The spots that a text may mean on every road that fits, the best first.

        Args:
            text: ``I-76 mile 12.4 eastbound``, ``mm 12.4 I 76``, ``A1 km 38.2``, ``km 12+400 A1``,
                or only the post; without a direction both carriageways are given.

        Returns:
            Empty where the text asks for no post, or none is near.
        """
        asked = asked_of(text)
        if asked is None:
            return []
        if asked.road:
            fits = self._roads.best(plain(asked.road), ROADS_TRIED)
        else:
            fits = [(k, 60.0) for k in range(len(self._lines))]
        found = []
        for k, score in fits:
            line = self._lines[k]
            if asked.direction and line.direction not in ("", asked.direction):
                continue
            spot = line.spot(asked.distance)
            if spot:
                found.append(
                    Found(line.road, asked.distance, line.unit, line.direction, *spot, score)
                )
        return found


def asked_of(text: str) -> Asked | None:
    """The road, distance and direction that a text names; None where it names no distance."""
    mark = _MARK.search(text) or _NAMED_AFTER.search(text)
    if mark is None:
        return None
    distance = float(mark[1].replace("+", ".").replace(",", "."))
    rest = _FILLING.sub(" ", f"{text[: mark.start()]} {text[mark.end() :]}").strip()
    direction = ""
    turned = _DIRECTION.search(rest)
    if turned and turned.start() > 0:
        direction = next(filter(None, turned.groups()))[0].upper()
        rest = rest[: turned.start()].strip()
    return Asked(rest, distance, direction)
