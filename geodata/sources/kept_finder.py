"""An index of places kept on disk beside the network that it was built from, and mapped from there.

It is our own file of our own program: pickled, its arrays left as they lie in the file, so that a
hub has it in a moment and the pages are shared. Another program's, or a damaged one, is an error.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import pickle
import struct
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from geodata.geocoding import PlaceFinder
from geodata.road_errors import NetworkFileUnreadable

_MAGIC: Final = b"finder-2"
_HEAD: Final = struct.Struct("<8s32s32sQQ")
"""Magic, the program's digest, that of the pickles, the length of their index, and of all."""
_ALIGNED: Final = 64
_PIECE: Final = 2000
"""Things of a list that are taken in at once: some ten milliseconds."""
_PAUSE_S: Final = 0.0005


class _Piece(NamedTuple):
    """A part of the index, or (``kind`` names it) a piece of a long list or tuple."""

    name: str
    kind: str
    length: int
    arrays: int


def finder_path(folder: Path, version: str) -> Path:
    """Where the index of a version lies."""
    return folder / f"{version}.finder"


def save_finder(finder: PlaceFinder, path: Path) -> None:
    """Write the index, whole or not at all; an older file of the name is replaced."""
    arrays: list[pickle.PickleBuffer] = []
    pieces: list[bytes] = []
    index: list[_Piece] = []
    for name, kind, value in _parted(vars(finder)):
        before = len(arrays)
        pieces.append(pickle.dumps(value, protocol=5, buffer_callback=arrays.append))
        index.append(_Piece(name, kind, len(pieces[-1]), len(arrays) - before))
    raws = [array.raw() for array in arrays]
    told = pickle.dumps(([tuple(piece) for piece in index], [raw.nbytes for raw in raws]))
    body = told + b"".join(pieces)
    head = _HEAD.pack(_MAGIC, _program(), hashlib.sha256(body).digest(), len(told), len(body))
    part = path.with_name(f".{path.name}-{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            parts: tuple[bytes | memoryview, ...] = (head, body, *raws)
            for each in parts:
                file.write(each)
                file.write(b"\0" * (-file.tell() % _ALIGNED))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_finder(path: Path) -> PlaceFinder:
    """The index as it was built; what it holds of arrays stays in the file until it is read.

    It is taken in by small pieces: between two of them other threads go on.

    Raises:
        FileNotFoundError: There is none.
        NetworkFileUnreadable: It is damaged, or of another version of the program.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _HEAD.size:
            raise NetworkFileUnreadable(path, "it is cut off")
        # A private copy of each page that is written to, so that libraries that ask for writable
        # arrays take them; nobody writes.
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    magic, program, digest, told, length = _HEAD.unpack_from(whole)
    if (magic, program) != (_MAGIC, _program()):
        raise NetworkFileUnreadable(path, "it is of another version of the program")
    at = _aligned(_HEAD.size)
    body = whole[at : at + length]
    if hashlib.sha256(body).digest() != digest:
        raise NetworkFileUnreadable(path, "it is damaged")
    index, sizes = pickle.loads(body[:told])  # noqa: S301 - our own file, its digest checked
    arrays = []
    at = _aligned(at + length)
    for size in sizes:
        arrays.append(whole[at : at + size])
        at = _aligned(at + size)
    if at > len(whole):
        raise NetworkFileUnreadable(path, "it is cut off")
    finder = PlaceFinder.__new__(PlaceFinder)
    vars(finder).update(_joined([_Piece(*piece) for piece in index], body[told:], arrays))
    return finder


def _parted(parts: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    """The parts by name, a long list of them in pieces."""
    for name, value in parts.items():
        if isinstance(value, list | tuple) and len(value) > _PIECE:
            for start in range(0, len(value), _PIECE):
                yield name, type(value).__name__, list(value[start : start + _PIECE])
        else:
            yield name, "", value


def _joined(
    index: Sequence[_Piece], body: memoryview, arrays: Sequence[memoryview]
) -> dict[str, object]:
    parts: dict[str, Any] = {}
    at = first = 0
    for name, kind, length, count in index:
        mapped = arrays[first : first + count]
        value = pickle.loads(body[at : at + length], buffers=mapped)  # noqa: S301 - as above
        at, first = at + length, first + count
        if kind:
            parts.setdefault(name, []).extend(value)
        else:
            parts[name] = value
        time.sleep(_PAUSE_S)
    tuples = {name for name, kind, _, _ in index if kind == "tuple"}
    return {name: tuple(value) if name in tuples else value for name, value in parts.items()}


def _aligned(at: int) -> int:
    return at + -at % _ALIGNED


@lru_cache(maxsize=1)
def _program() -> bytes:
    """A digest of what makes and reads an index: this package, Python and the array library."""
    made = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    for source in sorted(Path(__file__).parents[1].glob("*.py")):
        made.update(source.read_bytes())
    return made.digest()
