"""What is wrong with the shape of something sent, in plain words: the field, what, and the cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Finding

_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("It is missing.", "Add it."),
    "extra_forbidden": ("There is no such field.", "Take it out, or check how it is spelled."),
    "less_than_equal": ("{input} is too much.", "Write at most {le:g}."),
    "less_than": ("{input} is too much.", "Write less than {lt:g}."),
    "greater_than_equal": ("{input} is too little.", "Write at least {ge:g}."),
    "greater_than": ("{input} is too little.", "Write more than {gt:g}."),
    "string_too_short": ("The text is too short.", "Write at least {min_length}."),
    "string_too_long": ("The text is too long.", "Write at most {max_length} characters."),
    "too_short": ("The list is too short.", "Name at least {min_length}."),
    "enum": ("{input!r} is none of the choices.", "Write {expected}."),
    "literal_error": ("{input!r} is none of the choices.", "Write {expected}."),
    "int_parsing": ("{input!r} is no whole number.", "Write figures only."),
    "int_type": ("{input!r} is no whole number.", "Write figures only."),
    "int_from_float": ("{input} is no whole number.", "Write it without a fraction."),
    "float_parsing": ("{input!r} is no number.", "Write figures only, seconds for times."),
    "float_type": ("{input!r} is no number.", "Write figures only, seconds for times."),
    "string_type": ("{input!r} is no text.", "Put it in quotation marks."),
    "bool_parsing": ("{input!r} is neither true nor false.", "Write true or false."),
    "bool_type": ("{input!r} is neither true nor false.", "Write true or false."),
    "list_type": ("This is no list.", "Write one entry a line, each with a dash."),
    "dict_type": ("This is no list of names with values.", "Write name: value."),
    "model_type": ("This is no list of fields.", "Write field: value."),
    "model_attributes_type": ("This is no list of fields.", "Write field: value."),
}
_PATTERNS: Mapping[str, str] = {
    "dnis": "Write a number with its country, as +442079460100, up to 6 digits, or a short name.",
    "code": "Write small letters, digits and _.",
    "username": "Write it without spaces and slashes.",
    "id": "Write letters, digits and _ . : - only.",
}


THIS = "This"


def plain(error: Mapping[str, Any], *, repeat: bool = True) -> tuple[str, str]:
    """(what, cure) of one of pydantic's errors; its own words where we have none.

    Args:
        repeat: whether what was sent may be said again. Elsewhere it may be a password, or a PIN.
    """
    kind, context = str(error["type"]), dict(error.get("ctx") or {})
    if kind == "value_error":
        sentence = str(context.get("error", error["msg"]))
        what, _, cure = sentence.partition(": ")
        return _sentence(what), _sentence(cure)
    if kind == "string_pattern_mismatch":
        field = str(error["loc"][-1]) if error.get("loc") else ""
        given = repr(error.get("input")) if repeat else THIS
        return f"{given} cannot be used here.", _PATTERNS.get(field, "")
    if kind not in _WORDS:
        return str(error["msg"]), ""
    what, cure = _WORDS[kind]
    facts = {**context, "input": error.get("input") if repeat else _Unsaid(THIS)}
    try:
        return what.format_map(facts)[:300], cure.format_map(facts)[:300]
    except (KeyError, ValueError):
        return str(error["msg"]), ""


class _Unsaid(str):
    """Stands for what is not repeated, with or without quotation marks around it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def findings(errors: Sequence[Any], skip: int = 0, *, repeat: bool = True) -> list[Finding]:
    """All of them, each with its field; the first `skip` parts of a place are left out."""
    found = []
    for each in errors:
        what, cure = plain(each, repeat=repeat)
        place = [str(part) for part in each["loc"][skip:]] or [str(part) for part in each["loc"][:1]]
        found.append(Finding(field=".".join(place), what=what, cure=cure))
    return found


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""
