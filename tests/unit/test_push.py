"""Web push: encrypted for the device, signed by the hub, to the push services that are allowed."""

from __future__ import annotations

import asyncio
import stat
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from dispatch.adapters.adapter import Receipt, SendFailed
from dispatch.adapters.push import KEPT_S, PushAdapter, payload_of, topic_of
from dispatch.adapters.web_push import (
    PLAIN_MAX_BYTES,
    PushKey,
    device_key,
    encrypt,
    from_base64url,
    is_allowed,
    to_base64url,
)
from dispatch.settings import DeliverySettings
from dispatch.store.push import Subscription
from tests.devices import Device, vapid_claims
from tests.receivers import WebhookReceiver, webhook_receiver
from tests.unit.test_adapters import make_message

TEXT = b"When I grow up, I want to be a watermelon"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""RFC 8291, appendix A."""


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_base64url(text), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    device = Device(
        key=private("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
        auth=from_base64url("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    body = encrypt(
        TEXT,
        device.p256dh,
        device.auth,
        salt=from_base64url("DGv6ra1nlYgDCS1FRnbzlw"),
        own=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    )
    assert to_base64url(body) == SEALED
    assert device.read(body) == TEXT


def test_only_the_device_reads_it_and_no_two_messages_are_alike() -> None:
    device = Device()
    one, two = (encrypt(TEXT, device.p256dh, device.auth) for _ in range(2))
    assert one != two
    assert device.read(one) == device.read(two) == TEXT
    with pytest.raises(InvalidTag):
        Device(auth=device.auth).read(one)


def test_what_does_not_fit_or_is_no_key_is_refused() -> None:
    device = Device()
    assert len(encrypt(b"x" * PLAIN_MAX_BYTES, device.p256dh, device.auth)) == 4096
    with pytest.raises(ValueError, match="do not fit"):
        encrypt(b"x" * (PLAIN_MAX_BYTES + 1), device.p256dh, device.auth)
    for bad in (b"", b"\x04" + bytes(64), device.p256dh[:-1]):
        with pytest.raises(ValueError, match=r"65 bytes|Invalid|invalid|point"):
            device_key(bad)


def test_the_hubs_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "made" / "push.key"
    first, second = PushKey(path).public, PushKey(path).public
    assert first == second
    assert len(from_base64url(first)) == 65
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["push.key"]


def test_the_hub_says_who_it_is_to_one_push_service_for_an_hour(tmp_path: Path) -> None:
    key = PushKey(tmp_path / "push.key")
    said = key.authorization("https://push.example/x?y", "mailto:ops@hub.example", 1000.0)
    assert vapid_claims(said, key.public) == {
        "aud": "https://push.example",
        "exp": 4600,
        "sub": "mailto:ops@hub.example",
    }


def test_a_receipt_needs_the_token_of_its_own_message(tmp_path: Path) -> None:
    key = PushKey(tmp_path / "push.key")
    assert key.is_receipt_token("d-1", key.receipt_token("d-1"))
    assert not key.is_receipt_token("d-2", key.receipt_token("d-1"))
    assert not PushKey(tmp_path / "other.key").is_receipt_token("d-1", key.receipt_token("d-1"))


@pytest.mark.parametrize(
    ("endpoint", "good"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://push.apple.com/abc", False),
        ("https://evilpush.apple.com.example/abc", False),
        ("https://fcm.googleapis.com.example/abc", False),
        ("https://fcm.googleapis.com:444/abc", False),
        ("http://fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com@10.0.0.1/abc", False),
        ("https://10.0.0.1/fcm.googleapis.com", False),
        ("file:///etc/passwd", False),
        ("nothing", False),
    ],
)
def test_only_named_push_services_are_spoken_to(endpoint: str, good: bool) -> None:
    allowed = ("https://fcm.googleapis.com", "https://*.push.apple.com")
    assert is_allowed(endpoint, allowed) == good
    assert not is_allowed(endpoint, ())


def test_a_setting_that_is_no_origin_shows_when_the_hub_starts() -> None:
    DeliverySettings(push_services=("https://fcm.googleapis.com", "https://*.push.apple.com"))
    for bad in ("fcm.googleapis.com", "https://a.example/path", "https://a.*.example", "ftp://x"):
        with pytest.raises(ValueError, match=r"push_services"):
            DeliverySettings(push_services=(bad,))
    with pytest.raises(ValueError, match="mailto"):
        DeliverySettings(push_contact="ops@hub.example")


def adapter_to(
    tmp_path: Path, receiver: WebhookReceiver, devices: dict[str, Device], **over: Any
) -> tuple[PushAdapter, list[str]]:
    gone: list[str] = []

    def subscribed(unit_id: str) -> list[Subscription]:
        assert unit_id == "E12"
        return [
            Subscription(id=name, session_id="s", **device.subscription(f"{receiver.url}/{name}"))
            for name, device in devices.items()
            if name not in gone
        ]

    fields: dict[str, Any] = {"allowed": (receiver.url,), "contact": "mailto:ops@hub.example"}
    key = PushKey(tmp_path / "push.key")
    made = PushAdapter(key, devices=subscribed, forget=gone.append, **(fields | over))
    return made, gone


def send(adapter: PushAdapter, **over: Any) -> Receipt:
    return asyncio.run(adapter.send(make_message(target="", channel="push", **over)))


def test_every_tablet_of_the_unit_is_told_what_to_do_hazard_first(tmp_path: Path) -> None:
    devices = {"left": Device(), "right": Device()}
    with webhook_receiver() as receiver:
        adapter, _ = adapter_to(tmp_path, receiver, devices)
        assert send(adapter).state == "sent"
        posted = {p.path.strip("/"): p for p in receiver.posted}
    assert set(posted) == set(devices)
    for name, device in devices.items():
        said = orjson.loads(device.read(posted[name].raw))
        assert said["title"] == "E12: Building fire, 14 Mill Rd, Ashby (2026-000042)"
        assert said["body"].splitlines()[0] == "HAZARD: propane behind the house"
        assert (said["id"], said["assignment_id"]) == ("d-1", "a-E12")
        assert PushKey(tmp_path / "push.key").is_receipt_token("d-1", said["receipt"])
        for plain in (b"Mill Rd", b"E12", b"propane"):
            assert plain not in posted[name].raw
        headers = posted[name].headers
        assert headers["content-encoding"] == "aes128gcm"
        assert (headers["ttl"], headers["urgency"]) == (str(KEPT_S), "high")
        claims = vapid_claims(headers["authorization"], PushKey(tmp_path / "push.key").public)
        assert claims["aud"] == receiver.url
        assert time.time() < claims["exp"] <= time.time() + 86_400


def test_what_is_newer_replaces_what_a_tablet_that_was_off_has_not_got(tmp_path: Path) -> None:
    topics = {topic_of(make_message(about=about)) for about in ("assignment", "update", "cancel")}
    assert len(topics) == 1
    assert len(topics.pop()) == 32
    assert topic_of(make_message(assignment_id="a-2")) != topic_of(make_message())


def test_a_long_hazard_is_cut_to_what_fits(tmp_path: Path) -> None:
    said = payload_of(make_message(hazards=("é" * 200,) * 30), "t" * 64)
    assert len(said) <= PLAIN_MAX_BYTES
    assert orjson.loads(said)["title"].startswith("E12: Building fire")


def refusal(adapter: PushAdapter) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        send(adapter)
    return failed.value


def test_a_subscription_that_is_gone_is_forgotten_and_one_tablet_is_enough(tmp_path: Path) -> None:
    with webhook_receiver() as receiver:
        adapter, gone = adapter_to(tmp_path, receiver, {"only": Device()})
        receiver.answers = [(410, {}, b"")]
        assert refusal(adapter).why == "the tablet's subscription is gone"
        assert gone == ["only"]
        assert refusal(adapter).why == "no tablet of the unit takes notifications"
        adapter, gone = adapter_to(tmp_path, receiver, {"old": Device(), "new": Device()})
        receiver.answers = [(404, {}, b"")]
        assert send(adapter).state == "sent"
        assert len(gone) == 1


def test_a_push_service_that_finds_it_too_long_gets_the_act_and_a_short_text(
    tmp_path: Path,
) -> None:
    with webhook_receiver() as receiver:
        device = Device()
        adapter, gone = adapter_to(tmp_path, receiver, {"only": device})
        receiver.answers = [(413, {}, b"")]
        assert send(adapter, hazards=("dog " * 50,) * 30).state == "sent"
        long, short = (device.read(posted.raw) for posted in receiver.posted)
    assert len(short) <= 1000 < len(long)
    told = orjson.loads(short)
    assert told["title"] == orjson.loads(long)["title"]
    assert told["body"].startswith("HAZARD: dog")
    assert gone == []


@pytest.mark.parametrize(
    ("status", "again"), [(503, True), (429, True), (403, False), (413, False), (302, False)]
)
def test_a_push_service_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    tmp_path: Path, status: int, again: bool
) -> None:
    with webhook_receiver() as receiver:
        adapter, gone = adapter_to(tmp_path, receiver, {"only": Device()})
        receiver.answers = [(status, {"Retry-After": "7"}, b"")]
        failed = refusal(adapter)
    assert (failed.again, failed.why, failed.retry_after_s) == (again, f"answered {status}", 7.0)
    assert gone == []


def test_nothing_goes_to_a_push_service_that_is_not_named_any_more(tmp_path: Path) -> None:
    with webhook_receiver() as receiver:
        adapter, _ = adapter_to(tmp_path, receiver, {"only": Device()}, allowed=())
        assert refusal(adapter).why == "no push service is allowed"
        elsewhere = ("https://push.example",)
        adapter, _ = adapter_to(tmp_path, receiver, {"only": Device()}, allowed=elsewhere)
        assert refusal(adapter).why == "its push service is not among the allowed ones"
        assert receiver.posted == []
    adapter, _ = adapter_to(tmp_path, receiver, {"only": Device()})
    assert refusal(adapter).again
