"""Walk a call through its flow.

    done = start(flow, {"ani": "+447700900142"}, now, context)
    done = step(flow, done.state, Gathered(digits="1", outcome=GatherOutcome.COMPLETE), now, context)

Deterministic and without I/O. An answer that is not due changes nothing. A way that leads nowhere, or
round in a circle, ends at the flow's fallback queue, never in silence. Secrets are used once, for the
look-up they were asked for, and leave the state with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, Literal

from calendars import is_open
from ivr import flow as nodes
from ivr.context import Context
from ivr.flow import PIN_FAILURES_MAX, RESERVED, Flow
from ivr.session import MASK, NODES_PER_CALL_MAX, Session
from ivr.speech import PLACEHOLDER, fill
from ivr.state import FlowError, FlowMismatch, StateUnreadable, from_json, to_json
from ivr.types import (
    ExitKind,
    Find,
    FindKind,
    FlowState,
    Found,
    Gather,
    Gathered,
    Input,
    Record,
    Recorded,
    Returned,
    Said,
    Say,
    Started,
    Step,
    Value,
)
from rules import Rule, RuleError, compile

__all__ = [
    "Context",
    "FlowError",
    "FlowMismatch",
    "StateUnreadable",
    "Step",
    "from_json",
    "resume",
    "start",
    "step",
    "to_json",
]

_DUE: Final = {
    Said: "said",
    Gathered: "gathered",
    Found: "found",
    Recorded: "recorded",
    Returned: "returned",
}
_DIGITS: Final = re.compile(r"[0-9]*")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_FOUND_AS: Final = {
    "customer_id": "customer_id",
    "name": "customer_name",
    "tier": "tier",
    "language": "customer_language",
    "case_id": "case_id",
    "subject": "case_subject",
    "status": "case_status",
    "status_text": "case_status_text",
}
"""Field of a look-up's result -> variable."""


def start(flow: Flow, attributes: Mapping[str, Value], now: datetime, context: Context) -> Step:
    """Begin. Of `attributes` count `ani`, `dnis`, `language` and what the flow declares as inputs."""
    session = Session(flow=flow, now=now, entered_at=now)
    session.seed(attributes)
    _walk(session, flow.start, context)
    return session.finish()


def step(flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
    """Go on with `answer`. When it is not the one due, nothing changes and nothing is asked for.

    Raises:
        FlowMismatch: `flow` is not the flow and version that `state` began on.
    """
    if (state.flow_id, state.flow_version) != (flow.id, flow.version):
        raise FlowMismatch(state, flow.id, flow.version)
    if isinstance(answer, Started) or state.awaiting is None or state.awaiting != _DUE[type(answer)]:
        return Step(state=state, actions=())
    session = Session.of(flow, state, now)
    node = flow.nodes.get(state.node) if state.node is not None else None
    match node, answer:
        case nodes.Say(), Said():
            _walk(session, node.next, context)
        case nodes.Menu(), Gathered():
            _pressed(session, node, answer, context)
        case nodes.Collect(), Gathered():
            _typed(session, node, answer, context)
        case nodes.Find(), Found():
            _walk(session, _found(session, node, answer), context)
        case nodes.Voicemail(), Recorded():
            _recorded(session, node, answer, context)
        case nodes.Queue(), Returned():
            _returned(session, answer)
            _walk(session, node.on_return, context)
        case _:
            # Given back by the fallback queue: there is nothing left to offer.
            session.note("warning", "No way on was left for this call, so it ends")
            session.exit(ExitKind.HANG_UP)
    return session.finish()


def resume(flow: Flow, state: FlowState, now: datetime, context: Context) -> Step:
    """Ask again for what is due, after a restart or a lost line. Counts as no try.

    Raises:
        FlowMismatch: as in `step`.
    """
    if (state.flow_id, state.flow_version) != (flow.id, flow.version):
        raise FlowMismatch(state, flow.id, flow.version)
    node = flow.nodes.get(state.node) if state.node is not None else None
    if node is None or state.awaiting in (None, "returned"):
        return Step(state=state, actions=())
    session = Session.of(flow, state, now)
    target = _perform(session, node, context)
    _walk(session, target, context)
    return session.finish()


# --- from node to node ----------------------------------------------------------------------------


class _Settled(Enum):
    """Instead of a node's id: the node asked for an answer or ended the session."""

    SETTLED = "settled"


_SETTLED: Final = _Settled.SETTLED
_Target = str | None | Literal[_Settled.SETTLED]


def _walk(session: Session, target: _Target, context: Context) -> None:
    """Enter `target` and go on until an answer is awaited or the session ends."""
    while target is not _SETTLED:
        node = session.flow.nodes.get(target) if target is not None else None
        if node is None:
            where = "an open exit" if target is None else f"{target}, which does not exist"
            session.fall_back(f"The flow leads to {where}")
            return
        if node.id in session.visited:
            session.fall_back(f"The flow goes round in a circle at {node.name or node.id}")
            return
        if session.steps >= NODES_PER_CALL_MAX:
            session.fall_back(f"The call went through {NODES_PER_CALL_MAX} nodes")
            return
        session.visited.add(node.id)
        session.steps += 1
        session.node, session.tries, session.entered_at = node.id, 0, session.now
        session.note("entered", node.name or node.id)
        target = _perform(session, node, context)


def _perform(session: Session, node: nodes.Node, context: Context) -> _Target:
    """Do what `node` does on entry. Returns where to go on, or `_SETTLED`."""
    match node:
        case nodes.Say():
            phrases = session.phrases(node.say)
            if not phrases:
                return node.next
            session.wait("said", Say(phrases=phrases, barge_in=node.barge_in))
        case nodes.Menu() | nodes.Collect():
            _ask(session, node, ())
        case nodes.Find():
            return _look_up(session, node)
        case nodes.Hours():
            return _hours(session, node, context)
        case nodes.Set():
            return _set(session, node)
        case nodes.Branch():
            return _branch(session, node)
        case nodes.Queue():
            if node.priority is not None:
                session.priority = node.priority
            session.variables["queue"] = node.queue
            session.exit(
                ExitKind.QUEUE,
                queue=node.queue,
                music=node.music,
                on_return=node.on_return,
                announce_every_s=node.announce_every_s,
            )
        case nodes.Voicemail():
            session.wait("recorded", Record(phrases=session.phrases(node.ask), max_s=node.max_s))
        case nodes.Transfer():
            if not _E164.fullmatch(node.destination):
                session.fall_back(f"{node.destination} is no telephone number")
            else:
                session.exit(ExitKind.TRANSFER, destination=node.destination)
        case nodes.HangUp():
            session.exit(ExitKind.HANG_UP)
    return _SETTLED


# --- questions ------------------------------------------------------------------------------------


def _ask(session: Session, node: nodes.Menu | nodes.Collect, before: nodes.Speech) -> None:
    gather = Gather(
        phrases=session.phrases((*before, *node.ask)),
        max_digits=1,
        terminator=None,
        first_digit_timeout_s=node.wait_s,
        inter_digit_timeout_s=node.wait_s,
        barge_in=node.barge_in,
    )
    if isinstance(node, nodes.Collect):
        gather = replace(
            gather,
            max_digits=node.max_digits,
            terminator=node.terminator,
            inter_digit_timeout_s=node.between_digits_s,
            secret=node.secret,
        )
    session.wait("gathered", gather)


def _pressed(session: Session, node: nodes.Menu, answer: Gathered, context: Context) -> None:
    for option in node.options:
        if option.key == answer.digits:
            session.note("pressed", option.label, option.key)
            _walk(session, option.to, context)
            return
    _not_usable(session, node, heard=bool(answer.digits), context=context)


def _typed(session: Session, node: nodes.Collect, answer: Gathered, context: Context) -> None:
    digits = answer.digits
    if not digits:
        _not_usable(session, node, heard=False, context=context)
    elif not _DIGITS.fullmatch(digits) or not node.min_digits <= len(digits) <= node.max_digits:
        _not_usable(session, node, heard=True, context=context)
    else:
        session.note("typed", node.name or node.id, MASK if node.secret else digits)
        session.variables[node.variable] = digits
        _walk(session, node.next, context)


def _not_usable(session: Session, node: nodes.Menu | nodes.Collect, *, heard: bool, context: Context) -> None:
    """Ask again with the next of the escalating prompts, or take the way out."""
    session.tries += 1
    if session.tries >= node.tries:
        _walk(session, node.on_invalid if heard else node.on_no_input, context)
        return
    prompts = node.not_understood if heard else node.not_heard
    before = prompts[min(session.tries, len(prompts)) - 1] if prompts else ()
    _ask(session, node, before)


# --- look-ups -------------------------------------------------------------------------------------


def _look_up(session: Session, node: nodes.Find) -> _Target:
    asks_pin = "pin" in node.arguments
    if asks_pin and session.pin_failures >= PIN_FAILURES_MAX:
        session.note("found", node.name or node.id, "locked")
        return node.on_locked
    arguments = {name: session.variables.get(variable) for name, variable in node.arguments.items()}
    if any(value in (None, "") for value in arguments.values()):
        session.note("found", node.name or node.id, "nothing_given")
        return node.on_not_matched
    if asks_pin:
        session.variables.pop(node.arguments["pin"], None)
    session.wait("found", Find(kind=node.find, arguments=arguments, timeout_s=node.timeout_s))
    return _SETTLED


def _found(session: Session, node: nodes.Find, answer: Found) -> str | None:
    name, asked_pin = node.name or node.id, "pin" in node.arguments
    if answer.error is not None:
        session.note("found", name, "error")
        return node.on_error
    if not answer.matched:
        if asked_pin:
            session.pin_failures += 1
        locked = asked_pin and session.pin_failures >= PIN_FAILURES_MAX
        session.note("found", name, "locked" if locked else "not_matched")
        return node.on_locked if locked else node.on_not_matched
    session.note("found", name, "matched")
    _identify(session, node, answer.result, proven=asked_pin and answer.result.get("verified") is not False)
    return node.on_matched


def _identify(session: Session, node: nodes.Find, result: Mapping[str, Value], *, proven: bool) -> None:
    """Keep who was found, and how sure that is. Proof holds for the customer it was given for, only."""
    customer = result.get("customer_id")
    same = customer is not None and customer == session.variables.get("customer_id")
    if not same and (customer is not None or proven):
        for variable in nodes.FOUND_CUSTOMER:
            session.variables.pop(variable, None)
        session.variables["verified"] = False
    for field, variable in _FOUND_AS.items():
        if field in result:
            session.learn(variable, result[field])
    if proven:
        session.variables |= {"verified": True, "verified_how": "PIN"}
    elif session.variables.get("verified") is not True:
        by_number = node.find is FindKind.CUSTOMER_BY_NUMBER
        session.variables["verified_how"] = "number only" if by_number else "account only"
    session.note("verified", node.name or node.id, str(session.variables["verified_how"]))


# --- quiet nodes ----------------------------------------------------------------------------------


def _hours(session: Session, node: nodes.Hours, context: Context) -> str | None:
    calendar = context.calendars.get(node.calendar)
    if calendar is None:
        session.note("warning", f"There is no calendar {node.calendar}, so it counts as open")
        return node.on_open
    return node.on_open if is_open(calendar, session.now).open else node.on_closed


def _set(session: Session, node: nodes.Set) -> str | None:
    known = session.shown()
    for name, value in node.variables.items():
        if name in RESERVED:
            session.note("warning", f"{name} cannot be set by a flow")
        elif isinstance(value, str) and (copied := PLACEHOLDER.fullmatch(value)):
            session.variables[name] = known.get(copied[1])
        elif isinstance(value, str):
            session.learn(name, fill(value, known))
        else:
            session.variables[name] = value
    for skill, level in node.skills.items():
        if level > 0:
            session.skills[skill] = level
        else:
            session.skills.pop(skill, None)
    if node.priority is not None:
        session.priority = node.priority
    if node.language in session.flow.languages:
        session.variables["language"] = node.language
    return node.next


def _branch(session: Session, node: nodes.Branch) -> str | None:
    types = session.flow.types
    known = session.shown()
    values = {name: known.get(name) for name, _ in types}
    for case in node.cases:
        rule = _compiled(case.when, types)
        if rule is None:
            session.note("warning", f"{case.when}: cannot be read, so it counts as no")
            continue
        verdict = rule.evaluate(values)
        if verdict.warning is not None:
            session.note("warning", verdict.warning)
        if verdict.value:
            return case.to
    return node.otherwise


@lru_cache(maxsize=4096)
def _compiled(text: str, types: tuple[tuple[str, str], ...]) -> Rule | None:
    try:
        return compile(text, dict(types))
    except RuleError:
        return None


# --- messages and queues --------------------------------------------------------------------------


def _recorded(session: Session, node: nodes.Voicemail, answer: Recorded, context: Context) -> None:
    if answer.recording_id is not None:
        came_from = session.variables.get("queue")
        queue = node.queue or (came_from if isinstance(came_from, str) else session.flow.fallback_queue)
        session.exit(ExitKind.VOICEMAIL, queue=queue, recording_id=answer.recording_id)
    elif node.on_nothing is None:
        session.exit(ExitKind.HANG_UP)
    else:
        _walk(session, node.on_nothing, context)


def _returned(session: Session, answer: Returned) -> None:
    session.learn("returned_why", answer.why)
    session.note("returned", answer.why)
