"""`Life`, driven by Hypothesis: it chooses what happens next, and shrinks what goes wrong."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.property.routing.life import HAPPENINGS, Life

chance = st.randoms(use_true_random=False, note_method_calls=False)


class EngineMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(r=chance)
    def the_centre_opens(self, r: Random) -> None:
        self.life.open(r)

    @rule(r=chance, happening=st.sampled_from(HAPPENINGS))
    def something_happens(self, r: Random, happening: object) -> None:
        assert callable(happening)
        happening(self.life, r)
