"""Carries alert notices to their targets: tried again with growing pauses, under one id each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import orjson
import structlog

from app.clock import Clock, Timer
from app.mail import MailError, MailRefused
from app.services.webhooks import AddressRefused, NotDelivered
from app.store.database import Database
from app.store.errors import StoreError
from app.store.repositories.alerts import AlertNotice, Alerts, AlertTarget
from app.tasks import end_task

log = structlog.get_logger(__name__)

PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""After each failed attempt; then it is given up. An alert of two hours ago helps nobody."""
STORE_DOWN_S = 5.0
ERROR_LENGTH_MAX = 300


class Mailer(Protocol):
    async def send(self, to: str, subject: str, text: str, id: str) -> None:
        """Hand one mail over. `id` becomes its Message-ID: a second copy can be told from a second mail."""


class AlertMailer:
    """The centre's mail, with the errors that notices go by."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, to: str, subject: str, text: str, id: str) -> None:
        """Raises: NotDelivered; AddressRefused: it never will be."""
        try:
            await self._mailer.send(to, subject, text, id)
        except MailRefused as refused:
            raise AddressRefused(str(refused)) from None
        except MailError as later:
            # One that may have arrived is sent again too: its Message-ID tells that it is the same.
            raise NotDelivered(str(later)) from None


class Webhooks(Protocol):
    async def send(self, url: str, secret: str, *, id: str, body: str, now: datetime) -> None:
        """Raises: NotDelivered."""


class Notices:
    """Sends what is due, in order per target, and sleeps until the next is."""

    def __init__(
        self, *, database: Database, clock: Clock, webhooks: Webhooks, mailer: Mailer | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._webhooks = webhooks
        self._mailer = mailer
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def mails(self) -> bool:
        """Whether e-mail can be sent."""
        return self._mailer is not None

    def open(self) -> None:
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name="alert-notices")

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await end_task(self._task)

    def poke(self) -> None:
        """New notices were written."""
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while await self.send_due():
                    pass
                async with self._database.read() as session:
                    due = await Alerts(session).next_due()
            except StoreError as error:
                log.warning("notices of alerts wait for the database", error=str(error))
                due = self._clock.now() + timedelta(seconds=STORE_DOWN_S)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._clock.call_at(due, self._woken.set) if due is not None else None

    async def send_due(self) -> int:
        """Send what is due now, the targets side by side. Returns how many notices it took up."""
        async with self._database.read() as session:
            alerts = Alerts(session)
            due = await alerts.due(self._clock.now())
            targets = {target.target_id: target for target in await alerts.targets()}
        apart: dict[str, list[AlertNotice]] = defaultdict(list)
        for notice in due:
            apart[notice.target_id].append(notice)
        await asyncio.gather(*(self._to(targets.get(key), notices) for key, notices in apart.items()))
        return len(due)

    async def _to(self, target: AlertTarget | None, notices: Sequence[AlertNotice]) -> None:
        for notice in notices:
            await self._one(target, notice)

    async def _one(self, target: AlertTarget | None, notice: AlertNotice) -> None:
        """Claim it, send it, and write down what came of it.

        The next attempt is written before this one: a crash in between sends it again, under its id.
        """
        attempts = notice.attempts + 1
        over = attempts > len(PAUSES_S)
        again = None if over else self._clock.now() + timedelta(seconds=PAUSES_S[attempts - 1])
        claimed = replace(notice, attempts=attempts, next_at=again)
        await self._settle(claimed)
        try:
            if target is None or not target.active:
                raise AddressRefused("the target was removed or switched off")
            await self._send(target, notice)
        except AddressRefused as refused:
            await self._settle(replace(claimed, next_at=None, error=str(refused)[:ERROR_LENGTH_MAX]))
        except Exception as error:
            if not isinstance(error, NotDelivered):
                log.exception("a notice could not be sent", notice=notice.notice_id)
            await self._settle(
                replace(claimed, error=(str(error) or type(error).__name__)[:ERROR_LENGTH_MAX])
            )
        else:
            done = self._clock.now()
            await self._settle(replace(claimed, next_at=None, delivered_at=done, error=None))

    async def _send(self, target: AlertTarget, notice: AlertNotice) -> None:
        if target.kind == "webhook":
            body = orjson.dumps(dict(notice.body)).decode()
            await self._webhooks.send(
                target.address, target.secret, id=notice.notice_id, body=body, now=self._clock.now()
            )
        elif self._mailer is None:
            raise AddressRefused("no mail server is set up")
        else:
            data = notice.body["data"]
            assert isinstance(data, dict)
            await self._mailer.send(
                target.address, str(data["title"]), f"{data['title']}\n{data['text']}\n", notice.notice_id
            )

    async def _settle(self, notice: AlertNotice) -> None:
        async with self._database.transaction() as session:
            await Alerts(session).settle(notice)
