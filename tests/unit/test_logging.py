"""What is logged of a fault holds no value that a caller or a crew gave."""

from __future__ import annotations

import sys

from dispatch.main import _TRACEBACKS


def test_a_logged_fault_holds_no_local_variable() -> None:
    token = "secret-" + "token"
    try:
        raise ValueError(len(token))
    except ValueError:
        logged = _TRACEBACKS(sys.exc_info())  # type: ignore[arg-type]  # there is one
    assert "secret-token" not in repr(logged)
    assert "test_a_logged_fault" in repr(logged)
