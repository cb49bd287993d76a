"""Finding recordings, what is known of one, rating it, holding it, and the rules for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import fmean
from typing import Literal, cast

from app.api import models as wire_desk
from app.api import models_recordings as wire
from app.api.ports import Parts, SignedIn
from app.engine.commit import JsonValue
from app.errors import Refused, Unusable
from app.services.cards import spoken_number
from app.services.contacts import contact_events
from app.services.recording_words import DEFAULT_SHEET, say
from app.services.recordings import DEFAULT_REACH, Recordings, reach_of
from app.store import records
from app.store.repositories.cases import Cases
from app.store.repositories.configuration import Configuration
from app.store.repositories.events import AuditTrail, Events
from app.store.repositories.people import Users
from app.store.repositories.recordings import Found, Wanted, Word
from app.store.repositories.recordings import Recordings as Stored
from app.store.repositories.search import WORDS_MAX, fold

_HEARD: Mapping[str, Literal["played", "downloaded", "refused"]] = {
    "recording.played": "played",
    "recording.downloaded": "downloaded",
    "recording.refused": "refused",
}


class MayNot(Refused):
    """Only supervisors do this; says so."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} is for supervisors."


class RecordingLibrary:
    def __init__(self, parts: Parts, who: SignedIn, address: str = "") -> None:
        self._parts = parts
        self._who = who
        self._recordings = Recordings(parts, who, address)

    # --- finding ---

    async def page(self, words: str, wanted: Wanted, *, limit: int, offset: int) -> wire.RecordingPage:
        """One page of those that fit and that this person may hear, the newest first."""
        labels = await self._labels()
        found = [self._word(word, labels) for word in fold([words]).split()[:WORDS_MAX]]
        async with self._parts.database.read() as session:
            stored = Stored(session)
            name, reach = await reach_of(stored, self._parts, self._who)
            asked = Wanted(
                **{each: getattr(wanted, each) for each in Wanted.__slots__} | {"words": tuple(found)}
            )
            total, rows = await stored.search(asked, reach, limit=limit, offset=offset)
            all_ = await stored.count(reach)
            retention = await stored.retention()
        return wire.RecordingPage(
            total=total,
            all=all_,
            reach=cast("wire.ReachName", name),
            recordings=[self._row(each, labels, retention) for each in rows],
        )

    def _word(self, text: str, labels: Mapping[str, str]) -> Word:
        directory = self._parts.directory()
        return Word(
            text=text,
            agents=frozenset(a.agent_id for a in directory.agents.values() if text in fold([a.name])),
            queues=frozenset(q.queue_id for q in directory.queues.values() if text in fold([q.name])),
            dispositions=frozenset(code for code, label in labels.items() if text in fold([label])),
        )

    async def detail(self, recording_id: str) -> wire.RecordingDetail:
        """Everything about one. Raises: NotFound."""
        found = await self._recordings.permitted(recording_id)
        recording, mark = found.recording, found.mark
        async with self._parts.database.read() as session:
            stored = Stored(session)
            retention = await stored.retention()
            ratings = await stored.ratings(recording_id)
            audit = await stored.audit(recording_id)
            events = await Events(session).of_contact(recording.contact_id)
            case = await Cases(session).get(found.case_id) if found.case_id else None
            people = {user.user_id: user.name for user in await Users(session).list()}
        row = self._row(found, await self._labels(), retention)
        expired = mark is not None and mark.expired_at is not None
        state = "recording" if recording.state == "paused" else recording.state
        supervisor = self._who.has("supervisor")
        return wire.RecordingDetail(
            **row.model_dump(),
            state=cast("Literal['ready', 'recording', 'failed', 'expired']", "expired" if expired else state),
            ended_at=found.ended_at,
            case_number=case.number if case is not None else None,
            held_by=people.get(mark.hold_by or "", mark.hold_by) if mark is not None and mark.hold else None,
            held_why=mark.hold_reason if mark is not None and mark.hold else "",
            may_rate=supervisor and recording.agent_id is not None,
            may_hold=supervisor,
            rating=await self._rating(ratings, people),
            heard_by=[self._heard(each, people) for each in audit if each.action in _HEARD],
            events=contact_events(self._parts, self._who.language, events),
        )

    def _heard(self, entry: records.AuditEntry, people: Mapping[str, str]) -> wire.HeardBy:
        return wire.HeardBy(
            who=people.get(entry.actor or "", entry.actor or ""),
            at=entry.at,
            what=_HEARD[entry.action],
            reason=str(entry.data.get("reason") or ""),
        )

    async def _rating(
        self, ratings: Mapping[str, Mapping[str, int]], people: Mapping[str, str]
    ) -> wire.RatingView:
        sheet = await self._sheet()
        given = {code: [scores[code] for scores in ratings.values() if code in scores] for code in sheet}
        return wire.RatingView(
            questions=[wire.Question(code=code, text=text) for code, text in sheet.items()],
            mine=dict(ratings.get(self._who.user_id, {})),
            mean={code: round(fmean(scores), 2) for code, scores in given.items() if scores},
            raters=sorted(people.get(rater, rater) for rater in ratings),
        )

    async def _sheet(self) -> dict[str, str]:
        async with self._parts.database.read() as session:
            entries = await Configuration(session).reference("rating", active_only=True)
        own = {entry.code: entry.label for entry in entries} or DEFAULT_SHEET
        return {code: texts.get(self._who.language, texts["en"]) for code, texts in own.items()}

    # --- what people decide ---

    async def rate(self, recording_id: str, change: wire.RatingChange) -> wire.RatingView:
        """Keep what this person found in it.

        Raises:
            NotFound: there is no such recording.
            MayNot: an agent; they see what was given.
            Unusable: a question that is not on the sheet.
        """
        found = await self._recordings.permitted(recording_id)
        if not self._who.has("supervisor"):
            raise MayNot("Rating a call")
        strange = sorted(change.scores.keys() - (await self._sheet()).keys())
        if strange:
            raise Unusable("scores", f"The sheet has no question {strange[0]}.", "Load the page again.")
        async with self._parts.database.transaction() as session:
            now = self._parts.clock.now()
            await Stored(session).rate(recording_id, self._who.user_id, change.scores, now)
            await AuditTrail(session).add(
                at=now,
                actor=self._who.user_id,
                action="recording.rated",
                subject=found.recording.recording_id,
                data={"scores": dict(change.scores)},
            )
            ratings = await Stored(session).ratings(recording_id)
            people = {user.user_id: user.name for user in await Users(session).list()}
        return await self._rating(ratings, people)

    async def hold(self, recording_id: str, change: wire.HoldChange) -> None:
        """Keep it beyond its time, or let its time run again.

        Raises:
            NotFound: there is no such recording.
            MayNot: an agent.
            Unusable: no reason.
        """
        found = await self._recordings.permitted(recording_id)
        if not self._who.has("supervisor"):
            raise MayNot("Keeping a recording beyond its time")
        reason = change.reason.strip()
        if change.on and not reason:
            raise Unusable("reason", "Say why it is kept.", "A case or a letter, for example.")
        self._recordings.file(found)
        async with self._parts.database.transaction() as session:
            now = self._parts.clock.now()
            await Stored(session).mark(
                recording_id,
                hold=change.on,
                hold_reason=reason,
                hold_by=self._who.user_id,
                hold_at=now,
            )
            await AuditTrail(session).add(
                at=now,
                actor=self._who.user_id,
                action="recording.held" if change.on else "recording.released",
                subject=recording_id,
                data={"reason": reason},
            )

    # --- the rules ---

    async def settings(self) -> wire.RecordingSettings:
        """Who may hear what, and how long recordings of each queue are kept."""
        async with self._parts.database.read() as session:
            access = await Stored(session).access()
            days = await Stored(session).retention()
        queues = self._parts.directory().queues
        return wire.RecordingSettings(
            access=cast("dict[wire_desk.Role, wire.ReachName]", {**DEFAULT_REACH, **access}),
            retention=[
                wire.RetentionSetting(queue_id="", days=days.get("")),
                *(
                    wire.RetentionSetting(queue_id=queue_id, name=queues[queue_id].name, days=days[queue_id])
                    for queue_id in queues
                    if queue_id in days
                ),
            ],
        )

    async def change_settings(self, change: wire.RecordingSettings) -> wire.RecordingSettings:
        """Set them all. Shorter times take effect with the next look of the server, within the hour.

        Raises:
            Unusable: a queue that does not exist, or twice.
        """
        queues = self._parts.directory().queues
        days = {each.queue_id: each.days for each in change.retention}
        strange = sorted(days.keys() - queues.keys() - {""})
        if strange or len(days) != len(change.retention):
            what = f"There is no queue {strange[0]}." if strange else "A queue is there twice."
            raise Unusable("retention", what, "Load the page again.")
        access: dict[str, JsonValue] = {role: reach for role, reach in change.access.items()}
        async with self._parts.database.transaction() as session:
            stored = Stored(session)
            for role, reach in change.access.items():
                await stored.set_access(role, reach)
            await stored.set_retention(days)
            await AuditTrail(session).add(
                at=self._parts.clock.now(),
                actor=self._who.user_id,
                action="recording_settings.changed",
                data={"access": access, "retention": dict(days)},
            )
        return await self.settings()

    # --- inside ---

    async def _labels(self) -> dict[str, str]:
        async with self._parts.database.read() as session:
            entries = await Configuration(session).reference("disposition")
        language = self._who.language
        return {each.code: each.label.get(language) or each.label.get("en") or each.code for each in entries}

    def _row(
        self, found: Found, labels: Mapping[str, str], retention: Mapping[str, int | None]
    ) -> wire.RecordingRow:
        recording, language = found.recording, self._who.language
        directory = self._parts.directory()
        number = spoken_number(found.ani) if found.ani else say("withheld", language)
        agent_id = recording.agent_id
        held = found.mark is not None and found.mark.hold
        return wire.RecordingRow(
            recording_id=recording.recording_id,
            contact_id=recording.contact_id,
            who=found.customer_name or number,
            agent_name=directory.agent(agent_id).name if agent_id is not None else say("nobody", language),
            queue_name=directory.queue_name(recording.queue_id),
            outcome=labels.get(found.disposition or "", found.disposition or ""),
            started_at=recording.started_at,
            duration_s=recording.duration_s,
            message=agent_id is None,
            held=held,
            kept_until=None if held else kept_until(recording, retention),
        )


def kept_until(recording: records.Recording, retention: Mapping[str, int | None]) -> datetime | None:
    """When its time is over; None: never."""
    days = retention[key] if (key := recording.queue_id or "") in retention else retention.get("")
    return recording.started_at + timedelta(days=days) if days is not None else None
