"""The dispatcher's chair when it is empty: sends what is displayed, calls silent crews, closes.

It waits before each step, so that a person who is there does it first; then there is nothing left
for it to do.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from dispatch.domain.assignment import Assignment
from dispatch.domain.board import Board
from dispatch.domain.incident import Incident, Leg
from dispatch.domain.place_corrections import awaits_correction
from dispatch.domain.values import Discipline
from dispatch.simulation.console import Console
from dispatch.simulation.errors import Troubles
from dispatch.simulation.hub_client import Refused

LOOK_EVERY_S: Final = 0.5
ASK_AGAIN_S: Final = 15.0
ASK_AFTER_S: Final = (20.0, 40.0)
SHOWN_S: Final = (60.0, 90.0)
"""What a person took is a person's to send: it is read and talked about first."""
GIVE_UP_S: Final = 90.0
"""A leg that nobody can be found for ends after so long without a unit on the incident."""
FOREGONE: Final = frozenset(
    {
        "recommendation_changed",
        "unit_not_available",
        "already_closed",
        "transition_refused",
        "units_still_assigned",
        "not_found",
        "revision_conflict",
    }
)
"""Refusals that mean: the board has moved on; look at it again."""
DISPOSITIONS: Final[dict[Discipline, tuple[str, ...]]] = {
    "law": ("Handled by officer", "Report taken", "Warning given", "Gone on arrival"),
    "fire": ("Investigated", "Extinguished", "False alarm", "Handled"),
    "ems": ("Transported", "Transported", "Treated, not transported", "Care refused"),
}
"""How legs end here; which of them is chance."""


@dataclass
class Patience:
    """Seconds that a robot leaves to a person: drawn once for each thing, from first sight."""

    rng: random.Random
    now_s: Callable[[], float] = time.monotonic
    _due_s: dict[str, float] = field(default_factory=dict)

    def over(self, key: str, least_s: float, most_s: float) -> bool:
        """Whether the time for ``key`` is over; it begins with the first question."""
        due_s = self._due_s.get(key)
        if due_s is None:
            due_s = self._due_s[key] = self.now_s() + self.rng.uniform(least_s, most_s)
        return self.now_s() >= due_s

    def again(self, key: str) -> None:
        """Let the time for ``key`` begin anew."""
        self._due_s.pop(key, None)

    def forget(self, kept: Callable[[str], bool]) -> None:
        """Drop what no longer matters."""
        self._due_s = {key: due_s for key, due_s in self._due_s.items() if kept(key)}


class Desk:
    """One dispatcher robot on its own console.

    Args:
        console: Of an account with the dispatcher's role.
        troubles: Told what went wrong.
        rng: Decides how long it waits.
        send_after_s: Least and most seconds before it accepts a recommendation.
        is_person: Whether an account is a person's, whose calls it leaves alone for longer.
    """

    def __init__(
        self,
        console: Console,
        troubles: Troubles,
        rng: random.Random,
        *,
        send_after_s: tuple[float, float],
        is_person: Callable[[str], bool] = lambda account_id: False,
    ) -> None:
        self._console = console
        self._client = console.client
        self._troubles = troubles
        self._rng = rng
        self._send_after_s = send_after_s
        self._is_person = is_person
        self._patience = Patience(rng)
        self._busy: set[str] = set()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._console.ready.wait()
        async with asyncio.TaskGroup() as tasks:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                board = self._console.board
                for incident in list(board.incidents.values()):
                    if incident.id not in self._busy:
                        self._busy.add(incident.id)
                        tasks.create_task(self._work(board, incident))
                self._patience.forget(
                    lambda key: key.split(" ")[0] in self._console.board.incidents
                )

    async def _work(self, board: Board, incident: Incident) -> None:
        try:
            with self._troubles.noted("desk"):
                await self._step(board, incident)
        finally:
            self._busy.discard(incident.id)

    async def _step(self, board: Board, incident: Incident) -> None:
        """At most one thing for this incident."""
        try:
            live = board.live_of_incident(incident.id)
            if await self._answer_silence(incident, live):
                return
            if await self._ask_after(incident, live):
                return
            if await self._send(board, incident, live):
                return
            await self._close(incident, live)
        except Refused as refusal:
            if refusal.code not in FOREGONE:
                raise

    async def _answer_silence(self, incident: Incident, live: list[Assignment]) -> bool:
        """A crew that does not acknowledge is called by radio."""
        for assignment in live:
            corrected = assignment.place_correction if awaits_correction(assignment) else None
            silent = assignment.acknowledged_at is None and assignment.escalation > 0
            if not silent and not (corrected and corrected.step):
                continue
            if self._patience.over(f"{incident.id} silent {assignment.id}", 2.0, 7.0):
                await self._client.command(
                    f"/assignments/{assignment.id}/acknowledgement",
                    {"channel": "voice"},
                    fact=f"acknowledged:{assignment.id}",
                )
                return True
        return False

    async def _ask_after(self, incident: Incident, live: list[Assignment]) -> bool:
        """An officer who let a status check pass is called by radio, and is well."""
        for assignment in live:
            key = f"{incident.id} check {assignment.id} {assignment.check_due_at}"
            if assignment.checks_missed and self._patience.over(key, *ASK_AFTER_S):
                path = f"/assignments/{assignment.id}/checks"
                await self._client.command(path, {"channel": "voice"})
                return True
        return False

    async def _send(self, board: Board, incident: Incident, live: list[Assignment]) -> bool:
        """Accept what is displayed, or ask for a recommendation where units are still wanted."""
        advice = board.recommendations.get(incident.id)
        used = advice is not None and any(
            a.recommendation_id == advice.id for a in board.assignments.values()
        )
        over = {leg.discipline for leg in incident.legs if leg.state == "closed"}
        picks = [p for p in advice.picks if p.discipline not in over] if advice else []
        if advice is not None and picks and not used:
            quick = incident.priority == 1
            least_s, most_s = self._send_after_s
            most_s *= 0.7 if quick else 1.0
            calls = [call for call in board.calls.values() if call.incident_id == incident.id]
            if any(self._is_person(call.taken_by) for call in calls):
                least_s, most_s = SHOWN_S
            if not self._patience.over(f"{incident.id} send {len(live)}", least_s, most_s):
                return False
            body = {
                "recommendation_id": advice.id,
                "unit_ids": [pick.unit_id for pick in picks],
            }
            await self._client.command(f"/incidents/{incident.id}/assignments", body)
            return True
        if not incident.pending:
            return False
        ask = f"{incident.id} ask"
        if not self._patience.over(ask, ASK_AGAIN_S * 0.8, ASK_AGAIN_S * 1.2):
            return False
        self._patience.again(ask)
        await self._client.read(f"/incidents/{incident.id}/recommendation?fresh=true")
        return True

    async def _close(self, incident: Incident, live: list[Assignment]) -> None:
        """Each leg ends when its last unit has left; what was never needed ends with the rest."""
        on_it = {assignment.discipline for assignment in live}
        worked = [leg for leg in incident.legs if leg.state == "active"]
        for leg in worked:
            key = f"{incident.id} close {leg.discipline}"
            if leg.discipline in on_it:
                self._patience.again(key)
            elif self._patience.over(key, 2.0, 6.0):
                await self._end(incident, leg, self._rng.choice(DISPOSITIONS[leg.discipline]))
                return
        if live or worked:
            self._patience.again(f"{incident.id} give up")
            return
        begun = any(leg.state == "closed" for leg in incident.legs)
        wait_s = 6.0 if begun else GIVE_UP_S
        if self._patience.over(f"{incident.id} give up", wait_s, wait_s * 1.5):
            for leg in incident.legs:
                if leg.state == "pending":
                    await self._end(incident, leg, "Not needed" if begun else "No unit available")

    async def _end(self, incident: Incident, leg: Leg, disposition: str) -> None:
        path = f"/incidents/{incident.id}/closings"
        body = {"discipline": leg.discipline, "disposition": disposition}
        try:
            await self._client.command(path, body)
        except Refused as refusal:
            if refusal.code != "leg_of_another":
                raise
            # A person set a position that answers for it: the empty chair says why it acts.
            await self._client.command(path, body | {"reason": "Its position left it open"})
