"""Flows out of thin air.

`valid_flows` makes flows that `validate` finds no error in: silent exits lead forward only, so that a silent
caller arrives somewhere; what a caller presses may lead anywhere. `wild_flows` makes any flow at all.

Names, labels and texts hold no 8 or 9: those digits are kept for PINs, so that a leak shows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from hypothesis import strategies as st

from calendars import Calendar, Shift, always_open
from ivr import flow as nodes
from ivr.context import Context
from ivr.flow import Flow, Node, Recorded, Speech, Text, edges
from ivr.prompts import PromptCatalogue, PromptEntry
from ivr.types import FindKind

LANGUAGES = ("en", "cy")
QUEUES = ("sales", "help")
PROMPTS = ("hello", "ask", "again", "bye")
INPUTS = {"topic": "string", "account": "string"}
NIGHTS = Calendar(id="nights", zone="Europe/London", weekly=((Shift(opens=time(22), closes=time(6)),),) * 7)

CONTEXT = Context(
    calendars={"always": always_open("always", "Europe/London"), "nights": NIGHTS},
    queues=frozenset(QUEUES),
    catalogue=PromptCatalogue(
        languages=LANGUAGES,
        prompts={name: PromptEntry(id=name, texts={"en": name, "cy": name}) for name in PROMPTS},
    ),
)

Target = Callable[[], str | None]
"""Draws the node that an exit leads to."""

CONDITIONS = (
    'topic == "sales"',
    'account != null && account != ""',
    "verified",
    'language == "cy"',
    "size(topic) > 3",
    "int(topic) > 3",
)
KINDS = (
    *("say", "menu", "menu", "collect", "pin", "find", "hours"),
    *("set", "branch", "queue", "queue", "voicemail", "hang_up"),
)
speeches: st.SearchStrategy[Speech] = st.lists(
    st.one_of(
        st.builds(Recorded, prompt=st.sampled_from(PROMPTS), language=st.sampled_from((None, *LANGUAGES))),
        st.builds(Text, texts=st.just({"": "You said ${topic}"}), spell=st.booleans()),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
tries = st.integers(1, 3)


def _node(draw: st.DrawFn, kind: str, node_id: str, silent: Target, pressed: Target) -> list[Node]:
    """One node of `kind`; a PIN is two, the question and its look-up."""
    match kind:
        case "say":
            return [nodes.Say(id=node_id, say=draw(speeches), barge_in=draw(st.booleans()), next=silent())]
        case "menu":
            keys = draw(st.lists(st.sampled_from("0123*#"), min_size=1, max_size=3, unique=True))
            menu = nodes.Menu(
                id=node_id,
                ask=draw(speeches),
                not_heard=tuple(draw(st.lists(speeches, max_size=2))),
                not_understood=tuple(draw(st.lists(speeches, max_size=2))),
                tries=draw(tries),
                options=tuple(nodes.Option(key=key, label=f"key {key}", to=pressed()) for key in keys),
                on_no_input=silent(),
                on_invalid=pressed(),
            )
            return [menu]
        case "collect" | "pin":
            return _collect(draw, node_id, silent, pressed, pin=kind == "pin")
        case "find":
            by_account = draw(st.booleans())
            find = nodes.Find(
                id=node_id,
                find=FindKind.CUSTOMER_BY_ACCOUNT if by_account else FindKind.CUSTOMER_BY_NUMBER,
                arguments={"account": "account"} if by_account else {"number": "ani"},
                on_matched=silent(),
                on_not_matched=silent(),
                on_error=silent(),
            )
            return [find]
        case "hours":
            calendar = draw(st.sampled_from(("always", "nights")))
            return [nodes.Hours(id=node_id, calendar=calendar, on_open=silent(), on_closed=silent())]
        case "set":
            chosen = nodes.Set(
                id=node_id,
                variables=draw(st.sampled_from(({}, {"topic": "sales"}, {"note": "${account}"}))),
                skills=draw(st.sampled_from(({}, {"Welsh": 5}, {"Welsh": 0}))),
                priority=draw(st.sampled_from((None, 0, 5))),
                language=draw(st.sampled_from((None, *LANGUAGES))),
                next=silent(),
            )
            return [chosen]
        case "branch":
            whens = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3))
            cases = tuple(nodes.Case(when=when, to=silent()) for when in whens)
            return [nodes.Branch(id=node_id, cases=cases, otherwise=silent())]
        case "queue":
            queue = draw(st.sampled_from(QUEUES))
            return [nodes.Queue(id=node_id, queue=queue, on_return=silent())]
        case "voicemail":
            left_for = draw(st.sampled_from(QUEUES))
            return [nodes.Voicemail(id=node_id, queue=left_for, ask=draw(speeches), on_nothing=silent())]
        case _:
            return [nodes.HangUp(id=node_id)]


def _collect(draw: st.DrawFn, node_id: str, silent: Target, pressed: Target, *, pin: bool) -> list[Node]:
    least = draw(st.integers(1, 4))
    asked = nodes.Collect(
        id=node_id,
        ask=draw(speeches),
        tries=draw(tries),
        variable="pin" if pin else "account_typed",
        min_digits=least,
        max_digits=draw(st.integers(least, 6)),
        secret=pin,
        on_no_input=silent(),
        on_invalid=pressed(),
        next=f"{node_id}_find" if pin else pressed(),
    )
    if not pin:
        return [asked]
    by_case = draw(st.booleans())
    number = {"case_number" if by_case else "account": "account"}
    find = nodes.Find(
        id=f"{node_id}_find",
        find=FindKind.CASE_STATUS if by_case else FindKind.CUSTOMER_BY_ACCOUNT,
        arguments={**number, "pin": "pin"},
        on_matched=silent(),
        on_not_matched=draw(st.sampled_from((node_id, silent()))),
        on_error=silent(),
        on_locked=silent(),
    )
    return [asked, find]


PIN_FLOW = Flow(
    id="main",
    languages=LANGUAGES,
    inputs=INPUTS,
    fallback_queue="help",
    start="ask",
    nodes={
        "ask": nodes.Collect(
            id="ask",
            ask=(Recorded(prompt="ask"),),
            variable="pin",
            secret=True,
            min_digits=4,
            max_digits=4,
            on_no_input="help",
            on_invalid="help",
            next="number",
        ),
        "number": nodes.Set(id="number", variables={"number": "1234"}, next="find"),
        "find": nodes.Find(
            id="find",
            find=FindKind.CASE_STATUS,
            arguments={"case_number": "number", "pin": "pin"},
            on_matched="help",
            on_not_matched="ask",
            on_error="ask",
            on_locked="help",
        ),
        "help": nodes.Queue(id="help", queue="help", on_return="ask"),
    },
)
"""Asks for a PIN again and again, so that every run has some."""


@st.composite
def valid_flows(draw: st.DrawFn) -> Flow:
    """A flow without errors. Silent exits lead to later nodes, pressed keys to any."""
    kinds = [*draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=9)), "hang_up"]
    names = [f"node_{chr(ord('a') + index)}" for index in range(len(kinds))]
    made: dict[str, Node] = {}
    for index, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        later = names[index + 1 :] or names[-1:]

        def silent(later: list[str] = later) -> str:
            return draw(st.sampled_from(later))

        def pressed() -> str:
            return draw(st.sampled_from(names))

        made |= {node.id: node for node in _node(draw, kind, name, silent, pressed)}
    return _flow({name: made[name] for name in _reached(names[0], made)}, names[0])


@st.composite
def wild_flows(draw: st.DrawFn) -> Flow:
    """Any flow that can be written down: open exits, exits to nowhere, circles."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=7))
    names = [f"node_{chr(ord('a') + index)}" for index in range(len(kinds))]

    def anywhere() -> str | None:
        return draw(st.sampled_from((*names, *names, None, "nowhere", "")))

    made: dict[str, Node] = {}
    for kind, name in zip(kinds, names, strict=True):
        made |= {node.id: node for node in _node(draw, kind, name, anywhere, anywhere)}
    start = draw(st.sampled_from((*names, *names, "nowhere")))
    return _flow(made, start, fallback=draw(st.sampled_from((None, "help"))))


def _flow(made: dict[str, Node], start: str, fallback: str | None = "help") -> Flow:
    return Flow(
        id="main", languages=LANGUAGES, inputs=INPUTS, fallback_queue=fallback, start=start, nodes=made
    )


def _reached(start: str, made: dict[str, Node]) -> list[str]:
    reached, ahead = {start}, [start]
    while ahead:
        for edge in edges(made[ahead.pop()]):
            if edge.to in made and edge.to not in reached:
                reached.add(edge.to)
                ahead.append(edge.to)
    return [name for name in made if name in reached]
