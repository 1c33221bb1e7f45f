"""What is logged of a fault holds no value that a caller or a crew gave."""

from __future__ import annotations

import io
import logging
import sys

from dispatch.main import Wordless, told_of

WORDS = "input_value='Ada Example, 555-0100'"


def test_a_logged_fault_holds_no_local_variable() -> None:
    token = "secret-" + "token"
    try:
        raise ValueError(len(token))
    except ValueError:
        logged = told_of(sys.exc_info())  # type: ignore[arg-type]  # there is one
    assert "secret-token" not in repr(logged)
    assert "test_a_logged_fault" in repr(logged)


def test_a_logged_fault_holds_none_of_its_words_unless_they_are_the_systems() -> None:
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as cause:
            raise ValueError(WORDS) from cause
    except ValueError:
        logged = repr(told_of(sys.exc_info()))  # type: ignore[arg-type]  # there is one
    assert "Ada" not in logged
    assert "ValueError" in logged
    assert "No space left on device" in logged


def test_what_the_server_logs_of_a_fault_is_where_it_was() -> None:
    said = io.StringIO()
    logger = logging.Logger("uvicorn.error")
    logger.addHandler(logging.StreamHandler(said))
    logger.addFilter(Wordless())
    try:
        raise ValueError(WORDS)
    except ValueError:
        logger.exception("Exception in ASGI application\n")
    logger.error("plain %s", "words")
    assert "Ada" not in said.getvalue()
    assert "Exception in ASGI application ValueError" in said.getvalue()
    assert "test_what_the_server_logs" in said.getvalue()
    assert "plain words" in said.getvalue()
