"""The hash chain over the log: what is hashed, and how a change of any row is found. Pure.

``hash = sha256(previous hash + payload)`` over the exact bytes stored. Personal values are not in
the payload; it holds their commitments, so the chain still verifies after they are deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from dispatch.domain.call import PERSONAL_PARTS
from dispatch.domain.events import Draft, Event

GENESIS = "0" * 64


class ChainedRow(NamedTuple):
    """One row of the log as stored. ``private``: (salt, value) by field, absent if deleted."""

    seq: int
    kind: str
    command_id: str
    payload: str
    prev_hash: str
    hash: str
    private: dict[str, tuple[str, str]]


class Fault(NamedTuple):
    """Something that does not fit, at ``seq`` (0: the log as a whole)."""

    seq: int
    what: str


class Anchor(NamedTuple):
    """The head of the chain at one moment, kept outside the database and signed."""

    seq: int
    hash: str


def commitment(salt: str, value: str) -> str:
    """What stands in the chain for a personal value."""
    return hashlib.sha256(f"{salt}|{value}".encode()).hexdigest()


def chain_hash(prev_hash: str, payload: str) -> str:
    """The hash of a row that follows ``prev_hash``."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + payload.encode()).hexdigest()


def payload_of(
    draft: Draft,
    *,
    seq: int,
    at: datetime,
    actor: str,
    command_id: str,
    commitments: dict[str, str],
) -> str:
    """The canonical JSON text of an event: sorted keys, no blanks, UTC times."""
    body = {
        "seq": seq,
        "at": at.isoformat(),
        "actor": actor,
        "command_id": command_id,
        "audience": draft.audience,
        "subject": draft.subject,
        "commitments": commitments,
        "body": draft.body.model_dump(mode="json", exclude=_personal(draft)),
    }
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


_PERSONAL: dict[str, Any] = {
    "call.received": {"call": PERSONAL_PARTS},
    "call.linked": {"call": PERSONAL_PARTS},
    "call.located": {"fix": {"shape"}},
    "call.message": {"line": {"text", "translation"}},
}


def _personal(draft: Draft) -> Any:
    """Personal fields must not stand in a body; ``decide`` leaves them out, and this makes sure."""
    return _PERSONAL.get(draft.body.kind)


def event_from(payload: str, private: dict[str, str]) -> Event:
    """The event that a payload describes, with the personal values that still exist."""
    fields = orjson.loads(payload)
    for outside in ("subject", "commitments"):
        fields.pop(outside)
    return Event.model_validate({**fields, "private": private})


def verify(
    rows: Iterable[ChainedRow], head: Anchor, anchors: Iterable[Anchor] = ()
) -> Iterator[Fault]:
    """Every fault of the log, in order of the rows.

    Args:
        rows: All rows by ascending seq.
        head: What the head row says.
        anchors: Heads that were copied out earlier.

    Yields:
        A fault for each changed, deleted, swapped or inserted row, and for a log that ends before
        the head row or before an anchor.
    """
    waiting = {anchor.seq: anchor.hash for anchor in anchors}
    last_seq, last_hash = 0, GENESIS
    for row in rows:
        if row.seq != last_seq + 1:
            yield Fault(row.seq, f"row {last_seq + 1} is missing before it")
        elif row.prev_hash != last_hash:
            yield Fault(row.seq, "it does not follow the row before it")
        if chain_hash(row.prev_hash, row.payload) != row.hash:
            yield Fault(row.seq, "its content is not what was hashed")
        yield from _row_faults(row)
        anchored = waiting.pop(row.seq, None)
        if anchored is not None and anchored != row.hash:
            yield Fault(row.seq, "its hash is not the one anchored")
        last_seq, last_hash = row.seq, row.hash
    if (last_seq, last_hash) != (head.seq, head.hash):
        yield Fault(0, f"the log ends at {last_seq}, the head row says {head.seq}")
    for seq in sorted(waiting):
        yield Fault(seq, "it was anchored and is gone")


def _row_faults(row: ChainedRow) -> Iterator[Fault]:
    fields = orjson.loads(row.payload)
    stored = (row.seq, row.kind, row.command_id)
    if stored != (fields["seq"], fields["body"]["kind"], fields["command_id"]):
        yield Fault(row.seq, "its columns are not those of its content")
    for name, (salt, value) in row.private.items():
        if fields["commitments"].get(name) != commitment(salt, value):
            yield Fault(row.seq, f"the personal value {name} is not the one committed to")
