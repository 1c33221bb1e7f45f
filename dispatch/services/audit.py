"""Anchoring the chain outside the database, and verifying the log back to the last anchor.

Each minute the leader copies the head's number and hash out, signed with Ed25519, so that a log cut
short or written anew by whoever holds the database is found.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, Engine

from dispatch.domain.case_account import CaseAccount, case_account
from dispatch.domain.chain import Anchor, Fault
from dispatch.domain.state import case_scope
from dispatch.store.event_log import events_of_kinds, last_number, read_head, verify_log

ANCHOR_EVERY_S = 60.0


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
        known = self.read()[0]
        if head.seq == 0 or (known and known[-1].seq == head.seq):
            return None
        signature = self._key().sign(_signed_bytes(head.seq, head.hash))
        line = {
            "seq": head.seq,
            "hash": head.hash,
            "at": at.isoformat(),
            "signature": signature.hex(),
        }
        with self.path.open("ab") as file:
            file.write(orjson.dumps(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return Anchor(head.seq, head.hash)

    def read(self) -> tuple[list[Anchor], list[Fault]]:
        """Anchors whose signature holds, in order, and a fault for each line that is none."""
        if not self.path.exists():
            return [], []
        public = self._key().public_key()
        anchors, faults = [], []
        for number, line in enumerate(self.path.read_bytes().splitlines(), start=1):
            try:
                found = orjson.loads(line)
                anchor = Anchor(int(found["seq"]), str(found["hash"]))
                public.verify(bytes.fromhex(found["signature"]), _signed_bytes(*anchor))
            except (ValueError, KeyError, TypeError, InvalidSignature):
                faults.append(Fault(0, f"line {number} of {self.path.name} is not a signed anchor"))
            else:
                anchors.append(anchor)
        return anchors, faults


def _signed_bytes(seq: int, row_hash: str) -> bytes:
    return f"{seq}:{row_hash}".encode()


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
