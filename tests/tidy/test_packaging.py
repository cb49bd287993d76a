"""The wheel carries all that a server needs, the built front end first, and does not exist without it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.build_hook import REQUIRED, missing_from
from tests.tidy import tree

UV = Path(sys.executable).parent / "uv"
NOT_SHIPPED = frozenset({".map"})


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build a wheel of the checkout at `source` into `out`."""
    return subprocess.run(
        [
            UV,
            "build",
            "--wheel",
            "--offline",
            "--no-build-isolation",
            "--python",
            sys.executable,
            "-o",
            out,
            source,
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def copy_of_checkout(target: Path) -> None:
    """What git would check out: no built front end in it."""
    for path in tree.files():
        if tree.name(path).startswith(("web/", "tests/")):
            continue
        copy = target / tree.name(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def test_a_build_without_the_front_end_fails_and_says_what_to_do(tmp_path: Path) -> None:
    source = tmp_path / "checkout"
    copy_of_checkout(source)
    done = build(source, tmp_path / "out")
    assert done.returncode != 0
    assert "app/static/index.html is missing" in done.stderr
    assert "make setup" in done.stderr
    assert not list((tmp_path / "out").glob("*.whl"))


def test_the_wheel_holds_every_file_that_the_packages_hold(tmp_path: Path) -> None:
    if not (tree.ROOT / "app" / "static" / "index.html").is_file():
        pytest.fail("The front end is not built: `make setup` builds it.")
    done = build(tree.ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    wheel = next(tmp_path.glob("patchbay-*.whl"))
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert set(REQUIRED) <= inside
    wanted = {
        tree.name(path)
        for path in tree.files()
        if tree.name(path).split("/")[0] in tree.PACKAGES and path.suffix not in NOT_SHIPPED
    }
    wanted |= {
        tree.name(path)
        for path in (tree.ROOT / "app" / "static").rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED
    }
    assert wanted - inside == set()
    strangers = {entry.split("/")[0] for entry in inside} - {*tree.PACKAGES}
    assert {stranger for stranger in strangers if not stranger.startswith("patchbay-")} == set()
    assert any(entry.endswith("licenses/LICENSE") for entry in inside)


def test_the_guard_lists_everything_that_is_missing(tmp_path: Path) -> None:
    assert len(missing_from(tmp_path)) == len(REQUIRED)
    for name in REQUIRED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert missing_from(tmp_path) == []
