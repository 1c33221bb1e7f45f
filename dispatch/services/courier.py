"""The courier: sends what stands in the outbox, and records what came of each attempt.

It works in the hub process that leads. A message is marked after it was sent, so a crash between
the two sends it again, under the same id; nothing that was committed stays unsent. Redis has no
part in it: crews are told while the job server is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from dispatch.adapters.adapter import Adapter, Message, SendFailed, Watched
from dispatch.domain.channel_fault import channel_id
from dispatch.domain.commands import ReportChannel, ReportReceipt, ReportSending
from dispatch.domain.delivery import Delivery, why_withheld
from dispatch.domain.events import DeliveryChanged
from dispatch.domain.values import EVERYONE, HUB_ACTOR, Actor
from dispatch.services.hub import Hub
from dispatch.store.event_log import LoggedEvent
from dispatch.store.outbox import (
    Outgoing,
    find_delivery,
    find_outgoing,
    list_outgoing,
    overdue_s,
)
from dispatch.store.unit_of_work import Outcome
from jurisdictions.roster import DeliveryChannel

LOOK_EVERY_S: Final = 0.5
"""How often it looks without being told: for what is to be tried again, and after a restart."""
WATCH_EVERY_S: Final = 5.0
"""How often it looks whether what channels were given is taken from there."""
FIRST_RETRY_S: Final = 1.0
LAST_RETRY_S: Final = 60.0
"""Between two tries to make an adapter: doubled from the first to the last."""
AT_ONCE: Final = 4
"""Messages of one agency's channel that are on their way at the same time: a receiver that hangs
holds up its own channel and no other."""

UNMADE: Final = "it cannot be set up; the hub's log says why, and it is tried again"

Makers = Mapping[str, Callable[[], Adapter]]

log = structlog.get_logger()

_SENT = Counter("hub_deliveries_total", "Attempts to send a message.", ("channel", "result"))
_WAITS = Gauge("hub_delivery_overdue_seconds", "How long the longest due message has waited.")


class Courier:
    """Sends while ``leads()`` is true; each lane (unit or station, by channel) in its order.

    Args:
        hub: The parts of this process.
        makers: What makes an adapter, by the kind that a region's channels name, asked once the
            hub is up: their libraries are dear to import. A kind that is absent fails; one that
            cannot be made is tried again, and holds up no other.
        leads: Whether this process leads.
    """

    def __init__(self, hub: Hub, makers: Callable[[], Makers], leads: Callable[[], bool]) -> None:
        self._hub = hub
        self._find_makers = makers
        self._makers: Makers | None = None
        self._adapters: dict[str, Adapter] = {}
        self._leads = leads
        self._told = asyncio.Event()
        self._on_the_way: dict[tuple[str, str, str], asyncio.Task[None]] = {}
        self._gates: defaultdict[tuple[str, str], asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(AT_ONCE)
        )

    def on_events(self, page: Sequence[LoggedEvent]) -> None:
        """Wake when something was queued; the follower calls this."""
        for logged in page:
            body = logged.event.body
            if isinstance(body, DeliveryChanged) and body.delivery.next_at is not None:
                self._told.set()
                return

    async def run(self) -> None:
        """Until it is cancelled; what is on its way then is sent again after the next start."""
        made = await self._make()
        making = asyncio.create_task(self._make_the_rest(made), name="make adapters")
        watching = asyncio.create_task(self._watch(), name="watch channels")
        try:
            while True:
                self._told.clear()
                if self._leads():
                    await self._step()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._told.wait()
        finally:
            tasks = [making, watching, *self._on_the_way.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self) -> bool:
        """Try to make every adapter that is not made; whether all are."""
        try:
            if self._makers is None:
                self._makers = await asyncio.to_thread(self._find_makers)
        except Exception as failure:  # outer loop: a wrong setting is put right, a host comes up
            log.error("adapters_not_made", error=type(failure).__name__)
            return False
        for kind, make in self._makers.items():
            if kind not in self._adapters:
                try:
                    self._adapters[kind] = await asyncio.to_thread(make)
                except Exception as failure:  # outer loop: as above, of one kind
                    log.error("adapter_not_made", adapter=kind, error=type(failure).__name__)
        return self._adapters.keys() >= self._makers.keys()

    async def _make_the_rest(self, made: bool) -> None:
        wait_s = FIRST_RETRY_S
        while not made:
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LAST_RETRY_S)
            made = await self._make()

    def _is_unmade(self, kind: str) -> bool:
        return kind not in self._adapters and (self._makers is None or kind in self._makers)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self._leads():
                try:
                    await self.look_after_channels()
                except Exception as failure:  # outer loop: a fault of one look is not the last one
                    log.warning("channels_unwatched", error=type(failure).__name__)

    async def look_after_channels(self) -> None:
        """Say of each channel whether it can be used, and its messages are taken, if that can be
        told; the dispatchers see it, and so does whoever looks at the hub's health.
        """
        region = self._hub.policy()
        for agency_id, channels in (region.channels if region else {}).items():
            for channel in channels:
                adapter = self._adapters.get(channel.adapter)
                why = UNMADE if self._is_unmade(channel.adapter) else ""
                if isinstance(adapter, Watched):
                    why = await adapter.untaken(channel.target)
                await self._report_channel(agency_id, channel.name, why)

    async def _report_channel(self, agency_id: str, channel: str, why: str) -> None:
        fault = self._hub.board().channel_faults.get(channel_id(agency_id, channel))
        known = fault.why if fault and fault.standing else ""
        if known != why:
            await self._hub.submit(
                ReportChannel(
                    command_id=f"channel-{uuid.uuid4().hex}",
                    actor=HUB_ACTOR,
                    agency_id=agency_id,
                    channel=channel,
                    why=why,
                )
            )

    async def _step(self) -> None:
        try:
            due, waited_s = await asyncio.to_thread(self._look)
        except Exception as failure:  # outer loop: without it no crew is told of anything more
            log.error("outbox_unreadable", error=type(failure).__name__)
            return
        _WAITS.set(waited_s)
        for delivery in due:
            if delivery.lane not in self._on_the_way:
                task = asyncio.create_task(self._send(delivery), name=f"deliver {delivery.id}")
                self._on_the_way[delivery.lane] = task
                task.add_done_callback(partial(self._arrived, delivery.lane))

    def _arrived(self, lane: tuple[str, str, str], task: asyncio.Task[None]) -> None:
        self._on_the_way.pop(lane, None)
        self._told.set()

    def _look(self) -> tuple[list[Delivery], float]:
        with self._hub.engine.connect() as connection, connection.begin():
            return list_outgoing(connection), overdue_s(connection)

    def _read(self, delivery_id: str) -> Outgoing | None:
        with self._hub.engine.connect() as connection, connection.begin():
            return find_outgoing(connection, delivery_id)

    async def _send(self, delivery: Delivery) -> None:
        """One attempt, with what stands at this moment, and its record."""
        async with self._gates[delivery.agency_id, delivery.channel]:
            try:
                outgoing = await asyncio.to_thread(self._read, delivery.id)
                if outgoing is not None:
                    await self._hub.submit(await self._attempt(outgoing))
            except Exception as failure:  # outer loop: of one message
                # It stays in the outbox, and goes out again under its id.
                log.warning("delivery_not_recorded", error=type(failure).__name__)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _attempt(self, outgoing: Outgoing) -> ReportSending:
        delivery = outgoing.delivery
        held = why_withheld(delivery, outgoing.incident, outgoing.assignment, outgoing.live_of_unit)
        if held:
            return _report(delivery, "dropped", held)
        channel = self._channel(delivery)
        adapter = self._adapters.get(channel.adapter) if channel else None
        if channel is not None and self._is_unmade(channel.adapter):
            return _report(delivery, "retry", UNMADE)
        if channel is None or adapter is None:
            return _report(delivery, "failed", "the region has no such channel any more")
        try:
            receipt = await adapter.send(self._message(outgoing, channel))
        except SendFailed as failure:
            result = "retry" if failure.again else "failed"
            asked_s, alone = failure.retry_after_s, failure.one_receiver
            return _report(delivery, result, failure.why, asked_s, one_receiver=alone)
        except Exception as fault:  # outer loop: a fault of one adapter must not stop the others
            log.exception("adapter_failed", adapter=channel.adapter)
            return _report(delivery, "retry", type(fault).__name__)
        return _report(delivery, receipt.state)

    def _channel(self, delivery: Delivery) -> DeliveryChannel | None:
        return channel_of(self._hub, delivery)

    def _message(self, outgoing: Outgoing, channel: DeliveryChannel) -> Message:
        delivery, incident = outgoing.delivery, outgoing.incident
        place = incident.place
        unit = self._hub.board().units.get(delivery.unit_id or "")
        legs = [leg for leg in incident.legs if unit is None or leg.discipline == unit.discipline]
        talkgroups = [leg.talkgroup for leg in legs if leg.talkgroup]
        agencies = self._hub.region().agencies
        of_agency = (one.discipline for one in agencies if one.id == delivery.agency_id)
        discipline = unit.discipline if unit else next(of_agency, None)
        asked = incident.asked_of(discipline)
        return Message(
            id=delivery.id,
            about=delivery.about,
            target=channel.target,
            agency_id=delivery.agency_id,
            channel=delivery.channel,
            assignment_id=delivery.assignment_id,
            unit_id=delivery.unit_id,
            station=delivery.station or (unit.station if unit else ""),
            incident_number=incident.number,
            type_label=asked.type_label,
            priority=asked.priority,
            alarm_level=incident.alarm_level,
            address=place.address,
            cross_street=place.cross_street,
            municipality=place.municipality or "",
            at=place.at,
            talkgroup=", ".join(talkgroups),
            hazards=tuple(hazard.text for hazard in incident.hazards),
            assigned=outgoing.assigned,
            queued_at=delivery.queued_at,
            time_zone=self._hub.region().region.time_zone,
            attempt=delivery.attempts + 1,
            changed=delivery.changed,
        )


def _report(
    delivery: Delivery,
    result: str,
    why: str = "",
    retry_after_s: float | None = None,
    *,
    one_receiver: bool = False,
) -> ReportSending:
    _SENT.labels(delivery.channel, result).inc()
    return ReportSending.model_validate(
        {
            "command_id": f"sent-{delivery.id}-{delivery.attempts}",
            "actor": HUB_ACTOR,
            "delivery_id": delivery.id,
            "result": result,
            "why": why[:200],
            "retry_after_s": retry_after_s,
            "one_receiver": one_receiver,
        }
    )


def channel_of(hub: Hub, delivery: Delivery) -> DeliveryChannel | None:
    """The region's channel of a message; None: the region has it no longer."""
    region = hub.policy()
    channels = region.channels.get(delivery.agency_id, ()) if region else ()
    return next((channel for channel in channels if channel.name == delivery.channel), None)


def read_delivery(hub: Hub, delivery_id: str) -> Delivery | None:
    """A message by its id, from the tables."""
    with hub.engine.connect() as connection, connection.begin():
        return find_delivery(connection, delivery_id)


async def report_receipt(hub: Hub, delivery: Delivery, state: str) -> Outcome:
    """A receiver says how far its message has got; the same said again changes nothing.

    Args:
        hub: The parts of this process.
        delivery: The message that the receipt is about.
        state: ``delivered``, ``seen`` or ``acknowledged``.

    Raises:
        NotFound: There is no such message.
    """
    command = ReportReceipt.model_validate(
        {
            "command_id": f"receipt-{delivery.id}-{state}",
            "actor": Actor(
                account_id=f"channel:{delivery.channel}", role="hub", agencies=(EVERYONE,)
            ),
            "delivery_id": delivery.id,
            "state": state,
        }
    )
    return await hub.submit(command)
