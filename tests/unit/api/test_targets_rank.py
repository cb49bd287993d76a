"""Who stands first in the transfer picker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.live.views_agent import Presence
from app.live.views_targets import PersonNow
from app.services.targets import Tie, rank
from app.words_targets import LANGUAGES, known_words

NOW = datetime(2025, 11, 19, 10, 43, tzinfo=UTC)


def person(agent_id: str, state: Presence = "available") -> PersonNow:
    return PersonNow(agent_id=agent_id, state=state, since=NOW)


def ordered(*people: tuple[PersonNow, Tie]) -> list[str]:
    return [
        each.agent_id for each, _ in sorted(people, key=lambda pair: rank(pair[0], pair[1], pair[0].agent_id))
    ]


def test_who_can_answer_stands_before_who_is_busy_and_that_before_who_cannot_be_reached() -> None:
    everybody = (
        (person("gone", "unreachable"), Tie(spoke_at=NOW)),
        (person("lunch", "not_ready"), Tie(spoke_at=NOW)),
        (person("talking", "on_contact"), Tie(spoke_at=NOW)),
        (person("free"), Tie()),
    )
    assert ordered(*everybody) == ["free", "talking", "lunch", "gone"]


def test_among_the_free_the_caller_s_last_agent_comes_first_then_the_case_s_then_team_then_supervisors() -> (
    None
):
    everybody = (
        (person("stranger"), Tie()),
        (person("lead"), Tie(supervises=True)),
        (person("mate"), Tie(same_team=True)),
        (person("owner"), Tie(has_case=True)),
        (person("last"), Tie(spoke_at=NOW - timedelta(days=1))),
    )
    assert ordered(*everybody) == ["last", "owner", "mate", "lead", "stranger"]


def test_equals_stand_by_name() -> None:
    assert ordered((person("b"), Tie()), (person("a"), Tie())) == ["a", "b"]


def test_every_sentence_of_the_picker_exists_in_each_language() -> None:
    assert {known_words(language) for language in LANGUAGES} == {known_words("en")}
