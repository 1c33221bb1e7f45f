"""A region pack into the hub: checked whole, its roads and tiles made, then activated in one event.

A pack with a mistake changes nothing; a step that fails leaves the active version as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from dispatch.domain.commands import ActivateRegion
from dispatch.domain.events import RegionActivated
from dispatch.domain.unit import CrewShare, Unit
from dispatch.domain.values import HUB_ACTOR
from dispatch.roads.opening import fast_router
from dispatch.services.region import boundary_doc
from dispatch.store.clock import database_now
from dispatch.store.feeds import FeedSource, save_feed_source
from dispatch.store.regions import Area, RegionRows, has_version, save_version
from dispatch.store.unit_of_work import submit_alone
from geodata.known_places import AddressPoint, AddressPoints, CommonPlace, KnownPlaces
from geodata.network import RoadNetwork
from geodata.sources.kept import known_places_path, save_known_places, save_network
from geodata.sources.osm import read_osm
from geodata.sources.osm_features import read_features
from geodata.sources.osm_places import OsmPlaces, read_places
from geodata.tiles import EsbArea, StationPoint, WaterShape, build_tiles
from jurisdictions.mistakes import Mistake
from jurisdictions.pack import Pack, read_pack

Progress = Callable[[str], None]
PACK_FEED = "region-pack"
WORKS_FEED = "region-works"
PACK_FEED_EVERY_S = 60


@dataclass(frozen=True)
class Places:
    """Where a version's files go."""

    networks_dir: Path
    orders_dir: Path
    tiles_dir: Path


@dataclass(frozen=True)
class Loaded:
    """What came of it. ``seq`` is the event from which on the version is in force."""

    region_version: str
    seq: int
    counts: dict[str, int]
    notices: tuple[Mistake, ...]
    was_active: bool


def load_pack(
    engine: Engine, places: Places, folder: Path, progress: Progress = lambda step: None
) -> Loaded:
    """Load a region pack and activate it; the same pack again changes nothing.

    Args:
        engine: The hub's database; the hub may be running.
        places: Where networks, routing orders and tiles are kept.
        folder: The pack.
        progress: Told of each step as it begins.

    Raises:
        PackRefused: The pack has mistakes, all of which are in it.
        OsmUnreadable: The roads cannot be read.
        TilesFailed: The map cannot be drawn.
    """
    progress("Reading the pack")
    pack = read_pack(folder)
    progress("Reading the roads")
    network = read_osm(pack.roads)
    region_version = f"{pack.pack_id[:12]}-{network.network_id[:8]}"
    places.networks_dir.mkdir(parents=True, exist_ok=True)
    network_path = places.networks_dir / f"{network.network_id}.npz"
    if not network_path.exists():
        save_network(network, network_path)
    progress("Ordering the roads for routing")
    fast_router(network, places.orders_dir)
    tiles = places.tiles_dir / f"{region_version}.pmtiles"
    known = known_places_path(places.networks_dir, region_version)
    if not (tiles.exists() and known.exists()):
        progress("Reading places and house numbers")
        beside = read_places(pack.roads)
        save_known_places(_known(pack, beside), known)
        if not tiles.exists():
            progress("Drawing the map")
            _draw(pack, network, beside, tiles)
    progress("Storing boundaries, roster and plans")
    region = _region(pack, network, region_version)
    with engine.connect() as fresh:
        writing = fresh.execution_options(writing=True)
        with writing.begin():
            if not has_version(writing, region_version):
                save_version(writing, _rows(pack, region), database_now(writing))
            if pack.closures is not None:
                url = str(pack.closures.resolve())
                source = FeedSource(PACK_FEED, "wzdx", url, PACK_FEED_EVERY_S, enabled=True)
                save_feed_source(writing, source)
            if pack.works is not None:
                url = str(pack.works.resolve())
                source = FeedSource(WORKS_FEED, "closures", url, PACK_FEED_EVERY_S, enabled=True)
                save_feed_source(writing, source)
    progress("Activating")
    seq, was_active = _activate(engine, region)
    return Loaded(region_version, seq, region.counts, tuple(pack.notices), was_active)


def _activate(engine: Engine, region: RegionActivated) -> tuple[int, bool]:
    command = ActivateRegion(command_id=f"load-{uuid.uuid4().hex}", actor=HUB_ACTOR, region=region)
    outcome = submit_alone(engine, command)
    return outcome.last_seq, not outcome.events


def _region(pack: Pack, network: RoadNetwork, region_version: str) -> RegionActivated:
    return RegionActivated(
        region_version=region_version,
        name=pack.region.name,
        time_zone=pack.region.time_zone,
        border_m=pack.region.border_m,
        network_id=network.network_id,
        counts={
            "municipalities": len(pack.municipalities),
            "boundaries": len(pack.boundaries),
            "agencies": len(pack.agencies),
            "stations": len(pack.stations),
            "units": len(pack.units),
            "incident_types": len({row.incident_type for row in pack.plan_rows}),
            "agreements": len(pack.agreements),
            "road_nodes": network.node_count,
            "road_arcs": network.arc_count,
        },
    )


def _rows(pack: Pack, region: RegionActivated) -> RegionRows:
    discipline = {agency.id: agency.discipline for agency in pack.agencies}
    home = {station.code: station.at for station in pack.stations}
    shares = {
        name: CrewShare(id=crew.id, units=crew.units, min_staff=crew.min_staff)
        for crew in pack.crews
        for name in crew.units
    }
    return RegionRows(
        region=region,
        municipalities=[Area(m.geometry, {"name": m.name}) for m in pack.municipalities],
        boundaries=[Area(b.geometry, boundary_doc(b)) for b in pack.boundaries],
        agencies=[agency.model_dump(mode="json") for agency in pack.agencies],
        stations=[station.model_dump(mode="json") for station in pack.stations],
        units=[
            Unit(
                id=unit.callsign,
                agency_id=unit.agency_id,
                discipline=discipline[unit.agency_id],
                kind=unit.kind,
                station=unit.station,
                home=home[unit.station],
                capabilities=unit.capabilities,
                staffing=unit.staffing,
                vehicle_class=unit.vehicle_class,
                height_m=unit.height_m,
                weight_t=unit.weight_t,
                width_m=unit.width_m,
                phone_only=unit.phone_only,
                beats=unit.beats,
                crew=shares.get(unit.callsign),
            )
            for unit in pack.units
        ],
        plan_rows=[row.model_dump(mode="json") for row in pack.plan_rows],
        plan_areas=[Area(shape, {"name": name}) for name, shape in pack.plan_areas.items()],
        agreements=[agreement.model_dump(mode="json") for agreement in pack.agreements],
        centres=[centre.model_dump(mode="json") for centre in pack.centres],
        protocols=[program.model_dump(mode="json") for program in pack.protocols],
        determinants=[row.model_dump(mode="json") for row in pack.determinants],
        targets=[target.model_dump(mode="json") for target in pack.targets],
        hospitals=[hospital.model_dump(mode="json") for hospital in pack.hospitals],
        limits=[limit.model_dump(mode="json") for limit in pack.limits],
        sops=[line.model_dump(mode="json") for line in pack.sops],
    )


def _known(pack: Pack, beside: OsmPlaces) -> KnownPlaces:
    """What the pack's own files name first, then what the map names beside its roads.

    House numbers are the pack's where it has some: surveyed ones, not the map's few among them.
    """
    features = read_features(pack.roads)
    named = (CommonPlace(p.name, p.at, p.kind, p.also) for p in beside.places if p.name)
    own = pack.known_places
    houses = own.addresses
    if not len(houses):
        houses = AddressPoints.of(AddressPoint(a.number, a.street, a.at) for a in beside.addresses)
    return KnownPlaces(
        places=(*own.places, *named, *features.places),
        mileposts=(*own.mileposts, *features.mileposts),
        addresses=houses,
    )


def _draw(pack: Pack, network: RoadNetwork, beside: OsmPlaces, out: Path) -> None:
    build_tiles(
        network,
        {town.name: town.geometry for town in pack.municipalities},
        [EsbArea(b.discipline, b.agency_id, b.name, b.geometry) for b in pack.boundaries],
        [StationPoint(s.code, s.kind, s.code, s.at) for s in pack.stations],
        out,
        [WaterShape(body.name, body.shape) for body in beside.water],
    )
