"""How closures open, begin, end and follow their feed. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal

from dispatch.domain import events as ev
from dispatch.domain.closure import Closure
from dispatch.domain.commands import FallDue, LiftClosure, OpenClosure, RecordFeed
from dispatch.domain.errors import InvalidInput, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.state import State
from dispatch.domain.values import EVERYONE

_ALL = (EVERYONE,)
_AT_ONCE: Final = timedelta(seconds=2)
"""What begins so soon begins now: hub and database tell the instant a little apart, and a road that
is shut *now* is not to be open until somebody looks again."""
_OWN_FIELDS = {"state", "changes_at", "revision", "opened_by", "id"}


def _as_of_now(state: State, closure: Closure) -> Closure | None:
    """As its times have it now; None where it is over."""
    run = closure.run_at(state.now)
    if run is None:
        return None
    comes_again = closure.recurrence is not None
    update = {
        "state": "active" if run.holds else "planned",
        "changes_at": run.until if comes_again else None,
    }
    return closure.model_copy(update=update)


def decide_open_closure(state: State, command: OpenClosure) -> list[Draft]:
    """Open it, active at once when its time has begun; one that is over already is refused."""
    asked = command.closure
    if asked.recurrence is None and state.now < asked.begins_at <= state.now + _AT_ONCE:
        asked = asked.model_copy(update={"begins_at": state.now})
    closure = _as_of_now(state, asked)
    if closure is None:
        over = command.closure.ends_at <= state.now
        raise InvalidInput(
            "The closure would be over already." if over else "None of its hours is still to come.",
            field="ends_at" if over else "recurrence",
        )
    if closure.id in state.board.closures:
        raise InvalidInput("There is a closure of that id already.", field="id")
    return [Draft(body=ev.ClosureOpened(closure=closure), audience=_ALL)]


def decide_lift_closure(state: State, command: LiftClosure) -> list[Draft]:
    """End it before its time; one that nobody had confirmed is refused by that."""
    closure = state.board.closures.get(command.closure_id)
    if closure is None:
        raise NotFound(closure_id=command.closure_id)
    reason: Literal["lifted", "refused"] = "lifted" if closure.confirmed else "refused"
    body = ev.ClosureEnded(closure_id=closure.id, reason=reason)
    return [Draft(body=body, audience=_ALL)]


def decide_closure_due(state: State, command: FallDue) -> list[Draft]:
    """Begin, pause or end a closure whose time has come, if its times still say so.

    What was slept through is made up for by what holds now: a closure whose hours came and went
    meanwhile waits for the next.
    """
    closure = state.board.closures.get(command.ref)
    if closure is None:
        return []
    run = closure.run_at(state.now)
    if run is None:
        body = ev.ClosureEnded(closure_id=closure.id, reason="expired")
        return [Draft(body=body, audience=_ALL)]
    until = run.until if closure.recurrence is not None else None
    is_active = closure.state == "active"
    if (run.holds, until) == (is_active, closure.changes_at):
        return []
    if run.holds:
        began = ev.ClosureBegan(closure_id=closure.id, until=until)
        return [Draft(body=began, audience=_ALL)]
    if until is None:
        return []
    return [Draft(body=ev.ClosurePaused(closure_id=closure.id, until=until), audience=_ALL)]


def decide_record_feed(state: State, command: RecordFeed) -> list[Draft]:
    """Make the feed's closures those that it lists now; a failed reading changes no closure."""
    read = command.read
    drafts: list[Draft] = []
    if read.ok:
        standing = {
            c.source_ref: c for c in state.board.closures.values() if c.source == read.feed_id
        }
        listed: set[str] = set()
        for closure in command.closures:
            listed.add(closure.source_ref)
            now = _as_of_now(state, closure)
            if now is None:
                continue
            before = standing.get(closure.source_ref)
            if before is not None:
                if _same(before, closure):
                    continue
                update = {"id": before.id, "revision": before.revision + 1}
                now = now.model_copy(update=update)
            drafts.append(Draft(body=ev.ClosureOpened(closure=now), audience=_ALL))
        doubted = {reject.ref for reject in read.rejects}
        for source_ref, before in standing.items():
            if before.confirmed_by is not None and source_ref in doubted:
                continue  # a person has accepted what the feed still lists
            if source_ref not in listed:
                ended = ev.ClosureEnded(closure_id=before.id, reason="feed")
                drafts.append(Draft(body=ended, audience=_ALL))
    before_read = state.board.feeds.get(read.feed_id)
    kept = {
        "good_at": read.read_at if read.ok else before_read.good_at if before_read else None,
        "failures": 0 if read.ok else (before_read.failures if before_read else 0) + 1,
    }
    drafts.append(Draft(body=read.model_copy(update=kept), audience=_ALL))
    return drafts


def _same(before: Closure, now: Closure) -> bool:
    return before.model_dump(exclude=_OWN_FIELDS) == now.model_dump(exclude=_OWN_FIELDS)
