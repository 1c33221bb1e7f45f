"""Anchoring the chain outside the database, and verifying the log back to the last anchor.

Each minute the leader copies the head's number and hash out, signed with Ed25519, so that a log cut
short or written anew by whoever holds the database is found. A database that was restored from a
backup is such a log too: it gets another epoch by itself, and counts as whole again only when the
operator has said, signed as well, that it was restored and why.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, Engine

from dispatch.domain.case_account import CaseAccount, case_account
from dispatch.domain.chain import Anchor, Fault
from dispatch.domain.errors import InvalidInput
from dispatch.domain.state import case_scope
from dispatch.store.epochs import renew_epoch
from dispatch.store.event_log import (
    Head,
    events_of_kinds,
    find_hash,
    last_number,
    read_head,
    verify_log,
)

ANCHOR_EVERY_S = 60.0
MARK_EVERY_S = 1.0
RESTORED_ADVICE = "Restored from a backup? Say so: hub audit restored --reason WHY"


@dataclass(frozen=True)
class Anchors:
    """The file of anchors, one JSON object a line, and the key that signs them."""

    path: Path
    key_path: Path

    def _key(self) -> Ed25519PrivateKey:
        if self.key_path.exists():
            key = load_pem_private_key(self.key_path.read_bytes(), password=None)
            assert isinstance(key, Ed25519PrivateKey)
            return key
        key = Ed25519PrivateKey.generate()
        self.key_path.parent.mkdir(parents=True, exist_ok=True)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handle = os.open(self.key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        return key

    def append(self, engine: Engine, at: datetime) -> Anchor | None:
        """Copy the head out, unless nothing happened since the last anchor."""
        with engine.connect() as connection, connection.begin():
            head = read_head(connection)
        anchor = Anchor(head.seq, head.hash)
        if head.seq == 0 or self.last() == anchor:
            return None
        self._write({"seq": head.seq, "hash": head.hash, "at": at.isoformat()}, anchor)
        return anchor

    def give_up(self, good: int, head: Head, reason: str, at: datetime) -> None:
        """The operator says that the database was restored: anchors after ``good`` hold no more."""
        line = {
            "seq": head.seq,
            "hash": head.hash,
            "restored_after": good,
            "reason": reason,
            "at": at.isoformat(),
        }
        self._write(line, Anchor(head.seq, head.hash), good, reason)
        self.mark(Anchor(head.seq, head.hash))

    def _write(
        self, line: dict[str, Any], anchor: Anchor, good: int | None = None, reason: str = ""
    ) -> None:
        signature = self._key().sign(_signed_bytes(anchor, good, reason))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(orjson.dumps({**line, "signature": signature.hex()}) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def mark(self, followed: Anchor) -> None:
        """Note how far a hub process of this data folder has followed the log; not signed.

        What is written in the minute before a crash stands in no anchor: by this a database that
        was put back to a moment of that minute is noticed all the same.
        """
        self._mark_path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._mark_path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.write_bytes(orjson.dumps(followed._asdict()))
        fresh.replace(self._mark_path)

    def marked(self) -> Anchor | None:
        """The last mark; None where there is none that can be read."""
        try:
            found = orjson.loads(self._mark_path.read_bytes())
            return Anchor(int(found["seq"]), str(found["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def _mark_path(self) -> Path:
        return self.path.with_name("followed.json")

    def last(self) -> Anchor | None:
        """The last anchor, by the end of the file alone; None where that is none.

        The file grows by a line a minute for years: whoever asks each minute must not read it all.
        """
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LINE_BYTES))
            lines = file.read().splitlines()
        found = _anchor_of(lines[-1], self._key().public_key()) if lines else None
        return found.anchor if found else None

    def backwards(self) -> Iterator[Anchor]:
        """Every anchor ever signed, the last one first; each is verified when it is asked for."""
        public = self._key().public_key()
        if not self.path.exists():
            return
        for line in reversed(self.path.read_bytes().splitlines()):
            if (found := _anchor_of(line, public)) is not None:
                yield found.anchor

    def read(self) -> tuple[list[Anchor], list[Fault]]:
        """Anchors that hold, in order of the file, and a fault for each line that is none."""
        if not self.path.exists():
            return [], []
        public = self._key().public_key()
        anchors: list[Anchor] = []
        faults = []
        for number, line in enumerate(self.path.read_bytes().splitlines(), start=1):
            found = _anchor_of(line, public)
            if found is None:
                faults.append(Fault(0, f"line {number} of {self.path.name} is not a signed anchor"))
                continue
            if found.restored_after is not None:
                anchors = [known for known in anchors if known.seq <= found.restored_after]
            anchors.append(found.anchor)
        return anchors, faults


_LINE_BYTES = 4096
"""Longer than any line of anchors."""


class _Line(NamedTuple):
    anchor: Anchor
    restored_after: int | None


def _anchor_of(line: bytes, public: Ed25519PublicKey) -> _Line | None:
    """What a line of the file says; None where its signature does not hold."""
    try:
        found = orjson.loads(line)
        anchor = Anchor(int(found["seq"]), str(found["hash"]))
        good, reason = found.get("restored_after"), str(found.get("reason", ""))
        public.verify(bytes.fromhex(found["signature"]), _signed_bytes(anchor, good, reason))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        return None
    return _Line(anchor, good)


def _signed_bytes(anchor: Anchor, good: int | None, reason: str) -> bytes:
    if good is None:
        return f"{anchor.seq}:{anchor.hash}".encode()
    return f"{anchor.seq}:{anchor.hash}:restored after {int(good)}:{reason}".encode()


@dataclass(frozen=True)
class Parting:
    """Where the stored log leaves what was anchored: it was restored, cut short or written anew.

    ``good``: the last anchor that the log fits, 0 where it fits none. ``anchored``: the last event
    that is known to have been another one, or to be missing.
    """

    good: int
    anchored: int


def find_parting(engine: Engine, anchors: Anchors) -> Parting | None:
    """Whether the log is another one than was anchored last, and since where; None: it is that."""
    known = [anchor for anchor in (anchors.last(), anchors.marked()) if anchor and anchor.seq]
    with engine.connect() as connection, connection.begin():
        unfit = [a.seq for a in known if find_hash(connection, a.seq) != a.hash]
        if not unfit:
            return None
        good = (a.seq for a in anchors.backwards() if find_hash(connection, a.seq) == a.hash)
        return Parting(next(good, 0), max(unfit))


def unfit_anchors(engine: Engine, anchors: Anchors) -> list[Anchor]:
    """The anchors that hold and that the stored log does not fit, in order of the file."""
    known = anchors.read()[0]
    with engine.connect() as connection, connection.begin():
        return [a for a in known if find_hash(connection, a.seq) != a.hash]


def notice_restore(engine: Engine, anchors: Anchors, at: datetime) -> Parting | None:
    """Before the log is followed: another epoch where it is not the one that was anchored last.

    Nothing is forgiven by it: ``hub audit verify`` finds the anchors that do not fit until the
    operator says that the database was restored.
    """
    parting = find_parting(engine, anchors)
    if parting is not None:
        with engine.connect() as connection, connection.begin():
            known = read_head(connection).epoch
        renew_epoch(engine, known)
        anchors.append(engine, at)
        with engine.connect() as connection, connection.begin():
            head = read_head(connection)
        anchors.mark(Anchor(head.seq, head.hash))
    return parting


def declare_restored(engine: Engine, anchors: Anchors, reason: str, at: datetime) -> Parting:
    """The operator says that the database was restored: another epoch, and signed, why.

    Raises:
        InvalidInput: No reason is given, it is too long, or nothing stands in the log.
    """
    if not reason.strip() or len(reason) > _REASON_CHARACTERS:
        what = f"Say in 1 to {_REASON_CHARACTERS} characters what was restored, and why."
        raise InvalidInput(what, field="reason")
    with engine.connect() as connection, connection.begin():
        head = read_head(connection)
        if head.seq == 0:
            raise InvalidInput("Nothing stands in the log of this database.")
    unfit = [anchor.seq for anchor in unfit_anchors(engine, anchors)]
    before = min(unfit, default=head.seq + 1)
    good = max((a.seq for a in anchors.read()[0] if a.seq < before), default=0)
    renew_epoch(engine, head.epoch)
    anchors.give_up(good, head, reason.strip(), at)
    return Parting(good, max(unfit, default=good))


_REASON_CHARACTERS = 500


@dataclass(frozen=True)
class Verification:
    """What was found: the log's length, the last anchor's number, and the faults."""

    events: int
    anchored: int
    faults: tuple[Fault, ...]


def verify_audit(
    engine: Engine, anchors: Anchors, most: int = 100, progress: Callable[[int], None] | None = None
) -> Verification:
    """Check every row of the log against its hash, its neighbours, the head and the anchors.

    Args:
        engine: The database.
        anchors: The signed heads that were copied out.
        most: Faults listed at most.
        progress: Told the length of the log when it is known.
    """
    known, faults = anchors.read()
    with engine.connect() as connection, connection.begin():
        head = read_head(connection)
        if progress:
            progress(head.seq)
        for fault in verify_log(connection, known):
            if len(faults) >= most:
                break
            faults.append(fault)
    return Verification(head.seq, known[-1].seq if known else 0, tuple(faults))


def account_for_numbers(connection: Connection, agency_id: str, year: int) -> CaseAccount:
    """Every case number of an agency and year: given, voided and why, or missing."""
    events = events_of_kinds(connection, ("case_number.given", "case_number.voided"))
    last = last_number(connection, case_scope(agency_id, year))
    return case_account(events, agency_id, year, last)
