"""Setting up which reports are sent to whom, and when."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from app.api import models_reports as wire
from app.api.ports import Parts, SignedIn
from app.errors import NotFound
from app.services.names import derived_id
from app.services.report_post import delivery_of, next_due
from app.services.report_words import say
from app.store.repositories.events import AuditTrail
from app.store.repositories.report_schedules import Delivery, ReportSchedules, Schedule

_STATES: dict[str, Literal["waiting", "sent", "written", "failed"]] = {
    "sent": "sent",
    "written": "written",
    "failed": "failed",
}


class Schedules:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who
        self._zone = ZoneInfo(parts.settings.zone)

    async def list(self) -> wire.ScheduleList:
        """All of them, with what became of each last sending."""
        async with self._parts.database.read() as session:
            schedules = await ReportSchedules(session).all()
            last = await ReportSchedules(session).last_of_each()
        settings = self._parts.settings
        mail: Literal["smtp", "outbox"] = "smtp" if settings.smtp_host else "outbox"
        detail = say(
            f"mail.{mail}",
            self._who.language,
            folder=settings.outbox,
            host=settings.smtp_host,
            sender=settings.smtp_sender,
        )
        return wire.ScheduleList(
            mail=mail,
            mail_detail=detail,
            schedules=[_view(each, last.get(each.schedule_id)) for each in schedules],
        )

    async def save(
        self, schedule_id: str | None, body: wire.ScheduleChange, client_id: str
    ) -> wire.ScheduleView:
        """Store a new one, or change one that was seen as `body.version`.

        Raises:
            NotFound: there is none with this id.
            RecordChanged: somebody else changed it meanwhile.
        """
        now = self._parts.clock.now()
        days = tuple(sorted(set(body.days)))
        async with self._parts.database.transaction() as session:
            schedules = ReportSchedules(session)
            new_id = schedule_id or derived_id("rs", self._who.user_id, client_id)
            before = await schedules.get(new_id)
            if before is None and schedule_id is not None:
                raise NotFound("report schedule", schedule_id)
            if before is not None and schedule_id is None:
                return _view(before, None)
            stored = await schedules.put(
                Schedule(
                    schedule_id=new_id,
                    name=body.name.strip(),
                    report=body.report.model_dump(),
                    file_format=body.format,
                    recipients=body.recipients,
                    days=days,
                    at_local=body.at,
                    language=self._who.language if before is None else before.language,
                    enabled=body.enabled,
                    next_due_at=next_due(days, body.at, self._zone, now) if body.enabled else None,
                    created_by=self._who.name if before is None else before.created_by,
                    created_at=now if before is None else before.created_at,
                ),
                seen=body.version if before is not None else 0,
            )
            await AuditTrail(session).add(
                at=now,
                actor=self._who.user_id,
                action="report_schedule.saved",
                subject=new_id,
                data={"name": stored.name, "recipients": list(stored.recipients)},
            )
            last = (await schedules.last_of_each()).get(new_id)
        self._parts.report_post_changed()
        return _view(stored, last)

    async def remove(self, schedule_id: str) -> None:
        """Raises: RecordMissing."""
        async with self._parts.database.transaction() as session:
            await ReportSchedules(session).remove(schedule_id)
            await AuditTrail(session).add(
                at=self._parts.clock.now(),
                actor=self._who.user_id,
                action="report_schedule.removed",
                subject=schedule_id,
            )

    async def send_now(self, schedule_id: str) -> wire.DeliveryView:
        """Write down one sending, marked as a test; it goes at once.

        Raises:
            NotFound: there is none with this id.
        """
        now = self._parts.clock.now()
        async with self._parts.database.transaction() as session:
            schedule = await ReportSchedules(session).get(schedule_id)
            if schedule is None:
                raise NotFound("report schedule", schedule_id)
            delivery = delivery_of(schedule, now, now, test=True)
            await ReportSchedules(session).add_delivery(delivery)
            await AuditTrail(session).add(
                at=now, actor=self._who.user_id, action="report.sent_by_hand", subject=schedule_id
            )
        self._parts.report_post_changed()
        return _delivery(delivery)


def _view(schedule: Schedule, last: Delivery | None) -> wire.ScheduleView:
    return wire.ScheduleView(
        schedule_id=schedule.schedule_id,
        name=schedule.name,
        report=wire.ScheduledReport.model_validate(schedule.report),
        format="csv" if schedule.file_format == "csv" else "xlsx",
        recipients=list(schedule.recipients),
        days=list(schedule.days),
        at=schedule.at_local,
        enabled=schedule.enabled,
        version=schedule.version,
        next_due_at=schedule.next_due_at,
        created_by=schedule.created_by,
        last=_delivery(last) if last is not None else None,
    )


def _delivery(delivery: Delivery) -> wire.DeliveryView:
    state = _STATES.get(delivery.state, "waiting")
    return wire.DeliveryView(
        due_at=delivery.due_at,
        state=state,
        attempts=delivery.attempts,
        detail=delivery.detail,
        settled_at=delivery.settled_at,
        next_try_at=delivery.next_try_at if state == "waiting" else None,
        test=delivery.test,
    )
