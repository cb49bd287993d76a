"""Setting an input aside that the domain cannot take, so that the others go on."""

from __future__ import annotations

import traceback
from datetime import datetime

from app.engine.commit import Batch, CommandInput, CommandResult, Input, LogEvent, TelephonyInput
from app.store.columns import storable
from app.store.engine import Parked

TRACE_MAX = 4000
INTERNAL_ERROR = "internal"


def parking(one: Input, error: Exception, *, parked_id: str, now: datetime) -> tuple[Batch, Parked]:
    """What is written instead of what the domain would have made of `one`.

    A command is answered with a failure and a journaled event counts as taken: nothing brings the input
    back. A person finds it in `parked_inputs`.
    """
    kind = _kind(one)
    text = storable(f"{type(error).__name__}: {error}")
    results: tuple[CommandResult, ...] = ()
    if isinstance(one, CommandInput):
        detail = "Something went wrong on the server. It was noted, and nothing was changed."
        results = (
            CommandResult(client_id=one.client_id, ok=False, error_code=INTERNAL_ERROR, detail=detail),
        )
    alarm = LogEvent(
        kind="engine.input_parked", at=now, data={"parked_id": parked_id, "input": kind, "error": text}
    )
    batch = Batch(
        events=(alarm,),
        results=results,
        acknowledged={one.backend: one.sequence} if isinstance(one, TelephonyInput) else {},
    )
    parked = Parked(
        parked_id=parked_id,
        kind=kind[:80],
        input={"text": storable(repr(one))},
        error=text,
        trace=storable("".join(traceback.format_exception(error))[-TRACE_MAX:]),
    )
    return batch, parked


def _kind(one: Input) -> str:
    if isinstance(one, TelephonyInput):
        return f"TelephonyInput {type(one.event).__name__}"
    if isinstance(one, CommandInput):
        return f"CommandInput {type(one.body).__name__}"
    return type(one).__name__
