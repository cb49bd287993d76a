"""The pop: everything an agent sees of a caller before the phone rings, from facts that were looked up.

Order is decided here (likeliest case first, newest history first), and what may be said and done before
the caller is verified. What could not be loaded is named in `failed`; the rest is still true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from screenpop.matching import Collected, Known, Match, Proof, Several, Unknown, Verification
from screenpop.numbers import E164, CallerNumber, NumberKind, Unusable, Withheld, format_international
from screenpop.words import Sentence

HISTORY_MAX = 30
"""Entries shown; older ones are a click away."""

RECENT = timedelta(days=7)
"""An entry of the history older than this does not explain a call by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What of a customer's record the pop reads. `salutation` is how to address them: 'Mrs Okonjo'."""

    customer_id: str
    name: str
    salutation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """An open case of one of the customers."""

    case_id: str
    customer_id: str
    number: str
    """As shown, e.g. '#48213'."""
    subject: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyCase:
    """The case this call is probably about. `named`: the caller asked for it by its number."""

    case_id: str
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened with the customer, on any channel."""

    entry_id: str
    at: datetime
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One line of 'Before you answered': a node entered, a key pressed, something typed or found."""

    at: datetime
    kind: str
    label: str
    key: str | None = None


class OfferOutcome(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOffer:
    """An earlier offer of this contact. `outcome` uses the words of the event log."""

    agent_name: str
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PopCandidate:
    """One card of 'Who is it?'. `case_id` is the case to show on it, the latest open one."""

    customer_id: str
    why: Sentence
    case_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What the call itself brought.

    Attributes:
        collected: what the menu learnt, see `screenpop.matching.Collected`.
        waited: since the first queue.
        returned: the caller had an agent already and the connection was lost.
    """

    number: CallerNumber
    collected: Collected
    path: Sequence[PathStep]
    queue_name: str
    waited: timedelta
    offered_before: Sequence[PastOffer] = ()
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who will say the first sentence, and when: `local_now` is the centre's own time of day."""

    agent_name: str
    centre_name: str
    local_now: datetime


class MatchKind(StrEnum):
    KNOWN = "known"
    SEVERAL = "several"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """The agent's picture of the caller. Ids refer to the records the caller of `build_pop` holds.

    Attributes:
        number: international form, or '' when withheld or unusable.
        number_note: what kind of number it is; each sentence one word or two.
        case_ids: open cases, the likeliest first.
        history_ids: newest first.
        topic: what was chosen in the menu, '' when nothing was.
        typed: what the caller said or typed there, secrets masked.
        say_first: what to open with; it names nobody who is not verified.
        likely_reason: why this person probably calls, or None.
        why_unverified: None when verified.
        may: what may be said and done now, with whether it is allowed; empty when verified.
        ask: questions of which two must fit; empty when verified.
    """

    kind: MatchKind
    verification: Verification
    verification_label: Sentence
    number: str
    number_note: tuple[Sentence, ...]
    customer_id: str | None
    candidates: tuple[PopCandidate, ...]
    card: Mapping[str, str]
    case_ids: tuple[str, ...]
    likely_case_id: str | None
    history_ids: tuple[str, ...]
    path: tuple[PathStep, ...]
    queue_name: str
    waited: timedelta
    offered_before: tuple[Sentence, ...]
    topic: str
    typed: tuple[str, ...]
    say_first: Sentence
    likely_reason: Sentence | None
    why_unverified: Sentence | None
    may: tuple[tuple[Sentence, bool], ...]
    ask: tuple[Sentence, ...]


def build_pop(
    *,
    match: Match,
    call: CallFacts,
    speaker: Speaker,
    customers: Mapping[str, Customer],
    cases: Sequence[OpenCase],
    likely: LikelyCase | None,
    history: Sequence[HistoryEntry],
) -> Pop:
    """Put the pop together.

    Args:
        customers: by id; at least the matched one.
        cases: open cases of the matched customer, or of every candidate.
        likely: what the service desk takes the call to be about.
        history: of the matched customer, or of the likeliest candidate.
    """
    customer_id = match.customer_id if isinstance(match, Known) else None
    ordered = _order_cases(cases, customer_id, likely)
    about = ordered[0] if ordered and likely and ordered[0].case_id == likely.case_id else None
    topic = _topic(call)
    newest = sorted(history, key=lambda entry: (-entry.at.timestamp(), entry.entry_id))
    verified = match.verification.verified
    return Pop(
        kind=_kind(match),
        verification=match.verification,
        verification_label=Sentence(code=f"label_{match.verification.proof}"),
        number=format_international(call.number.value) if isinstance(call.number, E164) else "",
        number_note=_number_note(call.number),
        customer_id=customer_id,
        candidates=_candidates(match, cases),
        card=match.card if isinstance(match, Unknown) else {},
        case_ids=tuple(case.case_id for case in ordered),
        likely_case_id=about.case_id if about else None,
        history_ids=tuple(entry.entry_id for entry in newest[:HISTORY_MAX]),
        path=tuple(call.path),
        queue_name=call.queue_name,
        waited=call.waited,
        offered_before=tuple(
            Sentence(code=f"offered_{offer.outcome}", values={"agent": offer.agent_name})
            for offer in call.offered_before
        ),
        topic=topic,
        typed=tuple(step.label for step in call.path if step.kind in ("typed", "verified")),
        say_first=_opening(match, customers, about, topic, call.returned, speaker),
        likely_reason=_likely_reason(likely, about, topic, newest, speaker.local_now),
        why_unverified=None if verified else _why_unverified(match, call),
        may=() if verified else _MAY,
        ask=() if verified else _questions(match, call.number),
    )


_MAY = (
    (Sentence(code="may_case"), True),
    (Sentence(code="may_public"), True),
    (Sentence(code="may_read"), False),
    (Sentence(code="may_change"), False),
)


def _kind(match: Match) -> MatchKind:
    if isinstance(match, Known):
        return MatchKind.KNOWN
    return MatchKind.SEVERAL if isinstance(match, Several) else MatchKind.UNKNOWN


def _order_cases(
    cases: Sequence[OpenCase], customer_id: str | None, likely: LikelyCase | None
) -> list[OpenCase]:
    """The matched customer's: the likely one, then the latest touched. None while it is unclear who calls."""
    wanted = likely.case_id if likely else None
    mine = [case for case in cases if customer_id is not None and case.customer_id == customer_id]
    return sorted(mine, key=lambda case: (case.case_id != wanted, -case.updated_at.timestamp(), case.case_id))


def _candidates(match: Match, cases: Sequence[OpenCase]) -> tuple[PopCandidate, ...]:
    if not isinstance(match, Several):
        return ()
    latest: dict[str, OpenCase] = {}
    for case in sorted(cases, key=lambda case: (case.updated_at, case.case_id)):
        latest[case.customer_id] = case
    return tuple(
        PopCandidate(
            customer_id=ranked.customer_id,
            why=ranked.why,
            case_id=latest[ranked.customer_id].case_id if ranked.customer_id in latest else None,
        )
        for ranked in match.candidates
    )


def _topic(call: CallFacts) -> str:
    """What the caller chose, key by key; else what was typed on the page as the topic."""
    chosen = [step.label for step in call.path if step.kind == "pressed"]
    return ", ".join(chosen) or str(call.collected.get("topic") or "")


def _number_note(number: CallerNumber) -> tuple[Sentence, ...]:
    if isinstance(number, Withheld):
        return (Sentence(code="number_withheld"),)
    if isinstance(number, Unusable):
        return (Sentence(code="number_unusable"),)
    note = [] if number.kind is NumberKind.OTHER else [Sentence(code=f"kind_{number.kind}")]
    if not number.assigned:
        note.append(Sentence(code="number_unassigned"))
    return tuple(note)


def _likely_reason(
    likely: LikelyCase | None,
    about: OpenCase | None,
    topic: str,
    newest: Sequence[HistoryEntry],
    now: datetime,
) -> Sentence | None:
    """The strongest hint: a case asked for, an open case, something of the last days, the menu's choice."""
    if likely and about:
        code = "reason_case_named" if likely.named else "reason_case_likely"
        return Sentence(code=code, values={"case": about.number, "subject": about.subject})
    if newest and now - newest[0].at <= RECENT:
        return Sentence(code="reason_recent", values={"title": newest[0].title})
    return Sentence(code="reason_topic", values={"topic": topic}) if topic else None


def _opening(
    match: Match,
    customers: Mapping[str, Customer],
    about: OpenCase | None,
    topic: str,
    returned: bool,
    speaker: Speaker,
) -> Sentence:
    """What to open with. A caller who is not verified is called by no name: it would give the name away."""
    values: dict[str, str | int | Sentence] = {
        "greeting": _greeting(speaker.local_now.hour),
        "agent": speaker.agent_name,
        "centre": speaker.centre_name,
    }
    if returned:
        return Sentence(code="open_return", values=values)
    if isinstance(match, Unknown):
        return Sentence(code="open_unknown", values=values)
    customer = customers.get(match.customer_id) if isinstance(match, Known) else None
    if customer is None or not match.verification.verified:
        return Sentence(code="open_unverified", values=values)
    values["customer"] = customer.salutation or customer.name
    if about:
        return Sentence(code="open_case", values=values | {"case": about.number})
    if topic:
        return Sentence(code="open_topic", values=values | {"topic": topic})
    return Sentence(code="open_known", values=values)


def _greeting(hour: int) -> Sentence:
    """Good morning from midnight to 12, good afternoon to 18, good evening for the rest."""
    if hour < 12:
        return Sentence(code="greeting_morning")
    return Sentence(code="greeting_afternoon" if 12 <= hour < 18 else "greeting_evening")


def _why_unverified(match: Match, call: CallFacts) -> Sentence:
    if match.verification.proof is Proof.NUMBER_ONLY:
        return Sentence(code="why_number_only")
    if not isinstance(match, Unknown) and call.collected.get("account"):
        return Sentence(code="why_nothing_account")
    if isinstance(call.number, Withheld):
        return Sentence(code="why_nothing_withheld")
    return Sentence(code="why_nothing_unknown" if isinstance(match, Unknown) else "why_nothing")


def _questions(match: Match, number: CallerNumber) -> tuple[Sentence, ...]:
    if isinstance(match, Unknown):
        mobile = isinstance(number, E164) and number.kind is NumberKind.MOBILE
        last = "ask_code" if mobile else "ask_account"
        return (Sentence(code="ask_name_birth"), Sentence(code="ask_address"), Sentence(code=last))
    return (Sentence(code="ask_account"), Sentence(code="ask_birth"), Sentence(code="ask_invoice"))
