"""Alerts from the figure to the target: opened, taken and closed once, over restarts, failures and storms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from app.clock import VirtualClock
from app.errors import NotFound
from app.live.alert_rules import AlertRules
from app.live.alerting import CLOSED_SHOWN, AlertKeeper, AlertTaken
from app.mail import MailError, MailLater, MailRefused
from app.services.notices import PAUSES_S, AlertMailer, Notices
from app.services.webhooks import AddressRefused, NotDelivered, WebhookSender, new_secret
from app.store.database import Database
from app.store.repositories.alerts import Alerts, AlertTarget, Threshold
from reporting.thresholds import Measure, Reading
from tests.integration.api.memory import Webhooks

START = datetime(2025, 11, 19, 10, 0, tzinfo=UTC)
QUEUE = "retention"


class Floor:
    """A keeper and its notices over a real store, with one figure that a test turns."""

    def __init__(self, database: Database, clock: VirtualClock, webhooks: Webhooks) -> None:
        self.database = database
        self.clock = clock
        self.webhooks = webhooks
        self.waiting = 0
        self.changes = 0
        self._ids = 0
        self.sender = WebhookSender(
            listed=("hooks.inside", "10.1.0.0/16"),
            resolve=webhooks.resolve,
            transport=httpx.MockTransport(webhooks.answer),
        )
        self.notices = Notices(database=database, clock=clock, webhooks=self.sender)
        self.keeper = self.new_keeper()

    def new_keeper(self) -> AlertKeeper:
        return AlertKeeper(
            database=self.database,
            clock=self.clock,
            new_id=self._new_id,
            readings=self._readings,
            name=lambda measure, subject: subject.title(),
            changed=self._changed,
            noticed=lambda: None,
        )

    async def restart(self) -> None:
        await self.keeper.close()
        self.keeper = self.new_keeper()
        await self.keeper.open()

    async def after(self, seconds: float, waiting: int | None = None) -> list[str]:
        """Time passes, the figure changes, and it is looked at. Returns what was told."""
        self.clock.advance(timedelta(seconds=seconds))
        self.waiting = self.waiting if waiting is None else waiting
        return [each.change.value for each in await self.keeper.look()]

    def _new_id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}_{self.clock.now():%H%M%S}_{self._ids}"

    def _readings(self, rules: AlertRules, now: datetime) -> Iterable[Reading]:
        limits = rules.limits(Measure.WAITING, QUEUE)
        return [Reading(measure=Measure.WAITING, subject=QUEUE, limits=limits, value=self.waiting)]

    def _changed(self) -> None:
        self.changes += 1

    async def send(self) -> list[str]:
        """Send what is due; the ids that arrived."""
        before = len(self.webhooks.received)
        await self.notices.send_due()
        return [each.headers["webhook-id"] for each in self.webhooks.received[before:]]


@pytest.fixture
async def floor(sqlite_database: Database) -> AsyncIterator[Floor]:
    found = Floor(sqlite_database, VirtualClock(START), Webhooks())
    async with sqlite_database.transaction() as session:
        alerts = Alerts(session)
        await alerts.put_threshold(
            Threshold(measure="waiting", warn=5, bad=10, for_s=0, clear_s=60, send=True)
        )
        await alerts.put_target(
            AlertTarget(
                target_id="tg_1",
                kind="webhook",
                address="https://hooks.example.org:8443/patchbay?team=floor",
                secret=new_secret(),
                created_at=START,
                created_by="us_leila",
            )
        )
    await found.keeper.rules_changed()
    yield found
    await found.keeper.close()
    await found.sender.close()


async def test_an_alert_is_opened_taken_closed_and_kept(floor: Floor) -> None:
    assert await floor.after(1, waiting=12) == ["opened"]
    [shown] = floor.keeper.shown()
    assert (shown.tone, shown.kind, shown.title, shown.limit) == (
        "bad",
        "queue_waiting",
        "Retention: 12 waiting",
        10,
    )
    await floor.keeper.take(shown.id, user_id="us_leila", name="Leila Haddad")
    await floor.keeper.take(shown.id, user_id="us_leila", name="Leila Haddad")
    with pytest.raises(AlertTaken, match="Leila Haddad has taken"):
        await floor.keeper.take(shown.id, user_id="us_ada", name="Ada Byrne")
    assert await floor.after(10, waiting=0) == []
    assert await floor.after(60) == ["closed"]
    [shown] = floor.keeper.shown()
    assert (shown.tone, shown.taken_by) == ("ok", "Leila Haddad")
    with pytest.raises(NotFound):
        await floor.keeper.take(shown.id, user_id="us_ada", name="Ada Byrne")
    assert await floor.after(CLOSED_SHOWN.total_seconds() + 1) == []
    assert floor.keeper.shown() == []
    async with floor.database.read() as session:
        [kept] = await Alerts(session).history(limit=10)
    assert (kept.worst, kept.taken_by, kept.changes) == ("bad", "Leila Haddad", 3)


async def test_each_change_is_one_notice_signed_and_under_one_id(floor: Floor) -> None:
    await floor.after(0, waiting=6)
    await floor.after(1, waiting=12)
    await floor.after(1, waiting=0)
    await floor.after(60)
    ids = await floor.send()
    assert len(ids) == len(set(ids)) == 3
    assert await floor.send() == []
    async with floor.database.read() as session:
        [target] = await Alerts(session).targets()
    types = []
    for request in floor.webhooks.received:
        body = request.content.decode()
        signed_at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), tz=UTC)
        expected = Webhook(target.secret).sign(request.headers["webhook-id"], signed_at, body)
        assert request.headers["webhook-signature"] == expected
        assert request.url.host == "203.0.114.7"
        assert request.headers["host"] == "hooks.example.org:8443"
        assert request.extensions["sni_hostname"] == "hooks.example.org"
        types.append(orjson.loads(body)["type"])
    assert types == ["alert.opened", "alert.worse", "alert.closed"]


async def test_a_flapping_figure_makes_one_alert_and_one_notice(floor: Floor) -> None:
    for turn in range(60):
        await floor.after(5, waiting=12 if turn % 2 == 0 else 0)
    assert len(await floor.send()) == 1
    async with floor.database.read() as session:
        assert len(await Alerts(session).history(limit=100)) == 1


async def test_a_restart_tells_nothing_twice_and_closes_what_is_over(floor: Floor) -> None:
    await floor.after(0, waiting=12)
    assert len(await floor.send()) == 1
    await floor.restart()
    assert await floor.after(1) == []
    assert [each.tone for each in floor.keeper.shown()] == ["bad"]
    assert await floor.send() == []
    await floor.restart()
    await floor.after(1, waiting=0)
    assert await floor.after(60) == ["closed"]
    assert len(await floor.send()) == 1


async def test_a_target_that_fails_is_tried_again_under_the_same_id_and_given_up_at_last(
    floor: Floor,
) -> None:
    floor.webhooks.statuses = [500] * (len(PAUSES_S) + 5)
    await floor.after(0, waiting=12)
    ids = await floor.send()
    assert await floor.send() == [], "not before its time"
    for pause_s in PAUSES_S:
        floor.clock.advance(timedelta(seconds=pause_s))
        ids += await floor.send()
    floor.clock.advance(timedelta(days=1))
    assert await floor.send() == []
    assert len(ids) == len(PAUSES_S) + 1
    assert len(set(ids)) == 1
    async with floor.database.read() as session:
        [notice] = await Alerts(session).notices_of(floor.keeper.shown()[0].id)
    assert (notice.attempts, notice.delivered_at, notice.error) == (7, None, "answered 500")


async def test_a_notice_that_got_through_at_last_is_not_sent_again(floor: Floor) -> None:
    floor.webhooks.statuses = [503, 302]
    await floor.after(0, waiting=12)
    sent = await floor.send()
    for pause_s in PAUSES_S[:2]:
        floor.clock.advance(timedelta(seconds=pause_s))
        sent += await floor.send()
    assert len(sent) == 3
    floor.clock.advance(timedelta(days=1))
    assert await floor.send() == []


async def test_what_could_not_be_written_is_written_at_the_next_look(floor: Floor) -> None:
    async with floor.database.transaction() as session:
        await Alerts(session).remove_threshold("waiting", "")
    written, keep = floor.keeper._write, floor.keeper

    async def refuse(now: datetime) -> None:
        raise RuntimeError("the store is away")

    keep._write = refuse  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await floor.after(1, waiting=12)
    assert keep.shown() == []
    keep._write = written  # type: ignore[method-assign]
    assert await floor.after(1) == []
    assert [each.tone for each in keep.shown()] == ["bad"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1/x", "inside this network"),
        ("https://[::1]/x", "inside this network"),
        ("https://[::ffff:10.0.0.1]/x", "inside this network"),
        ("https://169.254.169.254/latest", "inside this network"),
        ("https://100.64.0.1/", "inside this network"),
        ("https://sneaky.example.org/", "inside this network"),
        ("http://hooks.example.org/", "Use https"),
        ("ftp://hooks.example.org/", "Write an address"),
        ("https://user@hooks.example.org/", "Write an address"),
        ("not an address", "Write an address"),
    ],
)
async def test_nothing_is_sent_inside_nor_in_the_clear(floor: Floor, url: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why):
        await floor.sender.send(url, new_secret(), id="x", body="{}", now=START)
    assert floor.webhooks.received == []


@pytest.mark.parametrize(
    "url", ["http://hooks.inside/x", "http://10.1.2.3:9000/x", "https://hooks.example.org/"]
)
async def test_what_is_listed_or_public_is_sent_to(floor: Floor, url: str) -> None:
    await floor.sender.send(url, new_secret(), id="x", body="{}", now=START)
    assert len(floor.webhooks.received) == 1


async def test_a_redirect_is_not_followed(floor: Floor) -> None:
    floor.webhooks.statuses = [302]
    with pytest.raises(NotDelivered, match="answered 302"):
        await floor.sender.send("https://hooks.example.org/", new_secret(), id="x", body="{}", now=START)
    assert len(floor.webhooks.received) == 1


class Letterbox:
    """A mail server that takes, refuses or fails as told."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, str, str]] = []
        self.troubles: list[MailError] = []

    async def send(self, to: str, subject: str, text: str, id: str) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.letters.append((to, subject, text, id))


async def test_an_e_mail_is_sent_again_when_it_may_help_and_never_when_it_is_refused(floor: Floor) -> None:
    box = Letterbox()
    box.troubles = [MailLater("the server is busy")]
    notices = Notices(
        database=floor.database, clock=floor.clock, webhooks=floor.sender, mailer=AlertMailer(box)
    )
    async with floor.database.transaction() as session:
        await Alerts(session).put_target(
            AlertTarget(
                target_id="tg_mail",
                kind="email",
                address="floor@example.org",
                created_at=START,
                created_by="us_leila",
            )
        )
    await floor.after(0, waiting=12)
    await notices.send_due()
    assert box.letters == []
    floor.clock.advance(timedelta(seconds=PAUSES_S[0]))
    await notices.send_due()
    alert = floor.keeper.shown()[0].id
    assert [(to, subject, id) for to, subject, _, id in box.letters] == [
        ("floor@example.org", "Retention: 12 waiting", f"{alert}.1")
    ]
    box.troubles = [MailRefused("no such mailbox")]
    await floor.after(1, waiting=0)
    await floor.after(60)
    await notices.send_due()
    floor.clock.advance(timedelta(days=1))
    assert await notices.send_due() == 0
    async with floor.database.read() as session:
        told = {each.notice_id: each.error for each in await Alerts(session).notices_of(alert)}
    assert told[f"{alert}.2"] == "no such mailbox"
