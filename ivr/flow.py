"""A call flow as data: nodes, and the exits that join them.

An exit is a field that holds the id of the node to go on at; None is an open exit. `edges` lists a node's
exits, which is all that the validator and the studio need to know of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ivr.types import FindKind, Value

PIN_FAILURES_MAX: Final = 3
"""Wrong PINs per call, after which no PIN is looked up any more."""

ALWAYS_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {"ani": "string", "dnis": "string", "language": "string"}
)
"""Inputs of every flow -> type. `ani` and `dnis` are E.164 numbers, empty when withheld."""

FOUND_CUSTOMER: Final[Mapping[str, str]] = MappingProxyType(
    {"customer_id": "string", "customer_name": "string", "tier": "string", "customer_language": "string"}
)
FOUND_CASE: Final[Mapping[str, str]] = MappingProxyType(
    {"case_id": "string", "case_subject": "string", "case_status": "string", "case_status_text": "string"}
)
VERIFICATION: Final[Mapping[str, str]] = MappingProxyType({"verified": "bool", "verified_how": "string"})

RESERVED: Final = frozenset(
    {*FOUND_CUSTOMER, *FOUND_CASE, *VERIFICATION, *ALWAYS_KNOWN, "queue", "returned_why"}
)
"""Variables that only the interpreter writes; a caller's web page or a `set` node never can."""

FIND_ARGUMENTS: Final[Mapping[FindKind, tuple[frozenset[str], frozenset[str]]]] = MappingProxyType(
    {
        FindKind.CUSTOMER_BY_NUMBER: (frozenset({"number"}), frozenset()),
        FindKind.CUSTOMER_BY_ACCOUNT: (frozenset({"account"}), frozenset({"pin"})),
        FindKind.CASE_STATUS: (frozenset({"case_number", "pin"}), frozenset()),
    }
)
"""Kind -> required and optional arguments."""

FIND_RESULTS: Final[Mapping[FindKind, Mapping[str, str]]] = MappingProxyType(
    {
        FindKind.CUSTOMER_BY_NUMBER: FOUND_CUSTOMER,
        FindKind.CUSTOMER_BY_ACCOUNT: FOUND_CUSTOMER,
        FindKind.CASE_STATUS: MappingProxyType({**FOUND_CUSTOMER, **FOUND_CASE}),
    }
)


# --- what is said ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A prompt of the catalogue. `language` overrides the caller's."""

    prompt: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words with `${variable}` in them. `texts` maps a language to them, "" to words for any language.

    A text whose variable has no value is left out. `spell` reads character by character.
    """

    texts: Mapping[str, str]
    language: str | None = None
    spell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The prompt that belongs to a variable's value, or `otherwise` (a text as in `Text.texts`)."""

    variable: str
    prompts: Mapping[str, str]
    otherwise: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


Speech = tuple[Recorded | Text | Pick, ...]


# --- nodes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseNode:
    """`name` is what people read: in the studio, on the timeline, on the pop."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(BaseNode):
    say: Speech
    barge_in: bool = True
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(BaseNode):
    """What `Menu` and `Collect` share.

    After nothing usable the question is asked again, up to `tries` asks in all, each time with the next
    of `not_heard` or `not_understood` before it (the last one repeats). Then `on_no_input` or
    `on_invalid` is taken, by what happened last. `wait_s` runs from the end of the question.
    """

    ask: Speech
    not_heard: tuple[Speech, ...] = ()
    not_understood: tuple[Speech, ...] = ()
    tries: int = 3
    wait_s: float = 6.0
    barge_in: bool = True
    on_no_input: str | None = None
    on_invalid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    key: str
    label: str
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(Question):
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(Question):
    """Digits into `variable`. Fewer than `min_digits` are invalid. `secret`: a PIN, masked everywhere."""

    variable: str
    min_digits: int = 1
    max_digits: int = 16
    terminator: str | None = "#"
    between_digits_s: float = 4.0
    secret: bool = False
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Find(BaseNode):
    """Look something up. `arguments` maps the argument to the variable that holds it."""

    find: FindKind
    arguments: Mapping[str, str]
    timeout_s: float = 2.0
    on_matched: str | None = None
    on_not_matched: str | None = None
    on_error: str | None = None
    on_locked: str | None = None
    """With a PIN: `PIN_FAILURES_MAX` wrong ones were given in this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(BaseNode):
    calendar: str
    on_open: str | None = None
    on_closed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(BaseNode):
    """`variables` are constants, or texts with `${variable}` in them; `skills`: least levels, 0 removes."""

    variables: Mapping[str, Value] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int | None = None
    language: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    when: str
    """A condition, see `rules`."""
    to: str | None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(BaseNode):
    """The first case whose condition holds, else `otherwise`."""

    cases: tuple[Case, ...]
    otherwise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(BaseNode):
    queue: str
    priority: int | None = None
    """Overrides what `Set` nodes said."""
    music: str | None = None
    announce_every_s: float | None = None
    on_return: str | None = None
    """When the queue gives the caller back: nobody signed in, or the longest wait is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail(BaseNode):
    queue: str | None = None
    """Whose message it is; None: the queue's that gave the caller back."""
    ask: Speech
    max_s: float = 120.0
    on_nothing: str | None = None
    """Nothing was left; an open exit hangs up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(BaseNode):
    destination: str
    """An E.164 number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(BaseNode):
    pass


Node = Say | Menu | Collect | Find | Hours | Set | Branch | Queue | Voicemail | Transfer | HangUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A version of a flow. Never changed: a call ends on the version it began on.

    Attributes:
        languages: the first is spoken until another is chosen, and where another is missing.
        inputs: attributes a call may arrive with (typed on a web page) -> type name of `rules`.
        fallback_queue: takes the callers whose way leads nowhere; None hangs up.
        secrets: derived; variables that hold a PIN: used once, by a `Find`, never shown, said, compared
            or passed on.
        types: derived; every other variable the flow can know, with its type for conditions.
    """

    id: str
    version: int = 1
    name: str = ""
    languages: tuple[str, ...] = ("en",)
    inputs: Mapping[str, str] = field(default_factory=dict)
    fallback_queue: str | None = None
    start: str
    nodes: Mapping[str, Node]
    secrets: frozenset[str] = field(init=False, repr=False, compare=False)
    types: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Derived once: the interpreter asks for them at every step.
        secrets = frozenset(
            node.variable for node in self.nodes.values() if isinstance(node, Collect) and node.secret
        )
        types = _variable_types(self)
        object.__setattr__(self, "secrets", secrets)
        object.__setattr__(
            self, "types", tuple(sorted((name, kind) for name, kind in types.items() if name not in secrets))
        )


# --- exits ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One exit of a node.

    Attributes:
        field: where it stands in the node, `options.1.to`.
        label: what people call it.
        by_caller: taken only after the caller pressed or said something.
        sets: variables that have a value beyond it.
        needed: the flow cannot work while it is open.
    """

    field: str
    label: str
    to: str | None
    by_caller: bool = False
    sets: frozenset[str] = frozenset()
    needed: bool = True


def edges(node: Node) -> tuple[Edge, ...]:
    """All exits of `node`, in the order in which people read them."""
    match node:
        case Say() | Set():
            sets = frozenset(node.variables) if isinstance(node, Set) else frozenset[str]()
            return (Edge(field="next", label="Then", to=node.next, sets=sets),)
        case Menu():
            options = tuple(
                Edge(field=f"options.{option.key}.to", label=option.label, to=option.to, by_caller=True)
                for option in node.options
            )
            return (*options, *_unanswered(node))
        case Collect():
            sets = frozenset({node.variable})
            return (
                Edge(field="next", label="Entered", to=node.next, by_caller=True, sets=sets),
                *_unanswered(node),
            )
        case Find():
            return _find_edges(node)
        case Hours():
            return (
                Edge(field="on_open", label="Open", to=node.on_open),
                Edge(field="on_closed", label="Closed", to=node.on_closed),
            )
        case Branch():
            cases = tuple(
                Edge(field=f"cases.{index}.to", label=case.label or case.when, to=case.to)
                for index, case in enumerate(node.cases)
            )
            return (*cases, Edge(field="otherwise", label="Otherwise", to=node.otherwise))
        case Queue():
            sets = frozenset({"queue", "returned_why"})
            return (Edge(field="on_return", label="Given back", to=node.on_return, sets=sets),)
        case Voicemail():
            return (Edge(field="on_nothing", label="Nothing left", to=node.on_nothing, needed=False),)
        case Transfer() | HangUp():
            return ()


def _variable_types(flow: Flow) -> dict[str, str]:
    """Every variable the flow can know -> its type for conditions."""
    types: dict[str, str] = {
        **ALWAYS_KNOWN,
        **VERIFICATION,
        **flow.inputs,
        "queue": "string",
        "returned_why": "string",
    }
    for node in flow.nodes.values():
        match node:
            case Collect():
                types[node.variable] = "string"
            case Find():
                types |= FIND_RESULTS[node.find]
            case Set():
                types |= {name: _type_of(value) for name, value in node.variables.items()}
            case _:
                pass
    return types


def _type_of(value: Value) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str() if "${" not in value:
            return "string"
        case _:
            return "any"


def _unanswered(node: Question) -> tuple[Edge, ...]:
    return (
        Edge(field="on_no_input", label="No input", to=node.on_no_input),
        Edge(field="on_invalid", label="Invalid input", to=node.on_invalid, by_caller=True),
    )


def _find_edges(node: Find) -> tuple[Edge, ...]:
    found = frozenset({*FIND_RESULTS[node.find], *VERIFICATION})
    exits = (
        Edge(field="on_matched", label="Found", to=node.on_matched, sets=found),
        Edge(field="on_not_matched", label="Not found", to=node.on_not_matched),
        Edge(field="on_error", label="Look-up failed", to=node.on_error),
    )
    if "pin" not in node.arguments:
        return exits
    return (*exits, Edge(field="on_locked", label="Too many wrong PINs", to=node.on_locked))
