"""The media process's journal, on a real file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from telephony.port import DigitPressed
from telephony.webrtc import journal
from telephony.webrtc.journal import Journal

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


Opener = Callable[[], Journal]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens the journal anew each time it is called, as a new process would."""
    journals: list[Journal] = []

    def opener() -> Journal:
        journals.append(Journal(tmp_path / "j"))
        return journals[-1]

    yield opener
    for one in journals:
        one.close()


def press(one: Journal, digit: str) -> int:
    return one.append(DigitPressed(leg_id="a", digit=digit), AT).sequence


def digits(one: Journal, after: int = 0) -> list[str]:
    return [entry.event.digit for entry in one.after(after) if isinstance(entry.event, DigitPressed)]


def test_what_was_not_acknowledged_is_there_again_after_a_restart(opened: Opener) -> None:
    before = opened()
    assert [press(before, digit) for digit in "123"] == [1, 2, 3]
    before.acknowledge(1)
    before.see_epoch(7)
    after = opened()
    assert digits(after) == ["2", "3"]
    assert (after.epoch, after.acknowledged, after.last_sequence) == (7, 1, 3)
    assert press(after, "4") == 4


def test_numbers_go_on_after_everything_was_acknowledged(opened: Opener) -> None:
    before = opened()
    press(before, "1")
    before.acknowledge(99)
    after = opened()
    assert press(after, "2") == 2


def test_a_journal_made_anew_goes_on_after_what_control_remembers(opened: Opener) -> None:
    """Its folder was lost: with low numbers control would take everything for old news."""
    one = opened()
    press(one, "1")
    one.go_on_after(500)
    assert [entry.sequence for entry in one.after(500)] == [501]
    assert press(one, "2") == 502
    again = opened()
    assert (again.acknowledged, again.last_sequence) == (500, 502)
    again.go_on_after(499)
    assert again.last_sequence == 502


def test_a_line_torn_by_a_crash_is_left_out(opened: Opener, tmp_path: Path) -> None:
    before = opened()
    press(before, "1")
    press(before, "2")
    whole = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(whole[:-9])
    assert digits(opened()) == ["1"]


def test_legs_that_were_up_are_orphans_until_closed(opened: Opener) -> None:
    before = opened()
    for leg in "abc":
        before.leg_opened(leg)
    before.leg_closed("b")
    second = opened()
    assert second.orphans == ("a", "c")
    second.leg_closed("a")
    assert opened().orphans == ("c",)


def test_an_older_acknowledgement_changes_nothing(opened: Opener) -> None:
    one = opened()
    for digit in "123":
        press(one, digit)
    one.acknowledge(2)
    one.acknowledge(1)
    assert digits(one) == ["3"]
    assert digits(one, after=3) == []


def test_the_file_does_not_grow_without_end(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "COMPACT_AFTER_LINES", 10)
    one = opened()
    for _ in range(200):
        one.acknowledge(press(one, "1"))
    press(one, "9")
    assert len((tmp_path / "j").read_bytes().splitlines()) < 30
    assert digits(opened()) == ["9"]
