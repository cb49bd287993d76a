"""Thresholds, where alerts go, and alerts as people ask for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.ext.asyncio import AsyncSession

from app.api import models as wire
from app.api import models_floor as floor
from app.api.ports import Parts, SignedIn
from app.engine.commit import JsonValue
from app.errors import CapabilityMissing, NotFound, Unusable
from app.live.alert_rules import DEFAULTS, PROMISED
from app.services.names import agent_names, derived_id, queue_names
from app.services.webhooks import NotDelivered, new_secret
from app.store.repositories.alerts import Alert, Alerts, AlertTarget, Threshold
from app.store.repositories.events import AuditTrail
from reporting.thresholds import LOW_IS_BAD, QUEUE_MEASURES, SHARES, Measure

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class AlertService:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    # --- thresholds ---

    async def thresholds(self) -> floor.Thresholds:
        """All that hold: one per measure, then those that queues and agents have of their own."""
        async with self._parts.database.read() as session:
            alerts = Alerts(session)
            stored = {(each.measure, each.subject): each for each in await alerts.thresholds()}
            targets = await alerts.targets()
        rows = [
            self._threshold(
                stored.get((measure.value, "")) or DEFAULTS[measure], (measure.value, "") in stored
            )
            for measure in Measure
        ]
        rows += [self._threshold(each, True) for (_, subject), each in stored.items() if subject]
        return floor.Thresholds(
            thresholds=rows,
            targets=[_target(each) for each in targets],
            mails=self._parts.alerts.mails,
        )

    async def set_threshold(
        self, measure: wire.AlertMeasure, subject: str, body: floor.ThresholdSetting
    ) -> floor.Thresholds:
        """Raises: NotFound, Unusable."""
        found = Measure(measure)
        self._check(found, subject, body)
        threshold = Threshold(measure=found, subject=subject, **body.model_dump())
        async with self._parts.database.transaction() as session:
            await Alerts(session).put_threshold(threshold)
            await self._audit(session, "threshold.changed", f"{measure}:{subject}", body.model_dump())
        await self._parts.alerts.rules_changed()
        return await self.thresholds()

    async def reset_threshold(self, measure: wire.AlertMeasure, subject: str) -> floor.Thresholds:
        """Back to what is usual, or to everybody's."""
        async with self._parts.database.transaction() as session:
            if await Alerts(session).remove_threshold(measure, subject):
                await self._audit(session, "threshold.reset", f"{measure}:{subject}", {})
        await self._parts.alerts.rules_changed()
        return await self.thresholds()

    def _check(self, measure: Measure, subject: str, body: floor.ThresholdSetting) -> None:
        known = queue_names(self._parts) if measure in QUEUE_MEASURES else agent_names(self._parts)
        if subject and subject not in known:
            raise NotFound("queue" if measure in QUEUE_MEASURES else "agent", subject)
        for name, value in (("warn", body.warn), ("bad", body.bad)):
            if value is not None and measure in SHARES and value > 1:
                raise Unusable(name, "A share is between 0 and 1.", "Write 0.05 for five percent.")
        if body.warn is None or body.bad is None or body.warn == body.bad:
            return
        if (body.warn > body.bad) != (measure in LOW_IS_BAD):
            raise Unusable("warn", "The warning would come after the alarm.", "Exchange the two limits.")

    def _threshold(self, threshold: Threshold, own: bool) -> floor.ThresholdView:
        measure = Measure(threshold.measure)
        names = queue_names(self._parts) if measure in QUEUE_MEASURES else agent_names(self._parts)
        return floor.ThresholdView(
            measure=measure.value,
            subject=threshold.subject,
            name=names.get(threshold.subject, threshold.subject),
            warn=threshold.warn,
            bad=threshold.bad,
            for_s=threshold.for_s,
            clear_s=threshold.clear_s,
            active=threshold.active,
            sound=threshold.sound,
            send=threshold.send,
            own=own,
            queue_s_own=measure in PROMISED and threshold.warn is None and threshold.bad is None,
        )

    # --- targets ---

    async def add_target(self, body: floor.NewAlertTarget, *, client_id: str) -> floor.AlertTargetMade:
        """Raises: Unusable, CapabilityMissing."""
        await self._check_target(body)
        target_id = derived_id("tg", self._who.user_id, client_id)
        async with self._parts.database.transaction() as session:
            alerts = Alerts(session)
            target = await alerts.target(target_id)
            if target is None:
                target = AlertTarget(
                    target_id=target_id,
                    kind=body.kind,
                    address=body.address.strip(),
                    secret=new_secret() if body.kind == "webhook" else "",
                    created_at=self._parts.clock.now(),
                    created_by=self._who.user_id,
                )
                await alerts.put_target(target)
                await self._audit(session, "alert_target.added", target_id, {"address": target.address})
        return floor.AlertTargetMade(target=_target(target), secret=target.secret)

    async def _check_target(self, body: floor.NewAlertTarget) -> None:
        if body.kind == "email":
            if not self._parts.alerts.mails:
                raise CapabilityMissing("mail", "send e-mail", "Set up a mail server first.")
            if not _ADDRESS.fullmatch(body.address.strip()):
                raise Unusable("address", "This is no e-mail address.", "Write it like floor@example.org.")
            return
        try:
            await self._parts.alerts.judge(body.address.strip())
        except NotDelivered as refused:
            raise Unusable("address", str(refused)) from None

    async def remove_target(self, target_id: str) -> None:
        async with self._parts.database.transaction() as session:
            if await Alerts(session).remove_target(target_id):
                await self._audit(session, "alert_target.removed", target_id, {})

    async def try_target(self, target_id: str, *, client_id: str) -> floor.TargetTried:
        """Send a notice that says it is a test, and wait for what comes of it.

        Raises:
            NotFound: there is no such target.
        """
        async with self._parts.database.read() as session:
            target = await Alerts(session).target(target_id)
        if target is None:
            raise NotFound("target", target_id)
        notice_id = derived_id("try", self._who.user_id, client_id)
        try:
            await self._parts.alerts.try_target(target, notice_id)
        except NotDelivered as failed:
            return floor.TargetTried(delivered=False, detail=str(failed))
        return floor.TargetTried(delivered=True)

    # --- alerts ---

    async def history(self, *, limit: int, before: datetime | None) -> floor.AlertHistory:
        async with self._parts.database.read() as session:
            found = await Alerts(session).history(limit=limit, before=before)
        return floor.AlertHistory(alerts=[self._view(alert) for alert in found])

    async def notices(self, alert_id: str) -> list[floor.AlertNoticeView]:
        """Raises: NotFound."""
        async with self._parts.database.read() as session:
            alerts = Alerts(session)
            if await alerts.get(alert_id) is None:
                raise NotFound("alert", alert_id)
            notices = await alerts.notices_of(alert_id)
            addresses = {target.target_id: target.address for target in await alerts.targets()}
        return [
            floor.AlertNoticeView(
                notice_id=each.notice_id,
                address=addresses.get(each.target_id, each.target_id),
                change=str(each.body["type"]).removeprefix("alert."),
                attempts=each.attempts,
                delivered_at=each.delivered_at,
                next_at=each.next_at,
                error=each.error,
            )
            for each in notices
        ]

    async def take(self, alert_id: str) -> None:
        """Raises: NotFound, AlertTaken."""
        await self._parts.alerts.take(alert_id, user_id=self._who.user_id, name=self._who.name)

    def _view(self, alert: Alert) -> wire.FloorAlert:
        return self._parts.alerts.view(alert, self._who.language)

    async def _audit(
        self, session: AsyncSession, action: str, subject: str, data: Mapping[str, JsonValue]
    ) -> None:
        await AuditTrail(session).add(
            at=self._parts.clock.now(), actor=self._who.user_id, action=action, subject=subject, data=data
        )


def _target(target: AlertTarget) -> floor.AlertTargetView:
    return floor.AlertTargetView(
        target_id=target.target_id,
        kind=cast("Literal['webhook', 'email']", target.kind),
        address=target.address,
        active=target.active,
        created_at=target.created_at,
    )
