"""All recorded calls of a real county placed, beside the municipality that each record names."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from geodata.shapes import Point
from jurisdictions.pack import read_pack
from jurisdictions.recorded_calls import RecordedCall, read_calls
from jurisdictions.resolve import Resolution, resolve

CALLS = 99_492
AT = datetime(2016, 5, 1, tzinfo=UTC)
SHORT = {"township": "twp", "borough": "boro"}


def plain(name: str) -> str:
    """A municipality's name without case, blanks and the spelling of township and borough."""
    words = re.sub(r"[^a-z ]", "", name.lower()).split()
    return "".join(SHORT.get(word, word) for word in words)


def cause(call: RecordedCall, found: Resolution) -> str:
    """Why the polygon names another municipality than the record, as far as can be told."""
    if "default_point" in call.flags:
        return "the geocoder's default point"
    if found.border:
        return "within the border distance"
    return "well inside another municipality"


def test_every_call_is_placed_and_compared_with_its_record(test_data: Path) -> None:
    folder = test_data / "montco"
    pack = read_pack(folder)
    boundaries = pack.boundary_set()
    assert pack.calls is not None
    counts: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    for call in read_calls(pack.calls):
        assert isinstance(call, RecordedCall), call
        found = resolve(boundaries, Point(at=call.at), AT)
        counts["calls"] += 1
        counts["outside every authority, nearest proposed"] += found.outside
        assert all(answer.authority or answer.candidates for answer in found.disciplines)
        if found.municipality is None:
            counts["outside every municipality"] += 1
            continue
        counts["inside"] += 1
        if plain(call.municipality) == plain(found.municipality):
            counts["agree"] += 1
        else:
            causes[cause(call, found)] += 1
    share = counts["agree"] / counts["inside"]
    print(f"{dict(counts)}; {share:.1%} of those inside agree; the rest: {dict(causes)}")
    assert counts["calls"] == CALLS
    assert share > 0.9
    assert counts["agree"] + sum(causes.values()) == counts["inside"]
