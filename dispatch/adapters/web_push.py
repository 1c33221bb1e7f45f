"""Web push: what is sent to a browser's push service, encrypted for the device, signed by the hub.

RFC 8030 (the protocol), 8188 and 8291 (``aes128gcm``: the push service carries it and cannot read
it) and 8292 (VAPID: who sends). It opens no connection.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dispatch.adapters.signing import origin_of

RECORD_BYTES: Final = 4096
PLAIN_MAX_BYTES: Final = 3993
"""What fits into the 4096 bytes that every push service takes (RFC 8291, section 4)."""
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16
SIGNED_FOR_S: Final = 3600
"""At most a day (RFC 8292); a clock that is an hour off is refused and shows."""


def to_base64url(data: bytes) -> str:
    """As push services and browsers write it, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of base64url with or without its padding.

    Raises:
        ValueError: It is none.
    """
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def device_key(p256dh: bytes) -> ec.EllipticCurvePublicKey:
    """A device's public key from its 65 bytes.

    Raises:
        ValueError: They are no point of P-256.
    """
    if len(p256dh) != POINT_BYTES:
        raise ValueError("a P-256 point has 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)


def encrypt(
    plain: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a push message, for one device alone.

    Args:
        plain: At most ``PLAIN_MAX_BYTES``.
        p256dh: The device's public key, 65 bytes.
        auth: The secret of its subscription, 16 bytes.
        salt: 16 bytes; None: fresh ones. Given by tests alone.
        own: The key of this message alone; None: a fresh one.

    Raises:
        ValueError: The key is none, or it is too long.
    """
    if len(plain) > PLAIN_MAX_BYTES:
        raise ValueError(f"{len(plain)} bytes do not fit into one push message")
    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(ec.SECP256R1())
    theirs = device_key(p256dh)
    ours = point_of(own)
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derived(auth, shared, b"WebPush: info\0" + p256dh + ours, 32)
    key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\x02", None)
    return salt + struct.pack("!IB", RECORD_BYTES, len(ours)) + ours + sealed


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class PushKey:
    """The hub's own key pair: browsers bind their subscription to it, push services know it.

    Args:
        path: Of the private key as PEM. It is made with the first use, readable by its owner.
            Hubs of one centre share it: another key, and every device must subscribe anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: ec.EllipticCurvePrivateKey | None = None

    @property
    def public(self) -> str:
        """The ``applicationServerKey`` of a subscription."""
        return to_base64url(point_of(self._key()))

    def authorization(self, endpoint: str, contact: str, now_s: float) -> str:
        """The header that says to a push service who sends (RFC 8292).

        Args:
            endpoint: Of the subscription.
            contact: ``mailto:`` or ``https:``, for the push service's operator; empty: none.
            now_s: Seconds since 1970.
        """
        claims = {"aud": origin_of(endpoint), "exp": int(now_s) + SIGNED_FOR_S}
        said = claims | ({"sub": contact} if contact else {})
        head = to_base64url(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
        signed = f"{head}.{to_base64url(orjson.dumps(said))}"
        r, s = decode_dss_signature(self._key().sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public}"

    def receipt_token(self, delivery_id: str) -> str:
        """What a device shows with its receipt: it had it in the message itself, encrypted."""
        scalar = self._key().private_numbers().private_value.to_bytes(32, "big")
        secret = _derived(b"", scalar, b"hub push receipts", 32)
        return hmac.new(secret, delivery_id.encode(), hashlib.sha256).hexdigest()

    def is_receipt_token(self, delivery_id: str, given: str) -> bool:
        """Whether a device was given this token with this message."""
        return hmac.compare_digest(self.receipt_token(delivery_id).encode(), given.encode())

    def _key(self) -> ec.EllipticCurvePrivateKey:
        if self._made is None:
            self._made = self._read() if self._path.exists() else self._make()
        return self._made

    def _read(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key(self._path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError(f"{self._path} holds no key of P-256")
        return key

    def _make(self) -> ec.EllipticCurvePrivateKey:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}.part")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        try:
            os.link(fresh, self._path)  # whole or not at all, and never over another's
        except FileExistsError:
            return self._read()
        finally:
            fresh.unlink()
        return key


def is_allowed(endpoint: str, allowed: Iterable[str]) -> bool:
    """Whether a push service is among those that the operator named.

    Args:
        endpoint: Of a subscription, as a browser says it: anybody's word.
        allowed: Origins; a leading ``*.`` of the host stands for one or more labels.
    """
    try:
        origin = origin_of(endpoint)
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    if parts.username or parts.password or parts.fragment or not endpoint.isascii():
        return False
    return any(_covers(known, origin) for known in allowed)


def _covers(known: str, origin: str) -> bool:
    scheme, _, host = known.partition("://")
    if not host.startswith("*."):
        return origin_of(known) == origin
    return origin.startswith(f"{scheme}://") and origin.endswith(host[1:])
