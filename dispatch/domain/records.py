"""What another centre's record says, version by version: only news is told, nothing is overwritten.

A record is lines of text: cautions, then facts under a label of their own, then its narrative. A
later version is held against the last one; what is new becomes news of the call for a person to
see. The incident's place, type and priority here stay as they are, whatever the record says. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from dispatch.domain import events as ev
from dispatch.domain.call import LINES_MOST, Call, RecordNews, RecordPart
from dispatch.domain.call_progress import fix_draft, open_call
from dispatch.domain.commands import SeeRecordNews, TakeVersion
from dispatch.domain.errors import AlreadyClosed, InvalidInput, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.state import State

FACTS: Final[dict[str, RecordPart]] = {
    "Type": "type",
    "Their priority": "priority",
    "Place": "place",
    "Callback": "callback",
    "They answered it": "narrative",
    "Their status": "status",
    "Their units": "units",
}
"""Labels of what a record has once, and which part of it each is."""
CAUTION: Final = "CAUTION "
LEFT_OUT: Final = "… earlier entries are left out"
"""Stands where a record was too long: what is left are the latest."""
NEWS_MOST: Final = 60
"""News of one call that somebody has seen; what comes after that is gathered in the last one."""

_OVER: Final = re.compile(r"\b(?:closed?|cancel|complete)", re.IGNORECASE)


class RecordLines(NamedTuple):
    """A record taken apart. ``cut``: the earliest entries are not in it."""

    facts: dict[str, str]
    cautions: tuple[str, ...]
    entries: tuple[str, ...]
    cut: bool


def lines_of(record: str) -> RecordLines:
    """A record's lines by what they are; the first of a label counts, before the narrative."""
    facts: dict[str, str] = {}
    cautions: list[str] = []
    entries: list[str] = []
    cut = False
    for line in record.splitlines():
        label, _, value = line.partition(": ")
        if line == LEFT_OUT:
            cut = True
        elif not entries and line.startswith(CAUTION):
            cautions.append(line)
        elif not entries and value and label in FACTS and label not in facts:
            facts[label] = value
        elif not entries and line.startswith("From "):
            continue
        else:
            entries.append(line)
    return RecordLines(facts, tuple(cautions), tuple(entries), cut)


def is_over(status: str) -> bool:
    """Whether the words for a status say that the incident is over at that centre."""
    return _OVER.search(status) is not None


def news_between(old: str, new: str) -> tuple[tuple[RecordPart, ...], tuple[str, ...]]:
    """What a later version says that the earlier one did not.

    Returns:
        Which parts changed, and the lines to read: entries that were appended, and each fact with
        what it was before. Both empty where it says the same.
    """
    before, after = lines_of(old), lines_of(new)
    parts: dict[RecordPart, None] = {}
    lines: list[str] = []
    for label, part in FACTS.items():
        was, now = before.facts.get(label, ""), after.facts.get(label, "")
        if was != now:
            parts[part] = None
            lines.append(f"{label}: {now or 'no longer said'} (was: {was or 'not said'})")
    cautions = [line for line in after.cautions if line not in before.cautions]
    entries = _appended(before, after)
    if cautions:
        parts["cautions"] = None
    if entries:
        parts["narrative"] = None
    return tuple(parts), (*cautions, *lines, *entries)


def _appended(before: RecordLines, after: RecordLines) -> list[str]:
    """Entries that are new; of a record that was cut those after the last known one."""
    known = set(before.entries)
    entries = list(after.entries)
    if before.cut:
        last = max((k for k, line in enumerate(entries) if line in known), default=-1)
        entries = entries[last + 1 :]
    return [line for line in entries if line not in known]


def decide_take_version(state: State, command: TakeVersion) -> list[Draft]:
    """A later version of the record that came with a call. Older or repeated ones change nothing.

    News that nobody has seen yet is added to, so that a centre that sends a thousand versions
    makes one thing to read.

    Raises:
        NotFound: There is no such call.
        AlreadyClosed: The call is closed, and this version is later than what it had.
    """
    call = state.board.calls.get(command.call_id)
    if call is None:
        raise NotFound(call_id=command.call_id)
    if _is_older(call, command.updated_at):
        return []
    parts, lines = news_between(call.record or "", command.record)
    if not parts:
        return []
    if call.closed_at is not None:
        raise AlreadyClosed("The call was closed before.", call_id=call.id, outcome=call.outcome)
    status = lines_of(command.record).facts.get("Their status", "")
    last = call.record_news[-1] if call.record_news else None
    gathers = last is not None and (last.seen_at is None or len(call.record_news) >= NEWS_MOST)
    if gathers and last is not None:
        index = len(call.record_news) - 1
        parts = tuple(dict.fromkeys((*last.parts, *parts)))
        lines = (*last.text.splitlines(), *lines)
        news_id = last.id
    else:
        index, news_id = len(call.record_news), command.news_id
    news = RecordNews(
        id=news_id,
        at=state.now,
        updated_at=command.updated_at,
        parts=parts,
        over=is_over(status),
    )
    body = ev.RecordUpdated(
        call_id=call.id,
        index=index,
        news=news,
        record_at=command.updated_at or call.record_at,
        hops=command.hops,
    )
    private = {"record": command.record, f"news.{index}": _kept(lines)}
    draft = Draft(body=body, audience=call.audience, subject=call.id, private=private)
    known = {fix.shape for fix in call.fixes}
    moved = command.fix is not None and command.fix.shape not in known
    return [draft, fix_draft(call, command.fix)] if moved and command.fix else [draft]


def decide_see_record_news(state: State, command: SeeRecordNews) -> list[Draft]:
    """Somebody has read what the other centre said anew. Twice changes nothing.

    Raises:
        NotFound: The call has no such news.
        InvalidInput: It has more news since: read that first.
    """
    call = open_call(state, command.call_id)
    index = next((k for k, n in enumerate(call.record_news) if n.id == command.news_id), None)
    if index is None:
        raise NotFound(news_id=command.news_id)
    news = call.record_news[index]
    if news.seen_at is not None:
        return []
    if news.at != command.news_at:
        raise InvalidInput("More has come since: read it first.", field="news_at")
    seen = news.model_copy(
        update={"text": "", "seen_by": command.actor.account_id, "seen_at": state.now}
    )
    body = ev.RecordUpdated(
        call_id=call.id, index=index, news=seen, record_at=call.record_at, hops=call.record_hops
    )
    return [Draft(body=body, audience=call.audience)]


def _is_older(call: Call, updated_at: datetime | None) -> bool:
    """Without a time nothing is known of its age: then what it says decides alone."""
    if updated_at is None or call.record_at is None:
        return False
    return updated_at < call.record_at


def _kept(lines: Sequence[str]) -> str:
    """The latest lines that a value can hold."""
    text = "\n".join(lines)
    if len(text) <= LINES_MOST:
        return text
    kept = text[-(LINES_MOST - len(LEFT_OUT) - 1) :].partition("\n")[2]
    return f"{LEFT_OUT}\n{kept}"
