"""Conversations in text: lines by the caller through a gateway, answers by call-takers."""

from __future__ import annotations

from dispatch.domain.call import TextLine
from dispatch.domain.commands import ChangeLine, SayLine, SetLanguage
from dispatch.domain.errors import NotFound
from dispatch.domain.values import HUB_ACTOR, Actor
from dispatch.services.calls import derived_id, visible_call
from dispatch.services.hub import Hub
from dispatch.services.translation import ENGINE, TranslationEngine
from dispatch.store.unit_of_work import Outcome


async def say_line(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    text: str,
    language: str = "",
    translation: str | None = None,
    translation_language: str = "",
) -> Outcome:
    """One more line: by the caller when the gateway hands it in, else an answer to the caller."""
    visible_call(hub, actor, call_id)
    line = TextLine(
        id=derived_id(command_id, "line"),
        at=hub.now(),
        direction="in" if actor.role == "call_system" else "out",
        by=actor.account_id,
        language=language,
        text=text,
        translation=translation,
        translation_language=translation_language if translation else "",
        translated_by=actor.account_id if translation else "",
    )
    return await hub.submit(SayLine(command_id=command_id, actor=actor, call_id=call_id, line=line))


async def translate_line(
    hub: Hub, engine: TranslationEngine, actor: Actor, *, call_id: str, line_id: str
) -> None:
    """Let the engine add its translation to a caller's line that stands; none if it cannot."""
    line = line_of(hub, actor, call_id, line_id)
    if line.direction != "in" or line.translation or not engine.wanted(line.language):
        return
    translated = await engine.translate(line.text, line.language)
    if translated is not None:
        await change_line(
            hub,
            HUB_ACTOR,
            command_id=f"engine-{line_id}",
            call_id=call_id,
            line_id=line_id,
            translation=translated,
            translation_language=engine.language,
            translated_by=ENGINE,
        )


async def change_line(
    hub: Hub,
    actor: Actor,
    *,
    command_id: str,
    call_id: str,
    line_id: str,
    delivered: bool = False,
    translation: str | None = None,
    translation_language: str = "",
    translated_by: str = "",
) -> Outcome:
    """The line arrived at the caller, or has a translation."""
    visible_call(hub, actor, call_id)
    command = ChangeLine(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        line_id=line_id,
        delivered=delivered,
        translation=translation,
        translation_language=translation_language,
        translated_by=translated_by or actor.account_id,
    )
    return await hub.submit(command)


async def set_language(
    hub: Hub, actor: Actor, *, command_id: str, call_id: str, language: str, interpreter: bool
) -> Outcome:
    """In which language the caller speaks, and whether an interpreter is on the call."""
    visible_call(hub, actor, call_id)
    command = SetLanguage(
        command_id=command_id,
        actor=actor,
        call_id=call_id,
        language=language,
        interpreter=interpreter,
    )
    return await hub.submit(command)


def line_of(hub: Hub, actor: Actor, call_id: str, line_id: str) -> TextLine:
    """A line of a call that this viewer may see.

    Raises:
        NotFound: There is no such open call, or it has no such line.
    """
    call = visible_call(hub, actor, call_id)
    line = next((line for line in call.transcript if line.id == line_id), None)
    if line is None:
        raise NotFound(line_id=line_id)
    return line
