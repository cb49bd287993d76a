"""What can be wrong with one node: exits, names, limits, secrets, and what the back end cannot do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from ivr import flow as nodes
from ivr.context import Context
from ivr.findings import Finding
from ivr.flow import FIND_ARGUMENTS, RESERVED, Flow, Node, Pick, Recorded, Text, edges
from ivr.usage import speeches, uses
from rules import RuleError, compile

KEYS: Final = frozenset("0123456789*#")
TRIES_MAX: Final = 10
WAIT_MAX_S: Final = 60.0
DIGITS_MAX: Final = 32
FIND_TIMEOUT_MAX_S: Final = 10.0
MESSAGE_MIN_S: Final = 5.0
MESSAGE_MAX_S: Final = 600.0
ANNOUNCE_MIN_S: Final = 10.0
"""Announcements more often than this leave no time to hear music, or to be found by an agent."""
PRIORITY_MAX: Final = 100
SKILL_LEVEL_MAX: Final = 10
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


def check_node(node: Node, flow: Flow, context: Context) -> Iterator[Finding]:
    """Everything about `node` that can be judged without its neighbours' insides."""
    yield from _exits(node, flow)
    yield from _spoken(node, flow, context)
    yield from _secrets(node, flow)
    match node:
        case nodes.Say():
            if not node.say:
                yield Finding.error(
                    node.id, "say", "Nothing is said here.", "Choose a prompt or write a text."
                )
        case nodes.Menu():
            yield from _question(node)
            yield from _menu(node)
        case nodes.Collect():
            yield from _question(node)
            yield from _collect(node)
        case nodes.Find():
            yield from _find(node, flow)
        case nodes.Hours():
            yield from _known(node.id, "calendar", "calendar", node.calendar, context.calendars)
        case nodes.Set():
            yield from _set(node, flow, context)
        case nodes.Branch():
            yield from _branch(node, flow)
        case nodes.Queue():
            yield from _queue(node, context)
        case nodes.Voicemail():
            if node.queue is not None:
                yield from _known(node.id, "queue", "queue", node.queue, context.queues)
            yield from _between(node.id, "max_s", node.max_s, MESSAGE_MIN_S, MESSAGE_MAX_S, "seconds")
        case nodes.Transfer():
            yield from _transfer(node, context)
        case nodes.HangUp():
            pass


def _exits(node: Node, flow: Flow) -> Iterator[Finding]:
    for edge in edges(node):
        if edge.to is None:
            if edge.needed:
                yield Finding.error(
                    node.id, edge.field, f"{edge.label} leads nowhere.", "Connect it to a node."
                )
        elif edge.to not in flow.nodes:
            what = f"{edge.label} leads to {edge.to}, which does not exist."
            yield Finding.error(node.id, edge.field, what, _nearest(edge.to, flow.nodes))


def _spoken(node: Node, flow: Flow, context: Context) -> Iterator[Finding]:
    for field, speech in speeches(node):
        for part in speech:
            if part.language is not None and part.language not in flow.languages:
                what = f"The flow does not speak {part.language}."
                cure = f"Use one of {', '.join(flow.languages)}, or add it to the flow's languages."
                yield Finding.error(node.id, field, what, cure)
            wanted = (part.language,) if part.language else flow.languages
            match part:
                case Recorded():
                    yield from _prompt(node.id, field, part.prompt, wanted, context)
                case Pick():
                    for prompt in part.prompts.values():
                        yield from _prompt(node.id, field, prompt, wanted, context)
                    yield from _texts(node.id, field, part, wanted)
                case Text():
                    yield from _texts(node.id, field, part, wanted)


def _prompt(
    node_id: str, field: str, prompt: str, languages: Collection[str], context: Context
) -> Iterator[Finding]:
    yield from _known(node_id, field, "prompt", prompt, context.catalogue.prompts)
    worded = context.catalogue.languages_of(prompt)
    for language in languages:
        if worded and language not in worded:
            what = f"The prompt {prompt} has no words in {language}."
            instead = context.catalogue.languages[0]
            cure = f"Add them. Until then callers hear it in {instead}."
            yield Finding.warning(node_id, field, what, cure)


def _texts(node_id: str, field: str, part: Text | Pick, languages: Collection[str]) -> Iterator[Finding]:
    texts = part.texts if isinstance(part, Text) else part.otherwise
    if not texts and isinstance(part, Text):
        yield Finding.error(node_id, field, "A text has no words.", "Write them, or remove it.")
    for language in languages:
        if texts and language not in texts and "" not in texts:
            what = f"A text has no words in {language}."
            yield Finding.warning(node_id, field, what, "Add them. Until then callers hear another language.")


def _secrets(node: Node, flow: Flow) -> Iterator[Finding]:
    allowed = "pin" if isinstance(node, nodes.Find) else None
    for use in uses(node):
        if use.variable in flow.secrets and use.field != f"arguments.{allowed}":
            what = f"{use.variable} is secret: it is neither said nor passed on."
            yield Finding.error(node.id, use.field, what, "Use it only as the pin of a look-up.")


def _question(node: nodes.Menu | nodes.Collect) -> Iterator[Finding]:
    if not node.ask:
        yield Finding.error(node.id, "ask", "Nothing is asked here.", "Choose a prompt or write a text.")
    yield from _between(node.id, "tries", node.tries, 1, TRIES_MAX, "tries")
    yield from _between(node.id, "wait_s", node.wait_s, 1.0, WAIT_MAX_S, "seconds")


def _menu(node: nodes.Menu) -> Iterator[Finding]:
    if not node.options:
        yield Finding.error(node.id, "options", "The menu has no keys.", "Add at least one.")
    seen: set[str] = set()
    for option in node.options:
        field = f"options.{option.key}"
        if option.key not in KEYS:
            what = f"{option.key} is not on a keypad."
            yield Finding.error(node.id, field, what, "Use one of 0 to 9, * or #.")
        if option.key in seen:
            yield Finding.error(
                node.id, field, f"Key {option.key} stands twice.", "Give one of them another key."
            )
        seen.add(option.key)


def _collect(node: nodes.Collect) -> Iterator[Finding]:
    yield from _name(node.id, "variable", node.variable)
    yield from _between(node.id, "max_digits", node.max_digits, 1, DIGITS_MAX, "digits")
    yield from _between(node.id, "min_digits", node.min_digits, 1, node.max_digits, "digits")
    yield from _between(node.id, "between_digits_s", node.between_digits_s, 1.0, WAIT_MAX_S, "seconds")
    if node.terminator is not None and node.terminator not in ("#", "*"):
        what = f"{node.terminator} cannot end an entry."
        yield Finding.error(node.id, "terminator", what, "Use # or *, or none.")


def _find(node: nodes.Find, flow: Flow) -> Iterator[Finding]:
    required, optional = FIND_ARGUMENTS[node.find]
    for name in sorted(required - node.arguments.keys()):
        what = f"The look-up has no {name}."
        yield Finding.error(node.id, f"arguments.{name}", what, "Name the variable that holds it.")
    for name in sorted(node.arguments.keys() - required - optional):
        what = f"This look-up takes no {name}."
        yield Finding.error(node.id, f"arguments.{name}", what, "Remove it.")
    pin = node.arguments.get("pin")
    if pin is not None and pin not in flow.secrets:
        what = f"{pin} is a PIN but is not secret: it would be written down."
        yield Finding.error(node.id, "arguments.pin", what, "Set secret: true where it is collected.")
    yield from _between(node.id, "timeout_s", node.timeout_s, 0.1, FIND_TIMEOUT_MAX_S, "seconds")


def _set(node: nodes.Set, flow: Flow, context: Context) -> Iterator[Finding]:
    for name in node.variables:
        if name == "language":
            what = "language is not set as a variable."
            yield Finding.error(node.id, f"variables.{name}", what, "Use the field language of this node.")
        else:
            yield from _name(node.id, f"variables.{name}", name)
    for skill, level in node.skills.items():
        yield from _between(node.id, f"skills.{skill}", level, 0, SKILL_LEVEL_MAX, "level")
        if context.skills is not None:
            yield from _known(node.id, f"skills.{skill}", "skill", skill, context.skills)
    if node.priority is not None:
        yield from _between(node.id, "priority", node.priority, 0, PRIORITY_MAX, "priority")
    if node.language is not None and node.language not in flow.languages:
        what = f"The flow does not speak {node.language}."
        cure = f"Use one of {', '.join(flow.languages)}, or add it to the flow's languages."
        yield Finding.error(node.id, "language", what, cure)


def _branch(node: nodes.Branch, flow: Flow) -> Iterator[Finding]:
    if not node.cases:
        yield Finding.error(node.id, "cases", "Nothing is decided here.", "Add a condition.")
    for index, case in enumerate(node.cases):
        field = f"cases.{index}.when"
        try:
            rule = compile(case.when, dict(flow.types))
        except RuleError as error:
            what = f"At character {error.position + 1}: {error.problem}"
            yield Finding.error(node.id, field, what, error.cure)
            continue
        if not rule.names:
            what = f"{case.when} does not depend on the call."
            yield Finding.warning(node.id, field, what, "Compare a variable, or remove the branch.")


def _queue(node: nodes.Queue, context: Context) -> Iterator[Finding]:
    yield from _known(node.id, "queue", "queue", node.queue, context.queues)
    if node.music is not None and context.music is not None:
        yield from _known(node.id, "music", "music", node.music, context.music)
    if node.announce_every_s is not None:
        yield from _between(
            node.id, "announce_every_s", node.announce_every_s, ANNOUNCE_MIN_S, 3600.0, "seconds"
        )
    if node.priority is not None:
        yield from _between(node.id, "priority", node.priority, 0, PRIORITY_MAX, "priority")


def _transfer(node: nodes.Transfer, context: Context) -> Iterator[Finding]:
    if not E164.fullmatch(node.destination):
        what = f"{node.destination} is not a complete telephone number."
        yield Finding.error(node.id, "destination", what, "Write it with + and the country code.")
    if not context.reaches_telephone_network:
        what = "The line this flow answers on does not reach the telephone network."
        cure = "Send the caller to a queue, or answer on a line that does (Asterisk, Twilio)."
        yield Finding.error(node.id, "destination", what, cure)


def _name(node_id: str, field: str, name: str) -> Iterator[Finding]:
    if not NAME.fullmatch(name):
        what = f"{name!r} cannot be a variable's name."
        yield Finding.error(node_id, field, what, "Use letters, digits and _, a letter first.")
    elif name in RESERVED:
        what = f"{name} is written by look-ups only."
        yield Finding.error(node_id, field, what, "Choose another name.")


def _known(node_id: str, field: str, kind: str, name: str, known: Collection[str]) -> Iterator[Finding]:
    if name not in known:
        yield Finding.error(node_id, field, f"There is no {kind} {name}.", _nearest(name, known))


def _nearest(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Use one of {', '.join(sorted(known)[:12])}." if known else "Create it first."


def _between(
    node_id: str, field: str, value: float, least: float, most: float, unit: str
) -> Iterator[Finding]:
    if not least <= value <= most:
        what = f"{field.rsplit('.', 1)[-1]} is {value:g}, outside of {least:g} to {most:g} {unit}."
        yield Finding.error(node_id, field, what, f"Choose a value from {least:g} to {most:g}.")
