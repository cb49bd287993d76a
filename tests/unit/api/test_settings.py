"""Settings that do not fit together are refused with what to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import SOCKET_FOLDER_LENGTH_MAX, Settings, is_loopback


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"demo": True, "host": "0.0.0.0"}, "demo sign-ins are for this machine alone"),
        ({"demo": True, "host": "192.168.1.2"}, "Use host 127.0.0.1"),
        ({"tls_cert": "/tmp/a.pem"}, "tls_cert and tls_key go together"),
        ({"public_base_url": "desk.example.org"}, "write it like https://"),
        ({"public_base_url": "https://desk.example.org/patchbay"}, "without a path"),
        ({"ice_servers": "stun:example.org"}, "not JSON"),
        ({"ice_servers": '["stun:example.org"]'}, "write a list like"),
        ({"port": 70000}, "less than or equal to 65535"),
        ({"no_such_setting": 1}, "not permitted"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**changes)
    assert said in str(refused.value)


def test_demo_is_fine_on_this_machine() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.5"):
        assert Settings(demo=True, host=host).demo


def test_lists_come_from_the_environment_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHBAY_ALLOWED_HOSTS", "desk.local, patchbay")
    monkeypatch.setenv("PATCHBAY_TRUSTED_PROXIES", '["10.0.0.1"]')
    settings = Settings()
    assert settings.allowed_hosts == ("desk.local", "patchbay")
    assert settings.trusted_proxies == ("10.0.0.1",)


def test_the_sockets_folder_is_short_enough_for_a_socket_whatever_the_data_folder(tmp_path: Path) -> None:
    near = Settings(data_dir=Path("/srv/patchbay"))
    assert near.run_dir == Path("/srv/patchbay/run")
    far = Settings(data_dir=tmp_path / ("x" * 120))
    assert len(str(far.run_dir)) <= SOCKET_FOLDER_LENGTH_MAX
    assert far.run_dir == Settings(data_dir=tmp_path / ("x" * 120)).run_dir
    assert far.run_dir != Settings(data_dir=tmp_path / ("y" * 120)).run_dir


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("desk", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
