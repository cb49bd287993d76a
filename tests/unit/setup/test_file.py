"""The configuration file: what is written is read back; what cannot be read names its place."""

from __future__ import annotations

import string

import pytest

from app.api.models_setup import SECTIONS, CentreFile
from app.demo.seed import brightwater, demo_centre
from app.setup.centre import EMPTY
from app.setup.check import Surroundings, check
from app.setup.difference import difference
from app.setup.words import CURES, FINDINGS, VALUES, view
from app.setup.yaml import Unreadable, dump, load
from routing.findings import Severity


def test_the_demo_centre_has_no_errors_and_every_finding_reads_in_both_languages() -> None:
    centre = EMPTY.with_file(demo_centre(brightwater()))
    found = check(centre, Surroundings(backends={"webrtc": False}))
    assert [each for each in found if each.severity is Severity.ERROR] == []
    for each in found:
        for language in ("en", "cy"):
            said = view(each, centre, language)
            assert "{" not in said.title + said.what


def test_both_languages_say_the_same_things_of_the_same_facts() -> None:
    for tables in (FINDINGS, CURES, VALUES):
        assert tables["en"].keys() == tables["cy"].keys()
    for code, sentences in FINDINGS["en"].items():
        said = _facts("".join(FINDINGS["cy"][code]))
        assert said <= _facts("".join(sentences)) | {"subject"}, code
    for code, sentence in CURES["en"].items():
        assert _facts(CURES["cy"][code]) == _facts(sentence), code


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_what_is_written_is_read_back_the_same() -> None:
    file = demo_centre(brightwater())
    again = load(dump(file))
    assert difference(EMPTY.with_file(file), EMPTY.with_file(again)) == []
    assert dump(EMPTY.with_file(again).file()) == dump(EMPTY.with_file(file).file())


def test_a_file_that_says_nothing_leaves_everything() -> None:
    centre = EMPTY.with_file(demo_centre(brightwater()))
    assert difference(centre, centre.with_file(CentreFile())) == []


UNREADABLE = (
    ("queues:\n  - {id: a, name: A\n", "line 3, column 1"),
    ("queues:\n  - {id: a, name: A, id: b}\n", "id stands here twice"),
    ("- a\n", "The file is empty or a list."),
    ("patchbay: 2\n", "patchbay: 2 is none of the choices. Write 1."),
    ("queues:\n  - {id: a, name: A, goal: 80}\n", "queues.a.goal: 80 is too much. Write at most 1."),
    ("queues:\n  - {id: a}\n", "queues.a.name: It is missing. Add it."),
    (
        "queues:\n  - {id: a, name: A}\n  - {id: a, name: B}\n",
        "Queues has a twice. Give one of them another id.",
    ),
    (
        "numbers:\n  - {dnis: +442079460100, flow: main}\n",
        "442079460100 is no text. Put it in quotation marks.",
    ),
    (
        "calendars:\n  - {id: c, weekly: {mon: ['8-20']}}\n",
        "calendars.c: Weekly mon",
    ),
    (
        "queues:\n  - id: a\n    name: A\n    steps: [{after_s: 5, operation: shout}]\n",
        "queues.a.steps.0.operation: 'shout' is none of the choices.",
    ),
)


@pytest.mark.parametrize(("text", "said"), UNREADABLE)
def test_a_file_that_cannot_be_read_names_the_place_and_the_cure(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        load(text)
    assert said in str(caught.value)


def test_a_difference_names_object_and_field_with_old_and_new() -> None:
    old = EMPTY.with_file(
        load("queues: [{id: a, name: A, steps: [{id: s, after_s: 60, operation: raise_priority, by: 1}]}]")
    )
    new = EMPTY.with_file(
        load(
            "skills: [{skill: Billing}]\n"
            "queues: [{id: a, name: A, weight: 2, steps: ["
            "{id: s, after_s: 90, operation: raise_priority, by: 1},"
            " {id: t, after_s: 95, operation: announce, prompt: p}]}]"
        )
    )
    changes = difference(old, new)
    assert [(each.section, each.id, each.kind) for each in changes] == [
        ("skills", "Billing", "added"),
        ("queues", "a", "changed"),
    ]
    fields = {each.path: (each.old, each.new) for each in changes[1].fields}
    assert fields["weight"] == ("0", "2")
    assert fields["steps.s.after_s"] == ("60", "90")
    assert fields["steps.t.prompt"] == (None, "p")
    assert [(each.section, each.kind) for each in difference(new, old)] == [
        ("skills", "removed"),
        ("queues", "changed"),
    ]


def test_every_section_is_part_of_the_file() -> None:
    assert set(SECTIONS) == set(CentreFile.model_fields) - {"patchbay"}
