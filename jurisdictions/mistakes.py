"""Mistakes in a region pack: each with its file, where in it, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Mistake(NamedTuple):
    """One mistake. ``where`` is ``line 12``, ``feature 3 (Ashby)`` or empty for the whole file."""

    file: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where + ': ' if self.where else ''}{self.message}"


class PackRefused(Exception):
    """The pack has mistakes, and nothing of it was loaded."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes in the region pack")
        self.mistakes = mistakes


@dataclass
class Findings:
    """Mistakes, which refuse the pack, and notices, which do not."""

    mistakes: list[Mistake] = field(default_factory=list)
    notices: list[Mistake] = field(default_factory=list)

    def wrong(self, file: str, where: str, message: str) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(file, where, message))

    def notice(self, file: str, where: str, message: str) -> None:
        """Note something that the operator should know and that refuses nothing."""
        self.notices.append(Mistake(file, where, message))
