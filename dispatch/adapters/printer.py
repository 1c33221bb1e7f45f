"""A message as a printed page: a PDF in the folder of a printer, from where its queue takes it.

The file's name is made of the message's time and id, so a repeat writes the same file again and
pages lie in the order in which they were queued.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path
from typing import Final

from dispatch.adapters.adapter import Message, Receipt, SendFailed
from dispatch.adapters.wording import act, headline, point_of, told
from dispatch.interop.paper_board import typst_text

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_PLACEHOLDER = re.compile(r"\{(?:unit|station)\}")

_HEAD: Final = """#set document(title: {title}, date: none)
#set page(paper: "a4", margin: 15mm)
#set text(size: 16pt, font: ("DejaVu Sans Mono", "Libertinus Serif"))
#set table(stroke: none, inset: (x: 0pt, y: 5pt))
#rect(width: 100%, stroke: 2pt, inset: 10pt)[#text(size: 34pt, weight: "bold")[#{act}
  #h(1fr) #{whom}]]
#text(size: 24pt, weight: "bold")[#{what}]
"""


class PrinterAdapter:
    """Writes pages into ``folder / printer``; a page that lies there is *sent*.

    Args:
        folder: Where the printers' folders are; they are made as they are needed.
        taken_within_s: How long a page may lie before its printer is said to be offline; 0: for
            ever, where the print queue does not take pages away.
    """

    def __init__(self, folder: Path, taken_within_s: float = 0.0) -> None:
        self._folder = folder
        self._taken_within_s = taken_within_s
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="printer")

    async def send(self, message: Message) -> Receipt:
        """Lay the page into the printer's folder, whole or not at all.

        Raises:
            SendFailed: The folder cannot be written to.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._print, message)
        except OSError as failure:
            raise SendFailed(failure.strerror or type(failure).__name__, again=True) from failure
        return Receipt("sent")

    async def untaken(self, target: str) -> str:
        """The printers of a channel in whose folders a page has lain for too long."""
        if not self._taken_within_s:
            return ""
        loop = asyncio.get_running_loop()
        offline = await loop.run_in_executor(self._threads, self._offline, target)
        return f"pages lie untaken: {', '.join(offline)}"[:200] if offline else ""

    def _offline(self, target: str) -> list[str]:
        pattern = _UNSAFE.sub("-", _PLACEHOLDER.sub("STAR", target)).replace("STAR", "*")
        before = time.time() - self._taken_within_s
        return sorted(
            folder.name
            for folder in self._folder.glob(pattern)
            if any(_laid_before(page, before) for page in folder.glob("*.pdf"))
        )

    def _print(self, message: Message) -> None:
        folder = self._folder / printer_of(message)
        folder.mkdir(parents=True, exist_ok=True)
        queued = message.queued_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        page = folder / f"{queued}-{message.id}.pdf"
        fresh = page.with_suffix(".part")
        with fresh.open("wb") as file:
            file.write(page_of(message))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(page)


def _laid_before(page: Path, before_s: float) -> bool:
    try:
        return page.stat().st_mtime < before_s
    except FileNotFoundError:  # taken at this moment
        return False


def printer_of(message: Message) -> str:
    """The name of the printer's folder; what is no letter or digit in it becomes a hyphen."""
    name = message.target.replace("{unit}", message.unit_id or "")
    return _UNSAFE.sub("-", name.replace("{station}", message.station))


def page_of(message: Message) -> bytes:
    """The page as a PDF, one sheet, black on white, the hazard first."""
    import typst  # dear to import: a hub that starts again must stream first

    return typst.compile(page_source(message).encode())


def page_source(message: Message) -> str:
    """The same as Typst source; every text of the message stands in it as a string."""
    whom = message.unit_id or message.station
    parts = [
        _HEAD.format(
            title=typst_text(headline(message)),
            act=typst_text(act(message)),
            whom=typst_text(whom),
            what=typst_text(message.type_label),
        )
    ]
    parts.append(f"#text(size: 24pt)[#{typst_text(message.address or point_of(message))}]")
    for hazard in message.hazards:
        words = typst_text(f"HAZARD: {hazard}")
        parts.append(f'#rect(stroke: 2pt, inset: 8pt)[#text(weight: "bold")[#{words}]]')
    cells = [f"strong({typst_text(label)}), {typst_text(words)}" for label, words in told(message)]
    parts.append(f"#table(columns: (45mm, 1fr), {', '.join(cells)})")
    return "\n".join(parts)
