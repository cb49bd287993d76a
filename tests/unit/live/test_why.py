"""The two whys in sentences: steps to come, who matches but is busy, who is left out, and an agent's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine.contact import Contact
from app.live.directory import AgentEntry, Directory, QueueEntry
from app.live.why import Surroundings, why_waiting
from app.live.why_agent import why_no_calls
from app.live.why_words import _WORDS
from routing.explain import AgentExplanation, Barrier, Explanation, QueueOutlook
from routing.types import (
    AgentProfile,
    AgentRecord,
    AgentState,
    Exclusion,
    Operation,
    QueuePolicy,
    QueueStep,
    Requirement,
    WaitingRecord,
)
from tests.unit.voice.centre import START

NAMES = {
    "sian": "Siân Pritchard",
    "nia": "Nia Evans",
    "priya": "Priya Nair",
    "dev": "Dev Patel",
    "kofi": "Kofi",
}
NOW = START + timedelta(seconds=222)
WELSH = "Language:Welsh"
POLICY = QueuePolicy(
    queue_id="retention",
    name="Retention",
    requirements=(Requirement(skill="Retention", level=6),),
    steps=(
        QueueStep(step_id="up", after=timedelta(minutes=2), operation=Operation.RAISE_PRIORITY, by=2),
        QueueStep(
            step_id="relax", after=timedelta(minutes=4), operation=Operation.RELAX, skill=WELSH, level=3
        ),
        QueueStep(step_id="call", after=timedelta(minutes=5), operation=Operation.OFFER_CALLBACK),
    ),
    version=12,
)
DIRECTORY = Directory(
    agents={key: AgentEntry(agent_id=key, name=name, initials="", team="") for key, name in NAMES.items()},
    queues={"retention": QueueEntry(queue_id="retention", name="Retention")},
)


def profile(agent_id: str, retention: int, welsh: int) -> AgentProfile:
    skills = {"Retention": retention, WELSH: welsh} if welsh else {"Retention": retention}
    return AgentProfile(
        agent_id=agent_id, name=NAMES[agent_id], queues=frozenset({"retention"}), skills=skills
    )


def record(agent_id: str, state: AgentState, since_s: float = 0) -> AgentRecord:
    since = NOW - timedelta(seconds=since_s)
    return AgentRecord(agent_id=agent_id, state=state, since=since, reachable=True)


PROFILES = {
    each.agent_id: each
    for each in (
        profile("sian", 9, 10),
        profile("nia", 7, 8),
        profile("priya", 6, 6),
        profile("dev", 8, 3),
        profile("kofi", 6, 0),
    )
}
AGENTS = {
    each.agent_id: each
    for each in (
        record("sian", AgentState.ON_CONTACT, 240),
        record("nia", AgentState.ON_CONTACT, 120),
        record("priya", AgentState.NOT_READY, 60),
        record("dev", AgentState.AVAILABLE),
        record("kofi", AgentState.AVAILABLE),
    )
}
WAITING = WaitingRecord(
    contact_id="ct_1",
    queue_id="retention",
    media="webrtc",
    priority=3,
    raised=2,
    place_at=START,
    queued_at=START,
    requirements=(Requirement(skill=WELSH, level=5),),
    steps_done=("up",),
)
EXPLANATION = Explanation(
    contact_id="ct_1",
    queue_id="retention",
    verdict="all_busy",
    position=1,
    priority=5,
    agents=(
        Exclusion(agent_id="sian", reason="not_available", detail="on_contact"),
        Exclusion(agent_id="nia", reason="not_available", detail="on_contact"),
        Exclusion(agent_id="priya", reason="not_available", detail="not_ready"),
        Exclusion(agent_id="dev", reason="skill_low", detail=f"{WELSH}:3:5"),
        Exclusion(agent_id="kofi", reason="skill_missing", detail=f"{WELSH}:5"),
    ),
)
CONTACT = Contact(
    contact_id="ct_1", leg_id="lg_1", backend="webrtc", ani="", dnis="", arrived_at=START, queued_at=START
)
AROUND = Surroundings(directory=DIRECTORY, policy=POLICY, profiles=PROFILES, agents=AGENTS, handle_s=360)


def test_the_verdict_names_who_matches_and_what_the_next_step_changes() -> None:
    told = why_waiting(CONTACT, WAITING, EXPLANATION, AROUND, "en", NOW)
    assert told.verdict == (
        "Next in line. Nobody who can take this caller is free. 3 agents match and all are busy. "
        "In 0:18 the next step lets one more match. One of them is free."
    )
    assert [(step.state, step.text) for step in told.steps] == [
        ("done", "Retention 6 or more and Welsh 5 or more"),
        ("done", "Priority up by 2"),
        ("next", "Welsh 3 is enough, adds Dev Patel"),
        ("later", "Offer a callback, place kept"),
    ]
    assert told.policy_version == 12
    assert [(each.name, each.more_s, each.skills) for each in told.busy] == [
        ("Siân Pritchard", 120, ["Welsh 10", "Retention 9"]),
        ("Nia Evans", 240, ["Welsh 8", "Retention 7"]),
        ("Priya Nair", None, ["Retention 6", "Welsh 6"]),
    ]
    [left] = told.exclusions
    assert (left.label, left.count, left.agents) == ("Welsh below 5 or missing", 2, ["Dev Patel", "Kofi"])
    assert left.change == "Step 2 changes this, in 0:18"
    assert told.priority == 5


def test_a_caller_who_is_being_offered_waits_for_nothing_else() -> None:
    offered = Explanation(
        contact_id="ct_1",
        queue_id="retention",
        verdict="being_offered",
        offered_to="dev",
        until=NOW + timedelta(seconds=12),
    )
    told = why_waiting(CONTACT, WAITING, offered, AROUND, "en", NOW)
    assert told.verdict == "Ringing Dev Patel now, for 0:12 more."


def test_a_step_whose_condition_does_not_hold_says_so() -> None:
    late = START + timedelta(seconds=270)
    told = why_waiting(CONTACT, WAITING, EXPLANATION, AROUND, "en", late)
    assert [step.state for step in told.steps] == ["done", "done", "skipped", "next"]
    assert told.steps[2].text.endswith("its condition does not hold yet")


@pytest.mark.parametrize(
    ("explanation", "verdict", "sentences"),
    [
        (
            AgentExplanation(agent_id="dev", verdict="acw", until=NOW + timedelta(seconds=40)),
            "In wrap-up for 0:40 more, then calls are offered again.",
            [],
        ),
        (
            AgentExplanation(agent_id="dev", verdict="unreachable", detail="microphone_silent"),
            "The phone cannot ring: No sound from the microphone. No calls are offered.",
            [],
        ),
        (
            AgentExplanation(
                agent_id="dev",
                verdict="not_qualified",
                queues=(
                    QueueOutlook(
                        queue_id="retention",
                        waiting=3,
                        for_him=0,
                        ahead=None,
                        barriers=(
                            Barrier(reason="skill_low", detail=f"{WELSH}:3:5", contacts=2),
                            Barrier(reason="being_offered", detail="", contacts=1),
                        ),
                    ),
                ),
            ),
            "Those who wait need skills that are missing here, or at a higher level.",
            [
                "Retention: 3 waiting, none of them can come here. 2 need Welsh 5 or more, here is 3. "
                "1 ring at somebody."
            ],
        ),
        (
            AgentExplanation(
                agent_id="dev",
                verdict="nobody_waiting",
                queues=(QueueOutlook(queue_id="retention", waiting=0, for_him=0, ahead=2),),
            ),
            "Nobody waits in these queues. Ready for the next caller.",
            ["Retention: nobody waits; 2 agents are free for longer or know more."],
        ),
    ],
)
def test_an_agent_is_told_why_no_calls_come(
    explanation: AgentExplanation, verdict: str, sentences: list[str]
) -> None:
    told = why_no_calls(explanation, DIRECTORY, "en", NOW)
    assert (told.verdict, told.sentences) == (verdict, sentences)


def test_both_languages_say_everything() -> None:
    assert _WORDS["en"].keys() == _WORDS["cy"].keys()
