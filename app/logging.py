"""The log: one line per event, for people on a terminal and as JSON otherwise.

Telephone numbers never stand in it. Whatever is logged under a name that holds one becomes a keyed hash
and the last two digits, so that lines about the same caller can be found without knowing the number.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from app.auth.tokens import keyed_hash
from app.settings import Settings

NUMBER_KEYS = frozenset({"ani", "dnis", "number", "phone_number", "destination", "caller_id"})
SECRET_KEYS = frozenset({"password", "token", "ticket", "cookie", "pin", "secret", "resume_token"})
_NOISY = ("uvicorn.access", "aioice", "aiortc", "alembic.runtime", "aiosqlite", "multipart")


class NumberMask:
    """A structlog processor: numbers become `#a1b2c3d4..67`, secrets become `***`."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def mask(self, number: str) -> str:
        if not number:
            return "withheld"
        return f"#{keyed_hash(self._secret, 'number in log', number)[:8]}..{number[-2:]}"

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key in event:
            if key in NUMBER_KEYS and isinstance(event[key], str):
                event[key] = self.mask(event[key])
            elif key in SECRET_KEYS:
                event[key] = "***"
        return event


def set_up_logging(settings: Settings, secret: bytes, *, process: str) -> None:
    """Send the log of this process, libraries included, to standard error.

    Args:
        secret: Keys the hashes of telephone numbers.
        process: Its part: `control`, `supervisor`, `media-1`.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        NumberMask(secret),
    ]
    for_people = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    last: list[Processor]
    if for_people:
        # Plain: the rich one prints every local variable, secrets among them, and takes seconds for it.
        last = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    else:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # uvicorn logs the whole address of a websocket, and that carries its ticket.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)
