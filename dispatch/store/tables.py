"""The tables. Only the store imports this file; every other part speaks to its functions.

``doc`` columns hold an entity of the domain as JSON text; the columns beside them are what queries
and unique indexes need.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

from dispatch.store.column_types import Shapes, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

BigId = BigInteger().with_variant(Integer, "sqlite")
HASH = String(64)
ID = String(80)

# The log -----------------------------------------------------------------------------------------

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("region_version", ID),
    Column("training", Boolean, nullable=False, server_default=false()),
    CheckConstraint("id = 1", name="single_row"),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("command_id", ID, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev_hash", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
)

event_private = Table(
    "event_private",
    metadata,
    Column("seq", BigId, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("name", String(40), primary_key=True),
    Column("subject", ID, nullable=False, index=True),
    Column("salt", String(32), nullable=False),
    Column("value", Text, nullable=False),
    Index(
        "ix_event_private_callback",
        "value",
        sqlite_where=text("name = 'callback'"),
        postgresql_where=text("name = 'callback'"),
    ),
)

kept_board = Table(
    "kept_board",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)

console_link = Table(
    "console_link",
    metadata,
    Column("id", ID, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("doc", Text, nullable=False),
)

console_receipt = Table(
    "console_receipt",
    metadata,
    Column("link_id", ID, primary_key=True),
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("receipts", Text, nullable=False),
    Index("ix_console_receipt_minute", "minute"),
)

command = Table(
    "command",
    metadata,
    Column("id", ID, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", ID),
    Column("asked", HASH),
)

counter = Table(
    "counter",
    metadata,
    Column("scope", String(120), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

due = Table(
    "due",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("ref", ID, nullable=False),
    sqlite_autoincrement=True,  # an id names its command for ever, so none may come again
)

fence = Table(
    "fence",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("holder", ID, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# What is going on --------------------------------------------------------------------------------

incident = Table(
    "incident",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("state", String(10), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("lon", Float),
    Column("lat", Float, index=True),
    Column("talkgroups", Text),
    Column("reserved", Text),
    Column("doc", Text, nullable=False),
)

call = Table(
    "call",
    metadata,
    Column("id", ID, primary_key=True),
    Column("incident_id", ID, index=True),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("closed_at", UtcDateTime),
    Column("doc", Text, nullable=False),
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("incident_id", ID, nullable=False, index=True),
    Column("unit_id", ID, nullable=False),
    Column("released_at", UtcDateTime),
    Column("doc", Text, nullable=False),
    Index(
        "uq_assignment_live_unit",
        "unit_id",
        unique=True,
        sqlite_where=text("released_at IS NULL"),
        postgresql_where=text("released_at IS NULL"),
    ),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", ID, primary_key=True),
    Column("incident_id", ID, nullable=False, index=True),
    Column("next_at", UtcDateTime, index=True),
    Column("doc", Text, nullable=False),
)

channel_fault = Table(
    "channel_fault",
    metadata,
    Column("id", String(300), primary_key=True),
    Column("doc", Text, nullable=False),
)

recommendation = Table(
    "recommendation",
    metadata,
    Column("incident_id", ID, primary_key=True),
    Column("id", ID, nullable=False),
    Column("doc", Text, nullable=False),
)

closure = Table(
    "closure",
    metadata,
    Column("id", ID, primary_key=True),
    Column("source", String(200), nullable=False, index=True),
    Column("state", String(10), nullable=False, index=True),
    Column("doc", Text, nullable=False),
)

unit_duty = Table(
    "unit_duty",
    metadata,
    Column("unit_id", ID, primary_key=True),
    Column("duty", String(20), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("agency_code", String(200), nullable=False, server_default=""),
    Column("since", UtcDateTime, nullable=False),
)

unit_fix = Table(
    "unit_fix",
    metadata,
    Column("unit_id", ID, primary_key=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("accuracy_m", Float),
    Column("heading_deg", Float),
    Column("speed_mps", Float),
    Column("device_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("source", String(10), nullable=False, server_default="vehicle"),
)

kept_fix = Table(
    "kept_fix",
    metadata,
    Column("unit_id", ID, primary_key=True),
    Column("minute", Integer, primary_key=True, autoincrement=False),
    Column("writer", String(16), primary_key=True),
    Column("fixes", Text, nullable=False),
    Index("ix_kept_fix_minute", "minute"),
)

presence = Table(
    "presence",
    metadata,
    Column("session_id", ID, primary_key=True),
    Column("holder", String(120), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("doc", Text, nullable=False),
)

unit_logon = Table(
    "unit_logon",
    metadata,
    Column("unit_id", ID, primary_key=True),
    Column("doc", Text, nullable=False),
)

bolo = Table(
    "bolo",
    metadata,
    Column("id", ID, primary_key=True),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, index=True),
    Column("doc", Text, nullable=False),
)

justice_query = Table(
    "justice_query",
    metadata,
    Column("id", ID, primary_key=True),
    Column("incident_id", ID, nullable=False, index=True),
    Column("kept_until", UtcDateTime, nullable=False, index=True),
    Column("doc", Text, nullable=False),
)

emergency = Table(
    "emergency",
    metadata,
    Column("id", ID, primary_key=True),
    Column("unit_id", ID, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("doc", Text, nullable=False),
)

premise_note = Table(
    "premise_note",
    metadata,
    Column("id", ID, primary_key=True),
    Column("agency_id", ID, nullable=False, index=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False, index=True),
    Column("doc", Text, nullable=False),
)

map_fault = Table(
    "map_fault",
    metadata,
    Column("id", ID, primary_key=True),
    Column("municipality", String(200), nullable=False),
    Column("closed_at", UtcDateTime),
    Column("last_at", UtcDateTime, nullable=False),
    Column("doc", Text, nullable=False),
    Index("ix_map_fault_municipality_last_at", "municipality", "last_at"),
)

position = Table(
    "position",
    metadata,
    Column("id", ID, primary_key=True),
    Column("doc", Text, nullable=False),
)

zone_mute = Table(
    "zone_mute",
    metadata,
    Column("zone_id", ID, primary_key=True),
    Column("agency_id", ID, nullable=False),
    Column("doc", Text, nullable=False),
)

hospital_state = Table(
    "hospital_state",
    metadata,
    Column("hospital_id", ID, primary_key=True),
    Column("doc", Text, nullable=False),
)

storm = Table(
    "storm",
    metadata,
    Column("agency_id", ID, primary_key=True),
    Column("doc", Text, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("id", ID, primary_key=True),
    Column("doc", Text, nullable=False),
)

feed_source = Table(
    "feed_source",
    metadata,
    Column("id", ID, primary_key=True),
    Column("format", String(20), nullable=False),
    Column("url", Text, nullable=False),
    Column("interval_s", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
)

# Who may sign in ---------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("id", ID, primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("agency_id", ID),
    Column("municipality", String(200)),
    Column("unit_id", ID),
    Column("position", String(200)),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", ID, primary_key=True),
    Column("account_id", ID, ForeignKey("account.id"), nullable=False, index=True),
    Column("token_hash", HASH, nullable=False, unique=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("closed_at", UtcDateTime),
)

push_subscription = Table(
    "push_subscription",
    metadata,
    Column("id", ID, primary_key=True),
    Column("session_id", ID, ForeignKey("session.id"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String(100), nullable=False),
    Column("auth", String(40), nullable=False),
    Column("subscribed_at", UtcDateTime, nullable=False),
)

sign_in_refusal = Table(
    "sign_in_refusal",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("account_id", ID, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

# A version of the region: boundaries, roster and plans, swapped whole -----------------------------

region_version = Table(
    "region_version",
    metadata,
    Column("id", ID, primary_key=True),
    Column("loaded_at", UtcDateTime, nullable=False),
    Column("doc", Text, nullable=False),
)


def _of_version(name: str, *columns: Column) -> Table:  # type: ignore[type-arg]  # any column
    return Table(
        name,
        metadata,
        Column("version_id", ID, ForeignKey("region_version.id"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        *columns,
        Column("doc", Text, nullable=False),
    )


municipality = _of_version("municipality", Column("geometry", Shapes(), nullable=False))
boundary = _of_version("boundary", Column("geometry", Shapes(), nullable=False))
agency = _of_version("agency")
station = _of_version("station")
unit = _of_version("unit", Column("unit_id", ID, nullable=False, index=True))
plan_row = _of_version("plan_row")
plan_area = _of_version("plan_area", Column("geometry", Shapes(), nullable=False))
agreement = _of_version("agreement")
centre = _of_version("centre")
protocol_program = _of_version("protocol_program")
determinant = _of_version("determinant")
stage_target = _of_version("stage_target")
status_limit = _of_version("status_limit")
sop_line = _of_version("sop_line")
hospital = _of_version("hospital")
