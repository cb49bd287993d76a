"""Tickets, tokens, caller cookies, addresses, rate limits, passwords: the small parts of sign-in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.addresses import Addresses
from app.auth.callers import LIFETIME, CallerSessions
from app.auth.limits import RateLimits
from app.auth.passwords import WAITING_MAX, Passwords
from app.auth.tickets import LIFETIME_S, OPEN_MAX, Tickets
from app.auth.tokens import digest, load_secret, new_token
from app.errors import TooManyRequests
from tests.unit.api.live_reading import LoopTime

NOW = datetime(2025, 11, 19, 10, 43, tzinfo=UTC)
CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


# --- tickets --------------------------------------------------------------------------------------


def test_a_ticket_opens_one_socket_once() -> None:
    tickets: Tickets[str] = Tickets(LoopTime())
    ticket = tickets.issue("priya")
    assert tickets.redeem(ticket) == "priya"
    assert tickets.redeem(ticket) is None


def test_a_ticket_is_void_after_its_lifetime() -> None:
    time = LoopTime()
    tickets: Tickets[str] = Tickets(time)
    early, late = tickets.issue("priya"), tickets.issue("priya")
    time.now_s += LIFETIME_S - 0.01
    assert tickets.redeem(early) == "priya"
    time.now_s += 0.01
    assert tickets.redeem(late) is None


def test_unused_tickets_do_not_pile_up() -> None:
    tickets: Tickets[int] = Tickets(LoopTime())
    made = [tickets.issue(number) for number in range(OPEN_MAX + 1)]
    assert tickets.redeem(made[0]) is None
    assert tickets.redeem(made[1]) == 1


def test_no_two_tokens_are_alike_and_their_digests_do_not_tell_them() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token not in digest(token) for token in tokens)


# --- the secret -----------------------------------------------------------------------------------


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = load_secret(tmp_path)
    assert load_secret(tmp_path) == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_configured_secret_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert load_secret(tmp_path, "one") != load_secret(tmp_path, "two")
    assert list(tmp_path.iterdir()) == []


# --- the caller's cookie --------------------------------------------------------------------------


def test_a_callers_cookie_is_known_again_also_after_a_restart() -> None:
    cookie = CallerSessions(b"secret").issue(NOW)
    later = NOW + LIFETIME - timedelta(seconds=1)
    assert CallerSessions(b"secret").check(cookie, later) == cookie.split(".")[0]


@pytest.mark.parametrize("change", ["other secret", "other id", "later date", "cut", "empty", "long"])
def test_a_cookie_that_is_not_ours_is_nobodys(change: str) -> None:
    sessions = CallerSessions(b"secret")
    caller, issued, signature = sessions.issue(NOW).split(".")
    cookies = {
        "other secret": CallerSessions(b"another").issue(NOW),
        "other id": f"{caller[::-1]}.{issued}.{signature}",
        "later date": f"{caller}.{int(issued) + 1}.{signature}",
        "cut": f"{caller}.{issued}",
        "empty": "",
        "long": f"{caller}.{issued}.{signature}" + "x" * 200,
    }
    assert sessions.check(cookies[change], NOW) is None
    assert sessions.check(None, NOW) is None


def test_a_callers_cookie_ends_after_a_day() -> None:
    sessions = CallerSessions(b"secret")
    assert sessions.check(sessions.issue(NOW), NOW + LIFETIME) is None


def test_a_call_asked_for_twice_under_one_id_is_one_call() -> None:
    sessions = CallerSessions(b"secret")
    assert sessions.call_ids("caller", "key-1") == sessions.call_ids("caller", "key-1")
    assert sessions.call_ids("caller", "key-1") != sessions.call_ids("caller", "key-2")
    assert sessions.call_ids("caller", "key-1") != sessions.call_ids("other", "key-1")


# --- addresses ------------------------------------------------------------------------------------

DESK = Addresses(public_base_url="https://desk.example.org", hosts=("desk.local",))


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("192.168.1.20", True),
        ("desk.example.org", True),
        ("DESK.local:9000", True),
        ("evil.example.com", False),
        ("localhost.evil.example.com", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_only_our_names_and_plain_addresses_are_hosts(host: str, allowed: bool) -> None:
    assert DESK.host_allowed(host) is allowed


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "allowed"),
    [
        ("http://127.0.0.1:8080", "http", "127.0.0.1:8080", True),
        ("http://127.0.0.1:8080", "ws", "127.0.0.1:8080", True),
        ("https://desk.example.org", "http", "10.0.0.5:8080", True),
        ("https://desk.example.org:443", "https", "desk.example.org", True),
        ("http://desk.example.org", "https", "desk.example.org", False),
        ("http://127.0.0.1:9090", "http", "127.0.0.1:8080", False),
        ("https://127.0.0.1:8080", "http", "127.0.0.1:8080", False),
        ("http://evil.example.com", "http", "evil.example.com", False),
        ("null", "http", "127.0.0.1:8080", False),
        ("http://[", "http", "127.0.0.1:8080", False),
        ("http://localhost:notaport", "http", "localhost", False),
    ],
)
def test_pages_of_other_origins_change_nothing(origin: str, scheme: str, host: str, allowed: bool) -> None:
    assert DESK.origin_allowed(origin, scheme, host) is allowed


# --- rate limits ----------------------------------------------------------------------------------


async def test_the_limit_counts_each_address_for_itself_and_says_when_to_come_back() -> None:
    limits = RateLimits({"sign_in": "3/minute", "other": "1/minute"})
    for _ in range(3):
        await limits.hit("sign_in", "10.0.0.1")
    with pytest.raises(TooManyRequests) as refused:
        await limits.hit("sign_in", "10.0.0.1")
    assert 1 <= refused.value.retry_after_s <= 60
    assert refused.value.headers == {"Retry-After": str(refused.value.retry_after_s)}
    await limits.hit("sign_in", "10.0.0.2")
    await limits.hit("other", "10.0.0.1")


async def test_with_redis_down_each_process_counts_for_itself() -> None:
    limits = RateLimits({"sign_in": "1/minute"}, "redis://127.0.0.1:1/0")
    await limits.hit("sign_in", "10.0.0.1")
    with pytest.raises(TooManyRequests):
        await limits.hit("sign_in", "10.0.0.1")


# --- passwords ------------------------------------------------------------------------------------


async def test_a_password_fits_its_own_hash_only() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify("correct horse", stored) == (True, None)
    assert await passwords.verify("wrong", stored) == (False, None)
    assert await passwords.verify("correct horse", None) == (False, None)
    assert await passwords.verify("correct horse", "not a hash") == (False, None)


async def test_a_hash_made_with_older_settings_is_renewed_at_sign_in() -> None:
    stored = await Passwords(CHEAP).hash("correct horse")
    fits, renewed = await Passwords(Argon2Hasher(time_cost=2, memory_cost=64)).verify("correct horse", stored)
    assert fits
    assert renewed is not None
    assert renewed != stored


async def test_more_sign_ins_at_once_than_can_be_served_are_turned_away() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("correct horse")
    crowd = [passwords.verify("correct horse", stored) for _ in range(WAITING_MAX + 5)]
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert sum(isinstance(answer, TooManyRequests) for answer in answers) == 5
    assert answers.count((True, None)) == WAITING_MAX
