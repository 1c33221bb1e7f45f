"""``create_app`` builds and wires one hub process, as nothing else does; ``run`` serves it.

No rule lives here: what a part does is in the part.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import socket
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import Gauge
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import ExcInfo

from dispatch.adapters.web_push import PushKey
from dispatch.api.auth import profile_of_actor
from dispatch.api.edge import Edge
from dispatch.api.errors import add_problem_handlers
from dispatch.api.openapi import describe
from dispatch.api.parts import Parts
from dispatch.api.routes import add_routes
from dispatch.api.shared_pages import SharedPages
from dispatch.domain.errors import HubError
from dispatch.domain.events import SessionClosed
from dispatch.realtime.due_watch import DueWatch
from dispatch.realtime.follower import Follower
from dispatch.realtime.frame_protocol import FrameProtocol
from dispatch.realtime.live import Live
from dispatch.realtime.messages import Ailing
from dispatch.realtime.streams import StreamKey
from dispatch.roads.child import coverage_child, roads_child
from dispatch.roads.client import RoadsClient
from dispatch.roads.supervisor import RoadsSupervisor
from dispatch.services.accounts import Accounts
from dispatch.services.audit import (
    ANCHOR_EVERY_S,
    MARK_EVERY_S,
    RESTORED_ADVICE,
    Anchors,
    Parting,
    notice_restore,
)
from dispatch.services.board_keeper import BoardKeeper
from dispatch.services.courier import Courier, Makers
from dispatch.services.coverage import CoverageWatch
from dispatch.services.fix_keeper import FixKeeper
from dispatch.services.forgetting import Forgetter
from dispatch.services.health import HealthCheck, PartHealth
from dispatch.services.hub import Hub, Untaken
from dispatch.services.incident_closures import IncidentClosures
from dispatch.services.justice_queries import QueryPurger, QueryService
from dispatch.services.leader import Leader
from dispatch.services.location_server import LocationServer
from dispatch.services.places import PlaceIndex
from dispatch.services.recommender import Recommender
from dispatch.services.record_links import RecordLinks
from dispatch.services.records import RecordSender
from dispatch.services.region import RegionPolicy
from dispatch.services.rerouting import Rerouter
from dispatch.services.translation import TranslationEngine
from dispatch.settings import HubSettings
from dispatch.store.clock import SharedClock
from dispatch.store.engine import is_sqlite, make_engine
from dispatch.store.event_log import LoggedEvent
from dispatch.store.regions import load_version
from dispatch.store.training import training_of
from dispatch.store.unit_of_work import Writer

VERSION = "0.1.0"
LATER_S = 5.0
"""What nobody waits for in the first seconds (the index of places, the feeds) begins so late."""
PAPER_KEPT_S = 30.0
"""How old a paper board may be that a position is given: it holds one of two minutes at most."""
SESSIONS_EVERY_S = 1.5
"""A stream outlives its session or its account's rights by two seconds at most."""
_LAST_ANCHOR_S = 1.0
_ANSWERS_END_S = 2
"""What is still being answered when the hub ends has so long; consoles come back by themselves."""
END_WITHIN_S = 5.0
_STALL_LOOK_S = 0.25
_CLOCK_LOOK_S = 5.0
_FRAMES = ExceptionDictTransformer(show_locals=False)
"""Local variables may hold what a caller said, or a token."""
_TELLING = (HubError, OSError, DBAPIError)
"""Faults whose own words hold nothing that somebody gave: statements are logged without values."""
_FRAMES_LOGGED = 6

log = structlog.get_logger()

_SEQ = Gauge("hub_board_seq", "Number of the last event that the board has taken in.")
_VIEWERS = Gauge("hub_stream_viewers", "Consoles on the stream.")
_WAITING = Gauge("hub_writer_waiting", "Commands that wait for the writer.")
_STALL = Gauge("hub_loop_stall_seconds", "How late the event loop was at its last look.")


def create_app(
    settings: HubSettings | None = None, roads: RoadsSupervisor | None = None
) -> FastAPI:
    """The application of one hub process; its parts live as long as its life span.

    Args:
        settings: None: from the environment. The database must be migrated.
        roads: The roads where they run already; None: they are started where the settings say so.
    """
    chosen = settings or HubSettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.parts = await _start(chosen, stack, roads)
            _keep_for_good()
            log.info("hub_started", seq=app.state.parts.follower.board.seq)
            yield
        log.info("hub_stopped")

    app = FastAPI(
        title="Regional dispatch hub",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=chosen.server.max_body_bytes,
        redirect_slashes=False,
    )
    add_problem_handlers(app)
    add_routes(app, chosen)
    describe(app)
    app.add_middleware(Edge)
    return app


async def _start(
    settings: HubSettings, stack: AsyncExitStack, running: RoadsSupervisor | None
) -> Parts:
    """Build the parts, start them, and leave their ends to the stack in reverse order."""
    storage = settings.storage
    engine = make_engine(storage.database)
    stack.callback(engine.dispose)
    await asyncio.to_thread(_refuse_mistaken_database, engine, settings.training)
    anchors = Anchors(storage.anchors_path, storage.anchor_key_path)
    clock = SharedClock(engine)
    await asyncio.to_thread(clock.look)
    parting = await asyncio.to_thread(notice_restore, engine, anchors, clock.now())
    if parting is not None:
        log.error("log_is_not_the_anchored_one", **asdict(parting), advice=RESTORED_ADVICE)
    if settings.leads:
        stack.push_async_callback(_anchor_at_the_end, engine, anchors, clock)
    follower = Follower(engine, poll_s=settings.stream.poll_s)
    writer = Writer(engine, on_commit=follower.wake)
    due_watch, untaken = DueWatch(engine), Untaken()

    def ailing() -> Ailing:
        return Ailing(due_watch.unwatched_s(), writer.is_full, untaken.lately())

    live = Live(engine, follower, settings.stream, clock.now, ailing)
    regions = _Regions(engine)
    roads = RoadsClient(settings.roads_socket)
    stack.push_async_callback(roads.close)
    hub = Hub(
        engine=engine,
        writer=writer,
        board=lambda: follower.board,
        policy=lambda: regions.policy,
        fixes=lambda: live.fixes.latest,
        roads=roads,
        now=clock.now,
        untaken=untaken,
    )
    accounts = Accounts(hub, settings.sessions, monotonic)
    stack.callback(accounts.stop)
    places = PlaceIndex(storage.networks_dir, monotonic)
    stack.push_async_callback(places.stop)
    readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="reader")
    stack.callback(readers.shutdown, wait=False)
    leader = Leader(hub, holder=_holder(engine))
    recommender = Recommender(hub, active=lambda: leader.leads)

    def on_reload() -> None:
        accounts.forget_all()
        regions.follow(follower, places)

    def on_events(page: Sequence[LoggedEvent]) -> None:
        for logged in page:
            if isinstance(logged.event.body, SessionClosed):
                accounts.forget(logged.event.body.session_id)

    rerouter = Rerouter(hub, active=lambda: leader.leads)
    incident_closures = IncidentClosures(hub, active=lambda: leader.leads)
    records = RecordSender(hub, settings.eido)
    stack.push_async_callback(records.stop)
    record_links = RecordLinks(hub, records, settings.eido, active=lambda: leader.leads)
    push_key = PushKey(settings.push_key_path)
    courier = Courier(
        hub, lambda: _adapter_makers(settings, engine, push_key), leads=lambda: leader.leads
    )
    follower.on_events += [
        on_events,
        recommender.on_events,
        rerouter.on_events,
        incident_closures.on_events,
        record_links.on_events,
        courier.on_events,
    ]
    follower.on_reload += [on_reload, recommender.on_reload, rerouter.on_reload]
    follower.on_reload.append(incident_closures.on_reload)
    follower.on_reload.append(record_links.on_reload)
    await follower.start()
    stack.push_async_callback(follower.stop)
    await regions.load(follower, places)
    writer.start()
    stack.push_async_callback(asyncio.to_thread, writer.stop)
    if settings.roads.roads_supervise and running is None:
        supervisor = roads_child()
        supervisor.start()
        stack.push_async_callback(asyncio.to_thread, supervisor.stop)
    await live.start()
    stack.push_async_callback(live.stop)
    _in_background(stack, _import_the_solver())
    coverage = _coverage(settings, hub, stack)
    await recommender.start()
    _in_background(stack, rerouter.run())
    _in_background(stack, incident_closures.run())
    _in_background(stack, record_links.run())
    stack.push_async_callback(recommender.stop)
    _in_background(stack, _look_at_the_clock(clock))
    _in_background(stack, due_watch.run())
    _in_background(stack, _mark_each_second(anchors, follower))
    _in_background(stack, _measure(follower, live, writer))
    _in_background(stack, _hold_streams_to_sessions(live, accounts))
    if settings.leads:
        _in_background(stack, leader.run())
        _in_background(stack, courier.run())
        _in_background(stack, _anchor_each_minute(engine, anchors, clock, leader))
        keeper = BoardKeeper(hub, lambda: leader.leads, settings.stream.receipts_kept_days)
        _in_background(stack, keeper.run())
        _in_background(stack, QueryPurger(hub, lambda: leader.leads).run())
        _in_background(stack, Forgetter(hub, lambda: leader.leads).run())
        fixes = FixKeeper(
            hub, lambda: leader.leads, secrets.token_hex(8), settings.stream.fixes_kept_days
        )
        _in_background(stack, fixes.run())
    jobs = _Jobs()
    if storage.redis_url:
        _in_background(stack, _poll_feeds(hub, storage.redis_url, lambda: leader.leads, jobs))
    health = HealthCheck(
        hub,
        follower,
        {
            "leader": lambda: _leader_health(leader, due_watch),
            "stream": lambda: _stream(live),
            "log": lambda: _log_health(parting),
            "jobs": jobs.health,
            "rerouting": lambda: _rerouting(rerouter),
        },
    )
    return Parts(
        settings=settings,
        hub=hub,
        follower=follower,
        live=live,
        accounts=accounts,
        places=places,
        locations=LocationServer(settings.location),
        translation=TranslationEngine(settings.translation),
        records=records,
        queries=QueryService(hub, settings.queries),
        record_links=record_links,
        coverage=coverage,
        health=health,
        readers=readers,
        internal_token=_internal_token(storage.internal_token_path),
        paper=SharedPages(PAPER_KEPT_S),
        push_key=push_key,
    )


class MistakenDatabase(Exception):
    """A training hub was given a live database, or a live hub one that was made for training."""


def _refuse_mistaken_database(engine: Engine, training: bool) -> None:
    with engine.connect() as connection, connection.begin():
        made_for = training_of(connection)
    if training and made_for is not True:
        raise MistakenDatabase(
            "HUB_TRAINING is set, and this database was not made for training: "
            "`hub train` makes one in a folder of its own."
        )
    if not training and made_for:
        raise MistakenDatabase(
            "This database was made for training; a live hub does not open it. "
            "Set HUB_DATA_DIR to the live one's folder, or start the exercise with `hub train`."
        )


def _keep_for_good() -> None:
    """Leave out of garbage collections what stays for the hub's life: modules, policy, board.

    To go through them stops the event loop for a tenth of a second, again and again.
    """
    gc.freeze()
    gc.enable()


def _holder(engine: Engine) -> str:
    """A name that no other process has. The embedded database has one process: its lease is ours
    at once after a restart.
    """
    if is_sqlite(engine):
        return "embedded"
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


class _Regions:
    """The policy of the version in force; the next one is read in a thread, then swapped in."""

    def __init__(self, engine: Engine) -> None:
        self.policy: RegionPolicy | None = None
        self._engine = engine
        self._loading: asyncio.Task[None] | None = None

    def follow(self, follower: Follower, places: PlaceIndex) -> None:
        """The board was reloaded: its region may be another."""
        task = asyncio.get_running_loop().create_task(self.load(follower, places))
        task.add_done_callback(_report_failure)
        self._loading = task

    async def load(self, follower: Follower, places: PlaceIndex) -> None:
        """Swap in the policy of the board's region."""
        region = follower.board.region
        if region is None or (self.policy and self.policy.version == region.region_version):
            return
        self.policy = await asyncio.to_thread(self._read, region.region_version)
        _keep_for_good()
        places.use(self.policy, LATER_S)

    def _read(self, version: str) -> RegionPolicy:
        with self._engine.connect() as connection, connection.begin():
            return RegionPolicy(load_version(connection, version))


class _Jobs:
    """What the job server said last. It may be gone or full: nobody but the feeds waits for it."""

    error: Callable[[], str] = staticmethod(lambda: "")

    def health(self) -> PartHealth:
        """Told, and nothing else made unwell by it: the hub works on."""
        error = self.error()
        return PartHealth(True, {"ok": not error, "error": error})


async def _poll_feeds(hub: Hub, redis_url: str, leads: Callable[[], bool], jobs: _Jobs) -> None:
    """Read the feeds when they are due. The job server's client is imported when the hub is up."""

    def poller() -> Coroutine[Any, Any, None]:
        from dispatch.jobs.polling import FeedPoller
        from dispatch.jobs.queue import connect, queue_on

        polling = FeedPoller(hub, queue_on(connect(redis_url)), leads)
        jobs.error = lambda: polling.error
        return polling.run()

    await asyncio.sleep(LATER_S)
    await (await asyncio.to_thread(poller))


def _adapter_makers(settings: HubSettings, engine: Engine, key: PushKey) -> Makers:
    """What messages leave by. Its libraries are imported when the hub is up."""
    from dispatch.adapters.registry import adapter_makers

    return adapter_makers(settings, engine, key)


def _coverage(settings: HubSettings, hub: Hub, stack: AsyncExitStack) -> CoverageWatch:
    """Coverage on roads of its own, which are started when an agency has it on."""
    roads = RoadsClient(settings.coverage_socket)
    stack.push_async_callback(roads.close)
    supervisor = coverage_child(settings.coverage_socket)
    stack.push_async_callback(asyncio.to_thread, supervisor.stop)
    start = supervisor.start if settings.roads.roads_supervise else lambda: None
    watch = CoverageWatch(hub, roads, start)
    _in_background(stack, watch.run())
    return watch


async def _import_the_solver() -> None:
    """The first recommendation needs it; until the roads have loaded there is time."""
    await asyncio.to_thread(import_module, "scipy.optimize")


async def _look_at_the_clock(clock: SharedClock) -> None:
    while True:
        await asyncio.sleep(_CLOCK_LOOK_S)
        try:
            await asyncio.to_thread(clock.look)
        except Exception as failure:  # outer loop: the clock counts on while the database is away
            log.warning("clock_unreadable", error=type(failure).__name__)


async def _anchor_each_minute(
    engine: Engine, anchors: Anchors, clock: SharedClock, leader: Leader
) -> None:
    while True:
        await asyncio.sleep(ANCHOR_EVERY_S)
        if leader.leads:
            try:
                await asyncio.to_thread(anchors.append, engine, clock.now())
            except Exception:  # outer loop: a full disk must not end the anchoring for ever
                log.exception("anchor_failed")


async def _mark_each_second(anchors: Anchors, follower: Follower) -> None:
    marked = None
    while True:
        await asyncio.sleep(MARK_EVERY_S)
        if (end := follower.end) != marked:
            try:
                await asyncio.to_thread(anchors.mark, end)
                marked = end
            except Exception:  # outer loop: a full disk must not end the marking for ever
                log.exception("mark_failed")


async def _anchor_at_the_end(engine: Engine, anchors: Anchors, clock: SharedClock) -> None:
    """What is restored while the hub stands still is noticed to the last event."""
    try:
        async with asyncio.timeout(_LAST_ANCHOR_S):
            await asyncio.to_thread(anchors.append, engine, clock.now())
    except Exception:  # outer loop: a database that is away must not keep the hub from ending
        log.exception("anchor_failed")


async def _hold_streams_to_sessions(live: Live, accounts: Accounts) -> None:
    """An account may be disabled, moved or signed out while a stream speaks for it."""
    while True:
        await asyncio.sleep(SESSIONS_EVERY_S)
        asked = live.session_ids()
        if not asked:
            continue
        try:
            standing = await accounts.standing(asked)
        except Exception:  # outer loop: the database may be away for a while
            log.exception("sessions_unreadable")
            continue
        keys = {
            session_id: StreamKey(actor.agencies, profile_of_actor(actor))
            for session_id, actor in standing.items()
        }
        for session_id in live.hold_to(keys, asked):
            accounts.forget(session_id)


async def _measure(follower: Follower, live: Live, writer: Writer) -> None:
    while True:
        began = monotonic()
        await asyncio.sleep(_STALL_LOOK_S)
        _STALL.set(max(0.0, monotonic() - began - _STALL_LOOK_S))
        _SEQ.set(follower.board.seq)
        _VIEWERS.set(live.viewer_count)
        _WAITING.set(writer.waiting)


def _leader_health(leader: Leader, due_watch: DueWatch) -> PartHealth:
    """Whoever leads: what is due is dealt with, or it is not."""
    waits_s = due_watch.unwatched_s()
    facts = {"leads": leader.leads, "fence": leader.fence, "overdue_s": round(waits_s, 1)}
    return PartHealth(waits_s == 0.0, facts)


def _rerouting(rerouter: Rerouter) -> PartHealth:
    """Crews on their way that could not be told of a road: dispatch tells them by radio."""
    untold = rerouter.untold()
    return PartHealth(not untold, dict(untold))


def _log_health(parting: Parting | None) -> PartHealth:
    """A log that is not the one anchored is told; the hub works on under another epoch."""
    if parting is None:
        return PartHealth(True, {"as_anchored": True})
    return PartHealth(True, {"as_anchored": False, **asdict(parting), "advice": RESTORED_ADVICE})


def _stream(live: Live) -> PartHealth:
    return PartHealth(True, {"viewers": live.viewer_count, **live.counts})


def _in_background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    """Run something until the hub ends; its failure is logged, never lost."""
    task = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(_report_failure)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


def _report_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        log.error("background_task_failed", task=task.get_name(), exc_info=failure)


def _internal_token(path: Path) -> str:
    """The installation's token for its workers; made at the first start, readable by its owner."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        token = secrets.token_urlsafe(32)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(token)
        return token


def told_of(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Where a fault was, as it is logged: its words only where they cannot be a caller's."""
    found = _FRAMES(exc_info)
    fault: BaseException | None = exc_info[1]
    for stack in found:
        if not isinstance(fault, _TELLING):
            stack["exc_value"] = ""
            stack["exc_notes"] = []
        fault = fault and (fault.__cause__ or fault.__context__)
    return found


class Wordless(logging.Filter):
    """What the server logs of a fault: where it was and of which kind, without its words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, shortened."""
        if record.exc_info and record.exc_info[1] is not None:
            kind, where = type(record.exc_info[1]).__name__, record.exc_info[2]
            frames = "".join(traceback.format_tb(where)[-_FRAMES_LOGGED:])
            record.msg, record.args = f"{record.getMessage().rstrip()} {kind}\n{frames}", ()
            record.exc_info = record.exc_text = None
        return True


def configure_logging(level: str) -> None:
    """One JSON object a line on standard error, from this level on."""
    logging.getLogger("uvicorn.error").addFilter(Wordless())
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(told_of),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


class _EndingServer(uvicorn.Server):
    """Ends within ``END_WITHIN_S`` of the signal, whatever hangs: a database, a thread, a child.

    What was acknowledged is committed, so that nothing is lost by it; the kernel ends the roads.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, and count."""
        if not self.should_exit:
            threading.Thread(target=_end_for_sure, name="ending", daemon=True).start()
        super().handle_exit(sig, frame)


def _end_for_sure() -> None:
    sleep(END_WITHIN_S)
    alive = sorted(thread.name for thread in threading.enumerate() if thread.name != "ending")
    log.error("hub_did_not_end", seconds=END_WITHIN_S, threads=alive)
    os._exit(1)


def server_of(app: FastAPI, settings: HubSettings) -> uvicorn.Server:
    """The server as the hub needs it: shared frames, no deflate, pings that find dead links."""
    config = uvicorn.Config(
        app,
        host=settings.server.host,
        port=settings.server.port,
        loop="uvloop",
        http="httptools",
        ws=FrameProtocol,
        ws_per_message_deflate=False,
        ws_max_size=65_536,
        ws_ping_interval=10.0,
        ws_ping_timeout=10.0,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_ANSWERS_END_S,
    )
    return _EndingServer(config)


def run(settings: HubSettings, roads: RoadsSupervisor | None = None) -> None:
    """Serve until told to stop; what was acknowledged is committed, consoles come back.

    Args:
        settings: All of them.
        roads: The roads where they run already, see ``create_app``.
    """
    configure_logging(settings.server.log_level)
    server_of(create_app(settings, roads), settings).run()
