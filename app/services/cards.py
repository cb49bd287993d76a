"""Records as people see them: customers as cards, cases in a line, all that happened as one history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from app.api import models as wire
from app.store import records
from app.words import counted, minutes, word
from cases.workflow import Status, status_label
from screenpop.numbers import E164, format_international, normalise

AT_RISK = timedelta(minutes=30)
"""A promise due within this is at risk."""
REGION = "GB"


def initials(name: str) -> str:
    """Two letters for a round picture: first and last word's."""
    words = [part for part in name.split() if part[:1].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def spoken_number(number: str) -> str:
    """`+447700900142` as people write it, `+44 7700 900142`."""
    parsed = normalise(number, REGION)
    return format_international(parsed.value) if isinstance(parsed, E164) else number


def customer_card(customer: records.Customer) -> wire.CustomerCard:
    """A customer as the pop shows one."""
    facts = [
        wire.Fact(label=str(fact.get("label", "")), value=str(fact.get("value", "")))
        for fact in customer.facts
    ]
    return wire.CustomerCard(
        customer_id=customer.customer_id,
        name=customer.name,
        initials=initials(customer.name),
        tier=cast("Literal['gold', 'silver', 'bronze'] | None", customer.tier),
        account=customer.account,
        place=customer.place,
        language=customer.language,
        numbers=[spoken_number(each.number) for each in customer.numbers],
        facts=facts,
    )


def case_summary(
    case: records.Case,
    *,
    now: datetime,
    language: str,
    names: Mapping[str, str],
    viewer: str | None = None,
) -> wire.CaseSummary:
    """A case in a line. `names`: agent id -> name; `viewer`: the agent who looks."""
    return wire.CaseSummary(
        case_id=case.case_id,
        number=case.number,
        subject=case.subject,
        type=case.type,
        status=cast("Literal['open']", case.status),
        status_label=status_label(Status(case.status), language),
        mine=viewer is not None and case.assignee == viewer,
        assignee=names.get(case.assignee or "", case.assignee),
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        due=_due(case, now, language),
    )


def _due(case: records.Case, now: datetime, language: str) -> wire.SlaDue | None:
    what = word(f"due.{case.due_what}", language) if case.due_what else ""
    if case.status in (Status.SOLVED, Status.CLOSED) or not case.due_what:
        return None
    paused = case.body.get("paused_left_s")
    if case.status == Status.WAITING_CUSTOMER and isinstance(paused, int | float):
        return wire.SlaDue(state="paused", what=what, paused_left_s=float(paused))
    if case.due_at is None:
        return None
    left = case.due_at - now
    state: Literal["late", "risk", "ok"] = "ok"
    if left < timedelta(0):
        state = "late"
    elif left <= AT_RISK:
        state = "risk"
    return wire.SlaDue(state=state, what=what, due_at=case.due_at)


def history(
    *,
    happenings: Iterable[records.Happening],
    contacts: Iterable[records.Contact],
    notes: Iterable[records.Note],
    recorded: frozenset[str],
    case_numbers: Mapping[str, int],
    names: Mapping[str, str],
    queue_names: Mapping[str, str],
    language: str,
    leave_out: str | None = None,
) -> list[wire.TimelineEntry]:
    """One list over all channels, newest first. `leave_out`: the contact that is open just now."""
    written: dict[str, list[records.Note]] = {}
    for note in notes:
        written.setdefault(note.contact_id or "", []).append(note)
    entries = [_happening(each, case_numbers) for each in happenings]
    entries += [
        _call(
            contact,
            written.get(contact.contact_id, ()),
            recorded=contact.contact_id in recorded,
            case_numbers=case_numbers,
            names=names,
            queue_names=queue_names,
            language=language,
        )
        for contact in contacts
        if contact.contact_id != leave_out and contact.ended_at is not None
    ]
    return sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True)


def _happening(each: records.Happening, case_numbers: Mapping[str, int]) -> wire.TimelineEntry:
    chip = each.body.get("chip")
    duration = each.body.get("duration_s")
    return wire.TimelineEntry(
        id=each.happening_id,
        kind=cast("Literal['email']", each.kind),
        at=each.at,
        title=each.title,
        text=each.text,
        who=each.who,
        direction=cast("Literal['in', 'out'] | None", each.direction),
        duration_s=float(duration) if isinstance(duration, int | float) else None,
        case_number=case_numbers.get(each.case_id or ""),
        chips=[wire.TimelineChip.model_validate(chip)] if isinstance(chip, Mapping) else [],
    )


def _call(
    contact: records.Contact,
    notes: Sequence[records.Note],
    *,
    recorded: bool,
    case_numbers: Mapping[str, int],
    names: Mapping[str, str],
    queue_names: Mapping[str, str],
    language: str,
) -> wire.TimelineEntry:
    body: Mapping[str, Any] = contact.body
    talked = body.get("talk_s")
    duration = float(talked) if isinstance(talked, int | float) else None
    voicemail = contact.ended_by == "voicemail"
    if voicemail:
        title = word("history.voicemail", language)
    elif duration is not None and contact.answered_at is not None:
        title = word("history.call", language, time=_spoken_time(duration, language))
    elif contact.queued_at is not None:
        end = contact.ended_at or contact.queued_at
        waited = minutes((end - contact.queued_at).total_seconds())
        title = word("history.gave_up", language, time=waited)
    else:
        title = word("history.menu_only", language)
    texts = [note.text for note in notes if note.text]
    return wire.TimelineEntry(
        id=contact.contact_id,
        kind="voicemail" if voicemail else "call",
        at=contact.arrived_at,
        title=title,
        text=" ".join(texts) or queue_names.get(contact.queue_id or "", ""),
        who=names.get(contact.agent_id or "", ""),
        direction="in",
        duration_s=duration,
        case_number=case_numbers.get(contact.case_id or ""),
        contact_id=contact.contact_id,
        has_recording=recorded,
    )


def _spoken_time(seconds: float, language: str) -> str:
    whole = round(seconds)
    if whole < 60:
        return counted("time.seconds", whole, language, count=whole)
    return word("time.minutes", language, minutes=whole // 60, seconds=whole % 60)
