"""Numbers and secrets do not stand in the log, and the same number can still be followed."""

from __future__ import annotations

from app.logging import NumberMask


def test_a_number_becomes_a_keyed_hash_and_its_last_two_digits() -> None:
    mask = NumberMask(b"secret")
    line = mask(None, "info", {"event": "call", "ani": "+441134960182", "dnis": "100", "agent": "ag_1"})
    assert line["ani"].startswith("#")
    assert line["ani"].endswith("..82")
    assert "4411349601" not in str(line)
    assert (line["event"], line["agent"]) == ("call", "ag_1")


def test_the_same_number_looks_the_same_under_one_secret_only() -> None:
    first, second = NumberMask(b"one"), NumberMask(b"two")
    assert first.mask("+441134960182") == NumberMask(b"one").mask("+441134960182")
    assert first.mask("+441134960182") != second.mask("+441134960182")
    assert first.mask("+441134960182") != first.mask("+441134960282")
    assert first.mask("") == "withheld"


def test_secrets_are_never_written() -> None:
    line = NumberMask(b"secret")(None, "info", {"password": "hunter2", "ticket": "abc", "pin": "1234"})
    assert line == {"password": "***", "ticket": "***", "pin": "***"}
