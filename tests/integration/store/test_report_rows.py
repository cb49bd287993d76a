"""Rows of schedules, sendings and recordings mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.store.database import Database
from app.store.repositories.recordings import Reach, Recordings, Wanted, Word
from app.store.repositories.report_schedules import Delivery, ReportSchedules, Schedule
from app.store.schema import ContactModel, RecordingModel

NOW = datetime(2025, 11, 19, 10, 0, tzinfo=UTC)


def schedule(due_at: datetime | None = NOW) -> Schedule:
    return Schedule(
        schedule_id="rs_1",
        name="Billing",
        report={"period": "today"},
        file_format="csv",
        recipients=["leila@example.org"],
        days=[2],
        at_local="10:00",
        language="en",
        enabled=True,
        next_due_at=due_at,
        created_by="Leila",
        created_at=NOW,
    )


def delivery(delivery_id: str = "rd_1", due_at: datetime = NOW) -> Delivery:
    return Delivery(
        delivery_id=delivery_id,
        schedule_id="rs_1",
        due_at=due_at,
        recipients_key="k",
        recipients=["leila@example.org"],
        state="retry",
        next_try_at=due_at,
    )


async def test_a_schedule_moves_on_once(database: Database) -> None:
    async with database.transaction() as session:
        await ReportSchedules(session).put(schedule(), seen=0)
    async with database.transaction() as session:
        schedules = ReportSchedules(session)
        assert [each.schedule_id for each in await schedules.due(NOW)] == ["rs_1"]
        later = NOW + timedelta(days=7)
        assert await schedules.move_on("rs_1", NOW, later)
        assert not await schedules.move_on("rs_1", NOW, later)
        assert await schedules.due(NOW) == []
        assert await schedules.next_at() == later


async def test_a_sending_is_there_once_and_claimed_once(database: Database) -> None:
    async with database.transaction() as session:
        schedules = ReportSchedules(session)
        await schedules.add_delivery(delivery())
        await schedules.add_delivery(delivery())
        await schedules.add_delivery(delivery("rd_same_time"))
        assert [each.delivery_id for each in await schedules.open_deliveries(NOW)] == ["rd_1"]
        (found,) = await schedules.open_deliveries(NOW)
        assert await schedules.claim(found, NOW + timedelta(minutes=10))
        assert not await schedules.claim(found, NOW + timedelta(minutes=10))
        await schedules.settle("rd_1", state="sent", detail="Sent to 1.", settled_at=NOW)
        await schedules.settle("rd_1", state="failed")
        assert (await schedules.last_of_each())["rs_1"].state == "sent"
        assert await schedules.next_at() is None


async def test_recordings_are_found_and_marked(database: Database) -> None:
    async with database.transaction() as session:
        for name, agent_id, days in (("a", "amina", 0), ("b", "dev", 40)):
            at = NOW - timedelta(days=days)
            session.add(
                ContactModel(contact_id=f"ct_{name}", state="ended", arrived_at=at, ani="+447700900611")
            )
            session.add(
                RecordingModel(
                    recording_id=f"rc_{name}",
                    contact_id=f"ct_{name}",
                    queue_id="billing",
                    agent_id=agent_id,
                    path=f"/x/{name}.wav",
                    started_at=at,
                    duration_s=60.0,
                    state="ready",
                )
            )
    async with database.transaction() as session:
        recordings = Recordings(session)
        everything = Reach(everybody=True)
        words = Wanted(words=(Word(text="0900611"), Word(text="ami", agents=frozenset({"amina"}))))
        total, found = await recordings.search(words, everything, limit=10, offset=0)
        assert (total, [each.recording.recording_id for each in found]) == (1, ["rc_a"])
        assert await recordings.count(Reach(agents=frozenset({"dev"}))) == 1
        assert await recordings.count(Reach()) == 0
        month = NOW - timedelta(days=30)
        assert [each.recording.recording_id for each in await recordings.over(None, [], month, 10)] == [
            "rc_b"
        ]
        assert await recordings.over("sales", [], month, 10) == []
        await recordings.mark("rc_b", hold=True, hold_reason="case")
        assert await recordings.over("billing", [], month, 10) == []
        await recordings.mark("rc_b", hold=False)
        await recordings.mark("rc_b", expired_at=NOW)
        assert [each.recording.recording_id for each in await recordings.to_delete(10)] == ["rc_b"]
        assert await recordings.count(everything) == 1
        held = await recordings.get("rc_b")
        assert held is not None
        assert held.mark is not None
        assert held.mark.hold_reason == "case", "what was noted before stays"
