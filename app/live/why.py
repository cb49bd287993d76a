"""Why a caller waits, in sentences: the verdict with its next time, then who could not and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from app.api import models as wire
from app.engine.contact import Contact
from app.live.directory import Directory
from app.words import counted, minutes, word
from routing.explain import Explanation
from routing.types import WaitingRecord

Explain = Callable[[str, datetime], Explanation]


def why_waiting(
    contact: Contact,
    waiting: WaitingRecord,
    explanation: Explanation,
    directory: Directory,
    language: str,
    now: datetime,
) -> wire.WhyWaiting:
    """The router's explanation in words."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for exclusion in explanation.agents:
        reason = exclusion.reason
        if reason == "not_available":
            reason = exclusion.detail.split(":")[0] or reason
        groups[(reason, exclusion.reason)].append(directory.agent(exclusion.agent_id).name)
    return wire.WhyWaiting(
        contact_id=contact.contact_id,
        verdict=verdict(explanation, directory, language, now),
        position=explanation.position,
        waited_s=contact.waited_s(now),
        facts=_facts(contact, waiting, directory, language),
        exclusions=[
            wire.ExclusionGroup(
                reason=reason,
                label=word(f"excluded.{reason}", language),
                count=len(names),
                agents=sorted(names),
            )
            for (reason, _), names in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        ],
    )


def verdict(explanation: Explanation, directory: Directory, language: str, now: datetime) -> str:
    """One sentence, with the next time something changes by itself."""
    until = ""
    if explanation.until is not None:
        until = minutes((explanation.until - now).total_seconds())
    agent = directory.agent(explanation.offered_to).name if explanation.offered_to else ""
    ahead = len(explanation.ahead)
    if explanation.verdict == "all_busy" and ahead:
        return counted("verdict.behind", ahead, language, count=ahead)
    return word(f"verdict.{explanation.verdict}", language, until=until, agent=agent)


def _facts(contact: Contact, waiting: WaitingRecord, directory: Directory, language: str) -> list[wire.Fact]:
    needs = ", ".join(f"{need.skill} {need.level}+" for need in waiting.requirements)
    before = ", ".join(directory.agent(each).name for each in waiting.offered_before)
    facts = [
        (word("fact.queue", language), directory.queue_name(waiting.queue_id)),
        (word("fact.priority", language), str(waiting.priority)),
        (word("fact.since", language), f"{(contact.queued_at or waiting.queued_at):%H:%M:%S}"),
        (word("fact.needs", language), needs or word("fact.none", language)),
        (word("fact.offered_before", language), before or word("fact.nobody", language)),
    ]
    return [wire.Fact(label=label, value=value) for label, value in facts]
