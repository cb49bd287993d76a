"""The command `patchbay`, each verb of it, run as a person would."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from cryptography import x509
from typer.testing import CliRunner, Result

from app.auth.passwords import Passwords
from app.children import CONTROL_LOCK, RELOAD_SIGNAL, Lock
from app.cli import app
from app.cli.certificates import LIFETIME, RENEW_BEFORE, fingerprint, self_signed
from app.cli.console import fail
from app.clock import wall_now
from app.settings import Settings
from app.store import migrate, records
from app.store.database import Database
from app.store.repositories.configuration import Configuration
from app.store.repositories.people import Users

PASSWORD = "correct horse battery\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATCHBAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def said(result: Result) -> str:
    """All that was printed, on one line."""
    return re.sub(r"\s+", " ", result.output + result.stderr)


# --- version, config ------------------------------------------------------------------------------


def test_version_names_what_matters_for_a_report(folder: Path) -> None:
    result = run("version")
    assert result.exit_code == 0
    assert re.search(r"Patchbay \S+, Python 3\.\d+\.\d+, SQLite 3\.\d+", said(result))


def test_config_show_masks_secrets_and_says_what_was_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHBAY_DATABASE_URL", "postgresql://patchbay:hunter2@db.example.org/patchbay")
    monkeypatch.setenv("PATCHBAY_SECRET_KEY", "very-secret")
    result = run("config", "show")
    assert result.exit_code == 0
    assert "hunter2" not in said(result)
    assert "very-secret" not in said(result)
    assert "postgresql://patchbay:********@db.example.org/patchbay" in said(result)
    assert re.search(r"PATCHBAY_DATABASE_URL +\S+ +changed", result.output)
    assert not re.search(r"PATCHBAY_PORT +\d+ +changed", result.output)
    shown = json.loads(run("config", "show", "--json").output)
    assert shown["secret_key"] == "********"
    assert set(shown) == set(Settings.model_fields)


def test_settings_that_do_not_fit_are_refused_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHBAY_PORT", "many")
    result = run("config", "show")
    assert result.exit_code == 2
    assert "PATCHBAY_PORT: Input should be a valid integer" in said(result)


# --- migrate --------------------------------------------------------------------------------------


def test_migrate_brings_a_new_database_into_shape_once(folder: Path) -> None:
    missing = run("migrate", "--check")
    assert missing.exit_code == 1
    assert "patchbay migrate" in said(missing)
    assert f"Migrated to {migrate.head()}" in said(run("migrate"))
    assert f"The database is at {migrate.head()}" in said(run("migrate"))
    assert run("migrate", "--check").exit_code == 0


def test_a_database_that_does_not_answer_is_said_plainly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHBAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = run("migrate")
    assert result.exit_code == 1
    assert "PATCHBAY_DATABASE_URL" in said(result)
    assert "Traceback" not in said(result)


# --- users ----------------------------------------------------------------------------------------


def stored(folder: Path, username: str) -> tuple[records.User | None, list[records.Agent]]:
    async def read() -> tuple[records.User | None, list[records.Agent]]:
        database = Database(f"sqlite:///{folder / 'patchbay.sqlite3'}", readers=1)
        try:
            async with database.read() as session:
                return await Users(session).by_username(username), list(await Configuration(session).agents())
        finally:
            await database.close()

    return asyncio.run(read())


def add_queue(folder: Path) -> None:
    async def write() -> None:
        database = Database(f"sqlite:///{folder / 'patchbay.sqlite3'}", readers=1)
        try:
            async with database.transaction() as session:
                queue = records.Queue(queue_id="billing", name="Billing", policy={})
                await Configuration(session).put_queue(queue)
        finally:
            await database.close()

    asyncio.run(write())


ADD = ("user", "add", "Priya", "--name", "Priya Nair", "--password-stdin")


def test_an_agent_is_added_with_its_queues_and_can_sign_in(folder: Path) -> None:
    run("migrate")
    add_queue(folder)
    result = run(*ADD, "--role", "agent", "--role", "supervisor", "--queue", "billing", given=PASSWORD)
    assert result.exit_code == 0, said(result)
    user, agents = stored(folder, "priya")
    assert user is not None
    assert (user.name, list(user.roles)) == ("Priya Nair", ["agent", "supervisor"])
    assert [(agent.agent_id, agent.initials, list(agent.queues)) for agent in agents] == [
        (user.agent_id, "PN", ["billing"])
    ]
    fits, _ = asyncio.run(Passwords().verify(PASSWORD.strip(), user.password_hash))
    assert fits
    listed = said(run("user", "list"))
    assert "priya Priya Nair agent, supervisor" in listed
    assert "argon2" not in listed


def test_a_server_that_runs_is_told_of_a_new_agent(folder: Path) -> None:
    assert "counts" not in said(run(*ADD, "--role", "agent", given=PASSWORD))
    told: list[int] = []
    before = signal.signal(RELOAD_SIGNAL, lambda number, frame: told.append(number))
    lock = Lock(folder / "run" / CONTROL_LOCK)
    assert lock.take()
    try:
        lock.name_holder(os.getpid())
        result = run(
            "user", "add", "tom", "--name", "Tom", "--password-stdin", "--role", "agent", given=PASSWORD
        )
    finally:
        lock.let_go()
        signal.signal(RELOAD_SIGNAL, before)
    assert "counts the new agent from now on" in said(result)
    assert told == [RELOAD_SIGNAL]


def test_brackets_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        fail("There is no [x].", cure="Install patchbay[tts].")
    assert capsys.readouterr().err == "There is no [x].\nInstall patchbay[tts].\n"


@pytest.mark.parametrize(
    ("arguments", "given", "why"),
    [
        (("--role", "king"), PASSWORD, "There is no role king"),
        (("--role", "admin"), "short\n", "Take at least 10"),
        (("--role", "agent", "--queue", "sales"), PASSWORD, "There is no queue sales"),
    ],
)
def test_a_user_that_cannot_be_is_refused_with_the_cure(
    folder: Path, arguments: tuple[str, ...], given: str, why: str
) -> None:
    result = run(*ADD, *arguments, given=given)
    assert result.exit_code == 2
    assert why in said(result)
    assert stored(folder, "priya")[0] is None if (folder / "patchbay.sqlite3").exists() else True


def test_a_name_is_given_once(folder: Path) -> None:
    assert run(*ADD, "--role", "admin", given=PASSWORD).exit_code == 0
    again = run("user", "add", "PRIYA", "--name", "X", "--password-stdin", "--role", "admin", given=PASSWORD)
    assert again.exit_code == 1
    assert "already" in said(again)


def test_a_user_is_disabled_and_enabled_again_and_gets_a_new_password(folder: Path) -> None:
    run(*ADD, "--role", "admin", given=PASSWORD)
    before, _ = stored(folder, "priya")
    assert run("user", "disable", "priya").exit_code == 0
    disabled, _ = stored(folder, "priya")
    assert before is not None
    assert disabled is not None
    assert disabled.disabled
    assert "disabled" in said(run("user", "list"))
    assert run("user", "disable", "priya", "--undo").exit_code == 0
    assert run("user", "password", "priya", "--password-stdin", given="another long one\n").exit_code == 0
    after, _ = stored(folder, "priya")
    assert after is not None
    assert not after.disabled
    assert after.password_hash != before.password_hash
    unknown = run("user", "disable", "nobody")
    assert unknown.exit_code == 1
    assert "patchbay user list" in said(unknown)


# --- serve ----------------------------------------------------------------------------------------


def test_demo_sign_ins_are_never_served_to_other_machines(folder: Path) -> None:
    for arguments in (("serve", "--demo", "--host", "0.0.0.0"), ("demo", "--host", "192.168.1.9")):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "demo sign-ins are for this machine alone" in said(result)
    assert not folder.exists()


def test_a_taken_port_ends_the_start_with_the_cure(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "Choose another port with --port" in said(result)


def test_a_folder_is_served_once(folder: Path) -> None:
    lock = Lock(Settings(data_dir=folder).run_dir / "supervisor.lock")
    assert lock.take()
    lock.name_holder(4711)
    try:
        result = run("serve", "--port", "0")
    finally:
        lock.let_go()
    assert result.exit_code == 1
    assert "already runs" in said(result)
    assert "process 4711" in said(result)


def test_own_certificate_and_a_given_one_exclude_each_other(folder: Path, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, ["localhost"], wall_now())
    files = ("--tls-cert", str(certificate), "--tls-key", str(key))
    result = run("serve", "--self-signed", *files)
    assert result.exit_code == 2
    assert "exclude each other" in said(result)
    alone = run("serve", "--tls-cert", str(certificate))
    assert alone.exit_code == 2
    assert "go together" in said(alone)


def test_a_self_signed_certificate_is_for_our_names_kept_and_renewed_in_time(tmp_path: Path) -> None:
    now = wall_now()
    certificate, key = self_signed(tmp_path / "tls", ["localhost", "192.168.1.20", "::1"], now)
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {"localhost", "192.168.1.20", "::1"}
    assert key.stat().st_mode & 0o777 == 0o600
    first = fingerprint(certificate)
    self_signed(tmp_path / "tls", ["localhost"], now)
    assert fingerprint(certificate) == first
    self_signed(tmp_path / "tls", ["localhost", "desk.local"], now)
    second = fingerprint(certificate)
    assert second != first
    self_signed(tmp_path / "tls", ["desk.local"], now + LIFETIME - RENEW_BEFORE + timedelta(days=1))
    assert fingerprint(certificate) != second


# --- doctor ---------------------------------------------------------------------------------------


def test_the_doctor_starts_a_media_worker_and_looks_at_everything(folder: Path) -> None:
    run("migrate")
    result = run("doctor")
    for name in (
        "Python",
        "data folder",
        "SQLite",
        "database",
        "Redis",
        "media worker",
        "microphones",
        "pages",
    ):
        assert name in said(result)
    assert re.search(r"ok\s+media worker", result.output), said(result)
    assert re.search(r"ok\s+database", result.output), said(result)


def test_the_doctor_says_the_cure_for_each_thing_that_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHBAY_HOST", "0.0.0.0")
    monkeypatch.setenv("PATCHBAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("PATCHBAY_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        monkeypatch.setenv("PATCHBAY_PORT", str(taken.getsockname()[1]))
        result = run("doctor")
    assert result.exit_code == 1
    for failing, cure in (
        ("port", "PATCHBAY_PORT"),
        ("database", "Check PATCHBAY_DATABASE_URL"),
        ("microphones", "--self-signed"),
    ):
        assert re.search(rf"FAIL\s+{failing}", result.output), said(result)
        assert cure in said(result)
    assert re.search(r"note\s+Redis", result.output)
    assert "pip install 'patchbay[tts]'" in said(result)
