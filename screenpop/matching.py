"""Which customer is calling: one, one of several, or nobody we know; and how sure that is.

A number alone can be borrowed or forged, so it names a customer but verifies nothing. Only a PIN typed
with the account, or an agent's questions, verify.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from screenpop.numbers import E164, CallerNumber, Withheld
from screenpop.words import Sentence

CANDIDATES_MAX = 8
"""More cards than this help nobody choose; the agent searches by name instead."""

Value = str | int | float | bool | None
Collected = Mapping[str, Value]
"""What the menu learnt, by name. Read here: `customer_id` (whom an account or a case number belongs to),
`verified` (True only after a PIN was right), `account`, and for new customers `name`, `postcode`, `language`,
`topic`."""


class NumberRole(StrEnum):
    """What a number is to a customer, best first."""

    MAIN = "main"
    SECOND = "second"
    CONTRACT = "contract"


class Proof(StrEnum):
    """How the caller's identity was shown."""

    PIN = "pin"
    AGENT = "agent"
    """The agent asked, and the answers fitted."""
    NUMBER_ONLY = "number_only"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """`verified` is never true for a number alone."""

    proof: Proof

    @property
    def verified(self) -> bool:
        """Whether personal things may be said and done."""
        return self.proof in (Proof.PIN, Proof.AGENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNumber:
    """One number on a customer's record, in E.164."""

    value: str
    role: NumberRole = NumberRole.MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A customer who might be calling.

    Attributes:
        calls_from_number: how many earlier contacts of this customer came from the calling number.
        last_contact_at: the latest contact on any channel.
    """

    customer_id: str
    numbers: tuple[CustomerNumber, ...] = ()
    account: str | None = None
    calls_from_number: int = 0
    last_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate with the reason it is one."""

    customer_id: str
    why: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One customer. `why` says how the match was made."""

    customer_id: str
    verification: Verification
    why: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """More than one fits, the likeliest first. A proposal: nothing is written before the agent chooses."""

    candidates: tuple[Ranked, ...]
    verification: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody fits. `card` prefills the new customer's form with what is known: number, account, ..."""

    card: Mapping[str, str]
    verification: Verification


Match = Known | Several | Unknown

_CARD_FIELDS = ("name", "account", "postcode", "language", "topic")


def match(number: CallerNumber, collected: Collected, candidates: Sequence[Candidate]) -> Match:
    """Decide who is calling.

    A PIN that was right settles it. Otherwise the account the caller gave and the calling number each
    point at customers; where they point at one, it is known but unverified, where at more, the agent
    chooses. A withheld or unusable number points at nobody.

    Args:
        number: from `normalise`.
        collected: what the menu learnt, see `Collected`.
        candidates: every customer with this number, this account or this `customer_id`; others that
            fit none of them are ignored.
    """
    named = _text(collected.get("customer_id"))
    if named and collected.get("verified") is True:
        return Known(
            customer_id=named, verification=Verification(proof=Proof.PIN), why=Sentence(code="match_pin")
        )
    fitting = [found for candidate in candidates if (found := _fit(candidate, number, collected))]
    fitting.sort(key=lambda fit: fit.key)
    if not fitting:
        return Unknown(card=_card(number, collected), verification=Verification(proof=Proof.NOTHING))
    by_number = any(fit.by_number for fit in fitting)
    verification = Verification(proof=Proof.NUMBER_ONLY if by_number else Proof.NOTHING)
    if len(fitting) == 1:
        return Known(customer_id=fitting[0].customer_id, verification=verification, why=fitting[0].why)
    ranked = tuple(Ranked(customer_id=fit.customer_id, why=fit.why) for fit in fitting[:CANDIDATES_MAX])
    return Several(candidates=ranked, verification=verification)


def verified_by_agent(current: Match, customer_id: str) -> Known:
    """The agent asked and the answers fitted: whatever was thought before, it is this customer."""
    why = current.why if isinstance(current, Known) else Sentence(code="match_chosen")
    return Known(customer_id=customer_id, verification=Verification(proof=Proof.AGENT), why=why)


def chosen_by_agent(current: Match, customer_id: str) -> Known:
    """The agent chose a card or made a new customer. Choosing verifies nothing by itself."""
    verification = current.verification
    if isinstance(current, Known) and current.customer_id != customer_id:
        # A PIN proves one customer only.
        verification = Verification(proof=Proof.NOTHING)
    return Known(customer_id=customer_id, verification=verification, why=Sentence(code="match_chosen"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    customer_id: str
    why: Sentence
    by_number: bool
    key: tuple[int, int, int, float, str]


_ROLE_RANK = {role: rank for rank, role in enumerate(NumberRole)}
_ROLE_WHY = {
    NumberRole.MAIN: "match_main",
    NumberRole.SECOND: "match_second",
    NumberRole.CONTRACT: "match_contract",
}


def _fit(candidate: Candidate, number: CallerNumber, collected: Collected) -> _Fit | None:
    """Why this candidate may be the caller, and its place among the others; None when nothing fits."""
    gave_account = candidate.customer_id == _text(collected.get("customer_id")) or _same_account(
        _text(collected.get("account")), candidate.account or ""
    )
    role = _role(candidate, number)
    has_called = isinstance(number, E164) and candidate.calls_from_number > 0
    by_number = role is not None or has_called
    if not by_number and not gave_account:
        return None
    if gave_account:
        why = Sentence(code="match_account_and_number" if by_number else "match_account")
    elif has_called:
        why = Sentence(code="match_called", values={"count": candidate.calls_from_number})
    else:
        assert role is not None
        why = Sentence(code=_ROLE_WHY[role])
    recent = candidate.last_contact_at.timestamp() if candidate.last_contact_at else 0.0
    rank = _ROLE_RANK[role] if role else len(_ROLE_RANK)
    key = (not gave_account, -candidate.calls_from_number, rank, -recent, candidate.customer_id)
    return _Fit(customer_id=candidate.customer_id, why=why, by_number=by_number, key=key)


def _role(candidate: Candidate, number: CallerNumber) -> NumberRole | None:
    if not isinstance(number, E164):
        return None
    roles = [entry.role for entry in candidate.numbers if entry.value == number.value]
    return min(roles, key=_ROLE_RANK.__getitem__) if roles else None


def _card(number: CallerNumber, collected: Collected) -> dict[str, str]:
    """What is known of a new customer already, so that the agent need not ask again."""
    card = {name: text for name in _CARD_FIELDS if (text := _text(collected.get(name)))}
    if isinstance(number, E164):
        card["number"] = number.value
    elif not isinstance(number, Withheld):
        card["number"] = number.ani.strip()
    return card


def _same_account(given: str, ours: str) -> bool:
    """Accounts compare without case, blanks and dashes; digits alone fit too, for a keypad has no letters."""
    given_plain = "".join(character for character in given.upper() if character.isalnum())
    ours_plain = "".join(character for character in ours.upper() if character.isalnum())
    if not given_plain or not ours_plain:
        return False
    if given_plain.isdigit():
        ours_plain = "".join(character for character in ours_plain if character.isdigit())
    return given_plain == ours_plain


def _text(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return ""
    return str(value).strip()
