"""The contacts behind a cell of a report: chosen by the test the cell was counted with, then named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from app.api import models_reports as wire
from app.api.ports import Parts
from app.errors import NotFound
from app.services.cards import spoken_number
from app.services.report_words import say
from app.services.reports import Asked, Read, Reports
from app.store.repositories.contacts import Contacts
from app.store.repositories.customers import Customers
from reporting import FIGURES, Place, behind
from reporting.facts import Callback, Fact, Part, Refusal, RefusalKind, Visit
from reporting.report import Behind, Collected

BEHIND_MAX = 200
"""Contacts named at once behind a cell; the count is always whole."""

Ended = Literal["answered", "gave_up", "gave_up_short", "left", "waiting", "callback", "missed", "declined"]


class BehindCells:
    def __init__(self, parts: Parts, language: str) -> None:
        self._parts = parts
        self._language = language
        self._reports = Reports(parts, language)
        self._zone = ZoneInfo(parts.settings.zone)

    async def view(
        self, asked: Asked, *, slot: int | None, key: str | None, figure: str, limit: int = BEHIND_MAX
    ) -> wire.BehindView:
        """The contacts that one cell counts.

        Raises:
            NotFound: there is no such figure.
        """
        if figure not in FIGURES:
            raise NotFound("figure", figure)
        read = await self._reports.read(asked)
        place = Place(slot, key)
        found = behind(read.facts, read.question, place, figure)
        found.sort(key=lambda each: (each.hit, _order(figure, each.fact)))
        chosen = found[:limit]
        short = 0
        if any(term.figure == "short_abandoned" for term in FIGURES[figure].denominator):
            short = len(behind(read.facts, read.question, place, "short_abandoned"))
        return wire.BehindView(
            figure=figure,
            counted=len(found),
            hits=sum(each.hit for each in found),
            left_out=short,
            rows=await self._behind_rows(chosen, read),
        )

    async def _behind_rows(self, chosen: Sequence[Behind], read: Read) -> list[wire.BehindRow]:
        ids = sorted({contact_id for each in chosen if (contact_id := _contact_id(each.fact))})
        async with self._parts.database.read() as session:
            stored = {each.contact_id: each for each in await Contacts(session).get_many(ids)}
            customers = {each.customer_id for each in stored.values()}
            customers |= {
                each.fact.contact.customer_id for each in chosen if not isinstance(each.fact, Refusal)
            }
            known = await Customers(session).get_many(sorted(each for each in customers if each))
            recordings = await Contacts(session).recordings_of(ids)
        names = {each.customer_id: each.name for each in known}
        playable = {each.contact_id: each.recording_id for each in recordings if each.state == "ready"}
        states, rows = _States(read.facts), []
        for each in chosen:
            contact_id = _contact_id(each.fact)
            contact = stored.get(contact_id)
            customer_id = contact.customer_id if contact else None
            if customer_id is None and not isinstance(each.fact, Refusal):
                customer_id = each.fact.contact.customer_id
            who = names.get(customer_id or "") or (spoken_number(contact.ani) if contact else "")
            rows.append(self._behind_row(each, contact_id, who, playable.get(contact_id), read, states))
        return rows

    def _behind_row(
        self,
        each: Behind,
        contact_id: str,
        who: str,
        recording_id: str | None,
        read: Read,
        states: _States,
    ) -> wire.BehindRow:
        fact, directory = each.fact, self._parts.directory()
        at = fact.at if isinstance(fact, Refusal) else fact.contact.first_queued_at
        row = wire.BehindRow(
            contact_id=contact_id,
            at=at,
            clock=f"{at.astimezone(self._zone):%H:%M:%S}",
            who=who or say("unknown", self._language),
            hit=each.hit,
            ended=_ended(fact),
            recording_id=recording_id,
        )
        match fact:
            case Visit():
                row.waited_s = fact.wait_s
                if fact.waiting_since is not None and fact.wait_s is None:
                    row.waited_s = max(0.0, (read.question.now - fact.waiting_since).total_seconds())
                row.agent_name = ", ".join(directory.agent(agent_id).name for agent_id in fact.agents)
                row.talk_s = fact.talk_s if fact.answered or fact.talk_s else None
                row.why = self._why(fact, states)
            case Part():
                row.agent_name, row.talk_s = directory.agent(fact.agent_id).name, fact.talk_s
            case Refusal():
                row.agent_name = directory.agent(fact.agent_id).name
        return row

    def _why(self, visit: Visit, states: _States) -> str:
        """What the people of its queue did when the caller joined it."""
        if visit.abandoned and visit.short:
            return say(
                "why.short",
                self._language,
                short_s=f"{self._reports.target(visit.queue_id).short_abandon_s:g}",
            )
        if visit.in_target:
            return ""
        directory = self._parts.directory()
        whose = {
            agent_id
            for agent_id, agent in directory.agents.items()
            if visit.queue_id is None or visit.queue_id in agent.queues
        }
        found = states.at(visit.entered_at, whose)
        there = [state for state in found if state != "signed_out"]
        if not there:
            return say("why.nobody", self._language)
        busy = sum(state in ("on_contact", "acw", "ringing") for state in there)
        return say("why.busy", self._language, busy=busy, people=len(there))


class _States:
    """What agents did at an instant, looked up by halving."""

    def __init__(self, facts: Collected) -> None:
        self._starts: dict[str, list[datetime]] = {}
        self._names: dict[str, list[tuple[str, datetime]]] = {}
        for span in facts.spans:
            self._starts.setdefault(span.agent_id, []).append(span.since)
            self._names.setdefault(span.agent_id, []).append((span.state, span.until))

    def at(self, when: datetime, whose: set[str]) -> list[str]:
        found = []
        for agent_id in whose:
            starts = self._starts.get(agent_id)
            if not starts:
                continue
            place = bisect_right(starts, when) - 1
            if place >= 0 and self._names[agent_id][place][1] >= when:
                found.append(self._names[agent_id][place][0])
        return found


def _contact_id(fact: Fact | Refusal) -> str:
    return (fact.contact_id or "") if isinstance(fact, Refusal) else fact.contact.contact_id


def _order(figure: str, fact: Fact | Refusal) -> tuple[float, str]:
    """By waiting, longest first, for what is about waiting; else by time."""
    if isinstance(fact, Visit) and (
        figure.startswith("service_level") or figure in ("longest_wait_s", "asa_s")
    ):
        return -(fact.wait_s if fact.wait_s is not None else float("inf")), fact.contact.contact_id
    at = fact.at if isinstance(fact, Refusal) else fact.contact.first_queued_at
    return at.timestamp(), _contact_id(fact)


def _ended(fact: Fact | Refusal) -> Ended:
    match fact:
        case Refusal():
            return "missed" if fact.kind is RefusalKind.MISSED else "declined"
        case Part():
            return "answered"
        case Visit() if fact.answered:
            return "answered"
        case Visit() if fact.abandoned:
            return "gave_up_short" if fact.short else "gave_up"
        case Visit() if fact.callback is not Callback.NONE:
            return "callback"
        case Visit() if fact.left:
            return "left"
    return "waiting"
