"""The house: every room holds something, every wall is checked, every library is declared."""

from __future__ import annotations

import ast
import importlib.metadata as metadata
import re
import sys
import tomllib
from functools import cache
from typing import Any

from packaging.requirements import Requirement

from tests.tidy import tree

BY_NAME = {
    "asterisk": "pyst2",
    "av": "av",
    "cel": "common-expression-language",
    "dotenv": "python-dotenv",
    "pyee": "aiortc",
    "pylibsrtp": "pylibsrtp",
    "starlette": "fastapi",
    "yaml": "pyyaml",
}
"""Modules whose distribution has another name; starlette and pyee come with the one that re-exports them."""


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared() -> set[str]:
    """Distributions that pyproject asks for: core, extras and development."""
    table = project()["project"]
    groups = [table["dependencies"], *table["optional-dependencies"].values()]
    groups += project()["dependency-groups"].values()
    return {Requirement(text).name.lower() for group in groups for text in group if isinstance(text, str)}


def test_every_room_holds_something() -> None:
    """A folder with an `__init__` has code in it or below it."""
    empty = []
    for init in tree.modules(*tree.PACKAGES):
        if init.name != "__init__.py":
            continue
        below = [
            path for path in tree.modules(*tree.PACKAGES) if init.parent in path.parents and path != init
        ]
        if not below and len(tree.parsed(init).body) <= 1:
            empty.append(tree.name(init.parent))
    assert empty == []


def test_every_package_stands_inside_the_walls() -> None:
    walls = set(project()["tool"]["importlinter"]["root_packages"])
    rooms = {path.parts[-2] for path in tree.modules(*tree.PACKAGES) if path.parent.parent == tree.ROOT}
    assert rooms - {"migrations"} == walls


def test_every_imported_library_is_declared() -> None:
    ours = {*tree.PACKAGES, "tests", "bench", "scripts"}
    wanted: dict[str, str] = {}
    for path in tree.modules(*ours):
        for node in ast.walk(tree.parsed(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for top in {name.split(".")[0] for name in names} - ours - sys.stdlib_module_names:
                wanted.setdefault(BY_NAME.get(top, top.replace("_", "-")).lower(), tree.name(path))
    known = declared()
    assert {name: where for name, where in wanted.items() if name not in known} == {}


def test_every_dependency_has_a_lower_and_an_upper_end() -> None:
    table = project()["project"]
    open_ended = [
        text
        for group in (table["dependencies"], *table["optional-dependencies"].values())
        for text in group
        if not re.search(r"==|>=.*,<", text) and Requirement(text).name != "tzdata"
    ]
    assert open_ended == []


def test_the_core_needs_nothing_under_the_gpl() -> None:
    """Extras may; whoever installs them chooses so."""
    seen: set[str] = set()
    queue = [Requirement(text) for text in project()["project"]["dependencies"]]
    guilty = []
    while queue:
        wanted = queue.pop()
        if wanted.name in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(wanted.name)
        about = metadata.metadata(wanted.name)
        parts = [*(about.get_all("License-Expression") or ()), *(about.get_all("Classifier") or ())]
        parts += [text[:100] for text in about.get_all("License") or ()]
        licence = " ".join(part for part in parts if "::" not in part or part.startswith("License"))
        if re.search(r"(?<![LA-Za-z])GPL|GNU General|Affero", licence) and "Lesser" not in licence:
            guilty.append(f"{wanted.name}: {licence}")
        queue += [Requirement(text) for text in metadata.requires(wanted.name) or []]
    assert len(seen) > 20
    assert guilty == []
