"""Reports by e-mail: a real mail server takes them, once, whatever fails in between."""

from __future__ import annotations

import asyncio
import email
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.mail import HandedOver, MailUnsure, OutboxPost, Post, SmtpPost
from app.services.report_post import BACK_OFF, CLAIM, ReportPost, next_due
from app.settings import Settings
from app.store.repositories.report_schedules import Delivery, ReportSchedules
from tests.integration.api.conftest import START, Centre, Visitor

BODY: dict[str, Any] = {
    "name": "Billing by half hours",
    "report": {"period": "today", "interval": "30", "dimension": "queue", "queue": "billing"},
    "format": "xlsx",
    "recipients": ["leila@example.org", "gwen@example.org"],
    "days": [2],
    "at": "10:15",
}
DUE = START + timedelta(minutes=15)


@dataclass(slots=True)
class MailServer:
    """A real one, on this machine. `answers` come first, then it takes everything."""

    taken: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return "550 nobody here by that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.original_content
        assert content is not None
        self.taken.append(email.message_from_bytes(content, policy=default))
        return "250 taken"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    handler = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        await server.wait_closed()


def smtp(settings: Settings, port: int) -> SmtpPost:
    changes = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_sender": "Brightwater <reports@example.org>",
    }
    return SmtpPost(settings.model_copy(update=changes))


async def scheduled(centre: Centre, **changes: Any) -> tuple[Visitor, str]:
    leila = await centre.signed_in("leila")
    answer = await leila.post("/api/reports/schedules", BODY | changes)
    assert answer.status_code == 200, answer.text
    return leila, answer.json()["schedule_id"]


async def last(leila: Visitor) -> dict[str, Any]:
    await leila.sign_in("leila")  # hours pass in these tests
    found = (await leila.get("/api/reports/schedules")).json()["schedules"][0]["last"]
    assert isinstance(found, dict)
    return found


async def rows(centre: Centre) -> list[Delivery]:
    async with centre.database.read() as session:
        return list(await ReportSchedules(session).open_deliveries(datetime.max.replace(tzinfo=UTC)))


async def test_a_report_arrives_at_its_time_with_its_file(morning: Centre, settings: Settings) -> None:
    leila, _ = await scheduled(morning)
    async with mail_server() as server:
        post = ReportPost(morning.parts, smtp(settings, server.port))
        await post.look()
        assert server.taken == [], "not before its time"
        morning.clock.advance_to(DUE)
        await post.look()
        await post.look()
    assert len(server.taken) == 1
    message = server.taken[0]
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Billing by half hours, Wed 19 Nov"
    assert message["To"] == "leila@example.org, gwen@example.org"
    (part,) = message.iter_attachments()
    assert part.get_filename() == "report-queue-2025-11-19.xlsx"
    path = settings.data_dir / "got.xlsx"
    path.write_bytes(part.get_content())
    assert openpyxl.load_workbook(path)["Figures"]["B20"].value == 54
    assert await last(leila) | {"due_at": "", "settled_at": ""} == {
        "due_at": "",
        "state": "sent",
        "attempts": 1,
        "detail": "Sent to 2.",
        "settled_at": "",
        "next_try_at": None,
        "test": False,
    }
    schedule = (await leila.get("/api/reports/schedules")).json()["schedules"][0]
    assert schedule["next_due_at"] == "2025-11-26T10:15:00Z"


async def test_it_runs_by_itself_on_its_clock(morning: Centre, settings: Settings) -> None:
    await scheduled(morning)
    async with mail_server() as server:
        post = ReportPost(morning.parts, smtp(settings, server.port))
        post.open()
        try:
            await until(lambda: morning.clock.next_at() == DUE)
            morning.clock.advance_to(DUE)
            await until(lambda: len(server.taken) == 1)
        finally:
            await post.close()


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (another task makes it true)
            await asyncio.sleep(0.005)


async def test_a_mail_server_that_is_away_is_tried_again_later_each_time(
    morning: Centre, settings: Settings
) -> None:
    leila, _ = await scheduled(morning)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = ReportPost(morning.parts, smtp(settings, nobody.getsockname()[1]))
        morning.clock.advance_to(DUE)
        await away.look()
        for pause in BACK_OFF[:2]:
            state = await last(leila)
            assert (state["state"], "does not answer" in state["detail"]) == ("waiting", True)
            assert datetime.fromisoformat(state["next_try_at"]) == morning.clock.now() + pause
            await away.look()
            assert (await last(leila))["attempts"] == state["attempts"], "not before its time"
            morning.clock.advance(pause)
            await away.look()
    async with mail_server() as server:
        server.answers = ["451 busy, later"]
        back = ReportPost(morning.parts, smtp(settings, server.port))
        morning.clock.advance(BACK_OFF[2])
        await back.look()
        assert server.taken == []
        assert "451" in (await last(leila))["detail"]
        morning.clock.advance(BACK_OFF[3])
        await back.look()
        assert len(server.taken) == 1
    assert ((await last(leila))["state"], (await last(leila))["attempts"]) == ("sent", 5)


async def test_after_the_last_try_it_is_given_up_and_said(morning: Centre, settings: Settings) -> None:
    leila, _ = await scheduled(morning)
    async with mail_server() as server:
        server.answers = ["451 busy"] * 6
        post = ReportPost(morning.parts, smtp(settings, server.port))
        morning.clock.advance_to(DUE)
        await post.look()
        for pause in BACK_OFF:
            morning.clock.advance(pause)
            await post.look()
    state = await last(leila)
    assert (state["state"], state["attempts"]) == ("failed", 6)
    assert "Given up after 6 tries" in state["detail"]


async def test_a_refusal_for_good_is_not_repeated(morning: Centre, settings: Settings) -> None:
    leila, _ = await scheduled(morning)
    async with mail_server() as server:
        server.answers = ["554 no such content here"]
        post = ReportPost(morning.parts, smtp(settings, server.port))
        morning.clock.advance_to(DUE)
        await post.look()
        morning.clock.advance(BACK_OFF[0])
        await post.look()
    assert server.taken == []
    assert (await last(leila))["state"] == "failed"


async def test_who_is_refused_is_named(morning: Centre, settings: Settings) -> None:
    leila, _ = await scheduled(morning)
    async with mail_server() as server:
        server.refuse = {"gwen@example.org"}
        morning.clock.advance_to(DUE)
        await ReportPost(morning.parts, smtp(settings, server.port)).look()
    state = await last(leila)
    assert state["state"] == "sent"
    assert "gwen@example.org: 550" in state["detail"]
    assert len(server.taken) == 1


class DiesAfterSending:
    """Broken on purpose: the process is gone between the mail server's yes and our note of it."""

    kind = "smtp"
    where = "here"
    sender = "a@example.org"

    def __init__(self, post: Post) -> None:
        self._post = post

    async def hand_over(self, message: EmailMessage) -> HandedOver:
        await self._post.hand_over(message)
        raise asyncio.CancelledError


async def test_a_restart_while_it_is_sent_never_sends_it_twice(morning: Centre, settings: Settings) -> None:
    leila, _ = await scheduled(morning)
    async with mail_server() as server:
        dying = ReportPost(morning.parts, DiesAfterSending(smtp(settings, server.port)))  # type: ignore[arg-type]
        morning.clock.advance_to(DUE)
        with pytest.raises(asyncio.CancelledError):
            await dying.look()
        again = ReportPost(morning.parts, smtp(settings, server.port))
        await again.look()
        assert (await last(leila))["state"] == "waiting"
        morning.clock.advance(CLAIM)
        await again.look()
        assert len(server.taken) == 1
    state = await last(leila)
    assert state["state"] == "failed"
    assert "may have arrived" in state["detail"]


async def test_a_restart_before_it_is_sent_sends_it(morning: Centre, settings: Settings) -> None:
    await scheduled(morning)
    morning.clock.advance_to(DUE)
    post = ReportPost(morning.parts, OutboxPost(settings))
    await post._write_due()
    async with mail_server() as server:
        await ReportPost(morning.parts, smtp(settings, server.port)).look()
        assert len(server.taken) == 1


async def test_two_servers_on_one_database_send_it_once(morning: Centre, settings: Settings) -> None:
    await scheduled(morning)
    morning.clock.advance_to(DUE)
    async with mail_server() as server:
        posts = [ReportPost(morning.parts, smtp(settings, server.port)) for _ in range(3)]
        await asyncio.gather(*(post.look() for post in posts))
        await asyncio.gather(*(post.look() for post in posts))
        assert len(server.taken) == 1


async def test_due_times_of_a_long_absence_are_made_up_for(morning: Centre, settings: Settings) -> None:
    await scheduled(morning, days=[0, 1, 2, 3, 4, 5, 6])
    morning.clock.advance_to(DUE + timedelta(days=20))
    await ReportPost(morning.parts, OutboxPost(settings)).look()
    assert len(list(settings.outbox.glob("*.eml"))) == 7


async def test_without_a_mail_server_it_is_written_and_said(morning: Centre, settings: Settings) -> None:
    leila, schedule_id = await scheduled(morning)
    page = (await leila.get("/api/reports/schedules")).json()
    assert page["mail"] == "outbox"
    assert "PATCHBAY_SMTP_HOST" in page["mail_detail"]
    sent = await leila.post(f"/api/reports/schedules/{schedule_id}/send")
    assert (sent.json()["state"], sent.json()["test"]) == ("waiting", True)
    await ReportPost(morning.parts, OutboxPost(settings)).look()
    (path,) = settings.outbox.glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    assert "This is a test" in body.get_content()
    assert ((await last(leila))["state"], (await last(leila))["test"]) == ("written", True)


async def test_a_line_that_breaks_in_the_middle_is_not_tried_again(
    morning: Centre, settings: Settings
) -> None:
    leila, _ = await scheduled(morning)

    class Breaks(OutboxPost):
        async def hand_over(self, message: EmailMessage) -> HandedOver:
            raise MailUnsure("it went away")

    morning.clock.advance_to(DUE)
    post = ReportPost(morning.parts, Breaks(settings))
    await post.look()
    morning.clock.advance(timedelta(hours=5))
    await post.look()
    assert (await last(leila))["state"] == "failed"
    assert await rows(morning) == []


async def test_schedules_are_changed_by_version_and_removed(morning: Centre) -> None:
    leila, schedule_id = await scheduled(morning)
    path = f"/api/reports/schedules/{schedule_id}"
    changed = await leila.put(path, BODY | {"at": "20:15", "version": 1})
    assert (changed.json()["version"], changed.json()["at"]) == (2, "20:15")
    stale = await leila.put(path, BODY | {"version": 1})
    assert stale.status_code == 409
    off = await leila.put(path, BODY | {"enabled": False, "version": 2})
    assert off.json()["next_due_at"] is None
    wrong = await leila.post("/api/reports/schedules", BODY | {"recipients": ["leila"]})
    assert wrong.status_code == 422
    assert (await leila.change("DELETE", path)).status_code == 204
    assert (await leila.get("/api/reports/schedules")).json()["schedules"] == []


async def test_the_same_request_twice_makes_one_schedule(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    for _ in range(2):
        assert (await leila.post("/api/reports/schedules", BODY, key="the-same-key")).status_code == 200
    assert len((await leila.get("/api/reports/schedules")).json()["schedules"]) == 1


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2025-11-19T10:14:00Z", "2025-11-19T10:15:00Z"),
        ("2025-11-19T10:15:00Z", "2025-11-26T10:15:00Z"),
        ("2025-06-25T09:00:00Z", "2025-06-25T09:15:00Z"),
    ],
)
def test_a_due_time_is_in_the_centres_own_time(after: str, due: str) -> None:
    found = next_due((2,), "10:15", ZoneInfo("Europe/London"), datetime.fromisoformat(after))
    assert found == datetime.fromisoformat(due)


def test_a_time_that_the_clocks_skip_still_comes_once() -> None:
    zone = ZoneInfo("Europe/London")
    first = next_due((5, 6), "01:30", zone, datetime(2025, 3, 29, 2, tzinfo=UTC))
    assert first == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    assert next_due((5, 6), "01:30", zone, first) == datetime(2025, 4, 5, 0, 30, tzinfo=UTC)


async def test_a_schedule_of_yesterday_is_of_the_day_before_it_is_due(
    morning: Centre, settings: Settings
) -> None:
    await scheduled(morning, report={"period": "yesterday"}, days=[3])
    morning.clock.advance_to(DUE + timedelta(days=1))
    post = ReportPost(replace(morning.parts), OutboxPost(settings))
    await post.look()
    (path,) = settings.outbox.glob("*.eml")
    assert "Wed 19 Nov" in email.message_from_bytes(path.read_bytes(), policy=default)["Subject"]
