"""Why an agent gets no calls, in sentences: the verdict, then how each of the queues looks to him."""

from __future__ import annotations

from datetime import datetime

from app.api.models_floor import WhyNoCalls
from app.live.directory import Directory
from app.live.why_words import known_words, say
from app.words import minutes, word
from routing.explain import AgentExplanation, Barrier, QueueOutlook

_BY_STATE = frozenset({"removed", "signed_out", "not_ready", "ringing", "on_contact", "acw", "unreachable"})
"""Verdicts that say all: what waits does not matter."""


def why_no_calls(
    explanation: AgentExplanation, directory: Directory, language: str, now: datetime
) -> WhyNoCalls:
    """The router's explanation in words."""
    sentences: list[str] = []
    if explanation.verdict not in _BY_STATE:
        sentences = [_queue(outlook, directory, language) for outlook in explanation.queues]
    return WhyNoCalls(
        agent_id=explanation.agent_id,
        verdict=_verdict(explanation, language, now),
        until=explanation.until,
        sentences=sentences,
    )


def _verdict(explanation: AgentExplanation, language: str, now: datetime) -> str:
    left = minutes((explanation.until - now).total_seconds()) if explanation.until else ""
    match explanation.verdict:
        case "acw" if not left:
            return say("agent.acw_open", language)
        case "unreachable":
            why = word(f"alert.unreachable.{explanation.detail or 'no_phone'}", language)
            return say("agent.unreachable", language, why=why)
    return say(f"agent.{explanation.verdict}", language, time=left)


def _queue(outlook: QueueOutlook, directory: Directory, language: str) -> str:
    queue = directory.queue_name(outlook.queue_id)
    if outlook.waiting == 0:
        if outlook.ahead is None:
            return say("queue.nobody", language, queue=queue)
        code = "queue.nobody_behind" if outlook.ahead else "queue.nobody_ahead"
        return say(code, language, count=outlook.ahead, queue=queue)
    if outlook.for_him > 0:
        return say("queue.for_you", language, count=outlook.for_him, queue=queue, waiting=outlook.waiting)
    why = " ".join(_barrier(each, language) for each in outlook.barriers)
    return say("queue.none_for_you", language, queue=queue, waiting=outlook.waiting, why=why).strip()


def _barrier(barrier: Barrier, language: str) -> str:
    parts = barrier.detail.rsplit(":", 2 if barrier.reason == "skill_low" else 1)
    count = barrier.contacts
    match barrier.reason, parts:
        case "skill_missing", [skill, level]:
            return say(
                "barrier.skill_missing", language, count=count, skill=skill.rpartition(":")[2], level=level
            )
        case "skill_low", [skill, held, needed]:
            name = skill.rpartition(":")[2]
            return say("barrier.skill_low", language, count=count, skill=name, held=held, needed=needed)
    code = f"barrier.{barrier.reason}"
    return say(code if code in known_words() else "barrier.other", language, count=count)
