"""Who comes first among the agents that may take a contact, and how to say why.

A strategy gives each agent a tier, lower first; within a tier the longest idle comes first, then the least
id, so that a tie is always broken the same way. Two strategies order the free agents anew for each contact:
`ROUND_ROBIN` begins after the queue's last agent, `WEIGHTED_RANDOM` draws.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from routing.types import IdleSince, QueuePolicy, Requirement, Strategy

if TYPE_CHECKING:
    from routing.agents import Agent

Needs = tuple[tuple[str, int], ...]
"""Compiled requirements: (skill, least level), one per skill, sorted by skill."""

Rank = tuple[int, datetime, str]
"""(tier, idle since, agent id)."""

RUNNERS_UP_MAX = 8

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DRAW_MAX = 1000
"""The greatest draw of an agent without penalty."""
_DRAW_STEPS = 2**64

# Looking up a member of an enumeration takes as long as calling a function.
_BEST_SKILL = Strategy.BEST_SKILL_THEN_LONGEST_IDLE
_ROUND_ROBIN = Strategy.ROUND_ROBIN
_LAST_STATE_CHANGE = IdleSince.LAST_STATE_CHANGE


def compile_needs(*requirements: Iterable[Requirement]) -> Needs:
    """Merge requirements; where a skill is named twice the higher level counts."""
    levels: dict[str, int] = {}
    for requirement in (r for group in requirements for r in group):
        levels[requirement.skill] = max(requirement.level, levels.get(requirement.skill, 0))
    return tuple(sorted(levels.items()))


def shortfall(skills: Mapping[str, int], needs: Needs) -> tuple[str, int, int | None] | None:
    """The first need that is not met: (skill, level needed, level held or None). None: qualified."""
    for skill, level in needs:
        held = skills.get(skill)
        if held is None or held < level:
            return skill, level, held
    return None


def proficiency(skills: Mapping[str, int], needs: Needs) -> int:
    """Levels held in the skills that are needed, added up."""
    total = 0
    for skill, _ in needs:
        total += skills.get(skill, 0)
    return total


# --- tiers ----------------------------------------------------------------------------------------

Tier = Callable[["Agent", QueuePolicy, Needs], int]


def _best_skill(agent: Agent, policy: QueuePolicy, needs: Needs) -> int:
    return -proficiency(agent.skills, needs)


def _all_equal(agent: Agent, policy: QueuePolicy, needs: Needs) -> int:
    return 0


def _fewest_contacts(agent: Agent, policy: QueuePolicy, needs: Needs) -> int:
    return agent.contacts_taken


def _least_talk(agent: Agent, policy: QueuePolicy, needs: Needs) -> int:
    return agent.talk // _MICROSECOND


def _top_down(agent: Agent, policy: QueuePolicy, needs: Needs) -> int:
    order = policy.order
    return order.index(agent.agent_id) if agent.agent_id in order else len(order)


TIERS: Mapping[Strategy, Tier] = {
    Strategy.BEST_SKILL_THEN_LONGEST_IDLE: _best_skill,
    Strategy.LONGEST_IDLE: _all_equal,
    Strategy.FEWEST_CONTACTS: _fewest_contacts,
    Strategy.LEAST_TALK: _least_talk,
    Strategy.ROUND_ROBIN: _all_equal,
    Strategy.TOP_DOWN: _top_down,
    Strategy.WEIGHTED_RANDOM: _all_equal,
    Strategy.RING_ALL: _all_equal,
    Strategy.RING_PROGRESSIVELY: _all_equal,
}


def idle_since(agent: Agent, policy: QueuePolicy) -> datetime:
    """When his idle time began as this queue counts it."""
    since = agent.idle_since
    assert since is not None, "an agent who is free has been idle since some instant"
    if policy.breaks_reset_idle or policy.idle_since is _LAST_STATE_CHANGE:
        since = max(since, agent.ready_since or since)
    if policy.misses_reset_idle and agent.missed_at is not None:
        since = max(since, agent.missed_at)
    return since


def rank(agent: Agent, policy: QueuePolicy, needs: Needs) -> Rank:
    """Where he stands among the free agents of a line."""
    strategy = policy.strategy
    if strategy is _ROUND_ROBIN:
        return 0, _ALWAYS, agent.agent_id
    return TIERS[strategy](agent, policy, needs), idle_since(agent, policy), agent.agent_id


# --- orders that the free agents do not have by themselves ----------------------------------------


def draw(seed: int, contact_id: str, agent_id: str, penalty: int) -> float:
    """Uniform in 0..1000 x (penalty + 1), and the same whenever it is drawn again."""
    digest = blake2b(f"{seed}\0{contact_id}\0{agent_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _DRAW_STEPS * _DRAW_MAX * (penalty + 1)


def in_turn(
    idle: list[Rank], policy: QueuePolicy, contact_id: str, last: str | None, seed: int
) -> list[Rank]:
    """The free agents of a line, best first for this contact.

    Args:
        idle: in order of rank.
        last: who got this queue's last contact.
        seed: of the draws.
    """
    if policy.strategy is Strategy.ROUND_ROBIN and last is not None:
        at = bisect_right(idle, (0, _ALWAYS, last))
        return idle[at:] + idle[:at]
    if policy.strategy is Strategy.WEIGHTED_RANDOM:
        penalties = policy.penalties
        return sorted(idle, key=lambda one: (draw(seed, contact_id, one[2], penalties.get(one[2], 0)), one))
    return idle


# --- why ------------------------------------------------------------------------------------------


class Pick:
    """The best agent for a contact, and what is worth remembering about the others."""

    __slots__ = ("agent", "eligible", "equals", "runners_up")

    def __init__(
        self, agent: Agent, eligible: int = 1, equals: int = 1, runners_up: tuple[str, ...] = ()
    ) -> None:
        self.agent = agent
        self.eligible = eligible
        """How many agents could have been offered this contact, the winner included."""
        self.equals = equals
        """How many of them were in the winner's tier, the winner included."""
        self.runners_up = runners_up
        """Who would have come next, best first, at most `RUNNERS_UP_MAX`."""


_TOLD_BY_TIER = {
    Strategy.BEST_SKILL_THEN_LONGEST_IDLE: "best_skill",
    Strategy.FEWEST_CONTACTS: "fewest_contacts",
    Strategy.LEAST_TALK: "least_talk",
    Strategy.TOP_DOWN: "top_down",
}
_TOLD_BY_ORDER = {Strategy.ROUND_ROBIN: "round_robin", Strategy.WEIGHTED_RANDOM: "weighted_random"}


def because(pick: Pick, policy: QueuePolicy, needs: Needs) -> tuple[str, ...]:
    """Why this agent, for the sentence on his screen.

    In order: `skill:<skill>:<held>:<needed>` per need; then `only_one` when nobody else was eligible, else
    what the strategy went by with the number of agents it had the choice of (`best_skill:3`,
    `round_robin:4`), and `longest_idle:<equals>` when several were equally good.
    """
    skills, told = pick.agent.skills, []
    for skill, level in needs:
        told.append(f"skill:{skill}:{skills[skill]}:{level}")
    strategy, eligible = policy.strategy, pick.eligible
    if eligible == 1:
        told.append("only_one")
    elif strategy in _TOLD_BY_ORDER:
        told.append(f"{_TOLD_BY_ORDER[strategy]}:{eligible}")
    else:
        if pick.equals < eligible:
            told.append(f"{_TOLD_BY_TIER[strategy]}:{eligible}")
        if pick.equals > 1:
            told.append(f"longest_idle:{pick.equals}")
    return tuple(told)


def key_of(
    agent: Agent, policy: QueuePolicy, needs: Needs, contact_id: str, seed: int, now: datetime
) -> dict[str, str]:
    """The ranking key of an agent in words, in order of weight."""
    idle_s = f"{(now - idle_since(agent, policy)).total_seconds():.1f}"
    if policy.strategy is _BEST_SKILL and needs:
        return {"skill": str(proficiency(agent.skills, needs)), "idle_s": idle_s}
    idle = {"idle_s": idle_s}
    match policy.strategy:
        case Strategy.FEWEST_CONTACTS:
            return {"contacts": str(agent.contacts_taken), **idle}
        case Strategy.LEAST_TALK:
            return {"talk_s": f"{agent.talk.total_seconds():.1f}", **idle}
        case Strategy.TOP_DOWN:
            return {"order": str(_top_down(agent, policy, needs) + 1), **idle}
        case Strategy.ROUND_ROBIN:
            return {"agent": agent.agent_id}
        case Strategy.WEIGHTED_RANDOM:
            penalty = policy.penalties.get(agent.agent_id, 0)
            return {"draw": f"{draw(seed, contact_id, agent.agent_id, penalty):.1f}"}
        case _:
            return idle
