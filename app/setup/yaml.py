"""The configuration file: written so that it reviews well, read with errors that name line or field."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from app.api.models_setup import SECTIONS, CentreFile
from app.api.plain import findings
from app.errors import Finding

HEAD = """\
# The configuration of a centre, as `patchbay config export` writes it. What is not said has its default.
# `patchbay config apply --dry-run` prints what a change of this file would change. There is no secret in it.
"""


class Unreadable(Exception):
    """The file is no configuration. `problems` name every place."""

    def __init__(self, problems: list[Finding]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(
            f"{each.field}: {each.what} {each.cure}".strip() if each.field else f"{each.what} {each.cure}"
            for each in self.problems
        )


def dump(file: CentreFile) -> str:
    """One object after another in a fixed order, so that two exports differ only where the centre does."""
    data: dict[str, Any] = {"patchbay": file.patchbay}
    for section, (_, key) in SECTIONS.items():
        settings = getattr(file, section)
        if settings is not None:
            data[section] = [
                _entry(each.model_dump(mode="json", exclude_defaults=True), key) for each in settings
            ]
    return HEAD + yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )


def load(text: str) -> CentreFile:
    """Read a file.

    Raises:
        Unreadable: with everything that is wrong.
    """
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else "the file"
        what = str(getattr(error, "problem", None) or error)
        raise Unreadable(
            [Finding(field=where, what=f"This is no YAML: {what}.", cure="Check indents, colons and quotes.")]
        ) from None
    if not isinstance(data, Mapping):
        raise Unreadable(
            [Finding(field="", what="The file is empty or a list.", cure="Export one to see its shape.")]
        )
    try:
        return CentreFile.model_validate(data)
    except ValidationError as error:
        problems = findings(error.errors(include_url=False))
        raise Unreadable([_named(each, data) for each in problems]) from None


def _named(problem: Finding, data: Mapping[str, Any]) -> Finding:
    """`queues.3.goal` as `queues.retention.goal`: people count no entries."""
    parts = problem.field.split(".")
    if len(parts) < 2 or parts[0] not in SECTIONS or not parts[1].isdigit():
        return problem
    entry = data[parts[0]][int(parts[1])]
    name = entry.get(SECTIONS[parts[0]][1]) if isinstance(entry, Mapping) else None
    parts[1] = str(name) if name is not None else f"entry {int(parts[1]) + 1}"
    return Finding(field=".".join(parts), what=problem.what, cure=problem.cure)


def _entry(setting: dict[str, Any], key: str) -> dict[str, Any]:
    first = [name for name in (key, "name") if name in setting]
    ordered = {name: setting[name] for name in (*first, *(each for each in setting if each not in first))}
    plain: dict[str, Any] = _whole(ordered)
    return plain


def _whole(value: Any) -> Any:
    """Seconds without a fraction are written without one."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Dumper(yaml.SafeDumper):
    """Every list indented under its name; nothing by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Loader(yaml.SafeLoader):
    """Dates stay text, and a name that stands twice is an error instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key} stands here twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
