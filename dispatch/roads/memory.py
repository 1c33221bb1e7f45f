"""Gives memory that was needed only while something was built back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Return freed memory, where the C library can (glibc's ``malloc_trim``); else nothing."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return
    trim(0)
