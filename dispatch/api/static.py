"""The console's files and the map tiles, from this machine alone, with what caches may keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, HTMLResponse, Response

from dispatch.domain.errors import NotFound

APP_ROUTES = (
    "/",
    "/call",
    "/dispatch",
    "/supervisor",
    "/unit",
    "/municipality",
    "/history",
    "/look-back",
)
"""Paths of the console's own screens: each is the same page."""

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".pbf": "application/x-protobuf",
    ".webmanifest": "application/manifest+json",
}


def tiles_router(tiles_dir: Path) -> APIRouter:
    """The map tiles of each region version, by byte ranges; a version never changes."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/tiles/{version}.pmtiles", methods=["GET", "HEAD"])
    async def read_tiles(
        version: Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{1,80}$")],
    ) -> Response:
        path = tiles_dir / f"{version}.pmtiles"
        if not path.is_file():
            raise NotFound(version=version)
        return FileResponse(
            path,
            media_type="application/vnd.pmtiles",
            headers={"Cache-Control": _FOR_EVER},
        )

    return router


_TRAINING = (
    '<aside class="training-banner" aria-label="Training">'
    "TRAINING – nothing on this screen is real, and nothing is sent</aside>"
)


def training_page(page: str) -> str:
    """The console's page as a training hub gives it: marked before any script has run."""
    marked = page.replace("<html ", "<html data-training ", 1)
    marked = marked.replace("<title>", "<title>TRAINING ", 1)
    return marked.replace('<div id="root">', f'{_TRAINING}<div id="root">', 1)


def console_router(console_dir: Path, *, training: bool = False) -> APIRouter:
    """The console: its page under each of its routes, its files under their names.

    Args:
        console_dir: Where it was built.
        training: Whether every page bears the training banner.
    """
    router = APIRouter(include_in_schema=False)
    root = console_dir.resolve()

    async def read_page() -> Response:
        page = root / "index.html"
        if not page.is_file():
            raise NotFound("The console is not built; run `make setup`.")
        if training:
            marked = training_page(page.read_text(encoding="utf-8"))
            return HTMLResponse(marked, headers={"Cache-Control": _ASK_AGAIN})
        return FileResponse(page, headers={"Cache-Control": _ASK_AGAIN})

    for path in APP_ROUTES:
        router.add_api_route(path, read_page, methods=["GET", "HEAD"])

    @router.api_route("/{name:path}", methods=["GET", "HEAD"])
    async def read_file(name: str) -> Response:
        if "\x00" in name:
            raise NotFound(path="/")
        path = (root / name).resolve()
        if path == root / "index.html":
            return await read_page()
        if not path.is_relative_to(root) or not path.is_file():
            raise NotFound(path=f"/{name}"[:200])
        cache = _FOR_EVER if path.parent.name == "assets" else _ASK_AGAIN
        return FileResponse(
            path, media_type=_TYPES.get(path.suffix), headers={"Cache-Control": cache}
        )

    return router
