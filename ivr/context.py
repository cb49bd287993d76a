"""What a flow may refer to outside itself, as it stands at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calendars import Calendar
from ivr.prompts import PromptCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Handed in with every step and every check.

    The interpreter reads `calendars` only; the rest is for `validate`.

    Attributes:
        calendars: by id.
        queues: ids.
        catalogue: the prompts and the languages they are worded in.
        skills: names that may be required; None: not checked.
        music: ids of hold music; None: not checked.
        reaches_telephone_network: whether the back end the flow answers on can transfer to a number.
    """

    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    queues: frozenset[str] = frozenset()
    catalogue: PromptCatalogue = field(default_factory=PromptCatalogue)
    skills: frozenset[str] | None = None
    music: frozenset[str] | None = None
    reaches_telephone_network: bool = False
