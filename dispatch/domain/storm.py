"""An agency's storm profile: it works by its reduced plans until a supervisor ends it."""

from __future__ import annotations

from dispatch.domain.values import Id, ShortText, UtcTime, Value


class Storm(Value):
    """Since when, why, and when the supervisor is asked whether it goes on.

    It never ends by itself: plans that snap back in the middle of a storm would ask for units that
    are not there.
    """

    agency_id: Id
    since: UtcTime
    by: Id
    reason: ShortText
    ask_at: UtcTime
