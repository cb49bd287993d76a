"""Loads what an agent sees of a caller; `screenpop` puts it together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import models as wire
from app.engine.commit import JsonValue
from app.engine.contact import Contact
from app.live.directory import Directory
from app.services.cards import case_summary, customer_card, history, spoken_number
from app.store import records
from app.store.database import Database
from app.store.errors import StoreUnavailable
from app.store.repositories.cases import Cases
from app.store.repositories.contacts import Contacts
from app.store.repositories.customers import Customers
from app.store.repositories.notes import Notes
from app.words import known_words, word
from cases.likely import CaseFacts, ContactFacts, Likely, LikelyReason, likeliest
from cases.numbers import format_number
from cases.priority import Priority
from cases.workflow import Status
from screenpop import matching, pop
from screenpop.numbers import E164, CallerNumber, normalise
from screenpop.words import say

log = structlog.get_logger(__name__)

REGION = "GB"
CASES_MAX = 20
CONTACTS_MAX = 30


@dataclass(slots=True)
class Gathered:
    """What was read for one pop."""

    match: matching.Match
    customers: dict[str, records.Customer] = field(default_factory=dict)
    cases: list[records.Case] = field(default_factory=list)
    history: list[wire.TimelineEntry] = field(default_factory=list)
    promises: list[str] = field(default_factory=list)
    offers: list[records.Offer] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


NOBODYS_NUMBER = "+441632960000"
"""From a range that Ofcom keeps for drama: it is nobody's."""


class PopService:
    """See `app.live.board.Pops`, and the look-up behind the engine's `identify`."""

    def __init__(self, database: Database, directory: Callable[[], Directory], zone: ZoneInfo) -> None:
        self._database = database
        self._directory = directory
        self._zone = zone

    async def note(self, contact_id: str) -> tuple[str, datetime | None]:
        """The note on a contact, and when it was saved."""
        async with self._database.read() as session:
            notes = await Notes(session).of_contact(contact_id)
        return (notes[-1].text, notes[-1].at) if notes else ("", None)

    async def identify(self, contact: Contact) -> Mapping[str, JsonValue]:
        """Who may be calling, while the caller still waits."""
        async with self._database.read() as session:
            match = await self._match(session, contact)
            known = match.customer_id if isinstance(match, matching.Known) else None
            standing = await self._standing(session, known) if known is not None else {}
        several = match.candidates if isinstance(match, matching.Several) else ()
        return {
            "contact_id": contact.contact_id,
            "match": type(match).__name__.lower(),
            "customer_id": known,
            "candidates": [ranked.customer_id for ranked in several],
            **standing,
        }

    @staticmethod
    async def _standing(session: AsyncSession, customer_id: str) -> Mapping[str, JsonValue]:
        """What routing may go by: the tier, the most pressing open case, and who spoke to them last."""
        customer = await Customers(session).get(customer_id)
        open_cases = await Cases(session).of_customer(customer_id, open_only=True)
        earlier = await Contacts(session).of_customer(customer_id, limit=5)
        pressing = min((case.priority for case in open_cases if case.priority in set(Priority)), default=None)
        last = next((contact.agent_id for contact in earlier if contact.agent_id is not None), None)
        return {
            "tier": customer.tier if customer is not None else None,
            "case_priority": Priority(pressing).name.lower() if pressing is not None else None,
            "preferred_agent": last,
        }

    async def warm(self, now: datetime) -> None:
        """Build one for nobody, so that the first real one does not wait for numbering plans and queries."""
        nobody = Contact(
            contact_id="", backend="", leg_id="", ani=NOBODYS_NUMBER, dnis=NOBODYS_NUMBER, arrived_at=now
        )
        await self.identify(nobody)
        await self.build(nobody, "", now)
        await self.note("")

    async def build(self, contact: Contact, agent_id: str, now: datetime) -> wire.Pop:
        """The pop for one agent, in that agent's language. What cannot be read is named."""
        directory = self._directory()
        language = directory.agent(agent_id).language
        try:
            async with self._database.read() as session:
                gathered = await self._gather(session, contact, agent_id, language)
        except StoreUnavailable:
            log.exception("a pop could not be read", contact_id=contact.contact_id)
            gathered = Gathered(match=matching.match(_number(contact), _collected(contact), ()))
            gathered.failed = ["customer", "cases", "history"]
        return self._compose(contact, agent_id, gathered, now)

    # --- reading ---

    async def _match(self, session: AsyncSession, contact: Contact) -> matching.Match:
        number = _number(contact)
        collected = _collected(contact)
        repository = Customers(session)
        found: dict[str, records.Customer] = {}
        if isinstance(number, E164):
            found |= {each.customer_id: each for each in await repository.by_number(number.value)}
        account = collected.get("account")
        if isinstance(account, str) and account:
            by_account = await repository.by_account(account)
            found |= {by_account.customer_id: by_account} if by_account else {}
        calls = await self._calls(session, contact, found)
        match = matching.match(
            number,
            collected,
            [_candidate(customer, calls.get(customer.customer_id, 0)) for customer in found.values()],
        )
        if contact.customer_id and contact.verified_how == "agent":
            return matching.verified_by_agent(match, contact.customer_id)
        if contact.customer_id and contact.customer_chosen:
            return matching.chosen_by_agent(match, contact.customer_id)
        return match

    async def _calls(
        self, session: AsyncSession, contact: Contact, found: Mapping[str, records.Customer]
    ) -> dict[str, int]:
        """How often each of several candidates called from this number before."""
        if len(found) < 2 or not contact.ani:
            return {}
        calls = {}
        for customer_id in found:
            earlier = await Contacts(session).of_customer(customer_id, limit=CONTACTS_MAX)
            calls[customer_id] = sum(
                each.ani == contact.ani and each.contact_id != contact.contact_id for each in earlier
            )
        return calls

    async def _gather(
        self, session: AsyncSession, contact: Contact, agent_id: str, language: str
    ) -> Gathered:
        match = await self._match(session, contact)
        gathered = Gathered(match=match)
        ids: tuple[str, ...] = ()
        if isinstance(match, matching.Known):
            ids = (match.customer_id,)
        elif isinstance(match, matching.Several):
            ids = tuple(ranked.customer_id for ranked in match.candidates)
        for customer_id in ids:
            customer = await Customers(session).get(customer_id)
            if customer is not None:
                gathered.customers[customer_id] = customer
                gathered.cases += await Cases(session).of_customer(
                    customer_id, open_only=True, limit=CASES_MAX
                )
        if contact.case_id and all(case.case_id != contact.case_id for case in gathered.cases):
            attached = await Cases(session).get(contact.case_id)
            gathered.cases += [attached] if attached else []
        if ids:
            await self._read_history(session, gathered, ids[0], contact, language)
        gathered.offers = [
            offer
            for offer in await Contacts(session).offers(contact.contact_id)
            if offer.outcome is not None and offer.agent_id != agent_id
        ]
        return gathered

    async def _read_history(
        self, session: AsyncSession, gathered: Gathered, customer_id: str, contact: Contact, language: str
    ) -> None:
        directory = self._directory()
        happenings = await Customers(session).happenings(customer_id)
        contacts = await Contacts(session).of_customer(customer_id, limit=CONTACTS_MAX)
        ids = [each.contact_id for each in contacts]
        recordings = await Contacts(session).recordings_of(ids)
        numbers = {case.case_id: case.number for case in await Cases(session).of_customer(customer_id)}
        gathered.history = history(
            happenings=happenings,
            contacts=contacts,
            notes=await Notes(session).of_contacts(ids),
            recorded=frozenset(each.contact_id for each in recordings if each.state == "ready"),
            case_numbers=numbers,
            names={key: entry.name for key, entry in directory.agents.items()},
            queue_names={key: entry.name for key, entry in directory.queues.items()},
            language=language,
            leave_out=contact.contact_id,
        )
        gathered.promises = [
            str(each.body["promise"]) for each in happenings if isinstance(each.body.get("promise"), str)
        ]

    # --- putting together ---

    def _compose(self, contact: Contact, agent_id: str, gathered: Gathered, now: datetime) -> wire.Pop:
        directory = self._directory()
        language = directory.agent(agent_id).language
        likely = _likely(contact, gathered, now)
        built = pop.build_pop(
            match=gathered.match,
            call=self._call_facts(contact, gathered, language),
            speaker=pop.Speaker(
                agent_name=directory.agent(agent_id).name.split()[0],
                centre_name=directory.centre,
                local_now=now.astimezone(self._zone),
            ),
            customers={
                key: pop.Customer(customer_id=key, name=customer.name)
                for key, customer in gathered.customers.items()
            },
            cases=[
                pop.OpenCase(
                    case_id=case.case_id,
                    customer_id=case.customer_id or "",
                    number=format_number(case.number),
                    subject=case.subject,
                    updated_at=case.updated_at,
                )
                for case in gathered.cases
            ],
            likely=_for_pop(likely),
            history=[
                pop.HistoryEntry(entry_id=entry.id, at=entry.at, title=entry.title)
                for entry in gathered.history
            ],
        )
        return self._to_wire(contact, agent_id, built, gathered, language, now)

    def _call_facts(self, contact: Contact, gathered: Gathered, language: str) -> pop.CallFacts:
        directory = self._directory()
        return pop.CallFacts(
            number=_number(contact),
            collected=_collected(contact) | _topic(contact, language),
            path=_steps(contact, self._directory()),
            queue_name=directory.queue_name(contact.queue_id),
            waited=(contact.accepted_at or contact.entered_queue_at or contact.arrived_at)
            - (contact.queued_at or contact.arrived_at),
            offered_before=[
                pop.PastOffer(
                    agent_name=directory.agent(offer.agent_id).name,
                    outcome=pop.OfferOutcome(str(offer.outcome)),
                )
                for offer in gathered.offers
            ],
            returned=contact.part > 0 and len(contact.handled_by) > 1,
        )

    def _to_wire(
        self,
        contact: Contact,
        agent_id: str,
        built: pop.Pop,
        gathered: Gathered,
        language: str,
        now: datetime,
    ) -> wire.Pop:
        names = {key: entry.name for key, entry in self._directory().agents.items()}
        summaries = {
            case.case_id: case_summary(case, now=now, language=language, names=names, viewer=agent_id)
            for case in gathered.cases
        }
        customer = gathered.customers.get(built.customer_id or "")
        return wire.Pop(
            match=cast("Literal['known']", built.kind.value),
            verification=wire.Verification(
                verified=built.verification.verified,
                how=cast("Literal['pin']", built.verification.proof.value),
                label=say(built.verification_label, language),
            ),
            number=built.number or (spoken_number(contact.ani) if contact.ani else ""),
            number_note=", ".join(say(sentence, language) for sentence in built.number_note),
            customer=customer_card(customer) if customer else None,
            candidates=[
                wire.MatchCandidate(
                    customer=customer_card(gathered.customers[each.customer_id]),
                    why=say(each.why, language),
                    case=summaries.get(each.case_id or ""),
                )
                for each in built.candidates
                if each.customer_id in gathered.customers
            ],
            new_customer=dict(built.card),
            cases=[summaries[case_id] for case_id in built.case_ids if case_id in summaries],
            likely_case_id=built.likely_case_id,
            history=[entry for entry in gathered.history if entry.id in set(built.history_ids)],
            ivr_path=_path(built, spoken_number(contact.dnis), language, contact.arrived_at),
            topic=built.topic,
            typed=", ".join(built.typed),
            say_first=say(built.say_first, language),
            likely_reason=say(built.likely_reason, language) if built.likely_reason else "",
            promises=gathered.promises,
            unverified_may=[(say(sentence, language), allowed) for sentence, allowed in built.may],
            ask_to_verify=[say(sentence, language) for sentence in built.ask],
            why_unverified=say(built.why_unverified, language) if built.why_unverified else "",
            failed=gathered.failed,
        )


_CHOSEN = frozenset({"pressed", "typed"})
PROVEN = "PIN"
"""What the flow notes on a look-up that a PIN proved."""


def _steps(contact: Contact, directory: Directory) -> list[pop.PathStep]:
    """What the caller chose, typed and proved; where it merely passed is left out."""
    steps = [
        pop.PathStep(at=note.at, kind=note.kind, label=note.label, key=note.key)
        for note in contact.path
        if note.kind in _CHOSEN or (note.kind == "verified" and note.key == PROVEN)
    ]
    if contact.queued_at is not None:
        joined = pop.PathStep(
            at=contact.queued_at, kind="queued", label=directory.queue_name(contact.queue_id)
        )
        steps.append(joined)
    return steps


def _path(built: pop.Pop, number: str, language: str, arrived_at: datetime) -> list[wire.IvrStep]:
    """'Before you answered', from the number that was called to the queue."""
    first = wire.IvrStep(at=arrived_at, label=word("path.called", language, number=number))
    words = {"verified": "path.proved", "queued": "path.waited"}
    rest = [
        wire.IvrStep(
            at=step.at,
            label=word(words[step.kind], language, what=step.label) if step.kind in words else step.label,
            key=step.key if step.kind == "pressed" else None,
        )
        for step in built.path
    ]
    return [first, *rest]


def _number(contact: Contact) -> CallerNumber:
    return normalise(contact.ani, REGION)


def _topic(contact: Contact, language: str) -> dict[str, matching.Value]:
    """The topic that the caller chose on the page, in words."""
    code = contact.attributes.get("topic")
    return {"topic": word(f"topic.{code}", language)} if f"topic.{code}" in known_words() else {}


def _collected(contact: Contact) -> dict[str, matching.Value]:
    """What the flow learnt. A number-only match is left to the matching, which may find several."""
    known = cast("dict[str, matching.Value]", dict(contact.attributes))
    known["verified"] = contact.verified and contact.verified_how == "pin"
    if not known["verified"]:
        known.pop("customer_id", None)
    return known


def _candidate(customer: records.Customer, calls: int) -> matching.Candidate:
    roles = {"second": matching.NumberRole.SECOND, "contract": matching.NumberRole.CONTRACT}
    return matching.Candidate(
        customer_id=customer.customer_id,
        numbers=tuple(
            matching.CustomerNumber(value=each.number, role=roles.get(each.label, matching.NumberRole.MAIN))
            for each in customer.numbers
        ),
        account=customer.account,
        calls_from_number=calls,
    )


def _likely(contact: Contact, gathered: Gathered, now: datetime) -> Likely | None:
    number = contact.attributes.get("case_number")
    return likeliest(
        [
            CaseFacts(
                case_id=case.case_id,
                number=case.number,
                status=Status(case.status),
                updated_at=case.updated_at,
                queue_id=case.queue_id,
                subject=case.subject,
            )
            for case in gathered.cases
        ],
        ContactFacts(
            now=now,
            queue_id=contact.queue_id,
            case_number=int(str(number)) if number is not None and str(number).isdigit() else None,
            topic=str(contact.attributes.get("topic") or ""),
        ),
    )


def _for_pop(likely: Likely | None) -> pop.LikelyCase | None:
    if likely is None:
        return None
    return pop.LikelyCase(case_id=likely.case_id, named=likely.reason is LikelyReason.NAMED)
