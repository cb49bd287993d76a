"""What `patchbay serve` starts, and what it does for a control process that died; with real servers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.auth.limits import RateLimits
from app.cli.serving import Launch
from app.errors import TooManyRequests
from app.settings import Settings
from app.store import leases
from app.store.database import Database
from app.store.errors import LeaseHeld

TTL = timedelta(minutes=5)


def test_children_are_told_what_the_command_line_changed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=9000, media_udp_port=40000, media_codec="opus")
    launch = Launch(settings, {"port": 9000, "demo": True, "host": None})
    first = launch.control(tmp_path / "control.lock", 7, 8)
    second = launch.control(tmp_path / "control.lock", 7, 8)
    assert first.environment["PATCHBAY_PORT"] == "9000"
    assert first.environment["PATCHBAY_DEMO"] == "True"
    assert "PATCHBAY_HOST" not in first.environment
    assert first.environment["PATCHBAY_LEASE_OWNER"] != second.environment["PATCHBAY_LEASE_OWNER"]
    worker = launch.worker(2)
    assert worker.own_session
    text = " ".join(worker.command)
    assert f"--socket {settings.media_socket(2)}" in text
    assert "--codec opus" in text
    assert "--udp-port 40001" in text


async def test_the_lease_of_a_dead_control_process_is_free_at_once(tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(data_dir=tmp_path, database_url=SecretStr(postgres_url))
    launch = Launch(settings, {})
    dead = launch.control(tmp_path / "control.lock", 7, 8).environment["PATCHBAY_LEASE_OWNER"]
    database = Database(postgres_url)

    async def acquire(owner: str) -> int:
        token, _ = await database.write(
            lambda connection: leases.acquire(
                connection, domain="voice", owner=owner, ttl=TTL, holds_file_lock=False
            )
        )
        return token.epoch

    try:
        epoch = await acquire(dead)
        with pytest.raises(LeaseHeld):
            await acquire("next")
        await launch.free_lease()
        assert await acquire("next") == epoch + 1
    finally:
        await database.close()


async def test_nodes_share_their_counts_over_redis(redis_url: str) -> None:
    nodes = [RateLimits({"sign_in": "3/minute"}, redis_url) for _ in range(2)]
    try:
        for node in (nodes[0], nodes[1], nodes[0]):
            await node.hit("sign_in", "10.0.0.1")
        for node in nodes:
            with pytest.raises(TooManyRequests):
                await node.hit("sign_in", "10.0.0.1")
            with pytest.raises(TooManyRequests):
                await node.check("sign_in", "10.0.0.1")
    finally:
        for node in nodes:
            await node.close()
