"""Hospitals divert and open; patients are counted. Pure."""

from __future__ import annotations

from dispatch.domain.commands import CountPatients, SetHospital
from dispatch.domain.errors import InvalidInput
from dispatch.domain.events import Draft, HospitalSet, PatientsCounted
from dispatch.domain.hospital import HospitalState, Patients
from dispatch.domain.state import State
from dispatch.domain.values import EVERYONE
from dispatch.domain.working import open_incident


def decide_set_hospital(state: State, command: SetHospital) -> list[Draft]:
    """It diverts, is closed, or (``intake`` None) is open again; what stands already is no event.

    Raises:
        InvalidInput: It is to divert until a time that is past.
    """
    present = state.board.hospitals.get(command.hospital_id)
    if command.intake is None:
        if present is None:
            return []
        body = HospitalSet(hospital_id=command.hospital_id, state=None, by=command.actor.account_id)
        return [Draft(body=body, audience=(EVERYONE,))]
    if command.until is not None and command.until <= state.now:
        raise InvalidInput("That time is past.", field="until")
    standing = HospitalState(
        hospital_id=command.hospital_id,
        intake=command.intake,
        without=command.without,
        reason=command.reason,
        until=command.until,
        by=command.actor.account_id,
        since=present.since if present and present.intake == command.intake else state.now,
    )
    body = HospitalSet(hospital_id=command.hospital_id, state=standing, by=command.actor.account_id)
    return [Draft(body=body, audience=(EVERYONE,))]


def decide_count_patients(state: State, command: CountPatients) -> list[Draft]:
    """The count as command on scene gives it; the latest stands, the log keeps them all."""
    incident = open_incident(state, command.incident_id)
    patients = Patients(
        red=command.red,
        yellow=command.yellow,
        green=command.green,
        black=command.black,
        at=state.now,
        by=command.actor.account_id,
    )
    body = PatientsCounted(
        incident_id=incident.id, revision=incident.revision + 1, patients=patients
    )
    return [Draft(body=body, audience=incident.audience)]
