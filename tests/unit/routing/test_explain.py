"""Why is this caller waiting, and why am I getting no calls?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.errors import RoutingError
from routing.explain import Barrier
from routing.types import (
    AgentState,
    Callbacks,
    ContactSuspended,
    Operation,
    PoliciesChanged,
    QueueShut,
    QueueStep,
    Way,
    WayKind,
)
from tests.unit.routing.centre import BILLING, RETENTION, Centre, needs, profile

SKILLED = replace(BILLING, requirements=(needs("Billing", 5),))


def why(centre: Centre, contact_id: str) -> str:
    return centre.router.explain_contact(contact_id, centre.now).verdict


def test_each_agent_who_serves_the_queue_is_named_with_what_speaks_against_him() -> None:
    centre = Centre(
        profile("1 low", skills={"Billing": 3}),
        profile("2 missing", skills={"Welsh": 3}),
        profile("3 excluded", skills={"Billing": 5}),
        profile("4 lunch", skills={"Billing": 5}),
        profile("5 silent", skills={"Billing": 5}),
        profile("6 other phone", skills={"Billing": 5}),
        profile("7 declined", skills={"Billing": 5}),
        profile("8 elsewhere", queues=("retention",)),
        queues=(SKILLED, RETENTION),
    )
    centre.ask("4 lunch", AgentState.NOT_READY, "lunch")
    centre.ask("5 silent", AgentState.AVAILABLE)
    centre.disconnect("5 silent", "microphone_silent")
    centre.ask("6 other phone", AgentState.AVAILABLE)
    centre.connect("6 other phone", "asterisk:leeds")
    centre.ready("7 declined")
    centre.queue("before", priority=1, requirements=(needs("Nobody has this"),))
    centre.queue("c1", excluded=("3 excluded",))
    centre.decline("c1")
    ends_at = centre.now + BILLING.decline_cooloff

    found = centre.router.explain_contact("c1", centre.now)

    assert [(e.agent_id, e.reason, e.detail) for e in found.agents] == [
        ("1 low", "skill_low", "Billing:3:5"),
        ("2 missing", "skill_missing", "Billing:5"),
        ("3 excluded", "excluded", ""),
        ("4 lunch", "not_available", "not_ready"),
        ("5 silent", "unreachable", "microphone_silent"),
        ("6 other phone", "media", "webrtc"),
        ("7 declined", "cooling_off", ends_at.isoformat()),
    ]
    assert (found.verdict, found.until) == ("cooling_off", ends_at)
    assert (found.position, found.ahead) == (2, ("before",))
    assert found.offered_before == ("7 declined",)


def test_the_verdict_names_what_no_waiting_cures_first() -> None:
    centre = Centre(profile("amina", skills={"Billing": 3}), queues=(SKILLED, RETENTION))
    centre.queue("c1")
    centre.queue("c2", "retention")
    assert why(centre, "c1") == "nobody_qualified"
    assert why(centre, "c2") == "nobody_serves_queue"
    assert why(centre, "nobody") == "not_waiting"

    centre.tell(PoliciesChanged(queues=(SKILLED,), agents=(profile("amina", skills={"Billing": 5}),)))
    assert why(centre, "c1") == "nobody_signed_in"
    centre.ask("amina", AgentState.AVAILABLE)
    assert why(centre, "c1") == "nobody_reachable"
    centre.connect("amina")
    found = centre.router.explain_contact("c1", centre.now)
    assert (found.verdict, found.offered_to) == ("being_offered", "amina")
    assert found.until == centre.now + BILLING.ring_timeout

    centre.queue("c3")
    assert why(centre, "c3") == "all_busy"
    centre.tell(ContactSuspended(contact_id="c3"))
    assert why(centre, "c3") == "caller_lost"


def test_an_agent_learns_why_no_call_comes() -> None:
    centre = Centre(
        profile("amina", queues=("billing", "retention"), skills={"Billing": 5, "Retention": 4}),
        profile("dev", skills={"Billing": 9}),
        queues=(SKILLED, replace(RETENTION, requirements=(needs("Retention", 7),))),
    )

    def verdict() -> str:
        return centre.router.explain_agent("amina", centre.now).verdict

    assert verdict() == "signed_out"
    centre.ask("amina", AgentState.AVAILABLE)
    assert verdict() == "unreachable"
    centre.connect("amina")
    assert verdict() == "nobody_waiting"
    centre.ready("dev")
    centre.queue("c1", "retention")
    centre.queue("c2", "retention")

    found = centre.router.explain_agent("amina", centre.now)

    assert found.verdict == "not_qualified"
    billing, retention = found.queues
    assert (billing.waiting, billing.ahead) == (0, 1), "Dev is better at it, so he comes first"
    assert (retention.waiting, retention.for_him, retention.ahead) == (2, 0, None)
    assert retention.barriers == (Barrier(reason="skill_low", detail="Retention:4:7", contacts=2),)

    centre.queue("c3")
    assert centre.offered() == {"c3": "dev"}
    assert centre.router.explain_agent("amina", centre.now).queues[0].barriers == (
        Barrier(reason="being_offered", detail="", contacts=1),
    )


def test_an_agent_who_declined_learns_until_when_he_is_not_asked() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    assert centre.router.explain_agent("amina", centre.now).verdict == "ringing"
    centre.decline("c1")

    found = centre.router.explain_agent("amina", centre.now)

    assert (found.verdict, found.until) == ("cooling_off", centre.now + BILLING.decline_cooloff)


def test_only_others_offers_are_left() -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")
    centre.queue("c1")
    assert centre.router.explain_agent("dev", centre.now).verdict == "others_offered"


def test_an_agent_without_queues_or_without_a_profile_is_told_so() -> None:
    centre = Centre(profile("amina", queues=()), profile("dev"))
    centre.ready("amina", "dev")
    assert centre.router.explain_agent("amina", centre.now).verdict == "no_queues"
    centre.tell(PoliciesChanged(queues=(BILLING,), agents=(profile("amina"),)))
    assert centre.router.explain_agent("dev", centre.now).verdict == "removed"
    with pytest.raises(RoutingError):
        centre.router.explain_agent("nobody", centre.now)


# --- the rules of the whole house -----------------------------------------------------------------


def reasons(centre: Centre, contact_id: str) -> dict[str, str]:
    return {e.agent_id: e.reason for e in centre.router.explain_contact(contact_id, centre.now).agents}


def test_who_waits_for_one_agent_is_told_for_whom_until_when_and_what_comes_next() -> None:
    policy = replace(
        BILLING,
        preferred_for=timedelta(seconds=30),
        max_wait=timedelta(seconds=90),
        steps=(
            QueueStep(step_id="say", after=timedelta(seconds=20), operation=Operation.ANNOUNCE),
            QueueStep(step_id="raise", after=timedelta(seconds=60), operation=Operation.RAISE_PRIORITY, by=1),
        ),
    )
    centre = Centre(profile("amina"), profile("dev"), queues=(policy,))
    centre.ready("amina")
    centre.queue("c0")
    centre.ready("dev")
    centre.queue("c1", preferred="amina", priority=3)

    found = centre.router.explain_contact("c1", centre.now)

    assert (found.verdict, found.preferred_agent) == ("preferred_wait", "amina")
    assert found.until == centre.now + timedelta(seconds=30)
    assert found.priority == 3
    assert [(one.what, one.detail, (one.at - centre.now).total_seconds()) for one in found.next] == [
        ("step", "say", 20),
        ("preferred", "", 30),
        ("step", "raise", 60),
        ("max_wait", "", 90),
    ]
    assert reasons(centre, "c1") == {"amina": "not_available", "dev": "preferred_wait"}
    assert centre.router.explain_agent("dev", centre.now).verdict == "preferred_wait"


def test_a_direct_call_names_only_those_it_is_for() -> None:
    centre = Centre(profile("amina"), profile("dev"), profile("boss", queues=()))
    centre.ready("amina")
    centre.queue("help", only=("boss",))
    assert (why(centre, "help"), reasons(centre, "help")) == ("nobody_signed_in", {"boss": "not_available"})
    outlook = centre.router.explain_agent("amina", centre.now).queues[0]
    assert outlook.barriers == (Barrier(reason="not_among_only", detail="", contacts=1),)


def test_an_agent_learns_who_is_before_him_and_by_what() -> None:
    centre = Centre(
        profile("amina", skills={"Billing": 6}),
        profile("dev", skills={"Billing": 9}),
        profile("sian", skills={"Billing": 2}),
        queues=(SKILLED,),
    )
    centre.ready("amina", "dev", "sian")
    (outlook,) = centre.router.explain_agent("amina", centre.now).queues
    assert (outlook.ahead, outlook.key["skill"]) == (1, "6")
    assert [(rival.agent_id, rival.key["skill"]) for rival in outlook.rivals] == [("dev", "9")]
    (lacking,) = centre.router.explain_agent("sian", centre.now).queues
    assert (lacking.ahead, lacking.lacks, lacking.rivals) == (None, "Billing:2:5", ())


def test_callbacks_and_closed_queues_explain_themselves() -> None:
    policy = replace(BILLING, callbacks=Callbacks(retry_after=timedelta(minutes=5)), max_length=2)
    centre = Centre(profile("amina"), queues=(replace(policy, on_full=Way(kind=WayKind.CALLBACK)),))
    centre.queue("c1")
    centre.choose_callback("c1")
    centre.queue("c2")
    centre.queue("c3")
    assert why(centre, "c3") == "choosing"
    centre.ready("amina")
    centre.accept("c1")
    assert why(centre, "c1") == "callback_dialling"
    centre.miss("c1")
    found = centre.router.explain_contact("c1", centre.now)
    assert (found.verdict, found.until) == ("callback_later", centre.now + timedelta(minutes=5))
    assert [one.what for one in found.next] == ["callback", "callback_expires"]
    barriers = {b.reason for b in centre.router.explain_agent("amina", centre.now).queues[0].barriers}
    assert barriers == {"being_offered", "callback_hours", "choosing"}
    centre.tell(QueueShut(queue_id="billing", by="dana", then=Way(kind=WayKind.HANG_UP)))
    assert centre.router.explain_contact("c1", centre.now).shut_by == "dana"
    assert centre.router.explain_agent("amina", centre.now).queues[0].shut
