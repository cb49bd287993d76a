"""The demo's flows that agents send callers into."""

from __future__ import annotations

import pytest

from app.demo.catalogue import demo_catalogue
from app.demo.desk import desk_data, flows
from ivr.context import Context
from ivr.flow import Collect, Flow
from ivr.validate import Level, validate


@pytest.mark.parametrize("flow", flows(), ids=lambda flow: flow.id)
def test_a_side_flow_is_valid_with_the_shipped_prompts(flow: Flow) -> None:
    findings = validate(flow, Context(catalogue=demo_catalogue()))
    assert [each for each in findings if each.level is Level.ERROR] == []


def test_a_card_is_typed_in_secret() -> None:
    [payment] = [flow for flow in flows() if flow.id == "payment"]
    asked = [node for node in payment.nodes.values() if isinstance(node, Collect)]
    assert asked
    assert all(node.secret for node in asked)


def test_every_flow_to_transfer_to_exists() -> None:
    assert {each["flow"] for each in desk_data()["transfer_flows"]} == {flow.id for flow in flows()}
