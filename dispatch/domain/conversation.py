"""A conversation in text: lines with their language, the original beside any translation. Pure.

Nothing is translated here; a translation comes from a person or an engine and is labelled so.
"""

from __future__ import annotations

from typing import Final

from dispatch.domain import events as ev
from dispatch.domain.call import Call
from dispatch.domain.call_progress import open_call
from dispatch.domain.commands import ChangeLine, SayLine, SetLanguage
from dispatch.domain.errors import InvalidInput, NotFound, TransitionRefused
from dispatch.domain.events import Draft
from dispatch.domain.state import State

LINES_MOST: Final = 1000


def decide_say_line(state: State, command: SayLine) -> list[Draft]:
    """One more line. The first that the caller writes says the call's language.

    Raises:
        TransitionRefused: An answer to a call that nobody took yet.
        InvalidInput: The line is empty, or the conversation is full.
    """
    call, line = open_call(state, command.call_id), command.line
    if not line.text:
        raise InvalidInput("The line is empty.", field="text")
    if len(call.transcript) >= LINES_MOST:
        raise InvalidInput(f"The conversation has {LINES_MOST} lines already.", field="text")
    if line.direction == "out" and call.phase == "ringing":
        raise TransitionRefused("Answer the call first.", call_id=call.id)
    index = len(call.transcript)
    private = {f"text.{index}": line.text}
    if line.translation:
        private[f"translation.{index}"] = line.translation
    bare = line.model_copy(
        update={"language": _language(call, command), "text": "", "translation": None}
    )
    said = ev.TextSaid(call_id=call.id, line=bare)
    drafts = [Draft(body=said, audience=call.audience, subject=call.id, private=private)]
    if line.direction == "in" and line.language and not call.language:
        drafts.append(_changed(call, ev.CallChanged(call_id=call.id, language=line.language)))
    return drafts


def _language(call: Call, command: SayLine) -> str:
    """As given; of a caller's line that does not say, the call's."""
    line = command.line
    return line.language or (call.language if line.direction == "in" else "")


def _changed(call: Call, body: ev.CallChanged | ev.TextChanged) -> Draft:
    return Draft(body=body, audience=call.audience, subject=call.id)


def decide_change_line(state: State, command: ChangeLine) -> list[Draft]:
    """Stamp the first delivery; a later translation takes the place of an earlier one.

    Raises:
        NotFound: The call has no such line.
    """
    call = open_call(state, command.call_id)
    place = next((i for i, x in enumerate(call.transcript) if x.id == command.line_id), None)
    if place is None:
        raise NotFound(line_id=command.line_id)
    line = call.transcript[place]
    if command.delivered:
        if line.delivered_at is not None:
            return []
        arrived = ev.TextChanged(call_id=call.id, index=place, delivered_at=state.now)
        return [_changed(call, arrived)]
    if not command.translation or command.translation == line.translation:
        return []
    body = ev.TextChanged(
        call_id=call.id,
        index=place,
        translation_language=command.translation_language,
        translated_by=command.translated_by,
    )
    private = {f"translation.{place}": command.translation}
    return [Draft(body=body, audience=call.audience, subject=call.id, private=private)]


def decide_set_language(state: State, command: SetLanguage) -> list[Draft]:
    """The caller's language, and the first moment at which an interpreter was on the call."""
    call = open_call(state, command.call_id)
    language = command.language if command.language not in ("", call.language) else None
    joined = command.interpreter and call.interpreter_at is None
    if language is None and not joined:
        return []
    body = ev.CallChanged(
        call_id=call.id, language=language, interpreter_at=state.now if joined else None
    )
    return [_changed(call, body)]
