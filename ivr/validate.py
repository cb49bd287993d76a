"""Does a flow make sense here: `validate(flow, context)`.

An error means that callers would come to harm; a flow with one is not published. A warning is worth a look.
A flow without errors always comes to an end, whatever a caller does or leaves undone (property-tested).
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ivr.checks import check_node
from ivr.context import Context
from ivr.findings import Finding, Level
from ivr.flow import ALWAYS_KNOWN, RESERVED, Branch, Flow, Node, edges
from ivr.session import NODES_PER_CALL_MAX
from ivr.usage import Use, uses
from rules import RuleError, compile

__all__ = ["Finding", "Level", "has_errors", "validate"]

NODES_MAX = NODES_PER_CALL_MAX // 2
"""A call must be able to go through the longest way and back without meeting the bound of a call."""


def validate(flow: Flow, context: Context) -> list[Finding]:
    """All findings, errors first, then in the order of the nodes."""
    findings = [
        *_whole_flow(flow, context),
        *_reachable(flow),
        *_circles(flow),
        *_order_of_variables(flow),
        *(finding for node in flow.nodes.values() for finding in check_node(node, flow, context)),
    ]
    place = {node_id: index for index, node_id in enumerate(flow.nodes)}
    return sorted(findings, key=lambda found: (found.level is Level.WARNING, place.get(found.node or "", -1)))


def has_errors(findings: list[Finding]) -> bool:
    """Whether one of `findings` forbids publishing."""
    return any(finding.level is Level.ERROR for finding in findings)


def _whole_flow(flow: Flow, context: Context) -> Iterator[Finding]:
    if flow.start not in flow.nodes:
        near = get_close_matches(flow.start, flow.nodes, n=1)
        cure = f"Did you mean {near[0]}?" if near else "Name one of its nodes."
        yield Finding.error(None, "start", f"The flow begins at {flow.start}, which does not exist.", cure)
    if len(flow.nodes) > NODES_MAX:
        what = f"The flow has {len(flow.nodes)} nodes, more than {NODES_MAX}."
        yield Finding.error(None, "nodes", what, "Split it into two flows.")
    if not flow.languages:
        yield Finding.error(
            None, "languages", "The flow speaks no language.", "Name at least one, such as en."
        )
    for language in flow.languages:
        if language not in context.catalogue.languages:
            what = f"No prompts are worded in {language}."
            yield Finding.error(
                None, "languages", what, "Add the language to the prompts, or take it out here."
            )
    for name in flow.inputs:
        if name in RESERVED and name not in ALWAYS_KNOWN:
            what = f"{name} cannot come from outside: only a look-up may say it."
            yield Finding.error(None, f"inputs.{name}", what, "Give the input another name.")
        if name in flow.secrets:
            what = f"{name} is secret and cannot come from outside."
            yield Finding.error(None, f"inputs.{name}", what, "Give the input another name.")
    if flow.fallback_queue is None:
        what = "A caller whose way leads nowhere is hung up on."
        yield Finding.warning(None, "fallback_queue", what, "Name a queue that anybody serves.")
    elif flow.fallback_queue not in context.queues:
        what = f"There is no queue {flow.fallback_queue}."
        yield Finding.error(None, "fallback_queue", what, _nearest(flow.fallback_queue, context.queues))


def _reachable(flow: Flow) -> Iterator[Finding]:
    if flow.start not in flow.nodes:
        return
    seen = {flow.start}
    ahead = [flow.start]
    while ahead:
        for edge in edges(flow.nodes[ahead.pop()]):
            if edge.to is not None and edge.to in flow.nodes and edge.to not in seen:
                seen.add(edge.to)
                ahead.append(edge.to)
    for node in flow.nodes.values():
        if node.id not in seen:
            what = f"No caller ever comes to {_called(node)}."
            yield Finding.error(node.id, None, what, "Connect an exit to it, or delete it.")


def _circles(flow: Flow) -> Iterator[Finding]:
    """Ways that lead back to where they began although the caller does nothing at all."""
    colour: dict[str, str] = {}
    for first in flow.nodes:
        stack: list[tuple[str, Iterator[str]]] = []
        ahead: str | None = first if first not in colour else None
        while ahead is not None or stack:
            if ahead is not None:
                colour[ahead] = "open"
                stack.append((ahead, iter(_silent_targets(flow, flow.nodes[ahead]))))
                ahead = None
            node_id, targets = stack[-1]
            for target in targets:
                if colour.get(target) == "open":
                    way = [name for name, _ in stack]
                    yield _circle(flow, way[way.index(target) :])
                elif target not in colour:
                    ahead = target
                    break
            else:
                colour[node_id] = "done"
                stack.pop()


def _silent_targets(flow: Flow, node: Node) -> list[str]:
    silent = (edge.to for edge in edges(node) if not edge.by_caller)
    return [target for target in silent if target is not None and target in flow.nodes]


def _circle(flow: Flow, way: list[str]) -> Finding:
    names = " to ".join(_called(flow.nodes[node_id]) for node_id in (*way, way[0]))
    what = f"A caller who presses nothing goes round for ever: {names}."
    return Finding.error(way[-1], None, what, "Let one exit lead to a queue, a message or the end.")


def _order_of_variables(flow: Flow) -> Iterator[Finding]:
    """Variables read where they have no value: on no way (error) or not on every way (warning)."""
    surely, perhaps = _known_before(flow)
    declared = {*flow.inputs, *ALWAYS_KNOWN}
    ever = {name for name, _ in flow.types} | flow.secrets
    for node in flow.nodes.values():
        if node.id not in surely:
            continue
        for use in (*uses(node), *_compared(node, flow)):
            if use.variable in declared or use.variable in surely[node.id]:
                continue
            if use.variable not in ever:
                near = get_close_matches(use.variable, sorted(ever), n=1)
                cure = (
                    f"Did you mean {near[0]}?"
                    if near
                    else "Collect or set it before, or declare it in inputs."
                )
                yield Finding.error(node.id, use.field, f"Nothing ever sets {use.variable}.", cure)
            elif use.variable not in perhaps[node.id]:
                what = f"{use.variable} has no value here: it is set only later or elsewhere."
                yield Finding.error(node.id, use.field, what, "Set it on the way to this node.")
            elif use.must_have:
                what = f"{use.variable} has no value on some ways to this node."
                yield Finding.warning(node.id, use.field, what, use.else_what)


def _compared(node: Node, flow: Flow) -> Iterator[Use]:
    """What the conditions of a branch read; what cannot be compiled is `check_node`'s to say."""
    for index, case in enumerate(node.cases if isinstance(node, Branch) else ()):
        try:
            names = compile(case.when, dict(flow.types)).names
        except RuleError:
            continue
        for name in sorted(names):
            yield Use(variable=name, field=f"cases.{index}.when", must_have=False)


def _known_before(flow: Flow) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Per reachable node: the variables set on every way to it, and on at least one."""
    surely: dict[str, frozenset[str]] = {}
    perhaps: dict[str, frozenset[str]] = {}
    if flow.start not in flow.nodes:
        return surely, perhaps
    surely[flow.start] = perhaps[flow.start] = frozenset({"verified"})
    ahead = [flow.start]
    while ahead:
        node_id = ahead.pop()
        for edge in edges(flow.nodes[node_id]):
            target = edge.to
            if target is None or target not in flow.nodes:
                continue
            sure, may = surely[node_id] | edge.sets, perhaps[node_id] | edge.sets
            if target in surely:
                sure, may = sure & surely[target], may | perhaps[target]
            if (sure, may) != (surely.get(target), perhaps.get(target)):
                surely[target], perhaps[target] = sure, may
                ahead.append(target)
    return surely, perhaps


def _called(node: Node) -> str:
    return node.name or node.id


def _nearest(name: str, known: frozenset[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Use one of {', '.join(sorted(known)[:12])}." if known else "Create it first."
