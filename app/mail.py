"""Mail that leaves this server: over SMTP, or into files while no mail server is set up.

MailError
├── MailLater      not handed over; try again
├── MailRefused    never will be
└── MailUnsure     the connection broke while it was handed over; it may have arrived
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, Protocol

import aiosmtplib

from app.clock import Clock
from app.settings import Settings

TIMEOUT_S = 20.0
"""For each answer of the mail server."""


class MailError(Exception):
    """Root of what `Post.hand_over` raises; its text says why."""


class MailLater(MailError):
    pass


class MailRefused(MailError):
    pass


class MailUnsure(MailError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """`refused`: recipients that the mail server would not take, with its words."""

    refused: dict[str, str] = field(default_factory=dict)


class Post(Protocol):
    @property
    def kind(self) -> Literal["smtp", "outbox"]: ...

    @property
    def where(self) -> str:
        """Host and port, or the folder."""

    @property
    def sender(self) -> str: ...

    async def hand_over(self, message: EmailMessage) -> HandedOver:
        """Give one message away.

        Raises:
            MailError: it was not given away, or nobody knows.
        """


def make_message(
    *, sender: str, to: list[str], subject: str, text: str, id: str, at: datetime
) -> EmailMessage:
    """A plain message. `id` becomes its Message-ID: a second copy has the same one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


class SmtpPost:
    """One connection for each message: reports are few."""

    kind: Literal["smtp", "outbox"] = "smtp"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.where = f"{settings.smtp_host}:{settings.smtp_port}"
        self.sender = settings.smtp_sender

    async def hand_over(self, message: EmailMessage) -> HandedOver:
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=TIMEOUT_S,
        )
        try:
            await client.connect()
            if settings.smtp_username:
                await client.login(settings.smtp_username, settings.smtp_password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise MailRefused(f"{self.where} does not take our name and password: {error.message}") from error
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            client.close()
            raise MailLater(f"{self.where} does not answer: {_words(error)}") from error
        try:
            refused, _ = await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailRefused(_refused_by_all(self.where, error)) from error
        except aiosmtplib.SMTPResponseException as error:
            kind = MailLater if 400 <= error.code < 500 else MailRefused
            raise kind(f"{self.where} says {error.code}: {error.message}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUnsure(f"{self.where} went away while it was sent: {_words(error)}") from error
        finally:
            client.close()
        return HandedOver(refused={to: f"{answer.code} {answer.message}" for to, answer in refused.items()})


def _refused_by_all(where: str, error: aiosmtplib.SMTPRecipientsRefused) -> str:
    first = error.recipients[0]
    return f"{where} takes none of the addresses; {first.recipient}: {first.code} {first.message}"


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


class OutboxPost:
    """Writes `.eml` files that every mail program opens."""

    kind: Literal["smtp", "outbox"] = "outbox"

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.outbox
        self.where = str(settings.outbox)
        self.sender = settings.smtp_sender

    async def hand_over(self, message: EmailMessage) -> HandedOver:
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise MailLater(f"{self._folder} cannot be written: {error.strerror}") from error
        return HandedOver()

    def _write(self, message: EmailMessage) -> None:
        """Whole or not at all; the same message again replaces itself."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        path = self._folder / f"{name}.eml"
        partial = path.with_suffix(".part")
        partial.write_bytes(message.as_bytes())
        partial.replace(path)


def post_of(settings: Settings) -> Post:
    """How mail leaves as configured."""
    return SmtpPost(settings) if settings.smtp_host else OutboxPost(settings)


class PlainMailer:
    """Text to one person, over any post."""

    def __init__(self, post: Post, clock: Clock) -> None:
        self._post = post
        self._clock = clock

    async def send(self, to: str, subject: str, text: str, id: str) -> None:
        """Raises: MailError."""
        now = self._clock.now()
        message = make_message(sender=self._post.sender, to=[to], subject=subject, text=text, id=id, at=now)
        refused = (await self._post.hand_over(message)).refused
        if to in refused:
            raise MailRefused(f"{self._post.where} does not take {to}: {refused[to]}")
