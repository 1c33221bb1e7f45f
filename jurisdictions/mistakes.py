"""Mistakes in a region pack: each with its file, where in it, and what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

PER_FILE_MAX: Final = 1000
"""Mistakes listed of one file; the rest are counted."""


class Mistake(NamedTuple):
    """One mistake.

    ``where`` is ``line 12``, ``feature 3 (Ashby)`` or empty for the whole file; ``column`` is the
    column, key or property that is wrong, or empty.
    """

    file: str
    where: str
    column: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class PackRefused(Exception):
    """The pack has mistakes, and nothing of it was loaded."""

    code = "pack_refused"

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes in the region pack")
        self.mistakes = mistakes


@dataclass
class Findings:
    """Mistakes, which refuse the pack, and notices, which do not."""

    mistakes: list[Mistake] = field(default_factory=list)
    notices: list[Mistake] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    _of_file: Counter[str] = field(default_factory=Counter)

    def wrong(self, file: str, where: str, message: str, column: str = "") -> None:
        """Note a mistake."""
        self._of_file[file] += 1
        if self._of_file[file] <= PER_FILE_MAX:
            self.mistakes.append(Mistake(file, where, column, message))

    def unread(self, file: str, where: str, message: str) -> None:
        """Note a mistake for which the file, or its rest, could not be read at all."""
        self.unreadable.add(file)
        self.wrong(file, where, message)

    def notice(self, file: str, where: str, message: str, column: str = "") -> None:
        """Note something that the operator should know and that refuses nothing."""
        self.notices.append(Mistake(file, where, column, message))

    def unlisted(self) -> list[Mistake]:
        """For each file with more mistakes than are listed, one that counts the rest."""
        return [
            Mistake(file, "", "", f"and {count - PER_FILE_MAX} mistakes more")
            for file, count in self._of_file.items()
            if count > PER_FILE_MAX
        ]


@dataclass
class Names:
    """The names that a file gives to things, by which other files refer to them.

    A name in a row with another mistake counts, and of a file that could not be read every name is
    taken for good: one mistake is told once, not again for all that refer to it.
    """

    file: str
    names: set[str] = field(default_factory=set)
    all: bool = False

    def __contains__(self, name: object) -> bool:
        return self.all or name in self.names
