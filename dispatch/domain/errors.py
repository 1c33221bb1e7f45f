"""Every refusal of the hub: a class with a code and fields. The API has the table to status."""

from __future__ import annotations

from typing import Any, ClassVar


class HubError(Exception):
    """A refusal that the user can act on. ``fields`` say where and why."""

    code: ClassVar[str] = "hub_error"
    title: ClassVar[str] = "The hub refused this."

    def __init__(self, detail: str = "", **fields: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.fields = fields


class NotFound(HubError):
    """No such thing, or not for this viewer: the two answer alike."""

    code = "not_found"
    title = "There is no such thing, or it is not yours to see."


class NotSignedIn(HubError):
    code = "not_signed_in"
    title = "Sign in first."


class SignInRefused(HubError):
    code = "sign_in_refused"
    title = "Name or password is wrong."


class TooManyAttempts(HubError):
    code = "too_many_attempts"
    title = "Too many failed sign-ins; wait and try again."


class NotAllowed(HubError):
    code = "not_allowed"
    title = "Your role may not do this."


class InvalidInput(HubError):
    code = "invalid_input"
    title = "Some of the input cannot be used."


class RevisionConflict(HubError):
    """Somebody else changed it first; ``current`` is what stands now."""

    code = "revision_conflict"
    title = "It was changed by someone else in the meantime."


class CoverageUnknown(HubError):
    """``on``: whether any agency turned coverage on; then it is still being worked out."""

    code = "coverage_unknown"
    title = "No agency has coverage on, or it is still being worked out."


class UnitNotAvailable(HubError):
    """``unit_id``, and ``holder``: the incident number and who assigned it."""

    code = "unit_not_available"
    title = "The unit is taken or out of service."


class RecommendationChanged(HubError):
    """The recommendation accepted is not the one displayed now; ``current_id`` is."""

    code = "recommendation_changed"
    title = "The recommendation has changed; look at it again."


class TalkgroupTaken(HubError):
    """``talkgroup``: another incident works on it."""

    code = "talkgroup_taken"
    title = "Another incident works on that talkgroup."


class TransitionRefused(HubError):
    code = "transition_refused"
    title = "That status cannot follow the present one."


class AlreadyClosed(HubError):
    code = "already_closed"
    title = "It is closed already."


class OverrideNeedsReason(HubError):
    code = "override_needs_reason"
    title = "A unit outside the recommendation needs a reason."


class LegOfAnother(HubError):
    """``agencies`` and ``disciplines``: whose part it is, and which."""

    code = "leg_of_another"
    title = "That part is another agency's: say why you change it."


class LeavesUncovered(HubError):
    """``gaps``: the agencies and areas that nobody would answer for."""

    code = "leaves_uncovered"
    title = "Nobody would answer for a part of the region."


class DivertRefused(HubError):
    """``unit_id``, ``status`` and ``incident_number``: what it cannot be taken from."""

    code = "divert_refused"
    title = "The unit cannot be taken from where it is."


class NothingToUndo(HubError):
    """``why``: too late, somebody else's, or the world has moved on since."""

    code = "nothing_to_undo"
    title = "That cannot be taken back any more."


class UnitsStillAssigned(HubError):
    code = "units_still_assigned"
    title = "Units are still assigned; clear them first."


class NoRegion(HubError):
    code = "no_region"
    title = "No region is loaded; run `hub load FOLDER`."


class NotPlaced(HubError):
    """The closure's line fits no road well enough; ``why`` says what was missing."""

    code = "not_placed"
    title = "The line cannot be placed on the roads."


class CommandIdTaken(HubError):
    """The id named another command before: what is asked now was not done."""

    code = "command_id_taken"
    title = "This command id named another command; give this one an id of its own."


class RepeatedTooLate(HubError):
    """``days``: it was made longer ago than ids are sure to be known, and was not done now."""

    code = "repeated_too_late"
    title = (
        "This was given so long ago that nobody can tell whether it was done then; it was not done "
        "now. Look at what stands, and give it anew."
    )


class OutcomeUnknown(HubError):
    """The commit's outcome is unknown: repeat with the same command id."""

    code = "outcome_unknown"
    title = "The outcome is unknown; repeat the same command id."


class StorageFull(HubError):
    """The database has no room: what was asked was not done, and may be repeated."""

    code = "storage_full"
    title = "The hub's disk is full: nothing is written until there is room. Work by radio."


class Fenced(HubError):
    """A former leader tried to write after another took over."""

    code = "fenced"
    title = "Another process leads now."


class LocationUnavailable(HubError):
    """The caller's device could not be located anew: what stood before stands."""

    code = "location_unavailable"
    title = "The caller could not be located."


class QueriesOff(HubError):
    """The operator names no query service for this kind of question."""

    code = "queries_off"
    title = "No query service is set up."


class HistoryNotKept(HubError):
    """``kept``: the last kept board before the event ``seq`` that was asked for."""

    code = "history_not_kept"
    title = "No board is kept near that moment; `hub audit keep` makes those of an older log."


class RoadsUnavailable(HubError):
    code = "roads_unavailable"
    title = "The roads process does not answer."


class TooBusy(HubError):
    code = "too_busy"
    title = "The hub has too much waiting; try again at once."
