"""What command on scene reports: benchmarks, and that everybody is accounted for (PAR). Pure.

The clock of accounting starts with the first PAR or with the first benchmark, at the interval of
the fire authority (NFPA 1561 asks for one); it stops with the benchmark that ends the danger.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.domain import events as ev
from dispatch.domain.commands import FallDue, ReportBenchmark
from dispatch.domain.errors import TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.incident import Benchmark, Incident
from dispatch.domain.state import State
from dispatch.domain.timers import LOUDER_AFTER_S, STEPS
from dispatch.domain.values import seconds_between
from dispatch.domain.working import open_incident

PAR = "PAR"
ENDS_PAR = frozenset({"UNDER_CONTROL", "OUT"})
"""After these nobody is counted any more."""


def decide_report_benchmark(state: State, command: ReportBenchmark) -> list[Draft]:
    """Note it with its time; PAR and the first benchmark start the time to the next count.

    Raises:
        TransitionRefused: Nobody is on scene.
    """
    incident = open_incident(state, command.incident_id)
    on_scene = [a for a in state.board.live_of_incident(incident.id) if a.status == "on_scene"]
    if not on_scene:
        raise TransitionRefused(
            f"Nobody is on scene at {incident.number}: nothing can be reported from there.",
            incident_id=incident.id,
        )
    code = command.code.strip().upper().replace(" ", "_")
    body = ev.BenchmarkReached(
        incident_id=incident.id,
        revision=incident.revision + 1,
        benchmark=Benchmark(code=code, at=state.now, by=command.actor.account_id),
        par_due_at=_next_count(state, incident, code),
    )
    return [Draft(body=body, audience=incident.audience)]


def _next_count(state: State, incident: Incident, code: str) -> datetime | None:
    if code in ENDS_PAR:
        return None
    if code != PAR and incident.par_due_at is not None:
        return incident.par_due_at
    fire = incident.leg("fire")
    interval_s = state.policy.par_s.get(fire.agency_id or "") if fire else None
    return state.now + timedelta(seconds=interval_s) if interval_s else None


def decide_par_due(state: State, command: FallDue) -> list[Draft]:
    """The count did not come: loud, unless it came or nobody is there any more."""
    incident = state.board.incidents.get(command.ref)
    if incident is None or incident.state == "closed" or incident.par_due_at is None:
        return []
    if incident.par_missed >= STEPS:
        return []
    louder_at = incident.par_due_at + timedelta(seconds=LOUDER_AFTER_S * incident.par_missed)
    on_scene = [a for a in state.board.live_of_incident(incident.id) if a.status == "on_scene"]
    if louder_at > state.now or not on_scene:
        return []
    body = ev.ParMissed(
        incident_id=incident.id,
        revision=incident.revision + 1,
        step=incident.par_missed + 1,
        silent_s=round(seconds_between(incident.par_due_at, state.now), 1),
    )
    return [Draft(body=body, audience=incident.audience)]
