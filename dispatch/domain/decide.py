"""``decide(state, command) -> drafts``: the one entry to the rules. Pure: it reads no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dispatch.domain import commands as cmd
from dispatch.domain import events as ev
from dispatch.domain.assigning import (
    decide_assign_units,
    decide_start_officer_work,
    decide_swap_units,
)
from dispatch.domain.bolos import decide_bolo_due, decide_cancel_bolo, decide_issue_bolo
from dispatch.domain.call_progress import (
    decide_answer_call,
    decide_fill_form,
    decide_locate_caller,
    decide_mark_stage,
    decide_open_call,
)
from dispatch.domain.callbacks import (
    decide_hang_up,
    decide_plan_callback,
    decide_report_callback,
)
from dispatch.domain.conversation import (
    decide_change_line,
    decide_say_line,
    decide_set_language,
)
from dispatch.domain.cross_staffing import check_crews
from dispatch.domain.delivering import (
    decide_report_channel,
    decide_report_receipt,
    decide_report_sending,
    delivery_drafts,
)
from dispatch.domain.emergencies import (
    decide_end_emergency,
    decide_raise_emergency,
    decide_send_help,
)
from dispatch.domain.errors import Fenced, InvalidInput, NotFound, TooManyAttempts
from dispatch.domain.events import Draft
from dispatch.domain.fireground import decide_par_due, decide_report_benchmark
from dispatch.domain.holding import (
    decide_hold_incident,
    decide_hold_over,
    decide_link_incidents,
)
from dispatch.domain.hospitals import decide_count_patients, decide_set_hospital
from dispatch.domain.intake import decide_close_call, decide_link_call, decide_take_call
from dispatch.domain.justice_queries import decide_ask_query, decide_end_query
from dispatch.domain.map_faults import decide_close_map_fault
from dispatch.domain.merging import decide_merge_incidents, decide_unmerge_incidents
from dispatch.domain.outside_units import decide_ask_outside, decide_change_outside
from dispatch.domain.place_corrections import correction_drafts, decide_correction_due
from dispatch.domain.positions import (
    decide_fold_positions,
    decide_leave_position,
    decide_remove_position,
    decide_set_position,
    decide_take_position,
    sign_out_drafts,
)
from dispatch.domain.premises import (
    decide_acknowledge_hazard,
    decide_note_premise,
    decide_withdraw_premise,
)
from dispatch.domain.progress import (
    decide_acknowledge,
    decide_report_received,
    decide_reroute,
    decide_set_assignment_status,
    decide_unacknowledged,
)
from dispatch.domain.protocols import (
    decide_hand_determinant,
    decide_open_protocol,
    decide_settle_determinant,
)
from dispatch.domain.records import decide_see_record_news, decide_take_version
from dispatch.domain.road_blocks import (
    decide_confirm_closure,
    decide_end_incident_closures,
    decide_propose_closure,
    decide_report_block,
    decide_withdraw_block,
)
from dispatch.domain.road_closures import (
    decide_closure_due,
    decide_lift_closure,
    decide_open_closure,
    decide_record_feed,
)
from dispatch.domain.scheduling import (
    decide_schedule_due,
    decide_schedule_incident,
    lost_drafts,
)
from dispatch.domain.state import State
from dispatch.domain.status_checks import decide_answer_check, decide_check_due
from dispatch.domain.storms import decide_set_storm
from dispatch.domain.talkgroups import decide_give_talkgroup
from dispatch.domain.transfers import (
    decide_hear_record,
    decide_offer_transfer,
    decide_report_record,
    decide_settle_transfer,
    decide_transfer_due,
)
from dispatch.domain.undoing import decide_undo
from dispatch.domain.unit_duty import (
    decide_log_off_unit,
    decide_log_on_unit,
    decide_set_unit_duty,
)
from dispatch.domain.values import EVERYONE, audience_of
from dispatch.domain.volunteers import decide_answer_page, decide_staffing_due
from dispatch.domain.working import (
    decide_add_note,
    decide_change_incident,
    decide_change_leg,
    decide_close_legs,
    decide_freeze_recommendation,
    decide_give_case_number,
    decide_void_case_number,
)


def _decide_fall_due(state: State, command: cmd.FallDue) -> list[Draft]:
    if command.fence != state.fence:
        raise Fenced(fence=state.fence, yours=command.fence)
    if command.due_at is not None and command.due_at > state.now:
        # The clock was set back since it was found due: its row is gone, and would not come again.
        state = replace(state, now=command.due_at)
    if command.kind == "unacknowledged":
        return decide_unacknowledged(state, command)
    if command.kind == "place_correction":
        return decide_correction_due(state, command)
    if command.kind == "status_check":
        return decide_check_due(state, command)
    if command.kind == "staffing":
        return decide_staffing_due(state, command)
    if command.kind == "hold_over":
        return decide_hold_over(state, command)
    if command.kind == "schedule":
        return decide_schedule_due(state, command)
    if command.kind == "transfer":
        return decide_transfer_due(state, command)
    if command.kind == "bolo":
        return decide_bolo_due(state, command)
    if command.kind == "par":
        return decide_par_due(state, command)
    return decide_closure_due(state, command)


def _decide_activate_region(state: State, command: cmd.ActivateRegion) -> list[Draft]:
    present = state.board.region
    if present is not None and present.region_version == command.region.region_version:
        return []
    return [Draft(body=command.region, audience=(EVERYONE,))]


def _decide_mute_zone(state: State, command: cmd.MuteZone) -> list[Draft]:
    present = state.board.muted_zones.get(command.zone_id)
    if (present is not None) == command.muted:
        return []
    body = ev.ZoneMuted(
        zone_id=command.zone_id,
        agency_id=command.agency_id,
        muted=command.muted,
        reason=command.reason,
        by=command.actor.account_id,
        since=state.now,
    )
    return [Draft(body=body, audience=audience_of(command.agency_id))]


def _refuse_locked(state: State, lock: cmd.SignInLock) -> None:
    """Looked at where it is written, so that no two tries at once both pass as the last one.

    A wrong password is told the same as a right one: whether it was right is not to be learned.
    """
    if state.sign_ins_failed >= lock.attempts:
        raise TooManyAttempts(minutes=lock.minutes)


def _decide_open_session(state: State, command: cmd.OpenSession) -> list[Draft]:
    _refuse_locked(state, command.lock)
    session = command.session
    private = {"token_hash": command.token_hash}
    return [Draft(body=session, audience=(), subject=session.session_id, private=private)]


def _decide_refuse_session(state: State, command: cmd.RefuseSession) -> list[Draft]:
    _refuse_locked(state, command.lock)
    body = ev.SessionRefused(account_id=command.account_id, reason=command.reason)
    private = {"typed_name": command.typed_name} if command.typed_name else {}
    return [Draft(body=body, audience=(), subject=command.command_id, private=private)]


def _decide_close_session(state: State, command: cmd.CloseSession) -> list[Draft]:
    if state.session is None:
        raise NotFound(session_id=command.session_id)
    body = ev.SessionClosed(session_id=command.session_id, reason=command.reason)
    drafts = [Draft(body=body, audience=())]
    if state.last_session:
        drafts += sign_out_drafts(state, state.session.account_id)
    return drafts


def _decide_silence_alarms(state: State, command: cmd.SilenceAlarms) -> list[Draft]:
    body = ev.AlarmsSilenced(account_id=command.actor.account_id, alarms=command.alarms)
    return [Draft(body=body, audience=(), subject=command.command_id)]


def _decide_record_reading(state: State, command: cmd.RecordReading) -> list[Draft]:
    body = ev.RecordRead(
        account_id=command.actor.account_id, what=command.what, found=command.found
    )
    private = {"about": command.about} if command.about else {}
    read = Draft(body=body, audience=(), subject=command.command_id, private=private)
    return [read, *decide_hear_record(state, command)]


_DECIDE: dict[type[cmd.Command], Callable[[State, Any], list[Draft]]] = {
    cmd.TakeCall: decide_take_call,
    cmd.OpenCall: decide_open_call,
    cmd.AnswerCall: decide_answer_call,
    cmd.FillForm: decide_fill_form,
    cmd.MarkStage: decide_mark_stage,
    cmd.LocateCaller: decide_locate_caller,
    cmd.SayLine: decide_say_line,
    cmd.ChangeLine: decide_change_line,
    cmd.SetLanguage: decide_set_language,
    cmd.OfferTransfer: decide_offer_transfer,
    cmd.SettleTransfer: decide_settle_transfer,
    cmd.ReportRecord: decide_report_record,
    cmd.TakeVersion: decide_take_version,
    cmd.SeeRecordNews: decide_see_record_news,
    cmd.OpenProtocol: decide_open_protocol,
    cmd.HandDeterminant: decide_hand_determinant,
    cmd.SettleDeterminant: decide_settle_determinant,
    cmd.LinkCall: decide_link_call,
    cmd.CloseCall: decide_close_call,
    cmd.HangUp: decide_hang_up,
    cmd.PlanCallback: decide_plan_callback,
    cmd.ReportCallback: decide_report_callback,
    cmd.ChangeIncident: decide_change_incident,
    cmd.AddNote: decide_add_note,
    cmd.FreezeRecommendation: decide_freeze_recommendation,
    cmd.AssignUnits: decide_assign_units,
    cmd.SwapUnits: decide_swap_units,
    cmd.HoldIncident: decide_hold_incident,
    cmd.ScheduleIncident: decide_schedule_incident,
    cmd.LinkIncidents: decide_link_incidents,
    cmd.MergeIncidents: decide_merge_incidents,
    cmd.UnmergeIncidents: decide_unmerge_incidents,
    cmd.ReportBenchmark: decide_report_benchmark,
    cmd.Undo: decide_undo,
    cmd.ReportReceived: decide_report_received,
    cmd.ReportSending: decide_report_sending,
    cmd.ReportReceipt: decide_report_receipt,
    cmd.ReportChannel: decide_report_channel,
    cmd.RerouteAssignment: decide_reroute,
    cmd.AnswerCheck: decide_answer_check,
    cmd.AnswerPage: decide_answer_page,
    cmd.AcknowledgeAssignment: decide_acknowledge,
    cmd.SetAssignmentStatus: decide_set_assignment_status,
    cmd.SetUnitDuty: decide_set_unit_duty,
    cmd.LogOnUnit: decide_log_on_unit,
    cmd.LogOffUnit: decide_log_off_unit,
    cmd.RaiseEmergency: decide_raise_emergency,
    cmd.EndEmergency: decide_end_emergency,
    cmd.SendHelp: decide_send_help,
    cmd.NotePremise: decide_note_premise,
    cmd.WithdrawPremise: decide_withdraw_premise,
    cmd.AcknowledgeHazard: decide_acknowledge_hazard,
    cmd.IssueBolo: decide_issue_bolo,
    cmd.CancelBolo: decide_cancel_bolo,
    cmd.CloseMapFault: decide_close_map_fault,
    cmd.ChangeLeg: decide_change_leg,
    cmd.CloseLegs: decide_close_legs,
    cmd.GiveCaseNumber: decide_give_case_number,
    cmd.VoidCaseNumber: decide_void_case_number,
    cmd.GiveTalkgroup: decide_give_talkgroup,
    cmd.StartOfficerWork: decide_start_officer_work,
    cmd.OpenClosure: decide_open_closure,
    cmd.LiftClosure: decide_lift_closure,
    cmd.ReportBlock: decide_report_block,
    cmd.WithdrawBlock: decide_withdraw_block,
    cmd.ConfirmClosure: decide_confirm_closure,
    cmd.ProposeClosure: decide_propose_closure,
    cmd.EndIncidentClosures: decide_end_incident_closures,
    cmd.MuteZone: _decide_mute_zone,
    cmd.SetStorm: decide_set_storm,
    cmd.SetHospital: decide_set_hospital,
    cmd.CountPatients: decide_count_patients,
    cmd.AskOutside: decide_ask_outside,
    cmd.ChangeOutside: decide_change_outside,
    cmd.SetPosition: decide_set_position,
    cmd.RemovePosition: decide_remove_position,
    cmd.TakePosition: decide_take_position,
    cmd.LeavePosition: decide_leave_position,
    cmd.FoldPositions: decide_fold_positions,
    cmd.FallDue: _decide_fall_due,
    cmd.RecordFeed: decide_record_feed,
    cmd.ActivateRegion: _decide_activate_region,
    cmd.OpenSession: _decide_open_session,
    cmd.RefuseSession: _decide_refuse_session,
    cmd.CloseSession: _decide_close_session,
    cmd.SilenceAlarms: _decide_silence_alarms,
    cmd.RecordReading: _decide_record_reading,
    cmd.AskQuery: decide_ask_query,
    cmd.EndQuery: decide_end_query,
}


HUB_IDS = (
    "blocks-", "due-", "eido-", "engine-", "freeze-", "load-", "over-", "probe-", "query-",
    "receipt-", "reroute-", "sent-",
)  # fmt: skip
"""How the ids of the hub's own commands begin: if anybody else might take one, what is due under it
would never be done.
"""


def decide(state: State, command: cmd.Command) -> list[Draft]:
    """The events that the command causes now, in order; empty when nothing would change.

    What crews and stations are to be told of them is among them, at the end.

    Raises:
        HubError: The command is refused; the class says why, its fields where.
    """
    if command.actor.role != "hub" and command.command_id.startswith(HUB_IDS):
        raise InvalidInput("The hub's own commands have such ids.", field="command_id")
    drafts = _DECIDE[type(command)](state, command)
    check_crews(state, drafts)
    drafts = drafts + lost_drafts(state, drafts, command.actor.account_id)
    drafts = drafts + correction_drafts(state, drafts)
    return drafts + delivery_drafts(state, command, drafts)
