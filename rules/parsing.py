"""The parser's complaint, in words that say what to change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")
_CURLY: Final = "\u201c\u201d\u2018\u2019\u201e"
_WORDS: Final = {"and": "&&", "or": "||", "not": "!", "is": "==", "equals": "=="}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseProblem:
    position: int
    problem: str
    cure: str


def explain_parse_error(text: str, message: str) -> ParseProblem:
    """Find the place in the engine's `message` and name the usual cause there."""
    found = _PLACE.search(message)
    if not found:
        return ParseProblem(position=0, problem="The condition cannot be read.", cure="Write it anew.")
    position = _offset(text, line=int(found[1]), column=int(found[2]))
    problem, cure = _explain(text, position, found[3])
    return ParseProblem(position=position, problem=problem, cure=cure)


def _offset(text: str, *, line: int, column: int) -> int:
    before = text.split("\n")[: line - 1]
    return min(sum(len(row) + 1 for row in before) + column - 1, len(text))


def _explain(text: str, position: int, detail: str) -> tuple[str, str]:
    rest = text[position:]
    before = text[:position].rstrip()
    for word in (re.match(r"[A-Za-z_]+", rest), re.search(r"[A-Za-z_]+\Z", before)):
        operator = _WORDS.get(word[0].lower()) if word else None
        if word and operator:
            return f"{word[0]} is not an operator here.", f"Write {operator} instead."
    if any(mark in text for mark in _CURLY):
        return "Curly quotation marks are not understood.", 'Use straight ones: "gold".'
    if rest.startswith("=") and before.endswith("="):
        return "Too many equals signs.", "Write == once."
    if rest.startswith("="):
        return "One equals sign does not compare.", "Write == instead."
    if rest.startswith(">") and before.endswith("<"):
        return "<> is not an operator here.", "Write != instead."
    if rest[:1] in ("'", '"') and "token recognition" in detail:
        return "The text in quotation marks does not end.", "Close it with the same mark."
    if "Recursion limit" in detail:
        return "The condition is nested too deeply.", "Use fewer brackets or split it."
    if "has() macro" in detail:
        return "has() asks for a field, not a name.", "Write the comparison != null instead."
    if not rest.strip():
        missing = re.search(r"missing '(.+?)'", detail)
        cure = f"Add {missing[1]} at the end." if missing else "Add what is missing at the end."
        return "The condition stops too early.", cure
    return f"{rest.split()[0][:40]} is not expected here.", "Take it out, or put an operator before it."
