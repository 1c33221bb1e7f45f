"""Finding places by what a caller says, in the region in force. The index is built once a version.

Building takes seconds for a large county: it happens in a thread, and until it is done nothing is
found but what coordinates say.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from dispatch.roads.memory import give_back
from dispatch.services.region import RegionPolicy
from geodata.geocoding import Candidate, PlaceFinder
from geodata.known_places import CommonPlace, KnownPlaces
from geodata.road_errors import NetworkFileUnreadable
from geodata.sources.kept import known_places_path, load_known_places, load_network

log = structlog.get_logger()


class PlaceIndex:
    """The finder of the version in force, and the building of the next.

    Args:
        networks_dir: Where road networks lie by their id.
    """

    def __init__(self, networks_dir: Path) -> None:
        self._networks_dir = networks_dir
        self._finder: PlaceFinder | None = None
        self._version: str | None = None
        self._building: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether a version's index stands."""
        return self._finder is not None

    def use(self, policy: RegionPolicy, wait_s: float = 0.0) -> None:
        """Build the index of this version, after a while; the last one serves until then."""
        if self._version == policy.version:
            return
        self._version = policy.version
        if self._building is not None:
            self._building.cancel()
        self._building = asyncio.get_running_loop().create_task(
            self._build(policy, wait_s), name="place-index"
        )

    async def stop(self) -> None:
        """Build no more."""
        if self._building is not None:
            self._building.cancel()
            await asyncio.gather(self._building, return_exceptions=True)

    def find(self, text: str, limit: int) -> list[Candidate]:
        """Every place that fits, in every municipality, the best first. For a reading thread."""
        return self._finder.find(text, limit) if self._finder else []

    async def _build(self, policy: RegionPolicy, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        try:
            self._finder = await asyncio.to_thread(self._built, policy)
        except (OSError, NetworkFileUnreadable) as failure:
            log.error("places_unknown", version=policy.version, error=repr(failure))

    def _built(self, policy: RegionPolicy) -> PlaceFinder:
        network = load_network(self._networks_dir / f"{policy.region.network_id}.npz")
        areas = {municipality.name: municipality.geometry for municipality in policy.municipalities}
        stations = [CommonPlace(station.code, station.at, "station") for station in policy.stations]
        known = self._known(policy.version)
        places = (*stations, *known.places)
        finder = PlaceFinder.build(network, areas, places, known.addresses, known.mileposts)
        del network
        give_back()
        return finder

    def _known(self, version: str) -> KnownPlaces:
        """What the version names beside its streets; a damaged file costs no street."""
        try:
            return load_known_places(known_places_path(self._networks_dir, version))
        except NetworkFileUnreadable as failure:
            log.error("known_places_unknown", version=version, error=repr(failure))
            return KnownPlaces()
