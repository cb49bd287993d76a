"""`patchbay config export` and `apply`, as a person runs them."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from app.children import CONTROL_LOCK, RELOAD_SIGNAL, Lock
from app.demo.seed import seed
from app.settings import Settings
from app.store import migrate
from app.store.database import Database
from tests.integration.api.test_cli import PASSWORD, run, said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the demo centre in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATCHBAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")

    async def fill() -> None:
        settings = Settings()
        settings.data_dir.mkdir(parents=True)
        database = Database(settings.store_url, readers=1)
        await migrate.upgrade(database)
        await seed(database, settings)
        await database.close()

    asyncio.run(fill())
    return tmp_path / "data"


def test_export_then_apply_changes_nothing_and_holds_no_secret(folder: Path) -> None:
    assert run("config", "export", "centre.yaml").exit_code == 0
    text = Path("centre.yaml").read_text(encoding="utf-8")
    assert "argon2" not in text
    assert "password_hash" not in text
    result = run("config", "apply", "centre.yaml", "--dry-run")
    assert (result.exit_code, "Nothing to change" in said(result)) == (0, True)
    assert run("config", "export").stdout == text


def test_a_dry_run_prints_the_difference_and_changes_nothing(folder: Path) -> None:
    run("config", "export", "centre.yaml")
    before = Path("centre.yaml").read_text(encoding="utf-8")
    changed = before.replace("max_wait_s: 480", "max_wait_s: 540")
    Path("centre.yaml").write_text(changed, encoding="utf-8")
    result = run("config", "apply", "centre.yaml", "--dry-run")
    assert result.exit_code == 3
    assert "~ retention Retention max_wait_s: 480 -> 540" in said(result)
    assert "1 change. Nothing was changed: this was a dry run." in said(result)
    assert run("config", "export").stdout == before


def test_what_is_applied_is_taken_up_by_the_server_that_runs(folder: Path) -> None:
    run("config", "export", "centre.yaml")
    text = Path("centre.yaml").read_text(encoding="utf-8")
    more = text.replace("users:\n", "users:\n  - {username: zara, name: Zara Khan, roles: [supervisor]}\n")
    Path("centre.yaml").write_text(more.replace("weight: 2\n", "weight: 4\n"), encoding="utf-8")
    told: list[int] = []
    before = signal.signal(RELOAD_SIGNAL, lambda number, frame: told.append(number))
    lock = Lock(folder / "run" / CONTROL_LOCK)
    (folder / "run").mkdir(exist_ok=True)
    assert lock.take()
    try:
        lock.name_holder(os.getpid())
        result = run("config", "apply", "centre.yaml")
    finally:
        lock.let_go()
        signal.signal(RELOAD_SIGNAL, before)
    assert result.exit_code == 0, said(result)
    assert "2 changes made." in said(result)
    assert "No password yet: zara. Run: patchbay user password NAME" in said(result)
    assert "works by it from now on" in said(result)
    assert told == [RELOAD_SIGNAL]
    assert "weight: 4" in run("config", "export").stdout
    assert run("user", "password", "zara", "--password-stdin", given=PASSWORD).exit_code == 0
    assert "Nothing to change" in said(run("config", "apply", "centre.yaml"))


def test_an_error_keeps_everything_as_it_is(folder: Path) -> None:
    run("config", "export", "centre.yaml")
    before = Path("centre.yaml").read_text(encoding="utf-8")
    Path("centre.yaml").write_text(
        before.replace("weight: 2\n", "weight: 4\n").replace("max_wait_s: 480", "max_wait_s: 200"),
        encoding="utf-8",
    )
    result = run("config", "apply", "centre.yaml")
    assert result.exit_code == 1
    assert "error queues/retention/steps/relax/after_s: Step 3 can never open." in said(result)
    assert "Cure: Open it at" in said(result)
    assert "Nothing was changed." in said(result)
    assert run("config", "export").stdout == before


def test_a_file_that_cannot_be_read_says_where(folder: Path) -> None:
    Path("centre.yaml").write_text("queues:\n  - {id: a, name: A, goal: 80}\n", encoding="utf-8")
    result = run("config", "apply", "centre.yaml")
    assert result.exit_code == 2
    assert "queues.a.goal: 80 is too much. Write at most 1." in said(result)
    assert run("config", "apply", "none.yaml").exit_code == 2
