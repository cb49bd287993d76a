"""Digits that nobody may see: they leave the interpreter with the look-up that needs them, or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from ivr import interpreter
from ivr.context import Context
from ivr.load import load_yaml
from ivr.types import Gathered, GatherOutcome

CARD = "4111111111111111"
FLOW = """
id: payment
version: 1
name: Payment
languages: [en]
start: card
nodes:
  card:
    kind: collect
    name: Card
    ask: [goodbye]
    variable: card
    secret: true
    min_digits: 12
    max_digits: 19
    wait_s: 15
    tries: 1
    next: thanks
    on_no_input: end
    on_invalid: end
  thanks: {kind: say, name: Thanks, say: [goodbye], next: end}
  end: {kind: hang_up, name: End}
"""


def test_a_card_that_was_typed_is_in_nothing_that_is_written_down() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    flow, context = load_yaml(FLOW), Context()
    begun = interpreter.start(flow, {}, now, context)
    typed = Gathered(digits=CARD, outcome=GatherOutcome.COMPLETE)
    step = interpreter.step(flow, begun.state, typed, now, context)
    assert step.state.node == "thanks", "the digits were taken"
    assert CARD not in json.dumps(interpreter.to_json(step.state))
    assert CARD not in repr(step.actions)
