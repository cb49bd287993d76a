"""The commands behind `make`: what they count, and that they never call a broken run a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import setup
from scripts.benchmarks import BENCHMARKS, Goal, page
from scripts.test import Stage, Tally, count_vitest, run_pytest, summarise
from tests.tidy import tree

GOOD = Tally(passed=5, failed=0, skipped=1, seconds=1.0)
BAD = Tally(passed=4, failed=1, skipped=0, seconds=1.0)


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip().splitlines()[-1]


def test_the_last_line_is_the_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert summarise({"cores": GOOD, "web": GOOD}, []) == 0
    assert last_line(capsys) == "10 passed, 0 failed, 2 skipped"


def test_one_failure_anywhere_fails_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert summarise({"cores": GOOD, "web": BAD}, []) == 1
    assert last_line(capsys) == "9 passed, 1 failed, 1 skipped"


def test_what_could_not_run_fails_unless_it_is_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLOW_MISSING", raising=False)
    assert summarise({"cores": GOOD}, ["e2e (no Chromium)"]) == 1
    monkeypatch.setenv("ALLOW_MISSING", "1")
    assert summarise({"cores": GOOD}, ["e2e (no Chromium)"]) == 0


def test_a_run_without_a_single_test_is_not_a_good_one() -> None:
    assert summarise({}, []) == 1
    assert summarise({"cores": Tally(passed=0, failed=0, skipped=3, seconds=0.1)}, []) == 1


def test_a_stage_that_cannot_start_counts_as_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "tests" / "broken"
    broken.mkdir(parents=True)
    (broken / "conftest.py").write_text("raise RuntimeError('does not import')")
    (broken / "test_x.py").write_text("def test_x():\n    assert True\n")
    monkeypatch.setattr("scripts.test.ROOT", tmp_path)
    monkeypatch.setattr("scripts.test.REPORTS", tmp_path)
    assert run_pytest(Stage(name="broken", folders=("broken",), workers=0)).failed == 1


@pytest.mark.parametrize(
    ("output", "status", "counted"),
    [
        ("\x1b[2m      Tests \x1b[22m \x1b[32m49 passed\x1b[39m (49)", 0, (49, 0, 0)),
        ("      Tests  2 failed | 47 passed | 1 skipped (50)", 1, (47, 2, 1)),
        ("vitest: command not found", 127, (0, 1, 0)),
        ("      Tests  49 passed (49)\nUnhandled error", 1, (49, 1, 0)),
    ],
)
def test_the_front_ends_tests_are_counted(output: str, status: int, counted: tuple[int, int, int]) -> None:
    assert count_vitest(output, status) == counted


def test_setup_names_every_part_that_it_could_not_get(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> str:
        raise setup.SetupFailed("No Chromium was found.", "Install it.")

    monkeypatch.setitem(setup.PARTS, "web", refuse)
    monkeypatch.setitem(setup.PARTS, "browser", lambda: "browser tests use chromium")
    assert setup.main(["web", "browser"]) == 1
    said = capsys.readouterr().out
    assert "web: NOT READY. No Chromium was found.\n  Install it." in said
    assert "browser: browser tests use chromium" in said
    assert "Setup could not get: web." in said


def test_setup_refuses_a_part_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["weeb"]) == 2
    assert "There are python, web, browser, services" in capsys.readouterr().out


def test_a_changed_source_is_noticed_and_an_unchanged_one_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "STAMPS", tmp_path / "stamps")
    source, product = tmp_path / "source", tmp_path / "product"
    source.write_text("one")
    product.write_text("made of one")
    setup.stamp("part", setup.digest([source]))
    assert setup.fresh("part", setup.digest([source]), product)
    source.write_text("two")
    assert not setup.fresh("part", setup.digest([source]), product)
    source.write_text("one")
    product.unlink()
    assert not setup.fresh("part", setup.digest([source]), product)


def test_a_missed_goal_is_shown_as_missed() -> None:
    media = BENCHMARKS[0]
    text = page(
        [(media, {"calls_per_core_bridged": 149, "calls_per_core_recorded": 120, "added_delay_ms_p50": 0.3})]
    )
    assert "| `calls_per_core_bridged` | 149 | >= 150 | **missed** |" in text
    assert "| `calls_per_core_recorded` | 120 | >= 100 | met |" in text
    assert not Goal(key="absent", sign=">=", bound=0).met({})
    assert "It failed to run." in page([(media, None)])


def test_every_target_of_make_explains_itself() -> None:
    text = (tree.ROOT / "Makefile").read_text(encoding="utf-8")
    phony = text.split(".PHONY:", 1)[1].splitlines()[0].split()
    promised = {"setup", "run", "demo", "check", "test", "e2e", "bench", "bench-media", "bench-call", "soak"}
    assert promised | {"wheel", "fmt", "clean"} <= set(phony)
    for target in set(phony) - {"python-found"}:
        assert any(line.startswith(f"{target}:") and "## " in line for line in text.splitlines()), target
