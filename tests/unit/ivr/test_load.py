"""Flow files: read, written, and refused with every problem at its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.dump import to_dict
from ivr.flow import Collect, Flow, Menu, Pick, Recorded, Say, Text
from ivr.load import FlowUnreadable, from_dict, load_catalogue, load_yaml
from ivr.yaml_text import SIZE_MAX
from tests.property.ivr.flows import valid_flows, wild_flows

SMALL = """
id: main
start: hello
nodes:
  hello: {kind: say, say: [welcome], next: end}
  end: {kind: hang_up}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(FlowUnreadable) as caught:
        load_yaml(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_small_flow() -> None:
    flow = load_yaml(SMALL)
    assert (flow.id, flow.version, flow.languages, flow.start) == ("main", 1, ("en",), "hello")
    assert flow.nodes["hello"] == Say(id="hello", say=(Recorded(prompt="welcome"),), next="end")


def test_keys_of_a_menu_may_be_written_as_numbers() -> None:
    flow = load_yaml(
        """
id: main
start: menu
nodes:
  menu:
    kind: menu
    ask: ask
    options: {1: {label: One, to: menu}, "*": {to: menu}}
"""
    )
    menu = flow.nodes["menu"]
    assert isinstance(menu, Menu)
    assert [(option.key, option.label) for option in menu.options] == [("1", "One"), ("*", "*")]


def test_everything_that_can_be_said() -> None:
    flow = load_yaml(
        """
id: main
start: a
nodes:
  a:
    kind: say
    say:
      - hello
      - {prompt: hello, language: cy}
      - {text: "${name}", spell: true}
      - {text: {en: Hello, cy: Helo}}
      - {pick: status, prompts: {open: status_open}, otherwise: "${status_text}"}
"""
    )
    node = flow.nodes["a"]
    assert isinstance(node, Say)
    assert node.say == (
        Recorded(prompt="hello"),
        Recorded(prompt="hello", language="cy"),
        Text(texts={"": "${name}"}, spell=True),
        Text(texts={"en": "Hello", "cy": "Helo"}),
        Pick(variable="status", prompts={"open": "status_open"}, otherwise={"": "${status_text}"}),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(flow=st.one_of(valid_flows(), wild_flows()))
def test_a_flow_survives_being_written_and_read(flow: Flow) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(flow)))) == flow


def test_no_terminator_survives_being_written_and_read() -> None:
    collect = Collect(id="a", ask=(), variable="x", terminator=None)
    flow = Flow(id="main", start="a", nodes={"a": collect})
    assert from_dict(to_dict(flow)) == flow


# --- what is refused ---


def node(**fields: Any) -> str:
    data = {"id": "main", "start": "a", "nodes": {"a": {"kind": "say", "say": ["x"], **fields}}}
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The file holds no fields."),
        ("- a\n- b", "The file holds no fields."),
        ("id: main\nstart: a\n", "nodes: The flow has no nodes."),
        ("start: a\nnodes: {a: {kind: hang_up}}", "id: This field is missing. Add id."),
        ("id: main\nnodes: {a: {kind: hang_up}}", "start: This field is missing. Add start."),
        ("id: main\nstart: a\nnodes: []", "nodes: This is not a group of fields."),
        (SMALL + "colour: red\n", "colour: There is no such field."),
        (SMALL + "langauges: [en]\n", "langauges: There is no such field. Did you mean languages?"),
        (SMALL + "languages: en\n", "languages: This is not a list of texts."),
        (SMALL + "languages: [no]\n", "languages: This is not a list of texts."),
        (SMALL + "version: 0\n", "version: 0 is not a version."),
        (SMALL + "version: one\n", "version: 'one' is not a whole number."),
        (SMALL + "inputs: {topic: text}\n", "inputs.topic: 'text' is not a type."),
        (SMALL + "name: on\n", "name: true (YAML reads yes and on as true) is not text."),
        (node(kind="mnu"), "nodes.a.kind: There is no kind mnu. Did you mean menu?"),
        (node(kind="dance"), "nodes.a.kind: There is no kind dance. Use one of say, menu"),
        (node(kind=None), "nodes.a.kind: The node has no kind."),
        (node(barge_in="yes"), "nodes.a.barge_in: 'yes' is not yes or no. Write true or false."),
        (node(nxt="b"), "nodes.a.nxt: There is no such field. Did you mean next?"),
        (node(next=["b"]), "nodes.a.next: ['b'] is not text."),
        (node(say=[7]), "nodes.a.say.0: This is not a group of fields."),
        (node(say=[{"language": "en"}]), "nodes.a.say.0: Nothing is said here."),
        (node(say=[{"text": 7}]), "nodes.a.say.0.text: This is not a group of fields."),
        (node(say=[{"text": {"en": 7}}]), "nodes.a.say.0.text.en: 7 is not text."),
        (
            node(kind="menu", say=None, options={"1": "b"}),
            "nodes.a.options.1: This is not a group of fields.",
        ),
        (node(kind="menu", say=None, wait_s="5"), "nodes.a.wait_s: '5' is not a number of seconds."),
        ("id: a\nstart: b\nnodes: {b: {kind: menu, wait_s: .nan}}", "nodes.b.wait_s: nan is not a number"),
        (node(kind="menu", say=None, tries=2.5), "nodes.a.tries: 2.5 is not a whole number."),
        (node(kind="menu", say=None, not_heard="x"), "nodes.a.not_heard: This is not a list."),
        (node(kind="collect", say=None), "nodes.a.variable: This field is missing."),
        (node(kind="find", say=None, find="weather"), "nodes.a.find: Nothing is looked up by weather."),
        (node(kind="set", say=None, variables={"x": []}), "nodes.a.variables.x: A variable holds one value."),
        (node(kind="set", say=None, skills={"x": "5"}), "nodes.a.skills.x: '5' is not a level."),
        (node(kind="branch", say=None, cases=[{}]), "nodes.a.cases.0.when: This field is missing."),
        (node(kind="queue", say=None), "nodes.a.queue: This field is missing."),
        ("id: main\nid: other\n", "line 2: id stands here twice."),
        ("id: &x main\nstart: *x\n", "line 2: Aliases (*name) are not taken."),
        ("id: [unclosed\nstart: a", "The file is no YAML here:"),
        ("id: !!python/object/apply:os.system [ls]", "The file is no YAML here: could not determine"),
        ("id: \x00", "The file is no YAML"),
        ("nodes: {1: {kind: hang_up}, '1': {kind: hang_up}}", "line 1: 1 stands here twice."),
        ("{" * 3000, "The file is no YAML"),
        ("a" * (SIZE_MAX + 1), "The file has 1000001 characters."),
    ],
)
def test_a_file_that_is_no_flow_says_where_and_what_to_change(text: str, problem: str) -> None:
    assert any(problem in found for found in problems(text)), problems(text)


def test_all_problems_are_told_at_once() -> None:
    text = node(barge_in="yes", nxt="b", kind="say") + "\n"
    assert len(problems(text)) == 2


def test_many_problems_are_shown_in_part() -> None:
    with pytest.raises(FlowUnreadable, match="and 10 more"):
        load_yaml(node(say=[7] * 60))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(("id", "start", "nodes", "kind", "say", "ask", "options", "to", "a", "menu"))
                | st.text(max_size=3),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_data_at_all_is_a_flow_or_refused_in_words(data: object) -> None:
    try:
        flow = from_dict(data)
    except FlowUnreadable as error:
        refusal: FlowUnreadable | None = error
    else:
        refusal = None
        assert flow.nodes
    if refusal is not None:
        assert refusal.problems
        assert str(refusal)


# --- catalogues ---


def test_a_catalogue_of_prompts() -> None:
    catalogue = load_catalogue("languages: [en, cy]\nprompts: {hi: {en: Hello, cy: Helo}, bye: {en: Bye}}")
    assert catalogue.languages == ("en", "cy")
    assert catalogue.prompts["hi"].texts == {"en": "Hello", "cy": "Helo"}
    assert catalogue.languages_of("bye") == {"en"}
    assert catalogue.languages_of("gone") == frozenset()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("languages: [en]\nprompts: {hi: {cy: Helo}}", "prompts.hi.cy: This language is not declared."),
        ("languages: [en]\nprompts: {hi: {en: ''}}", "prompts.hi.en: A prompt has no words."),
        ("languages: [en]\nprompts: {hi: Hello}", "prompts.hi: This is not a group of fields."),
        ("", "The file holds no fields."),
    ],
)
def test_a_catalogue_that_cannot_be_read_says_why(text: str, problem: str) -> None:
    with pytest.raises(FlowUnreadable) as caught:
        load_catalogue(text)
    assert problem in str(caught.value)
