"""Who comes first among the agents that may take a contact, and how to say why.

Every strategy sorts agents into tiers, lower first; within a tier the longest idle comes first, then the
least id, so that a tie is always broken the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from routing.types import AgentProfile, Decision, QueuePolicy, Requirement, Strategy

Needs = tuple[tuple[str, int], ...]
"""Compiled requirements: (skill, least level), one per skill, sorted by skill."""

Rank = tuple[int, datetime, str, int]
"""(tier, idle since, agent id, stamp). The stamp tells a listing that is over from the one that stands."""

RUNNERS_UP_MAX = 8


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
    return sum(skills.get(skill, 0) for skill, _ in needs)


Tier = Callable[[AgentProfile, Needs], int]


def _best_skill(profile: AgentProfile, needs: Needs) -> int:
    return -proficiency(profile.skills, needs)


def _all_equal(profile: AgentProfile, needs: Needs) -> int:
    return 0


TIERS: Mapping[Strategy, Tier] = {
    Strategy.BEST_SKILL_THEN_LONGEST_IDLE: _best_skill,
    Strategy.LONGEST_IDLE: _all_equal,
}


def decide(
    policy: QueuePolicy,
    profile: AgentProfile,
    needs: Needs,
    *,
    idle_s: float,
    eligible: int,
    equals: int,
    runners_up: tuple[str, ...],
) -> Decision:
    """Write down why this agent won.

    `because` holds, in order: `skill:<skill>:<held>:<needed>` per need; then `only_one` when nobody else
    was eligible, else `best_skill:<eligible>` when some of them held less, and `longest_idle:<equals>`
    when several were equally good.

    Args:
        idle_s: how long the winner had been idle, in seconds.
        eligible: how many agents could have been offered this contact, the winner included.
        equals: how many of them were in the winner's tier, the winner included.
        runners_up: who would have come next, best first, at most `RUNNERS_UP_MAX`.
    """
    because = [f"skill:{skill}:{profile.skills[skill]}:{level}" for skill, level in needs]
    if eligible == 1:
        because.append("only_one")
    else:
        if equals < eligible:
            because.append(f"best_skill:{eligible}")
        if equals > 1:
            because.append(f"longest_idle:{equals}")
    key = {"idle_s": f"{idle_s:.1f}"}
    if needs and policy.strategy is Strategy.BEST_SKILL_THEN_LONGEST_IDLE:
        key = {"skill": str(proficiency(profile.skills, needs)), **key}
    return Decision(
        queue_id=policy.queue_id,
        policy_version=policy.version,
        key=key,
        runners_up=runners_up,
        eligible=eligible,
        because=tuple(because),
    )
