"""The stream's messages: what a console receives and sends, and how each is encoded. No socket."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

import orjson
from pydantic import Field, TypeAdapter

from dispatch.domain.board import BoardSnapshot
from dispatch.domain.errors import HubError
from dispatch.domain.events import Event
from dispatch.domain.presence import Presence
from dispatch.domain.unit import Fix
from dispatch.domain.values import Id, UtcTime, Value
from dispatch.realtime.frames import Frame, text_frame


class Snapshot(Value):
    """The whole board that this viewer may see. It replaces all that the console holds."""

    type: Literal["snapshot"] = "snapshot"
    epoch: str
    seq: int
    """The last event number of this stream; the next event's ``prev`` is this."""
    at: UtcTime
    board: BoardSnapshot
    fixes: tuple[Fix, ...]
    behind_s: float = 0.0
    """As a heartbeat says it."""


class Resumed(Value):
    """The console's state stands; the chain goes on from ``seq``. It may come twice in a resume."""

    type: Literal["resumed"] = "resumed"
    epoch: str
    seq: int


class EventMessage(Value):
    """One event. ``prev`` is the number before it in this stream: a gap shows by itself."""

    type: Literal["event"] = "event"
    seq: int
    prev: int
    event: Event


class Heartbeat(Value):
    """Each second. ``seq`` is this stream's last event number, ``head`` the log's.

    ``behind_s`` says for how long the hub process has not known the end of the log: what it shows
    may be so old, however lively its heart beats. ``unwatched_s`` says for how long nobody dealt
    with what fell due (timers, escalations); 0: somebody does. ``full``: the last command found no
    room on the database's disk. ``untaken``: how many commands of the last minute were offered to
    this process and could not be accepted.
    """

    type: Literal["heartbeat"] = "heartbeat"
    seq: int
    head: int
    at: UtcTime
    behind_s: float = 0.0
    unwatched_s: float = 0.0
    full: bool = False
    untaken: int = 0


class Fixes(Value):
    """Where units are now, each at most once a second; not part of the log."""

    type: Literal["fixes"] = "fixes"
    at: UtcTime
    fixes: tuple[Fix, ...]


class People(Value):
    """Who is at the consoles of the floor now, whenever that changes; not part of the log."""

    type: Literal["people"] = "people"
    people: tuple[Presence, ...]


class Problem(Value):
    """A problem document (RFC 9457), as the HTTP answers carry it."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    fields: dict[str, Any] = Field(default_factory=dict)


class ProblemMessage(Value):
    """Why the hub closes this stream; the last message before it does."""

    type: Literal["problem"] = "problem"
    problem: Problem


ServerMessage = Annotated[
    Snapshot | Resumed | EventMessage | Heartbeat | Fixes | People | ProblemMessage,
    Field(discriminator="type"),
]


class Hello(Value):
    """First of all: who asks, and what the console holds already, to go on from there."""

    type: Literal["hello"] = "hello"
    token: Annotated[str, Field(max_length=200)]
    epoch: Annotated[str, Field(max_length=64)] | None = None
    since: Annotated[int, Field(ge=0)] | None = None


class Ack(Value):
    """Transport acknowledgement, every two seconds: the last event number taken over."""

    type: Literal["ack"] = "ack"
    seq: Annotated[int, Field(ge=0)]


class Looking(Value):
    """What this console has open now, and whether somebody types there."""

    type: Literal["looking"] = "looking"
    incident_id: Id | None = None
    typing: bool = False


ClientMessage = Annotated[Hello | Ack | Looking, Field(discriminator="type")]

CLIENT_MESSAGE: TypeAdapter[Hello | Ack | Looking] = TypeAdapter(ClientMessage)
_FIXES: TypeAdapter[tuple[Fix, ...]] = TypeAdapter(tuple[Fix, ...])


def event_json(event: Event) -> bytes:
    """The event's JSON: made once per profile, shared by the streams of that profile."""
    return event.__pydantic_serializer__.to_json(event)


def event_frame(seq: int, prev: int, encoded: bytes) -> Frame:
    """The frame of one event whose JSON is ``encoded``."""
    head = b'{"type":"event","seq":%d,"prev":%d,"event":' % (seq, prev)
    return Frame(seq, text_frame(head + encoded + b"}"))


def snapshot_frame(
    epoch: str,
    seq: int,
    at: datetime,
    board: BoardSnapshot,
    fixes: tuple[Fix, ...],
    behind_s: float = 0.0,
) -> Frame:
    """The frame of a snapshot at ``seq``."""
    parts = (
        b'{"type":"snapshot","epoch":',
        orjson.dumps(epoch),
        b',"seq":%d,"at":' % seq,
        orjson.dumps(at),
        b',"board":',
        board.__pydantic_serializer__.to_json(board),
        b',"fixes":',
        _FIXES.dump_json(fixes),
        b',"behind_s":%.1f}' % behind_s,
    )
    return Frame(seq, text_frame(b"".join(parts)))


def resumed_frame(epoch: str, seq: int) -> Frame:
    """The frame that says from where the chain goes on."""
    return Frame(seq, text_frame(Resumed(epoch=epoch, seq=seq).model_dump_json().encode()))


class Ailing(NamedTuple):
    """What a hub process cannot do although its heart beats; see ``Heartbeat``."""

    unwatched_s: float = 0.0
    full: bool = False
    untaken: int = 0


_WELL = Ailing()


def heartbeat_frame(
    seq: int, head: int, at: datetime, behind_s: float = 0.0, ailing: Ailing = _WELL
) -> Frame:
    """The frame of one second."""
    message = {
        "type": "heartbeat",
        "seq": seq,
        "head": head,
        "at": at,
        "behind_s": round(behind_s, 1),
        "unwatched_s": round(ailing.unwatched_s, 1),
        "full": ailing.full,
        "untaken": ailing.untaken,
    }
    return Frame(0, text_frame(orjson.dumps(message)))


def fixes_frame(at: datetime, fixes: tuple[Fix, ...]) -> Frame:
    """The frame of the units that moved."""
    encoded = b'{"type":"fixes","at":%b,"fixes":%b}' % (orjson.dumps(at), _FIXES.dump_json(fixes))
    return Frame(0, text_frame(encoded))


def people_frame(people: tuple[Presence, ...]) -> Frame:
    """The frame of who is at the consoles."""
    return Frame(0, text_frame(People(people=people).model_dump_json().encode()))


def problem_frame(problem: Problem) -> Frame:
    """The frame that tells why the stream ends."""
    return Frame(0, text_frame(ProblemMessage(problem=problem).model_dump_json().encode()))


def problem_of(error: HubError, status: int) -> Problem:
    """The problem document of a refusal."""
    return Problem(
        title=error.title,
        status=status,
        code=error.code,
        detail=error.detail,
        fields=error.fields,
    )
