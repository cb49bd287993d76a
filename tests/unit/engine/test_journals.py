"""Back ends are told what is committed, one conversation at a time, and again after a failure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from app.engine.inbox import Inbox
from app.engine.journals import Journals
from app.engine.limits import Limits


@dataclass
class BackEnd:
    told: list[int] = field(default_factory=list)
    failures: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def acknowledge(self, backend: str, sequence: int) -> None:
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the worker is away")
        self.told.append(sequence)

    async def redeliver(self, backend: str, acknowledged: int) -> None:
        raise AssertionError("nothing was refused")


async def test_while_one_acknowledgement_is_under_way_only_the_latest_follows() -> None:
    back_end = BackEnd()
    journals = Journals(back_end, Inbox(Limits()))
    for position in (1, 2, 3, 4):
        journals.committed({"webrtc": position})
        await asyncio.sleep(0)
    back_end.gate.set()
    await journals.settled()
    assert back_end.told == [1, 4]


async def test_a_back_end_that_was_away_is_told_with_the_next_commit() -> None:
    back_end = BackEnd(failures=1)
    back_end.gate.set()
    journals = Journals(back_end, Inbox(Limits()))
    journals.committed({"webrtc": 5})
    await journals.settled()
    assert back_end.told == []
    journals.committed({"webrtc": 6})
    await journals.settled()
    assert back_end.told == [6]


async def test_close_ends_a_conversation_that_hangs() -> None:
    back_end = BackEnd()
    journals = Journals(back_end, Inbox(Limits()))
    journals.committed({"webrtc": 1})
    await asyncio.sleep(0)
    await journals.close()
    assert back_end.told == []
