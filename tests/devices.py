"""A tablet's browser as a push service sees it: its keys, and what it reads of what it is sent.

Written from RFC 8291 and 8292 on its own, so that it holds the hub's encryption to the documents
and not to itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dispatch.adapters.web_push import from_base64url, to_base64url


@dataclass
class Device:
    """One subscription."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> bytes:
        """The public key, 65 bytes."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, str]:
        """As the browser hands it to the page."""
        keys = {"p256dh": to_base64url(self.p256dh), "auth": to_base64url(self.auth)}
        return {"endpoint": endpoint, **keys}

    def read(self, body: bytes) -> bytes:
        """What a message says.

        Raises:
            InvalidTag: It is not for this device.
        """
        salt, (size, length) = body[:16], struct.unpack("!IB", body[16:21])
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)
        info = b"WebPush: info\0" + self.p256dh + theirs
        secret = _expand(_mac(self.auth, shared), info, 32)
        first = _mac(salt, secret)
        key = _expand(first, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _expand(first, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        return plain[:-1]


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    return _mac(key, info + b"\x01")[:length]


def vapid_claims(authorization: str, public_key: str) -> dict[str, Any]:
    """What the hub says of itself, once its signature holds by the key that devices know.

    Raises:
        InvalidSignature: Somebody else signed it.
    """
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", public_key)
    signed, _, signature = parts["t"].rpartition(".")
    raw = from_base64url(signature)
    assert len(raw) == 64
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(public_key))
    point.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    head, _, claims = signed.partition(".")
    assert orjson.loads(from_base64url(head)) == {"typ": "JWT", "alg": "ES256"}
    said: dict[str, Any] = orjson.loads(from_base64url(claims))
    return said
