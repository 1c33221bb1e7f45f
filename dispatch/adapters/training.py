"""What stands in for every adapter in training: it hands nothing to anybody.

The exercise sees a message that was sent, as the trainee's screens would; nothing leaves the hub.
"""

from __future__ import annotations

import structlog

from dispatch.adapters.adapter import Message, Receipt

log = structlog.get_logger()


class NothingLeaves:
    """Says *sent*, and has no way to send."""

    async def send(self, message: Message) -> Receipt:
        """Make believe."""
        log.info("training_message", channel=message.channel, about=message.about)
        return Receipt("sent")
