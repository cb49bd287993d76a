"""Sends reports when they are due: once for each due time and list of people, whatever restarts in between.

A sending is a row, written in the transaction that moves its schedule on, and claimed before the mail server
hears of it. What failed for sure is tried again, later each time. What broke off while it was handed over is
not sent again by itself: it may have arrived, and the row says so.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import structlog

from app.api import models_reports as wire
from app.api.ports import Parts
from app.clock import Timer
from app.errors import PatchbayError
from app.mail import MailError, MailLater, Post, make_message
from app.services.report_files import MEDIA_TYPES, file_name, report_file
from app.services.report_words import days_name, say
from app.services.reports import Asked, Reports
from app.store.errors import StoreError
from app.store.repositories.report_schedules import Delivery, ReportSchedules, Schedule
from app.tasks import end_task

log = structlog.get_logger(__name__)

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Between tries; after the last one the sending has failed."""
CLAIM = timedelta(minutes=10)
"""So long a sending may take. One still claimed after it was broken off."""
CATCH_UP_MAX = 7
"""Due times that are made up for when the server was away; earlier ones are left out."""
STORE_DOWN = timedelta(seconds=15)


def next_due(days: tuple[int, ...], at_local: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The next due time after an instant. A time that a change of the clocks skips falls an hour later."""
    hour, minute = (int(part) for part in at_local.split(":"))
    day = after.astimezone(zone).date()
    while True:
        if day.weekday() in days:
            due = datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(ZoneInfo("UTC"))
            if due > after:
                return due
        day += timedelta(days=1)


def asked_of(report: wire.ScheduledReport, day: date) -> Asked:
    """The report as of the day it is sent on."""
    match report.period:
        case "today":
            first = last = day
        case "yesterday":
            first = last = day - timedelta(days=1)
        case "last_7_days":
            first, last = day - timedelta(days=7), day - timedelta(days=1)
        case "last_week":
            monday = day - timedelta(days=day.weekday())
            first, last = monday - timedelta(days=7), monday - timedelta(days=1)
    return Asked(
        first=first,
        last=last,
        interval=report.interval,
        dimension=report.dimension,
        each=report.each,
        queue=report.queue,
        agent=report.agent,
        team=report.team,
        dnis=report.dnis,
        disposition=report.disposition,
    )


def delivery_of(schedule: Schedule, due_at: datetime, now: datetime, *, test: bool = False) -> Delivery:
    """The row of one sending. Its id says what it is, so that it can be there only once."""
    people = sorted({each.casefold() for each in schedule.recipients})
    key = hashlib.sha256("\n".join([*people, "test" * test]).encode()).hexdigest()[:24]
    mark = hashlib.sha256(f"{schedule.schedule_id} {due_at.isoformat()} {key}".encode()).hexdigest()[:26]
    return Delivery(
        delivery_id=f"rd_{mark}",
        schedule_id=schedule.schedule_id,
        due_at=due_at,
        recipients_key=key,
        recipients=schedule.recipients,
        state="retry",
        next_try_at=now,
        test=test,
    )


class ReportPost:
    """The only one that sends scheduled reports."""

    def __init__(self, parts: Parts, post: Post) -> None:
        self._parts = parts
        self._post = post
        self._zone = ZoneInfo(parts.settings.zone)
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    # --- life ---

    def open(self) -> None:
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name="report-post")

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await end_task(self._task)

    def poke(self) -> None:
        """A schedule was changed."""
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.look()
                async with self._parts.database.read() as session:
                    again = await ReportSchedules(session).next_at()
            except StoreError as error:
                log.warning("reports wait for the database", error=str(error))
                again = self._parts.clock.now() + STORE_DOWN
            if self._timer is not None:
                self._timer.cancel()
            if again is not None:
                self._timer = self._parts.clock.call_at(again, self._woken.set)

    # --- what is due ---

    async def look(self) -> None:
        """Write down what is due, then send what is open."""
        await self._write_due()
        now = self._parts.clock.now()
        async with self._parts.database.read() as session:
            found = await ReportSchedules(session).open_deliveries(now)
        for delivery in found:
            if delivery.state == "claimed":
                await self._broken_off(delivery)
            else:
                await self.send(delivery)

    async def _write_due(self) -> None:
        now = self._parts.clock.now()
        async with self._parts.database.read() as session:
            due = await ReportSchedules(session).due(now)
        for schedule in due:
            assert schedule.next_due_at is not None
            times = [schedule.next_due_at]
            days = tuple(schedule.days)
            while (following := next_due(days, schedule.at_local, self._zone, times[-1])) <= now:
                times.append(following)
            async with self._parts.database.transaction() as session:
                schedules = ReportSchedules(session)
                if not await schedules.move_on(schedule.schedule_id, schedule.next_due_at, following):
                    continue
                for due_at in times[-CATCH_UP_MAX:]:
                    await schedules.add_delivery(delivery_of(schedule, due_at, now))

    async def send(self, delivery: Delivery) -> None:
        """Make the report, claim the sending, hand it over, write down what became of it."""
        async with self._parts.database.read() as session:
            schedule = await ReportSchedules(session).get(delivery.schedule_id)
        if schedule is None:
            await self._claimed(delivery)
            await self._settle(delivery, "failed", "The schedule was deleted.")
            return
        try:
            message = await self._message(schedule, delivery)
        except PatchbayError as error:
            if await self._claimed(delivery):
                await self._settle(delivery, "failed", str(error))
            return
        if not await self._claimed(delivery):
            return
        language = schedule.language
        try:
            handed = await self._post.hand_over(message)
        except MailLater as error:
            await self._try_again(delivery, str(error), language)
            return
        except MailError as error:
            await self._settle(delivery, "failed", str(error))
            return
        written = self._post.kind == "outbox"
        count = len(delivery.recipients) - len(handed.refused)
        detail = say("delivery.written" if written else "delivery.sent", language, count=count)
        refusals = "; ".join(f"{to}: {why}" for to, why in handed.refused.items())
        await self._settle(delivery, "written" if written else "sent", f"{detail} {refusals}".strip())

    async def _message(self, schedule: Schedule, delivery: Delivery) -> EmailMessage:
        language = schedule.language
        day = delivery.due_at.astimezone(self._zone).date()
        asked = asked_of(wire.ScheduledReport.model_validate(schedule.report), day)
        view = await Reports(self._parts, language).view(asked)
        file_format: wire.FileFormat = "csv" if schedule.file_format == "csv" else "xlsx"
        days = days_name(asked.first, asked.last, language)
        centre = self._parts.directory().centre
        sent_at = f"{self._parts.clock.now().astimezone(self._zone):%H:%M}"
        text = say("body", language, name=schedule.name, days=days, centre=centre, time=sent_at)
        if delivery.test:
            text += "\n" + say("body.test", language)
        message = make_message(
            sender=self._post.sender,
            to=list(delivery.recipients),
            subject=say("subject", language, name=schedule.name, days=days),
            text=text,
            id=delivery.delivery_id,
            at=self._parts.clock.now(),
        )
        main, _, sub = MEDIA_TYPES[file_format].partition(";")[0].partition("/")
        content = await asyncio.to_thread(report_file, view, file_format, language)
        message.add_attachment(content, maintype=main, subtype=sub, filename=file_name(view, file_format))
        return message

    # --- rows ---

    async def _claimed(self, delivery: Delivery) -> bool:
        until = self._parts.clock.now() + CLAIM
        async with self._parts.database.transaction() as session:
            return await ReportSchedules(session).claim(delivery, until)

    async def _settle(self, delivery: Delivery, state: str, detail: str) -> None:
        if state == "failed":
            log.warning("a report was not sent", delivery=delivery.delivery_id, why=detail)
        async with self._parts.database.transaction() as session:
            await ReportSchedules(session).settle(
                delivery.delivery_id, state=state, detail=detail, settled_at=self._parts.clock.now()
            )

    async def _try_again(self, delivery: Delivery, why: str, language: str) -> None:
        if delivery.attempts >= len(BACK_OFF) or delivery.test:
            count = delivery.attempts + 1
            await self._settle(delivery, "failed", say("delivery.failed", language, count=count, why=why))
            return
        later = self._parts.clock.now() + BACK_OFF[delivery.attempts]
        async with self._parts.database.transaction() as session:
            await ReportSchedules(session).settle(
                delivery.delivery_id,
                state="retry",
                detail=say("delivery.retry", language, why=why),
                next_try_at=later,
            )

    async def _broken_off(self, delivery: Delivery) -> None:
        """Its claim is over and nothing is known: it is not sent twice."""
        async with self._parts.database.read() as session:
            schedule = await ReportSchedules(session).get(delivery.schedule_id)
        language = schedule.language if schedule is not None else "en"
        await self._settle(delivery, "failed", say("delivery.unsure", language))
