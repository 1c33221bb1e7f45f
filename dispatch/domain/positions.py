"""Who answers for what: positions are set, taken, left, and folded into one for the night. Pure.

Nothing is left uncovered silently: a step that would leave an agency to nobody is refused with what
it would leave, unless the person says why it must be.
"""

from __future__ import annotations

from dispatch.domain import events as ev
from dispatch.domain.commands import (
    FoldPositions,
    LeavePosition,
    RemovePosition,
    SetPosition,
    TakePosition,
)
from dispatch.domain.errors import InvalidInput, LeavesUncovered, NotFound
from dispatch.domain.events import Draft
from dispatch.domain.position import Position, uncovered
from dispatch.domain.state import State
from dispatch.domain.values import EVERYONE

GAPS_NAMED = 10


def _position(state: State, position_id: str) -> Position:
    position = state.board.positions.get(position_id)
    if position is None:
        raise NotFound(f"There is no position {position_id}.", position_id=position_id)
    return position


def _drafts(state: State, after: dict[str, Position], reason: str) -> list[Draft]:
    """The changes, refused where they open a gap and nobody says why.

    Raises:
        LeavesUncovered: What was answered for is not any more, and there is no reason.
    """
    before = state.board.positions
    policy = state.policy
    was = set(uncovered(policy.disciplines, policy.municipalities, before.values()))
    gaps = uncovered(policy.disciplines, policy.municipalities, after.values())
    new = [gap for gap in gaps if gap not in was]
    if new and not reason:
        named = ", ".join(
            policy.agency_names.get(gap.agency_id, gap.agency_id)
            + (f" in {gap.municipality}" if gap.municipality else "")
            for gap in new[:GAPS_NAMED]
        )
        raise LeavesUncovered(
            f"Nobody would answer for {named}. Fold it into another position, or say why.",
            gaps=[gap.model_dump() for gap in new],
        )
    drafts = [
        Draft(
            body=ev.PositionSet(position=position, was=before.get(position.id), reason=reason),
            audience=(EVERYONE,),
        )
        for position in after.values()
        if before.get(position.id) != position
    ]
    drafts += [
        Draft(body=ev.PositionRemoved(position_id=gone, reason=reason), audience=(EVERYONE,))
        for gone in before
        if gone not in after
    ]
    return drafts


def decide_set_position(state: State, command: SetPosition) -> list[Draft]:
    """A position as a supervisor wants it; who sits at it stays."""
    unknown = [a for a in command.agencies if a not in state.policy.disciplines]
    if unknown:
        raise InvalidInput(f"There is no agency {unknown[0]}.", field="agencies")
    nowhere = [m for m in command.municipalities if m not in state.policy.municipalities]
    if nowhere:
        raise InvalidInput(f"There is no municipality {nowhere[0]}.", field="municipalities")
    present = state.board.positions.get(command.position_id)
    position = Position(
        id=command.position_id,
        name=command.name,
        disciplines=command.disciplines,
        agencies=command.agencies,
        municipalities=command.municipalities,
        talkgroups=command.talkgroups,
        held_by=present.held_by if present else None,
        held_by_name=present.held_by_name if present else "",
        folded_into=present.folded_into if present else None,
        since=present.since if present else state.now,
    )
    after = {**state.board.positions, position.id: position}
    first = not state.board.positions  # until now everybody answered for everything
    return _drafts(state, after, command.reason or ("the first position" if first else ""))


def decide_remove_position(state: State, command: RemovePosition) -> list[Draft]:
    """The position is no more; those folded into it stand empty."""
    _position(state, command.position_id)
    after = {
        position.id: _emptied(state, position)
        if position.folded_into == command.position_id
        else position
        for position in state.board.positions.values()
        if position.id != command.position_id
    }
    return _drafts(state, after, command.reason)


def decide_take_position(state: State, command: TakePosition) -> list[Draft]:
    """The person sits down at it, also where somebody sits: then it is handed over.

    A position that was folded into another is answered for by its own again.
    """
    position = _position(state, command.position_id)
    if position.held_by == command.actor.account_id:
        return []
    taken = position.model_copy(
        update={
            "held_by": command.actor.account_id,
            "held_by_name": command.holder_name,
            "folded_into": None,
            "since": state.now,
        }
    )
    return _drafts(state, {**state.board.positions, taken.id: taken}, "taken")


def decide_leave_position(state: State, command: LeavePosition) -> list[Draft]:
    """The person gets up. Those folded into it are left with it."""
    position = _position(state, command.position_id)
    if position.held_by is None:
        return []
    after = {**state.board.positions, position.id: _emptied(state, position)}
    return _drafts(state, after, command.reason)


def decide_fold_positions(state: State, command: FoldPositions) -> list[Draft]:
    """One held position answers for the others, until each is taken again.

    Raises:
        InvalidInput: Nobody sits at the one, or it is named among the others.
    """
    into = _position(state, command.into_id)
    if into.held_by is None:
        raise InvalidInput(f"Nobody sits at {into.id}: take it first.", field="into_id")
    if into.id in command.position_ids:
        raise InvalidInput("A position is not folded into itself.", field="position_ids")
    after = dict(state.board.positions)
    for position_id in command.position_ids:
        position = _position(state, position_id)
        after[position.id] = _folded(state, position, into.id)
        for other in list(after.values()):  # what it answered for goes with it
            if other.folded_into == position.id:
                after[other.id] = _folded(state, other, into.id)
    return _drafts(state, after, command.reason)


def sign_out_drafts(state: State, account_id: str) -> list[Draft]:
    """Positions of a person whose last session ends stand empty; others are told by their alarm."""
    after = {
        position.id: _emptied(state, position) if position.held_by == account_id else position
        for position in state.board.positions.values()
    }
    return _drafts(state, after, "signed out")


def _emptied(state: State, position: Position) -> Position:
    update = {"held_by": None, "held_by_name": "", "folded_into": None, "since": state.now}
    return position.model_copy(update=update)


def _folded(state: State, position: Position, into_id: str) -> Position:
    return _emptied(state, position).model_copy(update={"folded_into": into_id})
