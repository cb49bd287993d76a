"""YAML, strict: no duplicate keys, no aliases, bounded in size."""

from __future__ import annotations

from typing import Any, Final

import yaml

SIZE_MAX: Final = 1_000_000
"""Characters. The largest flows known have a few thousand lines."""


class YamlProblem(Exception):
    """Text that is not the YAML we take. `line` from 1; None when it is not known."""

    def __init__(self, what: str, cure: str, line: int | None = None) -> None:
        super().__init__(what, cure, line)
        self.what = what
        self.cure = cure
        self.line = line


class _Strict(yaml.SafeLoader):
    """Refuses what is legal but never meant: the second of two equal keys silently wins otherwise."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.get_mark().line + 1
            raise YamlProblem("Aliases (*name) are not taken.", "Write the content out.", line)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            mark = str(key.value)
            if mark in seen:
                line = key.start_mark.line + 1
                raise YamlProblem(f"{key.value} stands here twice.", "Rename or remove one of the two.", line)
            seen.add(mark)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> Any:
    """The data in `text`.

    Raises:
        YamlProblem: with the line.
    """
    if len(text) > SIZE_MAX:
        raise YamlProblem(f"The file has {len(text)} characters.", f"Keep it below {SIZE_MAX}.")
    try:
        return yaml.load(text, Loader=_Strict)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"The file is no YAML here: {error.problem or error.context}."
        raise YamlProblem(
            what, "Check indentation, colons and quotation marks.", mark.line + 1 if mark else None
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        what = f"The file is no YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        raise YamlProblem(what, "Save it as UTF-8 text and check its indentation.") from None
