"""What an operator can set, by concern, read from the environment with the prefix ``HUB_``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MailSecurity = Literal["starttls", "tls", "none"]
"""How the mail server is spoken to; ``none`` is for one on this machine."""

SECRET_LETTERS_MIN = 16

QueryKind = Literal["plate", "warrant"]
"""What a query service can be asked about."""

CONSOLE_DIST = Path(__file__).parent / "console" / "dist"


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUB_", extra="ignore", frozen=True, hide_input_in_errors=True
    )


class StorageSettings(_Settings):
    """Where everything that must survive a restart lies."""

    data_dir: Path = Path("var")
    database_url: str = ""
    """Empty: SQLite in ``data_dir``."""
    redis_url: str = ""
    """Empty: no job server; feeds can still be posted by hand."""

    @property
    def database(self) -> str:
        """The database's URL, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'hub.sqlite'}"

    @property
    def tiles_dir(self) -> Path:
        """``<region_version>.pmtiles`` of each loaded version."""
        return self.data_dir / "tiles"

    @property
    def networks_dir(self) -> Path:
        """``<network_id>.npz`` of each road network."""
        return self.data_dir / "networks"

    @property
    def orders_dir(self) -> Path:
        """Kept contraction orders, by the network's hash."""
        return self.data_dir / "orders"

    @property
    def anchors_path(self) -> Path:
        """Signed heads of the log, one a line."""
        return self.data_dir / "anchors.jsonl"

    @property
    def anchor_key_path(self) -> Path:
        """The private key that signs them; an operator may keep it elsewhere."""
        return self.data_dir / "anchor.key"

    @property
    def internal_token_path(self) -> Path:
        """The token by which workers of this installation hand in results."""
        return self.data_dir / "internal.token"


class ServerSettings(_Settings):
    """How the hub is reached."""

    host: str = "127.0.0.1"
    port: int = Field(default=8911, ge=1, le=65535)
    allowed_origins: tuple[str, ...] = ()
    """Further origins from which a console may open the stream; its own host always may."""
    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    console_dir: Path = CONSOLE_DIST
    metrics_public: bool = False
    """False: metrics answer a hub administrator and this machine only."""
    log_level: str = "info"


class SessionSettings(_Settings):
    """Signing in."""

    session_hours: float = Field(default=12.0, gt=0, le=72)
    lockout_attempts: int = Field(default=5, ge=1)
    lockout_minutes: float = Field(default=15.0, gt=0, le=1440)


class StreamSettings(_Settings):
    """Limits of the live stream (RELIABILITY: what was measured)."""

    poll_s: float = Field(default=0.05, gt=0, le=1)
    heartbeat_s: float = Field(default=1.0, gt=0, le=10)
    queue_bytes: int = Field(default=256_000, ge=16_000)
    ack_lag_s: float = Field(default=10.0, gt=0)
    hello_s: float = Field(default=5.0, gt=0)
    ring_frames: int = Field(default=4_096, ge=16)
    replay_events: int = Field(default=5_000, ge=0)
    """How many events a resuming console may be sent from the log before it gets a snapshot."""
    receipts_kept_days: int = Field(default=365, ge=1)
    """How long it is kept what each console was sent and acknowledged."""
    fixes_kept_days: float = Field(default=30, ge=0)
    """How long it is kept where units were; 0: it is not."""


class DeliverySettings(_Settings):
    """How messages leave the hub for crews and stations; where each goes stands in the region."""

    delivery_webhooks: dict[str, SecretStr] = Field(default_factory=dict)
    """By origin that webhooks may be sent to (``https://pager.example``): the secret shared."""
    """At least ``SECRET_LETTERS_MIN`` letters: whoever knows it can acknowledge for a crew."""
    delivery_receipts_url: str = ""
    """The hub's address as receivers reach it, for the receipts that they send back."""
    mail_host: str = ""
    """The mail server; empty: no e-mail is sent."""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_security: MailSecurity = "starttls"
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_from: str = "dispatch@localhost"
    mail_ca: Path | None = None
    """A file of the authorities that sign the mail server's certificate; None: the system's."""
    print_dir: Path | None = None
    """Where printers' folders are; None: ``print`` in the storage's ``data_dir``."""

    print_taken_within_s: float = Field(default=120.0, ge=0)
    """How long a page may lie in a printer's folder before the printer is said to be offline; 0:
    for ever, where the print queue leaves pages there."""

    push_services: tuple[str, ...] = ()
    """Push services that tablets may be told by, by origin (``https://fcm.googleapis.com``,
    ``https://*.push.apple.com``); empty: none, and no tablet is asked."""
    push_contact: str = ""
    """For the operators of push services: ``mailto:`` or ``https:``; some refuse without."""
    push_key: Path | None = None
    """The hub's own key for them; None: ``push.key`` in the storage's ``data_dir``. It is made with
    the first use; hubs of one centre share it."""

    @field_validator("push_services")
    @classmethod
    def _are_services(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for origin in given:
            parts = urlsplit(origin.replace("://*.", "://any."))
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
                raise ValueError(f"{origin!r} is no origin, as https://fcm.googleapis.com is")
            if "*" in (parts.hostname or ""):
                raise ValueError(
                    f"{origin!r}: a star stands for the first labels of the host alone"
                )
        return given

    @field_validator("push_contact")
    @classmethod
    def _is_contact(cls, given: str) -> str:
        if given and not given.startswith(("mailto:", "https://")):
            raise ValueError("push_contact begins with mailto: or https://")
        return given

    @field_validator("delivery_webhooks")
    @classmethod
    def _are_origins(cls, given: dict[str, SecretStr]) -> dict[str, SecretStr]:
        """A typing error shows when the hub starts, not when a crew is to be told."""
        for origin, secret in given.items():
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
                raise ValueError(f"{origin!r} is no origin, as https://pager.example is")
            if len(secret.get_secret_value()) < SECRET_LETTERS_MIN:
                raise ValueError(f"the secret of {origin} is shorter than {SECRET_LETTERS_MIN}")
        return given


class RoadsSettings(_Settings):
    """The roads process."""

    roads_socket: Path | None = None
    """None: ``roads.sock`` in the storage's ``data_dir``."""
    roads_supervise: bool = True
    """Whether the hub starts the roads process and starts it again when it ends."""


class LocationSettings(_Settings):
    """Where a caller's location is asked for anew (HELD, RFC 5985)."""

    location_url: str = ""
    """Empty: nobody is asked, unless a call brings its own URI at an allowed host."""
    location_hosts: tuple[str, ...] = ()
    """Hosts that a call's own location URI may name; that of ``location_url`` always may."""
    location_within_s: float = Field(default=4.0, gt=0, le=7)
    """Deadline of one question, below the console's own of eight seconds."""
    location_max_bytes: int = Field(default=64_000, ge=1_000)


class ProtocolSettings(_Settings):
    """Card-protocol programs: which of the region's launch URLs may be opened."""

    protocol_origins: tuple[str, ...] = ()
    """``https://cards.example``, or a program's own scheme as ``proqa:``. Empty: none is opened."""

    @field_validator("protocol_origins")
    @classmethod
    def _are_origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for origin in given:
            parts = urlsplit(origin)
            host = parts.scheme in ("http", "https") and parts.hostname
            if not (host or origin == f"{parts.scheme}:") or parts.path.strip("/"):
                raise ValueError(f"{origin!r} is neither https://cards.example nor a scheme:")
        return tuple(origin.rstrip("/").lower() for origin in given)


class EidoSettings(_Settings):
    """Records of calls that go to other centres (EIDO)."""

    eido_domain: str = Field(
        default="hub.invalid", pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,100})$"
    )
    """Of this hub in every identifier: one that is the centre's own in the whole world."""
    eido_centres: dict[str, SecretStr] = Field(default_factory=dict)
    """By origin that records may be sent to (``https://east.example``): the token shown there."""
    eido_within_s: float = Field(default=4.0, gt=0, le=20)
    eido_gather_s: float = Field(default=2.0, gt=0, le=60)
    """What changes within so many seconds goes to a centre that has the record as one version."""
    eido_max_bytes: int = Field(default=200_000, ge=1_000)
    """The largest record that is taken in."""

    @field_validator("eido_centres")
    @classmethod
    def _are_origins(cls, given: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for origin in given:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
                raise ValueError(f"{origin!r} is no origin, as https://east.example is")
        return {origin.rstrip("/").lower(): token for origin, token in given.items()}


class QuerySettings(_Settings):
    """A centre's own service for plates and warrants."""

    query_services: dict[QueryKind, str] = Field(default_factory=dict)
    """By kind (``plate``, ``warrant``) the one URL that is asked; empty: nobody is."""
    query_secret: SecretStr = SecretStr("")
    """What every question is signed with."""
    query_within_s: float = Field(default=5.0, gt=0, le=7)
    """Deadline of one question, below the console's own of eight seconds."""
    query_max_bytes: int = Field(default=64_000, ge=1_000, le=1_000_000)

    @field_validator("query_services")
    @classmethod
    def _are_urls(cls, given: dict[QueryKind, str]) -> dict[QueryKind, str]:
        for url in given.values():
            parts = urlsplit(url)
            if parts.scheme != "https" and not _is_here(url):
                raise ValueError(f"{url!r} is no https URL: answers name people")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{url!r} is no URL, as https://cji.example/plates is")
        return given

    @model_validator(mode="after")
    def _are_signed(self) -> Self:
        if self.query_services and len(self.query_secret.get_secret_value()) < SECRET_LETTERS_MIN:
            raise ValueError(f"query_secret is shorter than {SECRET_LETTERS_MIN} letters")
        return self


class TranslationSettings(_Settings):
    """The engine that translates conversations, on the centre's own machines (LibreTranslate)."""

    translation_url: str = ""
    """Its ``/translate``. Empty: nothing is translated."""
    translation_language: str = "en"
    """Into what callers' lines are translated."""
    translation_within_s: float = Field(default=3.0, gt=0, le=7)
    translation_max_bytes: int = Field(default=20_000, ge=1_000)


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def outward_settings(settings: HubSettings) -> list[str]:
    """The variables that are set by which a hub reaches people, or programs on other machines."""
    delivery, location = settings.delivery, settings.location
    translation = settings.translation.translation_url
    reaching = {
        "HUB_DELIVERY_WEBHOOKS": bool(delivery.delivery_webhooks),
        "HUB_DELIVERY_RECEIPTS_URL": bool(delivery.delivery_receipts_url),
        "HUB_MAIL_HOST": bool(delivery.mail_host),
        "HUB_PRINT_DIR": delivery.print_dir is not None,
        "HUB_PUSH_SERVICES": bool(delivery.push_services),
        "HUB_EIDO_CENTRES": bool(settings.eido.eido_centres),
        "HUB_QUERY_SERVICES": any(
            not _is_here(url) for url in settings.queries.query_services.values()
        ),
        "HUB_PROTOCOL_ORIGINS": any(
            origin.startswith("http") and not _is_here(origin)
            for origin in settings.protocols.protocol_origins
        ),
        "HUB_REDIS_URL": bool(settings.storage.redis_url),
        "HUB_LOCATION_URL": bool(location.location_url) and not _is_here(location.location_url),
        "HUB_LOCATION_HOSTS": bool(location.location_hosts),
        "HUB_TRANSLATION_URL": bool(translation) and not _is_here(translation),
    }
    return [name for name, set_so in reaching.items() if set_so]


class HubSettings(_Settings):
    """All of it. Each concern reads the same environment."""

    storage: StorageSettings = Field(default_factory=StorageSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    sessions: SessionSettings = Field(default_factory=SessionSettings)
    stream: StreamSettings = Field(default_factory=StreamSettings)
    roads: RoadsSettings = Field(default_factory=RoadsSettings)
    delivery: DeliverySettings = Field(default_factory=DeliverySettings)
    location: LocationSettings = Field(default_factory=LocationSettings)
    eido: EidoSettings = Field(default_factory=EidoSettings)
    protocols: ProtocolSettings = Field(default_factory=ProtocolSettings)
    queries: QuerySettings = Field(default_factory=QuerySettings)
    translation: TranslationSettings = Field(default_factory=TranslationSettings)
    training: bool = False
    """A hub for exercises: it sends nothing to anybody, asks nobody outside this machine, opens
    only a database that was made for it, and every screen says so."""
    leads: bool = True
    """Whether this process may become the leader that gives what falls due."""

    @model_validator(mode="after")
    def _keeps_to_itself(self) -> Self:
        """A training hub that could reach somebody does not start."""
        outward = outward_settings(self) if self.training else []
        if outward:
            raise ValueError(f"a training hub may reach nobody: unset {', '.join(outward)}")
        return self

    @property
    def roads_socket(self) -> Path:
        """The socket on which the roads answer."""
        return self.roads.roads_socket or self.storage.data_dir / "roads.sock"

    @property
    def print_dir(self) -> Path:
        """Where printers' folders are."""
        return self.delivery.print_dir or self.storage.data_dir / "print"

    @property
    def push_key_path(self) -> Path:
        """The private key by which push services know this hub."""
        return self.delivery.push_key or self.storage.data_dir / "push.key"

    @property
    def coverage_socket(self) -> Path:
        """The socket on which the coverage's own roads answer."""
        return self.roads_socket.with_name(f"{self.roads_socket.stem}-coverage.sock")
