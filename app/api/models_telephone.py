"""What crosses the wire for guest telephones: browser pages that play an outside number."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.api.models import Heartbeat, Resync, Wire
from app.api.models import TelephoneState as TelephoneState
from app.api.models import TelephoneTopic as TelephoneTopic


class TelephoneNumber(Wire):
    """A number of the directory. `taken`: a telephone has it already."""

    number: str
    label: str
    taken: bool = False


class TelephoneDirectory(Wire):
    centre: str
    numbers: list[TelephoneNumber]


class TelephoneRequest(Wire):
    """Which number this page wants to be, as typed."""

    number: str = Field(min_length=2, max_length=40)


class TelephoneOpened(Wire):
    telephone_id: str
    number: str


TelephoneMessage = Annotated[Heartbeat | Resync, Field(discriminator="type")]
