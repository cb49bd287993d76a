"""What may not stand in a file: unfinished work, this or that machine, anybody's registry."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.tidy import tree

UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK|Not" r"ImplementedError)\b")

MACHINE_PATHS = re.compile(
    r"(?<![\w.$}/-])/(?:work|root|home/\w+|Users/\w+|opt/wheels|tmp/[a-z]{2}\b)(?:/|\b)", re.ASCII
)
"""Somebody's own folders."""

REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("registry", "npmjs"),
            ("registry", "yarnpkg"),
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("deb", "debian", "org"),
            ("docker", "io"),
            ("ghcr", "io"),
        )
    )
)

LOCK_HOSTS = re.compile(r'"resolved":\s*"http|--(?:extra-)?index-url|--find-links|@ (?:https?|file)://')

SKIPPED = frozenset({"LICENSE", "tests/tidy/test_words.py"})


def places(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Where `pattern` stands, as file:line."""
    return [
        f"{tree.name(path)}:{number}: {line.strip()[:80]}"
        for path in paths
        if tree.name(path) not in SKIPPED
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_unfinished() -> None:
    assert places(UNFINISHED, tree.sources(".py", ".ts", ".tsx", ".js", ".mjs", ".sh", ".yaml", ".css")) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert places(MACHINE_PATHS, tree.texts()) == []


def test_no_file_names_a_registry() -> None:
    assert places(REGISTRIES, tree.texts()) == []


def test_lock_files_name_no_host() -> None:
    locks = [path for path in tree.files() if path.suffix == ".lock" or path.name == "package-lock.json"]
    assert {"requirements.lock", "requirements-runtime.lock", "requirements-build.lock"} <= {
        path.name for path in locks
    }
    assert places(LOCK_HOSTS, locks) == []


def test_the_patterns_find_what_they_are_for() -> None:
    assert UNFINISHED.search("# TODO: later")
    assert MACHINE_PATHS.search("open('/root/data')")
    assert not MACHINE_PATHS.search("POST /api/work/x, a/root/b")
    assert REGISTRIES.search("https://registry.npmjs.org/x")
    assert LOCK_HOSTS.search('  "resolved": "https://x/y.tgz"')


def test_every_module_says_what_it_is_for() -> None:
    """Empty `__init__` files of tests and migrations aside."""
    silent = [
        tree.name(path)
        for path in tree.modules(*tree.PACKAGES, "bench", "scripts")
        if tree.parsed(path).body and not ast.get_docstring(tree.parsed(path))
    ]
    assert silent == []


OBVIOUS_LINES_MAX = 15
"""In the shell, a function this short may speak for itself."""


def test_every_public_function_says_what_it_does() -> None:
    """Module-level functions: all of a core's, and the longer ones elsewhere."""
    silent = []
    for path in tree.modules(*tree.PACKAGES):
        core = tree.name(path).split("/")[0] in tree.PURE
        for node in tree.parsed(path).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if (core or lines > OBVIOUS_LINES_MAX) and not ast.get_docstring(node):
                silent.append(f"{tree.name(path)}:{node.lineno} {node.name}")
    assert silent == []


def test_no_check_is_switched_off_without_naming_it() -> None:
    bare = re.compile(
        r"#\s*(?:noqa(?!: ?[A-Z])|type: ignore(?!\[)|pragma: no cover)|eslint-disable(?!-next-line [\w@])"
    )
    assert places(bare, tree.sources(".py", ".ts", ".tsx")) == []
