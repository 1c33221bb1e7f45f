"""Starting ``hub`` as an operator does, in a folder of its own, and finding what is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HUB = (sys.executable, "-c", "from dispatch.cli import app; app()")
ROOT = Path(__file__).resolve().parents[2]


def hub_environment(data_dir: Path, port: int) -> dict[str, str]:
    """The environment of a hub that keeps everything in ``data_dir``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_DATA_DIR": str(data_dir), "HUB_PORT": str(port), "PYTHONPATH": str(ROOT)}


def start_hub(
    data_dir: Path, port: int, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start ``hub`` with these arguments, and with more settings where they are given."""
    return subprocess.Popen(
        [*HUB, *arguments],
        env={**hub_environment(data_dir, port), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run_hub(
    data_dir: Path, port: int, *arguments: str, within_s: float = 240.0
) -> subprocess.CompletedProcess[str]:
    """Run ``hub`` with these arguments to its end."""
    process = start_hub(data_dir, port, *arguments)
    try:
        out, said = process.communicate(timeout=within_s)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, said)


def processes_of(data_dir: Path) -> list[int]:
    """Processes that run with this data directory or below it."""
    found = []
    wanted = str(data_dir).encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if wanted in told:
            found.append(int(folder.name))
    return found


def wait_until(holds: Callable[[], bool], within_s: float, what: str) -> None:
    """Wait until something holds, or fail and say what did not."""
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.1)


def last_line(text: str) -> str:
    """The last line that is not empty."""
    lines: Sequence[str] = [line for line in text.splitlines() if line.strip()]
    return lines[-1]
