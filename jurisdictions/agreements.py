"""Agreements between agencies to help each other, as dated values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from jurisdictions.values import Value

AgreementState = Literal["in_force", "lapsed", "none"]


class Agreement(Value):
    """The lender's units may go to the borrower's incidents.

    ``margin_s``: how many seconds sooner they must be there than the borrower's own. ``expires`` is
    the last day on which it is in force; None: until it is ended.
    """

    id: str
    kind: Literal["automatic", "mutual"]
    lender: str
    borrower: str
    margin_s: float = 0.0
    expires: date | None = None


class Standing(NamedTuple):
    """How two agencies stand to each other on a day."""

    state: AgreementState
    agreement: Agreement | None


class AgreementBook:
    """All agreements, found by lender and borrower."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        self._by_pair: dict[tuple[str, str], list[Agreement]] = {}
        for agreement in agreements:
            pair = (agreement.lender, agreement.borrower)
            self._by_pair.setdefault(pair, []).append(agreement)

    @property
    def all(self) -> list[Agreement]:
        """Every agreement, by lender and borrower in the order of the pack."""
        return [agreement for found in self._by_pair.values() for agreement in found]

    def standing(self, lender: str, borrower: str, on: date) -> Standing:
        """The best agreement in force: automatic before mutual, then the smallest margin.

        One that has lapsed is named as such, so that nobody is hidden by a date; the latest to
        lapse is given.
        """
        found = self._by_pair.get((lender, borrower), [])
        in_force = [a for a in found if a.expires is None or a.expires >= on]
        if in_force:
            best = min(in_force, key=lambda a: (a.kind != "automatic", a.margin_s, a.id))
            return Standing("in_force", best)
        if found:
            return Standing("lapsed", max(found, key=lambda a: (a.expires or date.max, a.id)))
        return Standing("none", None)
