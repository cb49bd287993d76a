"""Read plain data field by field, gathering every problem with its place instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")

_MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a file that cannot be read.

    Attributes:
        path: where, `nodes.main_menu.options`.
        what: one sentence.
        cure: what to change, one sentence.
    """

    path: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what} {self.cure}" if self.path else f"{self.what} {self.cure}"


@dataclass(slots=True)
class Reader:
    """One mapping of the file. Fields are taken out by `get`; `done` complains about those left over."""

    data: Mapping[str, Any]
    path: str
    problems: list[Problem]
    taken: set[str] = field(default_factory=set)

    def problem(self, key: str, what: str, cure: str) -> None:
        path = ".".join(part for part in (self.path, key) if part)
        self.problems.append(Problem(path=path, what=what, cure=cure))

    def raw(self, key: str, default: object = None) -> Any:
        self.taken.add(key)
        return self.data.get(key, default)

    def text(self, key: str, default: str = "") -> str:
        return self._typed(key, default, _is_text, "text", "Put it in quotation marks.")

    def text_or_none(self, key: str) -> str | None:
        if self.raw(key) is None:
            return None
        return self.text(key)

    def required(self, key: str) -> str:
        value = self.text(key)
        if not value and self.data.get(key, _MISSING) in (_MISSING, None, ""):
            self.problem(key, "This field is missing.", f"Add {key}.")
        return value

    def whole(self, key: str, default: int) -> int:
        return self._typed(key, default, _is_whole, "a whole number", "Write digits only.")

    def whole_or_none(self, key: str) -> int | None:
        return None if self.raw(key) is None else self.whole(key, 0)

    def seconds(self, key: str, default: float) -> float:
        value = self._typed(
            key, default, _is_number, "a number of seconds", "Write digits only, such as 5 or 2.5."
        )
        return float(value)

    def seconds_or_none(self, key: str) -> float | None:
        return None if self.raw(key) is None else self.seconds(key, 0.0)

    def flag(self, key: str, default: bool) -> bool:
        return self._typed(
            key, default, lambda value: isinstance(value, bool), "yes or no", "Write true or false."
        )

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw(key) or []
        if not isinstance(value, list) or not all(_is_text(item) for item in value):
            self.problem(key, "This is not a list of texts.", 'Write it as ["en", "cy"].')
            return ()
        return tuple(str(item) for item in value)

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.raw(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(key, "This is not a group of fields.", "Write name: value, one a line, indented.")
            return {}
        return {_key(name): item for name, item in value.items()}

    def items(self, key: str) -> list[Any]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(key, "This is not a list.", "Begin each entry with a dash.")
            return []
        return value

    def reader(self, key: str, value: object) -> Reader | None:
        """A reader of a nested mapping that was already taken out; None, with a problem, if it is none."""
        if not isinstance(value, Mapping):
            self.problem(key, "This is not a group of fields.", "Write name: value, one a line, indented.")
            return None
        path = ".".join(part for part in (self.path, key) if part)
        return Reader({_key(name): item for name, item in value.items()}, path, self.problems)

    def done(self) -> None:
        for name in sorted(set(self.data) - self.taken):
            near = get_close_matches(name, self.taken, n=1, cutoff=0.6)
            cure = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted(self.taken))}."
            self.problem(name, "There is no such field.", cure)

    def _typed(self, key: str, default: T, fits: Callable[[Any], bool], kind: str, cure: str) -> T:
        value = self.raw(key, default)
        if value is None:
            return default
        if not fits(value):
            shown = {
                True: "true (YAML reads yes and on as true)",
                False: "false (YAML reads no and off as false)",
            }
            seen = shown[value] if isinstance(value, bool) else repr(value)[:60]
            self.problem(key, f"{seen} is not {kind}.", cure)
            return default
        result: T = value
        return result


def _key(name: object) -> str:
    """YAML reads the key 1 as a number, and `no` as false: keypad keys and languages are meant as written."""
    return {True: "yes", False: "no"}[name] if isinstance(name, bool) else str(name)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value
