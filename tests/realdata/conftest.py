"""Where the real data lies: beside the project, or where ``HUB_TEST_DATA`` says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real data; the test is skipped where there is none."""
    folder = Path(os.environ.get("HUB_TEST_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set HUB_TEST_DATA to its folder")
    return folder
