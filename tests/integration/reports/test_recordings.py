"""Recordings: found, heard and taken by whom they are for, all written down, kept as long as asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.services.recording_keeper import RecordingKeeper
from app.store.records import AuditEntry
from app.store.repositories.recordings import Recordings
from app.store.schema import ContactModel, OfferModel, RecordingModel
from telephony.audio.wav import write_wav
from tests.integration.api.conftest import START, Centre, Visitor

DAYS = timedelta(days=1)


async def record(
    centre: Centre, name: str, *, agent: str | None = "ag_amina", at: datetime = START, **more: Any
) -> Path:
    """A contact of `agent` with a recording of two channels."""
    path = centre.parts.settings.recordings / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_wav(path, np.zeros((800, 2), dtype=np.int16), 8000)
    values = {"queue_id": "billing", "ani": "+447700900611", "duration_s": 60.0} | more
    async with centre.database.transaction() as session:
        session.add(
            ContactModel(
                contact_id=f"ct_{name}",
                state="ended",
                live=False,
                ani=values["ani"],
                queue_id=values["queue_id"],
                agent_id=agent,
                disposition=values.get("disposition"),
                arrived_at=at,
                ended_at=at + timedelta(minutes=5),
            )
        )
        session.add(
            RecordingModel(
                recording_id=f"rc_{name}",
                contact_id=f"ct_{name}",
                queue_id=values["queue_id"],
                agent_id=agent,
                path=str(path),
                started_at=at,
                duration_s=values["duration_s"],
                state=values.get("state", "ready"),
                body={},
            )
        )
        if agent is not None:
            session.add(
                OfferModel(
                    offer_id=f"of_{name}",
                    contact_id=f"ct_{name}",
                    agent_id=agent,
                    queue_id="billing",
                    made_at=at,
                    expires_at=at,
                    outcome="accepted",
                )
            )
    return path


async def audit(centre: Centre, name: str) -> list[AuditEntry]:
    async with centre.database.read() as session:
        return list(await Recordings(session).audit(f"rc_{name}"))


async def found(visitor: Visitor, query: str = "") -> list[str]:
    answer = await visitor.get(f"/api/recordings?{query}")
    assert answer.status_code == 200, answer.text
    return [each["recording_id"] for each in answer.json()["recordings"]]


@pytest.fixture
async def library(reported: Centre) -> Centre:
    await record(reported, "a", at=START - timedelta(hours=2), duration_s=500.0, disposition="refund_issued")
    await record(reported, "b", agent="ag_dev", queue_id="retention", ani="+441134960142")
    await record(reported, "c", agent=None, at=START - 3 * DAYS, ani="")
    await record(reported, "d", state="recording")
    return reported


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["b", "a", "c"]),
        ("q=amina", ["a"]),
        ("q=900611 yusuf", ["a"]),
        ("q=0113496", ["b"]),
        ("q=retention", ["b"]),
        ("q=nobody", []),
        ("queue=billing", ["a", "c"]),
        ("agent=ag_dev", ["b"]),
        ("outcome=refund_issued", ["a"]),
        ("seconds_min=300", ["a"]),
        ("seconds_max=300", ["b", "c"]),
        ("message=true", ["c"]),
        ("message=false", ["b", "a"]),
        ("since=2025-11-19T00:00:00Z", ["b", "a"]),
        ("before=2025-11-19T00:00:00Z", ["c"]),
        ("held=true", []),
        ("limit=1&offset=1", ["a"]),
    ],
)
async def test_recordings_are_found_by_what_is_known_of_them(
    library: Centre, query: str, names: list[str]
) -> None:
    leila = await library.signed_in("leila")
    assert await found(leila, query) == [f"rc_{name}" for name in names]


async def test_a_page_says_how_many_fit_and_how_many_may_be_heard(library: Centre) -> None:
    leila = await library.signed_in("leila")
    page = (await leila.get("/api/recordings?q=amina&limit=1")).json()
    assert (page["total"], page["all"], page["reach"]) == (1, 3, "all")
    row = page["recordings"][0]
    assert (row["who"], row["agent_name"], row["outcome"]) == (
        "+44 7700 900611",
        "Amina Yusuf",
        "refund_issued",
    )
    message = (await leila.get("/api/recordings?message=true")).json()["recordings"][0]
    assert (message["who"], message["agent_name"]) == ("Number withheld", "Message")


async def test_people_hear_what_their_role_lets_them(library: Centre) -> None:
    amina, dev, oli = [await library.signed_in(name) for name in ("amina", "dev", "oli")]
    assert await found(amina) == ["rc_a"]
    assert await found(dev) == ["rc_b"]
    assert await found(oli) == []
    ada = await library.signed_in("ada")
    rules = (await ada.get("/api/recordings/settings")).json()
    assert rules["access"] == {"agent": "own", "supervisor": "all", "operator": "none", "admin": "all"}
    await record(library, "i", agent="ag_ines")
    rules["access"] |= {"agent": "team", "supervisor": "none"}
    assert (await ada.put("/api/recordings/settings", rules)).status_code == 200
    assert sorted(await found(amina)) == ["rc_a", "rc_i"], "Ines is of her team, Dev is not"
    assert await found(await library.signed_in("leila")) == []
    assert (await amina.get("/api/recordings/rc_i/audio")).status_code == 200
    assert (await amina.get("/api/recordings/rc_b/audio")).status_code == 404


async def test_every_play_download_and_refusal_is_written_down(library: Centre) -> None:
    leila, dev = await library.signed_in("leila"), await library.signed_in("dev")
    await leila.get("/api/recordings/rc_a/audio")
    await leila.get("/api/recordings/rc_a/audio", headers={"range": "bytes=100-"})
    assert (await dev.get("/api/recordings/rc_a/audio")).status_code == 404
    taken = await leila.post("/api/recordings/rc_a/download", {"reason": "Letter from the ombudsman"})
    assert taken.headers["content-disposition"] == 'attachment; filename="rc_a.wav"'
    assert (await dev.post("/api/recordings/rc_a/download", {"reason": "curious"})).status_code == 404
    assert (await leila.post("/api/recordings/rc_a/download", {"reason": ""})).status_code == 422
    entries = await audit(library, "a")
    assert [(entry.actor, entry.action) for entry in reversed(entries)] == [
        ("us_leila", "recording.played"),
        ("us_dev", "recording.refused"),
        ("us_leila", "recording.downloaded"),
        ("us_dev", "recording.refused"),
    ]
    assert entries[1].data == {
        "contact_id": "ct_a",
        "from": "127.0.0.1",
        "reason": "Letter from the ombudsman",
    }
    shown = (await leila.get("/api/recordings/rc_a")).json()["heard_by"]
    assert [(each["who"], each["what"]) for each in shown] == [
        ("Dev Patel", "refused"),
        ("Leila Haddad", "downloaded"),
        ("Dev Patel", "refused"),
        ("Leila Haddad", "played"),
    ]


async def test_what_was_written_down_cannot_be_changed(library: Centre) -> None:
    leila = await library.signed_in("leila")
    await leila.get("/api/recordings/rc_a/audio")
    with pytest.raises(Exception, match="append-only"):
        await library.database.write(lambda c: c.exec_driver_sql("DELETE FROM audit"))
    assert len(await audit(library, "a")) == 1


async def keep(centre: Centre, **days: int | None) -> None:
    ada = await centre.signed_in("ada")
    rules = (await ada.get("/api/recordings/settings")).json()
    rules["retention"] = [
        {"queue_id": name.replace("others", ""), "days": each} for name, each in days.items()
    ]
    answer = await ada.put("/api/recordings/settings", rules)
    assert answer.status_code == 200, answer.text


async def test_recordings_end_with_their_queues_time(library: Centre) -> None:
    await record(library, "old", at=START - 40 * DAYS)
    await record(library, "kept", at=START - 40 * DAYS, queue_id="retention")
    path = library.parts.settings.recordings / "old.wav"
    await keep(library, billing=30, others=None)
    leila = await library.signed_in("leila")
    row = (await leila.get("/api/recordings?q=amina&before=2025-11-01T00:00:00Z&queue=billing")).json()
    assert row["recordings"][0]["kept_until"] == "2025-11-09T10:00:00Z"
    keeper = RecordingKeeper(library.parts)
    assert await keeper.look() == 1
    assert not path.exists()
    assert (library.parts.settings.recordings / "kept.wav").exists()
    assert "rc_old" not in await found(leila)
    gone = await leila.get("/api/recordings/rc_old/audio")
    assert (gone.status_code, gone.json()["code"]) == (409, "recording_not_ready")
    assert "then deleted" in gone.json()["detail"]
    assert (await leila.get("/api/recordings/rc_old")).json()["state"] == "expired"
    assert [entry.action for entry in await audit(library, "old")] == ["recording.expired"]
    assert await keeper.look() == 0, "once"


async def test_others_time_holds_for_queues_without_their_own(library: Centre) -> None:
    await keep(library, retention=None, others=2)
    assert await RecordingKeeper(library.parts).look() == 1
    leila = await library.signed_in("leila")
    assert await found(leila) == ["rc_b", "rc_a"]


async def test_a_recording_on_hold_outlives_its_time_until_released(library: Centre) -> None:
    path = await record(library, "old", at=START - 40 * DAYS)
    leila = await library.signed_in("leila")
    amina = await library.signed_in("amina")
    assert (await amina.put("/api/recordings/rc_old/hold", {"on": True, "reason": "mine"})).status_code == 403
    assert (await leila.put("/api/recordings/rc_old/hold", {"on": True})).status_code == 422
    held = {"on": True, "reason": "Complaint 48213"}
    assert (await leila.put("/api/recordings/rc_old/hold", held)).status_code == 200
    await keep(library, others=30)
    keeper = RecordingKeeper(library.parts)
    assert await keeper.look() == 0
    detail = (await leila.get("/api/recordings/rc_old")).json()
    assert (detail["held"], detail["held_by"], detail["kept_until"]) == (True, "Leila Haddad", None)
    assert await found(leila, "held=true") == ["rc_old"]
    await leila.put("/api/recordings/rc_old/hold", {"on": False})
    assert await keeper.look() == 1
    assert not path.exists()
    assert [entry.action for entry in reversed(await audit(library, "old"))] == [
        "recording.held",
        "recording.released",
        "recording.expired",
    ]


async def test_a_deletion_that_was_broken_off_is_finished(library: Centre) -> None:
    path = await record(library, "old", at=START - 40 * DAYS)
    async with library.database.transaction() as session:
        await Recordings(session).mark("rc_old", expired_at=START)
    await RecordingKeeper(library.parts).look()
    assert not path.exists()


async def test_nothing_outside_the_recordings_is_ever_deleted(library: Centre, tmp_path: Path) -> None:
    await record(library, "old", at=START - 40 * DAYS)
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("mine")
    await library.database.write(
        lambda c: c.exec_driver_sql(
            "UPDATE recordings SET path = ? WHERE recording_id = 'rc_old'", (str(elsewhere),)
        )
    )
    await keep(library, others=1)
    await RecordingKeeper(library.parts).look()
    assert elsewhere.exists()


async def test_a_recording_being_made_is_left_alone(library: Centre) -> None:
    path = await record(library, "now", at=START - 40 * DAYS, state="recording")
    await keep(library, others=1)
    await RecordingKeeper(library.parts).look()
    assert path.exists()


async def test_supervisors_rate_and_agents_see_it(library: Centre) -> None:
    leila, amina = await library.signed_in("leila"), await library.signed_in("amina")
    detail = (await leila.get("/api/recordings/rc_a")).json()
    assert [question["code"] for question in detail["rating"]["questions"]] == [
        "introduced",
        "identity",
        "plain",
        "promise",
    ]
    given = await leila.put("/api/recordings/rc_a/rating", {"scores": {"plain": 4, "promise": 5}})
    assert (given.json()["mine"], given.json()["mean"]) == (
        {"plain": 4, "promise": 5},
        {"plain": 4.0, "promise": 5.0},
    )
    strange = await leila.put("/api/recordings/rc_a/rating", {"scores": {"luck": 4}})
    assert strange.status_code == 422
    assert (await leila.put("/api/recordings/rc_a/rating", {"scores": {"plain": 6}})).status_code == 422
    assert (await amina.put("/api/recordings/rc_a/rating", {"scores": {"plain": 5}})).status_code == 403
    seen = (await amina.get("/api/recordings/rc_a")).json()
    assert (seen["may_rate"], seen["rating"]["mean"]["plain"], seen["rating"]["raters"]) == (
        False,
        4.0,
        ["Leila Haddad"],
    )


async def test_the_rules_are_for_administrators(library: Centre) -> None:
    leila, ada = await library.signed_in("leila"), await library.signed_in("ada")
    assert (await leila.get("/api/recordings/settings")).status_code == 403
    rules = (await ada.get("/api/recordings/settings")).json()
    strange = rules | {"retention": [{"queue_id": "nowhere", "days": 3}]}
    answer = await ada.put("/api/recordings/settings", strange)
    assert (answer.status_code, "no queue nowhere" in answer.json()["detail"]) == (422, True)
