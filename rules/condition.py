"""Compile a condition once, check what it names, evaluate it as often as needed.

    rule = compile('tier == "gold" && tries < 3', {"tier": "string", "tries": "int"})
    rule.evaluate({"tier": "gold", "tries": 1})          # Verdict(value=True)

Two promises:

* What can be known to be wrong is refused by `compile`, with the place and a cure.
* `Rule.evaluate` never raises: what goes wrong there is "no, with a visible warning".

RuleError
    the one error of this package
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

import cel

from rules.parsing import ParseProblem, explain_parse_error

LENGTH_MAX: Final = 1000
"""Characters. Bounds what parsing and evaluating can cost."""

COMPREHENSIONS_MAX: Final = 2
"""`all`, `exists`, `exists_one`, `filter`, `map`: each may loop inside the other."""

SAMPLES: Final[Mapping[str, Any]] = MappingProxyType(
    {"string": "text", "int": 1, "float": 1.5, "bool": True, "list": ["text"], "map": None, "any": None}
)
"""The type names, each with a value to try the expression on; None: cannot be tried."""

FUNCTIONS: Final = frozenset(
    {
        *("size", "contains", "startsWith", "endsWith", "matches", "dyn", "type"),
        *("int", "uint", "double", "string", "bytes", "timestamp", "duration"),
        *("getFullYear", "getMonth", "getDate", "getDayOfWeek", "getDayOfMonth", "getDayOfYear"),
        *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
    }
)

_COMPREHENSION: Final = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,")
_STRING: Final = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
_OTHER_LANGUAGES: Final = {
    "True": "true",
    "False": "false",
    "None": "null",
    "NULL": "null",
    "nil": "null",
    "TRUE": "true",
    "FALSE": "false",
}


class RuleError(Exception):
    """A condition that cannot be used.

    Attributes:
        text: the condition as written.
        position: characters before the fault, from 0.
        problem: what is wrong, one sentence.
        cure: what to change, one sentence.
    """

    def __init__(self, text: str, position: int, problem: str, cure: str) -> None:
        super().__init__(text, position, problem, cure)
        self.text = text
        self.position = position
        self.problem = problem
        self.cure = cure

    def __str__(self) -> str:
        return f"At character {self.position + 1}: {self.problem} {self.cure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer of a rule. With a `warning` the rule could not be evaluated and counts as no."""

    value: bool
    warning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition that compiled. `names` are the variables it reads."""

    text: str
    names: frozenset[str]
    _program: cel.Program = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Any]) -> Verdict:
        """Answer for `values`. Never raises; a variable that is missing makes it a warned no."""
        missing = sorted(self.names - values.keys())
        if missing:
            return _warned(self.text, f"{missing[0]} has no value yet")
        try:
            answer = self._program.execute({name: values[name] for name in self.names})
        except Exception as error:
            return _warned(self.text, _plain(error))
        except BaseException as error:
            # A panic of the Rust engine derives from BaseException; everything else is not ours.
            if type(error).__name__ != "PanicException":
                raise
            return _warned(self.text, "the expression engine failed")
        if not isinstance(answer, bool):
            return _warned(self.text, f"the answer is {_kind(answer)}, not yes or no")
        return Verdict(value=answer)


def compile(text: str, variables: Mapping[str, str]) -> Rule:
    """Compile and check `text`.

    Args:
        text: the condition, at most `LENGTH_MAX` characters.
        variables: every name the condition may read -> its type, one of `SAMPLES`.

    Raises:
        RuleError: it does not parse, names something unknown, mixes types, or does not answer yes or no.
        ValueError: `variables` names a type that does not exist.
    """
    unknown_types = set(variables.values()) - SAMPLES.keys()
    if unknown_types:
        raise ValueError(f"unknown types {sorted(unknown_types)}; use one of {sorted(SAMPLES)}")
    program = _parse(text)
    bound = set(_COMPREHENSION.findall(_without_strings(text)))
    names = frozenset(program.variables()) - bound
    _check_names(text, names, variables)
    _check_functions(text, program)
    _try_on_samples(text, program, {name: variables[name] for name in names})
    return Rule(text=text, names=names, _program=program)


def _parse(text: str) -> cel.Program:
    if not text.strip():
        raise RuleError(text, 0, "The condition is empty.", 'Write one, for example tier == "gold".')
    if len(text) > LENGTH_MAX:
        cure = f"Shorten it to {LENGTH_MAX} or split it over several branches."
        raise RuleError(text, LENGTH_MAX, f"The condition has {len(text)} characters.", cure)
    loops = list(_COMPREHENSION.finditer(_without_strings(text)))
    if len(loops) > COMPREHENSIONS_MAX:
        at = loops[COMPREHENSIONS_MAX].start()
        cure = "Split the condition over several branches."
        raise RuleError(text, at, f"More than {COMPREHENSIONS_MAX} list operations in one condition.", cure)
    try:
        return cel.compile(text)
    except ValueError as error:
        found: ParseProblem = explain_parse_error(text, str(error))
        raise RuleError(text, found.position, found.problem, found.cure) from None


def _check_names(text: str, names: frozenset[str], variables: Mapping[str, str]) -> None:
    for name in sorted(names - variables.keys(), key=lambda name: _position(text, name)):
        problem = f"Nothing is called {name} here."
        near = get_close_matches(name, variables, n=1, cutoff=0.6)
        if name in _OTHER_LANGUAGES:
            cure = f"Write {_OTHER_LANGUAGES[name]}."
        elif near:
            cure = f"Did you mean {near[0]}?"
        else:
            known = f" Known here: {', '.join(sorted(variables))}." if variables else ""
            cure = f'If it is text, write "{name}".{known}'
        raise RuleError(text, _position(text, name), problem, cure)


def _check_functions(text: str, program: cel.Program) -> None:
    for name in program.functions():
        if name[0].isalpha() and name not in FUNCTIONS:
            near = get_close_matches(name, FUNCTIONS, n=1, cutoff=0.6)
            cure = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(FUNCTIONS))}."
            raise RuleError(text, _position(text, name), f"There is no function {name}.", cure)


def _try_on_samples(text: str, program: cel.Program, types: Mapping[str, str]) -> None:
    """Find mixed types by running once. Only what is sure is refused: a sample may divide by zero."""
    samples = {name: SAMPLES[type_name] for name, type_name in types.items()}
    if None in samples.values():
        return
    try:
        answer = program.execute(samples)
    except TypeError:
        described = ", ".join(f"{name} is {_kind(value)}" for name, value in sorted(samples.items()))
        because = f" ({described})" if described else ""
        cure = "Compare like with like, or convert with int(), double() or string()."
        raise RuleError(text, 0, f"Two sides do not fit together{because}.", cure) from None
    except Exception:
        return
    if not isinstance(answer, bool):
        problem = f"The condition gives {_kind(answer)}, not yes or no."
        raise RuleError(text, 0, problem, 'Compare it with something, for example == "gold".')


def _position(text: str, name: str) -> int:
    found = re.search(rf"(?<![\w.]){re.escape(name)}\b", _without_strings(text)) or re.search(
        rf"\b{re.escape(name)}\b", _without_strings(text)
    )
    return found.start() if found else 0


def _without_strings(text: str) -> str:
    """The same length, with the inside of string literals blanked."""
    return _STRING.sub(lambda match: " " * len(match.group()), text)


def _warned(text: str, why: str) -> Verdict:
    return Verdict(value=False, warning=f"{text}: {why}, so it counts as no")


def _kind(value: object) -> str:
    for types, word in ((bool, "yes or no"), ((int, float), "a number"), (str, "text"), (list, "a list")):
        if isinstance(value, types):
            return word
    return "empty" if value is None else "something else"


def _plain(error: Exception) -> str:
    match error:
        case ZeroDivisionError():
            return "it divides by zero"
        case OverflowError():
            return "a number is too large"
        case KeyError():
            return f"there is no {str(error).strip(chr(34) + chr(39))}"
        case TypeError():
            return "two sides do not fit together"
        case _ if "'matches'" in str(error):
            return "the pattern of matches() is not valid"
        case _:
            return str(error).split(". ")[0][:200].rstrip(".")
