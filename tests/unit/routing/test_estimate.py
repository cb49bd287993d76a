"""The told wait: against the thing itself, and against what only the router's records can tell."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from routing.estimate import HANDLE_S, NO_WAIT, WaitEstimator, wait_for_turn, with_range
from routing.types import AgentState, Callbacks, ContactLeft, HandlingEnded, PoliciesChanged, QueuePolicy
from tests.unit.routing.centre import BILLING, Centre, needs, profile

MOVING = QueuePolicy(queue_id="moving", name="Moving")
WELSH = QueuePolicy(queue_id="welsh", name="Welsh", requirements=(needs("Welsh", 3),))


class Watched:
    """A centre whose estimator sees every change."""

    def __init__(self, *names: str, queues: tuple[QueuePolicy, ...] = (BILLING,), **skills: int) -> None:
        served = tuple(queue.queue_id for queue in queues)
        self.centre = Centre(*(profile(name, queues=served, skills=skills) for name in names), queues=queues)
        self.waits = WaitEstimator()
        self.waits.configure(self.centre.router.policies())
        self.centre.ready(*names)
        self.look()

    def look(self) -> None:
        self.waits.note(self.centre.router.changes(), self.centre.now)

    def join(self, *contact_ids: str, queue_id: str = "billing") -> None:
        for contact_id in contact_ids:
            self.centre.queue(contact_id, queue_id)
            self.look()

    def answer(self, contact_id: str) -> str:
        self.centre.accept(contact_id)
        self.look()
        return next(a.agent_id for a in self.centre.router.agents() if a.contact_id == contact_id)

    def busy(self, *contact_ids: str) -> None:
        for contact_id in contact_ids:
            self.join(contact_id)
            self.answer(contact_id)

    def wait_s(self, queue_id: str, position: int) -> float:
        found = self.waits.estimate(queue_id, position, self.centre.now)
        assert found is not None
        return found.mean_s


@pytest.mark.parametrize("leave_rate", [0.0, 1 / 200])
def test_four_of_five_waits_fall_into_the_told_range(leave_rate: float) -> None:
    """Against the thing itself: the next one ahead goes when an agent comes free or somebody gives up."""
    rate, ahead, chance = 6 / 300, 7, Random(7)
    told = with_range(*wait_for_turn(ahead, rate, leave_rate))
    waits = [
        sum(chance.expovariate(rate + leave_rate * others) for others in range(ahead + 1))
        for _ in range(20_000)
    ]
    inside = sum(told.low_s <= wait_s <= told.high_s for wait_s in waits) / len(waits)
    assert inside == pytest.approx(0.80, abs=0.02)
    assert sum(waits) / len(waits) == pytest.approx(told.mean_s, rel=0.03)


def test_a_long_line_is_reckoned_as_if_counted_one_by_one() -> None:
    ahead, rate, leave_rate = 5000, 0.5, 1 / 300
    gaps = [1 / (rate + leave_rate * others) for others in range(ahead + 1)]
    mean_s, variance = wait_for_turn(ahead, rate, leave_rate)
    assert mean_s == pytest.approx(sum(gaps), rel=1e-4)
    assert variance == pytest.approx(sum(gap * gap for gap in gaps), rel=1e-4)


def test_a_caller_and_a_half_ahead_lies_between_one_and_two() -> None:
    one, between, two = (wait_for_turn(ahead, 0.1)[0] for ahead in (1.0, 1.5, 2.0))
    assert (one, between, two) == pytest.approx((20.0, 25.0, 30.0))


def test_nothing_is_told_while_nobody_who_may_take_the_call_is_at_work() -> None:
    watched = Watched("amina", queues=(BILLING, WELSH))
    assert watched.waits.estimate("billing", 1, watched.centre.now) == NO_WAIT
    assert watched.waits.estimate("welsh", 1, watched.centre.now) is None
    watched.centre.ask("amina", AgentState.NOT_READY, "break")
    watched.look()
    assert watched.waits.estimate("billing", 1, watched.centre.now) is None


def test_who_goes_after_the_call_at_hand_will_not_take_another() -> None:
    watched = Watched("amina", "tom")
    watched.busy("c1", "c2")
    both_s = watched.wait_s("billing", 1)
    watched.centre.ask("tom", AgentState.NOT_READY, "break")
    watched.look()
    assert watched.wait_s("billing", 1) == pytest.approx(2 * both_s)


def test_each_caller_ahead_adds_one_agent_coming_free() -> None:
    watched = Watched("amina", "tom")
    watched.busy("c1", "c2")
    watched.join("c3", "c4", "c5")
    assert [watched.wait_s("billing", position) for position in (1, 2, 3, 4)] == pytest.approx(
        [HANDLE_S / 2 * position for position in (1, 2, 3, 4)]
    )


def test_a_caller_who_is_being_offered_waits_for_nobody_and_holds_up_nobody() -> None:
    watched = Watched("amina", "tom")
    watched.busy("c1")
    watched.join("c2", "c3")
    assert watched.waits.estimate("billing", 1, watched.centre.now) == NO_WAIT
    assert watched.wait_s("billing", 2) == pytest.approx(HANDLE_S / 2)


def test_earlier_callers_of_other_queues_count_by_the_agents_shared() -> None:
    """Dev serves both queues, Priya moving only: a moving caller takes Dev from billing half the time."""
    centre = Centre(
        profile("dev", queues=("billing", "moving")),
        profile("priya", queues=("moving",)),
        queues=(BILLING, MOVING),
    )
    watched = Watched()
    watched.centre = centre
    watched.waits.configure(centre.router.policies())
    centre.ready("dev", "priya")
    for contact_id in ("c1", "c2"):
        watched.join(contact_id, queue_id="moving")
        watched.answer(contact_id)
    watched.join("m1", "m2", queue_id="moving")
    assert watched.wait_s("billing", 1) == pytest.approx(HANDLE_S * (1 + 2 * 1 / 2))
    assert watched.wait_s("moving", 3) == pytest.approx(HANDLE_S / 2 * 3)


def test_a_caller_of_higher_priority_is_before_those_who_came_earlier() -> None:
    watched = Watched("amina")
    watched.busy("c1")
    watched.join("c2")
    watched.centre.queue("gold", priority=5)
    watched.look()
    found = watched.waits.estimate_contact("gold")
    assert found is not None
    assert found.mean_s == pytest.approx(HANDLE_S)
    assert watched.wait_s("billing", 2) == pytest.approx(2 * HANDLE_S)


def test_only_those_who_hold_what_the_caller_needs_count() -> None:
    centre = Centre(profile("amina"), profile("huw", skills={"Welsh": 5}))
    watched = Watched()
    watched.centre = centre
    watched.waits.configure(centre.router.policies())
    centre.ready("amina", "huw")
    watched.busy("c1", "c2")
    centre.queue("c3", requirements=(needs("Welsh", 3),))
    watched.look()
    assert watched.wait_s("billing", 1) == pytest.approx(HANDLE_S)
    found = watched.waits.estimate("billing", 2, centre.now, needs=(needs("Latin"),))
    assert found is None


def test_handle_times_are_learned_from_ring_to_ready() -> None:
    watched = Watched("amina")
    for number in range(400):
        contact_id = f"c{number}"
        watched.join(contact_id)
        watched.centre.wait(4)
        agent_id = watched.answer(contact_id)
        watched.centre.wait(60)
        watched.centre.tell(HandlingEnded(contact_id=contact_id, agent_id=agent_id))
        watched.look()
        watched.centre.wait(60)
        watched.look()
    assert watched.waits.handle_s("billing") == pytest.approx(124.0, rel=0.02)


def test_estimates_that_were_too_low_are_raised() -> None:
    """Told as if four minutes, served as if eight: the told wait grows."""
    watched = Watched("amina")
    watched.busy("c0")
    watched.waits._handle.clear()
    before_s = watched.wait_s("billing", 1)
    for number in range(1, 40):
        watched.join(f"c{number}")
        watched.centre.wait(2 * before_s)
        watched.centre.tell(HandlingEnded(contact_id=f"c{number - 1}", agent_id="amina", wrap_up=False))
        watched.look()
        watched.answer(f"c{number}")
    corrected = watched.wait_s("billing", 1) / watched.waits.handle_s("billing")
    assert corrected > 1.05


def test_who_gives_up_shortens_the_line() -> None:
    watched = Watched("amina")
    watched.busy("c0")
    watched.join("c1")
    steadfast_s = wait_for_turn(20, 1 / HANDLE_S)[0]
    for number in range(100):
        watched.centre.queue(f"x{number}")
        watched.look()
        watched.centre.wait(30)
        watched.centre.tell(ContactLeft(contact_id=f"x{number}", why="abandoned"))
        watched.look()
    watched.join(*(f"y{number}" for number in range(19)))
    assert watched.wait_s("billing", 21) < steadfast_s / 2


def test_what_is_told_is_the_same_after_a_restart_but_for_what_was_learned() -> None:
    watched = Watched("amina", "tom")
    watched.busy("c1", "c2")
    watched.join("c3", "c4")
    anew = WaitEstimator()
    anew.configure(watched.centre.router.policies())
    snapshot = watched.centre.router.snapshot()
    for agent in snapshot.agents:
        anew.note_agent(agent)
    for waiting in snapshot.waiting:
        anew.note_waiting(waiting, watched.centre.now)
    for position in (1, 2, 3):
        assert anew.estimate("billing", position, watched.centre.now) == watched.waits.estimate(
            "billing", position, watched.centre.now
        )


def test_new_rules_keep_who_waits() -> None:
    watched = Watched("amina")
    watched.busy("c1")
    watched.join("c2", "c3")
    policies = PoliciesChanged(
        queues=(QueuePolicy(queue_id="billing", name="Billing", callbacks=Callbacks(offered=True)),),
        agents=watched.centre.router.policies().agents,
    )
    watched.waits.configure(policies)
    assert watched.wait_s("billing", 2) == pytest.approx(2 * HANDLE_S)


def test_a_contact_that_does_not_wait_has_no_estimate() -> None:
    watched = Watched("amina")
    assert watched.waits.estimate_contact("nobody") is None
    assert watched.waits.estimate("nowhere", 1, watched.centre.now + timedelta(1)) is None
