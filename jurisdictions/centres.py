"""Other centres that a call may be handed to, as a region pack lists them."""

from __future__ import annotations

from jurisdictions.values import Value


class Centre(Value):
    """A row of ``centres.csv``. ``phone`` is the line on which its call-takers are asked."""

    id: str
    name: str
    phone: str = ""
    eido_url: str = ""
    """Where its system takes records (EIDO); empty: it takes none."""
