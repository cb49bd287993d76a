"""The result of a try in sentences: the verdict first, who pays, and why single callers wait longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.api import models_simulation as wire
from app.words import counted, known_words, minutes, word
from app.words_simulation import known, listed, rule_words, say
from reporting import QueueTarget
from routing.explain import Explanation
from routing.types import Exclusion
from simulation.compare import Cause, CauseKind, Comparison, Losers, Pair, QueueChange
from simulation.result import DayResult, Ending, Fate

NOTICED = 0.005
"""Half a point of the service level; less is chance."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Speaks one language about one centre's queues and agents."""

    language: str
    queues: Mapping[str, str]
    agents: Mapping[str, str]
    steps: Mapping[str, str]
    zone: ZoneInfo

    # --- the verdict ---

    def verdict(self, found: Comparison, focus: str, targets: Mapping[str, QueueTarget]) -> wire.Verdict:
        changes = {queue.queue_id: queue for queue in found.queues}
        queue = changes.get(focus)
        if queue is None:
            return wire.Verdict(tone="same", answer="", rest="")
        broken = [each for each in found.queues if each.kept_before and not each.kept_after]
        tone, code = _judged(queue, [each for each in broken if each is not queue])
        names = listed([self.queues[each.queue_id] for each in broken if each is not queue], self.language)
        answer = say(code, self.language, queue=self.queues[focus], broken=names)
        target_s = targets[focus].answer_s
        parts = [self._gain(queue, target_s), self._pays(found, focus)]
        if not queue.kept_after:
            goal = f"{100 * queue.goal:g}"
            parts.append(say("missed", self.language, queue=self.queues[focus], goal=goal))
        return wire.Verdict(tone=tone, answer=answer, rest=" ".join(filter(None, parts)))

    def _gain(self, queue: QueueChange, target_s: float) -> str:
        more = queue.after.answered_in_target - queue.before.answered_in_target
        lost = queue.after.abandoned - queue.before.abandoned
        first = say(
            "gain.more" if more > 0 else "gain.fewer" if more < 0 else "gain.equal",
            self.language,
            count=abs(more),
            of=queue.before.offered,
            target_s=f"{target_s:g}",
        )
        second = say(
            "gain.give_up_more" if lost > 0 else "gain.give_up_fewer" if lost < 0 else "gain.give_up_equal",
            self.language,
            count=abs(lost),
        )
        return say("and", self.language, first=first, last=second) + "."

    def _pays(self, found: Comparison, focus: str) -> str:
        others = sorted(
            (each for each in found.queues if each.queue_id != focus and each.before.offered),
            key=lambda each: each.gain * each.before.offered,
        )
        pay = [each for each in others if each.gain <= -NOTICED][:2]
        if len(pay) == 2:
            return say(
                "pays.more",
                self.language,
                queue=self.queues[pay[0].queue_id],
                points=_points(pay[0].gain),
                second=self.queues[pay[1].queue_id],
                second_points=_points(pay[1].gain),
            )
        if pay:
            return say("pays", self.language, queue=self.queues[pay[0].queue_id], points=_points(pay[0].gain))
        if others and others[-1].gain >= NOTICED:
            best = others[-1]
            return say(
                "gains_too", self.language, queue=self.queues[best.queue_id], points=_points(best.gain)
            )
        return ""

    def sure(self, focus: str, gains: Sequence[float], kept: bool) -> str:
        low, high = (f"{100 * gain:.1f}" for gain in (min(gains), max(gains)))
        first = say("sure", self.language, seeds=len(gains), low=low, high=high)
        return f"{first} {say('sure.kept', self.language, queue=self.queues[focus])}" if kept else first

    def nobody(self, queue: QueueChange) -> str:
        return say("nobody", self.language, of=queue.before.offered, less=queue.less, same=queue.same)

    # --- who waits longer ---

    def losers(self, group: Losers, looked: DayResult, most: int) -> wire.LoserGroup:
        return wire.LoserGroup(
            queue_id=group.queue_id,
            name=self.queues[group.queue_id],
            callers=group.callers,
            mean_more_s=group.mean_more_s,
            worst_more_s=group.worst_more_s,
            given_up=group.given_up,
            sentence=self._cause(group.cause),
            calls=[self._call(pair, looked) for pair in group.pairs[:most]],
        )

    def _cause(self, cause: Cause) -> str:
        code = f"cause.{cause.kind.value}"
        if cause.kind is CauseKind.TOOK_OTHERS and cause.begin is None:
            code = "cause.took_others_any"
        if cause.calls == 1 and known(f"{code}.1"):
            code = f"{code}.1"
        sentence = say(
            code,
            self.language,
            agents=listed([self.agents.get(agent_id, agent_id) for agent_id in cause.agents], self.language),
            calls=cause.calls,
            queue=self.queues.get(cause.queue_id or "", ""),
            begin=self._clock(cause.begin),
            end=self._clock(cause.begin + timedelta(hours=2) if cause.begin is not None else None),
        )
        names = {**self.agents, **self.steps, **self.queues}
        rules = [rule_words(rule, self.language, names) for rule in cause.rules[:1]]
        return " ".join([sentence, *(say("cause.rule", self.language, rule=rule) for rule in rules)])

    def _clock(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.zone):%H:%M}" if at is not None else ""

    def _call(self, pair: Pair, looked: DayResult) -> wire.LoserCall:
        contact_id = pair.before.contact_id
        why = [
            sentence
            for moment in looked.moments.get(contact_id, ())[:2]
            for sentence in self._moment(moment.at_s, moment.explanation)
        ]
        why += [self._ended("why.now", pair.after), self._ended("why.before", pair.before)]
        return wire.LoserCall(
            contact_id=contact_id,
            at=pair.before.at,
            wait_before_s=pair.before.wait_s,
            wait_after_s=pair.after.wait_s,
            ending_before=pair.before.ending.value,
            ending_after=pair.after.ending.value,
            agent_before=self._agent(pair.before),
            agent_after=self._agent(pair.after),
            why=why,
        )

    def _agent(self, fate: Fate) -> str | None:
        return self.agents.get(fate.agent_id, fate.agent_id) if fate.agent_id is not None else None

    def _ended(self, code: str, fate: Fate) -> str:
        wait = minutes(fate.wait_s)
        if fate.ending is Ending.ANSWERED:
            return say(code, self.language, agent=self._agent(fate), wait=wait)
        how = "gave_up" if fate.ending is Ending.ABANDONED else "left"
        return say(f"{code}_{how}", self.language, wait=wait)

    def _moment(self, at_s: float, explanation: Explanation) -> list[str]:
        ahead = len(explanation.ahead)
        if explanation.verdict == "all_busy" and ahead:
            verdict = counted("verdict.behind", ahead, self.language, count=ahead)
        elif explanation.verdict == "being_offered":
            agent = self.agents.get(explanation.offered_to or "", explanation.offered_to or "")
            verdict = word("verdict.being_offered", self.language, agent=agent, until="")
        else:
            verdict = word(f"verdict.{explanation.verdict}", self.language, until="")
        sentences = [say("why.at", self.language, at=minutes(at_s), verdict=verdict)]
        able = [each for each in explanation.agents if each.reason not in _LASTING]
        if able:
            reasons = Counter(_reason(each) for each in able).most_common(4)
            spoken = [f"{count} {word(code, self.language).lower()}" for code, count in reasons]
            sentences.append(
                say("why.agents", self.language, count=len(able), reasons=listed(spoken, self.language))
            )
        return sentences


_LASTING = frozenset({"skill_missing", "skill_low", "excluded", "queue_not_served"})


def _reason(exclusion: Exclusion) -> str:
    """The words' code, as narrow as there is one: on a call rather than not available."""
    narrow = f"excluded.{exclusion.detail}"
    return narrow if narrow in known_words() else f"excluded.{exclusion.reason}"


def _judged(
    queue: QueueChange, broken: Sequence[QueueChange]
) -> tuple[Literal["good", "mixed", "bad", "same"], str]:
    but = "_but" if broken else ""
    if queue.gain >= NOTICED:
        return ("mixed" if broken else "good"), f"answer.better{but}"
    if queue.gain <= -NOTICED:
        return "bad", "answer.worse_and" if broken else "answer.worse"
    return ("bad" if broken else "same"), f"answer.same{but}"


def _points(gain: float) -> str:
    return f"{abs(100.0 * gain):.1f}"
