"""Full, empty and shut queues, longest waits, and where those go who may not stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.errors import RoutingError
from routing.types import (
    Absence,
    AgentState,
    ContactMoved,
    ContactResumed,
    DivertCause,
    OfferOutcome,
    QueuePolicy,
    QueueReopened,
    QueueShut,
    Stale,
    Way,
    WayKind,
)
from tests.unit.routing.centre import BILLING, RETENTION, Centre, profile

HANG_UP = Way(kind=WayKind.HANG_UP)
CALLBACK = Way(kind=WayKind.CALLBACK)
RETURN = Way()
GONE_HOME = frozenset({Absence.SIGNED_OUT, Absence.NOT_READY, Absence.UNREACHABLE})


def over(queue_id: str) -> Way:
    return Way(kind=WayKind.OVERFLOW, queue_id=queue_id)


def told(centre: Centre) -> list[tuple[str, str, DivertCause, WayKind, bool]]:
    return [(e.contact_id, e.queue_id, e.cause, e.way.kind, e.stays) for e in centre.diverted()]


# --- full -----------------------------------------------------------------------------------------


def test_a_full_queue_turns_away_whoever_comes_but_not_who_comes_back() -> None:
    centre = Centre(profile("amina"), queues=(replace(BILLING, max_length=2, on_full=HANG_UP),))
    centre.queue("c1")
    centre.queue("c2")
    centre.queue("c3")
    assert told(centre) == [("c3", "billing", DivertCause.FULL, WayKind.HANG_UP, False)]
    assert centre.router.contact("c3") is None
    centre.queue("c4", returned=True)
    assert (centre.diverted(), centre.line()) == ([], ["c1", "c2", "c4"])
    centre.queue("help", only=("amina",))
    assert centre.diverted() == []


def test_who_is_asked_at_a_full_queue_keeps_the_place_and_is_not_offered_until_chosen() -> None:
    centre = Centre(profile("amina"), queues=(replace(BILLING, max_length=1, on_full=CALLBACK),))
    centre.queue("c1")
    centre.queue("c2")
    assert told(centre) == [("c2", "billing", DivertCause.FULL, WayKind.CALLBACK, True)]
    centre.leave("c1")
    centre.ready("amina")
    assert centre.rung("c2") == []
    centre.tell(ContactResumed(contact_id="c2"))
    assert centre.rung("c2") == [], "a line that is back is no answer to the question"
    centre.choose_callback("c2")
    assert centre.rung("c2") == ["amina"]


# --- empty ----------------------------------------------------------------------------------------

EMPTY = replace(BILLING, join_empty=GONE_HOME, leave_empty=GONE_HOME, on_empty=HANG_UP)


def test_nobody_joins_where_nobody_is() -> None:
    centre = Centre(profile("amina"), profile("dev"), queues=(EMPTY,))
    centre.queue("c1")
    assert told(centre) == [("c1", "billing", DivertCause.EMPTY, WayKind.HANG_UP, False)]
    centre.ask("amina", AgentState.AVAILABLE)
    centre.queue("c2")
    assert len(centre.diverted()) == 1, "she is available and cannot be reached"
    centre.connect("amina")
    centre.queue("c3")
    assert centre.offered() == {"c3": "amina"}


def test_who_waits_leaves_with_the_last_agent() -> None:
    centre = Centre(profile("amina"), profile("dev"), queues=(EMPTY,))
    centre.ready("amina", "dev")
    for contact_id in ("c1", "c2", "c3", "c4"):
        centre.queue(contact_id)
    centre.accept("c1")
    centre.disconnect("dev")
    assert centre.diverted() == [], "Amina is there, on a call"
    assert centre.waiting("c2").offer_id is None
    centre.disconnect("amina")
    assert [told[0] for told in told(centre)] == ["c2", "c3", "c4"]
    assert centre.line() == []


def test_a_call_that_rings_is_let_ring_and_leaves_when_that_was_in_vain() -> None:
    ringing_too = replace(EMPTY, leave_empty=frozenset({Absence.SIGNED_OUT, Absence.RINGING}))
    centre = Centre(profile("amina"), queues=(replace(ringing_too, misses_to_not_ready=0),))
    centre.ready("amina")
    centre.queue("c1")
    assert (centre.diverted(), centre.rung("c1")) == ([], ["amina"])
    centre.queue("c2")
    assert [one[0] for one in told(centre)] == ["c2"]
    centre.ask("amina", AgentState.SIGNED_OUT)
    centre.decline("c1")
    assert [one[0] for one in told(centre)] == ["c1"]


def test_a_queue_that_allows_it_is_joined_and_waited_in_with_nobody_there() -> None:
    centre = Centre(profile("amina"))
    centre.queue("c1")
    assert (centre.diverted(), centre.line()) == ([], ["c1"])


# --- longest wait ---------------------------------------------------------------------------------

IMPATIENT = replace(BILLING, max_wait=timedelta(seconds=30), on_max_wait=over("retention"))


def test_the_longest_wait_counts_from_entry_and_overflow_brings_the_waiting() -> None:
    centre = Centre(profile("amina"), queues=(IMPATIENT, RETENTION))
    centre.queue("c1", waited_s=600)
    place_at = centre.waiting("c1").place_at
    assert centre.router.next_deadline() == centre.now + timedelta(seconds=30)
    centre.wait(29)
    assert centre.line() == ["c1"]
    centre.wait(1)
    assert told(centre) == [("c1", "billing", DivertCause.MAX_WAIT, WayKind.OVERFLOW, False)]
    record = centre.waiting("c1")
    assert (record.queue_id, record.place_at, record.entered_at) == ("retention", place_at, centre.now)
    assert (record.been_in, record.leaves_at) == (("billing",), None)


def test_a_ringing_call_is_not_torn_away_when_its_longest_wait_is_over() -> None:
    centre = Centre(profile("amina"), queues=(replace(IMPATIENT, on_max_wait=HANG_UP),))
    centre.queue("c1")
    centre.wait(20)
    centre.ready("amina")
    centre.wait(10)
    assert (centre.diverted(), centre.rung("c1")) == ([], ["amina"])
    centre.decline("c1")
    assert told(centre) == [("c1", "billing", DivertCause.MAX_WAIT, WayKind.HANG_UP, False)]


def test_who_is_asked_after_the_longest_wait_waits_on() -> None:
    centre = Centre(profile("amina"), queues=(replace(IMPATIENT, on_max_wait=CALLBACK),))
    centre.queue("c1")
    centre.wait(30)
    assert told(centre) == [("c1", "billing", DivertCause.MAX_WAIT, WayKind.CALLBACK, True)]
    centre.wait(60)
    assert centre.diverted() == [], "it is asked once"
    centre.ready("amina")
    assert centre.rung("c1") == ["amina"]


# --- overflow -------------------------------------------------------------------------------------


def test_a_round_of_overflows_ends() -> None:
    def full(queue_id: str, then: str) -> QueuePolicy:
        return QueuePolicy(queue_id=queue_id, name=queue_id, max_length=1, on_full=over(then))

    queues = (full("a", "b"), full("b", "c"), full("c", "a"))
    centre = Centre(profile("amina"), queues=queues)
    for contact_id, queue_id in (("1", "a"), ("2", "b"), ("3", "c")):
        centre.queue(contact_id, queue_id)
    centre.queue("4", "a")
    assert [(e.queue_id, e.way.kind) for e in centre.diverted()] == [
        ("a", WayKind.OVERFLOW),
        ("b", WayKind.OVERFLOW),
        ("c", WayKind.RETURN),
    ]
    assert centre.router.contact("4") is None


def test_an_overflow_to_a_queue_that_is_gone_goes_back_to_the_flow() -> None:
    centre = Centre(profile("amina"), queues=(replace(BILLING, max_length=1, on_full=over("nowhere")),))
    centre.queue("c1")
    centre.queue("c2")
    assert [e.way for e in centre.diverted()] == [RETURN]


# --- shut -----------------------------------------------------------------------------------------


def test_shutting_a_queue_sends_everyone_away_at_once_and_lets_nobody_in() -> None:
    centre = Centre(profile("amina", queues=("billing", "retention")), queues=(BILLING, RETENTION))
    centre.ready("amina")
    for contact_id in ("c1", "c2"):
        centre.queue(contact_id)
    centre.queue("help", only=("amina",))
    centre.router.changes()

    centre.tell(QueueShut(queue_id="billing", by="dana", then=over("retention")))

    assert centre.ended() == {"c1": OfferOutcome.WITHDRAWN}
    assert [e.cause for e in centre.diverted()] == [DivertCause.SHUT] * 2
    assert (centre.line(), centre.line("retention")) == (["help"], ["c1", "c2"])
    (record,) = centre.router.changes().queues
    assert (record.shut, record.shut_by, record.shut_at) == (True, "dana", centre.now)
    centre.queue("c3", returned=True)
    assert told(centre) == [("c3", "billing", DivertCause.SHUT, WayKind.OVERFLOW, False)]

    centre.restart()
    with pytest.raises(RoutingError, match="closed"):
        centre.tell(ContactMoved(contact_id="c1", by="dana", queue_id="billing"))
    centre.tell(QueueReopened(queue_id="billing", by="dana"))
    centre.wait(1)
    centre.queue("c4")
    assert centre.line() == ["help", "c4"]
    again = QueueReopened(queue_id="billing", by="dana")
    assert centre.tell(again) == [Stale(what="queue", id="billing")]


def test_promised_callbacks_stay_in_a_queue_that_is_shut_unless_they_overflow_too() -> None:
    centre = Centre(profile("amina"), queues=(BILLING, RETENTION))
    centre.queue("c1")
    centre.choose_callback("c1")
    centre.tell(QueueShut(queue_id="billing", by="dana", then=HANG_UP))
    assert centre.line() == ["c1"]
    centre.tell(QueueShut(queue_id="billing", by="dana", then=over("retention")))
    assert centre.line("retention") == ["c1"]
