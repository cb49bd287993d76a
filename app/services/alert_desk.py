"""Keeper, notices and senders behind one door, for the composition root and for requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import orjson

from app.api.models import FloorAlert
from app.clock import Clock
from app.live.alert_rules import AlertRules
from app.live.alerting import AlertKeeper
from app.live.daybook import DayBook
from app.live.directory import Directory
from app.live.readings import readings
from app.live.state import LiveState
from app.services.notices import AlertMailer, Mailer, Notices
from app.services.webhooks import NotDelivered, WebhookSender
from app.store.database import Database
from app.store.repositories.alerts import Alert, AlertTarget
from reporting.thresholds import QUEUE_MEASURES, Measure, Reading

TEST_SUBJECT = "Patchbay: a test notice"
TEST_TEXT = "Alerts reach this address."


class AlertDesk:
    """See `app.api.ports.AlertDesk` and `app.live.views_floor.AlertBook`."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        new_id: Callable[[str], str],
        state: LiveState,
        daybook: DayBook,
        directory: Callable[[], Directory],
        sender: WebhookSender,
        changed: Callable[[], None],
        mailer: Mailer | None = None,
    ) -> None:
        self._clock = clock
        self._state = state
        self._daybook = daybook
        self._directory = directory
        self._sender = sender
        self._mailer = AlertMailer(mailer) if mailer is not None else None
        self._notices = Notices(database=database, clock=clock, webhooks=sender, mailer=self._mailer)
        self._keeper = AlertKeeper(
            database=database,
            clock=clock,
            new_id=new_id,
            readings=self._readings,
            name=self._name,
            changed=changed,
            noticed=self._notices.poke,
        )

    # --- life ---

    async def open(self) -> None:
        await self._keeper.open()
        self._notices.open()

    async def close(self) -> None:
        await self._keeper.close()
        await self._notices.close()
        await self._sender.close()

    def poke(self) -> None:
        """Something happened that figures may show."""
        self._keeper.poke()

    def _readings(self, rules: AlertRules, now: datetime) -> Sequence[Reading]:
        return list(readings(self._state, self._daybook, self._directory(), rules, now))

    def _name(self, measure: Measure, subject: str) -> str:
        directory = self._directory()
        return directory.queue_name(subject) if measure in QUEUE_MEASURES else directory.agent(subject).name

    # --- the floor ---

    @property
    def rules(self) -> AlertRules:
        return self._keeper.rules

    def shown(self) -> Sequence[FloorAlert]:
        return self._keeper.shown()

    # --- requests ---

    @property
    def mails(self) -> bool:
        return self._mailer is not None

    async def rules_changed(self) -> None:
        await self._keeper.rules_changed()

    async def take(self, alert_id: str, *, user_id: str, name: str) -> None:
        await self._keeper.take(alert_id, user_id=user_id, name=name)

    def view(self, alert: Alert, language: str) -> FloorAlert:
        return self._keeper.view(alert, language)

    async def judge(self, address: str) -> None:
        await self._sender.judge(address)

    async def try_target(self, target: AlertTarget, notice_id: str) -> None:
        now = self._clock.now()
        if target.kind == "webhook":
            body = {"type": "alert.test", "timestamp": now.isoformat(), "data": {"text": TEST_TEXT}}
            await self._sender.send(
                target.address, target.secret, id=notice_id, body=orjson.dumps(body).decode(), now=now
            )
            return
        if self._mailer is None:
            raise NotDelivered("no mail server is set up")
        await self._mailer.send(target.address, TEST_SUBJECT, TEST_TEXT, notice_id)
