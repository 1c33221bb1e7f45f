"""What makes the crew's screen installable: manifest and icons, as browsers ask for them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import dispatch
from dispatch.api.static import APP_ROUTES

CONSOLE = Path(dispatch.__file__).parent / "console"
PUBLIC = CONSOLE / "public"


def test_the_page_names_the_manifest_and_it_opens_a_screen_of_the_console() -> None:
    assert 'rel="manifest" href="/app.webmanifest"' in (CONSOLE / "index.html").read_text()
    manifest = json.loads((PUBLIC / "app.webmanifest").read_text())
    assert manifest["start_url"] in APP_ROUTES
    assert manifest["display"] == "standalone"


def test_every_icon_of_the_manifest_is_there_in_the_size_it_says() -> None:
    icons = json.loads((PUBLIC / "app.webmanifest").read_text())["icons"]
    sizes = {icon["sizes"] for icon in icons}
    assert {"192x192", "512x512"} <= sizes
    for icon in icons:
        content = (PUBLIC / icon["src"].lstrip("/")).read_bytes()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", content[16:24])
            assert content.startswith(b"\x89PNG\r\n\x1a\n")
            assert f"{width}x{height}" == icon["sizes"]
