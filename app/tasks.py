"""Background tasks that must end when they are told to."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_S = 0.5


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it has ended, whatever it raised.

    Once is not enough: `asyncio.wait_for` of Python 3.11, which libraries use, returns its result instead of
    passing on a cancellation that arrives in the same moment. A loop around it would go on for ever.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_S)
    if not task.cancelled():
        task.exception()
