"""A call: one contact by voice, text or alarm. Many calls may speak of one incident, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from dispatch.domain.incident import Place
from dispatch.domain.protocol import ProtocolRun
from dispatch.domain.values import (
    AgencySet,
    Id,
    LongText,
    Priority,
    ShortText,
    UtcTime,
    Value,
)
from geodata.shapes import Shape

Channel = Literal["voice", "text", "alarm"]

CallOutcome = Literal[
    "administrative",
    "information",
    "misdial",
    "silent",
    "abandoned",
    "alarm_company",
    "repossession",
    "transferred",
    "duplicate",
    "other",
]
"""What became of a call that made no incident (NENA-STA-020 asks for each to be accounted for)."""

CallPhase = Literal["ringing", "taking", "saved"]
"""Nobody answered yet; somebody has it in the form; the form was saved."""

CallStage = Literal["located", "typed", "cpr_recognised", "compressions"]
"""What the form tells the hub as it happens; the hub stamps the rest by itself."""

TransferResult = Literal["accepted", "refused", "taken_back"]
TransferState = Literal["offered", "accepted", "refused", "taken_back", "timed_out"]

LineText = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$")]
"""A language by BCP 47, as ``pt`` or ``pt-BR``; empty: not known."""

CallerFixSource = Literal["call", "rebid", "typed"]
"""It came with the call; somebody asked for it anew; somebody typed it."""

PERSONAL_FIELDS = ("callback", "caller_name", "location_key", "record", "note")
"""Fields of a call that never stand in the chained body of an event."""

PERSONAL_PARTS: dict[str, Any] = {
    **dict.fromkeys(PERSONAL_FIELDS, True),
    "fixes": {"__all__": {"shape"}},
    "transcript": {"__all__": {"text", "translation"}},
    "record_news": {"__all__": {"text"}},
}
"""What pydantic leaves out of a call wherever it is written whole: all that is personal."""

_SHAPE: TypeAdapter[Any] = TypeAdapter(Shape)


class CallerFix(Value):
    """Where the caller's device is said to be, at one moment. Never the incident's place.

    ``shape`` is a personal value: None for whoever may not see it, or after it was deleted.
    ``confidence_pct`` is how surely the device is inside it (RFC 7459); ``class_of_service`` and
    ``method`` are the provider's words.
    """

    at: UtcTime
    """When the hub was told."""
    measured_at: UtcTime | None = None
    """When the device was there, where the provider says so: its age counts from then."""
    shape: Shape | None = None
    confidence_pct: Annotated[float, Field(gt=0, le=100)] | None = None
    class_of_service: ShortText = ""
    method: ShortText = ""
    source: CallerFixSource
    by: Id


CallbackCause = Literal["silent", "abandoned"]
CallbackResult = Literal["answered", "no_answer", "busy"]


class TextLine(Value):
    """One line of a conversation in text, by the caller (``in``) or by a call-taker (``out``).

    ``text`` and ``translation`` are personal values. The original always stands; a translation
    stands beside it, with who or what made it. ``delivered_at``: the gateway says that it arrived.
    """

    id: Id
    at: UtcTime
    direction: Literal["in", "out"]
    by: Id
    language: LanguageTag = ""
    text: LineText = ""
    translation: LineText | None = None
    translation_language: LanguageTag = ""
    translated_by: ShortText = ""
    delivered_at: UtcTime | None = None


RecordPart = Literal[
    "type", "priority", "place", "callback", "status", "units", "cautions", "narrative"
]
LINES_MOST = 3_900
"""Letters of a record, and of what is new in it."""


class RecordNews(Value):
    """What later versions of another centre's record say anew, until somebody has seen it.

    ``text`` is a personal value, in lines: what was appended, and each fact that is another now
    with what it was. ``updated_at`` is the other centre's time. ``over``: it is done there.
    """

    id: Id
    at: UtcTime
    """When the latest of it came."""
    updated_at: UtcTime | None = None
    parts: tuple[RecordPart, ...]
    over: bool = False
    text: LongText = ""
    seen_by: Id | None = None
    seen_at: UtcTime | None = None


class Hearing(Value):
    """A record of ours that another centre was sent, or that somebody read, as it was by then.

    What it said is no part of this: a version is known by its digest, and what stood in it is the
    call and its incident as the log has them at ``at``.
    """

    at: UtcTime
    how: Literal["sent", "not_taken", "read"]
    by: Id
    """The centre that was sent it, or the account that read it."""
    version: int
    """1, and one more for each that says something else."""
    digest: ShortText
    entries: int = 0
    """Of its narrative."""
    parts: tuple[RecordPart, ...] = ()
    """What is another than in the version before, where that is known."""
    why: ShortText = ""
    """Why it was not taken."""


class Transfer(Value):
    """One offer of the call to another centre; ``domain.transfers`` says who owns it when."""

    id: Id
    centre_id: Id
    centre_name: ShortText
    state: TransferState = "offered"
    offered_at: UtcTime
    offered_by: Id
    due_at: UtcTime
    """When silence counts as no."""
    reason: ShortText = ""
    settled_at: UtcTime | None = None
    settled_by: Id | None = None
    answer: ShortText = ""
    """Who answered for the other centre, and how."""
    record: Literal["", "sent", "failed"] = ""
    """Whether their system took the record; empty: nobody knows yet, or it takes none."""
    record_why: ShortText = ""
    ref: ShortText = ""
    """By what all versions of its record are known: the same, whatever becomes of the incident."""
    behind: ShortText = ""
    """Why their system has not got the latest version of it; empty: it has, as far as is known."""
    heard: tuple[Hearing, ...] = ()
    """Who heard what of it, the first one first; of many the first and the latest."""
    heard_left_out: int = 0
    """How many between are not in ``heard``; the log has them all."""


class CallbackTry(Value):
    """One attempt to call back, and what came of it."""

    at: UtcTime
    by: Id
    result: CallbackResult


class Callback(Value):
    """A caller who must be called back: why, by when, and what was tried.

    ``due_at`` None: nobody needs to try again.
    """

    cause: CallbackCause
    due_at: UtcTime | None
    tries: tuple[CallbackTry, ...] = ()


class CallForm(Value):
    """What is typed of a call that has made no incident yet, beside the call's own fields.

    It makes nothing by itself: it is what another screen goes on with. Empty where the call speaks
    of an incident, whose place and type stand there.
    """

    place: Place | None = None
    incident_type: ShortText | None = None
    priority: Priority | None = None
    type_text: ShortText = ""
    """Words of a type that are no type yet."""
    wanted: ShortText = ""
    """The later time for which it is wanted, as typed."""
    caller_at: ShortText = ""
    """Where the caller's device is, as it was read out."""


class Call(Value):
    """One contact.

    ``fixes`` is the trail of where the caller's device was said to be, the last one now; the
    incident's place is another thing and is never filled from it. ``callback``, ``caller_name``,
    ``location_key`` and the shapes are personal values: they travel beside the event's body and
    are None for whoever may not see them.
    """

    id: Id
    channel: Channel
    received_at: UtcTime
    answered_at: UtcTime | None = None
    callback: ShortText | None = None
    caller_name: ShortText | None = None
    location_key: ShortText | None = None
    """By what a location server knows the device: a location URI, else the callback number."""
    record: LongText | None = None
    """What another centre handed over with the call, in lines; a personal value."""
    note: LongText | None = None
    """What was noted while it spoke of no incident; then it stands in that narrative instead."""
    form: CallForm | None = None
    handed_over_by: ShortText = ""
    """The centre that it came from; empty: from the caller."""
    record_ref: ShortText = ""
    """The incident's identifier at the centre where it began."""
    record_at: UtcTime | None = None
    """When that centre last changed what stands in ``record``."""
    record_hops: tuple[ShortText, ...] = ()
    """The domains that the record came through, the first one first."""
    record_news: tuple[RecordNews, ...] = ()
    """What came after it; all but the last are seen."""
    caller_location: Shape | None = None
    """Of calls taken before there was a trail."""
    fixes: tuple[CallerFix, ...] = ()
    said: ShortText = ""
    """The place as the caller said it."""
    phase: CallPhase = "saved"
    located_at: UtcTime | None = None
    typed_at: UtcTime | None = None
    ready_at: UtcTime | None = None
    """When its incident stood."""
    cpr_recognised_at: UtcTime | None = None
    """When the call-taker knew that the heart has stopped."""
    compressions_at: UtcTime | None = None
    """When somebody there began to press. All of these are stamped by the hub, each once."""
    language: LanguageTag = ""
    """In which the caller speaks or writes."""
    interpreter_at: UtcTime | None = None
    """When an interpreter of the language line was on the call."""
    transcript: tuple[TextLine, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    """Offers to other centres, in order; all but the last are settled."""
    protocol_runs: tuple[ProtocolRun, ...] = ()
    """Card protocols that were launched for it, in order, with what they came to."""
    incident_id: Id | None = None
    taken_by: Id
    callback_task: Callback | None = None
    outcome: CallOutcome | None = None
    """Of a call that made no incident and is done with; None while it is open."""
    closed_at: UtcTime | None = None
    audience: AgencySet

    def personal(self) -> dict[str, str]:
        """Every personal value of the call by name; that of a part ends in the part's place.

        The same names everywhere, so that one rule reads, hides and deletes them.
        """
        found = {name: value for name in PERSONAL_FIELDS if (value := getattr(self, name))}
        for index, fix in enumerate(self.fixes):
            if fix.shape is not None:
                found[f"shape.{index}"] = shape_text(fix.shape)
        for index, line in enumerate(self.transcript):
            found[f"text.{index}"] = line.text
            if line.translation is not None:
                found[f"translation.{index}"] = line.translation
        for index, news in enumerate(self.record_news):
            if news.text:
                found[f"news.{index}"] = news.text
        return found

    def without_personal(self) -> Call:
        """The call as it may stand in an event's body."""
        bare = {
            "fixes": tuple(fix.model_copy(update={"shape": None}) for fix in self.fixes),
            "transcript": tuple(
                line.model_copy(update={"text": "", "translation": None})
                for line in self.transcript
            ),
            "record_news": tuple(n.model_copy(update={"text": ""}) for n in self.record_news),
        }
        return self.model_copy(update={**dict.fromkeys(PERSONAL_FIELDS), **bare})

    def told(self, private: Mapping[str, str]) -> Call:
        """The call with these personal values, as ``personal`` names them; others stay."""
        if not private:
            return self
        update: dict[str, Any] = {
            name: private[name] or None for name in PERSONAL_FIELDS if name in private
        }
        fixes = list(self.fixes)
        for index, fix in enumerate(fixes):
            if (shape := private.get(f"shape.{index}")) is not None:
                fixes[index] = fix.model_copy(update={"shape": _SHAPE.validate_json(shape)})
        lines = list(self.transcript)
        for index, line in enumerate(lines):
            said = {
                name: private[f"{name}.{index}"]
                for name in ("text", "translation")
                if f"{name}.{index}" in private
            }
            lines[index] = line.model_copy(update=said) if said else line
        news = [
            n.model_copy(update={"text": private.get(f"news.{index}", n.text)})
            for index, n in enumerate(self.record_news)
        ]
        parts = {"fixes": tuple(fixes), "transcript": tuple(lines), "record_news": tuple(news)}
        return self.model_copy(update={**update, **parts})


def shape_text(shape: Shape) -> str:
    """A shape as one personal value: its JSON."""
    return str(_SHAPE.dump_json(shape).decode())
