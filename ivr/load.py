"""A flow from plain data or YAML, and back. `from_dict(to_dict(flow)) == flow`.

What is read here is shape: fields, kinds, types. Whether the flow makes sense is `ivr.validate`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from ivr import flow as nodes
from ivr.flow import Flow, Node, Pick, Recorded, Speech, Text
from ivr.prompts import PromptCatalogue, PromptEntry
from ivr.reading import Problem, Reader
from ivr.types import FindKind, Value
from ivr.yaml_text import YamlProblem, parse_yaml

PROBLEMS_SHOWN_MAX: Final = 50


class FlowUnreadable(Exception):
    """A file that is not a flow, with everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        shown = [str(problem) for problem in self.problems[:PROBLEMS_SHOWN_MAX]]
        more = len(self.problems) - len(shown)
        return "\n".join([*shown, *([f"and {more} more"] if more else [])])


def load_yaml(text: str) -> Flow:
    """Read a flow file.

    Raises:
        FlowUnreadable: with every problem, each with its place and cure.
    """
    return from_dict(_parsed(text))


def from_dict(data: object) -> Flow:
    """Read a flow from plain data (as `docs/flows.md` describes it).

    Raises:
        FlowUnreadable
    """
    problems: list[Problem] = []
    reader = _top(data, problems)
    flow = None if reader is None else _flow(reader)
    if problems or flow is None:
        raise FlowUnreadable(tuple(problems))
    return flow


def load_catalogue(text: str) -> PromptCatalogue:
    """Read a prompt catalogue from YAML: `languages`, and `prompts` with one text per language.

    Raises:
        FlowUnreadable
    """
    problems: list[Problem] = []
    reader = _top(_parsed(text), problems)
    if reader is None:
        raise FlowUnreadable(tuple(problems))
    languages = reader.texts("languages") or ("en",)
    entries: dict[str, PromptEntry] = {}
    prompts = Reader(reader.mapping("prompts"), "prompts", problems)
    for prompt_id in prompts.data:
        texts = prompts.mapping(prompt_id)
        for language, words in texts.items():
            path = f"{prompt_id}.{language}"
            if not isinstance(words, str) or not words.strip():
                prompts.problem(path, "A prompt has no words.", "Write what is said, in quotation marks.")
            if language not in languages:
                prompts.problem(path, "This language is not declared.", f"Add {language} to languages.")
        entries[prompt_id] = PromptEntry(id=prompt_id, texts=texts)
    reader.done()
    if problems:
        raise FlowUnreadable(tuple(problems))
    return PromptCatalogue(languages=languages, prompts=entries)


def _parsed(text: str) -> object:
    try:
        return parse_yaml(text)
    except YamlProblem as error:
        path = "" if error.line is None else f"line {error.line}"
        raise FlowUnreadable((Problem(path=path, what=error.what, cure=error.cure),)) from None


def _top(data: object, problems: list[Problem]) -> Reader | None:
    if not isinstance(data, Mapping):
        problems.append(Problem(path="", what="The file holds no fields.", cure="Begin with id: and nodes:."))
        return None
    return Reader({str(key): value for key, value in data.items()}, "", problems)


def _flow(reader: Reader) -> Flow | None:
    found: dict[str, Node] = {}
    nodes_reader = Reader(reader.mapping("nodes"), "nodes", reader.problems)
    if not nodes_reader.data:
        reader.problem("nodes", "The flow has no nodes.", "Add at least one.")
    for node_id in nodes_reader.data:
        node = _node(node_id, nodes_reader)
        if node is not None:
            found[node_id] = node
    version = reader.whole("version", 1)
    if version < 1:
        reader.problem("version", f"{version} is not a version.", "Count from 1.")
    languages = reader.texts("languages")
    inputs = reader.mapping("inputs")
    for name, kind in inputs.items():
        if kind not in ("string", "int", "float", "bool"):
            reader.problem(f"inputs.{name}", f"{kind!r} is not a type.", "Use string, int, float or bool.")
    flow_id, start = reader.required("id"), reader.required("start")
    name, fallback_queue = reader.text("name"), reader.text_or_none("fallback_queue")
    reader.done()
    if reader.problems:
        return None
    return Flow(
        id=flow_id,
        version=version,
        name=name,
        languages=languages or ("en",),
        inputs=inputs,
        fallback_queue=fallback_queue,
        start=start,
        nodes=found,
    )


def _node(node_id: str, parent: Reader) -> Node | None:
    reader = parent.reader(node_id, parent.raw(node_id))
    if reader is None:
        return None
    kind = reader.text("kind")
    read = _KINDS.get(kind)
    if read is None:
        near = get_close_matches(kind, _KINDS, n=1, cutoff=0.6)
        cure = f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(_KINDS)}."
        reader.problem("kind", f"There is no kind {kind}." if kind else "The node has no kind.", cure)
        return None
    node = read(reader, {"id": node_id, "name": reader.text("name")})
    reader.done()
    return node


# --- what is said ---------------------------------------------------------------------------------


def _speech(reader: Reader, key: str) -> Speech:
    value = reader.raw(key)
    return _speech_of(reader, key, value)


def _speech_of(reader: Reader, key: str, value: object) -> Speech:
    """A prompt's id, one part, or a list of them."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    parts = (_part(reader, f"{key}.{index}", item) for index, item in enumerate(items))
    return tuple(part for part in parts if part is not None)


def _speeches(reader: Reader, key: str) -> tuple[Speech, ...]:
    return tuple(_speech_of(reader, f"{key}.{index}", item) for index, item in enumerate(reader.items(key)))


def _part(reader: Reader, key: str, item: object) -> Recorded | Text | Pick | None:
    if isinstance(item, str) and item:
        return Recorded(prompt=item)
    part = reader.reader(key, item)
    if part is None:
        return None
    language = part.text_or_none("language")
    spoken: Recorded | Text | Pick | None = None
    if "prompt" in part.data:
        spoken = Recorded(prompt=part.required("prompt"), language=language)
    elif "text" in part.data:
        spoken = Text(texts=_texts(part, "text"), language=language, spell=part.flag("spell", False))
    elif "pick" in part.data:
        prompts = _names(part, "prompts", "a prompt's id")
        spoken = Pick(
            variable=part.required("pick"),
            prompts=prompts,
            otherwise=_texts(part, "otherwise"),
            language=language,
        )
    else:
        part.problem("", "Nothing is said here.", "Give a prompt, a text or a pick.")
        return None
    part.done()
    return spoken


def _texts(reader: Reader, key: str) -> Mapping[str, str]:
    value = reader.raw(key)
    if value is None:
        return {}
    if isinstance(value, str):
        return {"": value}
    return _names(reader, key, "text")


def _names(reader: Reader, key: str, what: str) -> Mapping[str, str]:
    names = reader.mapping(key)
    for name, value in names.items():
        if not isinstance(value, str):
            reader.problem(f"{key}.{name}", f"{value!r} is not {what}.", "Put it in quotation marks.")
    return {name: value for name, value in names.items() if isinstance(value, str)}


# --- nodes ----------------------------------------------------------------------------------------


def _say(reader: Reader, base: dict[str, str]) -> Node:
    return nodes.Say(
        **base,
        say=_speech(reader, "say"),
        barge_in=reader.flag("barge_in", True),
        next=reader.text_or_none("next"),
    )


def _question(reader: Reader, base: dict[str, str]) -> dict[str, Any]:
    return {
        **base,
        "ask": _speech(reader, "ask"),
        "not_heard": _speeches(reader, "not_heard"),
        "not_understood": _speeches(reader, "not_understood"),
        "tries": reader.whole("tries", 3),
        "wait_s": reader.seconds("wait_s", 6.0),
        "barge_in": reader.flag("barge_in", True),
        "on_no_input": reader.text_or_none("on_no_input"),
        "on_invalid": reader.text_or_none("on_invalid"),
    }


def _menu(reader: Reader, base: dict[str, str]) -> Node:
    options = []
    keys = Reader(reader.mapping("options"), f"{reader.path}.options", reader.problems)
    for key in keys.data:
        option = keys.reader(key, keys.raw(key))
        if option is not None:
            label, to = option.text("label") or key, option.text_or_none("to")
            options.append(nodes.Option(key=key, label=label, to=to))
            option.done()
    return nodes.Menu(**_question(reader, base), options=tuple(options))


def _collect(reader: Reader, base: dict[str, str]) -> Node:
    terminator = reader.text("terminator", "#")
    return nodes.Collect(
        **_question(reader, base),
        variable=reader.required("variable"),
        min_digits=reader.whole("min_digits", 1),
        max_digits=reader.whole("max_digits", 16),
        terminator=None if terminator in ("", "none") else terminator,
        between_digits_s=reader.seconds("between_digits_s", 4.0),
        secret=reader.flag("secret", False),
        next=reader.text_or_none("next"),
    )


def _find(reader: Reader, base: dict[str, str]) -> Node:
    what = reader.required("find")
    if what and what not in {kind.value for kind in FindKind}:
        cure = f"Use one of {', '.join(kind.value for kind in FindKind)}."
        reader.problem("find", f"Nothing is looked up by {what}.", cure)
    return nodes.Find(
        **base,
        find=FindKind(what) if what in {kind.value for kind in FindKind} else FindKind.CUSTOMER_BY_NUMBER,
        arguments=_names(reader, "arguments", "a variable's name"),
        timeout_s=reader.seconds("timeout_s", 2.0),
        on_matched=reader.text_or_none("on_matched"),
        on_not_matched=reader.text_or_none("on_not_matched"),
        on_error=reader.text_or_none("on_error"),
        on_locked=reader.text_or_none("on_locked"),
    )


def _hours(reader: Reader, base: dict[str, str]) -> Node:
    return nodes.Hours(
        **base,
        calendar=reader.required("calendar"),
        on_open=reader.text_or_none("on_open"),
        on_closed=reader.text_or_none("on_closed"),
    )


def _set(reader: Reader, base: dict[str, str]) -> Node:
    variables: dict[str, Value] = {}
    for name, value in reader.mapping("variables").items():
        if value is None or isinstance(value, str | int | float | bool):
            variables[name] = value
        else:
            path = f"variables.{name}"
            reader.problem(path, "A variable holds one value.", "Give text, a number, true or false.")
    skills: dict[str, int] = {}
    for name, level in reader.mapping("skills").items():
        if isinstance(level, int) and not isinstance(level, bool):
            skills[name] = level
        else:
            reader.problem(f"skills.{name}", f"{level!r} is not a level.", "Give 1 to 10, or 0 to remove it.")
    return nodes.Set(
        **base,
        variables=variables,
        skills=skills,
        priority=reader.whole_or_none("priority"),
        language=reader.text_or_none("language"),
        next=reader.text_or_none("next"),
    )


def _branch(reader: Reader, base: dict[str, str]) -> Node:
    cases = []
    for index, item in enumerate(reader.items("cases")):
        case = reader.reader(f"cases.{index}", item)
        if case is not None:
            when, to, label = case.required("when"), case.text_or_none("to"), case.text("label")
            cases.append(nodes.Case(when=when, to=to, label=label))
            case.done()
    return nodes.Branch(**base, cases=tuple(cases), otherwise=reader.text_or_none("otherwise"))


def _queue(reader: Reader, base: dict[str, str]) -> Node:
    return nodes.Queue(
        **base,
        queue=reader.required("queue"),
        priority=reader.whole_or_none("priority"),
        music=reader.text_or_none("music"),
        announce_every_s=reader.seconds_or_none("announce_every_s"),
        on_return=reader.text_or_none("on_return"),
    )


def _voicemail(reader: Reader, base: dict[str, str]) -> Node:
    return nodes.Voicemail(
        **base,
        queue=reader.text_or_none("queue"),
        ask=_speech(reader, "ask"),
        max_s=reader.seconds("max_s", 120.0),
        on_nothing=reader.text_or_none("on_nothing"),
    )


def _transfer(reader: Reader, base: dict[str, str]) -> Node:
    return nodes.Transfer(**base, destination=reader.required("destination"))


def _hang_up(_: Reader, base: dict[str, str]) -> Node:
    return nodes.HangUp(**base)


_KINDS: Final[Mapping[str, Callable[[Reader, dict[str, str]], Node]]] = {
    "say": _say,
    "menu": _menu,
    "collect": _collect,
    "find": _find,
    "hours": _hours,
    "set": _set,
    "branch": _branch,
    "queue": _queue,
    "voicemail": _voicemail,
    "transfer": _transfer,
    "hang_up": _hang_up,
}
