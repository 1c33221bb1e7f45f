"""A message as an e-mail, by the centre's own mail server."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import SecretStr

from dispatch.adapters.adapter import Message, Receipt, SendFailed
from dispatch.adapters.wording import headline, told
from dispatch.settings import MailSecurity

WITHIN_S: Final = 8.0
"""For each step of the exchange with the mail server."""
AT_ONCE: Final = 4

_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}")


class MailServer(NamedTuple):
    """The mail server and how it is spoken to. ``ca`` None: the system's authorities."""

    host: str
    port: int
    security: MailSecurity
    sender: str
    user: str = ""
    password: SecretStr = SecretStr("")
    ca: Path | None = None


class MailAdapter:
    """Hands e-mails to one mail server; what becomes of them there nobody says: they are *sent*."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        # Threads of its own: a mail server that hangs must hold up nothing but mail.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    async def send(self, message: Message) -> Receipt:
        """Hand it to the mail server once.

        Raises:
            SendFailed: There is no mail server, the address is none, or it was not taken over.
        """
        if not self._server.host:
            raise SendFailed("no mail server is set", again=False)
        letter = self._letter(message)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._hand_over, letter)
        return Receipt("sent")

    def _letter(self, message: Message) -> EmailMessage:
        address = message.target.replace("{unit}", message.unit_id or "")
        address = address.replace("{station}", message.station)
        if not _ADDRESS.fullmatch(address):
            raise SendFailed("its address is none", again=False)
        letter = EmailMessage()
        letter["From"] = self._server.sender
        letter["To"] = address
        letter["Subject"] = " ".join(headline(message).split())
        letter["Date"] = format_datetime(message.queued_at)
        letter["Message-ID"] = f"<{message.id}@{self._server.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["Hub-Delivery"] = message.id
        if message.assignment_id:
            letter["Hub-Assignment"] = " ".join(message.assignment_id.split())
        lines = [headline(message), "", *(f"HAZARD: {text}" for text in message.hazards)]
        lines += [f"{label}: {words}" for label, words in told(message)]
        letter.set_content("\n".join(lines) + "\n")
        return letter

    def _hand_over(self, letter: EmailMessage) -> None:
        try:
            with self._connect() as connection:
                connection.send_message(letter)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise _failed(max(codes)) from None
        except smtplib.SMTPResponseException as refused:
            raise _failed(refused.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise SendFailed("the mail server speaks no TLS", again=False) from None
        except ssl.SSLCertVerificationError:
            raise SendFailed("the mail server's certificate is not trusted", again=False) from None
        except (smtplib.SMTPException, OSError) as failure:
            raise SendFailed(type(failure).__name__, again=True) from None

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        trusted = ssl.create_default_context(cafile=server.ca)
        us = server.sender.rpartition("@")[2]  # else the resolver is asked for our own name
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, us, timeout=WITHIN_S, context=trusted
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, us, timeout=WITHIN_S)
        try:
            if server.security == "starttls":
                connection.starttls(context=trusted)
            if server.user:
                connection.login(server.user, server.password.get_secret_value())
        except BaseException:
            connection.close()
            raise
        return connection


def _failed(code: int) -> SendFailed:
    """The code alone: the server's words name the address."""
    return SendFailed(f"the mail server answered {code}", again=400 <= code < 500)
