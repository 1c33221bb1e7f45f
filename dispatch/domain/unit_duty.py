"""A unit in or out of service, and the crew that is logged on to it. Pure."""

from __future__ import annotations

from dispatch.domain import events as ev
from dispatch.domain.agency_statuses import duty_code
from dispatch.domain.commands import LogOffUnit, LogOnUnit, SetUnitDuty
from dispatch.domain.cross_staffing import is_further_crew
from dispatch.domain.errors import InvalidInput, NotFound, UnitNotAvailable
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.unit import LogOn
from dispatch.domain.values import audience_of


def decide_set_unit_duty(state: State, command: SetUnitDuty) -> list[Draft]:
    """In or out of service. A unit on an incident must be cleared before it goes out.

    The agency's own code for it stands with the unit; its label is the reason where none is said.
    """
    unit = state.board.units.get(command.unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {command.unit_id}.", unit_id=command.unit_id)
    own = duty_code(state, unit, command.duty, command.code)
    reason = command.reason or (own.label if own and own.core == "OOS" else "")
    code = own.code if own else ""
    if (unit.duty, unit.duty_reason, unit.duty_code) == (command.duty, reason, code):
        return []
    live = state.board.live_of_unit(unit.id)
    if command.duty == "out_of_service" and live is not None:
        raise UnitNotAvailable(
            f"{unit.id} is on an incident; clear it first.",
            unit_id=unit.id,
            incident_id=live.incident_id,
        )
    body = ev.UnitDutyChanged(
        unit_id=unit.id,
        duty=command.duty,
        reason=reason,
        agency_code=code,
        since=state.now,
        was=unit.duty,
        was_reason=unit.duty_reason,
        was_agency_code=unit.duty_code,
    )
    return [Draft(body=body, audience=audience_of(unit.agency_id))]


def decide_log_on_unit(state: State, command: LogOnUnit) -> list[Draft]:
    """Another crew is on the unit; one that was out of service is in service with it.

    Raises:
        NotFound: There is no such unit.
        InvalidInput: The shift ends in the past.
    """
    unit = state.board.units.get(command.unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {command.unit_id}.", unit_id=command.unit_id)
    if command.until is not None and command.until <= state.now:
        raise InvalidInput("The shift ends in the past.", field="until")
    roster = unit.logged_on(None)
    has = roster.capabilities if command.capabilities is None else command.capabilities
    logon = LogOn(
        id=command.logon_id,
        staffing=roster.staffing if command.staffing is None else command.staffing,
        capabilities=has,
        lacks=tuple(c for c in roster.capabilities if c not in has),
        radio=command.radio,
        vehicle=command.vehicle,
        at=state.now,
        until=command.until,
        roster_capabilities=roster.capabilities,
        roster_staffing=roster.staffing,
        added=is_further_crew(unit, state.board.units, state.board.live_units()),
    )
    audience = audience_of(unit.agency_id)
    private = {"names": command.names} if command.names else {}
    body = ev.UnitLoggedOn(unit_id=unit.id, logon=logon)
    drafts = [Draft(body=body, audience=audience, subject=logon.id, private=private)]
    if unit.duty == "out_of_service":
        back = ev.UnitDutyChanged(
            unit_id=unit.id,
            duty="in_service",
            reason="crew logged on",
            since=state.now,
            was=unit.duty,
            was_reason=unit.duty_reason,
            was_agency_code=unit.duty_code,
        )
        drafts.append(Draft(body=back, audience=audience))
    return drafts


def decide_log_off_unit(state: State, command: LogOffUnit) -> list[Draft]:
    """The crew leaves; the roster counts again. Nobody logged on: nothing changes.

    Raises:
        NotFound: There is no such unit.
        UnitNotAvailable: It is on an incident.
    """
    unit = state.board.units.get(command.unit_id)
    if unit is None:
        raise NotFound(f"There is no unit {command.unit_id}.", unit_id=command.unit_id)
    if unit.logon is None:
        return []
    live = state.board.live_of_unit(unit.id)
    if live is not None:
        raise UnitNotAvailable(
            f"{unit.id} is on an incident; clear it first.",
            unit_id=unit.id,
            incident_id=live.incident_id,
        )
    body = ev.UnitLoggedOff(unit_id=unit.id, logged_off_at=state.now)
    return [Draft(body=body, audience=audience_of(unit.agency_id))]
