"""Adapters against real receivers on loopback: what they send, and what a refusal means."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from dispatch.adapters.adapter import Adapter, Message, Receipt, SendFailed
from dispatch.adapters.mail import MailAdapter, MailServer
from dispatch.adapters.printer import PrinterAdapter, page_source, printer_of
from dispatch.adapters.signing import is_signed, origin_of, signature
from dispatch.adapters.webhook import WebhookAdapter
from dispatch.adapters.wording import act, headline, told
from dispatch.domain.crew_facts import FactChange
from dispatch.settings import DeliverySettings
from geodata.lonlat import LonLat
from tests.factories import NOON
from tests.receivers import MailReceiver, mail_receiver, webhook_receiver


def make_message(**over: Any) -> Message:
    fields: dict[str, Any] = {
        "id": "d-1",
        "about": "assignment",
        "target": "E12.duty@ashby.example",
        "agency_id": "fire-a",
        "channel": "mail",
        "assignment_id": "a-E12",
        "unit_id": "E12",
        "station": "ST1",
        "incident_number": "2026-000042",
        "type_label": "Building fire",
        "priority": 1,
        "alarm_level": 1,
        "address": "14 Mill Rd",
        "cross_street": "High St",
        "municipality": "Ashby",
        "at": LonLat(9.5, 47.1),
        "talkgroup": "FIRE TAC 1",
        "hazards": ("propane behind the house",),
        "assigned": ("E12", "L3"),
        "queued_at": NOON,
        "time_zone": "Europe/Vaduz",
        "attempt": 1,
    }
    return Message(**(fields | over))


def send(adapter: Adapter, message: Message) -> Receipt:
    return asyncio.run(adapter.send(message))


def refusal(adapter: Adapter, message: Message) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        send(adapter, message)
    return failed.value


def mail_to(receiver: MailReceiver, **over: Any) -> MailAdapter:
    fields: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": receiver.port,
        "security": "none",
        "sender": "dispatch@hub.example",
    }
    return MailAdapter(MailServer(**(fields | over)))


def letter_of(receiver: MailReceiver) -> EmailMessage:
    letter = message_from_bytes(receiver.letters[-1], policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def test_a_letter_says_what_a_crew_needs_and_names_its_assignment() -> None:
    with mail_receiver() as receiver:
        adapter = mail_to(receiver)
        assert send(adapter, make_message(target="{unit}.{station}@ashby.example")).state == "sent"
    letter = letter_of(receiver)
    assert letter["To"] == "E12.ST1@ashby.example"
    assert letter["Subject"] == "E12: Building fire, 14 Mill Rd, Ashby (2026-000042)"
    assert (letter["Message-ID"], letter["Hub-Assignment"]) == ("<d-1@hub.example>", "a-E12")
    text = letter.get_content()
    assert text.splitlines()[2] == "HAZARD: propane behind the house"
    for part in ("Talkgroup: FIRE TAC 1", "Point: 47.10000, 9.50000", "14:00:00 CEST"):
        assert part in text


def test_a_cancel_says_so_first_and_a_pre_alert_names_the_station() -> None:
    assert headline(make_message(about="cancel")).startswith("CANCEL E12: Building fire")
    alert = make_message(about="pre_alert", unit_id=None, assignment_id=None)
    assert headline(alert).startswith("PRE-ALERT ST1: Building fire")
    stand_down = make_message(about="cancel", unit_id=None, assignment_id=None)
    assert headline(stand_down).startswith("CANCEL PRE-ALERT ST1: Building fire")
    assert headline(make_message(address="")).startswith("E12: Building fire, 47.10000, 9.50000")


def test_pages_that_nobody_takes_say_which_printer_is_offline(tmp_path: Path) -> None:
    adapter = PrinterAdapter(tmp_path, taken_within_s=60)
    for station in ("ST1", "ST2"):
        send(adapter, make_message(target="watch-{station}", station=station, id=f"d-{station}"))
    assert asyncio.run(adapter.untaken("watch-{station}")) == ""
    (old,) = (tmp_path / "watch-ST2").glob("*.pdf")
    os.utime(old, (1, 1))
    assert asyncio.run(adapter.untaken("watch-{station}")) == "pages lie untaken: watch-ST2"
    assert asyncio.run(adapter.untaken("elsewhere")) == ""
    assert asyncio.run(PrinterAdapter(tmp_path).untaken("watch-{station}")) == ""
    (tmp_path / "watch-ST2" / "printed").mkdir()
    old.rename(tmp_path / "watch-ST2" / "printed" / old.name)
    assert asyncio.run(adapter.untaken("watch-{station}")) == ""


def test_an_update_names_what_changed_first_and_what_was_told_before() -> None:
    changes = (
        FactChange(what="address", was="12 Mill Rd"),
        FactChange(what="hazard", was=""),
        FactChange(what="type", was="Smoke"),
    )
    update = make_message(about="update", changed=changes)
    assert headline(update).startswith("CHANGED ADDRESS, HAZARD AND TYPE: E12: Building fire, 14")
    assert act(update) == "CHANGED ADDRESS, HAZARD AND TYPE"
    assert ("Address before", "12 Mill Rd") in told(update)
    assert ("Hazard before", "none") in told(update)
    assert "CHANGED ADDRESS" in page_source(update)
    with webhook_receiver() as receiver:
        adapter = WebhookAdapter({receiver.url: SecretStr("s" * 16)})
        send(adapter, replace(update, target=f"{receiver.url}/page"))
        body = receiver.posted[0].body
    assert (body["about"], body["assignment_id"]) == ("update", "a-E12")
    assert body["changed"]["address"] == {"was": "12 Mill Rd"}
    assert body["address"] == "14 Mill Rd"


@pytest.mark.parametrize(("answer", "again"), [(b"450 busy", True), (b"550 no such box", False)])
def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    answer: bytes, again: bool
) -> None:
    with mail_receiver() as receiver:
        receiver.answer = answer
        failed = refusal(mail_to(receiver), make_message())
    assert (failed.again, failed.why) == (again, f"the mail server answered {answer[:3].decode()}")
    assert "ashby.example" not in failed.why


def test_no_mail_server_and_no_address_fail_for_good_and_a_dead_one_for_now() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    dead = MailServer(host="127.0.0.1", port=port, security="none", sender="d@hub.example")
    assert refusal(MailAdapter(dead), make_message()).again
    unset = dead._replace(host="")
    assert not refusal(MailAdapter(unset), make_message()).again
    injected = make_message(target="{unit}@ashby.example", unit_id="a@b\r\nBcc: c")
    assert refusal(MailAdapter(dead), injected).why == "its address is none"


def tls_of(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the file of the authority that signed its certificate: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


def test_a_password_is_given_over_tls_alone_and_to_a_server_that_is_trusted(
    tmp_path: Path,
) -> None:
    context, authority = tls_of(tmp_path)
    login = {"user": "hub", "password": SecretStr("s3cret"), "security": "starttls"}
    with mail_receiver(context) as receiver:
        trusting = mail_to(receiver, host="localhost", ca=authority, **login)
        assert send(trusting, make_message()).state == "sent"
        assert receiver.signed_in == ["\x00hub\x00s3cret"]
        assert receiver.encrypted == [True]
        wary = mail_to(receiver, host="localhost", **login)
        assert refusal(wary, make_message()).why == "the mail server's certificate is not trusted"
    with mail_receiver() as plain:
        careful = mail_to(plain, host="localhost", ca=authority, **login)
        assert refusal(careful, make_message()).why == "the mail server speaks no TLS"
        assert plain.signed_in == []


def test_a_page_lies_whole_in_its_printers_folder_and_a_repeat_is_the_same_file(
    tmp_path: Path,
) -> None:
    adapter = PrinterAdapter(tmp_path / "print")
    message = make_message(target="{station}-watch")
    for _ in range(2):
        assert send(adapter, message).state == "sent"
    (page,) = (tmp_path / "print").glob("*/*")
    assert page.parent.name == "ST1-watch"
    assert page.name == "20260701T120000-d-1.pdf"
    assert page.read_bytes().startswith(b"%PDF-")


def test_a_page_says_the_act_and_the_hazard_and_its_text_is_never_code() -> None:
    source = page_source(make_message(about="cancel", address='14 "Mill" #Rd\\'))
    assert '"CANCEL"' in source
    assert '"14 \\"Mill\\" #Rd\\\\"' in source
    assert source.index("propane") < source.index("Talkgroup")


def test_a_printers_name_never_leaves_its_folder(tmp_path: Path) -> None:
    assert printer_of(make_message(target="{station}", station="../../etc")) == "------etc"
    blocked = tmp_path / "print"
    blocked.write_text("a file where the folder should be")
    assert refusal(PrinterAdapter(blocked), make_message(target="watch")).again


def test_a_webhook_goes_to_allowed_origins_alone_and_waits_as_it_is_asked() -> None:
    with webhook_receiver() as receiver:
        adapter = WebhookAdapter({receiver.url: SecretStr("shared")})
        message = make_message(target=receiver.url + "/u/{unit}", unit_id="E 12/3")
        receiver.answers = [(429, {"Retry-After": "20"}, b"")]
        failed = refusal(adapter, message)
        assert (failed.again, failed.retry_after_s, failed.why) == (True, 20.0, "answered 429")
        assert send(adapter, message).state == "sent"
        assert receiver.posted[-1].path == "/u/E%2012%2F3"
        elsewhere = make_message(target=receiver.url.replace("127.0.0.1", "localhost"))
        assert not refusal(adapter, elsewhere).again
    gone = refusal(adapter, message)
    assert (gone.again, gone.why) == (True, "ConnectError")


def test_an_origin_is_written_in_one_form() -> None:
    assert origin_of("HTTPS://Pager.Example:443/a?b") == "https://pager.example"
    assert origin_of("http://[::1]:8080/x") == "http://[::1]:8080"
    for wrong in ("ftp://a", "https://", "nothing"):
        with pytest.raises(ValueError, match="http or https"):
            origin_of(wrong)


def test_a_signature_holds_for_its_body_its_secret_and_its_time() -> None:
    given = signature("s", "1000", b"body")
    assert is_signed("s", "1000", b"body", given, 1299.0)
    assert not is_signed("s", "1000", b"body", given, 1301.0)
    assert not is_signed("s", "1000", b"other", given, 1000.0)
    assert not is_signed("t", "1000", b"body", given, 1000.0)
    assert not is_signed("s", "now", b"body", given, 1000.0)
    assert not is_signed("s", "nan", b"body", signature("s", "nan", b"body"), 1000.0)
    assert not is_signed("s", "1000", b"body", "", 1000.0)


def test_an_origin_or_a_secret_that_is_none_is_refused_when_the_hub_starts() -> None:
    fine = DeliverySettings(delivery_webhooks={"https://pager.example": SecretStr("x" * 16)})
    assert "xxxx" not in repr(fine)
    for wrong in (
        {"pager.example": "x" * 16},
        {"https://pager.example/path": "x" * 16},
        {"https://pager.example": "short"},
    ):
        with pytest.raises(ValueError, match=r"origin|secret") as refused:
            DeliverySettings.model_validate({"delivery_webhooks": wrong})
        assert "xxxx" not in str(refused.value)
