"""Reading what an outbox would send."""

from __future__ import annotations

import json
from typing import Any

from app.live.outbox import Outbox


def drain(outbox: Outbox) -> list[dict[str, Any]]:
    """Every message that waits, parsed, in order."""
    messages: list[dict[str, Any]] = []
    while (message := outbox.take()) is not None:
        messages.append(json.loads(str(message["text"])))
    return messages


class LoopTime:
    """Seconds that stand still until they are moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s
